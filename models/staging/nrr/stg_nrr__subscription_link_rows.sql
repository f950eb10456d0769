{{ config(enabled=nrr.is_given('subscription_links')) }}
{%- set columns = ['source_system', 'old', 'new', 'at'] -%}
-- One row per row of the input subscription_links: its values as their types (null where missing or unreadable), the
-- row as it was given, and the reason for which it cannot be used.
with typed as (
    select
        {{ nrr.read_word('source_system') }} as source_system,
        {{ nrr.read_text(nrr.column_name('old')) }} as old_subscription_id,
        {{ nrr.read_text(nrr.column_name('new')) }} as new_subscription_id,
        {{ nrr.read_text(nrr.column_name('at')) }} as given_at,
        {{ nrr.read_timestamp(nrr.column_name('at')) }} as replaced_at,
        {{ nrr.row_as_text(columns) }} as given_row
    from {{ nrr.input_rows('subscription_links', columns) }} as input
)

select
    source_system,
    old_subscription_id,
    new_subscription_id,
    replaced_at,
    given_row,
    case
        when source_system not in (
            {%- for source in nrr.sources_of_events() %}
            '{{ source }}'{{ ',' if not loop.last }}
            {%- endfor %}
        ) then 'unknown_source_system'
        when old_subscription_id is null then 'missing_old'
        when new_subscription_id is null then 'missing_new'
        when given_at is not null and replaced_at is null then 'unreadable_at'
    end as reason
from typed
-- a row without any value is no row
where coalesce(source_system, old_subscription_id, new_subscription_id, given_at) is not null
