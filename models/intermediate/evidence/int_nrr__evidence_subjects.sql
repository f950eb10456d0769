{%- set outcomes = {
    'risk': ['churned', 'contracted'],
    'activation': ['churned'],
    'expansion': ['expanded'],
} -%}
-- One row per subject (a signal that has been seen, a part of all accounts, or a feature) and outcome: whether accounts
-- that have it are expected to come to it more often than others, and which accounts it tells apart: those that have
-- been paying for so many days, first paid on such a day or later, and are looked at on such a day or later.
with signals as (
    select
        signals.signal,
        signals.kind,
        signals.needed_days,
        min(held.observed_on) as needed_observed_on
    from {{ ref('int_nrr__signals') }} as signals
    -- before anybody had it, its input may not have been there
    inner join {{ ref('nrr__account_signals') }} as held on signals.signal = held.signal
    group by signals.signal, signals.kind, signals.needed_days
)

{% for kind, names in outcomes.items() -%}
{%- for outcome in names -%}
select
    cast('signal' as {{ nrr.type_text() }}) as subject_kind,
    signal as subject,
    cast('{{ outcome }}' as {{ nrr.type_text() }}) as outcome,
    true as is_more_expected,
    needed_days,
    cast(null as date) as needed_first_paid_on,
    needed_observed_on
from signals
where kind = '{{ kind }}'
{{ '\nunion all\n\n' if not loop.last -}}
{%- endfor -%}
{{ '\nunion all\n\n' if not loop.last -}}
{%- endfor -%}

union all

select distinct
    subject_kind,
    subject,
    cast('churned' as {{ nrr.type_text() }}) as outcome,
    is_worse as is_more_expected,
    0 as needed_days,
    cast(null as date) as needed_first_paid_on,
    cast(null as date) as needed_observed_on
from {{ ref('int_nrr__parted_accounts') }}
{% if nrr.is_given('product_usage') -%}
{%- for outcome in ['churned', 'expanded'] %}
union all

select
    cast('feature' as {{ nrr.type_text() }}) as subject_kind,
    feature as subject,
    cast('{{ outcome }}' as {{ nrr.type_text() }}) as outcome,
    {{ 'false' if outcome == 'churned' else 'true' }} as is_more_expected,
    90 as needed_days,
    -- whoever came before had no chance to begin with it
    first_used_on as needed_first_paid_on,
    cast(null as date) as needed_observed_on
from {{ ref('int_nrr__early_features') }}
group by feature, first_used_on
{{ '\n' if not loop.last -}}
{%- endfor -%}
{%- endif %}
