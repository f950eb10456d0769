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

paid_states as (
    select
        account_id,
        currency,
        mrr,
        pricing_model,
        product_id,
        plan_id,
        billing_interval,
        -- the interval first, which no item lacks: from that column DuckDB concludes how few keys there are
        cast({{ nrr.fingerprint(['billing_interval', 'product_id', 'plan_id', 'pricing_model']) }}
        as {{ nrr.type_wide_integer() }}) as item_key,
        {{ nrr.month_of('starts_at') }} as first_month,
        {{ nrr.month_of('ends_at') }} as end_month
    from {{ ref('int_nrr__item_states') }}
    where mrr > 0
),

-- what is paid at the end of a month, and from which month to which
items as (
    select
        account_id,
        currency,
        mrr,
        item_key,
        first_month,
        end_month
    from paid_states
    where
        (first_month < end_month or end_month is null)
        {%- if is_incremental() %}
        and account_id in (select accounts.account_id from accounts)
        {%- endif %}
),

-- what the keys of items stand for, which are few
named_items as (
    select
        item_key,
        coalesce(min(pricing_model), '(unknown)') as pricing_model,
        coalesce(min(product_id), '(unknown)') as product,
        coalesce(min(plan_id), '(unknown)') as plan,
        coalesce(min(billing_interval), '(unknown)') as billing_interval
    from paid_states
    group by item_key
),

item_keys as (
    select
        named_items.*,
        {{ nrr.fingerprint(dimensions) }} as dimensions_key
    from named_items
),

payments as (
    select
        account_id,
        min(first_month) as acquisition_month,
        min(currency) as currency,
        min(currency) <> max(currency) as has_several_currencies
    from items
    group by account_id
),

payers as (
    select
        payments.*,
        accounts.fingerprint
    from payments
    inner join accounts on payments.account_id = accounts.account_id
),

several_currencies as (
    select account_id from payments
    where has_several_currencies
),

-- from the first month with MRR on
attribute_runs as (
    select
        payers.account_id,
        {{ nrr.later('runs.first_month', 'payers.acquisition_month') }} as first_month,
        runs.end_month,
        runs.attributes,
        {{ nrr.attributes_key('runs.attributes') }} as attributes_key
    from {{ ref('int_nrr__account_attributes') }} as runs
    inner join payers on runs.account_id = payers.account_id
    where
        not payers.has_several_currencies
        and (runs.end_month > payers.acquisition_month or runs.end_month is null)
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
    left join several_currencies on items.account_id = several_currencies.account_id
    cross join sides
    where
        several_currencies.account_id is null
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
sums as (
    select
        account_id,
        month,
        lag(month) over (partition by account_id order by month) as opening_month,
        lead(month) over (partition by account_id order by month) as end_month,
        {%- for column in ['items', 'mrr', 'item_key', 'attributes_key'] %}
        {{ column }}_change,
        sum({{ column }}_change) over (
            partition by account_id order by month rows between unbounded preceding and current row
        ) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from monthly_changes
),

-- and before the changes of the month, what the span before was
spans as (
    select
        account_id,
        month as first_month,
        end_month,
        opening_month,
        {%- for column in ['items', 'mrr', 'item_key', 'attributes_key'] %}
        {{ column }},
        {{ column }} - {{ column }}_change as opening_{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from sums
),

-- where several items pay: of each dimension the value with the largest share
paid_together as (
    select
        spans.account_id,
        spans.first_month,
        items.mrr,
        {%- for dimension in dimensions %}
        item_keys.{{ dimension }}{{ ',' if not loop.last }}
        {%- endfor %}
    from spans
    inner join items
        on
            spans.account_id = items.account_id
            and spans.first_month >= items.first_month
            and (spans.first_month < items.end_month or items.end_month is null)
    inner join item_keys on items.item_key = item_keys.item_key
    where spans.items > 1
),

shares as (
    {%- for dimension in dimensions %}
    select
        account_id,
        first_month,
        '{{ dimension }}' as dimension,
        {{ dimension }} as segment,
        row_number() over (
            partition by account_id, first_month order by sum(mrr) desc, {{ dimension }}
        ) as largest_first
    from paid_together
    group by account_id, first_month, {{ dimension }}
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

shared_spans as (
    select
        largest_shares.*,
        {{ nrr.fingerprint(dimensions) }} as dimensions_key
    from largest_shares
),

segmented as (
    select
        spans.account_id,
        spans.first_month,
        spans.end_month,
        payers.fingerprint,
        payers.currency,
        spans.opening_mrr,
        spans.mrr,
        payers.acquisition_month,
        {{ nrr.quarter_name('payers.acquisition_month') }} as acquisition_quarter,
        {%- for dimension in dimensions %}
        coalesce(item_keys.{{ dimension }}, shared_spans.{{ dimension }}, '(unknown)') as {{ dimension }},
        {%- endfor %}
        coalesce(attribute_keys.attributes, {{ nrr.unknown_attributes() }}) as attributes,
        coalesce(item_keys.dimensions_key, shared_spans.dimensions_key) as dimensions_key,
        spans.attributes_key,
        coalesce(opening_item_keys.dimensions_key, opening_shared_spans.dimensions_key) as opening_dimensions_key,
        spans.opening_attributes_key
    from spans
    inner join payers on spans.account_id = payers.account_id
    left join item_keys on spans.items = 1 and spans.item_key = item_keys.item_key
    left join item_keys as opening_item_keys
        on spans.opening_items = 1 and spans.opening_item_key = opening_item_keys.item_key
    left join shared_spans
        on spans.account_id = shared_spans.account_id and spans.first_month = shared_spans.first_month
    left join shared_spans as opening_shared_spans
        on
            spans.account_id = opening_shared_spans.account_id
            and spans.opening_month = opening_shared_spans.first_month
    left join attribute_keys on spans.attributes_key = attribute_keys.attributes_key
)

select
    segmented.account_id,
    segmented.first_month,
    segmented.end_month,
    segmented.currency,
    cast(segmented.opening_mrr as decimal(18, 4)) as opening_mrr,
    cast(segmented.mrr as decimal(18, 4)) as mrr,
    segmented.acquisition_month,
    {%- for dimension in dimensions %}
    segmented.{{ dimension }},
    {%- endfor %}
    segmented.attributes,
    {{ nrr.segment_key('segmented') }} as segment_key,
    {{ nrr.segment_key('segmented', 'opening_') }} as opening_segment_key,
    false as has_several_currencies,
    segmented.fingerprint
from segmented

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
