{{ config(enabled=nrr.rebuilds_stripe()) }}
-- One row per subscription item that is there now: as the loader in use has it.
select * from {{ ref('stg_stripe__' ~ nrr.stripe_loader() ~ '_items') }}  -- noqa: AM04
