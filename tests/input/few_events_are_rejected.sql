-- The input is wrong: more rows of subscription_events than nrr_rejected_rows_allowed (1%) cannot be
-- used, redeliveries apart. Look at nrr__rejected_events, mend the rows at their source by the
-- reason that is named, and build again; or allow more, if you know why.
with rows_in as (
    select
        sum(number_of_rows) as number_of_rows,
        sum(case when reason <> 'duplicate' then number_of_rows else 0 end) as rejected_rows
    from {{ ref('int_nrr__input_rows') }}
)

select * from rows_in
where rejected_rows > {{ nrr.setting('nrr_rejected_rows_allowed') }} * number_of_rows
