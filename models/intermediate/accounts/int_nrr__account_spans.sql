{%- set dimensions = nrr.item_dimensions() -%}
{%- set settings = [
    (config.get('meta') or {}).get('package_version', ''), nrr.setting('nrr_timezone'), nrr.setting('nrr_segments')
] | tojson -%}
-- One row per account and span, a run of months at whose ends neither what it pays nor its segments change, from
-- its first month with MRR on: MRR in its currency, and what it was before. An account that never pays has one row
-- without a span, and so has one that pays in several currencies (int_nrr__several_currency_months).
with attribute_runs as (
    select * from {{ ref('int_nrr__account_attributes') }}
),

attribute_fingerprints as (
    select
        account_id,
        sum(cast({{ nrr.fingerprint(['first_month', 'attributes']) }} as {{ nrr.type_wide_integer() }})) as fingerprint
    from attribute_runs
    group by account_id
),

inputs as (
    select
        states.account_id,
        {{ nrr.fingerprint([
            'states.fingerprint', 'coalesce(attribute_fingerprints.fingerprint, 0)', nrr.text_literal(settings)
        ]) }} as fingerprint
    from (
        select distinct
            account_id,
            fingerprint
        from {{ ref('int_nrr__item_states') }}
    ) as states
    left join attribute_fingerprints on states.account_id = attribute_fingerprints.account_id
),

accounts as (
    select inputs.*
    from inputs
    {%- if is_incremental() %}
    -- whose states or attributes are others than those that their rows were made from
    left join (select distinct built.account_id, built.fingerprint from {{ this }} as built) as known
        on inputs.account_id = known.account_id
    where {{ nrr.is_other('inputs.fingerprint', 'known.fingerprint') }}
    {%- endif %}
),

-- what is paid at the end of a month, and from which month to which
items as (
    select
        states.account_id,
        states.currency,
        states.mrr,
        coalesce(states.pricing_model, '(unknown)') as pricing_model,
        coalesce(states.plan_id, '(unknown)') as plan,
        coalesce(states.billing_interval, '(unknown)') as billing_interval,
        {{ nrr.month_of('states.starts_at') }} as first_month,
        {{ nrr.month_of('states.ends_at') }} as end_month
    from {{ ref('int_nrr__item_states') }} as states
    {%- if is_incremental() %}
    inner join accounts on states.account_id = accounts.account_id
    {%- endif %}
    where
        states.mrr > 0
        and ({{ nrr.month_of('states.starts_at') }} < {{ nrr.month_of('states.ends_at') }} or states.ends_at is null)
),

several_currencies as (
    select
        account_id,
        min(first_month) as acquisition_month
    from items
    group by account_id
    having min(currency) <> max(currency)
),

keyed_items as (
    select
        items.*,
        cast({{ nrr.fingerprint(dimensions) }} as {{ nrr.type_wide_integer() }}) as item_key
    from items
    left join several_currencies on items.account_id = several_currencies.account_id
    where several_currencies.account_id is null
),

item_keys as (
    select
        item_key
        {%- for dimension in dimensions %},
        min({{ dimension }}) as {{ dimension }}
        {%- endfor %}
    from keyed_items
    group by item_key
),

attribute_keys as (
    select
        attributes,
        cast({{ nrr.fingerprint(['attributes']) }} as {{ nrr.type_wide_integer() }}) as attributes_key
    from attribute_runs
    group by attributes
),

-- an item, and a row of accounts, begins with one month and ends with another
sides as (
    select 1 as side
    union all
    select -1 as side
),

changes as (
    select
        account_id,
        case when side = 1 then first_month else end_month end as month,
        side as items,
        case when side = 1 then mrr else -mrr end as mrr,
        case when side = 1 then item_key else -item_key end as item_key,
        0 as attributes_key,
        currency
    from keyed_items
    cross join sides
    where side = 1 or end_month is not null

    union all

    select
        runs.account_id,
        case when side = 1 then runs.first_month else runs.end_month end as month,
        0 as items,
        0 as mrr,
        0 as item_key,
        case when side = 1 then attribute_keys.attributes_key else -attribute_keys.attributes_key end as attributes_key,
        null as currency
    from attribute_runs as runs
    {%- if is_incremental() %}
    inner join accounts on runs.account_id = accounts.account_id
    {%- endif %}
    inner join attribute_keys on runs.attributes = attribute_keys.attributes
    cross join sides
    where side = 1 or runs.end_month is not null
),

