{%- set steps = nrr.bridge_steps() -%}
-- One row per account of the base that left, came back or had something change what it pays, and run of months: how
-- much each step of the bridge changed, and lost, of its MRR of twelve months before.
with pairs as (
    select
        pairs.account_id,
        pairs.segment_key,
        pairs.first_month,
        pairs.end_month,
        pairs.starting_mrr,
        pairs.ending_mrr - pairs.starting_mrr as change_mrr,
        case
            when pairs.ending_mrr = 0 then 'churn'
            when pairs.has_gap then 'returned'
        end as whole_step
    from {{ ref('int_nrr__twelve_month_pairs') }} as pairs
    -- MRR that converts to nothing is none
    where pairs.starting_mrr > 0
),

changed as (
    select
        pairs.account_id,
        pairs.segment_key,
        pairs.starting_mrr,
        case
            when windows.first_month > pairs.first_month then windows.first_month else pairs.first_month
        end as first_month,
        case when windows.end_month < pairs.end_month then windows.end_month else pairs.end_month end as end_month,
        pairs.change_mrr
        {%- for step in steps %},
        {% if step in ['churn', 'returned'] -%}
        case when pairs.whole_step = '{{ step }}' then pairs.change_mrr else 0 end as {{ step }}_mrr
        {%- elif step == 'fx' -%}
        -- what the drivers, at the rates of twelve months before, leave
        case
            when pairs.whole_step is null
                then pairs.change_mrr
                {%- for driver in nrr.item_drivers() %} - coalesce(windows.{{ driver }}_mrr, 0){% endfor %}
            else 0
        end as fx_mrr
        {%- else -%}
        coalesce(windows.{{ step }}_mrr, 0) as {{ step }}_mrr
        {%- endif %}
        {%- endfor %}
    from pairs
    left join {{ ref('int_nrr__driver_windows') }} as windows
        on
            pairs.account_id = windows.account_id
            and pairs.first_month < windows.end_month
            and windows.first_month < pairs.end_month
            and pairs.whole_step is null
),

-- what the account lost is spread over the steps that lost, in proportion: so much up to and including each of them
losses as (
    select
        changed.*,
        case when change_mrr < 0 then -change_mrr else 0 end as loss_mrr
        {%- for step in steps %},
        {%- set last = loop.index %}
        {% for other in steps[:last] -%}
        {{ '+ ' if not loop.first }}case when {{ other }}_mrr < 0 then -{{ other }}_mrr else 0 end
        {% endfor -%} as losing_up_to_{{ step }}
        {%- endfor %}
    from changed
)

select
    losses.account_id,
    losses.segment_key,
    buckets.size,
    losses.first_month,
    losses.end_month
    {%- for step in steps %},
    {%- set whole = 'losing_up_to_' ~ steps[-1] %}
    {%- set before = 'losing_up_to_' ~ steps[loop.index0 - 1] if not loop.first else '0' %}
    cast({{ step }}_mrr as decimal(18, 4)) as {{ step }}_mrr,
    cast(
        case
            when loss_mrr = 0 or {{ step }}_mrr >= 0 then 0
            when -{{ step }}_mrr = {{ whole }} then change_mrr
            else {{ nrr.share_of_loss('loss_mrr', before, whole) }}
                - {{ nrr.share_of_loss('loss_mrr', 'losing_up_to_' ~ step, whole) }}
        end as decimal(18, 4)
    ) as {{ step }}_loss_mrr
    {%- endfor %}
from losses
-- last: DuckDB 2.0.0 may fail on ids of accounts that go through such a join before one by them
inner join {{ ref('int_nrr__arr_buckets') }} as buckets on {{ nrr.is_in_bucket('losses.starting_mrr') }}
-- nothing changed what the others pay
where
    {%- for step in steps %}
    {{ 'or ' if not loop.first }}{{ step }}_mrr <> 0
    {%- endfor %}
