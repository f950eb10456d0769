{%- set is_constant = nrr.setting('nrr_fx') == 'constant' -%}
-- One row per account with MRR and run of months, from first_month up to, not including, end_month, in which neither
-- its MRR nor that of twelve months before changes: both in reporting currency, the key of its segments then, and
-- whether it paid nothing at a month's end between. What it paid before may convert to 0.
with spans as (
    select
        account_id,
        currency,
        mrr,
        segment_key,
        max(case when mrr = 0 then end_month end) over (
            partition by account_id order by first_month rows between unbounded preceding and current row
        ) as paying_since,
        first_month,
        {{ nrr.open_end('end_month') }} as end_month,
        {{ nrr.add_months('first_month', 12) }} as year_later_first_month,
        {{ nrr.open_end(nrr.add_months('end_month', 12)) }} as year_later_end_month
    from {{ ref('int_nrr__account_spans') }}
    where first_month is not null
),

rates as (
    select
        currency,
        rate,
        first_month,
        {{ nrr.open_end('end_month') }} as end_month,
        {{ nrr.add_months('first_month', 12) }} as year_later_first_month,
        {{ nrr.open_end(nrr.add_months('end_month', 12)) }} as year_later_end_month
    from {{ ref('int_nrr__rates') }}
),

met as (
    select
        starts.account_id,
        starts.segment_key,
        -- the only one of the account
        starts.currency,
        starts.mrr as starting_mrr,
        {%- if nrr.setting('nrr_reactivation_counts') %}
        ends.mrr as ending_mrr,
        {%- else %}
        case when ends.paying_since > starts.first_month then 0 else ends.mrr end as ending_mrr,
        {%- endif %}
        coalesce(ends.paying_since > starts.first_month, false) as has_gap,
        {{ nrr.later('starts.year_later_first_month', 'ends.first_month') }} as first_month,
        {{ nrr.earlier('starts.year_later_end_month', 'ends.end_month') }} as end_month
    from spans as starts
    inner join spans as ends
        on
            starts.account_id = ends.account_id
            and starts.year_later_first_month < ends.end_month
            and ends.first_month < starts.year_later_end_month
    where starts.mrr > 0
),

at_starting_rates as (
    select
        met.account_id,
        met.segment_key,
        met.currency,
        met.has_gap,
        met.ending_mrr as own_ending_mrr,
        {{ nrr.convert('met.starting_mrr', 'rates.rate') }} as starting_mrr,
        {{ nrr.convert('met.ending_mrr', 'rates.rate') }} as ending_mrr,
        {{ nrr.later('met.first_month', 'rates.year_later_first_month') }} as first_month,
        {{ nrr.earlier('met.end_month', 'rates.year_later_end_month') }} as end_month
    from met
    inner join rates
        on
            met.currency = rates.currency
            and met.first_month < rates.year_later_end_month
            and met.end_month > rates.year_later_first_month
),

{% if is_constant -%}
converted as (
    select
        account_id,
        segment_key,
        first_month,
        end_month,
        has_gap,
        starting_mrr,
        ending_mrr
    from at_starting_rates
),
{%- else -%}
converted as (
    select
        pairs.account_id,
        pairs.segment_key,
        {{ nrr.later('pairs.first_month', 'rates.first_month') }} as first_month,
        {{ nrr.earlier('pairs.end_month', 'rates.end_month') }} as end_month,
        pairs.has_gap,
        pairs.starting_mrr,
        {{ nrr.convert('pairs.own_ending_mrr', 'rates.rate') }} as ending_mrr
    from at_starting_rates as pairs
    inner join rates
        on
            pairs.currency = rates.currency
            and pairs.first_month < rates.end_month
            and rates.first_month < pairs.end_month
),
{%- endif %}

several_currencies as (
    select
        starts.account_id,
        starts.segment_key,
        ends.month as first_month,
        ends.end_month,
        coalesce(ends.last_gap_month > starts.month, false) as has_gap,
        starts.mrr as starting_mrr,
        {% set ending_mrr = 'ends.mrr_at_year_ago_rates' if is_constant else 'ends.mrr' -%}
        {%- if nrr.setting('nrr_reactivation_counts') -%}
        {{ ending_mrr }} as ending_mrr
        {%- else -%}
        case when ends.last_gap_month > starts.month then 0 else {{ ending_mrr }} end as ending_mrr
        {%- endif %}
    from {{ ref('int_nrr__several_currency_months') }} as starts
    inner join {{ ref('int_nrr__several_currency_months') }} as ends
        on starts.account_id = ends.account_id and {{ nrr.add_months('starts.month', 12) }} = ends.month
),

pairs as (
    select * from converted
    union all
    select * from several_currencies
)

select
    account_id,
    segment_key,
    first_month,
    end_month,
    has_gap,
    cast(starting_mrr as decimal(18, 4)) as starting_mrr,
    cast(ending_mrr as decimal(18, 4)) as ending_mrr
from pairs
