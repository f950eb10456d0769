{# Exact arithmetic on money, in whole numbers, since every engine rounds products and quotients of decimals its own way. #}

{#
  discounted_amount(quantity, unit_amount, percent, discount, times, divided_by): money, decimal(18, 4):
  max(0, quantity x unit_amount x percent / 100 - discount) x times / divided_by, exactly, rounded half away from zero.
  The first four are of decimal(18, 6) and count in millionths, the other two are small whole numbers: only the one
  division rounds.
#}
{% macro discounted_amount(quantity, unit_amount, percent, discount, times, divided_by) -%}
    {{ return(adapter.dispatch('discounted_amount', 'nrr')(quantity, unit_amount, percent, discount, times, divided_by)) }}
{%- endmacro %}

{% macro default__discounted_amount(quantity, unit_amount, percent, discount, times, divided_by) -%}
    {%- set integer = nrr.type_wide_integer() -%}
    {%- set net -%}
        {{ nrr.millionths(quantity) }} * {{ nrr.millionths(unit_amount) }} * {{ nrr.millionths(percent) }}
        - {{ nrr.millionths(discount) }} * cast(100000000000000 as {{ integer }})
    {%- endset -%}
    {{ nrr.divide_to_money(
        "case when " ~ net ~ " > 0 then " ~ net ~ " else 0 end * " ~ times,
        "cast(" ~ divided_by ~ " as " ~ integer ~ ") * cast(10000000000000000 as " ~ integer ~ ")"
    ) }}
{%- endmacro %}

{% macro duckdb__discounted_amount(quantity, unit_amount, percent, discount, times, divided_by) -%}
    {%- set gross -%}
        cast({{ quantity }} as double) * cast({{ unit_amount }} as double) * cast({{ percent }} as double)
    {%- endset -%}
    {%- set discount_times_100 -%} 100 * cast({{ discount }} as double) {%- endset -%}
    {%- set monthly -%} * {{ times }} / (100 * cast({{ divided_by }} as double)) {%- endset -%}
    {{ nrr.rounded_between(
        "greatest(" ~ gross ~ " * 0.99999999999999 - " ~ discount_times_100 ~ " * 1.00000000000001, 0)" ~ monthly,
        "greatest(" ~ gross ~ " * 1.00000000000001 - " ~ discount_times_100 ~ " * 0.99999999999999, 0)" ~ monthly,
        nrr.default__discounted_amount(quantity, unit_amount, percent, discount, times, divided_by)
    ) }}
{%- endmacro %}

{# amount_at_rate(amount, rate): the product, rounded to 4 decimals; in ten-thousandths and, of the rate, trillionths. #}
{% macro amount_at_rate(amount, rate) -%} {{ return(adapter.dispatch('amount_at_rate', 'nrr')(amount, rate)) }} {%- endmacro %}

{% macro default__amount_at_rate(amount, rate) -%}
    {%- set integer = nrr.type_wide_integer() -%}
    {{ nrr.divide_to_money(
        "cast(cast(" ~ amount ~ " as decimal(28, 4)) * 10000 as " ~ integer ~ ")"
        ~ " * cast(" ~ rate ~ " * 1000000000000 as " ~ integer ~ ")",
        "cast(1000000000000 as " ~ integer ~ ")"
    ) }}
{%- endmacro %}

{% macro duckdb__amount_at_rate(amount, rate) -%}
    {%- set product -%} cast({{ amount }} as double) * cast({{ rate }} as double) {%- endset -%}
    {{ nrr.rounded_between(
        product ~ " * 0.99999999999999", product ~ " * 1.00000000000001", nrr.default__amount_at_rate(amount, rate)
    ) }}
{%- endmacro %}

{#
  rounded_between(lowest, highest, exact): DuckDB's shortcut. `exact` is an amount rounded to 4 decimals, in wide
  numbers, which are slow: it is computed only where the floats `lowest` and `highest` round apart. These are the same
  formula with each of its terms taken 1e-14 of itself too low and too high. A float's operation is off by at most
  2^-53, 1.2e-16, of its result, and some 20 of them by 2.4e-15: the true amount is between the two, and rounds to what
  both round to.
#}
{% macro rounded_between(lowest, highest, exact) -%}
    case
        when round(10000 * ({{ lowest }})) = round(10000 * ({{ highest }})) then cast({{ highest }} as decimal(18, 4))
        else {{ exact }}
    end
{%- endmacro %}

{#
  times(amount, number): of two numbers of decimal(18, 6), rounded to 6 decimals, decimal(28, 6). DuckDB gives a product as
  many digits as its factors have, 12 of them after the point, and stops at nine millions.
#}
{% macro times(amount, number) -%} cast(cast({{ amount }} as decimal(28, 6)) * ({{ number }}) as decimal(28, 6)) {%- endmacro %}

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

{# money_of_millionths(number): a whole number of millionths as money, decimal(18, 6). #}
{% macro money_of_millionths(number) -%}
    cast(cast({{ number }} as decimal(18, 0)) * cast(0.000001 as decimal(7, 6)) as decimal(18, 6))
{%- endmacro %}

{#
  scaled(amount, share, whole): amount x share / whole, decimal(18, 6), exactly, rounded half away from zero. The three are
  of decimal(18, 6), none of them negative.
#}
{% macro scaled(amount, share, whole) -%} {{ return(adapter.dispatch('scaled', 'nrr')(amount, share, whole)) }} {%- endmacro %}

{% macro default__scaled(amount, share, whole, both_times='') -%}
    {%- set divisor = nrr.millionths(whole) ~ both_times -%}
    {{ nrr.money_of_millionths(nrr.divide_whole(
        '(2 * ' ~ nrr.millionths(amount) ~ ' * ' ~ nrr.millionths(share) ~ both_times ~ ' + ' ~ divisor ~ ')',
        '(2 * ' ~ divisor ~ ')'
    )) }}
{%- endmacro %}

{# Its divide_whole() takes multiples of a million. #}
{% macro snowflake__scaled(amount, share, whole) -%}
    {{ nrr.default__scaled(amount, share, whole, ' * cast(1000000 as ' ~ nrr.type_wide_integer() ~ ')') }}
{%- endmacro %}
