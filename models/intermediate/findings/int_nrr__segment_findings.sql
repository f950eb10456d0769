-- One row per month, finding that compares segments with the company, and segment, or dimension where it is about all
-- of its segments: the figures that decide whether it is one.
with company as (
    select * from {{ ref('nrr__retention') }}
    where segment_dimension = 'all' and starting_mrr > 0
),

compared as (
    select
        segments.month,
        segments.segment_dimension,
        segments.segment,
        segments.nrr,
        segments.nrr_high,
        segments.logo_retention,
        segments.starting_accounts,
        segments.starting_accounts - segments.retained_accounts as lost_accounts,
        company.nrr as company_nrr,
        company.starting_mrr as company_starting_mrr,
        company.ending_mrr as company_ending_mrr,
        -- by more than what rounding leaves of an interval without width
        coalesce(company.nrr - segments.nrr_high > 0.00000001, false) as is_below,
        -- how much of the company it is, by accounts or by MRR
        case
            when segments.starting_accounts * company.starting_mrr > segments.starting_mrr * company.starting_accounts
                then {{ nrr.as_ratio(nrr.divide('segments.starting_accounts', 'company.starting_accounts')) }}
            else {{ nrr.as_ratio(nrr.divide('segments.starting_mrr', 'company.starting_mrr')) }}
        end as share,
        -- what it would pay more at the company's rate
        cast(round({{ nrr.as_ratio(
            nrr.divide('company.ending_mrr', 'company.starting_mrr')
            ~ ' * cast(segments.starting_mrr as ' ~ nrr.type_double() ~ ')'
            ~ ' - cast(segments.ending_mrr as ' ~ nrr.type_double() ~ ')'
        ) }}, 4) as decimal(28, 4)) as missing_mrr
    from {{ ref('nrr__retention') }} as segments
    inner join company on segments.month = company.month
    where segments.segment_dimension <> 'all' and segments.starting_mrr > 0
),

in_order as (
    select
        compared.*,
        row_number() over (partition by month, segment_dimension order by missing_mrr desc, segment) as worst_first
    from compared
),

dimensions as (
    select
        month,
        segment_dimension,
        max(company_starting_mrr) as company_starting_mrr,
        max(company_ending_mrr) as company_ending_mrr,
        count(*) as segments,
        sum(case when is_below then 1 else 0 end) as segments_below,
        sum(case when is_below then missing_mrr else 0 end) as missing_mrr_below,
        sum(case when worst_first <= 2 and missing_mrr > 0 then missing_mrr else 0 end) as missing_mrr_of_two
    from in_order
    group by month, segment_dimension
),

figures as (
    select
        month,
        'hidden_leak' as finding,
        segment_dimension,
        segment,
        nrr as figure,
        company_nrr as baseline,
        share,
        missing_mrr as mrr,
        lost_accounts as accounts,
        starting_accounts as base_accounts
    from compared

    union all

    select
        month,
        'half_of_the_logos_left' as finding,
        segment_dimension,
        segment,
        1 - logo_retention as figure,
        company_nrr as baseline,
        share,
        missing_mrr as mrr,
        lost_accounts as accounts,
        starting_accounts as base_accounts
    from compared

    union all

    -- in points of the company's NRR
    select
        in_order.month,
        'worst_segment' as finding,
        in_order.segment_dimension,
        in_order.segment,
        {{ nrr.as_ratio(nrr.divide('in_order.missing_mrr', 'in_order.company_starting_mrr')) }} as figure,
        {{ nrr.as_ratio(nrr.divide(
            'dimensions.company_ending_mrr + dimensions.missing_mrr_of_two', 'dimensions.company_starting_mrr'
        )) }} as baseline,
        in_order.share,
        in_order.missing_mrr as mrr,
        in_order.lost_accounts as accounts,
        in_order.starting_accounts as base_accounts
    from in_order
    inner join dimensions
        on in_order.month = dimensions.month and in_order.segment_dimension = dimensions.segment_dimension
    where in_order.worst_first = 1 and dimensions.segments > 1

    union all

    select
        month,
        'segments_below_the_company' as finding,
        segment_dimension,
        'all' as segment,
        segments_below as figure,
        {{ nrr.as_ratio(nrr.divide('company_ending_mrr + missing_mrr_below', 'company_starting_mrr')) }} as baseline,
        null as share,
        missing_mrr_below as mrr,
        segments_below as accounts,
        segments as base_accounts
    from dimensions
)

select
    month,
    {{ nrr.as_text('finding') }} as finding,
    segment_dimension,
    {{ nrr.as_text('segment') }} as segment,
    cast(figure as decimal(38, 9)) as figure,
    cast(baseline as decimal(38, 9)) as baseline,
    cast(share as decimal(38, 9)) as share,
    cast(mrr as decimal(28, 4)) as mrr,
    cast(accounts as integer) as accounts,
    cast(base_accounts as integer) as base_accounts,
    cast(null as {{ nrr.type_text() }}) as detail
from figures
