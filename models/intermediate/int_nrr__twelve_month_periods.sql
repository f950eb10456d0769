{%- set segments = nrr.segment_columns() + ['arr_cell'] -%}
-- One row per account, period with MRR and period that it meets twelve months later: the months of the
-- later one, MRR at both ends in mrr_currency, and the segments of the earlier one.
with periods as (
    select * from {{ ref('int_nrr__account_periods') }}
),

openings as (
    select
        periods.*,
        {{ nrr.add_months('first_month', 12) }} as first_month_later,
        {{ nrr.add_months('end_month', 12) }} as end_month_later
    from periods
    where mrr > 0
),

met as (
    select
        openings.account_id,
        case
            when openings.first_month_later > endings.first_month then openings.first_month_later
            else endings.first_month
        end as first_month,
        case
            when openings.end_month_later < endings.end_month then openings.end_month_later
            else endings.end_month
        end as end_month,
        openings.mrr_currency,
        openings.mrr as starting_mrr,
        endings.{{ 'mrr_at_year_ago_rates' if nrr.setting('nrr_fx') == 'constant' else 'mrr' }} as ending_mrr,
        endings.last_gap_end_month
        {%- for segment in segments %},
        openings.{{ segment }}
        {%- endfor %}
    from openings
    inner join periods as endings
        on
            openings.account_id = endings.account_id
            and openings.first_month_later < endings.end_month
            and openings.end_month_later > endings.first_month
)

select
    met.*,
    cast({{ nrr.months_between('first_month', 'end_month') }} as integer) as months
from met
