-- One row per month in which an outlook is made, horizon and cell: what its accounts were known to pay, and came to
-- pay, in the newest 24 months of which that is known then.
with cells as (
    select
        month,
        horizon,
        size,
        state,
        renews
        {%- for column in nrr.outlook_sums() %},
        sum({{ column }}) as {{ column }}
        {%- endfor %}
    from {{ ref('int_nrr__outlook_sums') }}
    where ending_mrr is not null
    group by month, horizon, size, state, renews
)

select
    windows.made_month,
    cells.horizon,
    cells.size,
    cells.state,
    cells.renews
    {%- for column in nrr.outlook_sums() %},
    sum(cells.{{ column }}) as {{ column }}
    {%- endfor %}
from cells
inner join {{ ref('int_nrr__outlook_windows') }} as windows
    on
        cells.horizon = windows.horizon
        and cells.month <= windows.made_month
        and {{ nrr.months_between('cells.month', 'windows.made_month') }} < 24
group by windows.made_month, cells.horizon, cells.size, cells.state, cells.renews
