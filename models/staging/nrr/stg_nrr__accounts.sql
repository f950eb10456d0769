{%- set attributes = nrr.setting('nrr_segments') -%}
-- One row per account and valid_from: the attributes to segment by that hold from then on.
with usable as (
    select
        account_id,
        coalesce(valid_from, {{ nrr.timestamp_literal('1900-01-01') }}) as valid_from
        {%- for attribute in attributes %},
        coalesce(attribute_{{ loop.index }}, '(unknown)') as attribute_{{ loop.index }}
        {%- endfor %}
    from {{ ref('stg_nrr__account_rows') }}
    where reason is null
),

ranked as (
    select
        *,
        row_number() over (
            partition by account_id, valid_from
            order by
                {%- for attribute in attributes %}
                case when attribute_{{ loop.index }} = '(unknown)' then 1 else 0 end,
                attribute_{{ loop.index }} desc,
                {%- endfor %}
                account_id
        ) as row_rank
    from usable
)

select
    account_id,
    valid_from
    {%- for attribute in attributes %},
    attribute_{{ loop.index }}
    {%- endfor %}
from ranked
where row_rank = 1
