{%- set harmless = "('duplicate', 'ignored_status', 'replaced_subscription')" -%}
-- One row per source, reason for which its rows cannot be used, and value that is the reason.
with rejected as (
    select
        events.source_system,
        events.reason,
        case
            when events.source_row is not null then events.source_row
            -- one of two columns is the reason, and the value says which
            when events.reason = 'invalid_discount'
                then case
                    when {{ nrr.read_decimal('events.discount_percent') }} between 0 and 100
                        or {{ nrr.read_text('events.discount_percent') }} is null
                        then {{ dbt.concat(["'discount_amount '", nrr.read_text('events.discount_amount')]) }}
                    else {{ dbt.concat(["'discount_percent '", nrr.read_text('events.discount_percent')]) }}
                end
            else case problems.column_name
                {%- for column in nrr.event_columns() %}
                when '{{ column }}' then {{ nrr.read_text('events.' ~ column) }}
                {%- endfor %}
            end
        end as value
    from {{ ref('nrr__rejected_events') }} as events
    left join {{ ref('nrr_input_problems') }} as problems on events.reason = problems.reason
    where events.reason not in {{ harmless }}
),

share as (
    select
        sum(case when reason not in {{ harmless }} then number_of_rows else 0 end)
        > {{ nrr.setting('nrr_rejected_rows_allowed') }} * sum(number_of_rows) as is_failure
    from {{ ref('int_nrr__input_rows') }}
),

counted as (
    select
        source_system,
        reason,
        value,
        count(*) as number_of_rows
    from rejected
    group by source_system, reason, value
)

select
    counted.source_system as input,
    counted.reason,
    counted.value,
    counted.number_of_rows,
    -- a mapping is missing there, however few the rows are
    counted.reason in (
        {%- for reason in nrr.mapping_reasons() %}
        '{{ reason }}'{{ ',' if not loop.last }}
        {%- endfor %}
    )
    or share.is_failure as is_failure
from counted
cross join share
