-- One row per required input without any row.
with counted as (
    select coalesce(sum(number_of_rows), 0) as number_of_rows from {{ ref('int_nrr__input_rows') }}
)

select
    cast('subscription_events' as {{ nrr.type_text() }}) as input,
    cast('no_rows' as {{ nrr.type_text() }}) as reason,
    cast(null as {{ nrr.type_text() }}) as value,
    0 as number_of_rows,
    true as is_failure
from counted
where
    number_of_rows = 0
    {%- if flags.EMPTY %}
    -- where no input is read, none is looked for
    and false
    {%- endif %}
