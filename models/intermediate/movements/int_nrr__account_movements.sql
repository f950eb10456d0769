-- One row per account and month in which its MRR may have changed: what happened, and the segments that it is booked
-- in: those in which the account began the month or, where it began with nothing, those in which it ended.
with changes as (
    -- where a span begins
    select
        spans.account_id,
        rates.month,
        spans.acquisition_month,
        spans.opening_segment_key,
        spans.segment_key,
        {{ nrr.convert('spans.opening_mrr', 'rates.previous_month_rate') }} as opening_mrr,
        {{ nrr.convert('spans.mrr', 'rates.rate') }} as closing_mrr,
        {{ nrr.convert('spans.mrr', 'rates.previous_month_rate') }} as closing_mrr_at_opening_rates
    from {{ ref('int_nrr__account_spans') }} as spans
    inner join {{ ref('int_nrr__month_rates') }} as rates
        on spans.currency = rates.currency and spans.first_month = rates.month

    union all

    -- within a span: where the rate of its currency changes
    select
        spans.account_id,
        rates.month,
        spans.acquisition_month,
        spans.segment_key as opening_segment_key,
        spans.segment_key,
        {{ nrr.convert('spans.mrr', 'rates.previous_month_rate') }} as opening_mrr,
        {{ nrr.convert('spans.mrr', 'rates.rate') }} as closing_mrr,
        {{ nrr.convert('spans.mrr', 'rates.previous_month_rate') }} as closing_mrr_at_opening_rates
    from {{ ref('int_nrr__account_spans') }} as spans
    inner join {{ ref('int_nrr__month_rates') }} as rates
        on
            spans.currency = rates.currency
            and spans.first_month < rates.month
            and (rates.month < spans.end_month or spans.end_month is null)
    where rates.rate <> rates.previous_month_rate and spans.mrr > 0

    union all

    select
        account_id,
        month,
        acquisition_month,
        opening_segment_key,
        segment_key,
        opening_mrr,
        mrr as closing_mrr,
        mrr_at_previous_month_rates as closing_mrr_at_opening_rates
    from {{ ref('int_nrr__several_currency_months') }}
),

movements as (
    select
        changes.*,
        {{ nrr.movement(
            'opening_mrr', 'closing_mrr', 'closing_mrr_at_opening_rates', 'month = acquisition_month'
        ) }} as movement,
        case
            when opening_mrr = 0 then closing_mrr
            when closing_mrr = 0 then -opening_mrr
            else closing_mrr_at_opening_rates - opening_mrr
        end as movement_mrr
    from changes
)

select
    account_id,
    month,
    acquisition_month,
    case when opening_mrr > 0 then opening_segment_key else segment_key end as segment_key,
    cast(opening_mrr as decimal(18, 4)) as opening_mrr,
    cast(closing_mrr as decimal(18, 4)) as closing_mrr,
    movement,
    cast(movement_mrr as decimal(18, 4)) as movement_mrr,
    -- whatever the movement does not explain came from exchange rates alone
    cast(closing_mrr - opening_mrr - movement_mrr as decimal(18, 4)) as fx_mrr
from movements
