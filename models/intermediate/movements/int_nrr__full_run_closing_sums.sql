-- One row per month, segment dimension and segment with accounts in the last full run: their MRR at the month's end.
with {{ nrr.full_run_sums(ref('int_nrr__account_months'), nrr.closing_sums()) }}
