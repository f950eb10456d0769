{{ config(enabled=nrr.setting('nrr_restatements') and nrr.setting('nrr_segments') | length > 0) }}
-- One row per month, segment dimension and time from one publication to another in which an account of the base got
-- another value of that attribute: how many such accounts there are.
with windows as (
    select distinct
        month,
        {{ nrr.add_months('month', -12) }} as start_month,
        segment_dimension,
        first_published_at,
        restated_at
    from {{ ref('int_nrr__restated_figures') }}
),

first_publication as (
    select min(first_published_at) as first_published_at
    from windows
),

published as (
    select * from {{ ref('nrr__published_attributes') }}
),

-- what was said once of an account has not changed
told_again as (
    select distinct published.account_id
    from published
    cross join first_publication
    where published.dbt_valid_from > first_publication.first_published_at
),

-- what was said of the window's begin, one after another: a run of months that begins elsewhere may say the same
values_at_start as (
    select
        windows.*,
        published.account_id,
        published.dbt_valid_from as published_at,
        published.segment,
        lag(published.segment) over (
            partition by
                windows.month,
                windows.segment_dimension,
                windows.first_published_at,
                windows.restated_at,
                published.account_id
            order by published.dbt_valid_from, published.first_month
        ) as previous_segment
    from windows
    inner join published
        on
            windows.segment_dimension = published.segment_dimension
            and windows.start_month >= published.first_month
            and (windows.start_month < published.end_month or published.end_month is null)
    inner join told_again on published.account_id = told_again.account_id
)

select
    changes.month,
    changes.segment_dimension,
    changes.first_published_at,
    changes.restated_at,
    count(distinct changes.account_id) as accounts
from values_at_start as changes
inner join {{ ref('nrr__retention_accounts') }} as bases
    on changes.month = bases.month and changes.account_id = bases.account_id
where
    changes.published_at > changes.first_published_at
    and changes.published_at <= changes.restated_at
    and {{ nrr.is_other('changes.segment', 'changes.previous_segment') }}
group by changes.month, changes.segment_dimension, changes.first_published_at, changes.restated_at
