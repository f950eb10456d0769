-- One row per month in which few accounts are behind the expansion, as the seed nrr_findings says how few: how many
-- equal accounts' worth it is, and NRR without the ten accounts that grew most.
with concentrated as (
    select
        rates.month,
        rates.starting_mrr,
        rates.ending_mrr,
        sums.expanding_accounts as accounts,
        sums.expansion_mrr,
        {{ nrr.as_ratio(nrr.effective_accounts('sums.expansion_mrr', 'sums.expansion_mrr_squared')) }} as figure
    from {{ ref('int_nrr__retention_sums') }} as sums
    inner join {{ ref('nrr__retention') }} as rates
        on
            sums.month = rates.month
            and sums.segment_dimension = rates.segment_dimension
            and sums.segment = rates.segment
    where sums.segment_dimension = 'all' and sums.expansion_mrr > 0
),

few as (
    select concentrated.*
    from concentrated
    inner join {{ ref('nrr_findings') }} as findings
        on findings.finding = 'few_accounts_expand' and concentrated.figure < findings.figure_to
),

largest as (
    select
        few.month,
        pairs.starting_mrr,
        pairs.ending_mrr,
        row_number() over (
            partition by few.month order by pairs.ending_mrr - pairs.starting_mrr desc, pairs.account_id
        ) as largest_first
    from few
    inner join {{ ref('int_nrr__twelve_month_pairs') }} as pairs
        on pairs.first_month <= few.month and few.month < pairs.end_month
    where pairs.ending_mrr > pairs.starting_mrr and pairs.starting_mrr > 0
),

ten as (
    select
        month,
        count(*) as accounts,
        sum(starting_mrr) as starting_mrr,
        sum(ending_mrr) as ending_mrr,
        sum(ending_mrr - starting_mrr) as expansion_mrr
    from largest
    where largest_first <= 10
    group by month
)

select
    few.month,
    {{ nrr.as_text("'few_accounts_expand'") }} as finding,
    {{ nrr.as_text("'all'") }} as segment_dimension,
    {{ nrr.as_text("'all'") }} as segment,
    few.figure,
    {{ nrr.as_ratio(nrr.divide(
        'few.ending_mrr - ten.ending_mrr', 'few.starting_mrr - ten.starting_mrr'
    )) }} as baseline,
    {{ nrr.as_ratio(nrr.divide('few.expansion_mrr', 'few.starting_mrr')) }} as share,
    cast(ten.expansion_mrr as decimal(28, 4)) as mrr,
    cast(ten.accounts as integer) as accounts,
    cast(few.accounts as integer) as base_accounts,
    cast(null as {{ nrr.type_text() }}) as detail
from few
inner join ten on few.month = ten.month
