-- One row per month, segment dimension and segment with accounts in the base: sums over them. Besides the
-- company's segments: the cells of ARR that benchmarks put together as their own segments (arr_cell).
with {{ nrr.current_sums(
    ref('int_nrr__twelve_month_pairs'), nrr.retention_sums(), ref('int_nrr__full_run_retention_sums'), more_dimensions=['arr_cell']
) }}
