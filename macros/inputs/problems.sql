{# What models of input problems have in common. #}

{# row_as_text(columns): the values of the columns as they were given, with commas between them. #}
{% macro row_as_text(columns) %}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- if not loop.first -%} {%- do parts.append("', '") -%} {%- endif -%}
        {%- do parts.append('coalesce(' ~ nrr.read_text(nrr.column_name(column)) ~ ", '')") -%}
    {%- endfor -%}
    {{- dbt.concat(parts) -}}
{% endmacro %}

{# time_of_the_run(): when this run of dbt began, in UTC. #}
{% macro time_of_the_run() -%}
    {{ nrr.timestamp_literal(run_started_at.strftime('%Y-%m-%d %H:%M:%S')) }}
{%- endmacro %}

{# as_of_setting(): nrr_as_of as a timestamp in UTC; a date is when that day begins in nrr_timezone. #}
{% macro as_of_setting() -%}
    {%- set as_of = nrr.setting('nrr_as_of') -%}
    {{- nrr.utc_time(nrr.timestamp_literal(as_of), nrr.setting('nrr_timezone')) if as_of | string | length == 10
        else nrr.timestamp_literal(as_of) -}}
{%- endmacro %}

{#
  mapping_reasons(): the reasons that a word of an input is not known: what it means is missing, for all rows that have
  it, so that they fail the build however few they are.
#}
{% macro mapping_reasons() %}
    {%- do return([
        'unknown_status', 'unknown_billing_interval', 'unknown_amount_is', 'unknown_type', 'unknown_amendment_is',
        'unknown_state', 'unknown_charge_type', 'unknown_billing_period', 'unknown_event',
    ]) -%}
{% endmacro %}
