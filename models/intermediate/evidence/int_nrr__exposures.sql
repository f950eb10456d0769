-- One row per subject, landmark and account that has it then: since when.
select
    cast('signal' as {{ nrr.type_text() }}) as subject_kind,
    held.signal as subject,
    accounts.month,
    accounts.account_id,
    held.first_observed_on
from {{ ref('nrr__account_signals') }} as held
inner join {{ ref('int_nrr__landmark_accounts') }} as accounts
    on held.account_id = accounts.account_id and held.observed_on = accounts.observed_on

union all

select
    subject_kind,
    subject,
    month,
    account_id,
    observed_on as first_observed_on
from {{ ref('int_nrr__parted_accounts') }}
{%- if nrr.is_given('product_usage') %}

union all

select
    cast('feature' as {{ nrr.type_text() }}) as subject_kind,
    features.feature as subject,
    accounts.month,
    accounts.account_id,
    features.known_on as first_observed_on
from {{ ref('int_nrr__early_features') }} as features
inner join {{ ref('int_nrr__landmark_accounts') }} as accounts
    on
        features.account_id = accounts.account_id
        and features.known_on <= accounts.observed_on
        and features.first_used_on <= accounts.first_paid_on
where accounts.days_since_first_payment >= 90
{%- endif %}
