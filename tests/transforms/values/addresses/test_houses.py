"""Houses that are told by words: spelled numbers, names that look like streets or countries, villages that
look like parts, buildings abroad.
"""

from functools import cache

import polars as pl
import pytest

from transforms.formats.plain_units import plain_unit
from transforms.values.addresses import with_address

# lines, postcode, town, country
type Address = tuple[str, str | None, str | None, str | None]
ZT = "ZT1 2AB"


def here(lines: str) -> Address:
    return lines, ZT, None, None


def abroad(lines: str, town: str = "Zedville", country: str | None = None) -> Address:
    return lines, None, town, country


ONE_UNIT: dict[str, tuple[Address, ...]] = {
    # a leading number word is a house number
    "ZT1 2AB|1 NEW STREET": (
        *map(
            here,
            (
                "1 New Street",
                "One New Street",
                "ONE NEW STREET, ZEDTOWN",
                "One New Street Zedtown",
                "One, New St.",
                "Number One New Street",
            ),
        ),
        ("ONE NEW STREET, ZEDTOWN (ZT1 2AB)", None, None, None),
    ),
    "ZT1 2AB|1 NEW STREET|FLOOR 3": (
        here("3rd Floor, One New Street"),
        here("Third Floor One New Street"),
        here("One New Street, 3rd Floor"),
    ),
    "ZT1 2AB|60 CIRCULAR ROAD": (
        here("Sixty Circular Road"),
        here("60 Circular Road"),
        here("Sixty Circular Road, Zed Street, Zedtown"),
    ),
    "ZT1 2AB|61 CIRCULAR ROAD": (here("Sixty-One Circular Road"),),
    "ZT1 2AB|1 MOCK SQUARE": (here("One Mock Square"), here("1 Mock Square")),
    "ZEDVILLE|1 CONGRESS STREET": (abroad("One Congress Street"), abroad("1 Congress Street")),
    "ZT1 2AB|10 HIGH STREET": (
        *map(
            here,
            (
                "One New Street, 10 High Street",
                "10 High Street",
            ),
        ),
    ),
    # a house name, whatever it ends in
    "ZT1 2AB|LANTERN HOUSE": (here("Lantern House, One New Street"), here("Lantern House One New Street")),
    "ZT1 2AB|ZED HALL": (here("Zed Hall, Mill Lane"), here("Zed Hall Mill Lane")),
    "ZT1 2AB|FLAT 2|THE GROVE": (here("Flat 2, The Grove, Mill Lane"),),
    "ZT1 2AB|ZED COTTAGE": (
        here("Zed Cottage, Mill Lane"),
        here("Zed Cottage Mill Lane"),
        here("Zed Cottage Mill Lane, Zedtown"),
    ),
    # spelled numbers of flats
    "ZT1 2AB|10 HIGH STREET|FLAT 1": (here("Flat One, 10 High Street"), here("Flat 1, 10 High Street")),
    "ZT1 2AB|10 HIGH STREET|FLAT 21": (
        here("Flat Twenty-One, 10 High Street"),
        here("Apartment Twenty One, 10 High Street"),
    ),
    "ZT1 2AB|10 HIGH STREET|UNIT 1A": (here("Unit One A, 10 High Street"), here("Unit 1A, 10 High Street")),
    "ZT1 2AB|10 HIGH STREET|SHOP 1": (here("Shop One, 10 High Street"), here("Shop 1, 10 High Street")),
    "ZT1 2AB|HUNDRED HOUSE|UNIT 1": (here("Unit One, Hundred House"), here("Unit 1 Hundred House")),
    # parts of a house
    "ZT1 2AB|10 HIGH STREET|OVER": (here("Over, 10 High Street"),),
    "ZT1 2AB|10 HIGH STREET|REAR OF": (here("Rear of, 10 High Street"), here("10 High Street, Rear of")),
    "ZT1 2AB|10 HIGH STREET|EAST WING": (
        here("East Wing, 10 High Street"),
        here("10 High Street, East Wing"),
    ),
    "ZT1 2AB|THE GRANGE": (here("The Grange, High Street"),),
    # buildings abroad
    "NASSAU|CHARLOTTE HOUSE": tuple(
        abroad(f"Charlotte House{rest}", "Nassau")
        for rest in ("", ", Charlotte Street", " Charlotte Street", ", Shirley and Charlotte Streets")
    ),
    "MAJURO|TRUST COMPANY COMPLEX": tuple(
        abroad(f"Trust Company Complex{rest}", "Majuro")
        for rest in (
            "",
            ", Ajeltake Road",
            " Ajeltake Road",
            " Ajeltake Road, Ajeltake Island",
            " Ajeltake Island",
        )
    ),
    "CHARLESTOWN|kn|HUNKINS PLAZA": tuple(
        abroad(f"Hunkins Plaza{rest}", "Charlestown", "kn") for rest in ("", ", Main Street", " Main Street")
    ),
    "BELLEVILLE|THE PHOENIX CENTRE": tuple(
        abroad(f"The Phoenix {centre} George Street", "Belleville")
        for centre in ("Centre,", "Centre", "Center,", "Center")
    ),
    "ZEDTOWN|gb|CHARLOTTE HOUSE|MILL LANE": (
        abroad("Charlotte House, Mill Lane", "Zedtown", "gb"),
        abroad("Charlotte House Mill Lane", "Zedtown", "gb"),
    ),
    # boxes
    "DOHA|POBOX 22644": (
        abroad("PO Box, 22644", "Doha"),
        abroad("P.O. Box 22644", "Doha"),
        abroad("PO Box, 22644, Mock Street", "Doha"),
    ),
    "DOHA|POBOX 2264": (abroad("PO Box, 2264", "Doha"), abroad("PO Box 2264", "Doha")),
}
DIFFERENT: tuple[tuple[Address, Address], ...] = (
    (here("One New Street"), here("Two New Street")),
    (here("Flat One, 10 High Street"), here("Flat One Hundred, 10 High Street")),
    (here("Flat One, 10 High Street"), here("Flat One Hundred and One, 10 High Street")),
    (here("Suite One, 10 High Street"), here("Suite One Eleven, 10 High Street")),
    (here("Unit One, 10 High Street"), here("Unit One A, 10 High Street")),
    (here("Unit One, 10 High Street"), here("Unit One J, 10 High Street")),
    (here("Unit One, 10 High Street"), here("Unit One Point Five, 10 High Street")),
    (here("Unit One Point Five, 10 High Street"), here("10 High Street")),
    (here("Suite Two One, 10 High Street"), here("Suite Two, 10 High Street")),
    (here("Units One and Two, Mock Estate"), here("Units One and Three, Mock Estate")),
    (here("Shop One, 10 High Street"), here("10 High Street")),
    (here("51st Floor One New Street"), here("51st Floor Two New Street")),
    (here("51st Floor One New Street"), here("Floor One, 1 New Street")),
    (here("10 High Street, Rear"), here("10 High Street")),
    (here("77 Zed Street Lower"), here("77 Zed Street Upper")),
    *(
        (
            abroad(f"{name}, Mill Lane", "Zedtown", country),
            abroad(f"{name}, Church Street", "Zedtown", country),
        )
        for name in (
            "The Cottage",
            "The Cottages",
            "Church House",
            "Business Centre",
            "Flat 2, The Grove",
        )
        for country in (None, "gb")
    ),
    (
        abroad("Charlotte House, Mill Lane", "Zedtown", "gb"),
        abroad("Charlotte House, Church Street", "Zedtown", "gb"),
    ),
    (abroad("Charlotte House", "Nassau"), abroad("Charlotte House", "Zedville")),
    (abroad("PO Box, 22644", "Doha"), abroad("PO Box, 22645", "Doha")),
    # a street with a number in its name, behind a house's
    *(
        (here(f"{before}Zed {house}, {street}"), here(f"{before}Yed {house}, {street}"))
        for before, house, street in (
            ("", "House", "Six Mile Bottom Road"),
            ("Unit A, ", "Park", "Two Mile Ash Road"),
            ("Flat 1, ", "House", "Seven Kings Road"),
            ("", "House", "Seven Star Road"),
        )
    ),
    (here("Flat 1 Zed House Seven Kings Road"), here("Flat 1 Yed House Seven Kings Road")),
    # what may be the house's name stays in it
    *(
        (here(f"Zed Hall {one} Mill Lane"), here(f"Zed Hall {other}Mill Lane"))
        for one, other in (("Stables", ""), ("Stables", "School "), ("Yard", ""))
    ),
    (here("The Mill Mill Lane"), here("The Mill Store Mill Lane")),
    (here("Unit 3 Zed Farm Mill Lane"), here("Unit 3 Zed Farm Industrial Estate Mill Lane")),
    (here("10 Mill Lane, Wing A"), here("10 Mill Lane, Wing B")),
    # names that many buildings have, and a town that may be a British one
    *(
        (abroad(f"{house}, Zed Road", "Zedville", "hk"), abroad(f"{house}, Yed Road", "Zedville", "hk"))
        for house in ("Guest House", "Administration Building", "National Building", "Residential Complex")
    ),
    (abroad("Lantern House, Zed Road", "London"), abroad("Lantern House, Yed Road", "London")),
)
NO_UNIT: tuple[Address, ...] = (
    *map(
        here,
        (
            "Seven Sisters Road",
            "Three Colt Street",
            "One Tree Lane",
            "Forty Lane",
            "London Road",
            "Mill Lane, Mill Lane",
            "Mill Cottage Lane",
            "Front Street, Chester-le-Street",
            "Georgia",
            "Home, Mill Lane",
            "See above, Mill Lane",
            "High Street",
            "land at Mill Lane",
            "Ten Kings Road",
            "Seven Star Road",
            "Main Road, Zed Close",
            "London Road, Mill Lane",
            "Park View Terrace, Mill Lane",
            "England, Mill Lane",
            "Wales, Mill Lane",
            "Land at Mill Lane, Church Road",
        ),
    ),
    abroad("High Street, Mill Lane", "Zedtown", "gb"),
    abroad("The Grove", "Zedtown", "gb"),
    abroad("London Road"),
    abroad("Georgia, Mill Lane", "Zedville", "ge"),
    abroad("PO Box, 0000", "Doha"),
    abroad("22644", "Doha"),
    abroad("London Road, Zedville"),
)


