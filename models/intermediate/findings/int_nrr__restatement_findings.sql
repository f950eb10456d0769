{{ config(enabled=nrr.setting('nrr_restatements')) }}
-- One row per month, of the newest alone whose NRR of the company is another than was published first, by as much as
-- the seed nrr_findings says.
with moved as (
    select
        restatements.month,
        restatements.first_nrr,
        restatements.nrr,
        abs(restatements.nrr_change) as figure,
        restatements.causes,
        restatements.accounts_with_events,
        row_number() over (order by restatements.month desc) as newest_first
    from {{ ref('nrr__restatements') }} as restatements
    inner join {{ ref('nrr_findings') }} as findings
        on
            findings.finding = 'restated'
            and abs(restatements.nrr_change) >= coalesce(findings.figure_from, 0)
    where restatements.segment_dimension = 'all'
)

select
    month,
    {{ nrr.as_text("'restated'") }} as finding,
    {{ nrr.as_text("'all'") }} as segment_dimension,
    {{ nrr.as_text("'all'") }} as segment,
    cast(figure as decimal(38, 9)) as figure,
    cast(first_nrr as decimal(38, 9)) as baseline,
    cast(null as decimal(38, 9)) as share,
    cast(null as decimal(28, 4)) as mrr,
    cast(accounts_with_events as integer) as accounts,
    cast(null as integer) as base_accounts,
    {{ nrr.as_text(dbt.concat([nrr.percent_text('nrr'), "' now ('", 'causes', "')'"])) }} as detail
from moved
where newest_first = 1
