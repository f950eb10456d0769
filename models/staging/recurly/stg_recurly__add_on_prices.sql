{%- set has_lines = nrr.recurly_has('lines') -%}
{%- set has_add_ons = nrr.recurly_has('add_ons') -%}
{%- set has_types = nrr.recurly_has('plan_add_ons') -%}
{%- set counts_usage = nrr.setting('nrr_usage_counts') -%}
{{ config(enabled=nrr.has_source('recurly')) }}
-- One row per add-on of a subscription, each an item of its own, and instant at which something tells its price and
-- quantity from then on, or that it ends. Before its first row the charges for it tell. What is billed by usage is
-- the last period's amount, from that period's end for as long as it was.
with
{%- if has_lines %}
-- add-ons that are always billed when their period is over
billed_afterwards as (
    select
        subscription_id,
        plan_add_on_id
    from {{ ref('stg_recurly__line_items') }}
    where origin = 'add_on' and plan_add_on_id is not null and source_reason is null
    group by subscription_id, plan_add_on_id
    having min(case when created_at >= ends_at then 1 else 0 end) = 1
),
{%- endif %}

subscriptions as (
    select
        versions.subscription_id,
        versions.first_updated_at,
        versions.started_at,
        versions.is_tax_inclusive,
        plan_periods.period_months,
        plan_periods.period_days
    from {{ ref('stg_recurly__subscription_versions') }} as versions
    left join {{ ref('stg_recurly__plans') }} as plan_periods on versions.plan_id = plan_periods.plan_id
    where versions.version_number = 1 and versions.started_at is not null
),
{%- if has_add_ons %}

add_ons as (
    select
        rows_told.subscription_id,
        rows_told.add_on_id,
        rows_told.plan_add_on_id,
        rows_told.add_on_code,
        rows_told.tier_type,
        rows_told.created_at,
        rows_told.updated_at,
        rows_told.expired_at,
        rows_told.quantity,
        rows_told.unit_amount,
        {%- if has_lines %}
        coalesce(rows_told.is_usage, billed_afterwards.subscription_id is not null) as is_usage
        {%- else %}
        coalesce(rows_told.is_usage, false) as is_usage
        {%- endif %}
    from {{ ref('stg_recurly__add_on_rows') }} as rows_told
    {%- if has_lines %}
    left join billed_afterwards
        on
            rows_told.subscription_id = billed_afterwards.subscription_id
            and rows_told.plan_add_on_id = billed_afterwards.plan_add_on_id
    {%- endif %}
    where rows_told.source_reason is null
),

rows_of_add_ons as (
    select
        add_ons.*,
        coalesce(add_ons.updated_at, add_ons.created_at) as told_at,
        lead(coalesce(add_ons.updated_at, add_ons.created_at)) over (
            partition by add_ons.subscription_id, add_ons.add_on_id
            order by coalesce(add_ons.updated_at, add_ons.created_at)
        ) as next_told_at,
        row_number() over (
            partition by add_ons.subscription_id, add_ons.add_on_id
            order by coalesce(add_ons.updated_at, add_ons.created_at)
        ) as row_of_add_on,
        min(coalesce(add_ons.updated_at, add_ons.created_at)) over (
            partition by add_ons.subscription_id, add_ons.plan_add_on_id
        ) as first_told_at
    from add_ons
),

-- subscriptions with an add-on whose own price is not told, but that of all together
with_unpriced as (
    select distinct rows_of_add_ons.subscription_id
    from rows_of_add_ons
    inner join {{ ref('stg_recurly__subscription_versions') }} as versions
        on rows_of_add_ons.subscription_id = versions.subscription_id
    where
        not rows_of_add_ons.is_usage
        and rows_of_add_ons.unit_amount is null
        and versions.add_ons_total is not null
),

priced_sums as (
    select
        versions.subscription_id,
        versions.version_number,
        sum(cast(rows_of_add_ons.quantity as decimal(28, 6)) * rows_of_add_ons.unit_amount) as priced_total
    from {{ ref('stg_recurly__subscription_versions') }} as versions
    inner join with_unpriced on versions.subscription_id = with_unpriced.subscription_id
    inner join rows_of_add_ons
        on
            versions.subscription_id = rows_of_add_ons.subscription_id
            and (
                rows_of_add_ons.told_at <= versions.updated_at
                or (rows_of_add_ons.row_of_add_on = 1 and rows_of_add_ons.created_at <= versions.updated_at)
            )
            and (rows_of_add_ons.next_told_at > versions.updated_at or rows_of_add_ons.next_told_at is null)
            and (rows_of_add_ons.expired_at > versions.updated_at or rows_of_add_ons.expired_at is null)
    where not rows_of_add_ons.is_usage and rows_of_add_ons.unit_amount is not null
    group by versions.subscription_id, versions.version_number
),

