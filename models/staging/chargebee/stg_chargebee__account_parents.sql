{{ config(enabled=nrr.has_source('chargebee') and nrr.is_given('chargebee_customer')) }}
-- One row per customer of Chargebee's that has a parent there.
with versions as (
    select
        {{ nrr.read_text('id') }} as account_id,
        {{ nrr.json_value('relationship', 'parent_id') }} as parent_account_id,
        row_number() over (
            partition by {{ nrr.read_text('id') }}
            order by
                {{ nrr.read_whole_number('resource_version') }} desc nulls last,
                {{ nrr.read_epoch('updated_at') }} desc nulls last
        ) as newest_first
    from {{ nrr.input_rows('chargebee_customer', ['id', 'relationship', 'resource_version', 'updated_at']) }} as input
)

select
    account_id,
    parent_account_id
from versions
where newest_first = 1 and account_id is not null and parent_account_id is not null
