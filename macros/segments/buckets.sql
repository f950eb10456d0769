{#
  is_in_bucket(mrr, buckets): whether an amount lies in a row of int_nrr__arr_buckets. With an equality that always holds:
  a join by ranges alone sorts all amounts, a join with an equality compares each with the few buckets.
#}
{% macro is_in_bucket(mrr, buckets='buckets') -%}
    case when {{ mrr }} >= 0 then 1 end = case when {{ buckets }}.mrr_from >= 0 then 1 end
    and {{ mrr }} >= {{ buckets }}.mrr_from
    and ({{ mrr }} < {{ buckets }}.mrr_to or {{ buckets }}.mrr_to is null)
{%- endmacro %}
