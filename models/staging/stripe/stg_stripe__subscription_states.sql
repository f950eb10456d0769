{{ config(enabled=nrr.rebuilds_stripe()) }}
-- One row per version of a subscription that the loader knows: as the loader in use has it.
select * from {{ ref('stg_stripe__' ~ nrr.stripe_loader() ~ '_subscription_states') }}  -- noqa: AM04
