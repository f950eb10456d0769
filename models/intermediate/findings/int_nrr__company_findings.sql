-- One row per month and finding that looks at the company's own rates: the figures that decide whether it is one.
with rates as (
    select
        month,
        -- of numbers with more digits Spark's differences lack the ninth decimal
        cast(nrr as decimal(28, 9)) as nrr,
        cast(grr as decimal(28, 9)) as grr,
        starting_accounts,
        starting_accounts - retained_accounts as lost_accounts,
        starting_mrr - retained_mrr as lost_mrr,
        effective_accounts
    from {{ ref('nrr__retention') }}
    where segment_dimension = 'all' and starting_mrr > 0
),

figures as (
    select
        month,
        'gross_retention_low' as finding,
        grr as figure,
        nrr as baseline,
        lost_mrr as mrr
    from rates

    union all

    select
        month,
        'treadmill' as finding,
        1 - grr as figure,
        nrr as baseline,
        lost_mrr as mrr
    from rates

    union all

    select
        month,
        'hardly_any_expansion' as finding,
        nrr - grr as figure,
        nrr as baseline,
        null as mrr
    from rates

    union all

    select
        month,
        'expansion_outruns_losses' as finding,
        nrr as figure,
        grr as baseline,
        lost_mrr as mrr
    from rates

    union all

    select
        month,
        'loyal_without_expansion' as finding,
        nrr as figure,
        grr as baseline,
        null as mrr
    from rates

    union all

    select
        month,
        'both_halves' as finding,
        nrr as figure,
        grr as baseline,
        null as mrr
    from rates

    union all

    -- the years in which revenue doubles without a new customer
    select
        month,
        'grows_by_itself' as finding,
        nrr as figure,
        {{ nrr.as_ratio(nrr.divide(
            'ln(2)', 'case when nrr > 1 then ln(cast(nrr as ' ~ nrr.type_double() ~ ')) end'
        )) }} as baseline,
        null as mrr
    from rates

    union all

    select
        month,
        'small_base' as finding,
        effective_accounts as figure,
        nrr as baseline,
        null as mrr
    from rates
)

select
    figures.month,
    {{ nrr.as_text('figures.finding') }} as finding,
    {{ nrr.as_text("'all'") }} as segment_dimension,
    {{ nrr.as_text("'all'") }} as segment,
    cast(figures.figure as decimal(38, 9)) as figure,
    cast(figures.baseline as decimal(38, 9)) as baseline,
    cast(1 as decimal(38, 9)) as share,
    cast(figures.mrr as decimal(28, 4)) as mrr,
    cast(rates.lost_accounts as integer) as accounts,
    cast(rates.starting_accounts as integer) as base_accounts,
    cast(null as {{ nrr.type_text() }}) as detail
from figures
inner join rates on figures.month = rates.month
