{#
  print_reconstructed_mrr(): a line in dbt's log for each source: its MRR in the newest month, and the share of it that
  is reconstructed. Runs after nrr__mrr_by_source is built.
#}
{% macro print_reconstructed_mrr() %}
    {%- if execute -%}
        {%- set rows = run_query(
            'select source_system, mrr, reconstructed_share, month from ' ~ this
            ~ ' where month = (select max(month) from ' ~ this ~ ') order by source_system'
        ).rows -%}
        {#- drivers return dates and decimals in types of their own -#}
        {%- for row in rows -%}
            {%- set month = modules.datetime.datetime.strptime((row[3] | string)[:10], '%Y-%m-%d') -%}
            {%- do log(
                'nrr: MRR of ' ~ month.strftime('%B %Y') ~ ' from ' ~ row[0] ~ ': ' ~ '{:,.2f}'.format(row[1] | float)
                ~ ', of which ' ~ '{:.1%}'.format((row[2] or 0) | float) ~ ' is reconstructed.', info=true
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}
