-- One row per account, item and run of time in which it is bound for terms of the same length, which are counted from
-- its first day.
with states as (
    select
        account_id,
        subscription_id,
        subscription_item_id,
        starts_at,
        ends_at,
        case
            when billing_interval_count > 120 or billing_interval_count <> floor(billing_interval_count) then 0
            when billing_interval = 'month' then cast(billing_interval_count as integer)
            when billing_interval = 'quarter' then cast(3 * billing_interval_count as integer)
            when billing_interval = 'year' then cast(12 * billing_interval_count as integer)
            else 0
        end as months_of_term
    from {{ ref('int_nrr__item_states') }}
    where mrr > 0 and (starts_at < ends_at or ends_at is null)
),

-- a price that changes within a term begins no other
begun as (
    select
        states.*,
        case
            when
                lag(ends_at) over (
                    partition by account_id, subscription_id, subscription_item_id order by starts_at
                ) = starts_at
                and lag(months_of_term) over (
                    partition by account_id, subscription_id, subscription_item_id order by starts_at
                ) = months_of_term
                then 0
            else 1
        end as begins
    from states
),

numbered as (
    select
        begun.*,
        sum(begins) over (
            partition by account_id, subscription_id, subscription_item_id
            order by starts_at rows between unbounded preceding and current row
        ) as run_of_item
    from begun
    where months_of_term >= 3
),

runs as (
    select
        account_id,
        months_of_term,
        {{ nrr.truncate_to_day(nrr.local_time('min(starts_at)')) }} as first_day,
        case
            when count(*) = count(ends_at) then {{ nrr.truncate_to_day(nrr.local_time('max(ends_at)')) }}
        end as end_day
    from numbered
    group by account_id, subscription_id, subscription_item_id, run_of_item, months_of_term
)

select
    account_id,
    first_day,
    end_day,
    months_of_term,
    cast(null as date) as agreed_end_day
from runs
where {{ nrr.truncate_to_month('first_day') }} < {{ nrr.truncate_to_month('end_day') }} or end_day is null
{%- if nrr.has_source('contracts') %}

union all

-- what was agreed: the states of contracts are of one month each
select distinct
    states.account_id,
    terms.start_day as first_day,
    {{ nrr.earlier('terms.runs_until_day', 'terms.end_day') }} as end_day,
    {{ nrr.months_between('terms.start_day', 'terms.end_day') }} as months_of_term,
    terms.end_day as agreed_end_day
from {{ ref('stg_contracts__terms') }} as terms
inner join {{ ref('int_nrr__item_states') }} as states
    on
        {{ nrr.id_in_source("'contracts'", 'terms.subscription_id') }} = states.subscription_id
        and {{ nrr.id_in_source("'contracts'", 'terms.subscription_item_id') }} = states.subscription_item_id
where terms.end_day >= {{ nrr.add_months('terms.start_day', 3) }} and states.mrr > 0
{%- endif %}
