-- One row per month, segment dimension, segment and step that some account of the base took: its amount, its points of
-- NRR and GRR, and its accounts.
with steps as (
    {%- for step in nrr.bridge_steps() %}
    select
        month,
        segment_dimension,
        segment,
        '{{ step }}' as step,
        {{ loop.index }} as step_number,
        {{ step }}_mrr as step_mrr,
        {{ step }}_loss_mrr as loss_mrr,
        {{ step }}_accounts as accounts
    from {{ ref('int_nrr__bridge_sums') }}
    where {{ step }}_accounts > 0
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    steps.month,
    steps.segment_dimension,
    steps.segment,
    {{ nrr.as_text('steps.step') }} as step,
    steps.step_number,
    steps.step_mrr,
    {{ nrr.divide('steps.step_mrr', 'sums.starting_mrr') }} as points_nrr,
    {{ nrr.divide('steps.loss_mrr', 'sums.starting_mrr') }} as points_grr,
    steps.accounts
from steps
inner join {{ ref('int_nrr__retention_sums') }} as sums
    on
        steps.month = sums.month
        and steps.segment_dimension = sums.segment_dimension
        and steps.segment = sums.segment
