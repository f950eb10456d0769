{#
  setting(name): the value of one of the package's variables, checked. Raises a compile error
  that names the variable and the values it takes. Every model reads its variables through this.
#}
{% macro setting(name) %}
    {%- set value = nrr.raw_setting(name) -%}
    {%- set ns = namespace(takes=none) -%}

    {%- if name in ['nrr_past_due_counts', 'nrr_paused_counts', 'nrr_reactivation_counts', 'nrr_usage_counts',
        'nrr_restatements'] -%}
        {%- if value is not boolean -%} {%- set ns.takes = 'true or false' -%} {%- endif -%}
    {%- elif name == 'nrr_fx' -%}
        {%- if value not in ['constant', 'actual'] -%} {%- set ns.takes = "'constant' or 'actual'" -%} {%- endif -%}
    {%- elif name == 'nrr_discounts' -%}
        {%- if value not in ['all', 'forever_only'] -%} {%- set ns.takes = "'all' or 'forever_only'" -%} {%- endif -%}
    {%- elif name == 'nrr_reporting_currency' -%}
        {%- if not modules.re.fullmatch('[A-Z]{3}', value | string) -%}
            {%- set ns.takes = "an ISO 4217 code in capitals, such as 'USD'" -%}
        {%- endif -%}
    {%- elif name == 'nrr_timezone' -%}
        {%- if value not in modules.pytz.all_timezones_set -%}
            {%- set ns.takes = "the name of a time zone, such as 'UTC' or 'Europe/Berlin'" -%}
        {%- endif -%}
    {%- elif name == 'nrr_as_of' -%}
        {%- if value is not none and not modules.re.fullmatch(
            '\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])([T ]([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,6})?)?)?(Z|\\+00:00)?',
            value | string
        ) -%}
            {%- set ns.takes = "null, or a timestamp in UTC such as '2026-11-01 00:00:00'" -%}
        {%- endif -%}
    {%- elif name == 'nrr_conclusive_accounts' -%}
        {%- if value is not number or value is boolean or value < 0 -%}
            {%- set ns.takes = 'a number of accounts from 0 on, such as 30' -%}
        {%- endif -%}
    {%- elif name == 'nrr_evidence_months' -%}
        {%- if value is not integer or value is boolean or value < 1 or value > 12 -%}
            {%- set ns.takes = 'a whole number of months from 1 to 12' -%}
        {%- endif -%}
    {%- elif name == 'nrr_rejected_rows_allowed' -%}
        {%- if value is not number or value is boolean or value < 0 or value > 1 -%}
            {%- set ns.takes = 'a share of the input rows from 0 to 1, such as 0.01' -%}
        {%- endif -%}
    {%- elif name == 'nrr_inputs' -%}
        {%- set unknown = [] -%}
        {%- for input in value if value is mapping and not nrr.is_input(input) -%} {%- do unknown.append(input) -%} {%- endfor -%}
        {%- if value is not mapping or unknown -%}
            {%- set ns.takes = 'a mapping from inputs to names of models, where an input is one of '
                ~ nrr.own_inputs() | join(', ') ~ ', or a table of a billing system, such as stripe_price' -%}
        {%- endif -%}
    {%- elif name == 'nrr_sources' -%}
        {%- set sources = nrr.sources_of_events() -%}
        {%- if value is not none and (value is string or value is mapping or value is not sequence or not value
            or value | reject('in', sources) | list or value | unique | list | length != value | length) -%}
            {%- set ns.takes = 'null, or a list of different sources out of ' ~ sources | join(', ') -%}
        {%- endif -%}
    {%- elif name == 'nrr_stripe_loader' -%}
        {%- if value not in [none, 'fivetran', 'airbyte', 'change_events'] -%}
            {%- set ns.takes = "null, 'fivetran', 'airbyte' or 'change_events'" -%}
        {%- endif -%}
    {%- elif name == 'nrr_movements_unit' -%}
        {%- if value not in ['major', 'minor'] -%} {%- set ns.takes = "'major' or 'minor'" -%} {%- endif -%}
    {%- elif name == 'nrr_date_order' -%}
        {%- if value not in [none, 'dmy', 'mdy'] -%} {%- set ns.takes = "null, 'dmy' or 'mdy'" -%} {%- endif -%}
    {%- elif name == 'nrr_churn_at' -%}
        {%- if value not in ['period_end', 'cancellation'] -%}
            {%- set ns.takes = "'period_end' or 'cancellation'" -%}
        {%- endif -%}
    {%- elif name == 'nrr_renewal_grace_days' -%}
        {%- set days = (value.values() | list) if value is mapping else [value] if value is not none else [] -%}
        {%- if days | reject('integer') | list or days | select('boolean') | list
            or days | select('lt', 0) | list -%}
            {%- set ns.takes = 'null, a number of days, or a mapping from sources to such numbers' -%}
        {%- endif -%}
    {%- elif name == 'nrr_account_level' -%}
        {%- if value not in ['account', 'parent'] -%} {%- set ns.takes = "'account' or 'parent'" -%} {%- endif -%}
    {%- elif name == 'nrr_segments' -%}
        {#- arr_bucket: what benchmarks' own segments are put together from -#}
        {%- set taken = ['all', 'arr_bucket'] + nrr.built_in_dimensions() -%}
        {%- if value is string or value is mapping or value is not sequence
            or value | reject('string') | list or value | select('in', taken) | list
            or value | unique(case_sensitive=false) | list | length != value | length -%}
            {%- set ns.takes = 'a list of different columns of accounts, none of them named ' ~ taken | join(', ') -%}
        {%- endif -%}
    {%- endif -%}

    {%- if ns.takes is not none -%}
        {%- do exceptions.raise_compiler_error(name ~ ' is ' ~ value | tojson ~ '. It takes ' ~ ns.takes ~ '.') -%}
    {%- endif -%}
    {%- do return(value) -%}
{% endmacro %}


{#
  raw_setting(name): the value as it was set. The demo shows three segments, and remembers what it published, where nobody
  chose otherwise.
#}
{% macro raw_setting(name) %}
    {%- if name in ['nrr_segments', 'nrr_restatements'] -%}
        {%- set is_demo = project_name == 'nrr' and not env_var('NRR_DATA', '') and nrr.is_given('accounts') -%}
        {%- if name == 'nrr_restatements' -%} {%- do return(var(name, is_demo)) -%} {%- endif -%}
        {%- do return(var(name, ['industry', 'region', 'acquisition_channel'] if is_demo else [])) -%}
    {%- endif -%}
    {%- do return(var(name)) -%}
{% endmacro %}

{# own_inputs(): the package's own inputs. #}
{% macro own_inputs() %}
    {%- do return([
        'subscription_events', 'accounts', 'exchange_rates', 'mrr_snapshots', 'mrr_movements', 'subscription_periods',
        'contracts', 'account_links', 'subscription_links', 'billing_totals', 'product_usage', 'customer_events',
        'plan_limits', 'signals',
    ]) -%}
{% endmacro %}

{# billing_systems(): the systems whose tables are inputs, named <system>_<table>. #}
{% macro billing_systems() %} {%- do return(['stripe', 'chargebee', 'recurly', 'zuora']) -%} {% endmacro %}

{# is_input(name): whether an input can have that name. #}
{% macro is_input(name) %}
    {%- do return(name in nrr.own_inputs() or name.split('_')[0] in nrr.billing_systems() and '_' in name) -%}
{% endmacro %}
