{%- set attributes = nrr.setting('nrr_segments') -%}
{%- set columns = ['account_id', 'valid_from'] + attributes -%}
-- One row per row of the input accounts: its values as their types (null where missing or unreadable), the row as it
-- was given, and the reason for which it cannot be used.
with typed as (
    select
        {{ nrr.read_text('account_id') }} as account_id,
        {{ nrr.read_text('valid_from') }} as given_valid_from,
        {{ nrr.read_timestamp('valid_from') }} as valid_from,
        {%- for attribute in attributes %}
        {{ nrr.read_text(nrr.column_name(attribute)) }} as attribute_{{ loop.index }},
        {%- endfor %}
        {{ nrr.row_as_text(columns) }} as given_row
    from {{ nrr.input_rows('accounts', columns) }} as input
)

select
    account_id,
    valid_from,
    {%- for attribute in attributes %}
    attribute_{{ loop.index }},
    {%- endfor %}
    given_row,
    case
        when account_id is null then 'missing_account_id'
        when given_valid_from is not null and valid_from is null then 'unreadable_valid_from'
    end as reason
from typed
-- a row without any value is no row
where
    account_id is not null
    or given_valid_from is not null
    {%- for attribute in attributes %}
    or attribute_{{ loop.index }} is not null
    {%- endfor %}
