{{ config(enabled=nrr.rebuilds_stripe(), materialized='table') }}
-- One row per item and change of its price or quantity, or its end, up to the next one.
{%- set minute_before = nrr.moved('holds_from', 'second', -60) %}
with lives as (
    select * from {{ ref('stg_stripe__subscription_lives') }}
),

lines as (
    select * from {{ ref('stg_stripe__item_lines') }}
),

items as (
    select
        items.subscription_item_id,
        items.subscription_id,
        items.price_id,
        case when not coalesce(prices.is_metered, false) then items.quantity end as quantity,
        items.created_at,
        items.recorded_at
    from {{ ref('stg_stripe__items') }} as items
    left join {{ ref('stg_stripe__prices') }} as prices on items.price_id = prices.price_id
    where items.source_reason is null
),

-- What was so at an instant, and how far that is to be believed. A credit says what was so before.
evidence as (
    select
        subscription_item_id,
        subscription_id,
        period_starts_at as holds_from,
        period_ends_at as holds_to,
        case when line_kind = 'debit' then 2 else 3 end as trust,
        price_id,
        case when not is_metered then quantity end as quantity,
        false as is_gone,
        recorded_at
    from lines
    where line_kind <> 'credit'
    {%- if nrr.stripe_loader() == 'airbyte' %}

    union all

    select
        subscription_item_id,
        subscription_id,
        version_at as holds_from,
        version_at as holds_to,
        1 as trust,
        price_id,
        quantity,
        is_gone,
        recorded_at
    from {{ ref('stg_stripe__airbyte_item_versions') }}
    {%- endif %}
),

-- of those within a minute, the one to be believed most
neighbours as (
    select
        *,
        lag(holds_from) over (partition by subscription_item_id order by holds_from, trust desc) as from_before,
        lag(trust) over (partition by subscription_item_id order by holds_from, trust desc) as trust_before,
        lead(holds_from) over (partition by subscription_item_id order by holds_from, trust desc) as from_after,
        lead(trust) over (partition by subscription_item_id order by holds_from, trust desc) as trust_after
    from evidence
),

points as (
    select
        *,
        row_number() over (
            partition by subscription_item_id, holds_from
            order by trust, recorded_at desc nulls last, price_id, quantity desc
        ) as choice
    from neighbours
    where
        not coalesce(trust_before < trust and from_before >= {{ minute_before }}, false)
        and not coalesce(
            trust_after < trust and from_after <= {{ nrr.moved('holds_from', 'second', 60) }}, false
        )
),

-- the first and the last that is known of each item
bounds as (
    select
        subscription_item_id,
        subscription_id,
        min(holds_from) as first_at,
        max(holds_from) as last_at,
        max(holds_to) as billed_to
    from points
    where choice = 1
    group by subscription_item_id, subscription_id
),

credits as (
    select
        lines.subscription_item_id,
        lines.subscription_id,
        lines.period_starts_at as credited_at,
        lines.price_id,
        case when not lines.is_metered then lines.quantity end as quantity,
        lines.recorded_at,
        row_number() over (partition by lines.subscription_item_id order by lines.period_starts_at, lines.price_id)
            as nth,
        row_number() over (partition by lines.subscription_item_id order by lines.period_starts_at desc, lines.price_id)
            as number_from_last
    from lines
    where lines.line_kind = 'credit'
),

-- A credit without anything at its instant, and another state later: that state began when the old one was given back.
credits_before_others as (
    select
        credits.subscription_item_id,
        credits.subscription_id,
        credits.credited_at,
        credits.price_id,
        credits.quantity,
        min(points.holds_from) as next_at
    from credits
    inner join points
        on
            credits.subscription_item_id = points.subscription_item_id
            and points.choice = 1
            and points.holds_from >= {{ nrr.moved('credits.credited_at', 'second', -60) }}
    group by
        credits.subscription_item_id,
        credits.subscription_id,
        credits.credited_at,
        credits.price_id,
        credits.quantity
),

last_points as (
    select
        points.subscription_item_id,
        points.price_id,
        points.quantity,
        points.is_gone
    from points
    inner join bounds
        on points.subscription_item_id = bounds.subscription_item_id and points.holds_from = bounds.last_at
    where points.choice = 1
),

first_of_subscriptions as (
    select
        subscription_id,
        min(first_at) as first_at
    from bounds
    group by subscription_id
),

