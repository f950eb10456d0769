{%- set passed = nrr.months_between('terms.first_day', 'newest.observed_on') -%}
{%- set whole_terms = passed ~ ' - mod(' ~ passed ~ ', terms.months_of_term)' -%}
-- One row per account that is bound for a term on the newest day of observation: the day on which the next of its terms
-- ends.
with newest as (
    select max(observed_on) as observed_on from {{ ref('int_nrr__observation_days') }}
),

candidates as (
    select
        terms.account_id,
        terms.end_day,
        newest.observed_on,
        coalesce(terms.agreed_end_day, {{ nrr.add_months('terms.first_day', '(' ~ whole_terms ~ ')') }}) as this_day,
        coalesce(
            terms.agreed_end_day,
            {{ nrr.add_months('terms.first_day', '(' ~ whole_terms ~ ' + terms.months_of_term)') }}
        ) as next_day
    from {{ ref('int_nrr__item_terms') }} as terms
    inner join newest
        on
            terms.first_day <= newest.observed_on
            and (terms.end_day > newest.observed_on or terms.end_day is null)
),

renewals as (
    select
        account_id,
        end_day,
        case when this_day > observed_on then this_day else next_day end as renewal_on
    from candidates
)

select
    account_id,
    min(renewal_on) as renewal_on
from renewals
-- what ends before, is not up for renewal
where renewal_on <= end_day or end_day is null
group by account_id
