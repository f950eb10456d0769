{{ config(enabled=nrr.has_source('zuora'), materialized='table') }}
{%- set tables = ['subscription', 'rate_plan_charge'] + (['amendment'] if nrr.has_zuora('amendment') else []) -%}
-- One row: when a table was loaded last, so up to when the data is complete, although nothing may have changed since.
with loads as (
    {%- for table in tables %}
    select max({{ nrr.read_timestamp('recorded_at') }}) as loaded_at
    from {{ nrr.zuora_rows(table, ['id']) }} as given
    where {{ nrr.read_timestamp('recorded_at') }} <= {{ nrr.time_of_the_run() }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select max(loaded_at) as loaded_at
from loads
