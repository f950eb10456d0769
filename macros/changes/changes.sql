{# What an incremental run rebuilds: accounts whose fingerprint is another than the one that their rows carry. #}

{# is_other(a, b): whether two fingerprints differ; null is that of an account that is not there. #}
{% macro is_other(a, b) -%}
    ({{ a }} <> {{ b }} or ({{ a }} is null and {{ b }} is not null) or ({{ a }} is not null and {{ b }} is null))
{%- endmacro %}
