{%- set steps = 16 -%}
{{ config(enabled=nrr.setting('nrr_account_level') == 'parent', materialized='table') }}
-- One row per account that has a parent: the account at the top, 256 levels above it at most, or null where its parents
-- go round in a circle.
with reached as (
    select
        step_0.account_id,
        coalesce(
            {%- for step in range(steps - 1, -1, -1) %}
            step_{{ step }}.ancestor_id{{ ',' if not loop.last }}
            {%- endfor %}
        ) as ancestor_id
    from {{ ref('int_nrr__distant_parents') }} as step_0
    {%- for step in range(1, steps) %}
    left join {{ ref('int_nrr__distant_parents') }} as step_{{ step }}
        on step_{{ step - 1 }}.ancestor_id = step_{{ step }}.account_id
    {%- endfor %}
)

select
    reached.account_id,
    case when above.account_id is null then reached.ancestor_id end as top_account_id
from reached
left join {{ ref('int_nrr__direct_parents') }} as above on reached.ancestor_id = above.account_id
