{%- set steps = 16 -%}
{{ config(enabled=nrr.setting('nrr_account_level') == 'parent', materialized='table') }}
-- One row per account that has a parent: the account at the top, 256 levels above it at most, or null where its parents
-- go round in a circle.
with reached as (
    select
        below.account_id,
        coalesce(
            {%- for step in range(steps - 1, 0, -1) %}
            step_{{ step }}.ancestor_id,
            {%- endfor %}
            below.ancestor_id
        ) as ancestor_id
    from {{ ref('int_nrr__distant_parents') }} as below
    {%- for step in range(1, steps) %}
    left join {{ ref('int_nrr__distant_parents') }} as step_{{ step }}
        on {{ 'below' if step == 1 else 'step_' ~ (step - 1) }}.ancestor_id = step_{{ step }}.account_id
    {%- endfor %}
)

select
    reached.account_id,
    case when above.account_id is null then reached.ancestor_id end as top_account_id
from reached
left join {{ ref('int_nrr__direct_parents') }} as above on reached.ancestor_id = above.account_id
