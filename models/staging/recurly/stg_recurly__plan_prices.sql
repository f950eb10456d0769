{%- set has_lines = nrr.recurly_has('lines') -%}
{%- set has_changes = nrr.recurly_has('changes') -%}
{{ config(enabled=nrr.has_source('recurly')) }}
-- One row per subscription and instant at which something tells its plan's price and quantity from then on: its
-- versions; before the first of them the charges of its invoices; changes that were activated; the steps of a price
-- that ramps. What says more of one instant has the higher rank.
with subscription_versions as (
    select * from {{ ref('stg_recurly__subscription_versions') }}
),

versions as (
    select
        subscription_id,
        updated_at as starts_at,
        4 as evidence_rank,
        plan_id,
        currency,
        is_tax_inclusive,
        cast(null as decimal(18, 6)) as line_tax_rate,
        case
            when unit_amount is null and subtotal is not null then 1
            else coalesce(quantity, 1)
        end as quantity,
        -- subtotal has the add-ons in it
        coalesce(unit_amount, subtotal - coalesce(add_ons_total, 0)) as unit_amount,
        cast(null as {{ nrr.type_text() }}) as line_plan_code,
        cast(null as {{ nrr.type_text() }}) as line_interval_unit,
        cast(null as bigint) as line_interval_length
    from subscription_versions
),

subscriptions as (
    select
        subscription_id,
        plan_id,
        currency,
        unit_amount,
        first_updated_at,
        is_tax_inclusive
    from subscription_versions
    where version_number = 1
),

ramp_elements as (
    select * from {{ nrr.json_elements(
        ref('stg_recurly__subscription_versions'),
        [
            'subscription_id', 'version_number', 'updated_at', 'next_updated_at', 'plan_id', 'currency',
            'is_tax_inclusive', 'quantity',
        ],
        'ramp_intervals'
    ) }} as ramp_elements
),

ramp_steps as (
    select
        ramp_elements.*,
        {{ nrr.read_timestamp(nrr.json_value('element', 'starting_on')) }} as starts_at,
        {{ nrr.read_decimal(nrr.json_value('element', 'unit_amount')) }} as unit_amount
    from ramp_elements
)
{%- if has_lines %},

lines as (
    select
        line_items.*,
        subscriptions.plan_id as first_plan_id,
        subscriptions.currency as first_currency,
        subscriptions.unit_amount as first_unit_amount,
        coalesce(line_items.is_tax_inclusive, subscriptions.is_tax_inclusive) as has_tax_inside,
        coalesce(line_items.proration_rate, 1) = 1 as is_whole_period
    from {{ ref('stg_recurly__line_items') }} as line_items
    inner join subscriptions
        on
            line_items.subscription_id = subscriptions.subscription_id
            and line_items.starts_at < subscriptions.first_updated_at
    where
        line_items.origin = 'plan'
        and line_items.source_reason is null
        and coalesce(line_items.proration_rate, 1) > 0
),

-- Part of a period is charged by part of a price: the next charge of a whole period tells the price, if it fits.
lines_before_wholes as (
    select
        lines.*,
        sum(case when is_whole_period then 1 else 0 end) over (
            partition by subscription_id
            order by starts_at desc, line_item_id desc rows between unbounded preceding and current row
        ) as wholes_from_here
    from lines
),

priced_lines as (
    select
        lines_before_wholes.*,
        case
            when wholes_from_here > 0
                then max(case when is_whole_period then unit_amount end) over (
                    partition by subscription_id, wholes_from_here
                )
            when plan_id is null or plan_id = first_plan_id then first_unit_amount
        end as next_unit_amount
    from lines_before_wholes
),

line_prices as (
    select
        subscription_id,
        starts_at,
        -- the later charge of two from one instant on is the correction
        2 as evidence_rank,
        line_item_id,
        created_at,
        coalesce(plan_id, first_plan_id) as plan_id,
        coalesce(currency, first_currency) as currency,
        has_tax_inside as is_tax_inclusive,
        tax_rate as line_tax_rate,
        case
            when is_whole_period and abs({{ nrr.times('quantity', 'unit_amount') }} - subtotal) > 0.01 then 1
            else quantity
        end as quantity,
        case
            when is_whole_period and abs({{ nrr.times('quantity', 'unit_amount') }} - subtotal) > 0.01 then subtotal
            when is_whole_period then unit_amount
            when abs({{ nrr.times('next_unit_amount', 'proration_rate') }} - unit_amount) <= 0.011 then next_unit_amount
            else cast(round({{ nrr.scaled('unit_amount', '1', 'proration_rate') }}, 2) as decimal(18, 6))
        end as unit_amount,
        plan_code as line_plan_code,
        case
            when {{ nrr.day_of_month('starts_at') }} = {{ nrr.day_of_month('ends_at') }}
                and {{ nrr.months_between('starts_at', 'ends_at') }} > 0
                then 'months'
            else 'days'
        end as line_interval_unit,
        case
            when {{ nrr.day_of_month('starts_at') }} = {{ nrr.day_of_month('ends_at') }}
                and {{ nrr.months_between('starts_at', 'ends_at') }} > 0
                then cast({{ nrr.months_between('starts_at', 'ends_at') }} as bigint)
            else cast({{ nrr.days_between('starts_at', 'ends_at') }} as bigint)
        end as line_interval_length
    from priced_lines
),