-- Every item that is or was there: from when on, and what is said by its last line, its last credit, and as it is now.
known as (
    select
        coalesce(items.subscription_item_id, bounds.subscription_item_id) as subscription_item_id,
        coalesce(items.subscription_id, bounds.subscription_id) as subscription_id,
        items.subscription_item_id is not null as is_there,
        items.price_id,
        items.quantity,
        items.created_at,
        items.recorded_at,
        bounds.first_at,
        bounds.last_at,
        bounds.billed_to
    from items
    full outer join bounds on items.subscription_item_id = bounds.subscription_item_id
),

-- an item of which there is a credit, and nothing else
only_credited as (
    select
        credits.subscription_item_id,
        credits.subscription_id,
        false as is_there,
        credits.price_id,
        credits.quantity,
        cast(null as {{ nrr.type_instant() }}) as created_at,
        credits.recorded_at,
        cast(null as {{ nrr.type_instant() }}) as first_at,
        cast(null as {{ nrr.type_instant() }}) as last_at,
        cast(null as {{ nrr.type_instant() }}) as billed_to
    from credits
    left join known on credits.subscription_item_id = known.subscription_item_id
    where known.subscription_item_id is null and credits.nth = 1
),

all_known as (
    select * from known
    union all
    select * from only_credited
),

dated as (
    select
        all_known.*,
        lives.begins_at as subscription_begins_at,
        lives.recorded_at as subscription_recorded_at,
        first_credits.credited_at as first_credited_at,
        first_credits.price_id as first_credited_price_id,
        first_credits.quantity as first_credited_quantity,
        last_credits.credited_at as last_credited_at,
        last_points.price_id as last_price_id,
        last_points.quantity as last_quantity,
        coalesce(last_points.is_gone, false) as was_gone,
        case
            -- made with the subscription, or there on its first invoice: it began with it, perhaps before it was made
            when
                all_known.created_at <= {{ nrr.moved('lives.created_at', 'second', 60) }}
                or (
                    all_known.created_at is null
                    and (
                        all_known.first_at is null
                        or all_known.first_at <= {{ nrr.moved('first_of_subscriptions.first_at', 'second', 60) }}
                    )
                )
                then lives.begins_at
            when all_known.created_at <= all_known.first_at or all_known.first_at is null then all_known.created_at
            else all_known.first_at
        end as begins_at
    from all_known
    inner join lives on all_known.subscription_id = lives.subscription_id
    left join first_of_subscriptions on all_known.subscription_id = first_of_subscriptions.subscription_id
    left join last_points on all_known.subscription_item_id = last_points.subscription_item_id
    left join credits as first_credits
        on all_known.subscription_item_id = first_credits.subscription_item_id and first_credits.nth = 1
    left join credits as last_credits
        on all_known.subscription_item_id = last_credits.subscription_item_id and last_credits.number_from_last = 1
),

judged as (
    select
        *,
        -- a credit that nothing follows gives back a state whose end it is
        case
            when last_credited_at > {{ nrr.moved('last_at', 'second', 60) }} or last_at is null then last_credited_at
        end as unmatched_at,
        is_there and (
            last_at is null
            or was_gone
            or price_id <> last_price_id
            or last_price_id is null
            or coalesce(quantity, 1) <> coalesce(last_quantity, 1)
        ) as is_other_now
    from dated
),

-- The newest change that the history shows, after the last line. A row for a renewal that the line is of is none; a new
-- period that no line is of began at its own beginning.
versions as (
    select
        subscription_id,
        version_at,
        period_starts_at,
        is_evidence,
        lag(period_starts_at) over (partition by subscription_id order by version_at, is_newest) as period_before
    from {{ ref('stg_stripe__subscription_states') }}
    where source_reason is null
),

newest_versions as (
    select
        judged.subscription_item_id,
        max(case
            when
                versions.period_starts_at <> versions.period_before
                and versions.period_starts_at between judged.last_at and versions.version_at
                then versions.period_starts_at
            else versions.version_at
        end) as changed_at
    from judged
    inner join versions on judged.subscription_id = versions.subscription_id and versions.is_evidence
    where
        judged.is_other_now
        and versions.version_at > judged.last_at
        and not coalesce(
            versions.period_starts_at <> versions.period_before
            and versions.period_starts_at <= {{ nrr.moved('judged.last_at', 'second', 60) }},
            false
        )
    group by judged.subscription_item_id
),

