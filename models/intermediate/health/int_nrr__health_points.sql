-- One row per account, observation and component of health of which something can be told: its points, 0 to 100, the
-- mean of those of its signals (definitions 16.2).
with signal_points as (
    select
        figures.account_id,
        figures.month,
        signals.component,
        case
            when bounds.form = 'linear' and bounds.next_value is not null and figures.figure > bounds.value
                then
                    bounds.points + (bounds.next_points - bounds.points)
                    * {{ nrr.divide('(figures.figure - bounds.value)', '(bounds.next_value - bounds.value)') }}
            else bounds.points
        end as points
    from {{ ref('int_nrr__health_figures') }} as figures
    inner join {{ ref('int_nrr__observed_accounts') }} as accounts
        on figures.account_id = accounts.account_id and figures.month = accounts.month
    inner join {{ ref('int_nrr__health_signals') }} as signals on figures.signal = signals.signal
    inner join {{ ref('int_nrr__health_bounds') }} as bounds
        on
            figures.signal = bounds.signal
            and accounts.days_since_first_payment >= bounds.tenure_from
            and (accounts.days_since_first_payment < bounds.tenure_to or bounds.tenure_to is null)
            and (figures.figure >= bounds.value or bounds.is_lowest)
            and (figures.figure < bounds.next_value or bounds.next_value is null)
)

select
    account_id,
    month,
    component,
    avg(points) as points
from signal_points
group by account_id, month, component
