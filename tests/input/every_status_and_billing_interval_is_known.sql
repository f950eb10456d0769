{{ config(fail_calc='coalesce(sum(number_of_rows), 0)') }}
-- A mapping is missing: a status, a billing interval or another such word of a source is in none of the seeds
-- nrr_status_values, nrr_interval_values, nrr_contract_words and nrr_customer_events. Its rows are rejected, all
-- cancellations perhaps, so that the build fails however few they are. Fails with their number. To resolve: do what
-- `remedy` says, as a rule add a row to the seed that says what the value means.
select distinct
    reason,
    rows_of_reason as number_of_rows,
    remedy
from {{ ref('nrr__input_problems') }}
where
    reason in (
        {%- for reason in nrr.mapping_reasons() %}
        '{{ reason }}'{{ ',' if not loop.last }}
        {%- endfor %}
    )
    and is_failure