@cache
def keys() -> dict[Address, str | None]:
    """The units of all cases, computed at once."""
    every = (
        {address for group in ONE_UNIT.values() for address in group}
        | {one for pair in DIFFERENT for one in pair}
        | set(NO_UNIT)
    )
    frame = pl.DataFrame(
        sorted(every, key=str),
        schema=dict.fromkeys(("lines", "postcode", "town", "country"), pl.String),
        orient="row",
    )
    addressed = with_address(
        frame,
        lines=[pl.col("lines")],
        locality=pl.col("town"),
        country=pl.col("country"),
        postcode_text=pl.col("postcode"),
    )
    return {
        (lines, postcode, town, country): unit
        for lines, postcode, town, country, unit in addressed.select(*frame.columns, "a_unit_key").iter_rows()
    }


@pytest.mark.parametrize(
    ("unit", "address"), [(unit, address) for unit, group in ONE_UNIT.items() for address in group]
)
def test_spellings_of_one_unit(unit: str, address: Address) -> None:
    assert keys()[address] == unit


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_units_have_two_keys(one: Address, other: Address) -> None:
    assert keys()[one] is not None and keys()[other] is not None
    assert keys()[one] != keys()[other]


@pytest.mark.parametrize("address", NO_UNIT)
def test_nothing_tells_a_unit(address: Address) -> None:
    assert keys()[address] is None


@pytest.mark.parametrize(
    ("paon", "unit"),
    [
        *(
            (name, name)
            for name in (
                "THE GROVE",
                "THE GARDENS",
                "OAK DRIVE",
                "PARK VIEW TERRACE",
                "HOME",
                "SAME",
                "GEORGIA",
                "ROSE COTTAGE",
            )
        ),
        *((filler, None) for filler in ("UNKNOWN", "NOT KNOWN", "NONE", "XXX", "NIL")),
        *((spelled, None) for spelled in ("ONE", "TWENTY ONE")),  # the general method reads the number
    ],
)
def test_what_stands_in_the_place_of_a_house_is_its_name(paon: str, unit: str | None) -> None:
    given = pl.DataFrame(
        {"paon": [paon], "street": ["MILL LANE"], "saon": [None]}, schema_overrides={"saon": pl.String}
    )
    assert given.select(plain_unit(pl.col("paon"), pl.col("street"), pl.col("saon"))).item() == unit
