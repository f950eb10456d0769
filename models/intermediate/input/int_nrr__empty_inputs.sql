-- One row per required input without any row.
select
    cast('subscription_events' as {{ nrr.type_text() }}) as input,
    cast('no_rows' as {{ nrr.type_text() }}) as reason,
    cast(null as {{ nrr.type_text() }}) as value,
    0 as number_of_rows,
    true as is_failure
from {{ ref('int_nrr__input_rows') }}
{%- if flags.EMPTY %}
-- where no input is read, none is looked for
where false
{%- endif %}
having coalesce(sum(number_of_rows), 0) = 0
