-- One row per month, segment dimension and segment in which the MRR of an account changed by the last full run: by how
-- much, by movement.
with {{ nrr.full_run_sums(ref('int_nrr__account_movements'), nrr.movement_sums()) }}
