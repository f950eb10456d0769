{{ config(enabled=nrr.has_source('contracts')) }}
{%- set is_constant = nrr.setting('nrr_fx') == 'constant' -%}
-- One row per month and term of a contract that was due in the twelve months up to it, and is settled: what the
-- contract paid at its end, what its renewals pay, and what its account is counted by.
with terms as (
    select
        months.month,
        {{ nrr.month_number('months.month') }} - 12 as base_number,
        terms.contract_account_id,
        terms.contract_row,
        terms.account_id,
        sum({{ nrr.convert(
            'terms.target_mrr', 'rates.year_ago_rate' if is_constant else 'due_rates.rate'
        ) }}) as target_mrr,
        sum({{ nrr.convert(
            'terms.final_mrr', 'rates.year_ago_rate' if is_constant else 'settled_rates.rate'
        ) }}) as final_mrr
    from {{ ref('int_nrr__renewal_terms') }} as terms
    inner join {{ ref('int_nrr__months') }} as months
        on months.month >= terms.due_month and months.month < {{ nrr.add_months('terms.due_month', 12) }}
    {%- if is_constant %}
    inner join {{ ref('int_nrr__month_rates') }} as rates
        on terms.currency = rates.currency and months.month = rates.month
    {%- else %}
    inner join {{ ref('int_nrr__month_rates') }} as due_rates
        on terms.currency = due_rates.currency and terms.due_month = due_rates.month
    inner join {{ ref('int_nrr__month_rates') }} as settled_rates
        on terms.currency = settled_rates.currency and terms.settled_month = settled_rates.month
    {%- endif %}
    group by months.month, terms.contract_account_id, terms.contract_row, terms.account_id
)

select
    terms.month,
    terms.contract_account_id,
    terms.contract_row,
    terms.account_id,
    bases.segment_key,
    bases.size,
    cast(terms.target_mrr as decimal(18, 4)) as target_mrr,
    cast(terms.final_mrr as decimal(18, 4)) as final_mrr
from terms
inner join {{ ref('int_nrr__renewal_bases') }} as bases
    on
        terms.account_id = bases.account_id
        and terms.base_number >= bases.first_number
        and terms.base_number < bases.end_number
where terms.target_mrr > 0
