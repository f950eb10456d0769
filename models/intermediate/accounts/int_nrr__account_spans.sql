{%- set dimensions = nrr.item_dimensions() -%}
-- One row per account and span, a run of months at whose ends neither what it pays nor its segments change, from
-- its first month with MRR on: MRR in its currency, and what it was before. An account that never pays has one row
-- without a span, and so has one that pays in several currencies (int_nrr__several_currency_months).
with
{%- if is_incremental() %}
built as (
    select distinct
        account_id,
        fingerprint
    from {{ this }}
),

{% endif %}
accounts as (
    select
        input.account_id,
        input.fingerprint
    from {{ ref('int_nrr__span_fingerprints') }} as input
    {%- if is_incremental() %}
    -- whose states or attributes are others than those that their rows were made from
    left join built on input.account_id = built.account_id
    where {{ nrr.is_other('input.fingerprint', 'built.fingerprint') }}
    {%- endif %}
),

-- what is paid at the end of a month, and from which month to which
items as (
    select
        states.account_id,
        accounts.fingerprint,
        states.currency,
        states.mrr,
        coalesce(states.pricing_model, '(unknown)') as pricing_model,
        coalesce(states.product_id, '(unknown)') as product,
        coalesce(states.plan_id, '(unknown)') as plan,
        coalesce(states.billing_interval, '(unknown)') as billing_interval,
        -- the interval first, which no item lacks: from that column DuckDB concludes how few keys there are
        cast({{ nrr.fingerprint([
            'states.billing_interval', 'states.product_id', 'states.plan_id', 'states.pricing_model',
        ]) }} as {{ nrr.type_wide_integer() }}) as item_key,
        {{ nrr.month_of('states.starts_at') }} as first_month,
        {{ nrr.month_of('states.ends_at') }} as end_month
    from {{ ref('int_nrr__item_states') }} as states
    inner join accounts on states.account_id = accounts.account_id
    where
        states.mrr > 0
        and ({{ nrr.month_of('states.starts_at') }} < {{ nrr.month_of('states.ends_at') }} or states.ends_at is null)
),

payers as (
    select
        account_id,
        min(first_month) as acquisition_month,
        min(currency) as currency,
        min(currency) <> max(currency) as has_several_currencies,
        min(fingerprint) as fingerprint
    from items
    group by account_id
),

-- from the first month with MRR on
attribute_runs as (
    select
        payers.account_id,
        {{ nrr.later('runs.first_month', 'payers.acquisition_month') }} as first_month,
        runs.end_month,
        runs.attributes,
        cast({{ nrr.fingerprint(['runs.attributes']) }} as {{ nrr.type_wide_integer() }}) as attributes_key
    from {{ ref('int_nrr__account_attributes') }} as runs
    inner join payers on runs.account_id = payers.account_id
    where
        not payers.has_several_currencies
        and (runs.end_month > payers.acquisition_month or runs.end_month is null)
),

item_keys as (
    select
        item_key
        {%- for dimension in dimensions %},
        min({{ dimension }}) as {{ dimension }}
        {%- endfor %}
    from items
    group by item_key
),

attribute_keys as (
    select
        attributes_key,
        min(attributes) as attributes
    from attribute_runs
    group by attributes_key
),

-- an item, and a row of accounts, begins with one month and ends with another
sides as (
    select 1 as side
    union all
    select -1 as side
),

changes as (
    select
        items.account_id,
        case when side = 1 then items.first_month else items.end_month end as month,
        side as items,
        case when side = 1 then items.mrr else -items.mrr end as mrr,
        case when side = 1 then items.item_key else -items.item_key end as item_key,
        0 as attributes_key
    from items
    inner join payers on items.account_id = payers.account_id
    cross join sides
    where
        not payers.has_several_currencies
        and (side = 1 or items.end_month is not null)

    union all

    select
        account_id,
        case when side = 1 then first_month else end_month end as month,
        0 as items,
        0 as mrr,
        0 as item_key,
        case when side = 1 then attributes_key else -attributes_key end as attributes_key
    from attribute_runs
    cross join sides
    where side = 1 or end_month is not null
),

