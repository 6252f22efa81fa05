"""PUB-030: suppliers with invoices just below the council's limit, and everything around that."""

from datetime import date, timedelta

from quality.town.council import payment
from quality.town.plant import Draw, Expected, Plant, Planted, Truth, part

FIRST = date(2026, 2, 2)
REPAIRS, FENCES, AGENCY = ("Parks", "Repairs"), ("Highways", "Fences"), ("Parks", "Agency staff")
SITES = (("Parks", "Repairs"), ("Highways", "Fences"), ("Digital", "Printing"))

# Sums with the days after the first, and for what; verdict.
type Line = tuple[str, int, tuple[str, str]]


@part
def _case(draw: Draw, lines: tuple[Line, ...], *verdict: *tuple[Expected, str]) -> Planted:
    company = draw.company(date(2012, 4, 2))
    rows = [
        payment(f"L{company.number}{place}", FIRST + timedelta(days=day), company, gbp, service)
        for place, (gbp, day, service) in enumerate(lines)
    ]
    return Planted([company], [draw.owned(company)], spending=rows, truth=[Truth(company.id, *verdict)])


PLANT = Plant(
    (
        _case(
            (("9800.00", 0, REPAIRS), ("9500.00", 0, REPAIRS), ("9000.00", 30, REPAIRS)),
            "flagged",
            "two on one day and a third 30 days later",
        ),
        _case(
            (("9999.99", 0, REPAIRS), ("9100.00", 3, ("Parks", "Fences")), ("9400.00", 8, ("Parks", "Bins"))),
            "flagged",
            "one cost centre, three expense types",
        ),
        _case(
            (
                ("9500.00", 0, FENCES),
                ("9500.00", 0, FENCES),
                ("9500.00", 0, FENCES),
                ("10400.00", 60, FENCES),
            ),
            "flagged",
            "three equal ones on one day, one above the limit in the year",
        ),
        _case(
            (("9800.00", 0, REPAIRS), ("9500.00", 1, REPAIRS), ("9000.00", 31, REPAIRS)),
            "not_flagged",
            "the third 31 days later",
        ),
        _case(
            (("9800.00", 0, REPAIRS), ("9500.00", 1, REPAIRS), ("8999.99", 2, REPAIRS)),
            "not_flagged",
            "the third more than a tenth below",
        ),
        _case(
            (("9800.00", 0, REPAIRS), ("9500.00", 1, REPAIRS), ("10000.00", 2, REPAIRS)),
            "not_flagged",
            "the third at the limit",
        ),
        _case(
            (
                *(("9500.00", day, REPAIRS) for day in (0, 14, 28)),
                *(("9500.00", day, REPAIRS) for day in (42, 56, 70)),
            ),
            "not_flagged",
            "the same sum every fortnight",
        ),
        _case(
            (
                *((sum_, 0, REPAIRS) for sum_ in ("9800.00", "9500.00", "9300.00")),
                *((sum_, -90, REPAIRS) for sum_ in ("10100.00", "10900.00")),
            ),
            "not_flagged",
            "two above the limit in the year",
        ),
        _case(
            (*((sum_, 0, REPAIRS) for sum_ in ("9800.00", "9500.00", "9300.00")), ("-9500.00", 9, REPAIRS)),
            "not_flagged",
            "one of three taken back",
        ),
        _case(
            tuple((sum_, 0, AGENCY) for sum_ in ("9800.00", "9500.00", "9300.00")),
            "not_flagged",
            "agency staff",
        ),
        _case(
            tuple(("9800.00", day, service) for day, service in enumerate(SITES)),
            "not_flagged",
            "of three cost centres and expense types",
        ),
    )
)
