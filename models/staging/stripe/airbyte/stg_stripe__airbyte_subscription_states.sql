{{ config(enabled=nrr.reads_airbyte_stripe()) }}
{%- set times = [
    'created_at', 'starts_at', 'trial_starts_at', 'trial_ends_at', 'cancels_at', 'cancel_requested_at', 'ended_at',
] -%}
-- One row per version of a subscription that is known, and one for each subscription of whose items only the first
-- are.
with versions as (
    select * from {{ ref('stg_stripe__airbyte_versions') }}
    where version_kind <> 'before' or is_before_first or source_reason is not null
),

-- newer objects have the billing period at their items
periods as (
    select
        subscription_id,
        version_at,
        min(period_starts_at) as period_starts_at,
        max(period_ends_at) as period_ends_at
    from {{ ref('stg_stripe__airbyte_version_items') }}
    group by subscription_id, version_at
)
{%- if nrr.is_given('stripe_customers') %},

-- deleting a customer ends the subscriptions at once
deleted_customers as (
    select
        {{ nrr.read_text('id') }} as account_id,
        min(coalesce({{ nrr.read_epoch('updated') }}, {{ nrr.airbyte_synced_at() }})) as deleted_at
    from {{ nrr.input_rows('stripe_customers', ['id', 'updated', 'is_deleted'] + nrr.airbyte_columns()) }} as input
    where {{ nrr.is_true('is_deleted') }}
    group by {{ nrr.read_text('id') }}
)
{%- endif %}

select
    versions.subscription_id,
    versions.account_id,
    versions.version_at,
    versions.version_kind <> 'row' or versions.number_of_kind > 1 as is_evidence,
    versions.number_from_newest = 1 as is_newest,
    versions.status,
    {%- for name in times %}
    versions.{{ name }},
    {%- endfor %}
    versions.cancels_at_period_end,
    coalesce(versions.period_starts_at, periods.period_starts_at) as period_starts_at,
    coalesce(versions.period_ends_at, periods.period_ends_at) as period_ends_at,
    versions.pause_behavior,
    versions.pause_ends_at,
    versions.paused_at,
    case
        when versions.number_from_newest = 1
            then coalesce(
                case
                    when versions.is_deleted
                        then coalesce(versions.ended_at, versions.cancel_requested_at, versions.version_at)
                end
                {%- if nrr.is_given('stripe_customers') %},
                deleted_customers.deleted_at
                {%- endif %}
            )
    end as gone_at,
    versions.recorded_at,
    versions.source_reason,
    versions.source_row
from versions
left join periods on versions.subscription_id = periods.subscription_id and versions.version_at = periods.version_at
{%- if nrr.is_given('stripe_customers') %}
left join deleted_customers on versions.account_id = deleted_customers.account_id
{%- endif %}

union all

-- it holds only the first of its items, and their stream lacks others
select
    versions.subscription_id,
    versions.account_id,
    versions.version_at,
    false as is_evidence,
    false as is_newest,
    versions.status,
    {%- for name in times %}
    versions.{{ name }},
    {%- endfor %}
    versions.cancels_at_period_end,
    versions.period_starts_at,
    versions.period_ends_at,
    versions.pause_behavior,
    versions.pause_ends_at,
    versions.paused_at,
    cast(null as {{ nrr.type_instant() }}) as gone_at,
    versions.recorded_at,
    'incomplete_items' as source_reason,
    versions.source_row
from versions
inner join {{ ref('stg_stripe__airbyte_items_left_out') }} as left_out
    on versions.subscription_id = left_out.subscription_id
where
    versions.number_from_newest = 1
    and versions.source_reason is null
