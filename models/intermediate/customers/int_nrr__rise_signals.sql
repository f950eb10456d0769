-- One row per account, observation and signal of the rule rise that holds: the last 28 days beside as many of its usual
-- ones, the 182 before.
with usual as (
    select
        windows.*,
        -- 28 of 182 days
        cast(previous_182_days as {{ nrr.type_double() }}) * 2 / 13 as usual_28_days
    from {{ ref('int_nrr__measured_windows') }} as windows
    where rule = 'rise'
)

select
    account_id,
    month,
    signal,
    cast(last_28_days as {{ nrr.type_double() }}) as figure,
    usual_28_days as baseline,
    cast(null as date) as due_on,
    cast(null as decimal(18, 4)) as mrr
from usual
where
    last_28_days >= coalesce(minimum, 0)
    -- as far above the usual as chance, where things happen one by one, hardly brings it
    and (cast(last_28_days as {{ nrr.type_double() }}) - usual_28_days)
    / sqrt(case when usual_28_days > 1 then usual_28_days else 1 end) >= threshold
