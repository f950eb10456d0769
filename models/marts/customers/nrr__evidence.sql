-- One row per subject and outcome: whether accounts that had it came to the outcome more or less often than those that
-- had not, and whether that is more than chance.
with compared as (
    select
        exposed.subject_kind,
        exposed.subject,
        exposed.outcome,
        exposed.is_more_expected,
        exposed.landmarks,
        exposed.cases as exposed_accounts,
        control.cases as control_accounts,
        exposed.events as exposed_events,
        control.events as control_events,
        exposed.rate as exposed_rate,
        control.rate as control_rate,
        exposed.rate - control.rate as difference,
        {{ nrr.difference_low('exposed.rate', 'exposed.rate_low', 'control.rate', 'control.rate_high') }}
            as difference_low,
        {{ nrr.difference_high('exposed.rate', 'exposed.rate_high', 'control.rate', 'control.rate_low') }}
            as difference_high,
        {{ nrr.pooled_z(
            'exposed.events', 'exposed.cases', 'control.events', 'control.cases'
        ) }} as z,
        exposed.events + control.events as events,
        exposed.cases + control.cases as accounts,
        exposed.nrr as exposed_nrr,
        control.nrr as control_nrr,
        exposed.nrr - control.nrr as nrr_difference,
        {{ nrr.z_95() }} * sqrt(
            exposed.nrr_error * exposed.nrr_error + control.nrr_error * control.nrr_error
        ) as nrr_margin
    from {{ ref('int_nrr__evidence_rates') }} as exposed
    inner join {{ ref('int_nrr__evidence_rates') }} as control
        on
            exposed.subject_kind = control.subject_kind
            and exposed.subject = control.subject
            and exposed.outcome = control.outcome
            and not control.is_exposed
    where exposed.is_exposed
),

tested as (
    select
        compared.*,
        {{ nrr.two_sided_p('z') }} as p_value,
        {{ nrr.divide('exposed_events', 'events') }} as recall,
        {{ nrr.divide('exposed_accounts - exposed_events', 'accounts - events') }} as false_alarms,
        {{ nrr.divide(nrr.earlier('events', 'accounts - events'), 'accounts') }}
        * {{ nrr.earlier('exposed_accounts', 'control_accounts') }} as fewest_expected
    from compared
),

ranked as (
    select
        tested.*,
        count(p_value) over () as tests,
        row_number() over (
            order by case when p_value is null then 1 else 0 end, p_value, subject_kind, subject, outcome
        ) as place
    from tested
),

-- of many subjects some are far from chance by chance
corrected as (
    select
        ranked.*,
        {{ nrr.as_ratio('min(' ~ nrr.divide('p_value * tests', 'place') ~ ') over (
            order by place desc rows between unbounded preceding and current row
        )') }} as q_value
    from ranked
)

select
    corrected.subject_kind,
    corrected.subject,
    corrected.outcome,
    {{ nrr.setting('nrr_evidence_months') }} as horizon_months,
    corrected.landmarks,
    corrected.exposed_accounts,
    corrected.control_accounts,
    corrected.exposed_events,
    corrected.control_events,
    {%- for column in ['exposed_rate', 'control_rate', 'difference', 'difference_low', 'difference_high'] %}
    {{ nrr.as_ratio('corrected.' ~ column) }} as {{ column }},
    {%- endfor %}
    {{ nrr.as_ratio(nrr.divide('corrected.exposed_rate', 'corrected.control_rate')) }} as lift,
    {{ nrr.as_ratio('corrected.p_value') }} as p_value,
    corrected.q_value,
    {{ nrr.as_ratio('corrected.exposed_rate') }} as precision, -- noqa: RF04
    {{ nrr.as_ratio('corrected.recall') }} as recall,
    {{ nrr.as_ratio(
        "case when corrected.subject_kind in ('health', 'decile') then score.auc else "
        ~ nrr.divide('1 + corrected.recall - corrected.false_alarms', '2') ~ ' end'
    ) }} as auc,
    {%- for column in ['exposed_nrr', 'control_nrr', 'nrr_difference'] %}
    {{ nrr.as_ratio('corrected.' ~ column) }} as {{ column }},
    {%- endfor %}
    {{ nrr.as_ratio('corrected.nrr_difference - corrected.nrr_margin') }} as nrr_difference_low,
    {{ nrr.as_ratio('corrected.nrr_difference + corrected.nrr_margin') }} as nrr_difference_high,
    leads.median_lead_days,
    -- for a difference of less than a tenth of a point, too many to be of use
    case
        when abs(corrected.difference) >= 0.001
            then cast(ceil({{ nrr.divide(
                '7.85 * (corrected.exposed_rate * (1 - corrected.exposed_rate)'
                ~ ' + corrected.control_rate * (1 - corrected.control_rate))',
                'corrected.difference * corrected.difference'
            ) }}) as integer)
    end as needed_accounts,
    case
        when
            corrected.exposed_accounts < 30
            or corrected.fewest_expected < 5
            or corrected.q_value is null
            then 'too few'
        when corrected.q_value > 0.05 then 'no evidence'
        when (corrected.difference > 0) = corrected.is_more_expected then 'predicts'
        else 'misleads'
    end as verdict
from corrected
cross join {{ ref('int_nrr__score_auc') }} as score
left join {{ ref('int_nrr__evidence_leads') }} as leads
    on
        corrected.subject_kind = leads.subject_kind
        and corrected.subject = leads.subject
        and corrected.outcome = leads.outcome
