{%- set quantiles = {'low': 0.1, 'high': 0.9} -%}
-- One row per month in which an outlook is made, month that it is made of, segment dimension and segment: the retention
-- that was expected of it, with a range of 80%, and what became of it.
with forecasts as (
    select
        forecasts.*,
        actual.nrr as actual_nrr,
        actual.nrr - forecasts.expected_nrr as error,
        actual.nrr - newest.nrr as naive_error
    from {{ ref('int_nrr__outlook_forecasts') }} as forecasts
    left join {{ ref('nrr__retention') }} as actual
        on
            forecasts.month = actual.month
            and forecasts.segment_dimension = actual.segment_dimension
            and forecasts.segment = actual.segment
    left join {{ ref('nrr__retention') }} as newest
        on
            forecasts.made_month = newest.month
            and forecasts.segment_dimension = newest.segment_dimension
            and forecasts.segment = newest.segment
),

-- the newest 24 outlooks of each horizon of which it is known what became of them
past_errors as (
    select
        forecasts.made_month,
        forecasts.horizon,
        forecasts.segment_dimension,
        forecasts.segment,
        cast(past.error as {{ nrr.type_double() }}) as error,
        cast(past.naive_error as {{ nrr.type_double() }}) as naive_error,
        count(*) over (
            partition by
                forecasts.made_month, forecasts.horizon, forecasts.segment_dimension, forecasts.segment
        ) as backtests,
        row_number() over (
            partition by
                forecasts.made_month, forecasts.horizon, forecasts.segment_dimension, forecasts.segment
            order by past.error, past.month
        ) as place
    from forecasts
    inner join forecasts as past
        on
            forecasts.segment_dimension = past.segment_dimension
            and forecasts.segment = past.segment
            and forecasts.horizon = past.horizon
            and past.month <= forecasts.made_month
            and {{ nrr.months_between('past.month', 'forecasts.made_month') }} < 24
    where past.error is not null
),

ranges as (
    select
        made_month,
        horizon,
        segment_dimension,
        segment,
        max(backtests) as backtests,
        {{ nrr.as_ratio('avg(abs(error))') }} as mean_error,
        {{ nrr.as_ratio('avg(abs(naive_error))') }} as naive_mean_error
        {%- for name, share in quantiles.items() %},
        -- the place ({{ share }} x (n + 1)) lies between two of them
        sum(
            case
                when abs(place - {{ share }} * (backtests + 1)) < 1
                    then (1 - abs(place - {{ share }} * (backtests + 1))) * error
                else 0
            end
        ) as {{ name }}_error
        {%- endfor %}
    from past_errors
    group by made_month, horizon, segment_dimension, segment
),

complete as (
    select
        forecasts.*,
        coalesce(ranges.backtests, 0) as backtests,
        ranges.mean_error,
        ranges.naive_mean_error,
        {%- for name, share in quantiles.items() %}
        case
            when ranges.backtests >= 12 then ranges.{{ name }}_error
            else {{ '-' if name == 'low' }}1.28 * cast(forecasts.nrr_error as {{ nrr.type_double() }})
        end as {{ name }}_error{{ ',' if not loop.last }}
        {%- endfor %}
    from forecasts
    left join ranges
        on
            forecasts.made_month = ranges.made_month
            and forecasts.horizon = ranges.horizon
            and forecasts.segment_dimension = ranges.segment_dimension
            and forecasts.segment = ranges.segment
)

select
    {{ nrr.add_days(nrr.add_months('made_month', 1), -1) }} as made_on,
    month,
    cast(horizon as integer) as horizon,
    segment_dimension,
    segment,
    accounts,
    starting_mrr,
    known_mrr,
    expected_nrr,
    expected_grr,
    {{ nrr.as_ratio('cast(expected_nrr as ' ~ nrr.type_double() ~ ') + low_error') }} as low_80,
    {{ nrr.as_ratio('cast(expected_nrr as ' ~ nrr.type_double() ~ ') + high_error') }} as high_80,
    cast(case when backtests >= 12 then 'past errors' else 'standard error' end as {{ nrr.type_text() }}) as range_from,
    actual_nrr,
    cast(error as decimal(38, 9)) as error,
    cast(naive_error as decimal(38, 9)) as naive_error,
    cast(backtests as integer) as backtests,
    mean_error,
    naive_mean_error,
    mean_error < naive_mean_error as is_better_than_naive
from complete
