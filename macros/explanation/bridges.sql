{# What leads from 100% to a rate, and from one month's rate to another's (definitions 9). #}

{# item_drivers(): the drivers of items, as a list, in the order of the bridge. #}
{% macro item_drivers() %}
    {%- do return(['seats', 'price', 'plan', 'discount', 'usage', 'add_on', 'removal']) -%}
{% endmacro %}

{# bridge_steps(): the steps of the bridge, as a list, in its order. Exchange rates are one where nrr_fx lets them. #}
{% macro bridge_steps() %}
    {%- set steps = nrr.item_drivers() + ['returned', 'churn'] -%}
    {%- if nrr.setting('nrr_fx') == 'actual' -%} {%- do steps.append('fx') -%} {%- endif -%}
    {%- do return(steps) -%}
{% endmacro %}

{# bridge_sums(): column -> what an account of the base adds to it: of each step the amount, the loss and the account. #}
{% macro bridge_sums() %}
    {%- set sums = {} -%}
    {%- for step in nrr.bridge_steps() -%}
        {%- do sums.update({
            step ~ '_mrr': step ~ '_mrr',
            step ~ '_loss_mrr': step ~ '_loss_mrr',
            step ~ '_accounts': 'case when ' ~ step ~ '_mrr <> 0 then 1 else 0 end',
        }) -%}
    {%- endfor -%}
    {%- do return(sums) -%}
{% endmacro %}

{#
  share_of_loss(amount, part, whole): amount x part / whole, exactly, rounded half away from zero to 4 decimals. The three
  are of decimal(28, 4), none of them negative, `whole` above 0.
#}
{% macro share_of_loss(amount, part, whole) -%}
    {{ return(adapter.dispatch('share_of_loss', 'nrr')(amount, part, whole)) }}
{%- endmacro %}

{% macro default__share_of_loss(amount, part, whole, both_times='') -%}
    {%- set integer = nrr.type_wide_integer() -%}
    {%- set numbers = [] -%}
    {%- for number in [amount, part, whole] -%}
        {%- do numbers.append('cast(cast(' ~ number ~ ' as decimal(28, 4)) * 10000 as ' ~ integer ~ ')') -%}
    {%- endfor -%}
    {{ nrr.divide_to_money(
        numbers[0] ~ ' * ' ~ numbers[1] ~ both_times, '(' ~ numbers[2] ~ both_times ~ ')'
    ) }}
{%- endmacro %}

{# Its divide_whole() takes multiples of a million. #}
{% macro snowflake__share_of_loss(amount, part, whole) -%}
    {{ nrr.default__share_of_loss(amount, part, whole, ' * cast(1000000 as ' ~ nrr.type_wide_integer() ~ ')') }}
{%- endmacro %}
