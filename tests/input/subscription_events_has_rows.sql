-- The input is wrong: the model that nrr_inputs names for subscription_events has no row with any value, so that every
-- table is empty. Fails with 1. To resolve: look at what fills that model.
select
    reason,
    remedy
from {{ ref('nrr__input_problems') }}
where reason = 'no_rows'
