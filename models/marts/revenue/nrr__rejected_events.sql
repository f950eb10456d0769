{%- set columns = nrr.event_columns() -%}
{%- set given = nrr.given_event_columns() -%}
{%- set content = nrr.texts_of(given) -%}
-- One row per input row of subscription_events that is not used: its columns as they were given.
with
-- a state that is delivered twice replaces itself
replaced as (
    select distinct
        subscription_id,
        starts_at
    from {{ ref('int_nrr__item_states') }}
    where starts_at = ends_at
),

-- what cannot be used, and what may have been delivered twice
candidates as (
    select events.*
    from {{ ref('int_nrr__checked_events') }} as events
    left join replaced
        on events.subscription_id = replaced.subscription_id and events.effective_at = replaced.starts_at
    where events.reason is not null or replaced.subscription_id is not null
),

deliveries as (
    select
        candidates.*,
        row_number() over (
            partition by
                event_id, subscription_id, subscription_item_id, effective_at, is_of_whole_subscription,
                -- without an id of its own the row's content is its id
                case when event_id is null then {{ nrr.fingerprint(content) }} end
            order by
                {{ nrr.state_order(descending=true) | indent(16) }},
                -- written differently, but the same
                {%- for column in given %}
                {{ nrr.as_text(column) }} nulls last{{ ',' if not loop.last }}
                {%- endfor %}
        ) as newest_first
    from candidates
    where reason is null
),

rejected as (
    select
        {%- for column in columns %}
        {{ nrr.as_text('given_' ~ column) }} as {{ column }},
        {%- endfor %}
        reason,
        source_system,
        source_row
    from candidates
    where reason is not null

    union all

    select
        {%- for column in columns %}
        {{ nrr.as_text('given_' ~ column) }} as {{ column }},
        {%- endfor %}
        'duplicate' as reason,
        source_system,
        source_row
    from deliveries
    where newest_first > 1
),

by_month as (
    select
        rejected.*,
        coalesce(substr(effective_at, 1, 7), '') as given_month
    from rejected
),

-- rows are numbered month by month, since one number for all would bring them all to one place
months as (
    select
        reason,
        given_month,
        count(*) as number_of_rows
    from by_month
    group by reason, given_month
),

rows_before as (
    select
        months.*,
        sum(number_of_rows) over (
            order by reason, given_month rows between unbounded preceding and current row
        ) - number_of_rows as number_of_rows_before
    from months
)

select
    cast(rows_before.number_of_rows_before as bigint) + row_number() over (
        partition by by_month.reason, by_month.given_month
        order by
            {%- for column in columns %}
            by_month.{{ column }} nulls last,
            {%- endfor %}
            by_month.source_row nulls last
    ) as rejected_row,
    {%- for column in columns %}
    by_month.{{ column }},
    {%- endfor %}
    by_month.reason,
    by_month.source_system,
    by_month.source_row
from by_month
inner join rows_before
    on by_month.reason = rows_before.reason and by_month.given_month = rows_before.given_month
