{{ config(enabled=nrr.has_source('chargebee')) }}
{%- set fields, lists = nrr.chargebee_fields(), nrr.chargebee_lists() -%}
{%- set syncs = ['_airbyte_extracted_at', '_airbyte_emitted_at', '_fivetran_synced'] -%}
-- One row per row of subscription: a subscription as it was when its loader read it, all values as texts.
with input as (
    select * from {{ nrr.input_rows('chargebee_subscription', fields + lists + syncs) }} as input
)

select
    {%- for field in fields %}
    {{ nrr.read_text(nrr.column_name(field)) }} as {{ field }},
    {%- endfor %}
    {%- for list in lists %}
    nullif(nullif({{ nrr.json_text(list) }}, ''), 'null') as {{ list }},
    {%- endfor %}
    coalesce(
        {{ nrr.read_epoch('_airbyte_extracted_at') }},
        {{ nrr.read_epoch('_airbyte_emitted_at') }},
        {{ nrr.read_epoch('_fivetran_synced') }}
    ) as synced_at,
    {{ nrr.row_as_text(fields) }} as source_row
from input
