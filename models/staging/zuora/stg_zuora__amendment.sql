{{ config(enabled=nrr.has_zuora('amendment')) }}
-- One row per amendment of a subscription that was completed, with the number of the subscription.
with given as (
    select * from {{ nrr.zuora_rows(
        'amendment', ['id', 'subscription_id', 'type', 'status', 'created_date'],
        days=['effective_date', 'contract_effective_date', 'booking_date', 'suspend_date', 'resume_date'],
    ) }} as given
),

typed as (
    select
        id as amendment_id,
        subscription_id as version_id,
        {{ nrr.plain_word('kind') }} as kind,
        {{ nrr.read_timestamp('created_date') }} as created_at,
        {{ nrr.read_timestamp('booking_date') }} as booked_at,
        {{ nrr.read_timestamp('coalesce(effective_date, contract_effective_date)') }} as effective_at,
        {{ nrr.read_timestamp('suspend_date') }} as suspended_at,
        {{ nrr.read_timestamp('resume_date') }} as resumed_at
    from given
    where not is_deleted and coalesce({{ nrr.plain_word('status') }}, 'completed') = 'completed'
),

versions as (
    select
        subscription_id,
        version_id,
        version_number
    from {{ ref('stg_zuora__subscription') }}

    union all

    select
        subscription_id,
        previous_version_id as version_id,
        version_number - 1 as version_number
    from {{ ref('stg_zuora__subscription') }}

    union all

    select
        subscription_id,
        first_version_id as version_id,
        1 as version_number
    from {{ ref('stg_zuora__subscription') }}
),

-- of versions that are not loaded their successors tell
numbers as (
    select
        version_id,
        min(subscription_id) as subscription_id,
        max(version_number) as version_number
    from versions
    where version_id is not null
    group by version_id
)

select
    typed.amendment_id,
    typed.version_id,
    numbers.subscription_id,
    numbers.version_number,
    typed.kind,
    typed.created_at,
    coalesce(typed.created_at, typed.booked_at, typed.effective_at) as asked_at,
    typed.effective_at,
    typed.suspended_at,
    typed.resumed_at
from typed
inner join numbers on typed.version_id = numbers.version_id
