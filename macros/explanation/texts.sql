{# Figures as people read them, the same on every engine: made of whole numbers, which all of them write alike. #}

{# percent_text(ratio): a ratio as a percentage with one decimal: 0.80249 is 80.2%. Below 100,000,000%. #}
{% macro percent_text(ratio) -%}
    {{ dbt.concat([nrr.tenths_text('(' ~ ratio ~ ') * 100'), "'%'"]) }}
{%- endmacro %}

{# tenths_text(number): a number with one decimal, a half away from zero. #}
{% macro tenths_text(number) -%}
    {%- set tenths -%} cast(round(cast({{ number }} as decimal(18, 9)) * 10, 0) as {{ dbt.type_bigint() }}) {%- endset -%}
    {{ dbt.concat([
        "case when " ~ tenths ~ " < 0 then '-' else '' end",
        nrr.as_text(nrr.without_last_digits('abs(' ~ tenths ~ ')', 1)),
        "'.'",
        nrr.as_text("mod(abs(" ~ tenths ~ "), 10)"),
    ]) }}
{%- endmacro %}

{# whole_text(number): a number that is not negative without decimals, thousands apart: 1,234,567. Below 10^12. #}
{% macro whole_text(number) -%}
    {%- set whole -%} cast(round({{ number }}, 0) as {{ dbt.type_bigint() }}) {%- endset -%}
    {%- set groups = [] -%}
    {%- for digits in [9, 6, 3, 0] -%}
        {%- set above = nrr.without_last_digits(whole, digits) -%}
        {%- set three = dbt.right(dbt.concat(["'00'", nrr.as_text('mod(' ~ above ~ ', 1000)')]), 3) -%}
        {%- set comma = "''" if loop.last else "','" -%}
        {%- do groups.append(
            "case when " ~ above ~ " >= 1000 then " ~ dbt.concat([three, comma])
            ~ " when " ~ above ~ " > 0" ~ (' or true' if loop.last else '') ~ " then "
            ~ dbt.concat([nrr.as_text(above), comma]) ~ " else '' end"
        ) -%}
    {%- endfor -%}
    {{ dbt.concat(groups) }}
{%- endmacro %}

{# without_last_digits(number, digits): a whole number from 0 to below 10^18 without so many of its last digits. #}
{% macro without_last_digits(number, digits) -%}
    cast(
        floor(cast({{ number }} as decimal(27, 0)) * cast({{ '%.9f' % 10 ** -digits }} as decimal(10, 9)))
        as {{ dbt.type_bigint() }}
    )
{%- endmacro %}
