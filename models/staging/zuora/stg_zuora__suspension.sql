{{ config(enabled=nrr.has_source('zuora')) }}
{%- set has_amendments = nrr.has_zuora('amendment') -%}
-- One row per time in which a subscription is suspended: from when until when it is resumed, null where that is not
-- known yet.
with
{%- if has_amendments %}
amendments as (
    select * from {{ ref('stg_zuora__amendment') }}
),

-- The first resumption that is not before it. On the very day of a suspension only one that was entered with or after
-- it counts.
suspensions as (
    select
        suspended.subscription_id,
        suspended.suspended_at,
        min(resumed.resumed_at) as resumed_at
    from amendments as suspended
    left join amendments as resumed
        on
            suspended.subscription_id = resumed.subscription_id
            and suspended.suspended_at <= resumed.resumed_at
            and (
                suspended.suspended_at < resumed.resumed_at
                or suspended.amendment_id = resumed.amendment_id
                or suspended.created_at < resumed.created_at
                or suspended.version_number < resumed.version_number
            )
    where suspended.suspended_at is not null
    group by suspended.subscription_id, suspended.suspended_at
),

{%- endif %}

-- A subscription that is suspended, of which nothing says since when: since its newest version was made.
unexplained as (
    select
        versions.subscription_id,
        versions.created_at as suspended_at
    from {{ ref('stg_zuora__subscription') }} as versions
    {%- if has_amendments %}
    left join suspensions on versions.subscription_id = suspensions.subscription_id
    {%- endif %}
    where
        versions.is_current and versions.is_suspended and versions.created_at is not null
        {%- if has_amendments %}
        and suspensions.subscription_id is null
        {%- endif %}
)

{% if has_amendments -%}
select
    subscription_id,
    suspended_at,
    resumed_at,
    false as is_reconstructed
from suspensions
where resumed_at is null or suspended_at < resumed_at

union all

{% endif -%}
select
    subscription_id,
    suspended_at,
    cast(null as {{ nrr.type_instant() }}) as resumed_at,
    true as is_reconstructed
from unexplained
