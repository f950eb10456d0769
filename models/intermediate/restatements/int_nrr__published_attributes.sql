{%- set attributes = nrr.setting('nrr_segments') -%}
{{ config(enabled=nrr.setting('nrr_restatements') and attributes | length > 0) }}
-- One row per account, run of months and attribute: its value, by which the account is segmented.
with attribute_sets as (
    select
        {{ nrr.json_object(attributes, nrr.attribute_columns()) }} as attributes,
        {{ nrr.attribute_columns() | join(',\n        ') }}
    from {{ ref('stg_nrr__accounts') }}
    group by {{ nrr.attribute_columns() | join(', ') }}
)

{%- for attribute in attributes %}

select
    accounts.account_id,
    accounts.first_month,
    accounts.end_month,
    cast({{ nrr.text_literal(attribute) }} as {{ nrr.type_text() }}) as segment_dimension,
    coalesce(attribute_sets.attribute_{{ loop.index }}, '(unknown)') as segment,
    {{ nrr.time_of_the_run() }} as published_at
from {{ ref('int_nrr__account_attributes') }} as accounts
inner join attribute_sets on accounts.attributes = attribute_sets.attributes
{{ 'union all' if not loop.last }}
{%- endfor %}
