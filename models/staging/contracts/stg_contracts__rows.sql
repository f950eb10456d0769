{{ config(enabled=nrr.has_source('contracts')) }}
{%- set columns = [
    'account_id', 'contract_id', 'starts_on', 'ends_on', 'term_months', 'amount', 'amount_is', 'type', 'amendment_is',
    'renewal_of', 'free_months', 'churned_on', 'currency',
] -%}
{#- what dates can be counted with -#}
{%- set most_months = 1200 -%}
-- One row per row of the input contracts: its values as their types (null where missing or unreadable), the row as it
-- was given, its number among those of its account, and the reason for which it cannot be used.
with typed as (
    select
        {{ nrr.read_text('account_id') }} as account_id,
        {{ nrr.read_text('contract_id') }} as contract_id,
        {{- nrr.read_values(['starts_on', 'ends_on', 'churned_on'], nrr.read_instant) }}
        {{- nrr.read_values(['term_months', 'free_months'], nrr.read_whole_number) }}
        {{- nrr.read_values(['amount'], nrr.read_decimal) }}
        {{ nrr.read_word('amount_is') }} as amount_word,
        {{ nrr.read_word(nrr.column_name('type')) }} as type_word,
        {{ nrr.read_word('amendment_is') }} as amendment_word,
        {{ nrr.read_text('renewal_of') }} as renewal_of,
        upper({{ nrr.read_text('currency') }}) as currency,
        {{ nrr.row_as_text(columns) }} as source_row
    from {{ nrr.input_rows('contracts', columns) }} as input
),

known as (
    select
        typed.*,
        {{ nrr.day_named('typed.starts_on') }} as start_day,
        {{ nrr.day_after(nrr.day_named('typed.ends_on')) }} as ends_before_day,
        {{ nrr.day_after(nrr.day_named('typed.churned_on')) }} as churned_before_day,
        case when typed.term_months between 1 and {{ most_months }} then cast(typed.term_months as integer) end as term,
        case
            when typed.given_free_months is null then 0
            when typed.free_months between 0 and {{ most_months }} then cast(typed.free_months as integer)
        end as free,
        case when typed.amount_word is null then 'total' else amount_words.meaning end as amount_meaning,
        case
            when typed.type_word is not null then type_words.meaning
            when typed.renewal_of is not null then 'renewal'
            else 'unnamed'
        end as type_meaning,
        case when typed.amendment_word is null then 'difference' else amendment_words.meaning end as amendment_meaning
    from typed
    left join {{ ref('nrr_contract_words') }} as amount_words
        on amount_words.column_name = 'amount_is' and typed.amount_word = amount_words.value
    left join {{ ref('nrr_contract_words') }} as type_words
        on type_words.column_name = 'type' and typed.type_word = type_words.value
    left join {{ ref('nrr_contract_words') }} as amendment_words
        on amendment_words.column_name = 'amendment_is' and typed.amendment_word = amendment_words.value
    -- a row without any value is no row
    where coalesce(
        typed.account_id, typed.contract_id, typed.given_starts_on, typed.given_ends_on, typed.given_amount
    ) is not null
),

dated as (
    select
        known.*,
        {{ nrr.add_months('start_day', 'free') }} as paid_from_day,
        -- the free months come before the term
        coalesce(
            ends_before_day, {{ nrr.add_months('start_day', '(free + term)') }},
            case when type_meaning <> 'amendment' and amount_meaning <> 'total' then churned_before_day end
        ) as end_day
    from known
),

judged as (
    select
        dated.*,
        case
            when account_id is null then 'missing_account_id'
            when given_starts_on is null then 'missing_starts_on'
            {{- nrr.given_but_unread(['starts_on', 'ends_on', 'term_months', 'free_months', 'churned_on']) }}
            when given_amount is null then 'missing_amount'
            {{- nrr.given_but_unread(['amount']) }}
            when amount_meaning is null then 'unknown_amount_is'
            when type_meaning is null then 'unknown_type'
            when type_meaning = 'amendment' and amendment_meaning is null then 'unknown_amendment_is'
            when
                amount < 0 and not (type_meaning = 'amendment' and amendment_meaning = 'difference')
                then 'negative_amount'
            when given_term_months is not null and term is null then 'invalid_term_months'
            when free is null or paid_from_day >= end_day then 'invalid_free_months'
            when type_meaning <> 'amendment' and end_day is null then 'missing_ends_on'
        end as own_reason,
        case
            when ends_before_day <= start_day then 'ends_on_before_starts_on'
        end as order_reason,
        -- rows with an id that are the same are one row
        case
            when contract_id is not null
                then row_number() over (partition by contract_id, source_row order by source_row)
            else 1
        end as delivery
    from dated
)

select
    account_id,
    contract_id,
    start_day,
    paid_from_day,
    end_day,
    churned_before_day,
    -- the months that an amount is spread over where no end is given
    case when ends_before_day is null then term end as months_of_term,
    amount,
    amount_meaning as amount_is,
    type_meaning as contract_type,
    amendment_meaning as amendment_is,
    renewal_of,
    currency,
    source_row,
    cast(
        row_number() over (partition by account_id order by start_day, contract_id, source_row) as bigint
    ) as row_of_account,
    case
        when own_reason in ('invalid_free_months', 'missing_ends_on') then coalesce(order_reason, own_reason)
        when own_reason is not null then own_reason
        when order_reason is not null then order_reason
        when delivery > 1 then 'duplicate'
    end as source_reason
from judged
