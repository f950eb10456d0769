{%- set input_name = nrr.recurly_input('accounts') -%}
{{ config(enabled=nrr.has_source('recurly') and nrr.is_given(input_name)) }}
-- One row per account of Recurly's that has a parent there.
with versions as (
    select
        {{ nrr.read_text('id') }} as account_id,
        {{ nrr.read_text('parent_account_id') }} as parent_account_id,
        row_number() over (
            partition by {{ nrr.read_text('id') }} order by {{ nrr.read_timestamp('updated_at') }} desc nulls last
        ) as newest_first
    from {{ nrr.input_rows(input_name, ['id', 'parent_account_id', 'updated_at']) }} as input
)

select
    account_id,
    parent_account_id
from versions
where newest_first = 1 and account_id is not null and parent_account_id is not null
