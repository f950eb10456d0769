-- One row per month, segment dimension and segment with accounts in the base by the last full run: sums over them.
with {{ nrr.full_run_sums(ref('int_nrr__twelve_month_pairs'), nrr.retention_sums(), more_dimensions=['arr_cell']) }}
