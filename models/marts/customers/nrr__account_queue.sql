-- One row per account that has a signal on the newest day of observation: what is at stake, and what to do first.
with ranked as (
    select
        signals.*,
        row_number() over (
            partition by account_id
            order by case when verdict = 'predicts' then 0 else 1 end, expected_mrr desc, mrr_at_stake desc, signal
        ) as place
    from {{ ref('int_nrr__open_signals') }} as signals
),

accounts as (
    select
        account_id,
        max(mrr) as mrr,
        max(case when kind <> 'expansion' then mrr_at_stake else 0 end) as mrr_at_risk,
        max(case when kind = 'expansion' then mrr_at_stake else 0 end) as mrr_to_gain,
        max(case when place = 1 then expected_mrr end) as expected_mrr,
        max(case when place = 1 then signal end) as main_signal,
        max(case when place = 1 then response end) as next_action,
        max(case when place = 1 then verdict end) as verdict,
        {{ nrr.listed('signal') }} as signals,
        min(first_observed_on) as first_flagged_on
    from ranked
    group by account_id
)

select
    accounts.account_id,
    cast(row_number() over (
        order by accounts.expected_mrr desc, accounts.mrr desc, accounts.account_id
    ) as integer) as rank,
    accounts.mrr,
    accounts.mrr_at_risk,
    accounts.mrr_to_gain,
    accounts.expected_mrr,
    accounts.main_signal,
    accounts.signals,
    accounts.next_action,
    renewals.renewal_on,
    accounts.first_flagged_on,
    accounts.verdict
from accounts
left join {{ ref('int_nrr__open_renewals') }} as renewals on accounts.account_id = renewals.account_id
