{{ config(enabled=nrr.has_source('zuora')) }}
{%- set has_amendments = nrr.has_zuora('amendment') -%}
-- One row per subscription that was cancelled: when that was entered, or the day that it names if that is earlier.
with versions as (
    select * from {{ ref('stg_zuora__subscription') }}
    where is_current and is_cancelled
)
{%- if has_amendments %},

amendments as (
    select
        subscription_id,
        max(asked_at) as asked_at
    from {{ ref('stg_zuora__amendment') }}
    where kind like 'cancel%'
    group by subscription_id
)
{%- endif %},

entered as (
    select
        versions.subscription_id,
        versions.cancelled_at,
        -- where no amendment tells, the version that is cancelled was made for that
        {%- set made_for_that -%}
        case when versions.created_at > versions.first_created_at then versions.created_at end
        {%- endset %}
        {%- if has_amendments %}
        coalesce(amendments.asked_at, {{ made_for_that }}) as entered_at
        {%- else %}
        {{ made_for_that }} as entered_at
        {%- endif %}
    from versions
    {%- if has_amendments %}
    left join amendments on versions.subscription_id = amendments.subscription_id
    {%- endif %}
)

select
    subscription_id,
    case when cancelled_at < entered_at then cancelled_at else coalesce(entered_at, cancelled_at) end as asked_at
from entered
