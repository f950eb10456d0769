-- One row per landmark and account whose health has a colour then: its score, and in which tenth of the landmark's
-- accounts that is, 1 the lowest. Accounts of one score are in one tenth, that of their middle.
with ranked as (
    select
        accounts.month,
        accounts.account_id,
        accounts.observed_on,
        accounts.churned_month,
        health.score,
        health.colour,
        rank() over (partition by accounts.month order by health.score) as place,
        count(*) over (partition by accounts.month, health.score) as alike,
        count(*) over (partition by accounts.month) as places
    from {{ ref('int_nrr__landmark_accounts') }} as accounts
    inner join {{ ref('nrr__account_health') }} as health
        on accounts.account_id = health.account_id and accounts.observed_on = health.observed_on
    where health.colour is not null
)

select
    month,
    account_id,
    observed_on,
    churned_month is not null as has_churned,
    score,
    colour,
    -- the middle of its places, 2 x place + alike - 1 in halves of a place, begins at 1
    cast(floor({{ nrr.divide('5 * (2 * place + alike - 2)', 'places') }}) as integer) + 1 as decile
from ranked
