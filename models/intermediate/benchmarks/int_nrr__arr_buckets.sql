-- One row per bucket
select cast(row_number() over (order by mrr_from) - 1 as integer) as arr_bucket, arr_from, mrr_from, mrr_to, size from {{ ref('int_nrr__arr_cells') }}
