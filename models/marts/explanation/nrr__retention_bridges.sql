-- One row per month, compared month, segment dimension, segment, effect and step: what leads from 100% to the month's
-- rates, or from those of the compared month.
with steps as (
    select * from {{ ref('int_nrr__bridge_steps') }}
    where {{ nrr.is_published('segment_dimension') }}
),

compared as (
    select * from {{ ref('int_nrr__compared_rates') }}
),

-- each step of the two months
driver_changes as (
    select
        compared.month,
        compared.compared_month,
        compared.segment_dimension,
        compared.segment,
        steps.step,
        steps.step_number,
        compared.then_nrr as start_rate,
        sum(case when steps.month = compared.month then steps.points_nrr else -steps.points_nrr end) as points_nrr,
        sum(case when steps.month = compared.month then steps.points_grr else -steps.points_grr end) as points_grr,
        sum(case when steps.month = compared.month then steps.step_mrr else -steps.step_mrr end) as step_mrr,
        sum(case when steps.month = compared.month then steps.accounts else 0 end) as accounts
    from compared
    inner join steps
        on
            compared.segment_dimension = steps.segment_dimension
            and compared.segment = steps.segment
            and (compared.month = steps.month or compared.compared_month = steps.month)
    -- a segment without a rate in one of the months has no change of it
    where compared.nrr is not null and compared.then_nrr is not null
    group by
        compared.month,
        compared.compared_month,
        compared.segment_dimension,
        compared.segment,
        compared.then_nrr,
        steps.step,
        steps.step_number
),

companies as (
    select
        month,
        compared_month,
        then_nrr as start_rate
    from compared
    where segment_dimension = 'all'
),

effects as (
    select 'rate' as effect
    union all
    select 'mix' as effect
),

-- a segment without a rate in one of the months takes that of the other for both: all of its change is mix
segment_changes as (
    select
        compared.month,
        compared.compared_month,
        compared.segment_dimension,
        compared.segment,
        effects.effect,
        companies.start_rate,
        {%- for rate in ['nrr', 'grr'] %}
        case
            when effects.effect = 'rate'
                then {{ nrr.divide('compared.then_share_of_base + compared.share_of_base', '2') }}
                    * coalesce(compared.{{ rate }} - compared.then_{{ rate }}, 0)
            else (compared.share_of_base - compared.then_share_of_base)
                * (
                    {{ nrr.divide(
                        'coalesce(compared.then_' ~ rate ~ ', compared.' ~ rate ~ ')'
                        ~ ' + coalesce(compared.' ~ rate ~ ', compared.then_' ~ rate ~ ')', '2'
                    ) }} - compared.company_{{ rate }}
                )
        end as points_{{ rate }},
        {%- endfor %}
        coalesce(compared.accounts, 0) as accounts
    from compared
    inner join companies
        on compared.month = companies.month and compared.compared_month = companies.compared_month
    cross join effects
    where compared.segment_dimension <> 'all'
),

rows_of_all as (
    select
        month,
        cast(null as date) as compared_month,
        segment_dimension,
        segment,
        'driver' as effect,
        step,
        step_number,
        cast(1 as {{ nrr.type_double() }}) as start_rate,
        points_nrr,
        points_grr,
        step_mrr,
        accounts
    from steps

    union all

    select
        month,
        compared_month,
        segment_dimension,
        segment,
        'driver' as effect,
        step,
        step_number,
        start_rate,
        points_nrr,
        points_grr,
        step_mrr,
        accounts
    from driver_changes

    union all

    select
        month,
        compared_month,
        segment_dimension,
        segment,
        effect,
        effect as step,
        case when effect = 'rate' then 1 else 2 end as step_number,
        start_rate,
        points_nrr,
        points_grr,
        cast(null as decimal(28, 4)) as step_mrr,
        accounts
    from segment_changes
)

select
    month,
    compared_month,
    segment_dimension,
    segment,
    {{ nrr.as_text('effect') }} as effect,
    {{ nrr.as_text('step') }} as step,
    cast(step_number as integer) as step_number,
    {{ nrr.as_ratio('start_rate') }} as start_rate,
    {{ nrr.as_ratio('points_nrr') }} as points_nrr,
    {{ nrr.as_ratio('points_grr') }} as points_grr,
    cast(step_mrr as decimal(28, 4)) as step_mrr,
    cast(accounts as integer) as accounts
from rows_of_all
