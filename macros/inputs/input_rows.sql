{#
  input_rows(name, columns): a relation with the rows of the input `name` and at least the given
  columns; a column that the input lacks is null, an optional input that is not given is empty.
  The input is the model that nrr_inputs names for it, or in this repository the file of that name.
  One that lacks a required column is an error.
#}
{% macro input_rows(name, columns) %}
    {%- set models = nrr.setting('nrr_inputs') -%}
    {%- if name in models -%}
        {#- a model of the project that was called, package.model, or source.name.table -#}
        {%- set words = models[name].split('.') -%}
        {%- if words | length == 3 and words[0] == 'source' -%}
            {%- set relation = source(words[1], words[2]) -%}
        {%- else -%}
            {%- set relation = ref(words[0] if words | length > 1 else project_name, words[-1]) -%}
        {%- endif -%}
        {{ nrr.checked_rows(name, models[name] ~ ', which nrr_inputs names for ' ~ name ~ ',', relation, columns) }}
    {%- elif project_name == 'nrr' and nrr.is_given(name) -%}
        {{ nrr.checked_rows(name, 'The input ' ~ name, source('nrr_files', name), columns) }}
    {%- elif name == 'subscription_events' and nrr.has_source(name) -%}
        {%- do exceptions.raise_compiler_error(
            'nrr_inputs names no model for subscription_events. Set it in the vars of dbt_project.yml: '
            ~ 'nrr_inputs: {subscription_events: your_model}.'
        ) -%}
    {%- elif name == 'accounts' and nrr.setting('nrr_segments') -%}
        {%- do exceptions.raise_compiler_error(
            'nrr_segments names columns of accounts (' ~ nrr.setting('nrr_segments') | join(', ')
            ~ '), but '
            ~ ('there is no input accounts. Put accounts.csv into the folder NRR_DATA' if project_name == 'nrr' else
                'nrr_inputs names no model for accounts. Name one there, nrr_inputs: {accounts: your_model}')
            ~ ', or set nrr_segments to [].'
        ) -%}
    {%- else -%}
        {%- set text = nrr.type_text() -%}
        (
            select
                {%- for column in columns %}
                cast(null as {{ text }}) as {{ nrr.column_name(column) }}{{ ',' if not loop.last }}
                {%- endfor %}
            from (select 1 as one) as nothing
            where 1 = 0
        )
    {%- endif -%}
{% endmacro %}


{#
  checked_rows(name, subject, relation, columns): the rows of the relation that is given for the input `name`. An error
  that begins with `subject` if it lacks a column without which nothing can be computed, or one of nrr_segments. Of a
  relation that is not there yet (dbt compile), or that is no relation (a unit test's rows), nothing is known.
#}
{% macro checked_rows(name, subject, relation, columns) %}
    {%- set found = nrr.columns_of(relation) if execute and not relation.is_cte else [] -%}
    {%- set names = found | map(attribute='name') | map('lower') | list -%}
    {%- set missing = [] -%}
    {%- for column in nrr.required_columns(name) if found and column | lower not in names -%}
        {%- do missing.append(column) -%}
    {%- endfor -%}
    {%- if missing -%}
        {%- set segments = nrr.setting('nrr_segments') if name == 'accounts' else [] -%}
        {%- do exceptions.raise_compiler_error(
            subject ~ ' lacks the column ' ~ missing | join(', ') ~ '. It has: '
            ~ found | map(attribute='name') | join(', ') ~ '. Add the missing column'
            ~ (', or take it out of nrr_segments' if missing | select('in', segments) | list) ~ '.'
        ) -%}
    {%- endif -%}
    {{ nrr.with_columns(relation, columns, found) }}
{% endmacro %}

{# required_columns(name): the columns that the input `name` must have. #}
{% macro required_columns(name) %}
    {%- do return({
        'subscription_events': ['account_id', 'subscription_id', 'effective_at', 'status'],
        'accounts': ['account_id'] + nrr.setting('nrr_segments'),
        'exchange_rates': ['currency', 'rate_date', 'rate'],
        'mrr_snapshots': ['account_id', 'month', 'mrr'],
        'mrr_movements': ['account_id', 'occurred_at', 'mrr_change'],
        'subscription_periods': ['account_id', 'starts_on', 'amount'],
        'contracts': ['account_id', 'starts_on', 'amount'],
        'account_links': ['source_system', 'source_account_id', 'account_id'],
        'subscription_links': ['old', 'new'],
        'billing_totals': ['month', 'mrr'],
        'product_usage': ['account_id', 'usage_date', 'metric'],
        'customer_events': ['account_id', 'occurred_at', 'event'],
        'plan_limits': ['metric', 'limit_value'],
        'signals': ['signal', 'kind', 'rule', 'fact', 'response'],
        'stripe_subscription_history': ['id', 'customer_id', 'status'],
        'stripe_subscription': ['id', 'customer_id', 'status'],
        'stripe_subscription_item': ['id', 'subscription_id'],
        'stripe_price': ['id', 'currency', 'unit_amount'],
        'stripe_plan': ['id', 'currency', 'amount', 'interval'],
        'stripe_tier': ['id', 'up_to'],
        'stripe_invoice': ['id', 'status'],
        'stripe_invoice_line_item': ['invoice_id', 'amount', 'period_start', 'period_end'],
        'stripe_coupon': ['id', 'duration'],
        'stripe_discount': ['coupon_id', 'type'],
        'stripe_subscription_discount': ['coupon_id', 'subscription_id'],
        'stripe_customer_discount': ['coupon_id', 'customer_id'],
        'stripe_tax_rate': ['id', 'inclusive', 'percentage'],
        'stripe_subscription_tax_rate': ['subscription_id', 'tax_rate_id'],
        'recurly_subscription_history': ['id', 'updated_at', 'account_id', 'plan_id', 'state', 'unit_amount'],
        'recurly_plan_history': ['id', 'interval_unit', 'interval_length'],
        'recurly_subscriptions': ['id', 'updated_at', 'account', 'plan', 'state', 'unit_amount'],
        'recurly_plans': ['id', 'interval_unit', 'interval_length'],
    }.get(name, [])) -%}
{% endmacro %}
