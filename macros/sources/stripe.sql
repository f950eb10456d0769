{# rebuilds_stripe(): whether the states of Stripe's items are rebuilt, from tables that hold no history of items. #}
{% macro rebuilds_stripe() %}
    {%- do return(nrr.has_source('stripe') and nrr.stripe_loader() != 'change_events') -%}
{% endmacro %}

{# later_of(one, other): the later of two timestamps; that which is there, where the other is missing. #}
{% macro later_of(one, other) -%}
    case when {{ one }} >= {{ other }} then {{ one }} else coalesce({{ other }}, {{ one }}) end
{%- endmacro %}

{# finely_priced(unit_amount, units): the product, decimal(18, 6), of a price of up to 12 decimals below a million. #}
{% macro finely_priced(unit_amount, units) -%}
    {%- set trillion = 'cast(1000000000000 as ' ~ nrr.type_wide_integer() ~ ')' -%}
    cast(cast({{ nrr.divide_whole(
        '(2 * cast(' ~ unit_amount ~ ' * 1000000000000 as ' ~ nrr.type_wide_integer() ~ ') * ' ~ nrr.millionths(units)
        ~ ' + ' ~ trillion ~ ')',
        '(2 * ' ~ trillion ~ ')'
    ) }} as decimal(24, 0)) * cast(0.000001 as decimal(7, 6)) as decimal(18, 6))
{%- endmacro %}

{#
  line_reason(texts, read_time): why an invoice line cannot be used, or null; `texts` is amount, quantity, period_start and
  period_end -> the expression of its text. A line without the end of its period is used.
#}
{% macro line_reason(texts, read_time) -%}
    case
            when {{ nrr.read_text(texts.period_start) }} is null then 'missing_period_start'
            when {{ read_time(texts.period_start) }} is null then 'unreadable_period_start'
            when {{ nrr.read_text(texts.period_end) }} is not null and {{ read_time(texts.period_end) }} is null
                then 'unreadable_period_end'
            {%- for column in ['amount', 'quantity'] %}
            when {{ nrr.read_text(texts[column]) }} is not null and {{ nrr.read_decimal(texts[column]) }} is null
                then 'unreadable_{{ column }}'
            {%- endfor %}
        end
{%- endmacro %}
