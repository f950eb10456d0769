{{ config(enabled=nrr.has_source('subscription_periods'), materialized='table') }}
-- One row per beginning, end of a trial, pause, bridged gap and end of a row of the input, or row that cannot be used.
with spans as (
    select
        spans.*,
        {{ nrr.json_object(
            ['product_id', 'plan_id', 'starts_at', 'row'],
            [
                "case when is_without_id then '' else coalesce(product_id, '') end",
                "case when is_without_id then '' else coalesce(plan_id, '') end",
                "case when is_without_id then " ~ nrr.text_of_instant('starts_at') ~ " else '' end",
                nrr.as_text('row_of_start')
            ]
        ) }} as item_id
    from {{ ref('stg_subscription_periods__spans') }} as spans
),

changes as (
    select
        spans.*,
        starts_at as effective_at,
        1 as sequence,
        case when trial_ends_at > starts_at then 'trialing' else status end as status_then,
        has_status_of_now as is_reconstructed
    from spans

    union all

    select
        spans.*,
        trial_ends_at as effective_at,
        1 as sequence,
        status as status_then,
        has_status_of_now as is_reconstructed
    from spans
    where
        trial_ends_at > starts_at
        and (ends_at is null or trial_ends_at < ends_at)
        and (stops_at is null or trial_ends_at < stops_at)

    union all

    select
        spans.*,
        stops_at as effective_at,
        2 as sequence,
        given_status as status_then,
        false as is_reconstructed
    from spans
    where stops_at is not null

    union all

    select
        spans.*,
        bridged_from as effective_at,
        1 as sequence,
        status as status_then,
        true as is_reconstructed
    from spans
    where bridged_from is not null and (stops_at is null or bridged_from < stops_at)

    union all

    -- before what begins at that instant
    select
        spans.*,
        ends_at as effective_at,
        0 as sequence,
        'cancelled' as status_then,
        false as is_reconstructed
    from spans
    where ends_at is not null
)

select
    {{- nrr.state_columns({
        'account_id': 'account_id',
        'subscription_id': 'subscription_id',
        'subscription_item_id': 'item_id',
        'effective_at': 'effective_at',
        'sequence': 'sequence',
        'status': 'status_then',
        'product_id': 'product_id',
        'plan_id': 'plan_id',
        'quantity': 'quantity',
        'unit_amount': 'amount',
        'currency': 'currency',
        'billing_interval': "coalesce(billing_interval, 'month')",
        'billing_interval_count': 'billing_interval_count',
    }, 'subscription_periods', is_reconstructed='is_reconstructed') }}
from changes

union all

-- what a status means that is not known, or that it is to be ignored, is said where all sources meet
select
    {{- nrr.state_columns({
        'account_id': 'account_id',
        'effective_at': 'starts_at',
        'subscription_id': 'case when source_reason is null then subscription_key end',
        'subscription_item_id': 'case when source_reason is null then source_row end',
        'status': 'status',
        'product_id': 'product_id',
        'plan_id': 'plan_id',
        'quantity': 'quantity',
        'unit_amount': 'amount',
        'currency': 'currency',
        'billing_interval': 'billing_interval',
        'billing_interval_count': 'billing_interval_count',
    }, 'subscription_periods', reason='source_reason', row='source_row') }}
from {{ ref('stg_subscription_periods__rows') }}
where source_reason is not null or known_status is null or known_status = 'ignore'
