{%- set steps = 16 -%}
{{ config(enabled=nrr.setting('nrr_account_level') == 'parent', materialized='table') }}
-- One row per account that has a parent: the account that is 16 levels above it, or at the top.
select
    step_0.account_id,
    coalesce(
        {%- for step in range(steps - 1, -1, -1) %}
        step_{{ step }}.parent_account_id{{ ',' if not loop.last }}
        {%- endfor %}
    ) as ancestor_id
from {{ ref('int_nrr__direct_parents') }} as step_0
{%- for step in range(1, steps) %}
left join {{ ref('int_nrr__direct_parents') }} as step_{{ step }}
    on step_{{ step - 1 }}.parent_account_id = step_{{ step }}.account_id
{%- endfor %}
