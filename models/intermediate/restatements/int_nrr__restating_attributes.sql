{{ config(enabled=nrr.setting('nrr_restatements') and nrr.setting('nrr_segments') | length > 0) }}
-- One row per month, segment dimension and time from one publication to another in which an account of the base got
-- another value of that attribute: how many such accounts there are.
with windows as (
    select distinct
        month,
        segment_dimension,
        first_published_at,
        restated_at
    from {{ ref('int_nrr__restated_figures') }}
),

published as (
    select * from {{ ref('nrr__published_attributes') }}
),

-- the value with which an account's row began to be known is another one than before, or than that of no row
changes as (
    select
        account_id,
        segment_dimension,
        first_month,
        end_month,
        dbt_valid_from as published_at,
        segment,
        lag(segment) over (
            partition by account_id, segment_dimension, first_month order by dbt_valid_from
        ) as previous_segment
    from published
)

select
    windows.month,
    windows.segment_dimension,
    windows.first_published_at,
    windows.restated_at,
    count(distinct changes.account_id) as accounts
from windows
inner join changes
    on
        windows.segment_dimension = changes.segment_dimension
        and changes.published_at > windows.first_published_at
        and changes.published_at <= windows.restated_at
        and {{ nrr.is_other('changes.segment', 'changes.previous_segment') }}
        and changes.first_month <= {{ nrr.add_months('windows.month', -12) }}
        and (changes.end_month is null or changes.end_month > {{ nrr.add_months('windows.month', -12) }})
inner join {{ ref('nrr__retention_accounts') }} as bases
    on windows.month = bases.month and changes.account_id = bases.account_id
group by windows.month, windows.segment_dimension, windows.first_published_at, windows.restated_at
