-- One row per month, month that it is compared with (one, three and twelve before), segment dimension and segment with
-- accounts in the base of either: the rates and the share of the company's starting MRR in both.
with rates as (
    select
        month,
        segment_dimension,
        segment,
        starting_accounts,
        starting_mrr,
        nrr,
        grr
    from {{ ref('int_nrr__retention_rates') }}
    where
        starting_accounts > 0
        -- not the segments that only benchmarks cut
        and {{ nrr.is_published('segment_dimension') }}
),

company as (
    select
        month,
        starting_mrr,
        nrr,
        grr
    from rates
    where segment_dimension = 'all'
),

distances as (
    select 1 as months_before
    union all
    select 3 as months_before
    union all
    select 12 as months_before
),

compared as (
    select
        company.month,
        then_company.month as compared_month,
        company.starting_mrr as company_mrr,
        then_company.starting_mrr as then_company_mrr,
        {{ nrr.divide('company.nrr + then_company.nrr', '2') }} as company_nrr,
        {{ nrr.divide('company.grr + then_company.grr', '2') }} as company_grr
    from company
    cross join distances
    inner join company as then_company
        on company.month = {{ nrr.add_months('then_company.month', 'distances.months_before') }}
),

-- a segment in the base of one of the two months alone has one row all the same
met as (
    select
        compared.month,
        compared.compared_month,
        rates.segment_dimension,
        rates.segment,
        max(case when rates.month = compared.month then rates.starting_accounts end) as accounts,
        max(case when rates.month = compared.month then rates.starting_mrr end) as starting_mrr,
        max(case when rates.month = compared.month then rates.nrr end) as nrr,
        max(case when rates.month = compared.month then rates.grr end) as grr,
        max(case when rates.month = compared.compared_month then rates.starting_mrr end) as then_starting_mrr,
        max(case when rates.month = compared.compared_month then rates.nrr end) as then_nrr,
        max(case when rates.month = compared.compared_month then rates.grr end) as then_grr
    from compared
    inner join rates on compared.month = rates.month or compared.compared_month = rates.month
    group by compared.month, compared.compared_month, rates.segment_dimension, rates.segment
)

select
    met.*,
    compared.company_nrr,
    compared.company_grr,
    coalesce({{ nrr.divide('met.starting_mrr', 'compared.company_mrr') }}, 0) as share_of_base,
    coalesce({{ nrr.divide('met.then_starting_mrr', 'compared.then_company_mrr') }}, 0) as then_share_of_base
from met
inner join compared on met.month = compared.month and met.compared_month = compared.compared_month
