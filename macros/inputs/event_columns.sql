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

{# texts_of(columns): the texts in these, without the blanks around them. #}
{% macro texts_of(columns) %}
    {%- set texts = [] -%}
    {%- for column in columns -%} {%- do texts.append(nrr.read_text(column)) -%} {%- endfor -%}
    {%- do return(texts) -%}
{% endmacro %}

{# read_word(column): a word as the seeds of values write it: in small letters, with _ for spaces and hyphens. #}
{% macro read_word(column) -%}
    replace(replace(lower({{ nrr.read_text(column) }}), ' ', '_'), '-', '_')
{%- endmacro %}

{# has_any_value(columns): whether a row has a value in any of these columns. #}
{% macro has_any_value(columns) -%} coalesce({{ nrr.texts_of(columns) | join(', ') }}) is not null {%- endmacro %}

{# event_types(): column of subscription_events -> its type, once it is read. #}
{% macro event_types() %}
    {%- set types = dict.fromkeys(nrr.event_columns(), nrr.type_text()) -%}
    {%- set instant = nrr.type_instant() -%}
    {%- do types.update({
        'effective_at': instant, 'recorded_at': instant, 'discount_ends_at': instant, 'sequence': 'bigint',
        'quantity': 'decimal(18, 6)', 'unit_amount': 'decimal(18, 6)', 'billing_interval_count': 'decimal(18, 6)',
        'discount_percent': 'decimal(18, 6)', 'discount_amount': 'decimal(18, 6)',
    }) -%}
    {%- do return(types) -%}
{% endmacro %}
