{%- set dimensions = nrr.item_dimensions() + ['currency'] -%}
-- One row per account that pays in several currencies and month, from its first month with MRR to the newest: MRR in
-- reporting currency and its segments, which move with the rates.
with accounts as (
    select
        account_id,
        acquisition_month
    from {{ ref('int_nrr__account_spans') }}
    where has_several_currencies
),

account_months as (
    select
        accounts.account_id,
        accounts.acquisition_month,
        months.month
    from accounts
    inner join {{ ref('int_nrr__months') }} as months on accounts.acquisition_month <= months.month
),

states as (
    select
        states.account_id,
        states.currency,
        states.mrr,
        coalesce(states.pricing_model, '(unknown)') as pricing_model,
        coalesce(states.product_id, '(unknown)') as product,
        coalesce(states.plan_id, '(unknown)') as plan,
        coalesce(states.billing_interval, '(unknown)') as billing_interval,
        {{ nrr.month_of('states.starts_at') }} as first_month,
        {{ nrr.month_of('states.ends_at') }} as end_month
    from {{ ref('int_nrr__item_states') }} as states
    inner join accounts on states.account_id = accounts.account_id
    where states.mrr > 0
),

items as (
    select
        account_months.account_id,
        account_months.month,
        {%- for dimension in dimensions %}
        states.{{ dimension }},
        {%- endfor %}
        states.mrr,
        rates.rate,
        rates.previous_month_rate,
        rates.year_ago_rate
    from account_months
    inner join states
        on
            account_months.account_id = states.account_id
            and account_months.month >= states.first_month
            and (account_months.month < states.end_month or states.end_month is null)
    inner join {{ ref('int_nrr__month_rates') }} as rates
        on states.currency = rates.currency and account_months.month = rates.month
),

-- rounded per account, month and currency
currency_amounts as (
    select
        account_id,
        month,
        rate,
        previous_month_rate,
        year_ago_rate,
        sum(mrr) as mrr
    from items
    group by account_id, month, currency, rate, previous_month_rate, year_ago_rate
),

amounts as (
    select
        account_id,
        month,
        sum({{ nrr.convert('mrr', 'rate') }}) as mrr,
        sum({{ nrr.convert('mrr', 'previous_month_rate') }}) as mrr_at_previous_month_rates,
        sum({{ nrr.convert('mrr', 'year_ago_rate') }}) as mrr_at_year_ago_rates
    from currency_amounts
    group by account_id, month
),

shares as (
    {%- for dimension in dimensions %}
    select
        account_id,
        month,
        '{{ dimension }}' as dimension,
        {{ dimension }} as segment,
        row_number() over (
            partition by account_id, month order by sum(mrr * rate) desc, {{ dimension }}
        ) as largest_first
    from items
    group by account_id, month, {{ dimension }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

largest_shares as (
    select
        account_id,
        month
        {%- for dimension in dimensions %},
        max(case when dimension = '{{ dimension }}' then segment end) as {{ dimension }}
        {%- endfor %}
    from shares
    where largest_first = 1
    group by account_id, month
),

named as (
    select
        account_months.account_id,
        account_months.month,
        account_months.acquisition_month,
        {{ nrr.quarter_name('account_months.acquisition_month') }} as acquisition_quarter,
        {%- for dimension in dimensions %}
        coalesce(largest_shares.{{ dimension }}, '(unknown)') as {{ dimension }},
        {%- endfor %}
        coalesce(attributes.attributes, {{ nrr.unknown_attributes() }}) as attributes,
        amounts.account_id is not null as pays,
        coalesce(amounts.mrr, 0) as mrr,
        coalesce(amounts.mrr_at_previous_month_rates, 0) as mrr_at_previous_month_rates,
        coalesce(amounts.mrr_at_year_ago_rates, 0) as mrr_at_year_ago_rates
    from account_months
    left join amounts
        on account_months.account_id = amounts.account_id and account_months.month = amounts.month
    left join largest_shares
        on account_months.account_id = largest_shares.account_id and account_months.month = largest_shares.month
    left join {{ ref('int_nrr__account_attributes') }} as attributes
        on
            account_months.account_id = attributes.account_id
            and account_months.month >= attributes.first_month
            and (account_months.month < attributes.end_month or attributes.end_month is null)
),

part_keys as (
    select
        named.*,
        {{ nrr.fingerprint(nrr.item_dimensions()) }} as dimensions_key,
        {{ nrr.attributes_key('attributes') }} as attributes_key
    from named
),

keyed as (
    select
        part_keys.*,
        {{ nrr.segment_key('part_keys') }} as segment_key
    from part_keys
)

select
    account_id,
    month,
    {{ nrr.add_months('month', 1) }} as end_month,
    acquisition_month,
    {%- for dimension in dimensions %}
    {{ dimension }},
    {%- endfor %}
    attributes,
    segment_key,
    lag(segment_key) over (partition by account_id order by month) as opening_segment_key,
    cast(coalesce(lag(mrr) over (partition by account_id order by month), 0) as decimal(18, 4)) as opening_mrr,
    cast(mrr as decimal(18, 4)) as mrr,
    cast(mrr_at_previous_month_rates as decimal(18, 4)) as mrr_at_previous_month_rates,
    cast(mrr_at_year_ago_rates as decimal(18, 4)) as mrr_at_year_ago_rates,
    max(case when not pays then month end) over (
        partition by account_id order by month rows between unbounded preceding and current row
    ) as last_gap_month
from keyed
