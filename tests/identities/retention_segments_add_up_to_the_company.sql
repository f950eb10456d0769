{%- set columns = [
    'starting_accounts', 'retained_accounts', 'starting_mrr', 'expansion_mrr', 'contraction_mrr', 'churned_mrr',
    'retained_mrr', 'ending_mrr',
] -%}
-- The package is wrong: the segments of a dimension do not add up to the whole company, the company
-- differs from its accounts, or a row's parts do not add up. Report it.
with sums as (
    select
        month,
        segment_dimension,
        {%- for column in columns %}
        sum({{ column }}) as {{ column }},
        {%- endfor %}
        sum(
            case
                when
                    ending_mrr <> starting_mrr + expansion_mrr + contraction_mrr + churned_mrr
                    or retained_mrr <> starting_mrr + contraction_mrr + churned_mrr
                    then 1
                else 0
            end
        ) as broken_rows
    from {{ ref('nrr__retention') }}
    group by month, segment_dimension
),

accounts as (
    select
        month,
        cast('accounts' as {{ nrr.type_text() }}) as segment_dimension,
        count(*) as starting_accounts,
        sum(case when ending_mrr > 0 then 1 else 0 end) as retained_accounts,
        sum(starting_mrr) as starting_mrr,
        sum(case when ending_mrr > starting_mrr then ending_mrr - starting_mrr else 0 end) as expansion_mrr,
        sum(
            case when ending_mrr < starting_mrr and ending_mrr > 0 then ending_mrr - starting_mrr else 0 end
        ) as contraction_mrr,
        sum(case when ending_mrr = 0 then -starting_mrr else 0 end) as churned_mrr,
        sum(retained_mrr) as retained_mrr,
        sum(ending_mrr) as ending_mrr,
        0 as broken_rows
    from {{ ref('nrr__retention_accounts') }}
    group by month
),

parts as (
    select * from sums
    union all
    select * from accounts
)

select
    parts.month,
    parts.segment_dimension
from parts
inner join sums as company on parts.month = company.month and company.segment_dimension = 'all'
where
    parts.broken_rows > 0
    {%- for column in columns %}
    or parts.{{ column }} <> company.{{ column }}
    {%- endfor %}
