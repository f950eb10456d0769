{{ config(enabled=nrr.has_source('stripe'), materialized='table') }}
-- One row per state of a subscription item at Stripe, in the columns of the input subscription_events.
{%- if nrr.stripe_loader() == 'change_events' %}
-- as Stripe's own change events tell it
select * from {{ ref('stg_stripe__change_event_states') }}  -- noqa: AM04
{%- else %}
with
-- up to when the tables say anything
told as (
    {%- for table, columns in {
        'stg_stripe__subscription_states': ['recorded_at', 'version_at'],
        'stg_stripe__items': ['recorded_at'],
        'stg_stripe__invoice_lines': ['recorded_at', 'period_starts_at'],
    }.items() %}
    select
        max(recorded_at) as recorded_at,
        max({{ columns[1] if columns | length > 1 else 'recorded_at' }}) as happened_at
    from {{ ref(table) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

complete as (
    select
        max(recorded_at) as recorded_at,
        coalesce(max(recorded_at), max(happened_at)) as complete_to
    from told
),

newest as (
    select
        complete.complete_to,
        max(states.changes_at) as changes_at
    from complete
    inner join {{ ref('stg_stripe__rebuilt_states') }} as states on states.changes_at <= complete.complete_to
    group by complete.complete_to
),

-- The newest state of all is recorded when the tables were: up to then they are complete, even if nothing has changed.
states as (
    select
        states.*,
        case
            when states.changes_at = newest.changes_at then newest.complete_to
            when states.recorded_at is not null then states.recorded_at
            when states.changes_at <= newest.complete_to then states.changes_at
            else newest.complete_to
        end as known_at
    from {{ ref('stg_stripe__rebuilt_states') }} as states
    left join newest on 1 = 1
)

select
    {{- nrr.state_columns({
        'event_id': 'subscription_item_id',
        'account_id': 'account_id',
        'subscription_id': 'subscription_id',
        'subscription_item_id': 'subscription_item_id',
        'effective_at': 'changes_at',
        'recorded_at': 'known_at',
        'status': 'status',
        'product_id': 'product_id',
        'plan_id': 'price_id',
        'pricing_model': 'pricing_model',
        'quantity': 'quantity',
        'unit_amount': 'unit_amount',
        'currency': 'currency',
        'billing_interval': 'billing_interval',
        'billing_interval_count': 'billing_interval_count',
        'discount_percent': 'discount_percent',
        'discount_amount': 'discount_amount',
    }, 'stripe', is_reconstructed='is_reconstructed', reason='source_reason', row='source_row') }}
from states

-- What cannot be used: versions, items and invoice lines with a value that cannot be read, ...
{%- for table, values in {
    'stg_stripe__subscription_states': {
        'account_id': 'account_id', 'subscription_id': 'subscription_id', 'effective_at': 'version_at',
        'recorded_at': 'recorded_at', 'status': 'status',
    },
    'stg_stripe__items': {
        'subscription_id': 'subscription_id', 'subscription_item_id': 'subscription_item_id',
        'effective_at': 'created_at', 'recorded_at': 'recorded_at', 'plan_id': 'price_id',
    },
    'stg_stripe__' ~ nrr.stripe_loader() ~ '_invoice_lines': {
        'subscription_id': 'subscription_id', 'subscription_item_id': 'subscription_item_id',
        'effective_at': 'period_starts_at', 'recorded_at': 'recorded_at', 'plan_id': 'price_id',
    },
}.items() %}

union all

select
    {{- nrr.state_columns(values, 'stripe', reason='source_reason', row='source_row') }}
from {{ ref(table) }}
where source_reason is not null
{%- endfor %}

-- ... discounts of an amount in another currency: the states are used without them, ...
union all

select
    {{- nrr.state_columns({
        'event_id': 'discount_id', 'account_id': 'account_id', 'subscription_id': 'subscription_id',
        'subscription_item_id': 'subscription_item_id', 'effective_at': 'counts_from', 'recorded_at': 'recorded_at',
    }, 'stripe', reason='source_reason', row=dbt.concat([
        'discount_id', "', '", "coalesce(coupon_id, '')", "', '", 'subscription_id',
    ])) }}
from {{ ref('stg_stripe__discount_spans') }}
where source_reason = 'discount_in_other_currency'

-- ... and subscriptions of whose items nothing is known.
union all

select
    {{- nrr.state_columns({
        'account_id': 'account_id', 'subscription_id': 'subscription_id', 'effective_at': 'begins_at',
        'recorded_at': 'recorded_at',
    }, 'stripe', reason="'missing_items'", row='subscription_id') }}
from {{ ref('stg_stripe__subscriptions_without_items') }}
{%- endif %}
