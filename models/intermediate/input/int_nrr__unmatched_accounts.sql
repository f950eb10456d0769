-- One row per account that only one of the inputs subscription_events and accounts has, where fewer than half of those
-- that have had MRR are in accounts.
with paying as (
    select distinct account_id from {{ ref('int_nrr__account_spans') }}
    where acquisition_month is not null
),

described as (
    select distinct account_id from {{ ref('int_nrr__account_attributes') }}
),

matched as (
    select
        paying.account_id as paying_account_id,
        described.account_id as described_account_id
    from paying
    full outer join described on paying.account_id = described.account_id
),

counted as (
    select
        count(paying_account_id) as paying_accounts,
        count(described_account_id) as described_accounts,
        count(*) as all_accounts
    from matched
)

select
    case when matched.described_account_id is null then '{{ nrr.name_of_events() }}' else 'accounts' end as input,
    cast('unmatched_account' as {{ nrr.type_text() }}) as reason,
    coalesce(matched.paying_account_id, matched.described_account_id) as value,
    1 as number_of_rows,
    true as is_failure
from matched
inner join counted
    on
        counted.described_accounts > 0
        and 2 * (counted.paying_accounts + counted.described_accounts - counted.all_accounts) < counted.paying_accounts
where matched.paying_account_id is null or matched.described_account_id is null
