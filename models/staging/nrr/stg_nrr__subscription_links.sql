{{ config(enabled=nrr.is_given('subscription_links')) }}
{%- set columns = ['source_system', 'old', 'new', 'at'] -%}
-- One row per subscription that another replaces: from when on, or null for when the other begins.
with links as (
    select
        {{ nrr.read_word('source_system') }} as source_system,
        {{ nrr.read_text(nrr.column_name('old')) }} as old_subscription_id,
        {{ nrr.read_text(nrr.column_name('new')) }} as new_subscription_id,
        {{ nrr.read_timestamp(nrr.column_name('at')) }} as replaced_at
    from {{ nrr.input_rows('subscription_links', columns) }} as input
)

select
    source_system,
    old_subscription_id,
    max(new_subscription_id) as new_subscription_id,
    min(replaced_at) as replaced_at
from links
where old_subscription_id is not null and new_subscription_id is not null
group by source_system, old_subscription_id
