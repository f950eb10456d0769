-- The seed nrr_benchmark_bands is wrong: a benchmark's row does not begin with an open band 1, leaves
-- out a band number, or has a band that does not begin after the one before. Mend the row named.
with bands as (
    select
        benchmark_id,
        segment,
        band_number,
        rate_from,
        rate_from_inclusive,
        coalesce(lag(band_number) over (partition by benchmark_id, segment order by band_number), 0) as previous_number,
        lag(rate_from) over (partition by benchmark_id, segment order by band_number) as previous_rate_from,
        lag(rate_from_inclusive) over (partition by benchmark_id, segment order by band_number) as previous_inclusive
    from {{ ref('nrr_benchmark_bands') }}
)

select * from bands
where
    band_number <> previous_number + 1
    or (band_number = 1 and rate_from is not null)
    or (band_number > 1 and (rate_from is null or rate_from_inclusive is null))
    or rate_from < previous_rate_from
    or (rate_from = previous_rate_from and (rate_from_inclusive or not previous_inclusive))
