{#
  own_account_id(source_system, source_account_id, linked_id, shared_id): which account an account of a source is
  (definitions 5.2): the one that a link names; else, where several sources have its id, one of that source alone; else
  its id. linked_id is null where no link names it, shared_id where no other source has its id; a query need not join
  where they are from unless links are given, or several sources are on.
#}
{% macro own_account_id(source_system, source_account_id, linked_id, shared_id) -%}
    {%- set has_links = nrr.is_given('account_links') -%}
    {%- if has_links %}coalesce({{ linked_id }}, {% endif -%}
    {%- if nrr.event_sources() | length > 1 -%}
    case
        when {{ shared_id }} is not null then {{ nrr.id_in_source(source_system, source_account_id) }}
        else {{ source_account_id }}
    end
    {%- else -%} {{ source_account_id }}
    {%- endif -%}
    {%- if has_links %}){% endif -%}
{%- endmacro %}

{#
  id_in_source(source_system, id): what an id of a source is called (definitions 5.1): ids are unique in their source
  alone, so where several sources are on, source:id. Both are SQL, of texts.
#}
{% macro id_in_source(source_system, id) -%}
    {{ dbt.concat([source_system, "':'", id]) if nrr.event_sources() | length > 1 else id }}
{%- endmacro %}

{# parent_tellers(): source -> the model that has the parents that its tables tell of. #}
{% macro parent_tellers() %}
    {%- set tellers = {} -%}
    {%- if nrr.has_source('chargebee') and nrr.is_given('chargebee_customer') -%}
        {%- do tellers.update({'chargebee': 'stg_chargebee__account_parents'}) -%}
    {%- endif -%}
    {%- if nrr.has_source('recurly') and nrr.recurly_has('accounts') -%}
        {%- do tellers.update({'recurly': 'stg_recurly__account_parents'}) -%}
    {%- endif -%}
    {%- if nrr.has_zuora('account') -%} {%- do tellers.update({'zuora': 'stg_zuora__account_parents'}) -%} {%- endif -%}
    {%- do return(tellers) -%}
{% endmacro %}

{# tells_parents(): whether parents count, and a source tells of some. #}
{% macro tells_parents() %}
    {%- do return(nrr.setting('nrr_account_level') == 'parent' and nrr.parent_tellers() | length > 0) -%}
{% endmacro %}
