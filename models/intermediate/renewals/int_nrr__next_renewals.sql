-- One row per account and month at whose end it is bound for a term: in how many months the next of its terms ends.
select
    terms.account_id,
    months.month,
    min(
        terms.months_of_term
        - mod({{ nrr.months_between('terms.first_day', 'months.month') }}, terms.months_of_term)
    ) as months_to_renewal
from {{ ref('int_nrr__item_terms') }} as terms
inner join {{ ref('int_nrr__months') }} as months
    on
        {{ nrr.truncate_to_month('terms.first_day') }} <= months.month
        and (months.month < {{ nrr.truncate_to_month('terms.end_day') }} or terms.end_day is null)
group by terms.account_id, months.month
