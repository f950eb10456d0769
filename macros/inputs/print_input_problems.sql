{#
  print_input_problems(): one warning of dbt with all that nrr__input_problems has: what fails the build, then the rest;
  of each reason its number of rows, its commonest values and what to do. Runs after that model is built. Nothing is
  printed where there is nothing.
#}
{% macro print_input_problems() %}
    {%- if execute -%}
        {#- in quotes, since dbt takes a text NULL for a missing one -#}
        {%- set problems = run_query(
            'select input, reason, ' ~ dbt.concat(["'\"'", 'value', "'\"'"]) ~ ' as quoted_value, number_of_rows,'
            ~ ' rows_of_reason, is_failure, remedy from ' ~ this
            ~ " order by case input when 'subscription_events' then 0 else 1 end, input, rows_of_reason desc, reason,"
            ~ ' number_of_rows desc, value'
        ) -%}
        {%- set failures, others = {}, {} -%}
        {%- for row in problems.rows -%}
            {%- do (failures if row[5] else others).setdefault((row[0], row[1]), []).append(row) -%}
        {%- endfor -%}
        {%- set lines = [] -%}
        {%- for title, reasons in [('This fails the build:', failures), ('This does not fail the build:', others)]
            if reasons -%}
            {%- do lines.append(title) -%}
            {%- for rows in reasons.values() -%} {%- do lines.extend(nrr.lines_of_problem(rows)) -%} {%- endfor -%}
        {%- endfor -%}
        {%- if lines -%}
            {%- do exceptions.warn(
                'nrr: what of the input cannot be used, or is worth a look.\n  ' ~ lines | join('\n  ')
                ~ '\n  All of it is in ' ~ this.identifier ~ '; rejected rows of subscription_events are whole in '
                ~ 'nrr__rejected_events.'
            ) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}

{# lines_of_problem(rows): what is printed of one reason of an input, whose rows of nrr__input_problems are given. #}
{% macro lines_of_problem(rows) %}
    {%- set first = rows[0] -%}
    {%- set values = [] -%}
    {%- for row in rows if row[2] is not none -%}
        {%- do values.append("'" ~ (row[2][1:-1].split() | join(' ') | truncate(60, true, '...', 0)) ~ "'"
            ~ (' (' ~ row[3] ~ ')' if row[3] > 1 else '')) -%}
    {%- endfor -%}
    {%- set number_of_others = first[4] - rows | sum(attribute=3) -%}
    {%- if number_of_others > 0 -%} {%- do values.append(number_of_others ~ ' more') -%} {%- endif -%}
    {%- do return([
        '  ' ~ first[0] ~ ': ' ~ first[4] ~ ' ' ~ first[1] ~ (': ' ~ values | join(', ') if values else ''),
        '      ' ~ first[6],
    ]) -%}
{% endmacro %}
