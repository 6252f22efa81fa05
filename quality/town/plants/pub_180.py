"""PUB-180: suppliers whose account changed just before a payment; who was called back or paid too little."""

from datetime import date, timedelta

from quality.town.accounts import iban
from quality.town.council import FACTOR, ledger_line
from quality.town.plant import Draw, Expected, Plant, Planted, Truth, part

SINCE, BEFORE_ON, CHANGED_ON = date(2012, 3, 5), date(2026, 3, 16), date(2026, 4, 27)


@part
def _case(
    draw: Draw,
    payments: tuple[tuple[int, str], ...],
    verdict: tuple[Expected, str],
    *,
    check: str = "",
    kind: str = "",
    planned_from: int = 1_000,
    is_new: bool = True,
) -> Planted:
    """payments: days after the change, and pounds, into the new account. kind: of a handler of money that was
    paid into the same account. planned_from: day after the change.
    """
    supplier = draw.company(SINCE)
    new = iban(f"N{supplier.number[1:]}")
    lines = [ledger_line(supplier, BEFORE_ON, "3120.00", account=iban(supplier.number) if is_new else new)]
    lines += [
        ledger_line(
            supplier,
            CHANGED_ON + timedelta(days=days),
            gbp,
            account=new,
            check=check,
            is_planned=days >= planned_from,
        )
        for days, gbp in payments
    ]
    if kind:
        lines.append(ledger_line(FACTOR, BEFORE_ON, "25.00", account=new, kind=kind))
    truth = [Truth(supplier.id, *verdict)]
    return Planted([supplier], [draw.owned(supplier)], truth=truth, ledger=lines)


PLANT = Plant(
    (
        _case(((0, "12480.00"),), ("flagged", "the first payment into it")),
        _case(((0, "300.00"), (30, "10000.00")), ("flagged", "30 days later, the limit itself")),
        _case(((0, "6000.00"), (0, "6500.00")), ("flagged", "two lines of one day")),
        _case(((28, "300.00"), (40, "14200.00")), ("flagged", "about to be paid"), planned_from=40),
        _case(((0, "9999.99"),), ("not_flagged", "a cent too little")),
        _case(((0, "300.00"), (31, "12480.00")), ("not_flagged", "31 days later")),
        _case(((0, "12480.00"),), ("not_flagged", "called back"), check="Called back"),
        _case(((0, "12480.00"),), ("not_flagged", "a factor's account"), kind="Bank"),
        _case(((0, "12480.00"),), ("not_flagged", "the same account"), is_new=False),
    )
)
