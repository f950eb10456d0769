{%- set attributes = nrr.setting('nrr_segments') -%}
-- One row per account and valid_from: the attributes to segment by that hold from then on.
with typed as (
    select
        {{ nrr.read_text('account_id') }} as account_id,
        coalesce({{ nrr.read_timestamp('valid_from') }}, {{ nrr.timestamp_literal('1900-01-01') }}) as valid_from
        {%- for attribute in attributes %},
        coalesce({{ nrr.read_text(nrr.column_name(attribute)) }}, '(unknown)') as attribute_{{ loop.index }}
        {%- endfor %}
    from {{ nrr.input_rows('accounts', ['account_id', 'valid_from'] + attributes) }} as input
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
    from typed
    where account_id is not null
)

select
    account_id,
    valid_from
    {%- for attribute in attributes %},
    attribute_{{ loop.index }}
    {%- endfor %}
from ranked
where row_rank = 1
