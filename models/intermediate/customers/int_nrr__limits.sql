{{ config(enabled=nrr.is_given('product_usage') and nrr.is_given('plan_limits')) }}
{%- set is_by_parent = nrr.setting('nrr_account_level') == 'parent' -%}
-- One row per account, observation and metric that it used within 28 days: the limit that it has, its own before that
-- of its plans.
with used as (
    select distinct
        usage.account_id,
        usage.metric,
        observations.month,
        observations.observed_on,
        observations.is_open
    from {{ ref('int_nrr__usage_days') }} as usage
    inner join {{ ref('int_nrr__observation_days') }} as observations
        on
            usage.known_on <= observations.observed_on
            and usage.usage_on <= observations.observed_on
            and usage.usage_on > {{ nrr.add_days('observations.observed_on', -28) }}
),

limits as (
    select
        {%- if is_by_parent %}
        coalesce(parents.top_account_id, limits.account_id) as account_id,
        {%- else %}
        limits.account_id,
        {%- endif %}
        limits.plan_id,
        limits.metric,
        limits.limit_value,
        coalesce(limits.valid_from_on, cast('1800-01-01' as date)) as valid_from_on,
        coalesce(limits.known_on, cast('1800-01-01' as date)) as known_on
    from {{ ref('stg_customers__limit_rows') }} as limits
    {%- if is_by_parent %}
    left join {{ ref('int_nrr__account_parents') }} as parents on limits.account_id = parents.account_id
    {%- endif %}
    where limits.reason is null
),

plans as (
    select distinct
        used.account_id,
        used.metric,
        used.month,
        used.observed_on,
        states.plan_id
    from used
    cross join {{ ref('int_nrr__as_of') }} as as_of
    inner join {{ ref('int_nrr__item_states') }} as states
        on
            used.account_id = states.account_id
            and (
                (
                    not used.is_open
                    and {{ nrr.month_of('states.starts_at') }} <= used.month
                    and (states.ends_at is null or {{ nrr.month_of('states.ends_at') }} > used.month)
                )
                or (
                    used.is_open
                    and states.starts_at <= as_of.as_of_at
                    and (states.ends_at is null or states.ends_at > as_of.as_of_at)
                )
            )
    where states.mrr > 0
),

in_force as (
    select
        used.account_id,
        used.metric,
        used.month,
        cast(null as {{ nrr.type_text() }}) as plan_id,
        limits.limit_value,
        row_number() over (
            partition by used.account_id, used.metric, used.month
            order by limits.valid_from_on desc, limits.limit_value desc
        ) as newest_first
    from used
    inner join limits
        on
            used.account_id = limits.account_id
            and used.metric = limits.metric
            and used.observed_on >= limits.valid_from_on
            and used.observed_on >= limits.known_on

    union all

    select
        plans.account_id,
        plans.metric,
        plans.month,
        plans.plan_id,
        limits.limit_value,
        row_number() over (
            partition by plans.account_id, plans.metric, plans.month, plans.plan_id
            order by limits.valid_from_on desc, limits.limit_value desc
        ) as newest_first
    from plans
    inner join limits
        on
            plans.plan_id = limits.plan_id
            and plans.metric = limits.metric
            and plans.observed_on >= limits.valid_from_on
            and plans.observed_on >= limits.known_on
    where limits.account_id is null
)

select
    account_id,
    month,
    metric,
    cast(coalesce(
        max(case when plan_id is null then limit_value end), sum(case when plan_id is not null then limit_value end)
    ) as decimal(22, 4)) as limit_value
from in_force
where newest_first = 1
group by account_id, month, metric
