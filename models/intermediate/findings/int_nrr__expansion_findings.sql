-- One row per month in which few accounts are behind the expansion, as the seed nrr_findings says how few: how many
-- equal accounts' worth it is, and NRR without the ten accounts that grew most.
with growing as (
    select
        first_month,
        end_month,
        account_id,
        starting_mrr,
        ending_mrr,
        ending_mrr - starting_mrr as expansion_mrr
    from {{ ref('int_nrr__twelve_month_pairs') }}
    where ending_mrr > starting_mrr and starting_mrr > 0
),

sides as (
    select 1 as side
    union all
    select -1 as side
),

-- what begins with a month is added, what ends with it is taken off
changes as (
    select
        case when sides.side = 1 then growing.first_month else growing.end_month end as month,
        sum(sides.side) as accounts,
        sum(sides.side * growing.expansion_mrr) as expansion_mrr,
        sum(sides.side * ({{ nrr.product('growing.expansion_mrr', 'growing.expansion_mrr') }})) as expansion_mrr_squared
    from growing
    cross join sides
    group by case when sides.side = 1 then growing.first_month else growing.end_month end
),

running as (
    select
        month as first_month,
        lead(month) over (order by month) as end_month,
        sum(accounts) over (order by month rows between unbounded preceding and current row) as accounts,
        sum(expansion_mrr) over (order by month rows between unbounded preceding and current row) as expansion_mrr,
        sum(expansion_mrr_squared) over (
            order by month rows between unbounded preceding and current row
        ) as expansion_mrr_squared
    from changes
),

rates as (
    select * from {{ ref('nrr__retention') }}
    where segment_dimension = 'all' and starting_mrr > 0
),

concentrated as (
    select
        rates.month,
        rates.starting_mrr,
        rates.ending_mrr,
        running.accounts,
        running.expansion_mrr,
        {{ nrr.as_ratio(nrr.effective_accounts('running.expansion_mrr', 'running.expansion_mrr_squared')) }} as figure
    from running
    inner join rates
        on running.first_month <= rates.month and (rates.month < running.end_month or running.end_month is null)
    where running.expansion_mrr > 0
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
        growing.starting_mrr,
        growing.ending_mrr,
        row_number() over (
            partition by few.month order by growing.expansion_mrr desc, growing.account_id
        ) as largest_first
    from few
    inner join growing on growing.first_month <= few.month and few.month < growing.end_month
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
