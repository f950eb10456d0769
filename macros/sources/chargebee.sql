{# What the models of Chargebee's tables have in common. #}

{# chargebee_fields(): what is read of a subscription, whether it is a row of a table or the JSON within an event. #}
{% macro chargebee_fields() %}
    {%- do return([
        'id', 'customer_id', 'currency_code', 'status', 'start_date', 'created_at', 'started_at', 'activated_at',
        'trial_start', 'trial_end', 'trial_end_action', 'current_term_start', 'current_term_end', 'pause_date',
        'resume_date', 'cancelled_at', 'cancel_schedule_created_at', 'updated_at', 'resource_version', 'deleted',
        'billing_period', 'billing_period_unit', 'mrr', 'plan_id', 'plan_quantity', 'plan_quantity_in_decimal',
        'plan_unit_price', 'plan_unit_price_in_decimal', 'plan_amount', 'plan_amount_in_decimal', 'plan_free_quantity',
        'plan_free_quantity_in_decimal', 'coupon',
    ]) -%}
{% endmacro %}

{# chargebee_lists(): what is read of it that is a list, as JSON. #}
{% macro chargebee_lists() %}
    {%- do return(['subscription_items', 'item_tiers', 'addons', 'coupons', 'discounts']) -%}
{% endmacro %}

{# chargebee_amount(minor, in_decimal, exponent): money in major units, of which *_in_decimal already is. #}
{% macro chargebee_amount(minor, in_decimal, exponent) -%}
    coalesce({{ nrr.read_decimal(in_decimal) }}, {{ nrr.major_units(nrr.read_minor_units(minor), exponent) }})
{%- endmacro %}

{#
  chargebee_exponent(): how many decimals amounts in whole numbers have, where `exponents` is nrr_currency_exponents: none in
  a currency without smaller units, two in all others, those with three included (apidocs.chargebee.com, Currencies).
#}
{% macro chargebee_exponent() -%} case when exponents.iso_exponent = 0 then 0 else 2 end {%- endmacro %}

{# earliest(a, b): the earlier of two instants, of which either may be missing. #}
{% macro earliest(a, b) -%}
    case when {{ b }} is null or {{ a }} <= {{ b }} then {{ a }} else {{ b }} end
{%- endmacro %}

{#
  next_period_start(anchor, instant, count, unit): the first time, not before the instant, at which a billing period of so
  many intervals begins, if one begins at the anchor. Periods are counted from there, so that months of 31 days stay so.
#}
{% macro next_period_start(anchor, instant, count, unit) -%}
    {%- set months -%} cast({{ count }} * case {{ unit }} when 'year' then 12 else 1 end as integer) {%- endset -%}
    {%- set days -%} cast({{ count }} * case {{ unit }} when 'week' then 7 else 1 end as integer) {%- endset -%}
    {%- set months_before -%} {{ nrr.whole_times(nrr.months_between(anchor, instant), months) }} * {{ months }} {%- endset -%}
    {%- set days_before -%} {{ nrr.whole_times(nrr.days_between(anchor, instant), days) }} * {{ days }} {%- endset -%}
    case
        when {{ unit }} in ('month', 'year') then case
            when {{ nrr.moved(anchor, 'month', months_before) }} >= {{ instant }}
                then {{ nrr.moved(anchor, 'month', months_before) }}
            else {{ nrr.moved(anchor, 'month', months_before ~ ' + ' ~ months) }}
        end
        when {{ unit }} in ('day', 'week') then case
            when {{ nrr.moved(anchor, 'day', days_before) }} >= {{ instant }}
                then {{ nrr.moved(anchor, 'day', days_before) }}
            else {{ nrr.moved(anchor, 'day', days_before ~ ' + ' ~ days) }}
        end
    end
{%- endmacro %}

{# whole_times(number, divisor): how often a whole number goes into another, rounded down, also below 0. #}
{% macro whole_times(number, divisor) -%}
    cast(floor(cast({{ number }} as decimal(18, 6)) / {{ divisor }}) as integer)
{%- endmacro %}

{# part_of_amount(amount, part, whole): the part of an amount, rounded to 4 decimals; all of it where the part is the whole. #}
{% macro part_of_amount(amount, part, whole) -%}
    case
        when {{ part }} = {{ whole }} then {{ amount }}
        else {{ nrr.divide_to_money(
            nrr.millionths(amount) ~ ' * ' ~ nrr.millionths(part), nrr.millionths('nullif(' ~ whole ~ ', 0)') ~ ' * 100'
        ) }}
    end
{%- endmacro %}

{#
  chargebee_item_id(price, number): the id of an item: its price's, and which one it is where a subscription has several of
  it. An item of a subscription that moves to another customer keeps it.
#}
{% macro chargebee_item_id(price, number) -%}
    {{ dbt.concat([
        price,
        "case when " ~ number ~ " > 1 then " ~ dbt.concat(["'#'", nrr.as_text(number)]) ~ " else '' end",
    ]) }}
{%- endmacro %}

{# json_list_has(list, value): whether a list of texts, as JSON text, has one; null where it or the list is missing. #}
{% macro json_list_has(list, value) -%}
    {{ dbt.position(dbt.concat(["'\"'", value, "'\"'"]), list) }} > 0
{%- endmacro %}
