{# Prices that depend on the quantity otherwise than by so much for each unit. #}

{#
  tier_amount(mode, quantity, from_quantity, up_to, unit_amount, flat_amount): what one tier of a price adds to the
  amount for a quantity, decimal(18, 6): the amount is the sum over the price's tiers. A tier is the units above
  `from_quantity` (the `up_to` of the tier before; null: 0) up to `up_to`, included (null: no end). The mode is
    graduated: each unit at the price of its own tier, and the flat amount of each tier that is reached;
    volume:    every unit at the price of the tier in which the quantity lies, and its flat amount;
    stairstep: the amounts of the tier in which the quantity lies, whatever the quantity.
  A quantity of 0 lies in the first tier, whose flat amount is owed. Null where the quantity is null and for other modes.
#}
{% macro tier_amount(mode, quantity, from_quantity, up_to, unit_amount, flat_amount) -%}
    {%- set integer = nrr.type_wide_integer() -%}
    {%- set bottom = 'coalesce(' ~ from_quantity ~ ', 0)' -%}
    {%- set is_below -%} ({{ quantity }} <= {{ bottom }} and {{ bottom }} > 0) {%- endset -%}
    {%- set is_above -%} {{ quantity }} > {{ up_to }} {%- endset -%}
    {%- set units -%}
        case
            when {{ mode }} = 'stairstep' then 1
            when {{ quantity }} <= {{ bottom }} then 0
            when {{ mode }} = 'volume' then {{ quantity }}
            when {{ is_above }} then {{ up_to }} - {{ bottom }}
            else {{ quantity }} - {{ bottom }}
        end
    {%- endset -%}
    {#- rounded half away from zero to 6 decimals, which only fractions of units can need -#}
    {%- set product -%}
        ({{ nrr.millionths(units) }} * {{ nrr.millionths('coalesce(' ~ unit_amount ~ ', 0)') }}
        + cast(500000 as {{ integer }}))
    {%- endset -%}
    case
        when {{ is_below }} or ({{ mode }} in ('volume', 'stairstep') and {{ is_above }}) then cast(0 as decimal(18, 6))
        when {{ quantity }} is not null and {{ mode }} in ('graduated', 'volume', 'stairstep')
            then cast(
                {{ nrr.money_of_millionths(nrr.divide_whole(product, 'cast(1000000 as ' ~ integer ~ ')')) }}
                + coalesce({{ flat_amount }}, 0) as decimal(18, 6)
            )
    end
{%- endmacro %}

{#
  packages(quantity, divide_by, round): how many packages of `divide_by` units a quantity is, decimal(18, 6), a whole
  number: those begun (`round` is up, or missing) or those that are full (down). The quantity itself where units are not
  sold in packages: divide_by is null.
#}
{% macro packages(quantity, divide_by, round) -%}
    {%- set whole, package = nrr.millionths(quantity), nrr.millionths(divide_by) -%}
    case
        when {{ divide_by }} > 0 and {{ round }} = 'down'
            then cast({{ nrr.divide_whole(whole, package) }} as decimal(18, 6))
        when {{ divide_by }} > 0
            then cast({{ nrr.divide_whole('(' ~ whole ~ ' + ' ~ package ~ ' - 1)', package) }} as decimal(18, 6))
        else cast({{ quantity }} as decimal(18, 6))
    end
{%- endmacro %}