monthly_changes as (
    select
        account_id,
        month,
        sum(items) as items,
        sum(mrr) as mrr,
        sum(item_key) as item_key,
        sum(attributes_key) as attributes_key,
        max(currency) as currency
    from changes
    group by account_id, month
),

-- What all changes up to a month add up to is what holds at its end. Where one item pays, the sum of the keys of those
-- that pay is its key; where none is left, nothing is.
spans as (
    select
        account_id,
        month as first_month,
        lead(month) over (partition by account_id order by month) as end_month,
        {%- for column in ['items', 'mrr', 'item_key', 'attributes_key'] %}
        sum({{ column }}) over (
            partition by account_id order by month rows between unbounded preceding and current row
        ) as {{ column }},
        {%- endfor %}
        mrr as change_mrr,
        min(case when currency is not null then month end) over (
            partition by account_id order by month rows between unbounded preceding and current row
        ) as acquisition_month,
        max(currency) over (
            partition by account_id order by month rows between unbounded preceding and current row
        ) as currency
    from monthly_changes
),

-- where several items pay: of each dimension the value with the largest share
shares as (
    {%- for dimension in dimensions %}
    select
        spans.account_id,
        spans.first_month,
        '{{ dimension }}' as dimension,
        items.{{ dimension }} as segment,
        row_number() over (
            partition by spans.account_id, spans.first_month order by sum(items.mrr) desc, items.{{ dimension }}
        ) as largest_first
    from spans
    inner join keyed_items as items
        on
            spans.account_id = items.account_id
            and spans.first_month >= items.first_month
            and (spans.first_month < items.end_month or items.end_month is null)
    where spans.items > 1
    group by spans.account_id, spans.first_month, items.{{ dimension }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

largest_shares as (
    select
        account_id,
        first_month
        {%- for dimension in dimensions %},
        max(case when dimension = '{{ dimension }}' then segment end) as {{ dimension }}
        {%- endfor %}
    from shares
    where largest_first = 1
    group by account_id, first_month
),

named as (
    select
        spans.account_id,
        spans.first_month,
        spans.end_month,
        spans.currency,
        spans.mrr - spans.change_mrr as opening_mrr,
        spans.mrr,
        spans.acquisition_month,
        {{ nrr.quarter_name('spans.acquisition_month') }} as acquisition_quarter,
        {%- for dimension in dimensions %}
        coalesce(item_keys.{{ dimension }}, largest_shares.{{ dimension }}, '(unknown)') as {{ dimension }},
        {%- endfor %}
        coalesce(attribute_keys.attributes, {{ nrr.unknown_attributes() }}) as attributes
    from spans
    left join item_keys on spans.items = 1 and spans.item_key = item_keys.item_key
    left join largest_shares
        on spans.account_id = largest_shares.account_id and spans.first_month = largest_shares.first_month
    left join attribute_keys on spans.attributes_key = attribute_keys.attributes_key
    where spans.acquisition_month is not null
),

keyed as (
    select
        named.*,
        {{ nrr.segment_key() }} as segment_key
    from named
),

in_order as (
    select
        keyed.*,
        lag(segment_key) over (partition by account_id order by first_month) as opening_segment_key,
        max(case when opening_mrr = 0 then first_month end) over (
            partition by account_id order by first_month rows between unbounded preceding and current row
        ) as paying_since
    from keyed
)

select
    accounts.account_id,
    in_order.first_month,
    in_order.end_month,
    in_order.currency,
    cast(in_order.opening_mrr as decimal(18, 4)) as opening_mrr,
    cast(in_order.mrr as decimal(18, 4)) as mrr,
    coalesce(in_order.acquisition_month, several_currencies.acquisition_month) as acquisition_month,
    in_order.paying_since,
    in_order.acquisition_quarter,
    {%- for dimension in dimensions %}
    in_order.{{ dimension }},
    {%- endfor %}
    in_order.attributes,
    in_order.segment_key,
    in_order.opening_segment_key,
    several_currencies.account_id is not null as has_several_currencies,
    accounts.fingerprint
from accounts
left join in_order on accounts.account_id = in_order.account_id
left join several_currencies on accounts.account_id = several_currencies.account_id
