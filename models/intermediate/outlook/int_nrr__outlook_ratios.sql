-- One row per month in which an outlook is made, horizon and cell of whose accounts it is made: how much of what they
-- are known to pay will be paid, by what those of its pool came to pay (definitions 17.2).
with asked as (
    select distinct
        made_month,
        horizon,
        size,
        state,
        renews
    from {{ ref('int_nrr__outlook_sums') }}
),

cells as (
    select
        asked.*
        {%- for column in nrr.outlook_sums() %},
        cells.{{ column }}
        {%- endfor %},
        -- months that overlap tell less than as many that do not
        {{ nrr.effective_accounts('cells.weight_mrr', 'cells.weight_mrr_squared') }} / asked.horizon as cases
    from asked
    left join {{ ref('int_nrr__outlook_cells') }} as cells
        on
            asked.made_month = cells.made_month
            and asked.horizon = cells.horizon
            and asked.size = cells.size
            and asked.state = cells.state
            and asked.renews = cells.renews
),

-- those that are too small are one by size
of_size as (
    select
        cells.*,
        case
            when state = 'left' then 'left'
            when cases >= 30
                then {{ dbt.concat(['size', "' '", 'state', "case when renews then ' renews' else '' end"]) }}
            else {{ dbt.concat(['size', "' rest'"]) }}
        end as pool
    from cells
),

sizes as (
    select
        of_size.*,
        {{ nrr.effective_accounts(
            'sum(weight_mrr) over (partition by made_month, horizon, pool)',
            'sum(weight_mrr_squared) over (partition by made_month, horizon, pool)'
        ) }} / horizon as cases_of_pool
    from of_size
),

-- and those of all sizes that are too small then are one
pooled as (
    select
        sizes.*,
        case when pool = 'left' or cases_of_pool >= 30 then pool else 'rest' end as last_pool
    from sizes
),

pools as (
    select
        made_month,
        horizon,
        last_pool
        {%- for column in nrr.outlook_sums() %},
        sum({{ column }}) as {{ column }}
        {%- endfor %},
        {{ nrr.divide('sum(ending_mrr)', 'sum(weight_mrr)') }} as ratio,
        {{ nrr.divide('sum(retained_mrr)', 'sum(retained_weight_mrr)') }} as retained_ratio
    from pooled
    group by made_month, horizon, last_pool
),

measured as (
    select
        pools.*,
        {{ nrr.squared_error('ratio', 'ending_mrr_squared', 'ending_by_weight_mrr', 'weight_mrr_squared') }}
            as squared_error
    from pools
),

-- for a pool that has not been seen before
everyone as (
    select
        made_month,
        horizon,
        {{ nrr.divide('sum(ending_mrr)', 'sum(weight_mrr)') }} as ratio,
        {{ nrr.divide('sum(retained_mrr)', 'sum(retained_weight_mrr)') }} as retained_ratio
    from pooled
    where last_pool <> 'left'
    group by made_month, horizon
)

select
    pooled.made_month,
    cast(pooled.horizon as integer) as horizon,
    pooled.size,
    pooled.state,
    pooled.renews,
    cast(pooled.last_pool as {{ nrr.type_text() }}) as pool,
    cast(
        case when pooled.last_pool = 'left' then coalesce(pools.ratio, 0) else coalesce(pools.ratio, everyone.ratio) end
        as {{ nrr.type_double() }}
    ) as ratio,
    cast(
        case
            when pooled.last_pool = 'left' then coalesce(pools.retained_ratio, 0)
            else coalesce(pools.retained_ratio, everyone.retained_ratio)
        end as {{ nrr.type_double() }}
    ) as retained_ratio,
    -- of an account's amount, by the square of its weight
    cast(coalesce({{ nrr.divide('pools.squared_error', 'pools.weight_mrr_squared') }}, 0) as {{ nrr.type_double() }})
        as variance,
    -- of the ratio: of months that overlap, as many as the horizon are one
    cast(coalesce(
        pooled.horizon * {{ nrr.divide('pools.squared_error', 'pools.weight_mrr') }}
        / nullif(cast(pools.weight_mrr as {{ nrr.type_double() }}), 0), 0
    ) as {{ nrr.type_double() }}) as ratio_variance
from pooled
inner join measured as pools
    on pooled.made_month = pools.made_month and pooled.horizon = pools.horizon and pooled.last_pool = pools.last_pool
inner join everyone on pooled.made_month = everyone.made_month and pooled.horizon = everyone.horizon
-- before the first is known, there is no outlook
where everyone.ratio is not null