known_add_ons as (
    select
        subscription_id,
        plan_add_on_id,
        min(first_told_at) as first_told_at,
        max(case when is_usage then 1 else 0 end) as is_usage
    from rows_of_add_ons
    group by subscription_id, plan_add_on_id
),

with_rows as (
    select distinct subscription_id from known_add_ons
),
{%- endif %}
{%- if has_lines %}

lines as (
    select
        line_items.subscription_id,
        line_items.line_item_id,
        line_items.plan_add_on_id,
        line_items.add_on_code,
        line_items.starts_at,
        line_items.ends_at,
        line_items.quantity,
        line_items.unit_amount,
        line_items.subtotal,
        line_items.proration_rate,
        line_items.tax_rate,
        coalesce(line_items.is_tax_inclusive, subscriptions.is_tax_inclusive) as is_tax_inclusive,
        subscriptions.period_months,
        subscriptions.period_days,
        {%- if has_add_ons %}
        coalesce(known_add_ons.first_told_at, subscriptions.first_updated_at) as told_from,
        known_add_ons.subscription_id is not null as is_told,
        {%- else %}
        subscriptions.first_updated_at as told_from,
        false as is_told,
        {%- endif %}
        coalesce(
            {%- if has_add_ons %}
            known_add_ons.is_usage = 1,
            {%- endif %}
            {%- if has_types %}
            plan_add_ons.add_on_type = 'usage',
            {%- endif %}
            billed_afterwards.subscription_id is not null, false
        ) as is_usage
    from {{ ref('stg_recurly__line_items') }} as line_items
    inner join subscriptions on line_items.subscription_id = subscriptions.subscription_id
    left join billed_afterwards
        on
            line_items.subscription_id = billed_afterwards.subscription_id
            and line_items.plan_add_on_id = billed_afterwards.plan_add_on_id
    {%- if has_add_ons %}
    left join known_add_ons
        on
            line_items.subscription_id = known_add_ons.subscription_id
            and line_items.plan_add_on_id = known_add_ons.plan_add_on_id
    {%- endif %}
    {%- if has_types %}
    left join {{ ref('stg_recurly__plan_add_ons') }} as plan_add_ons
        on line_items.plan_add_on_id = plan_add_ons.plan_add_on_id
    {%- endif %}
    where
        line_items.origin = 'add_on'
        and line_items.plan_add_on_id is not null
        and line_items.source_reason is null
),

-- part of a period is charged by part of a price
fixed_lines as (
    select
        lines.*,
        lead(starts_at) over (
            partition by subscription_id, plan_add_on_id order by starts_at, line_item_id
        ) as next_starts_at,
        case
            when proration_rate > 0 and proration_rate < 1
                then cast(round({{ nrr.scaled('unit_amount', '1', 'proration_rate') }}, 2) as decimal(18, 6))
            when abs({{ nrr.times('unit_amount', 'quantity') }} - subtotal) > 0.01 then subtotal
            else unit_amount
        end as whole_unit_amount,
        case
            when coalesce(proration_rate, 1) = 1 and abs({{ nrr.times('unit_amount', 'quantity') }} - subtotal) > 0.01
                then 1
            else quantity
        end as whole_quantity
    from lines
    where not is_usage and starts_at < told_from
),

charged_until as (
    select
        fixed_lines.*,
        case
            -- up to where its rows tell
            when next_starts_at is null and not is_told and ends_at < told_from then ends_at
            when next_starts_at is null then told_from
            when ends_at is null or {{ nrr.day_later('ends_at') }} >= next_starts_at then next_starts_at
            else ends_at
        end as lasts_until
    from fixed_lines
),

with_charges as (
    select distinct subscription_id from fixed_lines
),

charged_add_ons as (
    select distinct
        subscription_id,
        plan_add_on_id
    from fixed_lines
),

usage_lines as (
    select
        lines.*,
        coalesce(subtotal, {{ nrr.times('unit_amount', 'quantity') }}) as usage_amount,
        lead(ends_at) over (
            partition by subscription_id, plan_add_on_id order by ends_at, line_item_id
        ) as next_ends_at,
        {{ nrr.usage_lapses_at(nrr.periods_later('ends_at', '1', 'period_months', 'period_days')) }}
            as next_is_due_by
    from lines
    where is_usage and ends_at is not null
),
{%- endif %}

