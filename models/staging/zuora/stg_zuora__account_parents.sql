{{ config(enabled=nrr.has_zuora('account')) }}
-- One row per account of Zuora's that has a parent there.
select
    id as account_id,
    min(parent_id) as parent_account_id
from {{ nrr.zuora_rows('account', ['id', 'parent_id']) }} as given
where not is_deleted and id is not null and parent_id is not null
group by id
