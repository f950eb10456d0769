-- One row per month, benchmark and segment that it can grade: the band its rate falls in, or why none.
with gradable as (
    select * from {{ ref('int_nrr__gradable') }}
),

ranked_bands as (
    select
        bands.*,
        {{ nrr.standing_rank('bands.standing') }} as standing_rank
    from {{ ref('nrr_benchmark_bands') }} as bands
),

-- where a band of a better standing begins
better_bands as (
    select
        bands.benchmark_id,
        bands.segment,
        bands.band_number,
        better.band as next_band,
        better.rate_from as better_rate_from,
        row_number() over (
            partition by bands.benchmark_id, bands.segment, bands.band_number order by better.band_number
        ) as nearest_first
    from ranked_bands as bands
    inner join ranked_bands as better
        on
            bands.benchmark_id = better.benchmark_id
            and bands.segment = better.segment
            and bands.band_number < better.band_number
            and bands.standing_rank < better.standing_rank
),

bands as (
    select
        bands.*,
        lead(rate_from) over (partition by benchmark_id, segment order by band_number) as next_rate_from,
        lead(rate_from_inclusive) over (
            partition by benchmark_id, segment order by band_number
        ) as next_rate_from_inclusive
    from {{ ref('nrr_benchmark_bands') }} as bands
),

rated as (
    select
        gradable.month,
        gradable.benchmark_id,
        gradable.segment,
        gradable.band_segment,
        benchmarks.publisher,
        benchmarks.metric,
        benchmarks.dimension,
        coalesce(rates.starting_accounts, 0) as starting_accounts,
        rates.starting_mrr,
        case when benchmarks.metric = 'grr' then rates.retained_mrr else rates.ending_mrr end as kept_mrr,
        case when benchmarks.metric = 'grr' then rates.grr else rates.nrr end as rate,
        case when benchmarks.metric = 'grr' then rates.grr_low else rates.nrr_low end as rate_low,
        case when benchmarks.metric = 'grr' then rates.grr_high else rates.nrr_high end as rate_high,
        -- rounded: thirty equal accounts are thirty
        {{ nrr.as_ratio('rates.effective_accounts') }} as effective_accounts
    from gradable
    inner join {{ ref('nrr_benchmarks') }} as benchmarks on gradable.benchmark_id = benchmarks.benchmark_id
    left join {{ ref('int_nrr__retention_rates') }} as rates
        on
            gradable.month = rates.month
            and gradable.rated_dimension = rates.segment_dimension
            and gradable.rated_segment = rates.segment
)

select
    rated.month,
    rated.benchmark_id,
    rated.segment,
    rated.publisher,
    rated.metric,
    rated.dimension,
    cast(rated.starting_accounts as integer) as starting_accounts,
    {{ nrr.as_ratio('rated.rate') }} as rate,
    bands.band,
    bands.standing,
    better_bands.next_band,
    {{ nrr.as_ratio('better_bands.better_rate_from - rated.rate') }} as rate_to_next_band,
    cast(
        round(
            {{ nrr.share_of('better_bands.better_rate_from', 'rated.starting_mrr') }}
            - cast(rated.kept_mrr as decimal(28, 4)),
            4
        ) as decimal(28, 4)
    ) as mrr_to_next_band,
    case
        when bands.band is not null then coalesce(
            -- an interval without width is where the rate is, whatever floating point makes of its ends
            (rated.rate_low = rated.rate or ({{ nrr.is_in_band('rated.rate_low', '1') }}))
            and (rated.rate_high = rated.rate or ({{ nrr.is_in_band('rated.rate_high', '1') }}))
            and rated.effective_accounts >= {{ nrr.setting('nrr_conclusive_accounts') }},
            false
        )
    end as is_conclusive,
    case
        when rated.starting_accounts = 0 then 'no_base'
        when bands.band is null then 'no_benchmark_row'
    end as not_graded_reason
from rated
left join bands
    on
        rated.benchmark_id = bands.benchmark_id
        and rated.band_segment = bands.segment
        and rated.starting_accounts > 0
        -- in amounts, not in rates: a rate that was rounded can cross a bound
        and {{ nrr.is_in_band('rated.kept_mrr', 'rated.starting_mrr') }}
left join better_bands
    on
        bands.benchmark_id = better_bands.benchmark_id
        and bands.segment = better_bands.segment
        and bands.band_number = better_bands.band_number
        and better_bands.nearest_first = 1
