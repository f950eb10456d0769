{{ config(enabled=nrr.has_source('zuora')) }}
-- One row per recurring charge and time at which something about it changes: a segment or a discount begins or ends,
-- the subscription is suspended, resumed or gets another owner.
with segments as (
    select * from {{ ref('stg_zuora__charge_segment') }}
    where kind = 'recurring' and reason is null and (ends_at is null or starts_at < ends_at)
),

discounts as (
    select * from {{ ref('stg_zuora__discounted_segment') }}
),

of_subscriptions as (
    select
        subscription_id,
        suspended_at as changes_at
    from {{ ref('stg_zuora__suspension') }}

    union all

    select
        subscription_id,
        resumed_at as changes_at
    from {{ ref('stg_zuora__suspension') }}

    union all

    select
        subscription_id,
        owned_from as changes_at
    from {{ ref('stg_zuora__owner') }}
),

own_points as (
    {%- for relation in ['segments', 'discounts'] %}
    {%- for bound in ['starts_at', 'ends_at'] %}
    select
        subscription_id,
        item_id,
        {{ bound }} as changes_at
    from {{ relation }}
    where {{ bound }} is not null

    union all
    {% endfor %}
    {%- endfor %}
    select
        segments.subscription_id,
        segments.item_id,
        changes.changes_at
    from segments
    inner join of_subscriptions as changes
        on
            segments.subscription_id = changes.subscription_id
            and segments.starts_at < changes.changes_at
            and (segments.ends_at is null or changes.changes_at < segments.ends_at)
),

-- An amount off several charges is spread over those that there are: a change of one of them may change the others.
sharers as (
    select distinct
        discount_scope,
        subscription_id,
        item_id
    from discounts
    where monthly_amount is not null
),

shared_points as (
    select distinct
        sharers.discount_scope,
        own_points.changes_at
    from sharers
    inner join own_points
        on sharers.subscription_id = own_points.subscription_id and sharers.item_id = own_points.item_id
),

points as (
    select
        subscription_id,
        item_id,
        changes_at
    from own_points

    union all

    select
        segments.subscription_id,
        segments.item_id,
        shared_points.changes_at
    from segments
    inner join sharers on segments.subscription_id = sharers.subscription_id and segments.item_id = sharers.item_id
    inner join shared_points
        on
            sharers.discount_scope = shared_points.discount_scope
            and segments.starts_at < shared_points.changes_at
            and (segments.ends_at is null or shared_points.changes_at < segments.ends_at)
)

select distinct
    subscription_id,
    item_id,
    changes_at
from points
