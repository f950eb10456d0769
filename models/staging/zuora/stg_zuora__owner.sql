{{ config(enabled=nrr.has_source('zuora')) }}
{%- set has_amendments = nrr.has_zuora('amendment') -%}
-- One row per account that owned a subscription, in the order of its versions, and from when on: null where it has
-- owned it since it began, or where nobody knows.
with versions as (
    select
        versions.version_id,
        versions.subscription_id,
        versions.account_id,
        versions.version_number,
        versions.created_at,
        lag(versions.version_id) over (
            partition by versions.subscription_id
            order by versions.version_number, versions.created_at, versions.version_id
        ) as previous_version_id,
        lag(versions.account_id) over (
            partition by versions.subscription_id
            order by versions.version_number, versions.created_at, versions.version_id
        ) as previous_account_id
    from {{ ref('stg_zuora__subscription') }} as versions
    inner join {{ ref('stg_zuora__subscription') }} as newest
        on
            versions.subscription_id = newest.subscription_id
            and newest.is_current
            and versions.version_number <= newest.version_number
    where not versions.is_deleted and not versions.is_pending
),

{%- if has_amendments %}

transfers as (
    select
        version_id,
        min(effective_at) as effective_at
    from {{ ref('stg_zuora__amendment') }}
    where kind = 'ownertransfer'
    group by version_id
),
{%- endif %}

changes as (
    select
        versions.subscription_id,
        versions.account_id,
        versions.version_number,
        {%- if has_amendments %}
        coalesce(transfers.effective_at, versions.created_at) as owned_from
        {%- else %}
        versions.created_at as owned_from
        {%- endif %}
    from versions
    {%- if has_amendments %}
    left join transfers on versions.previous_version_id = transfers.version_id
    {%- endif %}
    where versions.previous_version_id is not null and versions.account_id <> versions.previous_account_id

    union all

    select
        subscription_id,
        account_id,
        version_number,
        cast(null as {{ nrr.type_instant() }}) as owned_from
    from versions
    where previous_version_id is null
)

select * from changes
