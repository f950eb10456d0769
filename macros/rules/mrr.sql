{# The rules that turn a state of an item into MRR. #}

{# carries_mrr(status): whether a state of this status has MRR (definitions 1.4). #}
{% macro carries_mrr(status) -%} {{ return(adapter.dispatch('carries_mrr', 'nrr')(status)) }} {%- endmacro %}

{% macro default__carries_mrr(status) -%}
    {%- set statuses = ['active'] -%}
    {%- if nrr.setting('nrr_past_due_counts') -%} {%- do statuses.append('past_due') -%} {%- endif -%}
    {%- if nrr.setting('nrr_paused_counts') -%} {%- do statuses.append('paused') -%} {%- endif -%}
    {{ status }} in ('{{ statuses | join("', '") }}')
{%- endmacro %}

{# periods_per_year(billing_interval): how many such intervals a year has (definitions 1.5); what is paid once recurs in none. #}
{% macro periods_per_year(billing_interval) -%}
    case {{ billing_interval }}
        when 'day' then 365
        when 'week' then 52
        when 'month' then 12
        when 'quarter' then 4
        when 'year' then 1
        when 'one_time' then 0
    end
{%- endmacro %}

{#
  state_mrr(...): MRR of one state (definitions 1.5), decimal(18, 4), in the currency of its amounts:
  max(0, quantity x unit_amount x (100% - discount_percent) - discount_amount)
  x periods_per_year / (12 months x billing_interval_count), rounded half away from zero to 4 decimals.
  Takes columns of decimal(18, 6); the count is a whole number.
#}
{% macro state_mrr(quantity, unit_amount, discount_percent, discount_amount, billing_interval, billing_interval_count) -%}
    {{ return(adapter.dispatch('state_mrr', 'nrr')(
        quantity, unit_amount, discount_percent, discount_amount, billing_interval, billing_interval_count
    )) }}
{%- endmacro %}

{% macro default__state_mrr(
    quantity, unit_amount, discount_percent, discount_amount, billing_interval, billing_interval_count
) -%}
    {{ nrr.discounted_amount(
        quantity, unit_amount, '100 - ' ~ discount_percent, discount_amount,
        times=nrr.periods_per_year(billing_interval), divided_by='12 * ' ~ billing_interval_count
    ) }}
{%- endmacro %}

{#
  convert(amount, rate): an amount that is not negative at a rate, rounded to 4 decimals. Most amounts are in the
  reporting currency already: hence the case.
#}
{% macro convert(amount, rate) -%}
    case when {{ rate }} = 1 then {{ amount }} else {{ nrr.amount_at_rate(amount, rate) }} end
{%- endmacro %}
