{{ config(enabled=nrr.has_source('contracts'), materialized='table') }}
{%- set open_end = nrr.month_number(nrr.open_end('cast(null as date)')) -%}
-- One row per account and run of months that it is counted in alike where it has terms: those in which it pays, and
-- those without MRR before them, or after the last.
with paid_runs as (
    select
        account_id,
        segment_key,
        size,
        first_number,
        end_number
    from {{ ref('int_nrr__method_bases') }}
    where pays

    union all

    select
        account_id,
        segment_key,
        size,
        {{ nrr.month_number('month') }} as first_number,
        {{ nrr.month_number('month') }} + 1 as end_number
    from {{ ref('int_nrr__several_currency_bases') }}
)

select
    account_id,
    segment_key,
    size,
    coalesce(lag(end_number) over (partition by account_id order by first_number), 0) as first_number,
    case
        when lead(end_number) over (partition by account_id order by first_number) is null then {{ open_end }}
        else end_number
    end as end_number
from paid_runs
