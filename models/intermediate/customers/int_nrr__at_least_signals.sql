{{ config(enabled=nrr.is_given('product_usage') and nrr.is_given('plan_limits')) }}
-- One row per account, observation and signal of the rule at_least that holds: a metric's newest value beside its
-- limit, and the day on which a straight line through those of 91 days meets it.
with aged as (
    select
        usage.account_id,
        usage.metric,
        usage.value,
        observations.month,
        observations.observed_on,
        -{{ nrr.days_between('usage.usage_on', 'observations.observed_on') }} as x
    from {{ ref('int_nrr__usage_days') }} as usage
    inner join {{ ref('int_nrr__observation_days') }} as observations
        on
            usage.known_on <= observations.observed_on
            and usage.usage_on <= observations.observed_on
            and usage.usage_on > {{ nrr.add_days('observations.observed_on', -91) }}
),

-- ten-thousandths, whole numbers: what is added up of them is exact
day_values as (
    select
        account_id,
        metric,
        month,
        observed_on,
        x,
        cast(sum(value) * 10000 as {{ nrr.type_double() }}) as y
    from aged
    group by account_id, metric, month, observed_on, x
),

sums as (
    select
        account_id,
        metric,
        month,
        observed_on,
        cast(count(*) as {{ nrr.type_double() }}) as n,
        sum(cast(x as {{ nrr.type_double() }})) as sum_x,
        sum(y) as sum_y,
        sum(x * y) as sum_xy,
        sum(cast(x * x as {{ nrr.type_double() }})) as sum_xx,
        max(x) as newest_x
    from day_values
    group by account_id, metric, month, observed_on
),

levels as (
    select
        sums.*,
        day_values.y as level_y,
        cast(limits.limit_value * 10000 as {{ nrr.type_double() }}) as limit_y,
        sums.n * sums.sum_xy - sums.sum_x * sums.sum_y as slope_by_spread,
        -- how far the line is below the limit, times the same
        cast(limits.limit_value * 10000 as {{ nrr.type_double() }}) * (sums.n * sums.sum_xx - sums.sum_x * sums.sum_x)
        - (sums.sum_y * sums.sum_xx - sums.sum_x * sums.sum_xy) as room_by_spread
    from sums
    inner join day_values
        on
            sums.account_id = day_values.account_id
            and sums.metric = day_values.metric
            and sums.month = day_values.month
            and sums.newest_x = day_values.x
    inner join {{ ref('int_nrr__limits') }} as limits
        on sums.account_id = limits.account_id and sums.metric = limits.metric and sums.month = limits.month
    where sums.newest_x > -28
),

due as (
    select
        levels.*,
        case
            when level_y >= limit_y then 0
            when n < 3 or slope_by_spread <= 0 then null
            when room_by_spread <= 0 then 1
            when room_by_spread <= 3650 * slope_by_spread then ceil(room_by_spread / slope_by_spread)
        end as days_to_limit
    from levels
)

select
    due.account_id,
    due.month,
    signals.signal,
    due.level_y / 10000 as figure,
    due.limit_y / 10000 as baseline,
    {{ nrr.add_days('due.observed_on', 'cast(due.days_to_limit as integer)') }} as due_on,
    cast(null as decimal(18, 4)) as mrr
from due
inner join {{ ref('int_nrr__signals') }} as signals on due.metric = signals.fact
-- level >= threshold x limit, in whole numbers
where signals.rule = 'at_least' and due.level_y * 10000 >= cast(signals.threshold * 10000 as integer) * due.limit_y
