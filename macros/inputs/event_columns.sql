{# event_columns(): the columns of the input subscription_events, in the order of their documentation. #}
{% macro event_columns() %}
    {%- do return([
        'event_id', 'account_id', 'subscription_id', 'subscription_item_id', 'effective_at', 'sequence', 'recorded_at',
        'status', 'product_id', 'plan_id', 'pricing_model', 'quantity', 'unit_amount', 'currency',
        'billing_interval', 'billing_interval_count', 'discount_percent', 'discount_amount', 'discount_ends_at',
    ]) -%}
{% endmacro %}

{# given_event_columns(): what they are called in stg_nrr__subscription_events, as they were given. #}
{% macro given_event_columns() %}
    {%- set given = [] -%}
    {%- for column in nrr.event_columns() -%} {%- do given.append('given_' ~ column) -%} {%- endfor -%}
    {%- do return(given) -%}
{% endmacro %}

{# given_event_texts(): the texts in these, without the blanks around them. #}
{% macro given_event_texts() %}
    {%- set texts = [] -%}
    {%- for column in nrr.given_event_columns() -%} {%- do texts.append(nrr.read_text(column)) -%} {%- endfor -%}
    {%- do return(texts) -%}
{% endmacro %}

{# read_word(column): a word as the seeds of values write it: in small letters, with _ for spaces and hyphens. #}
{% macro read_word(column) -%}
    replace(replace(lower({{ nrr.read_text(column) }}), ' ', '_'), '-', '_')
{%- endmacro %}

{# has_any_value(columns): whether a row has a value in any of these columns. #}
{% macro has_any_value(columns) -%}
    {%- set values = [] -%}
    {%- for column in columns -%} {%- do values.append(nrr.read_text(column)) -%} {%- endfor -%}
    coalesce({{ values | join(', ') }}) is not null
{%- endmacro %}
