{%- set input_name = nrr.recurly_input('plan_add_ons') -%}
{{ config(enabled=nrr.has_source('recurly') and nrr.is_given(input_name)) }}
{%- set columns = ['id', 'code', 'add_on_type', 'tier_type', 'updated_at'] -%}
-- One row per add-on that a plan offers: whether it is billed by usage.
with input as (
    select * from {{ nrr.input_rows(input_name, columns) }} as input
),

versions as (
    select
        {{ nrr.read_text('id') }} as plan_add_on_id,
        {{ nrr.read_text('code') }} as add_on_code,
        {{ nrr.read_word('add_on_type') }} as add_on_type,
        {{ nrr.read_word('tier_type') }} as tier_type,
        row_number() over (
            partition by {{ nrr.read_text('id') }} order by {{ nrr.read_timestamp('updated_at') }} desc nulls last
        ) as newest_first
    from input
)

select
    plan_add_on_id,
    add_on_code,
    add_on_type,
    tier_type
from versions
where newest_first = 1 and plan_add_on_id is not null
