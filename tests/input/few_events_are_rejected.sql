{{ config(fail_calc='coalesce(sum(number_of_rows), 0)') }}
-- The input is wrong: more rows of the sources of events than nrr_rejected_rows_allowed (1%) cannot be used, apart from
-- redeliveries and from rows that are to be ignored. Figures without so many rows are not those of the company. Fails
-- with their number, but for those of every_status_and_billing_interval_is_known. To resolve: mend the rows of
-- nrr__rejected_events at their source, as `remedy` says, or allow more, if you know why.
select distinct
    reason,
    rows_of_reason as number_of_rows,
    remedy
from {{ ref('nrr__input_problems') }}
where
    input in (
        {%- for source in nrr.event_sources() %}
        '{{ source }}'{{ ',' if not loop.last }}
        {%- endfor %}
    )
    and reason not in (
        {%- for reason in nrr.mapping_reasons() %}
        '{{ reason }}',
        {%- endfor %}
        'unmatched_account'
    )
    and is_failure
