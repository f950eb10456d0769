{# method_settings(): the settings that figures depend on, as text: `nrr_fx: constant, ...`. #}
{% macro method_settings() %}
    {%- set names = [
        'nrr_reporting_currency', 'nrr_timezone', 'nrr_fx', 'nrr_past_due_counts', 'nrr_paused_counts',
        'nrr_reactivation_counts', 'nrr_discounts', 'nrr_usage_counts', 'nrr_churn_at', 'nrr_renewal_grace_days',
        'nrr_account_level',
    ] -%}
    {%- set said = [] -%}
    {%- for name in names -%} {%- do said.append(name ~ ': ' ~ nrr.setting(name) | tojson) -%} {%- endfor -%}
    {%- do said.append('nrr_sources: ' ~ nrr.event_sources() | join(' ')) -%}
    {%- do return(said | join(', ') | replace('"', '')) -%}
{% endmacro %}

{# published_figures(): the figures of nrr__retention by which a row is said to be restated; intervals follow from them. #}
{% macro published_figures() %}
    {%- do return([
        'starting_accounts', 'retained_accounts', 'starting_mrr', 'retained_mrr', 'ending_mrr', 'nrr', 'grr',
        'logo_retention',
    ]) -%}
{% endmacro %}
