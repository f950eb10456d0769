{{ config(post_hook='{{ nrr.warn_of_rejected_events() }}') }}
{%- set columns = nrr.event_columns() -%}
-- One row per input row of subscription_events that is not used: its columns as they were given.
select
    row_number() over (
        order by
            rejection_reason
            {%- for column in columns %},
            raw_{{ column }}
            {%- endfor %}
    ) as rejected_row,
    {%- for column in columns %}
    raw_{{ column }} as {{ column }},
    {%- endfor %}
    rejection_reason as reason
from {{ ref('stg_nrr__subscription_events') }}
where rejection_reason is not null
