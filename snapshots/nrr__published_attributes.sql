{% snapshot nrr__published_attributes %}
{{ config(
    enabled=nrr.setting('nrr_restatements') and nrr.setting('nrr_segments') | length > 0,
    strategy='check',
    unique_key=['account_id', 'first_month', 'segment_dimension'],
    updated_at='published_at',
    check_cols=['segment', 'end_month'],
) }}
select * from {{ ref('int_nrr__published_attributes') }}
{% endsnapshot %}
