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
),

-- at which number the account's line of changes is zero, if within the run: on one side of it the account has lost
crossings as (
    select
        pairs.*,
        change_mrr + change_growth * first_number < 0 as loses_first,
        change_mrr + change_growth * (end_number - 1) < 0 as loses_last,
        -{{ nrr.divide('change_mrr', 'change_growth') }} as crossing
    from pairs
),

-- a run in which it has lost for a part of the months has a second row for these
rows_of_a_run as (
    select 1 as row_number_of_run
    union all
    select 2 as row_number_of_run
),

lines as (
    select
        crossings.*,
        rows_of_a_run.row_number_of_run = 1 as is_whole,
        rows_of_a_run.row_number_of_run = 2 or loses_first and loses_last as is_loss
    from crossings
    inner join rows_of_a_run
        on rows_of_a_run.row_number_of_run = 1 or crossings.loses_first <> crossings.loses_last
),

parts as (
    select
        pair,
        case when not is_whole and loses_last then cast(floor(crossing) as integer) + 1 else first_number end
            as first_number,
        case when not is_whole and loses_first then cast(ceil(crossing) as integer) else end_number end as end_number,
        segment_key,
        size,
        currency,
        case when is_whole then starting_mrr else 0 end as starting_mrr,
        case when is_whole then starting_growth else 0 end as starting_growth,
        case when is_whole then change_mrr else 0 end as change_mrr,
        case when is_whole then change_growth else 0 end as change_growth,
        case when is_loss then change_mrr else 0 end as loss_mrr,
        case when is_loss then change_growth else 0 end as loss_growth
    from lines

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
        0 as change_growth,
        case when ending_mrr < starting_mrr then ending_mrr - starting_mrr else 0 end as loss_mrr,
        0 as loss_growth
    from {{ ref('int_nrr__three_month_pairs') }}

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
