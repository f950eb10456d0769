{%- set sums = {
    'starting_accounts': '1',
    'churned_accounts': 'case when churned_month is not null then 1 else 0 end',
    'contracted_accounts': 'case when contracted_month is not null and churned_month is null then 1 else 0 end',
    'expanded_accounts': 'case when expanded_month is not null then 1 else 0 end',
    'starting_mrr': 'starting_mrr',
    'ending_mrr': 'ending_mrr',
    'change_mrr': 'change_mrr',
    'starting_mrr_squared': nrr.product('starting_mrr', 'starting_mrr'),
    'change_mrr_squared': nrr.product('change_mrr', 'change_mrr'),
    'change_by_starting_mrr': nrr.product('change_mrr', 'starting_mrr'),
} -%}
-- One row per subject and group of accounts, those that have it at a landmark and all others that could: what became of
-- them within the horizon, over all landmarks. An account counts at each of these.
with accounts as (
    select
        landmark_accounts.*,
        ending_mrr - starting_mrr as change_mrr
    from {{ ref('int_nrr__landmark_accounts') }} as landmark_accounts
),

-- far fewer rows than accounts, so that each subject adds them up at little cost
by_first_payment as (
    select
        observed_on,
        first_paid_on,
        days_since_first_payment
        {%- for column, added in sums.items() %},
        sum({{ added }}) as {{ column }}
        {%- endfor %}
    from accounts
    group by observed_on, first_paid_on, days_since_first_payment
),

subjects as (
    select distinct
        subject_kind,
        subject,
        needed_days,
        needed_first_paid_on,
        needed_observed_on
    from {{ ref('int_nrr__evidence_subjects') }}
),

-- who is in any part
parts as (
    select
        parted.subject_kind,
        count(distinct parted.month) as landmarks
        {%- for column, added in sums.items() %},
        sum({{ added }}) as {{ column }}
        {%- endfor %}
    from {{ ref('int_nrr__parted_accounts') }} as parted
    inner join accounts on parted.account_id = accounts.account_id and parted.month = accounts.month
    group by parted.subject_kind
),

everybody as (
    select
        subjects.subject_kind,
        subjects.subject,
        count(distinct by_first_payment.observed_on) as landmarks
        {%- for column in sums %},
        sum(by_first_payment.{{ column }}) as {{ column }}
        {%- endfor %}
    from subjects
    inner join by_first_payment
        on
            subjects.needed_days <= by_first_payment.days_since_first_payment
            and coalesce(subjects.needed_first_paid_on <= by_first_payment.first_paid_on, true)
            and coalesce(subjects.needed_observed_on <= by_first_payment.observed_on, true)
    where subjects.subject_kind not in (select parted.subject_kind from {{ ref('int_nrr__parted_accounts') }} as parted)
    group by subjects.subject_kind, subjects.subject

    union all

    select
        subjects.subject_kind,
        subjects.subject,
        parts.landmarks
        {%- for column in sums %},
        parts.{{ column }}
        {%- endfor %}
    from subjects
    inner join parts on subjects.subject_kind = parts.subject_kind
),

exposed as (
    select
        exposures.subject_kind,
        exposures.subject
        {%- for column, added in sums.items() %},
        sum({{ added }}) as {{ column }}
        {%- endfor %}
    from {{ ref('int_nrr__exposures') }} as exposures
    inner join accounts on exposures.account_id = accounts.account_id and exposures.month = accounts.month
    group by exposures.subject_kind, exposures.subject
)
{% for is_exposed in ['true', 'false'] %}
select
    everybody.subject_kind,
    everybody.subject,
    {{ is_exposed }} as is_exposed,
    cast(everybody.landmarks as integer) as landmarks
    {%- for column in sums %}
    {%- set whole = '' if is_exposed == 'true' else 'everybody.' ~ column ~ ' - ' %},
    cast({{ whole }}coalesce(exposed.{{ column }}, 0) as {{ nrr.sum_type(column) }}) as {{ column }}
    {%- endfor %}
from everybody
left join exposed on everybody.subject_kind = exposed.subject_kind and everybody.subject = exposed.subject
{{ '\nunion all\n' if not loop.last -}}
{%- endfor %}
