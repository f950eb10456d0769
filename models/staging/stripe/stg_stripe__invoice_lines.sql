{{ config(enabled=nrr.rebuilds_stripe()) }}
-- One row per line of an invoice that was billed and can be used: as the loader in use has it.
select * from {{ ref('stg_stripe__' ~ nrr.stripe_loader() ~ '_invoice_lines') }}  -- noqa: AM04
where source_reason is null
