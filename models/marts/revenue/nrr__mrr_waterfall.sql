{%- set sums = nrr.movement_sums() -%}
-- One row per month, segment dimension and segment: MRR and accounts from the month's opening to its closing.
with closings as (
    select * from {{ ref('int_nrr__closing_sums') }}
),

months as (
    select * from {{ ref('int_nrr__months') }}
),

parts as (
    select
        month,
        segment_dimension,
        segment,
        0 as opening_mrr,
        0 as opening_accounts,
        {%- for column in sums %}
        {{ column }},
        {%- endfor %}
        0 as closing_mrr,
        0 as closing_accounts
    from {{ ref('int_nrr__movement_sums') }}

    union all

    select
        month,
        segment_dimension,
        segment,
        0 as opening_mrr,
        0 as opening_accounts,
        {%- for column in sums %}
        0 as {{ column }},
        {%- endfor %}
        closing_mrr,
        accounts as closing_accounts
    from closings

    union all

    -- a month opens with what the month before closed with
    select
        months.month,
        closings.segment_dimension,
        closings.segment,
        closings.closing_mrr as opening_mrr,
        closings.accounts as opening_accounts,
        {%- for column in sums %}
        0 as {{ column }},
        {%- endfor %}
        0 as closing_mrr,
        0 as closing_accounts
    from closings
    inner join months on {{ nrr.add_months('closings.month', 1) }} = months.month

    union all

    -- the company has a row for every month
    select
        month,
        'all' as segment_dimension,
        'all' as segment,
        0 as opening_mrr,
        0 as opening_accounts,
        {%- for column in sums %}
        0 as {{ column }},
        {%- endfor %}
        0 as closing_mrr,
        0 as closing_accounts
    from months
),

totals as (
    select
        month,
        segment_dimension,
        segment
        {%- for column in [
            'opening_mrr', 'opening_accounts', 'closing_mrr', 'closing_accounts',
        ] + sums.keys() | list %},
        sum({{ column }}) as {{ column }}
        {%- endfor %}
    from parts
    group by month, segment_dimension, segment
),

-- what the movements of a segment's accounts leave unexplained came with accounts from other segments, or
-- left with accounts for others
explained as (
    select
        totals.*,
        closing_mrr - opening_mrr - new_mrr - reactivation_mrr - expansion_mrr - contraction_mrr - churned_mrr
        - fx_mrr as segment_transfer_mrr,
        closing_accounts - opening_accounts - new_accounts - reactivation_accounts
        + churned_accounts as segment_transfer_accounts
    from totals
    where opening_mrr > 0 or closing_mrr > 0 or segment_dimension = 'all'
)

select
    month,
    segment_dimension,
    segment
    {%- for column in nrr.waterfall_columns() %},
    cast({{ column }} as {{ nrr.sum_type(column) }}) as {{ column }}
    {%- endfor %}
from explained
