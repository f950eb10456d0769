{#
  JSON within a column. Its type is text or the engine's own for JSON; what is no JSON has no values and no elements.
  A value is the text of a scalar and the JSON text of an object or an array; of null, and where there is nothing, null.
  JSON text of an object is not the same on every engine (spaces, the order of keys): read values from it, compare none.
#}

{# json_value(json, path): the value at a path of keys, such as 'recurring.interval'. #}
{% macro json_value(json, path) -%}
    {%- if not modules.re.fullmatch('[A-Za-z_][A-Za-z0-9_]*([.][A-Za-z_][A-Za-z0-9_]*)*', path) -%}
        {%- do exceptions.raise_compiler_error(
            "json_value: the path '" ~ path ~ "' is not made of keys with points between them."
        ) -%}
    {%- endif -%}
    {{ return(adapter.dispatch('json_value', 'nrr')(json, path)) }}
{%- endmacro %}

{% macro duckdb__json_value(json, path) -%}
    {%- set text = nrr.duckdb__json_text(json) -%}
    case when json_valid({{ text }}) then json_extract_string({{ text }}, '$.{{ path }}') end
{%- endmacro %}

{# A cast of what is no JSON fails; pg_input_is_valid() is there from version 16 on. #}
{% macro postgres__json_value(json, path) -%}
    {{ nrr.postgres__parsed_json(json) }} #>> '{ {{- path.replace('.', ',') -}} }'
{%- endmacro %}

{% macro postgres__parsed_json(json) -%}
    case
        when pg_input_is_valid(cast({{ json }} as text), 'jsonb') then cast(cast({{ json }} as text) as jsonb)
    end
{%- endmacro %}

{% macro snowflake__json_value(json, path) -%}
    cast(get_path(try_parse_json(cast({{ json }} as varchar)), '{{ path }}') as varchar)
{%- endmacro %}

{% macro bigquery__json_value(json, path) -%}
    coalesce(
        json_value({{ json }}, '$.{{ path }}'), nullif(cast(json_query({{ json }}, '$.{{ path }}') as string), 'null')
    )
{%- endmacro %}

{# It says '' of a key that is not there. #}
{% macro redshift__json_value(json, path) -%}
    nullif(nullif(json_extract_path_text({{ json }}, '{{ path.replace('.', "', '") }}', true), ''), 'null')
{%- endmacro %}

{% macro spark__json_value(json, path) -%} get_json_object({{ json }}, '$.{{ path }}') {%- endmacro %}

{% macro trino__json_value(json, path) -%}
    coalesce(
        json_extract_scalar({{ json }}, '$.{{ path }}'),
        nullif(json_format(json_extract({{ json }}, '$.{{ path }}')), 'null')
    )
{%- endmacro %}

{#
  json_elements(relation, columns, json): a select in parentheses: for each element of the array that the expression
  `json` holds, the relation's columns, `element` (a value, as above) and `element_index` (from 0, an integer). A row
  without an array has none.
#}
{% macro json_elements(relation, columns, json) -%}
    {{ return(adapter.dispatch('json_elements', 'nrr')(relation, columns | join(', '), json)) }}
{%- endmacro %}

{% macro duckdb__json_elements(relation, columns, json) -%}
    (
        select
            {{ columns }},
            unnest(elements) as element,
            unnest(generate_series(0, len(elements) - 1)) as element_index
        from (
            select
                {{ columns }},
                case
                    when json_valid({{ nrr.duckdb__json_text(json) }})
                        then json_extract_string({{ nrr.duckdb__json_text(json) }}, '$[*]')
                end as elements
            from {{ relation }}
        ) as arrays
        where len(elements) > 0
    )
{%- endmacro %}

{% macro postgres__json_elements(relation, columns, json) -%}
    (
        select
            {{ columns }},
            elements.element,
            cast(elements.place_in_array - 1 as integer) as element_index
        from (select {{ columns }}, {{ nrr.postgres__parsed_json(json) }} as parsed_json from {{ relation }}) as arrays
        cross join jsonb_array_elements_text(
            case when jsonb_typeof(arrays.parsed_json) = 'array' then arrays.parsed_json end
        ) with ordinality as elements (element, place_in_array)
    )
{%- endmacro %}

{% macro snowflake__json_elements(relation, columns, json) -%}
    {#- flatten() has columns of its own -#}
    (
        select
            arrays.{{ columns.split(', ') | join(', arrays.') }},
            cast(elements.value as varchar) as element,
            cast(elements.index as integer) as element_index
        from (
            select {{ columns }}, try_parse_json(cast({{ json }} as varchar)) as parsed_json
            from {{ relation }}
        ) as arrays,
            lateral flatten(input => case when is_array(arrays.parsed_json) then arrays.parsed_json end) as elements
    )
{%- endmacro %}

{% macro bigquery__json_elements(relation, columns, json) -%}
    (
        select
            {{ columns }},
            coalesce(json_value(element_json, '$'), nullif(cast(element_json as string), 'null')) as element,
            element_index
        from (select {{ columns }}, json_query_array({{ json }}, '$') as elements_of_json from {{ relation }}) as arrays
        cross join unnest(elements_of_json) as element_json with offset as element_index
    )
{%- endmacro %}

{# Parsed before it is taken apart: only a column can be. #}
{% macro redshift__json_elements(relation, columns, json) -%}
    (
        select
            {{ columns }},
            {{ nrr.redshift__json_value(
                dbt.concat(["'{\"v\":'", 'json_serialize(element_value)', "'}'"]), 'v'
            ) }} as element,
            cast(element_index as integer) as element_index
        from (
            select {{ columns }}, case when is_array(parsed_json) then parsed_json end as elements
            from (
                select {{ columns }}, case when can_json_parse({{ json }}) then json_parse({{ json }}) end as parsed_json
                from {{ relation }}
            ) as texts
        ) as arrays, arrays.elements as element_value at element_index
    )
{%- endmacro %}

{% macro spark__json_elements(relation, columns, json) -%}
    (
        select
            {{ columns }},
            element,
            element_index
        from (select {{ columns }}, from_json({{ json }}, 'array<string>') as elements from {{ relation }}) as arrays
        lateral view posexplode(elements) exploded as element_index, element
    )
{%- endmacro %}

{% macro trino__json_elements(relation, columns, json) -%}
    (
        select
            {{ columns }},
            coalesce(json_extract_scalar(json_element, '$'), nullif(json_format(json_element), 'null')) as element,
            cast(place_in_array - 1 as integer) as element_index
        from (
            select {{ columns }}, try(cast(try(json_parse({{ json }})) as array(json))) as elements
            from {{ relation }}
        ) as arrays
        cross join unnest(elements) with ordinality as exploded (json_element, place_in_array)
    )
{%- endmacro %}
