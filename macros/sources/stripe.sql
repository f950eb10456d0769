{# rebuilds_stripe(): whether the states of Stripe's items are rebuilt, from tables that hold no history of items. #}
{% macro rebuilds_stripe() %}
    {%- do return(nrr.has_source('stripe') and nrr.stripe_loader() != 'change_events') -%}
{% endmacro %}
