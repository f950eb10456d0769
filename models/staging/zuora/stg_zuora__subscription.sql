{{ config(enabled=nrr.has_source('zuora'), materialized='table') }}
-- One row per version of a subscription, those that are gone too: its values, and which version counts.
with given as (
    select * from {{ nrr.zuora_rows(
        'subscription',
        [
            'id', 'name', 'original_id', 'previous_subscription_id', 'account_id', 'version', 'is_latest_version', 'status', 'current_term',
            'current_term_period_type', 'initial_term', 'initial_term_period_type', 'created_date',
            'original_created_date',
        ],
        days=['cancelled_date', 'subscription_end_date', 'term_end_date'],
    ) }} as given
),

typed as (
    select
        id as version_id,
        coalesce(name, original_id, id) as subscription_id,
        original_id as first_version_id,
        previous_subscription_id as previous_version_id,
        account_id,
        coalesce({{ nrr.read_whole_number('version') }}, 0) as version_number,
        {{ nrr.is_true('is_latest_version') }} as is_marked_latest,
        {{ nrr.plain_word('status') }} as status,
        coalesce({{ nrr.plain_word('coalesce(current_term_period_type, initial_term_period_type)') }}, 'month')
            as term_interval,
        {{ nrr.read_decimal('coalesce(current_term, initial_term)') }} as term_count,
        {{ nrr.read_timestamp('created_date') }} as created_at,
        {{ nrr.read_timestamp('coalesce(original_created_date, created_date)') }} as first_created_at,
        {{ nrr.read_timestamp('cancelled_date') }} as cancelled_at,
        {{ nrr.read_timestamp('coalesce(subscription_end_date, term_end_date)') }} as term_ends_at,
        {{ nrr.read_timestamp('recorded_at') }} as recorded_at,
        is_deleted
    from given
),

judged as (
    select
        typed.*,
        status in ('draft', 'pending', 'pendingactivation', 'pendingacceptance') as is_pending,
        coalesce(status in ('cancelled', 'canceled'), false) as is_cancelled
    from typed
)

select
    version_id,
    subscription_id,
    first_version_id,
    previous_version_id,
    account_id,
    version_number,
    -- what a state is called: when a charge begins and ends its segments say
    case
        when is_cancelled or status in ('active', 'expired', 'suspended', 'outofterm') then 'active'
        else status
    end as status,
    coalesce(is_pending, false) as is_pending,
    is_cancelled,
    coalesce(status in ('cancelled', 'canceled', 'expired', 'outofterm'), false) as has_ended,
    coalesce(status = 'suspended', false) as is_suspended,
    term_interval,
    term_count,
    created_at,
    min(first_created_at) over (
        partition by subscription_id rows between unbounded preceding and unbounded following
    ) as first_created_at,
    cancelled_at,
    term_ends_at,
    recorded_at,
    is_deleted,
    -- A draft changes nothing until it is activated: the version before it still holds.
    not is_deleted and row_number() over (
        partition by subscription_id, is_deleted
        order by
            case when is_pending then 1 else 0 end, case when is_marked_latest then 0 else 1 end, version_number desc,
            created_at desc nulls last, version_id
    ) = 1 as is_current
from judged
