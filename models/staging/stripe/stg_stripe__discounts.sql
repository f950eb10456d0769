{{ config(enabled=nrr.rebuilds_stripe()) }}
-- One row per discount that was given: as the loader in use has it.
select * from {{ ref('stg_stripe__' ~ nrr.stripe_loader() ~ '_discounts') }}  -- noqa: AM04
