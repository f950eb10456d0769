{# What the models of Stripe's tables by Airbyte have in common. Their columns are Stripe's objects, whose parts are JSON. #}

{# reads_airbyte_stripe(): whether these tables are read. #}
{% macro reads_airbyte_stripe() %}
    {%- do return(nrr.rebuilds_stripe() and nrr.stripe_loader() == 'airbyte') -%}
{% endmacro %}

{# airbyte_columns(): the columns that Airbyte adds to a row; older versions have the second. #}
{% macro airbyte_columns() %} {%- do return(['_airbyte_extracted_at', '_airbyte_emitted_at']) -%} {% endmacro %}

{# airbyte_synced_at(): when Airbyte read a row of Stripe. #}
{% macro airbyte_synced_at() -%}
    coalesce({{ nrr.read_epoch('_airbyte_extracted_at') }}, {{ nrr.read_epoch('_airbyte_emitted_at') }})
{%- endmacro %}

{#
  json_id(json, path): the id of an object at a path: of one that is there as a whole, or of which only the id is. Without a
  path, of the column itself.
#}
{% macro json_id(json, path=none) -%}
    {%- set whole = nrr.json_value(json, path) if path else nrr.json_text(json) -%}
    {%- set inner = nrr.json_value(json, path ~ '.id' if path else 'id') -%}
    coalesce({{ inner }}, case when substr({{ whole }}, 1, 1) <> '{' then {{ nrr.read_text(whole) }} end)
{%- endmacro %}

{# json_list(json, path): the JSON of a list, which older objects have as it is, and newer ones as {data: [...]}. #}
{% macro json_list(json, path=none) -%}
    coalesce(
        {{ nrr.json_value(json, path ~ '.data' if path else 'data') }},
        {{ nrr.json_value(json, path) if path else nrr.json_text(json) }}
    )
{%- endmacro %}

{# has_key(json, key): whether the text of a JSON object has the key somewhere, though its value may be null. #}
{% macro has_key(json, key) -%} {{ json }} like '%"{{ key }}"%' {%- endmacro %}
