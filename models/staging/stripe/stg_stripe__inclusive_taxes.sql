{{ config(enabled=nrr.rebuilds_stripe()) }}
-- One row per subscription or item whose price has tax inside: as the loader in use has it.
select * from {{ ref('stg_stripe__' ~ nrr.stripe_loader() ~ '_inclusive_taxes') }}  -- noqa: AM04
