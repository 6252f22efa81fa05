"""PUB-170: accounts into which the council pays two suppliers, and all who may share one."""

from collections.abc import Sequence
from datetime import date

from quality.town.accounts import iban
from quality.town.council import FACTOR, ledger_line
from quality.town.plant import (
    ALL_SHARES,
    Company,
    Draw,
    Expected,
    Plant,
    Planted,
    Truth,
    part,
    person_owner,
)

SINCE, PAID_ON, PLANNED_ON = date(2012, 3, 5), date(2026, 4, 13), date(2026, 6, 8)


def _suppliers(draw: Draw, n: int) -> Planted:
    """Suppliers of different owners."""
    companies = [draw.company(SINCE) for _ in range(n)]
    return Planted(companies, [draw.owned(company) for company in companies])


def _truth(companies: Sequence[Company], *verdict: *tuple[Expected, str]) -> Planted:
    return Planted(truth=[Truth(company.id, *verdict) for company in companies])


@part
def _one_account(draw: Draw, n: int, note: str, *, is_planned: bool = False) -> Planted:
    planting = _suppliers(draw, n)
    account = iban(planting.companies[0].number)
    first, *others = planting.companies
    lines = [
        ledger_line(first, PAID_ON, "1840.00", account=account),
        *(
            ledger_line(
                other,
                PLANNED_ON if is_planned else PAID_ON,
                "2210.00",
                account=account,
                is_planned=is_planned,
            )
            for other in others
        ),
    ]
    return planting + _truth(planting.companies, "flagged", note) + Planted(ledger=lines)


def _own_accounts(draw: Draw) -> Planted:
    planting = _suppliers(draw, 2)
    lines = [ledger_line(each, PAID_ON, "1840.00", account=iban(each.number)) for each in planting.companies]
    return planting + _truth(planting.companies, "not_flagged", "an account each") + Planted(ledger=lines)


def _factored(draw: Draw) -> Planted:
    """The ledger knows the factor as a bank: it was paid into that account under its own name."""
    planting, account = _suppliers(draw, 2), iban("FACTOR00")
    lines = [ledger_line(each, PAID_ON, "1840.00", account=account) for each in planting.companies]
    factor = ledger_line(FACTOR, PAID_ON, "25.00", account=account, kind="Bank", centre="Finance")
    return (
        planting
        + _truth(planting.companies, "not_flagged", "a factor's account")
        + Planted(ledger=[*lines, factor])
    )


def _one_owner(draw: Draw) -> Planted:
    companies, owner = [draw.company(SINCE) for _ in range(2)], draw.person()
    account = iban(companies[0].number)
    return Planted(
        companies,
        [person_owner(each, owner, ALL_SHARES, SINCE) for each in companies],
        ledger=[ledger_line(each, PAID_ON, "1840.00", account=account) for each in companies],
    ) + _truth(companies, "not_flagged", "one owner")


def _with_a_person(draw: Draw) -> Planted:
    planting = _suppliers(draw, 1)
    account = iban(planting.companies[0].number)
    lines = [
        ledger_line(planting.companies[0], PAID_ON, "1840.00", account=account),
        ledger_line(
            draw.person()["name"], PAID_ON, "90.00", account=account, kind="Individual", centre="Care"
        ),
    ]
    return planting + _truth(planting.companies, "not_flagged", "a natural person") + Planted(ledger=lines)


PLANT = Plant(
    (
        _one_account(2, "two suppliers, one account"),
        _one_account(3, "three suppliers, one account"),
        _one_account(2, "the second is about to be paid", is_planned=True),
        _own_accounts,
        _factored,
        _one_owner,
        _with_a_person,
    )
)
