{%- set has_account_links = nrr.is_given('account_links') -%}
{%- set has_subscription_links = nrr.is_given('subscription_links') -%}
{%- set text = nrr.type_text() -%}
-- One row per input, reason and value for which it is not clear whose a state is: links that cannot be used, ids that
-- several sources have, parents that go round in a circle.
with
{%- if has_account_links %}
account_links as (
    select
        cast('account_links' as {{ text }}) as input,
        reason,
        given_row as value,
        true as is_failure
    from {{ ref('stg_nrr__account_link_rows') }}
    where reason is not null
),
{% endif %}
{%- if has_subscription_links %}
subscription_links as (
    select
        cast('subscription_links' as {{ text }}) as input,
        reason,
        given_row as value,
        true as is_failure
    from {{ ref('stg_nrr__subscription_link_rows') }}
    where reason is not null
),

-- neither replaces anything
known_subscriptions as (
    select distinct given_subscription_id as subscription_id from {{ ref('int_nrr__source_events') }}
),

links_of_nothing as (
    select
        cast('subscription_links' as {{ text }}) as input,
        cast('unknown_subscription' as {{ text }}) as reason,
        links.given_row as value,
        false as is_failure
    from {{ ref('stg_nrr__subscription_link_rows') }} as links
    left join known_subscriptions as old_ones
        on links.old_subscription_id = {{ nrr.read_text('old_ones.subscription_id') }}
    left join known_subscriptions as new_ones
        on links.new_subscription_id = {{ nrr.read_text('new_ones.subscription_id') }}
    where
        links.reason is null
        and (old_ones.subscription_id is null or (new_ones.subscription_id is null and links.replaced_at is null))
),
{% endif %}
{%- if nrr.event_sources() | length > 1 %}
shared_ids as (
    select
        cast('account_links' as {{ text }}) as input,
        cast('shared_account_id' as {{ text }}) as reason,
        source_account_id as value,
        false as is_failure
    from {{ ref('int_nrr__shared_account_ids') }}
),
{% endif %}
{%- if nrr.setting('nrr_account_level') == 'parent' %}
circles as (
    select
        cast('accounts' as {{ text }}) as input,
        cast('parents_in_a_circle' as {{ text }}) as reason,
        account_id as value,
        true as is_failure
    from {{ ref('int_nrr__account_parents') }}
    where top_account_id is null
),
{% endif %}
found as (
    select
        cast(null as {{ text }}) as input,
        cast(null as {{ text }}) as reason,
        cast(null as {{ text }}) as value,
        false as is_failure
    from (select 1 as one) as one_row
    where 1 = 0
    {%- if has_account_links %}
    union all
    select * from account_links
    {%- endif %}
    {%- if has_subscription_links %}
    union all
    select * from subscription_links
    union all
    select * from links_of_nothing
    {%- endif %}
    {%- if nrr.event_sources() | length > 1 %}
    union all
    select * from shared_ids
    {%- endif %}
    {%- if nrr.setting('nrr_account_level') == 'parent' %}
    union all
    select * from circles
    {%- endif %}
)

select
    input,
    reason,
    value,
    count(*) as number_of_rows,
    is_failure
from found
group by input, reason, value, is_failure
