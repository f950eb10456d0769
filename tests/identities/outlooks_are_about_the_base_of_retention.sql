-- The package is wrong: an outlook is not about the accounts of retention, or its segments do not add up. Report it.
with outlooks as (
    select * from {{ ref('nrr__retention_outlook') }}
),

whole as (
    select
        made_on,
        month,
        starting_mrr,
        known_mrr
    from outlooks
    where segment_dimension = 'all'
),

parts as (
    select
        made_on,
        month,
        segment_dimension,
        sum(starting_mrr) as starting_mrr,
        sum(known_mrr) as known_mrr
    from outlooks
    group by made_on, month, segment_dimension
)

select
    outlooks.made_on,
    outlooks.month,
    outlooks.segment_dimension,
    outlooks.segment,
    outlooks.starting_mrr,
    retention.starting_mrr as expected_mrr
from outlooks
inner join {{ ref('nrr__retention') }} as retention
    on
        outlooks.month = retention.month
        and outlooks.segment_dimension = retention.segment_dimension
        and outlooks.segment = retention.segment
where outlooks.starting_mrr <> retention.starting_mrr

union all

select
    parts.made_on,
    parts.month,
    parts.segment_dimension,
    'sum of all' as segment,
    parts.starting_mrr + parts.known_mrr as starting_mrr,
    whole.starting_mrr + whole.known_mrr as expected_mrr
from parts
inner join whole on parts.made_on = whole.made_on and parts.month = whole.month
where parts.starting_mrr <> whole.starting_mrr or parts.known_mrr <> whole.known_mrr
