"""PUB-170: accounts into which the council pays two suppliers, and all who may share one."""

from datetime import date

from quality.town.accounts import iban
from quality.town.council import FACTOR, ledger_line
from quality.town.plant import ALL_SHARES, Draw, Expected, Plant, Planted, Truth, part, person_owner

SINCE, PAID_ON, PLANNED_ON = date(2012, 3, 5), date(2026, 4, 13), date(2026, 6, 8)


@part
def _case(
    draw: Draw,
    n: int,
    *verdict: *tuple[Expected, str],
    gbp: str = "1840.00",
    later_on: date = PAID_ON,
    has_own_accounts: bool = False,
    has_one_owner: bool = False,
    factor: str = "",
    has_person: bool = False,
) -> Planted:
    """Suppliers paid into the first one's account. gbp, later_on: of all but the first. factor: whose account
    it is, a bank to the ledger, paid into it under its own name. has_person: so is a natural person.
    """
    companies = [draw.company(SINCE) for _ in range(n)]
    owner = draw.person() if has_one_owner else None
    owners = [
        person_owner(each, owner, ALL_SHARES, SINCE) if owner else draw.owned(each) for each in companies
    ]
    accounts = [iban("FACTOR00" if factor else each.number) for each in companies]
    lines = [
        ledger_line(
            each,
            later_on if place else PAID_ON,
            gbp if place else "1840.00",
            account=accounts[place if has_own_accounts else 0],
            is_planned=place > 0 and later_on == PLANNED_ON,
        )
        for place, each in enumerate(companies)
    ]
    if factor:
        lines.append(
            ledger_line(factor, PAID_ON, "25.00", account=accounts[0], kind="Bank", centre="Finance")
        )
    if has_person:
        name = draw.person()["name"]
        lines.append(
            ledger_line(name, PAID_ON, "90.00", account=accounts[0], kind="Individual", centre="Care")
        )
    truth = [Truth(company.id, *verdict) for company in companies]
    return Planted(companies, owners, truth=truth, ledger=lines)


PLANT = Plant(
    (
        _case(2, "flagged", "two suppliers, one account", gbp="2210.00"),
        _case(3, "flagged", "three suppliers, one account", gbp="2210.00"),
        _case(2, "flagged", "the second is about to be paid", gbp="2210.00", later_on=PLANNED_ON),
        _case(2, "not_flagged", "an account each", has_own_accounts=True),
        _case(2, "not_flagged", "a factor's account", factor=FACTOR),
        _case(2, "not_flagged", "one owner", has_one_owner=True),
        _case(1, "not_flagged", "a natural person", has_person=True),
    )
)
