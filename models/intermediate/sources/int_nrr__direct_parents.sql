{{ config(enabled=nrr.setting('nrr_account_level') == 'parent', materialized='table') }}
{%- set tells_parents = nrr.tells_parents() -%}
{%- set columns = ['account_id', 'parent_account_id', 'valid_from'] -%}
-- One row per account that has a parent: the newest that is known, which holds for all time, so that a change of the
-- hierarchy is no movement of MRR.
with given as (
    select
        {{ nrr.read_text('account_id') }} as account_id,
        {{ nrr.read_text('parent_account_id') }} as parent_account_id,
        coalesce({{ nrr.read_timestamp('valid_from') }}, {{ nrr.timestamp_literal('1900-01-01') }}) as valid_from
    from {{ nrr.input_rows('accounts', columns) if nrr.setting('nrr_account_level') == 'parent' }} as input
),
{%- if tells_parents %}

-- what sources say of parents, where accounts says nothing
untold as (
    select
        told.account_id,
        min(told.parent_account_id) as parent_account_id
    from {{ ref('int_nrr__told_parents') }} as told
    left join given on told.account_id = given.account_id and given.parent_account_id is not null
    where given.account_id is null
    group by told.account_id
),
{%- endif %}

newest as (
    select
        account_id,
        parent_account_id,
        row_number() over (partition by account_id order by valid_from desc, parent_account_id) as newest_first
    from given
    where account_id is not null
    {%- if tells_parents %}
    -- of an account with a parent elsewhere, what has none says nothing
    and account_id not in (select untold.account_id from untold)

    union all

    select
        account_id,
        parent_account_id,
        1 as newest_first
    from untold
    {%- endif %}
)

select
    cast(account_id as {{ nrr.type_text() }}) as account_id,
    cast(parent_account_id as {{ nrr.type_text() }}) as parent_account_id
from newest
where newest_first = 1 and parent_account_id is not null and parent_account_id <> account_id
