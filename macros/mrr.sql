{# The rules that turn a state of an item into MRR. Money is exact: a float counts only where it cannot be wrong. #}

{# carries_mrr(status): whether a state of this status has MRR. #}
{% macro carries_mrr(status) -%}
    {%- set statuses = ['active', 'past_due'] if nrr.setting('nrr_past_due_counts') else ['active'] -%}
    {{ status }} in ('{{ statuses | join("', '") }}')
{%- endmacro %}

{# periods_per_year(billing_interval): how many such intervals a year has; null for an unknown one. #}
{% macro periods_per_year(billing_interval) -%}
    case {{ billing_interval }}
        when 'day' then 365
        when 'week' then 52
        when 'month' then 12
        when 'quarter' then 4
        when 'year' then 1
    end
{%- endmacro %}

{#
  state_mrr(...): MRR of one state, decimal(18, 4), in the currency of its amounts:
  max(0, quantity x unit_amount x (1 - discount_percent / 100) - discount_amount)
  x periods_per_year / (12 x billing_interval_count), rounded half away from zero to 4 decimals.
  Takes columns of decimal(18, 6) (the count: a whole number) and counts in millionths, so that
  only the one division rounds.
#}
{% macro state_mrr(quantity, unit_amount, discount_percent, discount_amount, billing_interval, billing_interval_count) -%}
    {%- set integer = nrr.type_wide_integer() -%}
    {%- set double = nrr.type_double() -%}
    {%- set net_amount -%}
        {{ nrr.millionths(quantity) }} * {{ nrr.millionths(unit_amount) }} * (100000000 - {{ nrr.millionths(discount_percent) }})
        - {{ nrr.millionths(discount_amount) }} * cast(100000000000000 as {{ integer }})
    {%- endset -%}
    {%- set mrr = nrr.divide_to_money(
        "case when " ~ net_amount ~ " > 0 then " ~ net_amount ~ " else 0 end * " ~ nrr.periods_per_year(billing_interval),
        "cast(12 * " ~ billing_interval_count ~ " as " ~ integer ~ ") * cast(10000000000000000 as " ~ integer ~ ")"
    ) -%}
    {#- 100 - percent is taken in decimals: near 100, floats would lose its digits -#}
    {%- set full -%} cast({{ quantity }} as {{ double }}) * cast({{ unit_amount }} as {{ double }}) {%- endset -%}
    {%- set gross -%} {{ full }} * cast(100 - {{ discount_percent }} as {{ double }}) {%- endset -%}
    {%- set discount -%} 100 * cast({{ discount_amount }} as {{ double }}) {%- endset -%}
    {%- set monthly -%}
        * {{ nrr.periods_per_year(billing_interval) }} / (1200 * cast({{ billing_interval_count }} as {{ double }}))
    {%- endset -%}
    {{ nrr.rounded_between(
        "greatest(" ~ gross ~ " * 0.99999999999999 - " ~ discount ~ " * 1.00000000000001, 0)" ~ monthly,
        "greatest(" ~ gross ~ " * 1.00000000000001 - " ~ discount ~ " * 0.99999999999999, 0)" ~ monthly,
        mrr
    ) }}
{%- endmacro %}

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
    {{ return(adapter.dispatch('divide_to_money', 'nrr')(dividend, divisor)) }}
{%- endmacro %}

{% macro default__divide_to_money(dividend, divisor) -%}
    {%- set doubled -%} (2 * ({{ dividend }}) + {{ divisor }}) {%- endset -%}
    {{ nrr.ten_thousandths("(" ~ doubled ~ " - mod(" ~ doubled ~ ", 2 * " ~ divisor ~ ")) / (2 * " ~ divisor ~ ")") }}
{%- endmacro %}

{% macro postgres__divide_to_money(dividend, divisor) -%}
    {{ nrr.ten_thousandths("div(2 * (" ~ dividend ~ ") + " ~ divisor ~ ", 2 * " ~ divisor ~ ")") }}
{%- endmacro %}

{#
  A quotient has 6 decimals more than its dividend, and all of it 38 digits: 6 digits are cut off before, which changes
  nothing, since the divisors are multiples of a million.
#}
{% macro snowflake__divide_to_money(dividend, divisor) -%}
    {%- set doubled -%} floor((2 * ({{ dividend }}) + {{ divisor }}) * 0.000001) {%- endset -%}
    {%- set divisor -%} cast(2 * {{ divisor }} * 0.000001 as {{ nrr.type_wide_integer() }}) {%- endset -%}
    {{ nrr.ten_thousandths("(" ~ doubled ~ " - mod(" ~ doubled ~ ", " ~ divisor ~ ")) / " ~ divisor) }}
{%- endmacro %}

{% macro redshift__divide_to_money(dividend, divisor) -%}
    {{ nrr.default__divide_to_money(dividend, divisor) }}
{%- endmacro %}

{% macro bigquery__divide_to_money(dividend, divisor) -%}
    {{ nrr.ten_thousandths("div(2 * (" ~ dividend ~ ") + " ~ divisor ~ ", 2 * " ~ divisor ~ ")") }}
{%- endmacro %}

{% macro spark__divide_to_money(dividend, divisor) -%}
    {{ nrr.ten_thousandths("(2 * (" ~ dividend ~ ") + " ~ divisor ~ ") div (2 * " ~ divisor ~ ")") }}
{%- endmacro %}

{% macro duckdb__divide_to_money(dividend, divisor) -%}
    {{ nrr.ten_thousandths("(2 * (" ~ dividend ~ ") + " ~ divisor ~ ") // (2 * " ~ divisor ~ ")") }}
{%- endmacro %}

{# ten_thousandths(number): a whole number of ten-thousandths as money. #}
{% macro ten_thousandths(number) -%}
    cast(cast({{ number }} as decimal(18, 0)) * cast(0.0001 as decimal(5, 4)) as decimal(18, 4))
{%- endmacro %}

{# arr(mrr): annual recurring revenue of a monthly amount. #}
{% macro arr(mrr) -%}
    12 * cast({{ mrr }} as decimal(28, 4))
{%- endmacro %}

{#
  convert(amount, rate): an amount that is not negative at a rate, rounded to 4 decimals. Most amounts are in the reporting currency
  already: hence the case. Counts in ten-thousandths and, of the rate, trillionths: a product of decimals loses digits
  in some warehouses.
#}
{% macro convert(amount, rate) -%}
    {%- set integer = nrr.type_wide_integer() -%}
    {%- set double = nrr.type_double() -%}
    {%- set product -%} cast({{ amount }} as {{ double }}) * cast({{ rate }} as {{ double }}) {%- endset -%}
    case
        when {{ rate }} = 1 then {{ amount }}
        else {{ nrr.rounded_between(
            product ~ " * 0.99999999999999",
            product ~ " * 1.00000000000001",
            nrr.divide_to_money(
                "cast(cast(" ~ amount ~ " as decimal(28, 4)) * 10000 as " ~ integer ~ ")"
                ~ " * cast(" ~ rate ~ " * 1000000000000 as " ~ integer ~ ")",
                "cast(1000000000000 as " ~ integer ~ ")"
            )
        ) }}
    end
{%- endmacro %}
