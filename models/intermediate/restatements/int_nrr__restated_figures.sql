{{ config(enabled=nrr.setting('nrr_restatements')) }}
{%- set figures = nrr.published_figures() -%}
{%- set keys = ['month', 'segment_dimension', 'segment'] -%}
-- One row per month, segment dimension and segment whose figures were restated: those published first and those of now,
-- and what was different when they changed.
with published as (
    select * from {{ ref('nrr__published_retention') }}
),

now_published as (
    select * from {{ ref('int_nrr__published_figures') }}
),

of_now as (
    select
        rates_fingerprint,
        method_settings,
        package_version,
        newest_recorded_at,
        published_at,
        month
    from now_published
    where segment_dimension = 'all'
),

versions as (
    select
        {{ keys | join(',\n        ') }},
        {{ figures | join(',\n        ') }},
        rates_fingerprint,
        method_settings,
        package_version,
        newest_recorded_at,
        dbt_valid_from as published_at
    from published

    union all

    -- a segment that has no account any more
    select
        published.month,
        published.segment_dimension,
        published.segment,
        {%- for figure in figures %}
        {{ 'null' if figure in ['nrr', 'grr', 'logo_retention'] else '0' }} as {{ figure }},
        {%- endfor %}
        of_now.rates_fingerprint,
        of_now.method_settings,
        of_now.package_version,
        of_now.newest_recorded_at,
        of_now.published_at
    from published
    inner join of_now on published.month = of_now.month
    left join now_published
        on
            published.month = now_published.month
            and published.segment_dimension = now_published.segment_dimension
            and published.segment = now_published.segment
    where published.dbt_valid_to is null and now_published.month is null
),

{%- set by_key = 'partition by ' ~ keys | join(', ') ~ ' order by published_at' %}

in_order as (
    select
        versions.*,
        {%- for column in figures + ['rates_fingerprint', 'method_settings', 'package_version'] %}
        lag({{ column }}) over ({{ by_key }}) as previous_{{ column }},
        {%- endfor %}
        row_number() over ({{ by_key }}) as version_number,
        row_number() over ({{ by_key }} desc) as newest_first
    from versions
),

changes as (
    select
        in_order.*,
        version_number > 1 and (
            {%- for figure in figures %}
            {{ nrr.is_other(figure, 'previous_' ~ figure) }}{{ ' or' if not loop.last }}
            {%- endfor %}
        ) as is_restatement
    from in_order
)

select
    {{ keys | join(',\n    ') }},
    max(case when version_number = 1 then published_at end) as first_published_at,
    max(case when is_restatement then published_at end) as restated_at,
    max(case when version_number = 1 then newest_recorded_at end) as first_recorded_at,
    max(case when is_restatement then newest_recorded_at end) as restated_recorded_at,
    sum(case when is_restatement then 1 else 0 end) as restatements,
    {%- for figure in figures %}
    max(case when version_number = 1 then {{ figure }} end) as first_{{ figure }},
    max(case when newest_first = 1 then {{ figure }} end) as {{ figure }},
    {%- endfor %}
    {%- set has_other_rates = nrr.is_other('rates_fingerprint', 'previous_rates_fingerprint') %}
    {%- for name, condition in [
        ('settings', 'method_settings <> previous_method_settings'), ('version', 'package_version <> previous_package_version'),
        ('rates', 'method_settings = previous_method_settings and ' ~ has_other_rates),
    ] %}
    max(case when is_restatement and {{ condition }} then 1 else 0 end) = 1 as has_other_{{ name }},
    {%- endfor %}
    max(case when version_number = 1 then method_settings end) as first_method_settings,
    max(case when newest_first = 1 then method_settings end) as method_settings,
    max(case when version_number = 1 then package_version end) as first_package_version,
    max(case when newest_first = 1 then package_version end) as package_version
from changes
group by {{ keys | join(', ') }}
having sum(case when is_restatement then 1 else 0 end) > 0
