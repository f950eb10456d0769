{#
  Zuora's tables. Fivetran lands them with underscores (rate_plan_charge.effective_start_date), Airbyte and Zuora's Data
  Query without (rateplancharge.effectivestartdate): both are read.
#}

{# zuora_input(table): the input that holds a table of Zuora's, by whichever of its two names it is given. #}
{% macro zuora_input(table) %}
    {%- set names = ['zuora_' ~ table, 'zuora_' ~ table.replace('_', '')] -%}
    {%- do return((nrr.given_of(names) + names)[0]) -%}
{% endmacro %}

{# has_zuora(table): whether an optional table of Zuora's is given. #}
{% macro has_zuora(table) %}
    {%- do return(nrr.has_source('zuora') and nrr.is_given(nrr.zuora_input(table))) -%}
{% endmacro %}

{#
  zuora_rows(table, columns, days): a relation with the rows of a table: these columns as text, those of `days` as the
  text of a day, whatever time of day the loader gave it; is_deleted, whether the row is gone in Zuora; and recorded_at,
  when it was loaded or else changed last, as text. A column named `type` is called `kind`.
#}
{% macro zuora_rows(table, columns, days=[]) %}
    {%- set loaded = [
        '_fivetran_synced', '_airbyte_extracted_at', '_airbyte_emitted_at', 'updated_date', 'updateddate',
        'created_date', 'createddate',
    ] -%}
    {%- set deleted = ['_fivetran_deleted', 'deleted'] -%}
    {%- set read = [] -%}
    {%- for column in columns + days -%}
        {%- do read.append(column) -%}
        {%- if '_' in column -%} {%- do read.append(column.replace('_', '')) -%} {%- endif -%}
    {%- endfor %}
        (
            select
                {%- for column in columns + days %}
                {%- set text = nrr.read_text(nrr.column_name(column)) -%}
                {%- if '_' in column -%}
                    {%- set other = nrr.read_text(nrr.column_name(column.replace('_', ''))) -%}
                    {%- set text = 'coalesce(' ~ text ~ ', ' ~ other ~ ')' -%}
                {%- endif %}
                {{ 'substr(' ~ text ~ ', 1, 10)' if column in days else text }}
                    as {{ 'kind' if column == 'type' else column }},
                {%- endfor %}
                {{ nrr.is_true('coalesce(' ~ nrr.texts_of(deleted) | join(', ') ~ ')') }} as is_deleted,
                coalesce({{ nrr.texts_of(loaded) | join(', ') }}) as recorded_at
            from {{ nrr.input_rows(nrr.zuora_input(table), (read + loaded + deleted) | unique | list) }} as input
        )
{%- endmacro %}

{# plain_word(text): a text in small letters, without what its words may be written with between them. #}
{% macro plain_word(text) -%}
    replace(replace(replace(lower({{ text }}), ' ', ''), '_', ''), '-', '')
{%- endmacro %}

{#
  zuora_period(word, number, part): how long a billing period is that Zuora names by a plain word, with its number of
  months, weeks or days where it is one of these: as an interval or as a count of such intervals. Null for a word that
  is not known.
#}
{% macro zuora_period(word, number, part) -%}
    {%- set periods = [
        ('month', 'month', 1), ('quarter', 'quarter', 1), ('semiannual', 'month', 6), ('annual', 'year', 1),
        ('year', 'year', 1),
        ('eighteenmonths', 'month', 18), ('twoyears', 'year', 2), ('threeyears', 'year', 3), ('fiveyears', 'year', 5),
        ('specificmonths', 'month', number), ('week', 'week', 1), ('specificweeks', 'week', number), ('day', 'day', 1),
        ('specificdays', 'day', number), ('specificyears', 'year', number),
    ] -%}
    case {{ word }}
        {%- for name, interval, count in periods %}
        when '{{ name }}' then {{ "'" ~ interval ~ "'" if part == 'interval' else count }}
        {%- endfor %}
    end
{%- endmacro %}

{# months_in(interval, count): how many months a billing period has; null where it is no number of them. #}
{% macro months_in(interval, count) -%}
    case {{ interval }}
        when 'month' then {{ count }} when 'quarter' then 3 * {{ count }} when 'year' then 12 * {{ count }}
    end
{%- endmacro %}

{# zuora_discount_levels(): what a discount may hold for, in the order in which they are taken off, and its id. #}
{% macro zuora_discount_levels() %}
    {%- do return([('rateplan', 'rate_plan_id'), ('subscription', 'subscription_id'), ('account', 'owner_id')]) -%}
{% endmacro %}
