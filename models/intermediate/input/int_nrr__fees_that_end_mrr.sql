-- One row per item whose MRR ends where a fee that is paid once begins.
with fees as (
    select
        subscription_id,
        subscription_item_id,
        starts_at
    from {{ ref('int_nrr__item_states') }}
    where billing_interval = 'one_time' and (starts_at < ends_at or ends_at is null)
)

select
    cast('{{ nrr.name_of_events() }}' as {{ nrr.type_text() }}) as input,
    cast('fee_ends_mrr' as {{ nrr.type_text() }}) as reason,
    fees.subscription_item_id as value,
    count(*) as number_of_rows,
    false as is_failure
from fees
inner join {{ ref('int_nrr__item_states') }} as states
    on
        fees.subscription_id = states.subscription_id
        and fees.subscription_item_id = states.subscription_item_id
        and fees.starts_at = states.ends_at
where states.mrr > 0 and states.starts_at < states.ends_at
group by fees.subscription_item_id
