{{ config(enabled=nrr.setting('nrr_fx') == 'constant') }}
-- The package is wrong: what the base's movements add up to is not what became of its MRR, though both are at the rates
-- of twelve months before. They may differ by the rounding of converted amounts, a ten-thousandth for each account.
-- Report it.
select
    methods.month,
    methods.segment_dimension,
    methods.segment
from {{ ref('nrr__retention_by_method') }} as methods
inner join {{ ref('nrr__retention') }} as retention
    on
        methods.month = retention.month
        and methods.segment_dimension = retention.segment_dimension
        and methods.segment = retention.segment
where
    methods.method = 'cohort_movements'
    and abs(methods.nrr - retention.nrr) * retention.starting_mrr
    > retention.starting_accounts * 0.0001 + retention.starting_mrr * 0.000000002
