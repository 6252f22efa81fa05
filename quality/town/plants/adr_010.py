"""ADR-010: 101 active entities at one unit in mixed spellings, an agent's address; and 100, closed ones,
flats, the default address.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from quality.town.companies.block import ABBREVIATED
from quality.town.parts.places import Address
from quality.town.plant import Draw, Expected, Plant, Planted, Truth, at, part
from transforms.values.addresses import address_class_list
from transforms.values.vocabulary import vocabulary

N = 100  # the indicator's threshold: more than this
BATCH = (date(2019, 2, 4), date(2024, 10, 31))


def _seated(
    draw: Draw,
    address: Address,
    n: int,
    *verdict: *tuple[Expected, str],
    statuses: Sequence[str] = ("Active",),
) -> Planted:
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
    return Planted(companies, [draw.owned(company) for company in companies], truth=[at(address, *verdict)])


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


@part
def _in_a_street(
    draw: Draw, n: int, *verdict: *tuple[Expected, str], statuses: Sequence[str] = ("Active",)
) -> Planted:
    return _seated(draw, draw.address(street_ends=" STREET"), n, *verdict, statuses=statuses)


@part
def _doors(draw: Draw, n: int, note: str, doors: Callable[[Address], Iterable[Address]]) -> Planted:
    """`n` at each of several doors, too few for any of them."""
    units = doors(draw.address())
    return sum((_seated(draw, unit, n, "not_flagged", note) for unit in units), Planted())


def _one_closed(draw: Draw) -> Planted:
    """101 seats of which one entity was converted: 100 active."""
    unit = draw.address()
    closed = draw.company(date(2020, 1, 6), address=unit, status="Converted / Closed")
    return _seated(draw, unit, N, "not_flagged", "101 seats, one of them converted") + Planted((closed,))


@part
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
        _in_a_street(N + 1, "flagged", "101 active entities in mixed spellings"),
        _in_a_street(
            N + 1, "flagged", "101, some in liquidation or about to be struck off", statuses=STATUSES
        ),
        _in_a_street(N, "not_flagged", "exactly 100"),
        _one_closed,
        _doors(
            26,
            "26 in a flat, 104 in the building",
            lambda house: (replace(house, unit=f"FLAT {n}") for n in (1, 2, 3, 4)),
        ),
        # Two houses of one street and postcode, the second far beyond those that plants are given.
        _doors(
            51,
            "51 at each of two houses of one street",
            lambda house: (house, replace(house, house=house.house + 40)),
        ),
        _at_listed("agent", N + 1, "flagged", "101 at a formation agent's address: class agent"),
        _at_listed("default", 150, "not_flagged", "150 at the registrar's default address"),
    )
)
