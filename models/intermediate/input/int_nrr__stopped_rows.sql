{{ config(materialized='table') }}
{%- set is_on = nrr.has_source('subscription_periods') -%}
-- One row per row of subscription_periods that is paused or unpaid now, and does not say since when: it counts up to
-- its end or, without one, to when the list is complete.
select
    cast('subscription_periods' as {{ nrr.type_text() }}) as input,
    cast({{ "'stopped_without_date'" if is_on else 'null' }} as {{ nrr.type_text() }}) as reason,
    {{ 'source_row' if is_on else 'cast(null as ' ~ nrr.type_text() ~ ')' }} as value,
    cast({{ 'count(*)' if is_on else '0' }} as bigint) as number_of_rows,
    false as is_failure
{%- if is_on %}
from {{ ref('stg_subscription_periods__rows') }}
where has_status_of_now and source_reason is null
group by source_row
{%- else %}
from (select 1 as one) as nothing
where 1 = 0
{%- endif %}
