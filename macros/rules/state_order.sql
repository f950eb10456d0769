{#
  state_order(descending): what orders the states of one item (definitions 1.3), as the columns of an `order by`: of those
  that take effect at the same instant the last is the one that lasts, and of several deliveries of a state the last is
  used. Ids by length first, so that 9 comes before 10; of rows that are equal in all of that, the content decides.
#}
{% macro state_order(descending=false) -%}
    {%- for column in [
        'effective_at', 'recorded_at', 'sequence', 'coalesce(length(event_id), 0)', 'event_id', 'account_id', 'status',
        'product_id', 'plan_id', 'pricing_model', 'quantity', 'unit_amount', 'currency', 'billing_interval',
        'billing_interval_count', 'discount_percent', 'discount_amount', 'discount_ends_at',
    ] -%}
    {{ column }} {{ 'desc nulls last' if descending else 'nulls first' }}{{ ',\n' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
