-- The input is wrong: a source that is on, such as the model that nrr_inputs names for subscription_events, has no row
-- with any value, so that its part of every table is empty. Fails with the number of such sources. To resolve: look at
-- what fills its inputs, or turn it off (nrr_sources).
select
    input,
    reason,
    remedy
from {{ ref('nrr__input_problems') }}
where reason = 'no_rows'
