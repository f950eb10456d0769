{%- set as_of = nrr.setting('nrr_as_of') -%}
-- One row: up to when the data is complete, which value says so, and the newest month that is over by then.
with
{%- if as_of is none %}
-- what lies after the run is a slip, or not known to have happened yet
records as (
    select
        max(recorded_at) as as_of_at,
        max(case when has_recorded_at then recorded_at end) as newest_recorded_at
    from {{ ref('int_nrr__item_states') }}
    where recorded_at <= {{ nrr.time_of_the_run() }}
),

as_of as (
    select
        as_of_at,
        case when newest_recorded_at = as_of_at then 'recorded_at' else 'effective_at' end as as_of_source
    from records
)
{%- else %}
as_of as (
    select
        {{ nrr.as_of_setting() }} as as_of_at,
        cast('nrr_as_of' as {{ nrr.type_text() }}) as as_of_source
)
{%- endif %}

select
    as_of_at,
    cast(as_of_source as {{ nrr.type_text() }}) as as_of_source,
    {{ nrr.add_months(nrr.month_of('as_of_at'), -1) }} as newest_month
from as_of
