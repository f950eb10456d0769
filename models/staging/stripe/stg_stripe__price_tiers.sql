{{ config(enabled=nrr.rebuilds_stripe()) }}
-- One row per tier of a price: as the loader in use has it.
select * from {{ ref('stg_stripe__' ~ nrr.stripe_loader() ~ '_price_tiers') }}  -- noqa: AM04
