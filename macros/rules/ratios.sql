{# Ratios: decimal(38, 9), rounded to 9 decimals, null over zero. #}

{# as_ratio(value): a double as a published ratio, as above. #}
{% macro as_ratio(value) -%}
    {{ return(adapter.dispatch('as_ratio', 'nrr')(value)) }}
{%- endmacro %}

{% macro default__as_ratio(value) -%} cast(round({{ value }}, 9) as decimal(38, 9)) {%- endmacro %}

{# It rounds no floats to decimals. #}
{% macro postgres__as_ratio(value) -%} cast(round(cast({{ value }} as numeric), 9) as decimal(38, 9)) {%- endmacro %}
{% macro redshift__as_ratio(value) -%} {{ nrr.default__as_ratio(value) }} {%- endmacro %}

{# divide(numerator, denominator): a double, null over zero. #}
{% macro divide(numerator, denominator) -%}
    cast({{ numerator }} as {{ nrr.type_double() }}) / nullif(cast({{ denominator }} as {{ nrr.type_double() }}), 0)
{%- endmacro %}

{# z_95(): how many standard errors a 95% interval reaches to each side (definitions 3.6). #}
{% macro z_95() -%} cast(1.96 as {{ nrr.type_double() }}) {%- endmacro %}

{# confidence_margin(...): half of the 95% interval of such a ratio (definitions 3.6); arguments as those of ratio_error. #}
{% macro confidence_margin(change, change_squared, change_by_start) -%}
    {{ nrr.z_95() }} * {{ nrr.ratio_error(change, change_squared, change_by_start) }}
{%- endmacro %}

{#
  effective_accounts(sum_of_starting, sum_of_squares): how many accounts of equal size tell as much as these do
  (definitions 3.6): (sum of s)^2 / sum of s^2, Kish's effective sample size. A double, null over zero.
#}
{% macro effective_accounts(sum_of_starting, sum_of_squares) -%}
    cast({{ sum_of_starting }} as {{ nrr.type_double() }}) * cast({{ sum_of_starting }} as {{ nrr.type_double() }})
    / nullif(cast({{ sum_of_squares }} as {{ nrr.type_double() }}), 0)
{%- endmacro %}

{#
  wilson_low(share, cases), wilson_high(share, cases): ends of Wilson's 95% interval of a share that was seen in so many
  cases (definitions 3.6); doubles, null without cases. `cases` need not be whole. What has no loss, or nothing else,
  ends at 1, or 0, whatever floating point makes of it. Wilson, Probable inference, JASA 1927.
#}
{% macro wilson_low(share, cases) -%}
    case
        when {{ cases }} > 0 and {{ share }} = 0 then 0
        else {{ nrr.wilson_middle(share, cases) }} - {{ nrr.wilson_margin(share, cases) }}
    end
{%- endmacro %}

{% macro wilson_high(share, cases) -%}
    case
        when {{ cases }} > 0 and {{ share }} = 1 then 1
        else {{ nrr.wilson_middle(share, cases) }} + {{ nrr.wilson_margin(share, cases) }}
    end
{%- endmacro %}

{# wilson_middle(share, cases), wilson_margin(share, cases): where that interval has its middle, and how far it reaches. #}
{% macro wilson_middle(share, cases) -%}
    {{ nrr.divide(
        share ~ ' + ' ~ nrr.divide(nrr.z_95() ~ ' * ' ~ nrr.z_95(), '2 * ' ~ cases),
        '1 + ' ~ nrr.divide(nrr.z_95() ~ ' * ' ~ nrr.z_95(), cases)
    ) }}
{%- endmacro %}

{% macro wilson_margin(share, cases) -%}
    {{ nrr.divide(
        nrr.z_95() ~ ' * sqrt(' ~ nrr.divide(share ~ ' * (1 - ' ~ share ~ ')', cases)
        ~ ' + ' ~ nrr.divide(nrr.z_95() ~ ' * ' ~ nrr.z_95(), '4 * ' ~ cases ~ ' * ' ~ cases) ~ ')',
        '1 + ' ~ nrr.divide(nrr.z_95() ~ ' * ' ~ nrr.z_95(), cases)
    ) }}
{%- endmacro %}

{#
  ratio_error(change, change_squared, change_by_start): standard error of the ratio sum(y) / sum(s)
  of a group's accounts, from sums over them: of y - s, of its square, and of its product with s.
  Linearisation (Taylor series) of a ratio of two sums: sqrt(n / (n - 1) x sum((y - r s)^2)) / sum(s).
  Written in y - s, so that it is zero when nothing changed.
  A double; null for fewer than two accounts.
#}
{% macro ratio_error(change, change_squared, change_by_start) -%}
    {%- set accounts -%} cast(starting_accounts as {{ nrr.type_double() }}) {%- endset -%}
    {%- set growth -%} ({{ nrr.divide(change, 'starting_mrr') }}) {%- endset -%}
    sqrt(
        {{ accounts }} / nullif({{ accounts }} - 1, 0)
        * {{ nrr.squared_error(growth, change_squared, change_by_start, 'starting_mrr_squared') }}
    )
    / nullif(cast(starting_mrr as {{ nrr.type_double() }}), 0)
{%- endmacro %}

{#
  squared_error(ratio, y_squared, y_by_s, s_squared): the sum of (y - ratio x s)^2 over a group's accounts, from the sums over
  them of y^2, y x s and s^2; a double. What floating point leaves of a sum that is zero (every account has that ratio) counts
  as zero.
#}
{% macro squared_error(ratio, y_squared, y_by_s, s_squared) -%}
    {%- set squares -%}
        cast({{ y_squared }} as {{ nrr.type_double() }})
        - 2 * {{ ratio }} * cast({{ y_by_s }} as {{ nrr.type_double() }})
        + {{ ratio }} * {{ ratio }} * cast({{ s_squared }} as {{ nrr.type_double() }})
    {%- endset -%}
    case when {{ squares }} > cast({{ y_squared }} as {{ nrr.type_double() }}) * 1e-14 then {{ squares }} else 0 end
{%- endmacro %}
