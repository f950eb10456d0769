{# Two rates side by side (definitions 14.3). #}

{#
  difference_low(rate, low, other_rate, other_high), difference_high(rate, high, other_rate, other_low): ends of the 95%
  interval of rate - other_rate, from the ends of Wilson's interval of each. Newcombe, Interval estimation for the
  difference between independent proportions, Statistics in Medicine 1998, method 10.
#}
{% macro difference_low(rate, low, other_rate, other_high) -%}
    {{ rate }} - {{ other_rate }} - sqrt(
        ({{ rate }} - {{ low }}) * ({{ rate }} - {{ low }})
        + ({{ other_high }} - {{ other_rate }}) * ({{ other_high }} - {{ other_rate }})
    )
{%- endmacro %}

{% macro difference_high(rate, high, other_rate, other_low) -%}
    {{ rate }} - {{ other_rate }} + sqrt(
        ({{ high }} - {{ rate }}) * ({{ high }} - {{ rate }})
        + ({{ other_rate }} - {{ other_low }}) * ({{ other_rate }} - {{ other_low }})
    )
{%- endmacro %}

{#
  pooled_z(events, cases, other_events, other_cases): by how many standard errors two rates are apart if they are one; a
  double, null where nothing or everything is an event.
#}
{% macro pooled_z(events, cases, other_events, other_cases) -%}
    {%- set rate -%}
        ({{ nrr.divide(events ~ ' + ' ~ other_events, cases ~ ' + ' ~ other_cases) }})
    {%- endset -%}
    {{ nrr.divide(
        nrr.divide(events, cases) ~ ' - ' ~ nrr.divide(other_events, other_cases),
        'sqrt(' ~ rate ~ ' * (1 - ' ~ rate ~ ') * (' ~ nrr.divide('1', cases) ~ ' + ' ~ nrr.divide('1', other_cases) ~ '))'
    ) }}
{%- endmacro %}

{#
  two_sided_p(z): how likely chance alone is as far from 0 as z standard errors, erfc(|z| / sqrt(2)); a double. Not every
  engine has erfc: with t = 1 / (1 + x / 2) it is t exp(-x^2 + P(t)), where P is the polynomial of degree 9 that was
  fitted to it at Chebyshev's points from 0 to 8.4, and moved to be 1 at 0; off by at most 4e-8 of itself up to z = 8.
#}
{% macro two_sided_p(z) -%}
    {%- set coefficients = [
        '-1.265084898963', '0.992061891637', '0.437717764192', '-0.189420175947', '0.613012543224', '-1.160616577145',
        '0.539815758984', '0.271535869854', '-0.320112656373', '0.081090480537',
    ] -%}
    {%- set x -%} (abs({{ z }}) * sqrt(cast(0.5 as {{ nrr.type_double() }}))) {%- endset -%}
    {%- set t -%} ({{ nrr.divide('1', '1 + 0.5 * ' ~ x) }}) {%- endset -%}
    {%- set ns = namespace(polynomial=coefficients[-1]) -%}
    {%- for coefficient in coefficients[:-1] | reverse -%}
        {%- set ns.polynomial = coefficient ~ ' + ' ~ t ~ ' * (' ~ ns.polynomial ~ ')' -%}
    {%- endfor -%}
    {{ t }} * exp(-{{ x }} * {{ x }} + {{ ns.polynomial }})
{%- endmacro %}
