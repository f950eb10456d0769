{#
  warn_of_rejected_events(): a warning of dbt with the number of rows of subscription_events that are
  not used, by reason, redeliveries apart. Runs after nrr__rejected_events is built.
#}
{% macro warn_of_rejected_events() %}
    {%- if execute -%}
        {%- set counts = run_query(
            "select reason, count(*) as number_of_rows from " ~ this ~ " where reason <> 'duplicate' "
            ~ "group by reason order by number_of_rows desc, reason"
        ) -%}
        {%- set reasons = [] -%}
        {%- for row in counts.rows -%} {%- do reasons.append(row[1] ~ ' ' ~ row[0]) -%} {%- endfor -%}
        {%- if reasons -%}
            {%- do exceptions.warn(
                'nrr cannot use some rows of subscription_events: ' ~ reasons | join(', ') ~ '. They are in '
                ~ this.identifier ~ ' with all their columns.'
            ) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
