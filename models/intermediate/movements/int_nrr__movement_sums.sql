-- One row per month, segment dimension and segment in which the MRR of an account changed: by how much, by movement.
with {{ nrr.current_sums(
    ref('int_nrr__account_movements'), nrr.movement_sums(), ref('int_nrr__full_run_movement_sums')
) }}
