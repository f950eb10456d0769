{%- set attributes = nrr.setting('nrr_segments') -%}
{%- set attribute_values = ['valid_from'] -%}
{%- for attribute in attributes -%}
    {%- do attribute_values.append(nrr.column_name(attribute)) -%}
{%- endfor -%}
-- One row per account: a fingerprint of the input rows that its figures come from, and whether the tables hold what
-- follows from them. Rows that name no account count as those of the account ''.
with events as (
    select
        account_id,
        sum(cast(fingerprint as {{ nrr.type_wide_integer() }})) as fingerprint
    from {{ ref('stg_nrr__event_fingerprints') }}
    group by account_id
),

attributes as (
    select
        {{ nrr.read_text('account_id') }} as account_id,
        sum(cast({{ nrr.fingerprint(attribute_values) }} as {{ nrr.type_wide_integer() }})) as fingerprint
    from {{ nrr.input_rows('accounts', ['account_id', 'valid_from'] + attributes) }} as input
    group by {{ nrr.read_text('account_id') }}
),

-- Where several accounts have rows of one event id or of one item, what becomes of one's rows depends on the
-- others': all such accounts are touched together.
shared_events as (
    select event_fingerprint from {{ ref('stg_nrr__event_fingerprints') }}
    group by event_fingerprint
    having min(account_fingerprint) <> max(account_fingerprint)
),

shared_items as (
    select item_fingerprint from {{ ref('stg_nrr__event_fingerprints') }}
    group by item_fingerprint
    having min(account_fingerprint) <> max(account_fingerprint)
),

linked_accounts as (
    select distinct account_id from {{ ref('stg_nrr__event_fingerprints') }}
    where
        event_fingerprint in (select event_fingerprint from shared_events)
        or item_fingerprint in (select item_fingerprint from shared_items)
),

linked_events as (
    select sum(events.fingerprint) as fingerprint
    from events
    inner join linked_accounts on events.account_id = linked_accounts.account_id
),

accounts as (
    select
        events.account_id,
        events.fingerprint
        + coalesce(attributes.fingerprint, 0)
        + case when linked_accounts.account_id is not null then linked_events.fingerprint else 0 end as fingerprint
    from events
    cross join linked_events
    left join attributes on events.account_id = attributes.account_id
    left join linked_accounts on events.account_id = linked_accounts.account_id
)

{% if nrr.is_incremental_run() -%}
select
    coalesce(accounts.account_id, known.account_id) as account_id,
    -- null: the account is not in the input any more
    accounts.fingerprint,
    false as is_built
from accounts
full outer join {{ this }} as known on accounts.account_id = known.account_id
where
    accounts.fingerprint <> known.fingerprint
    or (accounts.fingerprint is null and known.fingerprint is not null)
    or (accounts.fingerprint is not null and known.fingerprint is null)
{%- else -%}
select
    account_id,
    fingerprint,
    false as is_built
from accounts
{%- endif %}
