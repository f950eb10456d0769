{%- set types = nrr.driver_columns() -%}
{%- set columns = types.keys() | list -%}
-- One row per account, month and item of which the account has another state at the month's end than at the end of the
-- month before: both. What an item that is not there, or not the account's, was or is, is null.
with runs as (
    select
        account_id,
        subscription_id,
        subscription_item_id,
        event_id,
        {{ nrr.month_of('starts_at') }} as month,
        -- an item is there while its status carries MRR, even if it costs nothing
        {%- for column in columns %}
        case
            when {{ nrr.carries_mrr('status') }} and billing_interval <> 'one_time' then {{ column }}
        end as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_nrr__item_states') }}
    where
        subscription_id is not null
        -- in force at the end of a month
        and ({{ nrr.month_of('starts_at') }} < {{ nrr.month_of('ends_at') }} or ends_at is null)
),

in_order as (
    select
        runs.*,
        {%- for column in ['account_id'] + columns %}
        lag({{ column }}) over (
            partition by subscription_id, subscription_item_id order by month
        ) as previous_{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from runs
)

select
    account_id,
    month,
    subscription_id,
    subscription_item_id,
    event_id,
    {%- for column in columns %}
    case when previous_account_id = account_id then previous_{{ column }} end as previous_{{ column }},
    {%- endfor %}
    {{ columns | join(',\n    ') }}
from in_order
where mrr is not null or (previous_mrr is not null and previous_account_id = account_id)

union all

-- an item that moves to another account ends in the old one
select
    previous_account_id as account_id,
    month,
    subscription_id,
    subscription_item_id,
    event_id,
    {%- for column in columns %}
    previous_{{ column }},
    {%- endfor %}
    {%- for column in columns %}
    cast(null as {{ types[column] }}) as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from in_order
where previous_mrr is not null and previous_account_id <> account_id
