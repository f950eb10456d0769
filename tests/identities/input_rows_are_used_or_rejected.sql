-- The package is wrong: rows of subscription_events were lost or doubled on the way. Report it.
with counts as (
    select
        (select count(*) from {{ nrr.input_rows('subscription_events', nrr.event_columns()) }} as input) as rows_in,
        (
            select count(*) from {{ ref('stg_nrr__subscription_events') }}
            where rejection_reason is null
        ) as rows_used,
        (select count(*) from {{ ref('nrr__rejected_events') }}) as rows_rejected
)

select * from counts
where rows_in <> rows_used + rows_rejected
