{# Recurly: which loader's tables are read, and billing periods, which have a length of days or months. #}

{# recurly_inputs(): loader -> the tables without which Recurly's subscriptions cannot be known from it. #}
{% macro recurly_inputs() %}
    {%- do return({
        'fivetran': ['recurly_subscription_history', 'recurly_plan_history'],
        'airbyte': ['recurly_subscriptions', 'recurly_plans'],
    }) -%}
{% endmacro %}

{# recurly_loader(): the first loader one of whose tables is given. #}
{% macro recurly_loader() %}
    {%- for loader, inputs in nrr.recurly_inputs().items() -%}
        {%- for input in inputs if nrr.is_given(input) -%} {%- do return(loader) -%} {%- endfor -%}
    {%- endfor -%}
    {%- do return('fivetran') -%}
{% endmacro %}

{# recurly_input(kind): what the table that tells of it is called, by the loader whose tables are read. #}
{% macro recurly_input(kind) %}
    {%- do return({
        'subscriptions': {'fivetran': 'recurly_subscription_history', 'airbyte': 'recurly_subscriptions'},
        'plans': {'fivetran': 'recurly_plan_history', 'airbyte': 'recurly_plans'},
        'lines': {'fivetran': 'recurly_line_item_history', 'airbyte': 'recurly_line_items'},
        'changes': {'fivetran': 'recurly_subscription_change_history', 'airbyte': 'recurly_subscription_changes'},
        'plan_add_ons': {'fivetran': 'recurly_plan_add_on_history', 'airbyte': 'recurly_add_ons'},
        'redemptions': {
            'fivetran': 'recurly_coupon_redemption_history', 'airbyte': 'recurly_account_coupon_redemptions',
        },
        'accounts': {'fivetran': 'recurly_account_history', 'airbyte': 'recurly_accounts'},
    }[kind][nrr.recurly_loader()]) -%}
{% endmacro %}

{# recurly_has(kind): whether that table is given; add-ons of subscriptions stand within Airbyte's subscriptions. #}
{% macro recurly_has(kind) %}
    {%- if kind == 'add_ons' -%}
        {%- do return(nrr.recurly_loader() == 'airbyte' or nrr.is_given('recurly_subscription_add_on_history')) -%}
    {%- endif -%}
    {%- do return(nrr.is_given(nrr.recurly_input(kind))) -%}
{% endmacro %}

{#
  periods_later(instant, number, months, days): the instant so many periods of `months` months and `days` days later, of
  which one is 0.
#}
{% macro periods_later(instant, number, months, days) -%}
    {%- set later = nrr.moved(instant, 'month', '(' ~ number ~ ' * ' ~ months ~ ')') -%}
    {{ nrr.moved(later, 'day', '(' ~ number ~ ' * ' ~ days ~ ')') }}
{%- endmacro %}

{#
  periods_passed(earlier, later, months, days): how many whole periods lie between two instants: the right number or,
  where the last month is not over, one more.
#}
{% macro periods_passed(earlier, later, months, days) -%}
    cast(floor(case
        when {{ months }} > 0 then cast({{ nrr.months_between(earlier, later) }} as {{ dbt.type_float() }}) / {{ months }}
        else
            cast({{ nrr.days_between(earlier, later) }} as {{ dbt.type_float() }}) / nullif({{ days }}, 0)
    end) as integer)
{%- endmacro %}

{#
  period_begun_by(instant, anchor, number, months, days): when the period begins that runs at an instant, where periods
  begin at the anchor, and `number` is periods_passed() between the two; the anchor, if that is later.
#}
{% macro period_begun_by(instant, anchor, number, months, days) -%}
    case
        when {{ instant }} <= {{ anchor }} then {{ anchor }}
        when {{ nrr.periods_later(anchor, number, months, days) }} <= {{ instant }}
            then {{ nrr.periods_later(anchor, number, months, days) }}
        else {{ nrr.periods_later(anchor, '(' ~ number ~ ' - 1)', months, days) }}
    end
{%- endmacro %}

{# period_from(instant, anchor, number, months, days): when the first period begins that does not begin before it. #}
{% macro period_from(instant, anchor, number, months, days) -%}
    case
        when {{ instant }} <= {{ anchor }} then {{ anchor }}
        when {{ nrr.periods_later(anchor, number, months, days) }} >= {{ instant }}
            then {{ nrr.periods_later(anchor, number, months, days) }}
        else {{ nrr.periods_later(anchor, '(' ~ number ~ ' + 1)', months, days) }}
    end
{%- endmacro %}

{# day_later(instant), day_earlier(instant): a day of slack, since one event has several times in several tables. #}
{% macro day_later(instant) -%} {{ nrr.moved(instant, 'day', 1) }} {%- endmacro %}
{% macro day_earlier(instant) -%} {{ nrr.moved(instant, 'day', -1) }} {%- endmacro %}

{# end_of_time(): an instant behind all others, for what has no end. #}
{% macro end_of_time() -%} {{ nrr.timestamp_literal('2300-01-01 00:00:00') }} {%- endmacro %}

{#
  exclusive_amount(amount, is_tax_inclusive, tax_rate): an amount without the tax that is inside it, null where there is
  some and its rate is not known.
#}
{% macro exclusive_amount(amount, is_tax_inclusive, tax_rate) -%}
    case
        when not coalesce({{ is_tax_inclusive }}, false) or {{ tax_rate }} = 0 then {{ amount }}
        when {{ tax_rate }} > 0 then {{ nrr.scaled(amount, '1', '(1 + ' ~ tax_rate ~ ')') }}
    end
{%- endmacro %}
