-- One row: a fingerprint of what all accounts have in common and their figures depend on (the newest month,
-- exchange rates, bounds of ARR), and whether the tables hold what follows from it.
with parts as (
    select {{ nrr.fingerprint(['newest_month']) }} as fingerprint from {{ ref('int_nrr__as_of') }}
    union all
    select {{ nrr.fingerprint(['currency', 'month', 'rate']) }} as fingerprint from {{ ref('int_nrr__month_rates') }}
    union all
    select {{ nrr.fingerprint(['arr_cell', 'mrr_from', 'size']) }} as fingerprint from {{ ref('int_nrr__arr_cells') }}
),

common as (
    select
        1 as id,
        sum(cast(fingerprint as {{ nrr.type_wide_integer() }})) as fingerprint,
        false as is_built
    from parts
)

select * from common
{% if nrr.is_incremental_run() -%}
where fingerprint not in (select known.fingerprint from {{ this }} as known)
{%- endif %}
