{%- set columns = nrr.driver_columns() -%}
-- One row per account, month and change: of an item, or of two: one that ends in the month and one of the same product
-- that begins, as a plan does that is replaced by another. The largest goes with the largest.
with changes as (
    select
        changes.*,
        {{ dbt.concat(["'product '", 'coalesce(changes.product_id, changes.previous_product_id)']) }} as product_key,
        {{ dbt.concat(["'subscription '", 'changes.subscription_id']) }} as subscription_key,
        -- at the rates of the month before
        coalesce(
            changes.mrr * rates.previous_month_rate, changes.previous_mrr * previous_rates.previous_month_rate
        ) as worth
    from {{ ref('int_nrr__item_changes') }} as changes
    left join {{ ref('int_nrr__month_rates') }} as previous_rates
        on changes.previous_currency = previous_rates.currency and changes.month = previous_rates.month
    left join {{ ref('int_nrr__month_rates') }} as rates
        on changes.currency = rates.currency and changes.month = rates.month
    -- not after the newest month
    where previous_rates.month is not null or rates.month is not null
),

-- what ends or begins
ranked as (
    select
        changes.*,
        coalesce(product_key, subscription_key) as paired_by,
        row_number() over (
            partition by account_id, month, coalesce(product_key, subscription_key), mrr is null
            order by worth desc, subscription_id, subscription_item_id
        ) as largest_first
    from changes
    where previous_mrr is null or mrr is null
),

ended as (
    select * from ranked
    where mrr is null
),

begun as (
    select * from ranked
    where previous_mrr is null
)

select
    account_id,
    month,
    subscription_id,
    subscription_item_id,
    cast(null as {{ nrr.type_text() }}) as replaced_subscription_id,
    cast(null as {{ nrr.type_text() }}) as replaced_subscription_item_id,
    event_id
    {%- for column in columns %},
    previous_{{ column }},
    {{ column }}
    {%- endfor %}
from changes
where previous_mrr is not null and mrr is not null

union all

select
    coalesce(begun.account_id, ended.account_id) as account_id,
    coalesce(begun.month, ended.month) as month,
    coalesce(begun.subscription_id, ended.subscription_id) as subscription_id,
    coalesce(begun.subscription_item_id, ended.subscription_item_id) as subscription_item_id,
    case when begun.account_id is not null then ended.subscription_id end as replaced_subscription_id,
    case when begun.account_id is not null then ended.subscription_item_id end as replaced_subscription_item_id,
    case when begun.account_id is not null then begun.event_id else ended.event_id end as event_id
    {%- for column in columns %},
    ended.previous_{{ column }},
    begun.{{ column }}
    {%- endfor %}
from begun
full outer join ended
    on
        begun.account_id = ended.account_id
        and begun.month = ended.month
        and begun.paired_by = ended.paired_by
        and begun.largest_first = ended.largest_first
