{# Where a benchmark's rows and bands begin and end. A bound belongs to one side or the other, as its flag says. #}

{#
  is_within(amount, row, times): whether an amount lies between a benchmark row's dimension_from and
  dimension_to, both multiplied by `times`; null bounds are open.
#}
{% macro is_within(amount, row, times='1') -%}
    (
        {{ row }}.dimension_from is null
        or {{ nrr.is_at_or_past(amount, row ~ '.dimension_from * ' ~ times, row ~ '.dimension_from_inclusive') }}
    )
    and (
        {{ row }}.dimension_to is null
        or not {{ nrr.is_at_or_past(amount, row ~ '.dimension_to * ' ~ times, 'not ' ~ row ~ '.dimension_to_inclusive') }}
    )
{%- endmacro %}

{#
  is_in_band(amount, base): whether amount / base lies in the band of the relation `bands`: from its
  rate_from (null: from nothing) up to where the next band begins (null: without end).
#}
{% macro is_in_band(amount, base) -%}
    (
        bands.rate_from is null
        or {{ nrr.is_at_or_past(amount, nrr.share_of('bands.rate_from', base), 'bands.rate_from_inclusive') }}
    )
    and (
        bands.next_rate_from is null
        or not {{ nrr.is_at_or_past(amount, nrr.share_of('bands.next_rate_from', base), 'bands.next_rate_from_inclusive') }}
    )
{%- endmacro %}

{#
  share_of(rate, amount): a bound of a band times an amount, exactly: Spark takes decimals from a
  product that may have more than 38 digits, and from a difference of such.
#}
{% macro share_of(rate, amount) -%}
    cast({{ rate }} as decimal(9, 6)) * cast({{ amount }} as decimal(27, 4))
{%- endmacro %}

{#
  standing_rank(standing): how good a standing is (definitions 4.1); 0 where a benchmark does not say how good its band is.
#}
{% macro standing_rank(standing) -%}
    case {{ standing }} when 'below' then 1 when 'typical' then 2 when 'good' then 3 when 'top' then 4 else 0 end
{%- endmacro %}

{# is_at_or_past(amount, bound, is_inclusive): whether an amount is on the upper side of a bound. #}
{% macro is_at_or_past(amount, bound, is_inclusive) -%}
    ({{ amount }} > {{ bound }} or ({{ amount }} = {{ bound }} and {{ is_inclusive }}))
{%- endmacro %}
