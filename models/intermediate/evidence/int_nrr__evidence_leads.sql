{%- set outcomes = ['churned', 'contracted', 'expanded'] -%}
-- One row per subject and outcome: the median number of days from since when accounts had it to the end of the month in
-- which they came to the outcome.
with leads as (
    {%- for outcome in outcomes %}
    select
        exposures.subject_kind,
        exposures.subject,
        cast('{{ outcome }}' as {{ nrr.type_text() }}) as outcome,
        {{ nrr.days_between(
            'exposures.first_observed_on', nrr.add_days(nrr.add_months('accounts.' ~ outcome ~ '_month', 1), -1)
        ) }} as lead_days
    from {{ ref('int_nrr__exposures') }} as exposures
    inner join {{ ref('int_nrr__landmark_accounts') }} as accounts
        on exposures.account_id = accounts.account_id and exposures.month = accounts.month
    where accounts.{{ outcome }}_month is not null
    {{- '\n\n    union all\n' if not loop.last }}
    {%- endfor %}
),

ranked as (
    select
        subject_kind,
        subject,
        outcome,
        lead_days,
        row_number() over (partition by subject_kind, subject, outcome order by lead_days) as place,
        count(*) over (partition by subject_kind, subject, outcome) as places
    from leads
)

select
    subject_kind,
    subject,
    outcome,
    -- of the one in the middle, or of the two
    cast((min(lead_days) + max(lead_days)) / 2.0 as decimal(10, 1)) as median_lead_days
from ranked
where 2 * place between places and places + 2
group by subject_kind, subject, outcome
