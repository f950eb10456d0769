{{ config(enabled=nrr.is_given('account_links')) }}
-- One row per account of a source and time from which it is that account: the first holds for all time before it too.
with at_once as (
    select
        source_system,
        source_account_id,
        coalesce(valid_from, {{ nrr.timestamp_literal('1900-01-01') }}) as valid_from,
        -- of several at one moment, always the same one
        max(account_id) as account_id
    from {{ ref('stg_nrr__account_link_rows') }}
    where reason is null
    group by source_system, source_account_id, valid_from
)

select
    source_system,
    source_account_id,
    account_id,
    valid_from,
    row_number() over (partition by source_system, source_account_id order by valid_from) = 1 as is_first,
    lead(valid_from) over (partition by source_system, source_account_id order by valid_from) as valid_to
from at_once
