{%- set dimensions = nrr.item_dimensions() -%}
-- One row per account and period: its MRR and the segments that come from its items. Amounts are in
-- mrr_currency: the account's own, or the reporting one where it is worked out monthly.
with items as (
    select * from {{ ref('int_nrr__account_period_items') }}
    where {{ nrr.is_touched('account_id') }}
),

rates as (
    select * from {{ ref('int_nrr__month_rates') }}
),

totals as (
    select
        account_id,
        first_month,
        end_month,
        is_monthly,
        min(currency) as account_currency,
        sum(mrr) as mrr
        {%- for dimension in dimensions %},
        min({{ dimension }}) as {{ dimension }},
        max({{ dimension }}) as last_{{ dimension }}
        {%- endfor %}
    from items
    group by account_id, first_month, end_month, is_monthly
),

-- rounded per account, month and currency
currency_amounts as (
    select
        account_id,
        first_month,
        currency,
        sum(mrr) as mrr
    from items
    where is_monthly
    group by account_id, first_month, currency
),

monthly_amounts as (
    select
        amounts.account_id,
        amounts.first_month,
        sum({{ nrr.convert('amounts.mrr', 'rates.rate') }}) as mrr,
        sum({{ nrr.convert('amounts.mrr', 'rates.previous_month_rate') }}) as mrr_at_previous_rates,
        sum({{ nrr.convert('amounts.mrr', 'rates.year_ago_rate') }}) as mrr_at_year_ago_rates
    from currency_amounts as amounts
    inner join rates on amounts.currency = rates.currency and amounts.first_month = rates.month
    group by amounts.account_id, amounts.first_month
),

-- where the items of a period differ, the value with the largest share of its MRR
contested as (
    select
        account_id,
        first_month
    from totals
    where
        {%- for dimension in dimensions %}
        {{ 'or ' if not loop.first }}{{ dimension }} <> last_{{ dimension }}
        {%- endfor %}
),

contested_items as (
    select
        items.*,
        items.mrr * rates.rate as share_mrr
    from items
    inner join contested on items.account_id = contested.account_id and items.first_month = contested.first_month
    inner join rates on items.currency = rates.currency and items.first_month = rates.month
),

shares as (
    {%- for dimension in dimensions %}
    select
        account_id,
        first_month,
        '{{ dimension }}' as dimension,
        {{ dimension }} as segment,
        row_number() over (
            partition by account_id, first_month
            order by sum(share_mrr) desc, {{ dimension }}
        ) as largest_first
    from contested_items
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
)

select
    totals.account_id,
    totals.first_month,
    totals.end_month,
    case
        when totals.is_monthly then '{{ nrr.setting('nrr_reporting_currency') }}' else totals.account_currency
    end as mrr_currency,
    cast(coalesce(monthly_amounts.mrr, totals.mrr) as decimal(18, 4)) as mrr,
    cast(coalesce(monthly_amounts.mrr_at_previous_rates, totals.mrr) as decimal(18, 4)) as mrr_at_previous_rates,
    cast(coalesce(monthly_amounts.mrr_at_year_ago_rates, totals.mrr) as decimal(18, 4)) as mrr_at_year_ago_rates
    {%- for dimension in dimensions %},
    coalesce(largest_shares.{{ dimension }}, totals.{{ dimension }}) as {{ dimension }}
    {%- endfor %}
from totals
left join monthly_amounts
    on totals.account_id = monthly_amounts.account_id and totals.first_month = monthly_amounts.first_month
left join largest_shares
    on totals.account_id = largest_shares.account_id and totals.first_month = largest_shares.first_month
