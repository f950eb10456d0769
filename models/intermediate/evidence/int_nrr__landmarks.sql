{%- set horizon = nrr.setting('nrr_evidence_months') -%}
-- One row per landmark: a month at whose end accounts are parted by what was known of them then, one horizon after the
-- landmark before, and the month at whose end it is seen what became of them.
with newest as (
    select max(month) as month from {{ ref('int_nrr__months') }}
)

select
    months.month,
    {{ nrr.add_months('months.month', horizon) }} as end_month
from {{ ref('int_nrr__months') }} as months
cross join newest
where
    {{ nrr.months_between('months.month', 'newest.month') }} >= {{ horizon }}
    -- back from the newest month, so that the newest outcomes count
    and mod({{ nrr.months_between('months.month', 'newest.month') }}, {{ horizon }}) = 0
