{%- set comes_back = nrr.setting('nrr_reactivation_counts') -%}
-- One row per movement of an account's MRR and run of months in whose windows it lies: what it added to or took from
-- the MRR of an account with MRR twelve months before. Units of its currency; of accounts in several the reporting
-- currency.
with movements as (
    select * from {{ ref('int_nrr__running_mrr') }}
    where first_number > acquisition_number and mrr <> opening_mrr
),

in_one_currency as (
    select
        bases.segment_key,
        bases.size,
        bases.currency,
        movements.mrr - movements.opening_mrr as movement_mrr,
        {{ nrr.later('bases.first_number + 12', 'movements.first_number') }} as first_number,
        {{ nrr.earlier('bases.end_number + 12', 'movements.first_number + 12') }} as end_number
    from {{ ref('int_nrr__method_bases') }} as bases
    inner join movements
        on
            bases.account_id = movements.account_id
            and bases.first_number < movements.first_number
            and movements.first_number < bases.end_number + 12
    where
        bases.pays
        {%- if not comes_back %}
        -- what it did after it came back counts no more
        and (movements.back_since <= bases.first_number or movements.back_since is null)
        {%- endif %}
),

base_months as (
    select
        account_id,
        month as base_month,
        {{ nrr.add_months('month', 12) }} as month,
        segment_key,
        size
    from {{ ref('int_nrr__several_currency_bases') }}
),

amounts as (
    select
        amounts.account_id,
        amounts.month,
        amounts.currency,
        amounts.mrr,
        coalesce(lag(amounts.mrr) over (
            partition by amounts.account_id, amounts.currency order by amounts.month
        ), 0) as opening_mrr,
        {{ nrr.open_end('amounts.next_gap_month') }} as next_gap_month
    from {{ ref('int_nrr__several_currency_amounts') }} as amounts
),

changed_months as (
    select distinct
        account_id,
        month
    from amounts
    where mrr <> opening_mrr
),

in_several_currencies as (
    select
        base_months.account_id,
        base_months.segment_key,
        base_months.size,
        base_months.month,
        amounts.month as movement_month,
        sum(
            {{ nrr.convert('amounts.mrr', 'rates.year_ago_rate') }}
            - {{ nrr.convert('amounts.opening_mrr', 'rates.year_ago_rate') }}
        ) as movement_mrr
    from base_months
    inner join changed_months
        on
            base_months.account_id = changed_months.account_id
            and base_months.base_month < changed_months.month
            and changed_months.month <= base_months.month
    inner join amounts
        on changed_months.account_id = amounts.account_id and changed_months.month = amounts.month
    {%- if not comes_back %}
    inner join amounts as starts
        on
            amounts.account_id = starts.account_id
            and amounts.currency = starts.currency
            and base_months.base_month = starts.month
            and amounts.month <= starts.next_gap_month
    {%- endif %}
    inner join {{ ref('int_nrr__month_rates') }} as rates
        on amounts.currency = rates.currency and base_months.month = rates.month
    group by
        base_months.account_id, base_months.segment_key, base_months.size, base_months.month, amounts.month
),

united as (
    select
        first_number,
        end_number,
        currency,
        segment_key,
        size,
        movement_mrr
    from in_one_currency

    union all

    select
        {{ nrr.month_number('month') }} as first_number,
        {{ nrr.month_number('month') }} + 1 as end_number,
        '{{ nrr.setting('nrr_reporting_currency') }}' as currency,
        segment_key,
        size,
        movement_mrr
    from in_several_currencies
)

select
    first_number,
    end_number,
    cast(currency as {{ nrr.type_text() }}) as currency,
    segment_key,
    size,
    cast(movement_mrr as decimal(18, 4)) as movement_mrr
from united
