{%- set rules = ['drop', 'rise', 'at_most', 'silence', 'missed', 'due_within', 'happened'] -%}
{%- if nrr.is_given('product_usage') and nrr.is_given('plan_limits') -%} {%- do rules.append('at_least') -%} {%- endif -%}
-- One row per account, observation and signal that holds: by any of the rules, whether the account pays then or not.
{%- for rule in rules %}
select
    account_id,
    month,
    signal,
    figure,
    baseline,
    due_on,
    mrr
from {{ ref('int_nrr__' ~ rule ~ '_signals') }}
{{- '\nunion all' if not loop.last }}
{%- endfor %}
