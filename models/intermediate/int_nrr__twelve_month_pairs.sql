-- One row per month and account with MRR twelve months before: MRR at both ends, and its segments then.
with account_months as (
    select * from {{ ref('int_nrr__account_months') }}
),

ends as (
    select
        account_id,
        month,
        {%- if nrr.setting('nrr_reactivation_counts') %}
        cast(null as date) as last_month_without_mrr,
        {%- else %}
        max(case when mrr = 0 then month end) over (
            partition by account_id order by month rows between unbounded preceding and current row
        ) as last_month_without_mrr,
        {%- endif %}
        {{ 'mrr_at_year_ago_rates' if nrr.setting('nrr_fx') == 'constant' else 'mrr' }} as mrr
    from account_months
)

select
    ends.month,
    starts.account_id,
    starts.mrr as starting_mrr,
    case when ends.last_month_without_mrr > starts.month then 0 else ends.mrr end as ending_mrr,
    starts.{{ nrr.segment_columns() | join(',\n    starts.') }}
from account_months as starts
inner join ends
    on starts.account_id = ends.account_id and {{ nrr.add_months('starts.month', 12) }} = ends.month
where starts.mrr > 0
