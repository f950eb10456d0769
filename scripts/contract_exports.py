"""Deals of a CRM and lists of contracts as contracts."""

from export_columns import Columns
from found_files import InputError, text

WON = ["closedwon", "won", "closed_won", "contract_signed", "won_deal"]
TRUE, FALSE = ["true", "yes", "1", "t", "y", "wahr", "ja"], ["false", "no", "0", "f", "n"]
# types of deals that renew a contract or come on top of it, and do not say which
UNSURE = ["existing business", "existingbusiness", "existing customer - replacement"]
DEFAULT_TERM = 12


def words(sql: str) -> str:
    return f"lower(trim(cast({sql} as varchar)))"


def listed(values: list[str]) -> str:
    return ", ".join(map(text, values))


def won_deals(columns: Columns) -> bool:
    """Leaves out the deals that are not won; whether the file is one of deals."""
    won, stage = columns.pop("is_won"), columns.pop("deal_stage")
    deleted, newest = columns.pop("is_deleted"), columns.pop("is_newest")
    if deleted:
        columns.leave_out(f"{words(deleted)} in ({listed(TRUE)})", "deals that are deleted")
    if newest:
        columns.leave_out(f"{words(newest)} in ({listed(FALSE)})", "old versions of deals")
    if won:
        is_won = f"{words(won)} in ({listed(TRUE)})"
    elif stage:
        plain = f"regexp_replace({words(stage)}, '[ _-]+', '_', 'g')"
        # `Closed Won (Sales Pipeline)`
        is_won = f"regexp_replace({plain}, '_?[(].*[)]$', '') in ({listed(WON)})"
        if not columns.number_of(is_won):
            raise InputError(
                f"none of the deals in {columns.file.path} is won by its "
                f"{columns.headers['deal_stage'][0]}, which is such as "
                f"{', '.join(columns.examples(stage, 'true'))}. Leave the rows of won deals only, "
                "and delete that column."
            )
    if won or stage:
        columns.leave_out(f"not coalesce({is_won}, false)", "deals that are not won")
    return bool(won or stage)


def one_company(columns: Columns) -> None:
    """Raises InputError where a deal has several companies: it would be counted with each."""
    account = columns.sql.get("account_id")
    if account is None and "dealpipelinestageid" in columns.words:
        raise InputError(
            f"{columns.file.path} is HubSpot's table of deals as Fivetran lands it, whose "
            "companies are in deal_company. Join it by deal_id, and take the rows with the type_id "
            "5 (the primary company) for a column account_id."
        )
    if account is None:
        return
    several = f"regexp_matches(cast({account} as varchar), '^ *[0-9]+ *(;|,) *[0-9]')"
    if columns.headers["account_id"][0].lower().startswith("associated company"):
        several = f"contains(cast({account} as varchar), ';')"
    number = columns.number_of(several)
    if number:
        example = columns.examples(account, several)[0]
        raise InputError(
            f"{number:,} deal{'s' * (number > 1)} in {columns.file.path} "
            f"ha{'ve' if number > 1 else 's'} several companies, such as {example}. Which of them "
            "pays cannot be known: export the column Associated Company IDs (Primary), or leave "
            "one id in each row."
        )


def amounts(columns: Columns) -> None:
    """An amount that its header says to be a month's or a year's."""
    for name, amount_is in [("monthly_amount", "mrr"), ("annual_amount", "arr")]:
        amount = columns.pop(name)
        if amount and "amount" not in columns:
            columns.sql |= {"amount": amount, "amount_is": text(amount_is)}
            columns.headers["amount"] = columns.headers[name]
        elif amount:
            columns.note(f"{columns.headers[name][0]} is not used, since there is an amount.")


def types(columns: Columns) -> None:
    """A type that may mean two things is none."""
    given = columns.sql.get("type")
    if given is None:
        return
    unsure = f"{words(given)} in ({listed(UNSURE)})"
    number = columns.number_of(unsure)
    if number:
        columns.note(
            f"{number:,} deal{'s' * (number > 1)} of the type "
            f"{', '.join(columns.examples(given, unsure))} may renew a contract or come on top of "
            "it. One that begins as another ends follows it, any other comes on top. Write "
            "renewal or amendment where that is wrong."
        )
        columns.sql["type"] = f"case when {unsure} then null else {given} end"


def in_months(sql: str) -> str:
    """A term of `12 months` or `2 years` as a number of months; another one as it is."""
    value = words(sql)
    number = f"regexp_extract({value}, '^[0-9]+')"
    return (
        f"case when regexp_full_match({value}, '[0-9]+ ?(m|mos?|mths?|months?)') then {number} "
        f"when regexp_full_match({value}, '[0-9]+ ?(y|yrs?|years?)') "
        f"then cast(try_cast({number} as integer) * 12 as varchar) else cast({sql} as varchar) end"
    )


def terms(columns: Columns, is_deals: bool) -> None:
    """A deal says how much and since when, as a rule not for how long."""
    if "term_months" in columns:
        columns.sql["term_months"] = in_months(columns.sql["term_months"])
    known = [columns.sql[c] for c in ("ends_on", "term_months") if c in columns]
    has_any = known and columns.number_of(
        " or ".join(f"cast({sql} as varchar) <> ''" for sql in known)
    )
    if has_any:
        return
    if not is_deals:
        raise InputError(
            f"{columns.name} in {columns.file.path} has no column ends_on and none term_months, "
            "or no value in it. Add one of them: a contract's MRR is its amount over its months."
        )
    columns.pop("ends_on")
    columns.sql["term_months"] = text(str(DEFAULT_TERM))
    columns.headers["term_months"] = ["term_months"]
    columns.note(
        f"the deals do not say how long they run: each is read as {DEFAULT_TERM} months from its "
        f"{columns.headers.get('starts_on', ['start'])[0]}, with its amount for all of them. If "
        "that is wrong, add a column term_months (or ends_on), and amount_is with arr or mrr."
    )


def adapt(columns: Columns) -> None:
    is_deals = won_deals(columns)
    one_company(columns)
    amounts(columns)
    types(columns)
    terms(columns, is_deals)
