{%- set segments = nrr.segment_columns() -%}
-- One row per month, segment dimension and segment: MRR from the month's opening to its closing.
with account_movements as (
    select * from {{ ref('int_nrr__account_movements') }}
),

-- An account's movements belong to the segment in which it began the month. It leaves that
-- segment with its closing MRR...
openings as (
    select
        account_movements.*
        {%- for segment in segments %},
        opening_{{ segment }} as {{ segment }}
        {%- endfor %}
    from account_movements
    where opening_mrr > 0
),

from_openings as (
    select
        month,
        {{ nrr.segment_dimension() }} as segment_dimension,
        {{ nrr.segment() }} as segment,
        sum(opening_mrr) as opening_mrr,
        0 as new_mrr,
        0 as reactivation_mrr,
        sum(case when movement = 'expansion' then movement_mrr else 0 end) as expansion_mrr,
        sum(case when movement = 'contraction' then movement_mrr else 0 end) as contraction_mrr,
        sum(case when movement = 'churn' then movement_mrr else 0 end) as churned_mrr,
        sum(fx_mrr) as fx_mrr,
        -sum(closing_mrr) as segment_transfer_mrr,
        0 as closing_mrr
    from openings
    group by {{ nrr.segment_grouping_sets('month') }}
),

-- ... and enters the one in which it ends the month; mostly the same, and nothing is transferred.
closings as (
    select
        account_movements.*
        {%- for segment in segments %},
        closing_{{ segment }} as {{ segment }}
        {%- endfor %}
    from account_movements
    where closing_mrr > 0
),

from_closings as (
    select
        month,
        {{ nrr.segment_dimension() }} as segment_dimension,
        {{ nrr.segment() }} as segment,
        0 as opening_mrr,
        sum(case when movement = 'new' then movement_mrr else 0 end) as new_mrr,
        sum(case when movement = 'reactivation' then movement_mrr else 0 end) as reactivation_mrr,
        0 as expansion_mrr,
        0 as contraction_mrr,
        0 as churned_mrr,
        0 as fx_mrr,
        sum(case when opening_mrr > 0 then closing_mrr else 0 end) as segment_transfer_mrr,
        sum(closing_mrr) as closing_mrr
    from closings
    group by {{ nrr.segment_grouping_sets('month') }}
),

-- a month in which nobody had MRR is a row of zeros
empty_months as (
    select
        month,
        'all' as segment_dimension,
        'all' as segment,
        {%- for column in nrr.waterfall_columns() %}
        0 as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_nrr__months') }}
),

parts as (
    select * from from_openings
    union all
    select * from from_closings
    union all
    select * from empty_months
)

select
    month,
    segment_dimension,
    segment
    {%- for column in nrr.waterfall_columns() %},
    cast(sum({{ column }}) as numeric(28, 4)) as {{ column }}
    {%- endfor %}
from parts
group by month, segment_dimension, segment
