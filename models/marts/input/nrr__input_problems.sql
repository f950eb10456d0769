{{ config(post_hook='{{ nrr.print_input_problems() }}') }}
{%- set models = [
    'int_nrr__empty_inputs', 'int_nrr__rejected_values', 'int_nrr__unusable_rows', 'int_nrr__unmatched_accounts',
    'int_nrr__months_without_rate', 'int_nrr__future_times', 'int_nrr__fees_that_end_mrr', 'int_nrr__likely_new_ids',
    'int_nrr__likely_snapshots', 'int_nrr__conflicting_rows', 'int_nrr__unclear_identities',
    'int_nrr__repeated_rows', 'int_nrr__stopped_rows',
] -%}
-- One row per input, reason and value of what cannot be used of the input, or is worth a look: of each reason the five
-- commonest values. Nothing reads it but data tests, so that one that fails skips nothing.
with problems as (
    {%- for model in models %}
    select
        input,
        reason,
        value,
        number_of_rows,
        is_failure
    from {{ ref(model) }}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

ranked as (
    select
        problems.*,
        sum(number_of_rows) over (partition by input, reason) as rows_of_reason,
        row_number() over (partition by input, reason order by number_of_rows desc, value) as value_rank
    from problems
)

select
    ranked.input,
    ranked.reason,
    remedies.column_name,
    ranked.value,
    cast(ranked.number_of_rows as bigint) as number_of_rows,
    cast(ranked.rows_of_reason as bigint) as rows_of_reason,
    ranked.is_failure,
    remedies.remedy
from ranked
left join {{ ref('nrr_input_problems') }} as remedies on ranked.reason = remedies.reason
where ranked.value_rank <= 5
