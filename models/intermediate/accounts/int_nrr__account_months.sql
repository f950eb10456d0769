-- One row per account and month, from its first month with MRR to the newest: MRR in reporting currency and, of an
-- account in one currency, in that, and the key of its segments.
select
    spans.account_id,
    rates.month,
    cast({{ nrr.convert('spans.mrr', 'rates.rate') }} as decimal(18, 4)) as mrr,
    spans.currency,
    spans.mrr as own_mrr,
    spans.segment_key
from {{ ref('int_nrr__account_spans') }} as spans
inner join {{ ref('int_nrr__month_rates') }} as rates
    on
        spans.currency = rates.currency
        and spans.first_month <= rates.month
        and (rates.month < spans.end_month or spans.end_month is null)

union all

select
    account_id,
    month,
    mrr,
    cast(null as {{ nrr.type_text() }}) as currency,
    cast(null as decimal(18, 4)) as own_mrr,
    segment_key
from {{ ref('int_nrr__several_currency_months') }}
