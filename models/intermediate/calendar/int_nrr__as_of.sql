{%- set as_of = nrr.setting('nrr_as_of') -%}
-- One row: the instant up to which the data is complete, and the newest month that is over by then.
with as_of as (
    {%- if as_of is none %}
    -- the newest record; a row that does not say when it was recorded may lie in the future
    select
        max(
            case
                when
                    has_recorded_at
                    or recorded_at <= {{ nrr.timestamp_literal(run_started_at.strftime('%Y-%m-%d %H:%M:%S')) }}
                    then recorded_at
            end
        ) as as_of_at
    from {{ ref('int_nrr__item_states') }}
    {%- else %}
    select {{ nrr.timestamp_literal(as_of) }} as as_of_at
    {%- endif %}
)

select
    as_of_at,
    {{ nrr.add_months(nrr.month_of('as_of_at'), -1) }} as newest_month
from as_of
