{#
  unit_amount_of(amount, quantity): what one unit costs, decimal(18, 6), rounded half away from zero; null for a
  quantity below 1 or none. Both are decimal(18, 6), the amount is not negative.
#}
{% macro unit_amount_of(amount, quantity) -%}
    {%- set integer = nrr.type_wide_integer() -%}
    case
        when {{ quantity }} >= 1
            then cast(
                cast({{ nrr.divide_whole(
                    "(" ~ nrr.millionths(amount) ~ " * cast(2000000000000 as " ~ integer ~ ") + "
                    ~ nrr.millionths(quantity) ~ " * cast(1000000 as " ~ integer ~ "))",
                    "(" ~ nrr.millionths('case when ' ~ quantity ~ ' >= 1 then ' ~ quantity ~ ' else 1 end')
                    ~ " * cast(2000000 as " ~ integer ~ "))"
                ) }} as decimal(24, 0)) * cast(0.000001 as decimal(7, 6)) as decimal(18, 6)
            )
    end
{%- endmacro %}

{#
  monthly_amount(amount, times, divided_by): amount x times / divided_by, rounded half away from zero to 9 decimals,
  decimal(28, 9), so that sums of such amounts can still be rounded to 4. The amount is decimal(18, 6) and may be negative;
  the other two are whole numbers from 1.
#}
{% macro monthly_amount(amount, times, divided_by) -%}
    {%- set integer = nrr.type_wide_integer() -%}
    {%- set million = "cast(1000000 as " ~ integer ~ ")" -%}
    {%- set divisor = "cast(" ~ divided_by ~ " as " ~ integer ~ ") * " ~ million -%}
    cast(
        cast({{ nrr.divide_whole(
            "(2 * " ~ nrr.millionths('abs(' ~ amount ~ ')') ~ " * cast(" ~ times ~ " as " ~ integer ~ ") * 1000 * " ~ million
            ~ " + " ~ divisor ~ ")",
            "(2 * " ~ divisor ~ ")"
        ) }} as decimal(24, 0))
        * cast(case when {{ amount }} < 0 then -0.000000001 else 0.000000001 end as decimal(10, 9))
        as decimal(28, 9)
    )
{%- endmacro %}
