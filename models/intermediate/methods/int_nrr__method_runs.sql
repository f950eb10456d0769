-- One row per pair of times, run of months, set of segments, size and currency: what the accounts of the base paid at
-- the first time, and all changes and all losses until the second, each as a line: start + growth x the month's number.
with pairs as (
    select
        'same_quarter_prior_year' as pair,
        first_number,
        end_number,
        segment_key,
        size,
        currency,
        starting_mrr,
        starting_growth,
        ending_mrr - starting_mrr as change_mrr,
        ending_growth - starting_growth as change_growth
    from {{ ref('int_nrr__quarter_pairs') }}

    union all

    select
        'trailing_revenue' as pair,
        first_number,
        end_number,
        segment_key,
        size,
        currency,
        starting_mrr,
        starting_growth,
        ending_mrr - starting_mrr as change_mrr,
        ending_growth - starting_growth as change_growth
    from {{ ref('int_nrr__trailing_year_pairs') }}

    union all

    select
        'three_months' as pair,
        first_number,
        end_number,
        segment_key,
        size,
        currency,
        starting_mrr,
        0 as starting_growth,
        ending_mrr - starting_mrr as change_mrr,
        0 as change_growth
    from {{ ref('int_nrr__three_month_pairs') }}
),

-- at which number the account's line of changes is zero: it has lost on one side of it, on the other it has not
crossings as (
    select
        pairs.*,
        -{{ nrr.divide('change_mrr', 'change_growth') }} as crossing
    from pairs
    where change_mrr + change_growth * first_number < 0 or change_mrr + change_growth * (end_number - 1) < 0
),

losses as (
    select
        crossings.*,
        case
            when change_growth < 0 and crossing >= first_number then cast(floor(crossing) as integer) + 1
            else first_number
        end as loss_first_number,
        case
            when change_growth > 0 and crossing < end_number then cast(ceil(crossing) as integer)
            else end_number
        end as loss_end_number
    from crossings
),

parts as (
    select
        pair,
        first_number,
        end_number,
        segment_key,
        size,
        currency,
        starting_mrr,
        starting_growth,
        change_mrr,
        change_growth,
        0 as loss_mrr,
        0 as loss_growth
    from pairs

    union all

    select
        pair,
        loss_first_number as first_number,
        loss_end_number as end_number,
        segment_key,
        size,
        currency,
        0 as starting_mrr,
        0 as starting_growth,
        0 as change_mrr,
        0 as change_growth,
        change_mrr as loss_mrr,
        change_growth as loss_growth
    from losses

    union all

    select
        'cohort_movements' as pair,
        first_number,
        end_number,
        segment_key,
        size,
        currency,
        0 as starting_mrr,
        0 as starting_growth,
        movement_mrr as change_mrr,
        0 as change_growth,
        case when movement_mrr < 0 then movement_mrr else 0 end as loss_mrr,
        0 as loss_growth
    from {{ ref('int_nrr__cohort_movements') }}
)

select
    cast(pair as {{ nrr.type_text() }}) as pair,
    first_number,
    end_number,
    segment_key,
    size,
    cast(currency as {{ nrr.type_text() }}) as currency
    {%- for column in nrr.method_lines() %},
    cast(sum({{ column }}) as decimal(28, 4)) as {{ column }}
    {%- endfor %}
from parts
group by pair, first_number, end_number, segment_key, size, currency
