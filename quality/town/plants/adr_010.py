"""ADR-010: 101 active entities at one unit in mixed spellings, an agent's address; and 100, closed ones,
flats, the default address.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from quality.town.companies.block import ABBREVIATED
from quality.town.parts.places import Address
from quality.town.plant import Draw, Expected, Plant, Planted, Truth, at
from transforms.values.addresses import address_class_list
from transforms.values.vocabulary import vocabulary

N = 100  # the indicator's threshold: more than this
BATCH = (date(2019, 2, 4), date(2024, 10, 31))


def _seated(draw: Draw, address: Address, n: int, *, statuses: Sequence[str] = ("Active",)) -> Planted:
    """`n` companies at the address, spelled as registrants spell; statuses in turn."""
    companies = [
        draw.company(
            draw.day(*BATCH),
            address=address,
            status=statuses[i % len(statuses)],
            columns=_spelling(address, i),
        )
        for i in range(n)
    ]
    return Planted(companies, [draw.owned(company) for company in companies])


def _spelling(address: Address, i: int) -> dict[str, str]:
    """One of eight ways to write the same unit."""
    words = (word for word in ABBREVIATED if address.street.endswith(word))
    short = next((address.street.removesuffix(word) + ABBREVIATED[word] for word in words), address.street)
    unit = f"{address.unit} " if address.unit else ""
    lines = (
        f"{unit}{address.house} {address.street}",
        f"{unit}{address.house} {short}",
        f"{unit}{address.house}, {address.street}",
        f"{unit}{address.house} {short}.",
        f"{unit}{address.house} {address.street}".title(),
        f"{unit}{address.house}, {short}",
        f"{unit}{address.house}  {address.street}",
        f"{unit}{address.house} {address.street},",
    )
    postcode = (address.postcode, address.postcode.replace(" ", ""), address.postcode.lower())[i % 3]
    return {
        "RegAddress.AddressLine1": lines[i % len(lines)],
        "RegAddress.PostCode": postcode,
        "RegAddress.PostTown": (address.post_town, address.post_town.title())[i % 2],
    }


def _case(
    draw: Draw,
    n: int,
    expected: Expected,
    note: str,
    *,
    address: Address | None = None,
    statuses: Sequence[str] = ("Active",),
) -> Planted:
    unit = address or draw.address(street_ends=" STREET")
    return _seated(draw, unit, n, statuses=statuses) + Planted(truth=[at(unit, expected, note)])


def _one_closed(draw: Draw) -> Planted:
    """101 seats of which one entity was converted: 100 active."""
    unit = draw.address()
    closed = draw.company(date(2020, 1, 6), address=unit, status="Converted / Closed")
    return _seated(draw, unit, N) + Planted(
        (closed,), truth=[at(unit, "not_flagged", "101 seats, one of them converted")]
    )


def _flats(draw: Draw) -> Planted:
    """104 in one building, 26 in each of four flats."""
    building = draw.address()
    units = [replace(building, unit=f"FLAT {n}") for n in (1, 2, 3, 4)]
    return sum(
        (_case(draw, 26, "not_flagged", "26 in a flat, 104 in the building", address=unit) for unit in units),
        Planted(),
    )


def _neighbours(draw: Draw) -> Planted:
    """51 at each of two houses of one street and postcode."""
    here = draw.address()
    there = replace(here, house=here.house + 40)  # far beyond the houses that plants are given
    return sum(
        (
            _case(draw, 51, "not_flagged", "51 at each of two houses of one street", address=unit)
            for unit in (here, there)
        ),
        Planted(),
    )


def _at_listed(draw: Draw, address_class: str, n: int, expected: Expected, note: str) -> Planted:
    """`n` companies at the first unit of a class in the vocabulary."""
    row = (
        vocabulary("address_vocabulary").filter(address_class=address_class).fill_null("").row(0, named=True)
    )
    subject = address_class_list().filter(address_class=address_class)["address_id"][0]
    columns = {
        "RegAddress.AddressLine1": row["lines"].upper(),
        "RegAddress.POBox": row["po_box"].upper(),
        "RegAddress.PostTown": row["locality"].upper(),
        "RegAddress.PostCode": row["postcode"].upper(),
    }
    companies = [draw.company(draw.day(*BATCH), columns=columns) for _ in range(n)]
    owned = [draw.owned(company) for company in companies]
    return Planted(companies, owned, truth=[Truth(subject, expected, note)])


STATUSES = (
    "Active",
    "Active",
    "Active - Proposal to Strike off",
    "Active",
    "Liquidation",
    "In Administration",
)
PLANT = Plant(
    (
        lambda draw: _case(draw, N + 1, "flagged", "101 active entities in mixed spellings"),
        lambda draw: _case(
            draw, N + 1, "flagged", "101, some in liquidation or about to be struck off", statuses=STATUSES
        ),
        lambda draw: _case(draw, N, "not_flagged", "exactly 100"),
        _one_closed,
        _flats,
        _neighbours,
        lambda draw: _at_listed(
            draw, "agent", N + 1, "flagged", "101 at a formation agent's address: class agent"
        ),
        lambda draw: _at_listed(
            draw, "default", 150, "not_flagged", "150 at the registrar's default address"
        ),
    )
)
