-- One row per time that lies after the time of the run: a recorded_at, or the as-of instant that is set.
select
    cast('{{ nrr.name_of_events() }}' as {{ nrr.type_text() }}) as input,
    cast('recorded_in_the_future' as {{ nrr.type_text() }}) as reason,
    substr({{ nrr.as_text('recorded_at') }}, 1, 19) as value,
    -- a state has two rows where its discount ends, and several where it is one of a whole subscription
    count(distinct {{ nrr.fingerprint([
        'account_id', 'subscription_id', 'event_id', 'status', 'unit_amount', 'quantity'
    ]) }}) as number_of_rows,
    false as is_failure
from {{ ref('int_nrr__item_states') }}
where has_recorded_at and recorded_at > {{ nrr.time_of_the_run() }}
group by substr({{ nrr.as_text('recorded_at') }}, 1, 19)

union all

select
    cast('settings' as {{ nrr.type_text() }}) as input,
    cast('as_of_in_the_future' as {{ nrr.type_text() }}) as reason,
    substr({{ nrr.as_text('as_of_at') }}, 1, 19) as value,
    1 as number_of_rows,
    false as is_failure
from {{ ref('int_nrr__as_of') }}
where as_of_at > {{ nrr.time_of_the_run() }}
