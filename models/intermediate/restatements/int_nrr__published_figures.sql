{{ config(enabled=nrr.setting('nrr_restatements')) }}
{%- set version = (config.get('meta') or {}).get('package_version', '') -%}
-- One row per month, segment dimension and segment: the figures that this build publishes, and what they are made with.
with currencies as (
    select distinct currency from {{ ref('int_nrr__item_states') }}
),

-- both ends of a pair, as far as they are converted at rates of their own
rates as (
    select
        month_rates.month,
        sum(cast(
            {{ nrr.fingerprint(
                ['month_rates.currency', 'month_rates.year_ago_rate']
                + (['month_rates.rate'] if nrr.setting('nrr_fx') == 'actual' else [])
            ) }} as {{ nrr.type_wide_integer() }}
        )) as fingerprint
    from {{ ref('int_nrr__month_rates') }} as month_rates
    inner join currencies on month_rates.currency = currencies.currency
    group by month_rates.month
),

records as (
    select max(recorded_at) as newest_recorded_at
    from {{ ref('int_nrr__item_states') }}
    where has_recorded_at and recorded_at <= {{ nrr.time_of_the_run() }}
)

select
    retention.month,
    retention.segment_dimension,
    retention.segment,
    {%- for figure in nrr.published_figures() %}
    retention.{{ figure }},
    {%- endfor %}
    {{ nrr.as_text('rates.fingerprint') }} as rates_fingerprint,
    cast({{ nrr.text_literal(nrr.method_settings()) }} as {{ nrr.type_text() }}) as method_settings,
    cast({{ nrr.text_literal(version) }} as {{ nrr.type_text() }}) as package_version,
    records.newest_recorded_at,
    {{ nrr.time_of_the_run() }} as published_at
from {{ ref('nrr__retention') }} as retention
left join rates on retention.month = rates.month
cross join records
