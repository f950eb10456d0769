{{ config(enabled=nrr.has_source('recurly')) }}
{%- set columns = ['id', 'code', 'interval_unit', 'interval_length', 'updated_at'] -%}
-- One row per plan: how long a billing period of it is, which cannot change once there is the plan. What it costs can,
-- and is not read: a subscription has its own price.
with input as (
    select * from {{ nrr.input_rows(nrr.recurly_input('plans'), columns) }} as input
),

versions as (
    select
        {{ nrr.read_text('id') }} as plan_id,
        {{ nrr.read_text('code') }} as plan_code,
        coalesce({{ nrr.read_word('interval_unit') }}, 'months') as interval_unit,
        case
            when {{ nrr.read_text('interval_length') }} is null then 1
            else {{ nrr.read_whole_number('interval_length') }}
        end as interval_length,
        row_number() over (
            partition by {{ nrr.read_text('id') }} order by {{ nrr.read_timestamp('updated_at') }} desc nulls last
        ) as newest_first
    from input
)

select
    plan_id,
    plan_code,
    interval_unit,
    interval_length,
    cast(case
        when interval_unit in ('month', 'months') then interval_length
        when interval_unit in ('year', 'years') then 12 * interval_length
        when interval_unit in ('day', 'days', 'week', 'weeks') then 0
    end as integer) as period_months,
    cast(case
        when interval_unit in ('day', 'days') then interval_length
        when interval_unit in ('week', 'weeks') then 7 * interval_length
        when interval_unit in ('month', 'months', 'year', 'years') then 0
    end as integer) as period_days
from versions
where newest_first = 1 and plan_id is not null