monthly_changes as (
    select
        account_id,
        month,
        sum(items) as items_change,
        sum(mrr) as mrr_change,
        sum(item_key) as item_key_change,
        sum(attributes_key) as attributes_key_change
    from changes
    group by account_id, month
),

-- What all changes up to a month add up to is what holds at its end. Where one item pays, the sum of the keys of those
-- that pay is its key.
spans as (
    select
        account_id,
        month as first_month,
        lead(month) over (partition by account_id order by month) as end_month,
        mrr_change,
        {%- for column in ['items', 'mrr', 'item_key', 'attributes_key'] %}
        sum({{ column }}_change) over (
            partition by account_id order by month rows between unbounded preceding and current row
        ) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
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
    inner join items
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

segmented as (
    select
        spans.account_id,
        spans.first_month,
        spans.end_month,
        payers.fingerprint,
        payers.currency,
        spans.mrr - spans.mrr_change as opening_mrr,
        spans.mrr,
        payers.acquisition_month,
        {{ nrr.quarter_name('payers.acquisition_month') }} as acquisition_quarter,
        {%- for dimension in dimensions %}
        coalesce(item_keys.{{ dimension }}, largest_shares.{{ dimension }}, '(unknown)') as {{ dimension }},
        {%- endfor %}
        coalesce(attribute_keys.attributes, {{ nrr.unknown_attributes() }}) as attributes
    from spans
    inner join payers on spans.account_id = payers.account_id
    left join item_keys on spans.items = 1 and spans.item_key = item_keys.item_key
    left join largest_shares
        on spans.account_id = largest_shares.account_id and spans.first_month = largest_shares.first_month
    left join attribute_keys on spans.attributes_key = attribute_keys.attributes_key
),

-- and the segments of the span before
named as (
    select
        segmented.*,
        {%- for dimension in dimensions %}
        coalesce(
            lag({{ dimension }}) over (partition by account_id order by first_month), '(unknown)'
        ) as opening_{{ dimension }},
        {%- endfor %}
        coalesce(
            lag(attributes) over (partition by account_id order by first_month), {{ nrr.unknown_attributes() }}
        ) as opening_attributes
    from segmented
)

select
    named.account_id,
    named.first_month,
    named.end_month,
    named.currency,
    cast(named.opening_mrr as decimal(18, 4)) as opening_mrr,
    cast(named.mrr as decimal(18, 4)) as mrr,
    named.acquisition_month,
    {%- for dimension in dimensions %}
    named.{{ dimension }},
    {%- endfor %}
    named.attributes,
    {{ nrr.segment_key('named') }} as segment_key,
    {{ nrr.segment_key('named', 'opening_') }} as opening_segment_key,
    false as has_several_currencies,
    named.fingerprint
from named

union all

select
    accounts.account_id,
    cast(null as date) as first_month,
    cast(null as date) as end_month,
    cast(null as {{ nrr.type_text() }}) as currency,
    cast(null as decimal(18, 4)) as opening_mrr,
    cast(null as decimal(18, 4)) as mrr,
    payers.acquisition_month,
    {%- for dimension in dimensions %}
    cast(null as {{ nrr.type_text() }}) as {{ dimension }},
    {%- endfor %}
    cast(null as {{ nrr.type_text() }}) as attributes,
    cast(null as {{ nrr.type_fingerprint() }}) as segment_key,
    cast(null as {{ nrr.type_fingerprint() }}) as opening_segment_key,
    coalesce(payers.has_several_currencies, false) as has_several_currencies,
    accounts.fingerprint
from accounts
left join payers on accounts.account_id = payers.account_id
where payers.account_id is null or payers.has_several_currencies
