{# Money as billing systems write it: whole numbers of a currency's smallest unit, or decimals of it. #}

{#
  read_minor_units(column): an amount in the smallest unit, with up to 12 decimals (Stripe's unit_amount_decimal), as a
  decimal; null where it is no number.
#}
{% macro read_minor_units(column) -%}
    {{ return(adapter.dispatch('read_decimal', 'nrr')(column, nrr.type_minor_units(), 14, 12)) }}
{%- endmacro %}

{#
  major_units(amount, exponent): an amount in the smallest unit of a currency that has 10^exponent of them, in the
  currency's own unit; decimal(18, 6). It is rounded once, half away from zero, where it has more than 6 decimals then: the
  smallest unit to 6 - exponent decimals, which a power of ten makes exact. Without an exponent (nrr_currency_exponents
  has no row) it is 2. Null where it has more than 12 digits before the point.
#}
{% macro major_units(amount, exponent) -%}
    case
        {%- for places in [0, 1, 3, 4] %}
        when {{ exponent }} = {{ places }} then {{ nrr.moved_point(amount, places) }}
        {%- endfor %}
        else {{ nrr.moved_point(amount, 2) }}
    end
{%- endmacro %}

{# moved_point(amount, places): an amount divided by 10^places, as decimal(18, 6). #}
{% macro moved_point(amount, places) -%}
    case
        when abs({{ amount }}) < {{ '9' * (12 + places) }}
            then cast(
                cast({{ amount }} as decimal(18, {{ 6 - places }}))
                {%- if places %} * cast(0.{{ '0' * (places - 1) }}1 as decimal({{ places + 1 }}, {{ places }})){% endif %}
                as decimal(18, 6)
            )
    end
{%- endmacro %}

{# amount_without_tax(amount, percent): what an amount is without the tax of so many percent that is in it, to 6 decimals. #}
{% macro amount_without_tax(amount, percent) -%} {{ nrr.scaled(amount, '100', '(100 + ' ~ percent ~ ')') }} {%- endmacro %}
