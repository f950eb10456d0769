{#
  What an incremental run works out: the accounts that are touched. Which those are, the models
  stg_nrr__account_fingerprints, int_nrr__common_fingerprint and int_nrr__touched_accounts say.
#}

{#
  is_incremental_run(): whether a table by account exists and keeps the rows of accounts that are not touched.
  A unit test is no such run, unless it overrides this macro.
#}
{% macro is_incremental_run() %}
    {%- do return(execute and model.resource_type == 'model' and is_incremental()) -%}
{% endmacro %}

{#
  is_touched(account_id, by): a condition: whether an account is to be worked out in this run. All are where the
  model's table is built anew. `by` is the model that names the accounts.
#}
{% macro is_touched(account_id, by='int_nrr__touched_accounts') -%}
    {#- not execute: dbt must see the reference when it parses the model -#}
    {%- if nrr.is_incremental_run() or not execute -%}
        {{ account_id }} in (select touched.account_id from {{ ref(by) }} as touched)
    {%- else -%}
        1 = 1
    {%- endif -%}
{%- endmacro %}

{# forget_touched(by): before an incremental run inserts the rows of touched accounts, their old ones go. #}
{% macro forget_touched(by='int_nrr__touched_accounts') -%}
    {%- if nrr.is_incremental_run() or not execute -%}
        delete from {{ this }}
        where {{ nrr.is_touched("coalesce(account_id, '')", by) }} or {{ nrr.is_full_run(by) }}
    {%- endif -%}
{%- endmacro %}

{# is_full_run(by): a condition: whether every account is touched. #}
{% macro is_full_run(by='int_nrr__touched_accounts') -%}
    (select count(*) from {{ ref(by) }}) = (select count(*) from {{ ref('stg_nrr__account_fingerprints') }})
{%- endmacro %}

{#
  remember_as_built(results, relation): after a dbt command in which every table that is built account by account
  was built, the accounts are not touched any more. After any other command, failed or killed, they stay so.
#}
{% macro remember_as_built(results, relation) -%}
    {%- if execute and flags.WHICH in ['build', 'run'] -%}
        {%- set built = results | selectattr('status', 'equalto', 'success') | map(attribute='node.unique_id') | list -%}
        {%- set tables = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
            | selectattr('package_name', 'equalto', 'nrr') | selectattr('config.materialized', 'equalto', 'incremental')
            | map(attribute='unique_id') | list -%}
        {%- if tables and not tables | reject('in', built) | list -%}
            update {{ relation }} set is_built = true where not is_built
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
