{%- set sources = nrr.event_sources() -%}
-- One row per source that is on and has no row.
with counted as (
    {%- if sources | length == 1 %}
    select
        cast('{{ sources[0] }}' as {{ nrr.type_text() }}) as source_system,
        coalesce(sum(number_of_rows), 0) as number_of_rows
    from {{ ref('int_nrr__input_rows') }}
    {%- else %}
    {%- for source in sources %}
    select
        cast('{{ source }}' as {{ nrr.type_text() }}) as source_system,
        count(*) as number_of_rows
    from {{ ref('int_nrr__judged_events') }}
    where source_system = '{{ source }}'
    {{- ' union all' if not loop.last }}
    {%- endfor %}
    {%- endif %}
)

select
    source_system as input,
    cast('no_rows' as {{ nrr.type_text() }}) as reason,
    cast(null as {{ nrr.type_text() }}) as value,
    0 as number_of_rows,
    true as is_failure
from counted
where
    number_of_rows = 0
    {%- if flags.EMPTY %}
    -- where no input is read, none is looked for
    and false
    {%- endif %}
