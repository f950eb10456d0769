{%- set settings = [
    (config.get('meta') or {}).get('package_version', ''), nrr.setting('nrr_timezone'), nrr.setting('nrr_segments')
] | tojson -%}
-- One row per account: a fingerprint of all that its spans are made from: its item states, its attributes, the settings
-- and the package's version.
with attribute_fingerprints as (
    select
        account_id,
        sum(cast(
            {{ nrr.fingerprint(['first_month', 'attributes']) }} as {{ nrr.type_wide_integer() }}
        )) as fingerprint
    from {{ ref('int_nrr__account_attributes') }}
    group by account_id
),

states as (
    select distinct
        account_id,
        fingerprint
    from {{ ref('int_nrr__item_states') }}
)

select
    states.account_id,
    {{ nrr.fingerprint([
        'states.fingerprint', 'coalesce(attribute_fingerprints.fingerprint, 0)', nrr.text_literal(settings)
    ]) }} as fingerprint
from states
left join attribute_fingerprints on states.account_id = attribute_fingerprints.account_id
