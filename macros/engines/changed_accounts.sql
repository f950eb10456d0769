{#
  delete_changed_accounts(fingerprints): a hook before an incremental run where the engine has no strategy that deletes:
  it deletes the accounts that are gone or have another fingerprint than the one their rows carry. The run finds that
  they are missing, and inserts them. `fingerprints` has a row for each account.
#}
{% macro delete_changed_accounts(fingerprints) -%}
    {%- if config.get('incremental_strategy') != 'delete+insert' and is_incremental() and not flags.EMPTY -%}
        delete from {{ this }}
        where account_id in (
            select built.account_id
            from {{ this }} as built
            left join {{ fingerprints }} as input
                on built.account_id = input.account_id and built.fingerprint = input.fingerprint
            where input.account_id is null
        )
    {%- endif -%}
{%- endmacro %}