changes as (
    -- as it was at the beginning: carried back from the first that is known
    select
        judged.subscription_item_id,
        judged.subscription_id,
        case when judged.begins_at <= points.holds_from then judged.begins_at else points.holds_from end as changes_at,
        4 as trust,
        case
            when judged.first_credited_at <= points.holds_from then judged.first_credited_price_id else points.price_id
        end as price_id,
        case
            when judged.first_credited_at <= points.holds_from then judged.first_credited_quantity else points.quantity
        end as quantity,
        false as is_gone,
        true as is_reconstructed,
        points.recorded_at
    from judged
    inner join points
        on
            judged.subscription_item_id = points.subscription_item_id
            and judged.first_at = points.holds_from
            and points.choice = 1

    union all

    -- ... or from what was given back, or from what it is now
    select
        subscription_item_id,
        subscription_id,
        begins_at as changes_at,
        4 as trust,
        coalesce(first_credited_price_id, price_id) as price_id,
        case when first_credited_at is not null then first_credited_quantity else quantity end as quantity,
        false as is_gone,
        true as is_reconstructed,
        recorded_at
    from judged
    where first_at is null

    union all

    select
        subscription_item_id,
        subscription_id,
        holds_from as changes_at,
        trust,
        price_id,
        quantity,
        is_gone,
        false as is_reconstructed,
        recorded_at
    from points
    where choice = 1

    union all

    select
        credits_before_others.subscription_item_id,
        credits_before_others.subscription_id,
        credits_before_others.credited_at as changes_at,
        5 as trust,
        points.price_id,
        points.quantity,
        points.is_gone,
        true as is_reconstructed,
        points.recorded_at
    from credits_before_others
    inner join points
        on
            credits_before_others.subscription_item_id = points.subscription_item_id
            and credits_before_others.next_at = points.holds_from
            and points.choice = 1
    where
        credits_before_others.next_at > {{ nrr.moved('credits_before_others.credited_at', 'second', 60) }}
        and (
            coalesce(credits_before_others.price_id, '') <> coalesce(points.price_id, '')
            or coalesce(credits_before_others.quantity, 1) <> coalesce(points.quantity, 1)
        )

    union all

    -- What it is now is another than its last line says: since the credit of the old state, or else since the newest
    -- change of the subscription that is known, or else since the sync.
    select
        judged.subscription_item_id,
        judged.subscription_id,
        case
            when judged.unmatched_at is not null then judged.unmatched_at
            when newest_versions.changed_at is not null then newest_versions.changed_at
            when coalesce(judged.recorded_at, judged.subscription_recorded_at) > judged.last_at
                then coalesce(judged.recorded_at, judged.subscription_recorded_at)
            else judged.last_at
        end as changes_at,
        1 as trust,
        judged.price_id,
        judged.quantity,
        false as is_gone,
        true as is_reconstructed,
        judged.recorded_at
    from judged
    left join newest_versions on judged.subscription_item_id = newest_versions.subscription_item_id
    where judged.is_other_now and not (judged.last_at is null and judged.unmatched_at is null)

    union all

    -- it is there no longer
    select
        subscription_item_id,
        subscription_id,
        coalesce(unmatched_at, billed_to) as changes_at,
        0 as trust,
        cast(null as {{ nrr.type_text() }}) as price_id,
        cast(null as decimal(18, 6)) as quantity,
        true as is_gone,
        unmatched_at is null as is_reconstructed,
        recorded_at
    from judged
    where not is_there and not was_gone and coalesce(unmatched_at, billed_to) is not null
),

ranked as (
    select
        *,
        row_number() over (
            partition by subscription_item_id, changes_at
            order by trust, recorded_at desc nulls last, price_id
        ) as choice
    from changes
),

in_order as (
    select
        *,
        row_number() over (partition by subscription_item_id order by changes_at) as nth,
        lag(price_id) over (partition by subscription_item_id order by changes_at) as price_before,
        lag(quantity) over (partition by subscription_item_id order by changes_at) as quantity_before,
        lag(is_gone) over (partition by subscription_item_id order by changes_at) as gone_before,
        lag(is_reconstructed) over (partition by subscription_item_id order by changes_at) as flag_before
    from ranked
    where choice = 1
)

select
    subscription_item_id,
    subscription_id,
    changes_at,
    lead(changes_at) over (partition by subscription_item_id order by changes_at) as next_change_at,
    price_id,
    quantity,
    is_gone,
    is_reconstructed,
    recorded_at
from in_order
where
    nth = 1
    or coalesce(price_id, '') <> coalesce(price_before, '')
    or coalesce(quantity, -1) <> coalesce(quantity_before, -1)
    or is_gone <> gone_before
    or is_reconstructed <> flag_before
