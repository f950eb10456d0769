{%- set outcomes = {'churned': 'churn', 'contracted': 'contraction', 'expanded': 'expansion'} -%}
{%- set rate_month = 'month' if nrr.setting('nrr_fx') == 'constant' else 'end_month' -%}
{%- set ending_mrr = 'coalesce(endings.mrr, 0)' -%}
-- One row per landmark and account that pays then: its MRR at both ends of the horizon, and in which month it first did
-- what in between.
with outcomes as (
    select
        landmarks.month,
        movements.account_id
        {%- for outcome, movement in outcomes.items() %},
        min(case when movements.movement = '{{ movement }}' then movements.month end) as {{ outcome }}_month
        {%- endfor %}
    from {{ ref('int_nrr__account_movements') }} as movements
    inner join {{ ref('int_nrr__landmarks') }} as landmarks
        on movements.month > landmarks.month and movements.month <= landmarks.end_month
    group by landmarks.month, movements.account_id
),

ending_amounts as (
    select
        landmarks.month,
        landmarks.{{ rate_month }} as rate_month,
        spans.account_id,
        spans.currency,
        spans.mrr
    from {{ ref('int_nrr__account_spans') }} as spans
    inner join {{ ref('int_nrr__landmarks') }} as landmarks
        on
            spans.first_month <= landmarks.end_month
            and (landmarks.end_month < spans.end_month or spans.end_month is null)

    union all

    select
        landmarks.month,
        landmarks.{{ rate_month }} as rate_month,
        amounts.account_id,
        amounts.currency,
        amounts.mrr
    from {{ ref('int_nrr__several_currency_amounts') }} as amounts
    inner join {{ ref('int_nrr__landmarks') }} as landmarks on amounts.month = landmarks.end_month
),

endings as (
    select
        amounts.month,
        amounts.account_id,
        cast(sum({{ nrr.convert('amounts.mrr', 'rates.rate') }}) as decimal(18, 4)) as mrr
    from ending_amounts as amounts
    inner join {{ ref('int_nrr__month_rates') }} as rates
        on amounts.currency = rates.currency and amounts.rate_month = rates.month
    group by amounts.month, amounts.account_id
)

select
    landmarks.month,
    observed.account_id,
    observed.observed_on,
    observed.first_paid_on,
    cast(observed.days_since_first_payment as integer) as days_since_first_payment,
    observed.mrr as starting_mrr,
    cast(
        {%- if nrr.setting('nrr_reactivation_counts') %}
        {{ ending_mrr }}
        {%- else %}
        case when outcomes.churned_month is null then {{ ending_mrr }} else 0 end
        {%- endif %} as decimal(18, 4)
    ) as ending_mrr
    {%- for outcome in outcomes %},
    outcomes.{{ outcome }}_month
    {%- endfor %}
from {{ ref('int_nrr__observed_accounts') }} as observed
inner join {{ ref('int_nrr__landmarks') }} as landmarks on observed.month = landmarks.month
left join endings on landmarks.month = endings.month and observed.account_id = endings.account_id
left join outcomes on landmarks.month = outcomes.month and observed.account_id = outcomes.account_id
