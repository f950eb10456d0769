{#
  Discounts that are taken off a price one after the other fold to one percent P and one amount A: what is left of the
  price x is x (1 - P) - A. A percent p on top of that makes 1 - P to (1 - P)(1 - p), and A to A (1 - p); an amount a
  makes A to A + a. What would become negative in between is 0 in the end, too.
#}

{# most_discounts(): as many are folded; an item with more cannot be used: too_many_discounts. #}
{% macro most_discounts() %} {%- do return(8) -%} {% endmacro %}

{#
  discounts_in_order(rank, percent, amount): aggregates that turn the rows of a group, one for each discount, into the columns
  percent_1, amount_1, percent_2, ... that folded_discounts() reads. rank counts from 1, in the order in which they are taken off.
#}
{% macro discounts_in_order(rank, percent, amount) -%}
    {%- for i in range(1, nrr.most_discounts() + 1) %}
    max(case when {{ rank }} = {{ i }} then {{ percent }} end) as percent_{{ i }},
    max(case when {{ rank }} = {{ i }} then {{ amount }} end) as amount_{{ i }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# share_left(percent): what a percent, decimal(18, 6), leaves of 1: decimal(9, 8). #}
{% macro share_left(percent) -%}
    cast((100 - {{ percent }}) * cast(0.01 as decimal(3, 2)) as decimal(9, 8))
{%- endmacro %}

{#
  folded_discounts(): the columns discount_percent and discount_amount, decimal(18, 6), of a relation with the columns
  percent_1, amount_1, percent_2, ...: percents from 0 to 100, amounts off the whole item, each of decimal(18, 6) or null.
#}
{% macro folded_discounts() -%}
    {%- set ns = namespace(share='cast(1 as ' ~ nrr.type_rate() ~ ')', amount='cast(0 as decimal(28, 8))') -%}
    {%- for i in range(1, nrr.most_discounts() + 1) -%}
        {%- set left = nrr.share_left('coalesce(percent_' ~ i ~ ', 0)') -%}
        {%- set ns.share = 'cast(' ~ ns.share ~ ' * ' ~ left ~ ' as ' ~ nrr.type_rate() ~ ')' -%}
        {%- set ns.amount = 'cast(' ~ ns.amount ~ ' * ' ~ left ~ ' + coalesce(amount_' ~ i ~ ', 0) as decimal(28, 8))' -%}
    {%- endfor %}
    cast(100 * (1 - {{ ns.share }}) as decimal(18, 6)) as discount_percent,
    cast({{ ns.amount }} as decimal(18, 6)) as discount_amount
{%- endmacro %}