points as (
    {%- if has_add_ons %}
    select
        rows_of_add_ons.subscription_id,
        {{ dbt.concat(['rows_of_add_ons.subscription_id', "':'", 'rows_of_add_ons.add_on_id']) }} as item_id,
        case
            when rows_of_add_ons.row_of_add_on > 1 then rows_of_add_ons.told_at
            {%- if has_lines %}
            when charged_add_ons.subscription_id is not null then rows_of_add_ons.told_at
            {%- endif %}
            when rows_of_add_ons.created_at < rows_of_add_ons.told_at then rows_of_add_ons.created_at
            else rows_of_add_ons.told_at
        end as starts_at,
        1 as evidence_rank,
        true as is_live,
        rows_of_add_ons.add_on_code,
        cast(case
            when rows_of_add_ons.tier_type in ('tiered', 'volume', 'stairstep') then 'tiered'
        end as {{ nrr.type_text() }}) as pricing_model,
        rows_of_add_ons.quantity,
        rows_of_add_ons.unit_amount,
        cast(null as boolean) as is_tax_inclusive,
        cast(null as decimal(18, 6)) as line_tax_rate
    from rows_of_add_ons
    {%- if has_lines %}
    left join charged_add_ons
        on
            rows_of_add_ons.subscription_id = charged_add_ons.subscription_id
            and rows_of_add_ons.plan_add_on_id = charged_add_ons.plan_add_on_id
    {%- endif %}
    left join with_unpriced on rows_of_add_ons.subscription_id = with_unpriced.subscription_id
    where
        not rows_of_add_ons.is_usage
        and (rows_of_add_ons.unit_amount is not null or with_unpriced.subscription_id is null)

    union all

    select
        subscription_id,
        {{ dbt.concat(['subscription_id', "':'", 'add_on_id']) }} as item_id,
        expired_at as starts_at,
        2 as evidence_rank,
        false as is_live,
        add_on_code,
        cast(null as {{ nrr.type_text() }}) as pricing_model,
        quantity,
        unit_amount,
        cast(null as boolean) as is_tax_inclusive,
        cast(null as decimal(18, 6)) as line_tax_rate
    from rows_of_add_ons
    where not is_usage and expired_at is not null and (next_told_at is null or expired_at <= next_told_at)

    union all

    -- a version without any add-on, after one with some: those that were there are gone
    select
        rows_of_add_ons.subscription_id,
        {{ dbt.concat(['rows_of_add_ons.subscription_id', "':'", 'rows_of_add_ons.add_on_id']) }} as item_id,
        versions.updated_at as starts_at,
        2 as evidence_rank,
        false as is_live,
        rows_of_add_ons.add_on_code,
        cast(null as {{ nrr.type_text() }}) as pricing_model,
        rows_of_add_ons.quantity,
        rows_of_add_ons.unit_amount,
        cast(null as boolean) as is_tax_inclusive,
        cast(null as decimal(18, 6)) as line_tax_rate
    from rows_of_add_ons
    inner join {{ ref('stg_recurly__subscription_versions') }} as versions
        on rows_of_add_ons.subscription_id = versions.subscription_id
    where
        not rows_of_add_ons.is_usage
        and rows_of_add_ons.quantity > 0 and rows_of_add_ons.unit_amount > 0
        and versions.updated_at > rows_of_add_ons.told_at
        and (versions.updated_at < rows_of_add_ons.next_told_at or rows_of_add_ons.next_told_at is null)
        and versions.add_ons_total = 0
        and versions.largest_add_ons_total_before > 0
        and versions.subtotal <= {{ nrr.times('versions.unit_amount', 'coalesce(versions.quantity, 1)') }}
        and versions.state <> 'expired'

    union all
    {%- endif %}

    -- add-ons of which only their sum is told, or what is left of it
    select
        versions.subscription_id,
        {{ dbt.concat(['versions.subscription_id', "':add_ons'"]) }} as item_id,
        {%- if has_lines %}
        case
            when versions.version_number = 1 and with_charges.subscription_id is null then versions.started_at
            else versions.updated_at
        end as starts_at,
        {%- else %}
        case when versions.version_number = 1 then versions.started_at else versions.updated_at end as starts_at,
        {%- endif %}
        1 as evidence_rank,
        {%- set priced = 'coalesce(priced_sums.priced_total, 0)' if has_add_ons else '0' %}
        {%- set told = 'versions.add_ons_total - ' ~ priced %}
        {{ told }} > 0 as is_live,
        cast(null as {{ nrr.type_text() }}) as add_on_code,
        cast(null as {{ nrr.type_text() }}) as pricing_model,
        cast(1 as decimal(18, 6)) as quantity,
        case when {{ told }} > 0 then {{ told }} else 0 end as unit_amount,
        cast(null as boolean) as is_tax_inclusive,
        cast(null as decimal(18, 6)) as line_tax_rate
    from {{ ref('stg_recurly__subscription_versions') }} as versions
    {%- if has_add_ons %}
    left join with_rows
        on versions.subscription_id = with_rows.subscription_id
    left join with_unpriced on versions.subscription_id = with_unpriced.subscription_id
    left join priced_sums
        on
            versions.subscription_id = priced_sums.subscription_id
            and versions.version_number = priced_sums.version_number
    {%- endif %}
    {%- if has_lines %}
    left join with_charges
        on versions.subscription_id = with_charges.subscription_id
    {%- endif %}
    where
        versions.add_ons_total is not null
        {%- if has_add_ons %}
        and (with_rows.subscription_id is null or with_unpriced.subscription_id is not null)
        {%- endif %}
    {%- if has_lines %}

    union all

    select
        subscription_id,
        {{ dbt.concat(['subscription_id', "':charge:'", 'plan_add_on_id']) }} as item_id,
        starts_at,
        3 as evidence_rank,
        true as is_live,
        add_on_code,
        cast(null as {{ nrr.type_text() }}) as pricing_model,
        whole_quantity as quantity,
        whole_unit_amount as unit_amount,
        is_tax_inclusive,
        tax_rate as line_tax_rate
    from charged_until

    union all

    select
        subscription_id,
        {{ dbt.concat(['subscription_id', "':charge:'", 'plan_add_on_id']) }} as item_id,
        lasts_until as starts_at,
        1 as evidence_rank,
        false as is_live,
        add_on_code,
        cast(null as {{ nrr.type_text() }}) as pricing_model,
        whole_quantity as quantity,
        whole_unit_amount as unit_amount,
        is_tax_inclusive,
        tax_rate as line_tax_rate
    from charged_until
    {%- if counts_usage %}

    union all

    select
        subscription_id,
        {{ dbt.concat(['subscription_id', "':usage:'", 'plan_add_on_id']) }} as item_id,
        ends_at as starts_at,
        2 as evidence_rank,
        true as is_live,
        add_on_code,
        cast('usage' as {{ nrr.type_text() }}) as pricing_model,
        cast(1 as decimal(18, 6)) as quantity,
        cast(usage_amount as decimal(18, 6)) as unit_amount,
        is_tax_inclusive,
        tax_rate as line_tax_rate
    from usage_lines

    union all

    select
        subscription_id,
        {{ dbt.concat(['subscription_id', "':usage:'", 'plan_add_on_id']) }} as item_id,
        next_is_due_by as starts_at,
        1 as evidence_rank,
        false as is_live,
        add_on_code,
        cast('usage' as {{ nrr.type_text() }}) as pricing_model,
        cast(1 as decimal(18, 6)) as quantity,
        cast(usage_amount as decimal(18, 6)) as unit_amount,
        is_tax_inclusive,
        tax_rate as line_tax_rate
    from usage_lines
    where next_is_due_by is not null and (next_ends_at is null or next_is_due_by < next_ends_at)
    {%- endif %}
    {%- endif %}
),

ranked as (
    select
        points.*,
        row_number() over (
            partition by item_id, starts_at order by evidence_rank desc, quantity desc, unit_amount desc
        ) as best_first
    from points
    where starts_at is not null
)

select
    ranked.subscription_id,
    ranked.item_id,
    ranked.starts_at,
    ranked.is_live,
    ranked.add_on_code,
    ranked.pricing_model,
    ranked.quantity,
    {{ nrr.exclusive_amount(
        'ranked.unit_amount', 'coalesce(ranked.is_tax_inclusive, subscriptions.is_tax_inclusive)',
        'coalesce(ranked.line_tax_rate, tax_rates.tax_rate)'
    ) }} as unit_amount,
    coalesce(ranked.is_tax_inclusive, subscriptions.is_tax_inclusive, false)
    and coalesce(ranked.line_tax_rate, tax_rates.tax_rate) is null as lacks_tax_rate
from ranked
inner join subscriptions on ranked.subscription_id = subscriptions.subscription_id
left join {{ ref('stg_recurly__tax_rates') }} as tax_rates on ranked.subscription_id = tax_rates.subscription_id
where ranked.best_first = 1
