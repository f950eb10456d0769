{%- set is_constant = nrr.setting('nrr_fx') == 'constant' -%}
-- One row per month in which an outlook is made, month that it is made of, key of segments, and cell of accounts that
-- are expected to do alike: what they paid at first, what they are known to pay, and what they paid in the end.
with months as (
    select * from {{ ref('int_nrr__outlook_months') }}
),

bases as (
    select
        starts.account_id,
        starts.month as base_month,
        starts.segment_key,
        starts.size,
        starts.mrr as starting_mrr,
        ends.month as ending_month,
        ends.currency,
        ends.own_mrr as own_ending_mrr,
        {%- if nrr.setting('nrr_reactivation_counts') %}
        false as was_gone
        {%- else %}
        coalesce(ends.last_gap_month > starts.month, false) as was_gone
        {%- endif %}
    from months as starts
    left join months as ends
        on starts.account_id = ends.account_id and {{ nrr.add_months('starts.month', 12) }} = ends.month
    where starts.size is not null
),

converted_bases as (
    select
        bases.*,
        case
            when bases.was_gone then 0
            when bases.currency is null then several.mrr
            else cast({{ nrr.convert('bases.own_ending_mrr', 'rates.rate') }} as decimal(18, 4))
        end as ending_mrr
    from bases
    left join {{ ref('int_nrr__month_rates') }} as rates
        on bases.currency = rates.currency and bases.{{ 'base_month' if is_constant else 'ending_month' }} = rates.month
    left join {{ ref('int_nrr__several_currency_outlooks') }} as several
        on
            case when bases.currency is null then bases.account_id end = several.account_id
            and bases.ending_month = several.made_month
            and bases.ending_month = several.month
),

looked_at as (
    select
        bases.account_id,
        bases.base_month,
        windows.made_month,
        windows.month,
        windows.horizon,
        bases.segment_key,
        bases.size,
        bases.starting_mrr,
        bases.ending_mrr,
        months.currency,
        months.own_mrr,
        months.colour,
        months.months_to_renewal,
        case when months.has_booked_change then bases.account_id end as booking_account_id,
        {%- if nrr.setting('nrr_reactivation_counts') %}
        months.pays
        {%- else %}
        months.pays
        and (months.last_gap_month < bases.base_month or months.last_gap_month is null) as pays
        {%- endif %}
    from converted_bases as bases
    inner join {{ ref('int_nrr__outlook_windows') }} as windows on bases.base_month = windows.base_month
    inner join months on bases.account_id = months.account_id and windows.made_month = months.month
),

known as (
    select
        looked_at.*,
        case
            when not looked_at.pays then 0
            when looked_at.currency is null then several.mrr
            else
                cast({{ nrr.convert(
                    nrr.later('looked_at.own_mrr + coalesce(booked.change_mrr, 0)', '0'), 'rates.rate'
                ) }} as decimal(18, 4))
        end as known_mrr
    from looked_at
    left join {{ ref('int_nrr__month_rates') }} as rates
        on
            looked_at.currency = rates.currency
            and looked_at.{{ 'base_month' if is_constant else 'made_month' }} = rates.month
    left join {{ ref('int_nrr__booked_changes') }} as booked
        on
            looked_at.booking_account_id = booked.account_id
            and looked_at.currency = booked.currency
            and looked_at.made_month = booked.made_month
            and looked_at.month = booked.month
    left join {{ ref('int_nrr__several_currency_outlooks') }} as several
        on
            case when looked_at.currency is null then looked_at.account_id end = several.account_id
            and looked_at.made_month = several.made_month
            and looked_at.month = several.month
),

-- who pays nothing any more is weighed by what it paid at first
weighed as (
    select
        made_month,
        month,
        horizon,
        segment_key,
        size,
        case when not pays then 'left' else coalesce(colour, 'none') end as state,
        pays and coalesce(months_to_renewal <= horizon, false) as renews,
        starting_mrr,
        known_mrr,
        ending_mrr,
        case when pays then known_mrr else starting_mrr end as weight_mrr,
        case when pays then {{ nrr.earlier('known_mrr', 'starting_mrr') }} else starting_mrr end as retained_weight_mrr,
        case
            when ending_mrr < starting_mrr then ending_mrr
            when ending_mrr >= starting_mrr then starting_mrr
        end as retained_mrr
    from known
)

select
    made_month,
    month,
    cast(horizon as integer) as horizon,
    segment_key,
    size,
    cast(state as {{ nrr.type_text() }}) as state,
    renews,
    cast(count(*) as integer) as accounts,
    cast(sum(starting_mrr) as decimal(28, 4)) as starting_mrr,
    cast(sum(known_mrr) as decimal(28, 4)) as known_mrr
    {%- for column, added in nrr.outlook_sums().items() %},
    cast(sum({{ added }}) as {{ nrr.sum_type(column) }}) as {{ column }}
    {%- endfor %}
from weighed
group by made_month, month, horizon, segment_key, size, state, renews
