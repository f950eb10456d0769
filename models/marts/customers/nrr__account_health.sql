{%- set components = ['usage', 'adoption', 'support', 'sentiment', 'relationship', 'billing'] -%}
-- One row per account and observation: how well it is, from 0 to 100, by what can be told of it.
with components as (
    select
        points.account_id,
        points.month,
        {%- for component in components %}
        max(case when points.component = '{{ component }}' then points.points end) as points_{{ component }},
        {%- endfor %}
        sum(points.points * weights.weight) as weighted_points,
        sum(weights.weight) as weight
    from {{ ref('int_nrr__health_points') }} as points
    inner join {{ ref('nrr_health_weights') }} as weights on points.component = weights.component
    group by points.account_id, points.month
),

total as (
    select sum(weight) as weight from {{ ref('nrr_health_weights') }}
),

-- before anybody is known to have been activated, that another is not says nothing
activation as (
    select min({{ nrr.later('occurred_on', 'known_on') }}) as known_on from {{ ref('int_nrr__account_facts') }}
    where fact = 'milestone' and label = 'activated'
),

scores as (
    select
        accounts.account_id,
        accounts.month,
        accounts.observed_on,
        accounts.mrr,
        {%- for component in components %}
        components.points_{{ component }},
        {%- endfor %}
        {{ nrr.divide('components.weighted_points', 'components.weight') }} as score,
        {{ nrr.divide('coalesce(components.weight, 0)', 'total.weight') }} as coverage,
        milestones.first_value_at,
        case
            when milestones.first_value_at > accounts.first_paid_on
                then {{ nrr.days_between('accounts.first_paid_on', 'milestones.first_value_at') }}
            when milestones.first_value_at is not null then 0
        end as days_to_first_value,
        coalesce(milestones.milestones_reached, 0) as milestones_reached,
        accounts.observed_on >= activation.known_on as is_activation_known
    from {{ ref('int_nrr__observed_accounts') }} as accounts
    cross join total
    cross join activation
    left join components on accounts.account_id = components.account_id and accounts.month = components.month
    left join {{ ref('int_nrr__account_milestones') }} as milestones
        on accounts.account_id = milestones.account_id and accounts.month = milestones.month
),

colours as (
    select
        colour,
        score_from,
        lead(score_from) over (order by score_from) as next_score_from
    from {{ ref('nrr_health_colours') }}
),

bands as (
    select
        activation_band,
        days_to,
        -- the last one has no end
        lag(days_to) over (order by case when days_to is null then 1 else 0 end, days_to) as days_above
    from {{ ref('nrr_activation_bands') }}
)

select
    scores.account_id,
    scores.observed_on,
    scores.mrr,
    {{ nrr.as_ratio('scores.score') }} as score,
    {{ nrr.as_ratio('scores.coverage') }} as coverage,
    colours.colour,
    {{ nrr.as_ratio('scores.score - month_before.score') }} as score_change_1m,
    {{ nrr.as_ratio('scores.score - quarter_before.score') }} as score_change_3m,
    {%- for component in components %}
    {{ nrr.as_ratio('scores.points_' ~ component) }} as points_{{ component }},
    {%- endfor %}
    scores.first_value_at,
    cast(scores.days_to_first_value as integer) as days_to_first_value,
    case
        when scores.first_value_at is not null then bands.activation_band
        when scores.is_activation_known then 'not yet'
    end as activation_band,
    cast(scores.milestones_reached as integer) as milestones_reached
from scores
left join colours
    on
        scores.score >= colours.score_from
        and (scores.score < colours.next_score_from or colours.next_score_from is null)
        -- by less than half, nobody is judged
        and scores.coverage >= 0.5
left join bands
    on
        (scores.days_to_first_value > bands.days_above or bands.days_above is null)
        and (scores.days_to_first_value <= bands.days_to or bands.days_to is null)
left join scores as month_before
    on
        scores.account_id = month_before.account_id
        and scores.month = {{ nrr.add_months('month_before.month', 1) }}
left join scores as quarter_before
    on
        scores.account_id = quarter_before.account_id
        and scores.month = {{ nrr.add_months('quarter_before.month', 3) }}
