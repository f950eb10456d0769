-- One row per month, segment dimension and segment with accounts in the base by the last full run: sums over them.
with pairs as (
    select * from {{ ref('int_nrr__twelve_month_pairs') }}
),

{{ nrr.full_run_sums('pairs', nrr.retention_sums(), more_dimensions=['arr_cell']) }}
