{% snapshot nrr__published_retention %}
{{ config(
    enabled=nrr.setting('nrr_restatements'),
    strategy='check',
    unique_key=['month', 'segment_dimension', 'segment'],
    updated_at='published_at',
    check_cols=nrr.published_figures() + ['rates_fingerprint', 'method_settings', 'package_version'],
) }}
select * from {{ ref('int_nrr__published_figures') }}
{% endsnapshot %}
