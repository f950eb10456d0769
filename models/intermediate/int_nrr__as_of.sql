-- One row: the instant up to which the data is complete, and the newest month that is over by then.
with events as (
    select * from {{ ref('stg_nrr__subscription_events') }}
    where rejection_reason is null
),

as_of as (
    select
        {%- if nrr.setting('nrr_as_of') is none %}
        max(
            case
                when has_recorded_at or effective_at <= cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as {{ dbt.type_timestamp() }})
                    then recorded_at
            end
        ) as as_of_at
        {%- else %}
        cast('{{ (nrr.setting('nrr_as_of') | string).replace('T', ' ').replace('Z', '') }}' as {{ dbt.type_timestamp() }}) as as_of_at
        {%- endif %}
    from events
)

select
    as_of_at,
    {{ nrr.add_months(nrr.month_of('as_of_at'), -1) }} as newest_month
from as_of
