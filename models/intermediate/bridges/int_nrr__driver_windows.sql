{%- set drivers = nrr.item_drivers() -%}
{%- set is_actual = nrr.setting('nrr_fx') == 'actual' -%}
-- One row per account and run of months in which what drove its MRR in the twelve months up to the month does not
-- change: the sum of each driver, at the rates of twelve months before.
with rates as (
    select
        currency,
        rate,
        {{ nrr.add_months('first_month', 12) }} as first_month,
        {{ nrr.open_end(nrr.add_months('end_month', 12)) }} as end_month
    from {{ ref('int_nrr__rates') }}
),

-- where an account comes or leaves, it is in no base, or has left or come back: its drivers are not asked for
comings_and_goings as (
    select
        account_id,
        first_month as month
    from {{ ref('int_nrr__account_spans') }}
    where opening_mrr = 0 or mrr = 0
),

-- a change is among those of twelve months from its own on
windows as (
    select
        drivers.account_id,
        drivers.driver,
        drivers.currency,
        drivers.month,
        {{ nrr.add_months('drivers.month', 12) }} as end_month,
        drivers.total_before,
        drivers.total_after
    from {{ ref('int_nrr__item_drivers') }} as drivers
    left join comings_and_goings
        on drivers.account_id = comings_and_goings.account_id and drivers.month = comings_and_goings.month
    where comings_and_goings.account_id is null
),

converted as (
    select
        windows.account_id,
        windows.driver,
        {{ nrr.later('windows.month', 'rates.first_month') }} as first_month,
        {{ nrr.earlier('windows.end_month', 'rates.end_month') }} as end_month,
        {{ nrr.convert('windows.total_after', 'rates.rate') }}
        - {{ nrr.convert('windows.total_before', 'rates.rate') }} as driver_mrr
    from windows
    inner join rates
        on
            windows.currency = rates.currency
            and windows.month < rates.end_month
            and rates.first_month < windows.end_month
),

as_of as (
    select newest_month from {{ ref('int_nrr__as_of') }}
),

sides as (
    select 1 as side
    union all
    select -1 as side
),

changes as (
    select
        converted.account_id,
        case when sides.side = 1 then converted.first_month else converted.end_month end as month
        {%- for driver in drivers %},
        sum(
            case
                when converted.driver <> '{{ driver }}' then 0
                when sides.side = 1 then converted.driver_mrr
                else -converted.driver_mrr
            end
        ) as {{ driver }}_mrr
        {%- endfor %}
    from converted
    cross join sides
    inner join as_of
        on case when sides.side = 1 then converted.first_month else converted.end_month end <= as_of.newest_month
    group by converted.account_id, case when sides.side = 1 then converted.first_month else converted.end_month end
    {%- if is_actual %}

    union all

    -- exchange rates are a step of their own, also where nothing drove
    select
        account_id,
        cast('1800-01-01' as date) as month
        {%- for driver in drivers %},
        0 as {{ driver }}_mrr
        {%- endfor %}
    from {{ ref('int_nrr__account_spans') }}
    group by account_id
    {%- endif %}
)

select
    account_id,
    month as first_month,
    {{ nrr.open_end('lead(month) over (partition by account_id order by month)') }} as end_month
    {%- for driver in drivers %},
    cast(sum({{ driver }}_mrr) over (
        partition by account_id order by month rows between unbounded preceding and current row
    ) as decimal(18, 4)) as {{ driver }}_mrr
    {%- endfor %}
from changes
