{%- set segments = nrr.segment_columns() + ['arr_cell'] -%}
-- One row per account, version, period with MRR and period that it meets twelve months later: the months of the
-- later one, MRR at both ends in mrr_currency, and the segments of the earlier one.
with met as (
    select
        openings.account_id,
        openings.version,
        openings.full_run_id,
        case
            when openings.first_month_number + 12 > endings.first_month_number then openings.first_month_number + 12
            else endings.first_month_number
        end as first_month_number,
        case
            when openings.first_month_number + openings.months + 12 < endings.first_month_number + endings.months
                then openings.first_month_number + openings.months + 12
            else endings.first_month_number + endings.months
        end as end_month_number,
        openings.mrr_currency,
        openings.mrr as starting_mrr,
        endings.{{ 'mrr_at_year_ago_rates' if nrr.setting('nrr_fx') == 'constant' else 'mrr' }} as ending_mrr,
        endings.last_gap_end_month
        {%- for segment in segments %},
        openings.{{ segment }}
        {%- endfor %}
    from {{ ref('int_nrr__account_periods') }} as openings
    inner join {{ ref('int_nrr__account_periods') }} as endings
        on
            openings.account_id = endings.account_id
            and openings.version = endings.version
            and openings.first_month_number + 12 < endings.first_month_number + endings.months
            and openings.first_month_number + openings.months + 12 > endings.first_month_number
    where openings.mrr > 0
)

select
    met.*,
    end_month_number - first_month_number as months
from met
