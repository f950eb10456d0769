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
  convert(amount, rate): an amount that is not negative at a rate, rounded to 4 decimals. Most amounts are in the
  reporting currency already: hence the case. Counts in ten-thousandths and, of the rate, trillionths.
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
