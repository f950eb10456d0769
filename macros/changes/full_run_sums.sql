{#
  Sums over accounts by month and segment. Those over all accounts are worked out in a full run, one that works
  out every account, and kept. Until the next one only what changed is summed: the periods that changed
  accounts have now, less those that they had in the full run (the versions of int_nrr__account_periods).
#}

{#
  full_run_sums(relation, sums, more_dimensions): CTEs and select of a model that keeps the sums of the last full run;
  `relation` has a row per account and month with its version and full_run_id, the others are those of sums_by_segment.
#}
{% macro full_run_sums(relation, sums, more_dimensions=[]) -%}
-- a value, not a table to join: a join would bring all rows to one task, since all have the same id
full_run as (
    select max(full_run_id) as full_run_id from {{ ref('int_nrr__account_periods') }}
    where
        version <> 'changed'
        {%- if nrr.is_incremental_run() %}
        -- nothing is left to do where this run's sums are there
        and full_run_id not in (select kept.full_run_id from {{ this }} as kept)
        {%- endif %}
),

{%- set rows -%}
    (
        select * from {{ relation }}
        where version <> 'changed' and full_run_id = (select full_run.full_run_id from full_run)
    ) as full_run_rows
{%- endset %}

{{ nrr.sums_by_segment(rows, sums, ['full_run_id'], more_dimensions) }}

select * from segment_sums
{%- endmacro %}

{# forget_other_full_runs(): before a run, sums of a full run that was not the last one go. #}
{% macro forget_other_full_runs() -%}
    {%- if nrr.is_incremental_run() or not execute -%}
        delete from {{ this }} where full_run_id not in (
            -- distinct: Spark sends what `not in` looks up to every executor
            select distinct periods.full_run_id from {{ ref('int_nrr__account_periods') }} as periods
            where periods.full_run_id is not null
        )
    {%- endif -%}
{%- endmacro %}

{#
  current_sums(relation, sums, full_run_sums, more_dimensions): CTEs and select of a model that has the sums as they
  are now, from those of the last full run and what changed. The first of `sums` counts the rows summed.
#}
{% macro current_sums(relation, sums, full_run_sums, more_dimensions=[]) -%}
{%- set rows -%} (select * from {{ relation }} where version <> 'full') as changed_rows {%- endset -%}
{{ nrr.sums_by_segment(rows, sums, ['version'], more_dimensions) }},

parts as (
    select
        month,
        segment_dimension,
        segment
        {%- for column in sums %},
        {{ column }}
        {%- endfor %}
    from {{ full_run_sums }}

    union all

    select
        month,
        segment_dimension,
        segment
        {%- for column in sums %},
        case when version = 'replaced' then -{{ column }} else {{ column }} end as {{ column }}
        {%- endfor %}
    from segment_sums
)

select
    month,
    segment_dimension,
    segment
    {%- for column in sums %},
    sum({{ column }}) as {{ column }}
    {%- endfor %}
from parts
group by month, segment_dimension, segment
-- not the sum of that name, which Snowflake and BigQuery might take
having sum(parts.{{ sums.keys() | first }}) > 0
{%- endmacro %}
