{{ config(severity='warn') }}
-- The input is wrong: the as-of instant lies after the time of the run, so that months count as over that
-- are not. Look for a recorded_at in the future at the source, or set nrr_as_of.
select as_of_at
from {{ ref('int_nrr__as_of') }}
where as_of_at > {{ nrr.timestamp_literal(run_started_at.strftime('%Y-%m-%d %H:%M:%S')) }}
