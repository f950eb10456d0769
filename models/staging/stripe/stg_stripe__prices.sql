{{ config(enabled=nrr.rebuilds_stripe()) }}
-- One row per price: as the loader in use has it.
select * from {{ ref('stg_stripe__' ~ nrr.stripe_loader() ~ '_prices') }}  -- noqa: AM04
