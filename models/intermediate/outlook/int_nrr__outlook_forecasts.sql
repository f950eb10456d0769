-- One row per month in which an outlook is made, month that it is made of, segment dimension and segment: the retention
-- that is expected, and the standard error of NRR.
with cells as (
    select
        sums.made_month,
        sums.month,
        sums.horizon,
        sums.segment_key,
        sums.size,
        sums.accounts,
        sums.starting_mrr,
        sums.known_mrr,
        cast(sums.weight_mrr as {{ nrr.type_double() }}) as weight_mrr,
        cast(sums.weight_mrr_squared as {{ nrr.type_double() }}) * ratios.variance as variance,
        cast(sums.weight_mrr as {{ nrr.type_double() }}) * ratios.ratio as expected_mrr,
        cast(sums.retained_weight_mrr as {{ nrr.type_double() }}) * ratios.retained_ratio as expected_retained_mrr,
        ratios.ratio_variance,
        ratios.pool
    from {{ ref('int_nrr__outlook_sums') }} as sums
    inner join {{ ref('int_nrr__outlook_ratios') }} as ratios
        on
            sums.made_month = ratios.made_month
            and sums.horizon = ratios.horizon
            and sums.size = ratios.size
            and sums.state = ratios.state
            and sums.renews = ratios.renews
),

parts as (
    select
        cells.*,
        segments.segment_dimension,
        segments.segment
    from cells
    inner join {{ ref('int_nrr__segments') }} as segments on cells.segment_key = segments.segment_key

    union all

    select
        cells.*,
        'size' as segment_dimension,
        size as segment
    from cells
),

-- one error of a ratio is that of all who are forecast by it
by_ratio as (
    select
        made_month,
        month,
        horizon,
        segment_dimension,
        segment,
        sum(accounts) as accounts,
        sum(starting_mrr) as starting_mrr,
        sum(known_mrr) as known_mrr,
        sum(expected_mrr) as expected_mrr,
        sum(expected_retained_mrr) as expected_retained_mrr,
        sum(variance) + sum(weight_mrr) * sum(weight_mrr) * max(ratio_variance) as variance
    from parts
    group by made_month, month, horizon, segment_dimension, segment, pool
)

select
    made_month,
    month,
    cast(horizon as integer) as horizon,
    cast(segment_dimension as {{ nrr.type_text() }}) as segment_dimension,
    cast(segment as {{ nrr.type_text() }}) as segment,
    cast(sum(accounts) as integer) as accounts,
    cast(sum(starting_mrr) as decimal(28, 4)) as starting_mrr,
    cast(sum(known_mrr) as decimal(28, 4)) as known_mrr,
    {{ nrr.as_ratio(nrr.divide('sum(expected_mrr)', 'sum(starting_mrr)')) }} as expected_nrr,
    {{ nrr.as_ratio(nrr.divide('sum(expected_retained_mrr)', 'sum(starting_mrr)')) }} as expected_grr,
    {{ nrr.as_ratio(nrr.divide('sqrt(sum(variance))', 'sum(starting_mrr)')) }} as nrr_error
from by_ratio
group by made_month, month, horizon, segment_dimension, segment
