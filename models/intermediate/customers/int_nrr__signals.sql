{%- set columns = [
    'signal', 'kind', 'rule', 'fact', 'label', 'other_fact', 'days', 'from_days', 'threshold', 'minimum', 'response',
] -%}
-- One row per signal that is looked for, the package's own and those of the input signals: what it is seen in, and for
-- how long an account must have been paying for it.
with signals as (
    select
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        -- the seed nrr_health_rules says it
        cast(null as {{ nrr.type_text() }}) as component
    from {{ ref('nrr_signals') }}
    {%- if nrr.is_given('signals') %}
    -- one of that name takes its place
    where
        signal not in (
            select own.signal from {{ ref('stg_customers__signal_rows') }} as own
            where own.reason is null
        )

    union all

    select
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        component
    from {{ ref('stg_customers__signal_rows') }}
    where reason is null
    {%- endif %}
)

select
    signals.*,
    case
        when rule = 'drop' then 119
        when rule = 'rise' then 210
        when rule = 'silence' then days
        else 0
    end as needed_days
from signals
