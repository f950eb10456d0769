-- One row per month and finding that looks at what drives the company's NRR: the figures that decide whether it is one.
with steps as (
    select
        bridges.month,
        bridges.step,
        bridges.points_nrr,
        bridges.step_mrr,
        case when bridges.points_nrr > 0 then bridges.points_nrr else 0 end as gained_points,
        case
            when bridges.step in ('seats', 'plan', 'usage', 'add_on') and bridges.points_nrr >= 0.01 then 1
            else 0
        end as is_lever_at_work
    from {{ ref('nrr__retention_bridges') }} as bridges
    where bridges.segment_dimension = 'all' and bridges.effect = 'driver' and bridges.compared_month is null
),

months as (
    select
        month,
        sum(gained_points) as gained_points,
        sum(is_lever_at_work) as levers,
        max(case when step = 'seats' and is_lever_at_work = 1 then ' seats' else '' end) as seats_at_work,
        max(case when step = 'plan' and is_lever_at_work = 1 then ' plan' else '' end) as plan_at_work,
        max(case when step = 'usage' and is_lever_at_work = 1 then ' usage' else '' end) as usage_at_work,
        max(case when step = 'add_on' and is_lever_at_work = 1 then ' add-ons' else '' end) as add_on_at_work,
        sum(case when step = 'seats' then points_nrr else 0 end) as seats_points,
        sum(case when step = 'usage' then points_nrr else 0 end) as usage_points,
        sum(case when step = 'usage' then -step_mrr else 0 end) as usage_loss_mrr,
        sum(case when step = 'price' then points_nrr else 0 end) as price_points,
        sum(case when step = 'price' then step_mrr else 0 end) as price_mrr
    from steps
    group by month
),

figures as (
    select
        month,
        'few_levers' as finding,
        levers as figure,
        gained_points as baseline,
        null as share,
        null as mrr,
        {{ dbt.concat(["'only'", 'seats_at_work', 'plan_at_work', 'usage_at_work', 'add_on_at_work']) }} as detail
    from months

    union all

    select
        month,
        'price_is_the_expansion' as finding,
        {{ nrr.as_ratio(nrr.divide('price_points', 'gained_points')) }} as figure,
        price_points as baseline,
        price_points as share,
        price_mrr as mrr,
        null as detail
    from months

    union all

    select
        month,
        'usage_falls_while_seats_grow' as finding,
        -usage_points as figure,
        seats_points as baseline,
        null as share,
        usage_loss_mrr as mrr,
        null as detail
    from months
)

select
    month,
    {{ nrr.as_text('finding') }} as finding,
    {{ nrr.as_text("'all'") }} as segment_dimension,
    {{ nrr.as_text("'all'") }} as segment,
    cast(figure as decimal(38, 9)) as figure,
    cast(baseline as decimal(38, 9)) as baseline,
    cast(share as decimal(38, 9)) as share,
    cast(mrr as decimal(28, 4)) as mrr,
    cast(null as integer) as accounts,
    cast(null as integer) as base_accounts,
    {{ nrr.as_text("case when detail = 'only' then 'none' else detail end") }} as detail
from figures
