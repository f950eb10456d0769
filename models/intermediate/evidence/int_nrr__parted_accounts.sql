-- One row per landmark, account and way to part all accounts: in which part it is, by the colour or the tenth of its
-- health or by when it got value first, and whether more of that part are expected to leave.
with colours as (
    select
        colour,
        score_from < max(score_from) over () as is_worse
    from {{ ref('nrr_health_colours') }}
),

first_band as (
    select min(days_to) as days_to from {{ ref('nrr_activation_bands') }}
)

select
    cast('health' as {{ nrr.type_text() }}) as subject_kind,
    scored.colour as subject,
    scored.month,
    scored.account_id,
    scored.observed_on,
    colours.is_worse
from {{ ref('int_nrr__scored_accounts') }} as scored
inner join colours on scored.colour = colours.colour

union all

select
    cast('decile' as {{ nrr.type_text() }}) as subject_kind,
    cast(decile as {{ nrr.type_text() }}) as subject,
    month,
    account_id,
    observed_on,
    decile <= 5 as is_worse
from {{ ref('int_nrr__scored_accounts') }}

union all

select
    cast('activation' as {{ nrr.type_text() }}) as subject_kind,
    health.activation_band as subject,
    accounts.month,
    accounts.account_id,
    accounts.observed_on,
    coalesce(health.days_to_first_value > first_band.days_to, true) as is_worse
from {{ ref('int_nrr__landmark_accounts') }} as accounts
inner join {{ ref('nrr__account_health') }} as health
    on accounts.account_id = health.account_id and accounts.observed_on = health.observed_on
cross join first_band
-- younger ones have not had the time
where health.activation_band is not null and accounts.days_since_first_payment >= 90
