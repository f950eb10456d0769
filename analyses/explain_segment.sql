{%- set month = var('month', none) -%}
{%- set dimension = var('dimension', 'all') -%}
{%- set segment = var('segment', 'all') | replace("'", "''") -%}
{%- set columns = [
    'size', 'pricing_model', 'product', 'plan', 'billing_interval', 'currency', 'acquisition_quarter',
] -%}
{#- attributes are one JSON object -#}
{%- set attribute = '"' ~ dimension ~ '": "' ~ segment | replace('\\', '\\\\') | replace('"', '\\"') ~ '"' -%}
-- One row per account that makes the retention of a segment in a month, the largest effect first: what it paid when the
-- window opened and pays now, and how many points (0.01 is one) of the segment's NRR and GRR that is. The points of all
-- accounts add up to NRR - 1 and GRR - 1.
-- `make explain SEGMENT=smb MONTH=2026-10` shows them as a table. In a warehouse:
--   dbt show --limit 50 --select explain_segment --vars '{dimension: size, segment: smb, month: 2026-10-01}'
-- Without a dimension: the company; without a month: the newest. What one account did: explain_account.sql.
with rates as (
    select * from {{ ref('nrr__retention') }}
    where
        segment_dimension = '{{ dimension }}'
        and segment = '{{ segment }}'
        {%- if month %}
        and month = cast('{{ month }}' as date)
        {%- else %}
        and month = (select max(month) from {{ ref('nrr__retention') }})
        {%- endif %}
)

select
    accounts.month,
    accounts.account_id,
    accounts.size,
    accounts.plan,
    accounts.starting_mrr,
    accounts.ending_mrr,
    accounts.ending_mrr - accounts.starting_mrr as change_mrr,
    (accounts.ending_mrr - accounts.starting_mrr) / rates.starting_mrr as points_nrr,
    (accounts.retained_mrr - accounts.starting_mrr) / rates.starting_mrr as points_grr
from {{ ref('nrr__retention_accounts') }} as accounts
inner join rates on accounts.month = rates.month
{%- if dimension in columns %}
where accounts.{{ dimension }} = rates.segment
{%- elif dimension != 'all' %}
where {{ dbt.position("'" ~ attribute ~ "'", 'accounts.attributes') }} > 0
{%- endif %}
order by abs(accounts.ending_mrr - accounts.starting_mrr) desc, accounts.account_id
