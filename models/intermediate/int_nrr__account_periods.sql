{%- set dimensions = nrr.item_dimensions() -%}
{%- set attributes = nrr.attribute_columns() -%}
-- One row per account, period and currency: its MRR in that currency, and the account's segments.
with items as (
    select * from {{ ref('int_nrr__account_period_items') }}
),

shares as (
    {%- for dimension in dimensions %}
    select
        items.account_id,
        items.first_month,
        '{{ dimension }}' as dimension,
        coalesce(items.{{ dimension }}, '(unknown)') as segment,
        sum(items.mrr * rates.rate) as share_mrr
    from items
    inner join {{ ref('int_nrr__month_rates') }} as rates
        on items.currency = rates.currency and items.first_month = rates.month
    group by items.account_id, items.first_month, coalesce(items.{{ dimension }}, '(unknown)')
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

ranked_shares as (
    select
        shares.*,
        row_number() over (
            partition by account_id, first_month, dimension
            order by share_mrr desc, segment
        ) as largest_first
    from shares
),

segments as (
    select
        account_id,
        first_month
        {%- for dimension in dimensions %},
        max(case when dimension = '{{ dimension }}' then segment end) as {{ dimension }}_segment
        {%- endfor %}
    from ranked_shares
    where largest_first = 1
    group by account_id, first_month
),

amounts as (
    select
        account_id,
        first_month,
        end_month,
        currency,
        sum(mrr) as mrr
    from items
    group by account_id, first_month, end_month, currency
)

select
    amounts.account_id,
    amounts.first_month,
    cast({{ nrr.months_between('amounts.first_month', 'amounts.end_month') }} as integer) as months,
    coalesce(amounts.currency, '{{ nrr.setting('nrr_reporting_currency') }}') as mrr_currency,
    cast(amounts.mrr as numeric(18, 4)) as mrr
    {%- for dimension in dimensions %},
    segments.{{ dimension }}_segment as {{ dimension }}
    {%- endfor %}
    {%- for attribute in attributes %},
    coalesce(attributes.{{ attribute }}, '(unknown)') as {{ attribute }}
    {%- endfor %}
from amounts
left join segments
    on amounts.account_id = segments.account_id and amounts.first_month = segments.first_month
left join {{ ref('int_nrr__account_attributes') }} as attributes
    on
        amounts.account_id = attributes.account_id
        and amounts.first_month >= attributes.first_month
        and (amounts.first_month < attributes.end_month or attributes.end_month is null)
