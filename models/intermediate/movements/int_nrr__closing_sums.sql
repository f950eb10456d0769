-- One row per month, segment dimension and segment with accounts: their MRR at the month's end.
with {{ nrr.current_sums(ref('int_nrr__account_months'), nrr.closing_sums(), ref('int_nrr__full_run_closing_sums')) }}
