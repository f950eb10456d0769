{#
  movement(opening_mrr, closing_mrr, closing_mrr_at_opening_rates, is_acquisition): which movement a change of an
  account's MRR is (definitions 2.1); null where nothing changed it, or exchange rates alone. is_acquisition: whether
  the account never had MRR at an earlier month's end. The order matters: whoever comes back also has more than before.
#}
{% macro movement(opening_mrr, closing_mrr, closing_mrr_at_opening_rates, is_acquisition) -%}
    {{ return(adapter.dispatch('movement', 'nrr')(
        opening_mrr, closing_mrr, closing_mrr_at_opening_rates, is_acquisition
    )) }}
{%- endmacro %}

{% macro default__movement(opening_mrr, closing_mrr, closing_mrr_at_opening_rates, is_acquisition) -%}
    case
        when {{ opening_mrr }} = 0 and {{ closing_mrr }} = 0 then null
        when {{ opening_mrr }} = 0 and {{ is_acquisition }} then 'new'
        when {{ opening_mrr }} = 0 then 'reactivation'
        when {{ closing_mrr }} = 0 then 'churn'
        when {{ closing_mrr_at_opening_rates }} > {{ opening_mrr }} then 'expansion'
        when {{ closing_mrr_at_opening_rates }} < {{ opening_mrr }} then 'contraction'
    end
{%- endmacro %}