last_lines as (
    select
        line_prices.*,
        row_number() over (
            partition by subscription_id, starts_at order by created_at desc nulls last, line_item_id desc
        ) as newest_first
    from line_prices
)
{%- endif %}
{%- if has_changes %}
{%- set change_columns = [
    'id', 'subscription_id', 'plan_id', 'plan', 'unit_amount', 'quantity', 'activate_at', 'activated', 'deleted_at',
    'updated_at',
] %},

changes as (
    select
        {{ nrr.read_text('subscription_id') }} as subscription_id,
        {{ nrr.read_timestamp('activate_at') }} as starts_at,
        coalesce({{ nrr.read_text('plan_id') }}, {{ nrr.json_value('plan', 'id') }}) as plan_id,
        {{ nrr.read_decimal('quantity') }} as quantity,
        {{ nrr.read_decimal('unit_amount') }} as unit_amount,
        coalesce({{ nrr.read_word('activated') }}, 'false') in ('true', 't', '1', 'yes')
        and {{ nrr.read_timestamp('deleted_at') }} is null as is_in_force,
        row_number() over (
            partition by {{ nrr.read_text('id') }} order by {{ nrr.read_timestamp('updated_at') }} desc nulls last
        ) as newest_first
    from {{ nrr.input_rows(nrr.recurly_input('changes'), change_columns) }} as input
)
{%- endif %},

evidence as (
    select * from versions

    union all

    -- a step to come, or one of the past that nothing else tells of
    select
        ramp_steps.subscription_id,
        ramp_steps.starts_at,
        1 as evidence_rank,
        ramp_steps.plan_id,
        ramp_steps.currency,
        ramp_steps.is_tax_inclusive,
        cast(null as decimal(18, 6)) as line_tax_rate,
        coalesce(ramp_steps.quantity, 1) as quantity,
        ramp_steps.unit_amount,
        cast(null as {{ nrr.type_text() }}) as line_plan_code,
        cast(null as {{ nrr.type_text() }}) as line_interval_unit,
        cast(null as bigint) as line_interval_length
    from ramp_steps
    where
        ramp_steps.unit_amount is not null
        and (ramp_steps.starts_at < ramp_steps.next_updated_at or ramp_steps.next_updated_at is null)
        and (
            ramp_steps.starts_at > ramp_steps.updated_at
            {%- if has_lines %}
            or ramp_steps.version_number = 1
            and ramp_steps.subscription_id not in (select lines.subscription_id from lines)
            {%- else %}
            or ramp_steps.version_number = 1
            {%- endif %}
        )
    {%- if has_lines %}

    union all

    select
        subscription_id,
        starts_at,
        evidence_rank,
        plan_id,
        currency,
        is_tax_inclusive,
        line_tax_rate,
        quantity,
        unit_amount,
        line_plan_code,
        line_interval_unit,
        line_interval_length
    from last_lines
    where newest_first = 1
    {%- endif %}
    {%- if has_changes %}

    union all

    select
        changes.subscription_id,
        changes.starts_at,
        3 as evidence_rank,
        changes.plan_id,
        subscriptions.currency,
        subscriptions.is_tax_inclusive,
        cast(null as decimal(18, 6)) as line_tax_rate,
        changes.quantity,
        changes.unit_amount,
        cast(null as {{ nrr.type_text() }}) as line_plan_code,
        cast(null as {{ nrr.type_text() }}) as line_interval_unit,
        cast(null as bigint) as line_interval_length
    from changes
    inner join subscriptions on changes.subscription_id = subscriptions.subscription_id
    where
        changes.newest_first = 1
        and changes.is_in_force
        and changes.starts_at is not null
        and changes.plan_id is not null
        and changes.unit_amount is not null
        and changes.quantity is not null
    {%- endif %}
),

ranked as (
    select
        evidence.*,
        row_number() over (
            partition by subscription_id, starts_at order by evidence_rank desc, plan_id, unit_amount, quantity
        ) as best_first
    from evidence
)

select
    ranked.subscription_id,
    ranked.starts_at,
    ranked.plan_id,
    coalesce(plan_periods.plan_code, ranked.line_plan_code) as plan_code,
    ranked.currency,
    ranked.quantity,
    {{ nrr.exclusive_amount(
        'ranked.unit_amount', 'ranked.is_tax_inclusive', 'coalesce(ranked.line_tax_rate, tax_rates.tax_rate)'
    ) }} as unit_amount,
    coalesce(ranked.is_tax_inclusive, false) and coalesce(ranked.line_tax_rate, tax_rates.tax_rate) is null
        as lacks_tax_rate,
    coalesce(plan_periods.interval_unit, ranked.line_interval_unit) as interval_unit,
    coalesce(plan_periods.interval_length, case when plan_periods.plan_id is null then ranked.line_interval_length end)
        as interval_length,
    plan_periods.plan_id is not null or ranked.line_interval_length is not null as is_known_plan
from ranked
left join {{ ref('stg_recurly__plans') }} as plan_periods on ranked.plan_id = plan_periods.plan_id
left join {{ ref('stg_recurly__tax_rates') }} as tax_rates on ranked.subscription_id = tax_rates.subscription_id
where ranked.best_first = 1
