{{ config(enabled=nrr.is_given('account_links')) }}
{%- set columns = ['source_system', 'source_account_id', 'account_id', 'valid_from'] -%}
-- One row per row of the input account_links: its values as their types (null where missing or unreadable), the row as
-- it was given, and the reason for which it cannot be used.
with typed as (
    select
        {{ nrr.read_word('source_system') }} as source_system,
        {{ nrr.read_text('source_account_id') }} as source_account_id,
        {{ nrr.read_text('account_id') }} as account_id,
        {{ nrr.read_text('valid_from') }} as given_valid_from,
        {{ nrr.read_timestamp('valid_from') }} as valid_from,
        {{ nrr.row_as_text(columns) }} as given_row
    from {{ nrr.input_rows('account_links', columns) }} as input
)

select
    source_system,
    source_account_id,
    account_id,
    valid_from,
    given_row,
    case
        when source_system is null then 'missing_source_system'
        when source_system not in (
            {%- for source in nrr.sources_of_events() %}
            '{{ source }}'{{ ',' if not loop.last }}
            {%- endfor %}
        ) then 'unknown_source_system'
        when source_account_id is null then 'missing_source_account_id'
        when account_id is null then 'missing_account_id'
        when given_valid_from is not null and valid_from is null then 'unreadable_valid_from'
    end as reason
from typed
-- a row without any value is no row
where coalesce(source_system, source_account_id, account_id, given_valid_from) is not null
