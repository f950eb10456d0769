{# Exact arithmetic on money, in whole numbers, since every engine rounds products and quotients of decimals its own way. #}

{#
  rounded_between(lowest, highest, exact): `exact`, an amount rounded to 4 decimals. Wide numbers are slow, so
  DuckDB works it out only where the floats `lowest` and `highest` round apart. These are the same formula with each
  of its terms taken 1e-14 of itself too low and too high. A float's operation is off by at most 2^-53, 1.2e-16, of
  its result, and some 20 of them by 2.4e-15: the true amount is between the two, and rounds to what both round to.
#}
{% macro rounded_between(lowest, highest, exact) -%}
    {{ return(adapter.dispatch('rounded_between', 'nrr')(lowest, highest, exact)) }}
{%- endmacro %}

{% macro default__rounded_between(lowest, highest, exact) -%} {{ exact }} {%- endmacro %}

{% macro duckdb__rounded_between(lowest, highest, exact) -%}
    case
        when round(10000 * ({{ lowest }})) = round(10000 * ({{ highest }})) then cast({{ highest }} as decimal(18, 4))
        else {{ exact }}
    end
{%- endmacro %}

{# millionths(amount): a decimal(18, 6) as a whole number of millionths. #}
{% macro millionths(amount) -%}
    cast(cast({{ amount }} as decimal(28, 6)) * 1000000 as {{ nrr.type_wide_integer() }})
{%- endmacro %}

{#
  divide_to_money(dividend, divisor): dividend / divisor / 10000, exactly, rounded half away from
  zero to 4 decimals. Both are wide integers, the dividend is not negative, the divisor positive.
#}
{% macro divide_to_money(dividend, divisor) -%}
    {{ nrr.ten_thousandths(nrr.divide_whole("(2 * (" ~ dividend ~ ") + " ~ divisor ~ ")", "(2 * " ~ divisor ~ ")")) }}
{%- endmacro %}

{# divide_whole(dividend, divisor): how often one wide integer goes into another, as a whole number. #}
{% macro divide_whole(dividend, divisor) -%}
    {{ return(adapter.dispatch('divide_whole', 'nrr')(dividend, divisor)) }}
{%- endmacro %}

{% macro default__divide_whole(dividend, divisor) -%}
    ({{ dividend }} - mod({{ dividend }}, {{ divisor }})) / {{ divisor }}
{%- endmacro %}

{% macro postgres__divide_whole(dividend, divisor) -%} div({{ dividend }}, {{ divisor }}) {%- endmacro %}
{% macro redshift__divide_whole(dividend, divisor) -%} {{ nrr.default__divide_whole(dividend, divisor) }} {%- endmacro %}
{% macro bigquery__divide_whole(dividend, divisor) -%} div({{ dividend }}, {{ divisor }}) {%- endmacro %}
{% macro spark__divide_whole(dividend, divisor) -%} {{ dividend }} div {{ divisor }} {%- endmacro %}
{% macro duckdb__divide_whole(dividend, divisor) -%} {{ dividend }} // {{ divisor }} {%- endmacro %}

{#
  A quotient has 6 decimals more than its dividend, and all of it 38 digits: 6 digits are cut off before, which changes
  nothing, since the divisors are multiples of a million.
#}
{% macro snowflake__divide_whole(dividend, divisor) -%}
    {{ nrr.default__divide_whole(
        "floor(" ~ dividend ~ " * 0.000001)",
        "cast(" ~ divisor ~ " * 0.000001 as " ~ nrr.type_wide_integer() ~ ")"
    ) }}
{%- endmacro %}

{# ten_thousandths(number): a whole number of ten-thousandths as money. #}
{% macro ten_thousandths(number) -%}
    cast(cast({{ number }} as decimal(18, 0)) * cast(0.0001 as decimal(5, 4)) as decimal(18, 4))
{%- endmacro %}
