{%- set sums = [
    'weight_mrr', 'retained_weight_mrr', 'ending_mrr', 'retained_mrr', 'weight_mrr_squared', 'ending_mrr_squared',
    'ending_by_weight_mrr',
] -%}
-- One row per month in which an outlook is made, horizon and cell: what its accounts were known to pay, and came to
-- pay, in the newest 24 months of which that is known then.
with made as (
    select distinct
        made_month,
        horizon
    from {{ ref('int_nrr__outlook_windows') }}
),

cells as (
    select
        month,
        horizon,
        size,
        state,
        renews
        {%- for column in sums %},
        sum({{ column }}) as {{ column }}
        {%- endfor %}
    from {{ ref('int_nrr__outlook_sums') }}
    where ending_mrr is not null
    group by month, horizon, size, state, renews
)

select
    made.made_month,
    cells.horizon,
    cells.size,
    cells.state,
    cells.renews
    {%- for column in sums %},
    sum(cells.{{ column }}) as {{ column }}
    {%- endfor %}
from cells
inner join made
    on
        cells.horizon = made.horizon
        and cells.month <= made.made_month
        and {{ nrr.months_between('cells.month', 'made.made_month') }} < 24
group by made.made_month, cells.horizon, cells.size, cells.state, cells.renews
