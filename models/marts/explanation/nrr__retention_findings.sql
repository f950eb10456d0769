-- One row per month, finding, segment dimension and segment: what the rates hide, as a sentence, with its figures.
with candidates as (
    select * from {{ ref('int_nrr__company_findings') }}
    union all
    select * from {{ ref('int_nrr__segment_findings') }}
    union all
    select * from {{ ref('int_nrr__benchmark_findings') }}
    union all
    select * from {{ ref('int_nrr__expansion_findings') }}
    union all
    select * from {{ ref('int_nrr__first_year_findings') }}
    union all
    select * from {{ ref('int_nrr__driver_findings') }}
    union all
    select * from {{ ref('int_nrr__cohort_findings') }}
    {%- if nrr.setting('nrr_restatements') %}
    union all
    select * from {{ ref('int_nrr__restatement_findings') }}
    {%- endif %}
),

-- a bound that is open lets everything pass
found as (
    select
        candidates.*,
        findings.severity,
        coalesce(findings.figure_from, findings.figure_to) as threshold,
        findings.sentence as wording,
        findings.query as query_wording
    from candidates
    inner join {{ ref('nrr_findings') }} as findings on candidates.finding = findings.finding
    where
        (candidates.figure >= findings.figure_from or findings.figure_from is null)
        and (candidates.figure < findings.figure_to or findings.figure_to is null)
        and (candidates.baseline >= findings.baseline_from or findings.baseline_from is null)
        and (candidates.baseline < findings.baseline_to or findings.baseline_to is null)
        and (candidates.share >= findings.share_from or findings.share_from is null)
),
{%- set words = {
    '{name}': dbt.concat(['segment', "' ('", 'segment_dimension', "')'"]),
    '{dimension}': 'segment_dimension',
    '{segment}': 'replace(segment, ' ~ nrr.text_literal("'") ~ ', ' ~ nrr.text_literal("''") ~ ')',
    '{month}': nrr.as_text('month'),
    '{figure%}': nrr.percent_text('figure'),
    '{figure}': nrr.tenths_text('figure'),
    '{points}': nrr.tenths_text('figure * 100'),
    '{rest%}': nrr.percent_text('1 - figure'),
    '{baseline%}': nrr.percent_text('baseline'),
    '{years}': nrr.tenths_text('baseline'),
    '{accounts}': nrr.whole_text('accounts'),
    '{base}': nrr.whole_text('base_accounts'),
    '{mrr}': nrr.whole_text('mrr'),
    '{detail}': 'detail',
} %}

worded as (
    select
        found.*,
        {%- for word in words.values() %}
        coalesce({{ word }}, '') as word_{{ loop.index }}{{ ',' if not loop.last }}
        {%- endfor %}
    from found
)
{%- set filled = namespace(sentence='wording', query='query_wording') %}
{%- for placeholder in words %}
    {%- set filled.sentence = "replace(" ~ filled.sentence ~ ", '" ~ placeholder ~ "', word_" ~ loop.index ~ ")" %}
    {%- set filled.query = "replace(" ~ filled.query ~ ", '" ~ placeholder ~ "', word_" ~ loop.index ~ ")" %}
{%- endfor %}

select
    month,
    finding,
    segment_dimension,
    segment,
    cast(severity as integer) as severity,
    {{ nrr.as_text(filled.sentence) }} as sentence,
    figure,
    baseline,
    share,
    cast(threshold as decimal(38, 9)) as threshold,
    mrr,
    accounts,
    base_accounts,
    {{ nrr.as_text(filled.query) }} as query
from worded
