{# Which inputs there are, and which sources of subscription events are made of them. #}

{#
  sources_of_events(): the names of all sources. Each is a folder of models/staging, and ends in the model
  stg_<source>__subscription_events.
#}
{% macro sources_of_events() %}
    {%- do return(
        ['subscription_events', 'mrr_snapshots', 'mrr_movements', 'subscription_periods', 'contracts']
        + nrr.billing_systems()
    ) -%}
{% endmacro %}

{#
  inputs_needed(source): the inputs without which a source cannot be used. Asked of each source by itself, since dbt asks
  for every model whenever it reads the project.
#}
{% macro inputs_needed(source) %}
    {%- if source == 'stripe' -%}
        {%- do return(nrr.stripe_inputs()[nrr.stripe_loader()]) -%}
    {%- elif source == 'chargebee' -%}
        {%- do return(['chargebee_subscription']) -%}
    {%- elif source == 'recurly' -%}
        {%- do return(nrr.recurly_inputs()[nrr.recurly_loader()]) -%}
    {%- elif source == 'zuora' -%}
        {%- do return([
            nrr.zuora_input('subscription'), nrr.zuora_input('rate_plan'), nrr.zuora_input('rate_plan_charge'),
        ]) -%}
    {%- endif -%}
    {%- do return([source]) -%}
{% endmacro %}

{# stripe_inputs(): loader -> the tables without which Stripe's subscriptions cannot be known from it. #}
{% macro stripe_inputs() %}
    {%- do return({
        'change_events': ['stripe_subscription_item_change_events'],
        'fivetran': [
            nrr.one_of('stripe_subscription_history', 'stripe_subscription'), 'stripe_subscription_item',
            nrr.one_of('stripe_price', 'stripe_plan'),
        ],
        'airbyte': ['stripe_subscriptions', 'stripe_subscription_items'],
    }) -%}
{% endmacro %}

{# one_of(name, other): of two inputs that will both do, the one that is given. #}
{% macro one_of(name, other) %}
    {%- do return(other if nrr.is_given(other) and not nrr.is_given(name) else name) -%}
{% endmacro %}

{# stripe_loader(): nrr_stripe_loader or, where it is not set, the first loader one of whose tables is given. #}
{% macro stripe_loader() %}
    {%- set chosen = nrr.setting('nrr_stripe_loader') -%}
    {%- if chosen is not none -%} {%- do return(chosen) -%} {%- endif -%}
    {%- for loader, inputs in nrr.stripe_inputs().items() -%}
        {%- for input in inputs if nrr.is_given(input) -%} {%- do return(loader) -%} {%- endfor -%}
    {%- endfor -%}
    {%- do return('fivetran') -%}
{% endmacro %}

{#
  is_given(name): whether the input `name` is there: nrr_inputs names a model for it or, in this repository, NRR_INPUTS
  names it, which `make build` finds out from the folder NRR_DATA (`all` stands for every input). Unless it is set: the
  three that most people have; and all those of the demo's files.
#}
{% macro is_given(name) %}
    {%- if name in nrr.setting('nrr_inputs') -%} {%- do return(true) -%} {%- endif -%}
    {%- if project_name != 'nrr' -%} {%- do return(false) -%} {%- endif -%}
    {%- set common = 'subscription_events accounts exchange_rates' -%}
    {%- set is_demo = target.type == 'duckdb' and not env_var('NRR_DATA', '') -%}
    {%- set more = ' product_usage customer_events plan_limits signals' if is_demo else '' -%}
    {%- set found = env_var('NRR_INPUTS', common ~ more).split() -%}
    {%- do return('all' in found or name in found) -%}
{% endmacro %}

{#
  given_of_source(source): the inputs of a source that are given. Of a billing system they are all that begin with its
  name, so that one of which only tables are there that are not enough is not passed over.
#}
{% macro given_of_source(source) %}
    {%- if source not in nrr.billing_systems() -%} {%- do return(nrr.given_of([source])) -%} {%- endif -%}
    {%- set names = nrr.setting('nrr_inputs') | list -%}
    {%- if project_name == 'nrr' -%}
        {%- do names.extend(env_var('NRR_INPUTS', '').split()) -%}
        {%- if 'all' in names -%} {%- do return(nrr.given_of(nrr.inputs_needed(source))) -%} {%- endif -%}
    {%- endif -%}
    {%- set given = [] -%}
    {%- for name in names if name.startswith(source ~ '_') -%} {%- do given.append(name) -%} {%- endfor -%}
    {%- do return(given) -%}
{% endmacro %}

{# event_sources(): the sources that are on: nrr_sources or, where it is not set, those of which an input is given. #}
{% macro event_sources() %}
    {%- set chosen = nrr.setting('nrr_sources') -%}
    {%- if chosen is not none -%} {%- do return(chosen) -%} {%- endif -%}
    {%- set found = [] -%}
    {%- for source in nrr.sources_of_events() if nrr.given_of_source(source) -%}
        {%- do found.append(source) -%}
    {%- endfor -%}
    {%- do return(found or ['subscription_events']) -%}
{% endmacro %}

{# given_of(names): those of the inputs that are given. #}
{% macro given_of(names) %}
    {%- set given = [] -%}
    {%- for name in names if nrr.is_given(name) -%} {%- do given.append(name) -%} {%- endfor -%}
    {%- do return(given) -%}
{% endmacro %}

{# has_source(name): whether a source is on; an error if an input without which it cannot be used is not given. #}
{% macro has_source(name) %}
    {%- set given = nrr.given_of_source(name) -%}
    {#- of which nothing is given, is on where it is chosen, or as the last resort -#}
    {%- if not given and nrr.setting('nrr_sources') is none and name != 'subscription_events' -%}
        {%- do return(false) -%}
    {%- endif -%}
    {%- if name not in nrr.event_sources() -%} {%- do return(false) -%} {%- endif -%}
    {%- set needed = nrr.inputs_needed(name) -%}
    {%- set missing = needed | reject('in', nrr.given_of(needed)) | list -%}
    {%- if missing and not (name == 'subscription_events' and project_name != 'nrr') -%}
        {%- do exceptions.raise_compiler_error(nrr.source_lacks(name, given, needed, missing)) -%}
    {%- endif -%}
    {%- do return(true) -%}
{% endmacro %}

{# source_lacks(name, given, needed, missing): the sentence on the inputs that a source needs, and that are missing. #}
{% macro source_lacks(name, given, needed, missing) %}
    {%- set stem = name ~ '_' -%}
    {%- set said = 'the source ' ~ name ~ ' needs the input ' ~ missing | join(', ') ~ ', which is not given' -%}
    {%- if given and missing | length == needed | length -%}
        {#- perhaps it is another loader's -#}
        {%- set said = 'of the source ' ~ name ~ ' only ' ~ given | join(', ') ~ ' is given, which is not enough: '
            ~ 'it needs the input ' ~ missing | join(', ') ~ ' (docs/sources/' ~ name ~ '.md lists the tables)' -%}
    {%- endif -%}
    {%- set where = 'name a model for it in nrr_inputs' -%}
    {%- if project_name == 'nrr' -%}
        {%- set first = missing[0] -%}
        {%- set where = 'put ' ~ ((name ~ '/' ~ first[stem | length:]) if first.startswith(stem) else first)
            ~ '.csv or .parquet into the folder NRR_DATA' -%}
    {%- endif -%}
    {%- set others = nrr.event_sources() | reject('equalto', name) | list -%}
    {%- set otherwise = ', or turn the source off by nrr_sources: [' ~ others | join(', ') ~ ']' if others else '' -%}
    {%- do return(said ~ ': ' ~ where ~ otherwise ~ '.') -%}
{% endmacro %}

{# name_of_events(): what problems of all states are listed under: the one source that is on, or their common form. #}
{% macro name_of_events() %}
    {%- set sources = nrr.event_sources() -%}
    {%- do return(sources[0] if sources | length == 1 else 'subscription_events') -%}
{% endmacro %}
