{{ config(post_hook='{{ nrr.warn_of_rejected_events() }}') }}
{%- set columns = nrr.event_columns() -%}
-- One row per input row of subscription_events that is not used: its columns as they were given.
with rejected as (
    select
        events.*,
        coalesce(substr(raw_effective_at, 1, 7), '') as given_month
    from {{ ref('stg_nrr__subscription_events') }} as events
    where rejection_reason is not null
),

-- rows are numbered month by month, since one number for all would bring them all to one place
months as (
    select
        rejection_reason,
        given_month,
        count(*) as number_of_rows
    from rejected
    group by rejection_reason, given_month
),

rows_before as (
    select
        months.*,
        sum(number_of_rows) over (
            order by rejection_reason, given_month rows between unbounded preceding and current row
        ) - number_of_rows as number_of_rows_before
    from months
)

select
    cast(rows_before.number_of_rows_before as bigint) + row_number() over (
        partition by rejected.rejection_reason, rejected.given_month
        order by
            {%- for column in columns %}
            rejected.raw_{{ column }} nulls last{{ ',' if not loop.last }}
            {%- endfor %}
    ) as rejected_row,
    {%- for column in columns %}
    rejected.raw_{{ column }} as {{ column }},
    {%- endfor %}
    rejected.rejection_reason as reason
from rejected
inner join rows_before
    on rejected.rejection_reason = rows_before.rejection_reason and rejected.given_month = rows_before.given_month
