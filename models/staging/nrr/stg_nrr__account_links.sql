{{ config(enabled=nrr.is_given('account_links')) }}
{%- set columns = ['source_system', 'source_account_id', 'account_id', 'valid_from'] -%}
-- One row per account of a source and time from which it is that account: the first holds for all time before it too.
with links as (
    select
        {{ nrr.read_word('source_system') }} as source_system,
        {{ nrr.read_text('source_account_id') }} as source_account_id,
        {{ nrr.read_text('account_id') }} as account_id,
        coalesce({{ nrr.read_timestamp('valid_from') }}, {{ nrr.timestamp_literal('1900-01-01') }}) as valid_from
    from {{ nrr.input_rows('account_links', columns) }} as input
    where
        {{ nrr.read_text('source_system') }} is not null
        and {{ nrr.read_text('source_account_id') }} is not null
        and {{ nrr.read_text('account_id') }} is not null
        and ({{ nrr.read_timestamp('valid_from') }} is not null or {{ nrr.read_text('valid_from') }} is null)
),

-- of several at one moment, always the same one
at_once as (
    select
        source_system,
        source_account_id,
        valid_from,
        max(account_id) as account_id
    from links
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
