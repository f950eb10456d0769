{%- set input_name = nrr.recurly_input('accounts') -%}
{{ config(enabled=nrr.has_source('recurly') and nrr.is_given(input_name)) }}
{%- set columns = ['id', 'state', 'updated_at', 'deleted_at'] -%}
-- One row per account that is closed now, and was not opened again: when it was closed.
with input as (
    select * from {{ nrr.input_rows(input_name, columns) }} as input
),

versions as (
    select
        {{ nrr.read_text('id') }} as account_id,
        {{ nrr.read_word('state') }} as state,
        {{ nrr.read_timestamp('updated_at') }} as updated_at,
        {{ nrr.read_timestamp('deleted_at') }} as deleted_at,
        row_number() over (
            partition by {{ nrr.read_text('id') }} order by {{ nrr.read_timestamp('updated_at') }} desc nulls last
        ) as newest_first
    from input
)

select
    account_id,
    coalesce(deleted_at, updated_at) as closed_at
from versions
where
    newest_first = 1
    and account_id is not null
    and (state in ('inactive', 'closed') or state is null and deleted_at is not null)
    and coalesce(deleted_at, updated_at) is not null
