{%- set steps = nrr.bridge_steps() -%}
{%- set is_actual = nrr.setting('nrr_fx') == 'actual' -%}
-- One row per account of the base that left, came back or had something change what it pays, and run of months: how
-- much each step of the bridge changed, and lost, of its MRR of twelve months before.
with pairs as (
    select
        pairs.account_id,
        pairs.segment_key,
        buckets.arr_bucket,
        pairs.first_month,
        pairs.end_month,
        pairs.starting_mrr,
        pairs.ending_mrr,
        pairs.ending_mrr - pairs.starting_mrr as change_mrr,
        case
            when pairs.ending_mrr = 0 then 'churn'
            when pairs.has_gap then 'returned'
        end as whole_step
    from {{ ref('int_nrr__twelve_month_pairs') }} as pairs
    inner join {{ ref('int_nrr__arr_buckets') }} as buckets
        on {{ nrr.is_in_bucket('pairs.starting_mrr') }}
    -- the lowest bucket is that of 0: MRR that converts to nothing is none
    where buckets.mrr_from > 0
),

changed as (
    select
        account_id,
        segment_key,
        arr_bucket,
        first_month,
        end_month,
        change_mrr
        {%- for step in steps %},
        {% if step in ['churn', 'returned'] -%}
        case when whole_step = '{{ step }}' then change_mrr else 0 end as {{ step }}_mrr
        {%- else -%}
        0 as {{ step }}_mrr
        {%- endif %}
        {%- endfor %}
    from pairs
    where whole_step is not null

    union all

    select
        pairs.account_id,
        pairs.segment_key,
        pairs.arr_bucket,
        {{ nrr.later('pairs.first_month', 'windows.first_month') }} as first_month,
        {{ nrr.earlier('pairs.end_month', 'windows.end_month') }} as end_month,
        pairs.change_mrr
        {%- for step in steps %},
        {% if step in ['churn', 'returned'] -%}
        0 as {{ step }}_mrr
        {%- elif step == 'fx' -%}
        -- what the drivers, at the rates of twelve months before, leave
        pairs.change_mrr
        {%- for driver in nrr.item_drivers() %}
        - windows.{{ driver }}_mrr
        {%- endfor %} as fx_mrr
        {%- else -%}
        windows.{{ step }}_mrr
        {%- endif %}
        {%- endfor %}
    from pairs
    inner join {{ ref('int_nrr__driver_windows') }} as windows
        on
            pairs.account_id = windows.account_id
            and pairs.first_month < windows.end_month
            and windows.first_month < pairs.end_month
    where
        pairs.whole_step is null
        {%- if not is_actual %}
        and (
            {%- for driver in nrr.item_drivers() %}
            {{ 'or ' if not loop.first }}windows.{{ driver }}_mrr <> 0
            {%- endfor %}
        )
        {%- endif %}
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
    account_id,
    segment_key,
    arr_bucket,
    first_month,
    end_month
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
