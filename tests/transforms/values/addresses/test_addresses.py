"""One unit has one key however a register writes it, and two units have two."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import duckdb
import polars as pl
import pytest

from transforms.model.statements import ADDRESS_STATEMENT, PROVENANCE
from transforms.model.views import ADDRESS_CLASSES
from transforms.values.addresses import (
    ADDRESS,
    address_class_list,
    address_id,
    in_unit_sql,
    units,
    with_address,
)
from transforms.values.addresses.postcodes import uk_postcode, uk_postcode_in
from transforms.values.countries import country_code, country_part
from transforms.values.names import fillers
from transforms.values.vocabulary import vocabulary

type Row = dict[str, str | None]


@dataclass(frozen=True)
class Written:
    lines: tuple[str | None, ...]
    postcode: str | None = "ZT1 2AB"
    town: str | None = None
    country: str | None = None
    po_box: str | None = None
    care_of: str | None = None


def keyed(written: Written) -> Row:
    """What an address gets. Those of the tables below are keyed together: for one alone, to make the
    expressions ready takes longer than the work.
    """
    of_tables = _of_tables()
    return of_tables[written] if written in of_tables else _keyed([written])[0]


def key(written: Written) -> str | None:
    return keyed(written)["a_unit_key"]


@cache
def _of_tables() -> Mapping[Written, Row]:
    pairs = [*DIFFERENT_UNITS, *PARTS_OF_LISTED]
    written = [
        *(one for group in SAME_UNIT.values() for one in group),
        *(one for pair in pairs for one in pair if isinstance(one, Written)),
        *NO_UNIT,
        *PART_UNITS,
    ]
    return dict(zip(written, _keyed(written), strict=True))


def _keyed(written: Sequence[Written]) -> list[Row]:
    lines = [f"line_{n}" for n in range(max(len(one.lines) for one in written))]
    others = ("postcode", "town", "country", "po_box", "care_of")
    rows = [
        {**dict(zip(lines, one.lines, strict=False)), **{name: getattr(one, name) for name in others}}
        for one in written
    ]
    return with_address(
        pl.DataFrame(rows, schema=dict.fromkeys((*lines, *others), pl.String)),
        lines=[pl.col(name) for name in lines],
        locality=pl.col("town"),
        country=pl.col("country"),
        postcode_text=pl.col("postcode"),
        po_box=pl.col("po_box"),
        care_of=pl.col("care_of"),
    ).to_dicts()


SAME_UNIT = {
    "ZT1 2AB|10 HIGH STREET": [
        Written(("10 High Street",)),
        Written(("10 HIGH ST.",)),
        Written(("10  high   st",), "zt12ab"),
        Written(("10", "High Street")),  # PSC: premises and line 1
        Written(("10, High Street, Zedtown",), "ZT1  2AB"),
        Written(("10 High Street, Zedtown ZT1 2AB",), None),
        Written(("10 HIGH STREET OLD QUARTER",)),
        Written(("No. 10 High Street",)),
        Written(("c/o Mock & Co, 10 High Street",)),
        Written(("C/O MOCK LTD 10 HIGH ST",)),
        Written(("10 High Street",), care_of="Somebody Else"),
        *(
            Written(("10 High Street",), po_box=filler)
            for filler in ("N/A", "0", "00", "None", "PO Box N/A", "P.O. Box 0", "-")
        ),
        Written(("Lantern House", "10 High Street")),
        Written(("LANTERN HOUSE 10 HIGH STREET",)),
    ],
    "ZT1 2AB|10 HIGH STREET|FLAT 2": [
        Written(("Flat 2, 10 High St",)),
        Written(("FLAT 2", "10 HIGH STREET")),
        Written(("FLAT 2 10 HIGH STREET",)),
        Written(("Apartment 2", "10", "High Street")),
        Written(("10 High Street", "Flat 2")),
        Written(("Flat 2, 10", "High Street")),
        Written(("Flat Two, 10 High Street",)),
    ],
    "ZT1 2AB|5 KING STREET|UNIT 4": [
        Written(("Unit Four, 5 King Street",)),
        Written(("Unit 4", "5 King St")),
    ],
    "ZT1 2AB|10-12 HIGH STREET": [Written(("10 to 12 High Street",)), Written(("10 - 12 High St",))],
    "ZT1 2AB|5 KING STREET|FLOOR 21": [
        Written(("Twenty-First Floor, 5 King Street",)),
        Written(("21st Floor 5 King St",)),
        Written(("Twenty First Floor", "5", "King Street")),
    ],
    "ZT1 2AB|5 KING STREET|FLOOR 0L": [
        Written(("Lower Ground Floor, 5 King Street",)),
        Written(("LOWER GROUND FLR 5 KING ST",)),
    ],
    "ZT1 2AB|5 KING STREET|FLOOR 3": [
        Written(("Third Fl, 5 King Street",)),
        Written(("3rd Floor, 5 King Street",)),
    ],
    "ZT1 2AB|12A HIGH STREET": [
        Written(("12A High Street",)),
        Written(("12 a, high street",)),
        Written(("12a", "High St")),
    ],
    "ZT1 2AB|71-75 MOCK STREET": [
        Written(("71-75 Mock Street",)),
        Written(("71 - 75 MOCK STREET OLD QUARTER",)),
        Written(("71–75", "Mock St")),
    ],
    "ZT1 2AB|LANTERN HOUSE": [
        Written(("Lantern House, Quay Road",)),
        Written(("LANTERN HOUSE QUAY ROAD",)),
        Written(("Lantern Hse", "Quay Rd")),
    ],
    "ZT1 2AB|LANTERN PARK|UNIT 2": [
        Written(("Unit 2 Lantern Park, Quay Road",)),
        Written(("UNIT 2", "LANTERN PARK")),
    ],
    "ZT1 2AB|5 KING STREET|FLOOR 2": [
        Written(("2nd Floor, 5 King St",)),
        Written(("SECOND FLOOR 5 KING STREET",)),
        Written(("Floor 2", "5", "King Street")),
    ],
    "ZT1 2AB|1 CRESCENT ROAD": [Written(("1 Crescent Road",)), Written(("1 CRESCENT RD, WARLEY",))],
    "ZT1 2AB|10 HIGH STREET NORTH": [Written(("10 High St North",)), Written(("10 HIGH STREET NORTH",))],
    "ZT1 2AB|27 ST CUTHBERTS STREET": [
        Written(("27 St. Cuthbert's St",)),
        Written(("27 SAINT CUTHBERTS STREET",)),
    ],
    "CF14 8LH|POBOX 4385": [
        Written(("PO Box 4385, 90000006 - Companies House Default Address",), "CF14 8LH"),
        Written(("90000007 - COMPANIES HOUSE DEFAULT ADDRESS",), "CF148LH", po_box="4385"),
        Written((None,), "CF14 8LH", po_box="P.O. Box 4385"),
    ],
    "ZEDTOWN|bs|POBOX N4875": [
        Written(("P.O. Box N-4875", "Mock Street"), None, "Zedtown", "bs"),
        Written(("PO Box N 4875",), None, "Zedtown", "bs"),
        Written(("Mock Street",), None, "Zedtown", "bs", po_box="N-4875"),
    ],
    "WIEN|at|4 BORSEPLATZ": [
        Written(("4 Börseplatz",), None, "Wien", "at"),
        Written(("4 BORSEPLATZ",), None, "WIEN", "at"),
    ],
    "ΑΘΗΝΑ|gr|ΜΕΓΑΡΟ": [Written(("Μέγαρο",), None, "Αθήνα", "gr")],
    "TORTOLA|vg|POBOX 146": [  # the list of known addresses has this building with this box
        Written(("Trident Chambers",), "vg1110", "Road Town", "vg"),
        Written(("TRIDENT CHAMBERS", "WICKHAMS CAY"), "VG1110", "TORTOLA", "vg"),
        Written(("Trident Chambers, P.O. Box 146",), None, "Road Town", None),
        Written(("PO BOX 146",), "VG 1110", "TORTOLA VG1110", None),
        Written(("Wickhams Cay",), None, "Tortola", None, po_box="146"),
    ],
    "TORTOLA|vg|LANTERN CHAMBERS": [
        Written(("Lantern Chambers", "Wickhams Cay II"), None, "Road Town", None),
        Written(("LANTERN CHAMBERS WICKHAM'S CAY 2", "ROAD TOWN"), "VG1110", "TORTOLA", "vg"),
        Written(("Wickhams Cay II, Lantern Chambers",), None, "ROAD TOWN, TORTOLA", "vg"),
        Written(("Lantern Chambers Road Town",), None, "Tortola, British Virgin Islands", None),
        Written(("Mock Trust (BVI) Ltd. Lantern Chambers, Wickhams Cay 1",), None, "Tortola", None),
        Written(("c/o Mock Trust Limited, Lantern Chambers",), "VG1 110", "Road Town", "vg"),
        Written(("C/O Lantern Chambers Wickhams Cay II",), None, "Road Town", "vg"),
        Written(("c/o Ada Mock, Lantern Chambers",), None, "Road Town", "vg"),
        Written(
            ("Lantern Chambers, Wickhams Cay II, Road Town, Tortola, VG1110, Virgin Islands, British",),
            None,
            None,
            None,
        ),
        Written(
            ("Lantern Chambers, Road Town, Tortola VG 1110, B.V.I.",), None, "Tortola VG 1110, B.V.I.", "vg"
        ),
    ],
    "TORTOLA|vg|FLOOR 2|LANTERN HOUSE": [
        Written(("2nd Floor Lantern House Mock Drive",), None, "Road Town", None),
        Written(("LANTERN HOUSE", "SECOND FLOOR, MOCK DRIVE, WICKHAMS CAY 1"), None, "TORTOLA", "vg"),
    ],
    "MAHE|sc|POBOX 12": [
        Written(("Mock Street, PO Box 12",), None, place, code)
        for place, code in (("Victoria", "sc"), ("Victoria, Mahé", None), ("Eden Island", None))
    ],
    "GRAND CAYMAN|ky|POBOX 12": [
        Written(("PO Box 12, Mock House",), postcode, town, code)
        for postcode, town, code in (
            ("KY1-1104", "Grand Cayman", None),
            ("KY1-1104", "George Town", "ky"),
            (None, "George Town, Grand Cayman KY1-1104", None),
        )
    ],
    "DUBAI|ae|10 MOCK STREET": [
        Written(("10 Mock Street",), code, "Dubai", "ae") for code in (None, "00000", "N/A", "-")
    ],
    "ZT1 2AB|ZED COTTAGE": [
        Written(("Registered office, Zed Cottage, Mill Lane",)),
        Written(("Zed Cottage", "Mill Lane")),
        Written(("Zed Cottage",)),
        Written(("Zed Cottage Mill Lane",)),
    ],
    "ZEDTOWN|gb|MILL LANE|ZED COTTAGE": [
        Written(("Zed Cottage, Mill Lane",), None, "Zedtown", "gb"),
        Written(("Zed Cottage", "Mill Ln."), None, "Zedtown", "gb"),
    ],
    "ZT1 2AB|28 BOULEVARD RAIFFEISEN": [
        Written(("28 Boulevard Raiffeisen",)),
        Written(("28", "BOULEVARD RAIFFEISEN")),
        Written(("28 Blvd", "Raiffeisen", "Zedtown")),
    ],
}


@pytest.mark.parametrize(
    ("expected", "written"),
    [(expected, written) for expected, group in SAME_UNIT.items() for written in group],
)
def test_spellings_of_one_unit(expected: str, written: Written) -> None:
    assert key(written) == expected


DIFFERENT_UNITS = (
    (Written(("Flat 2, 10 High Street",)), Written(("Flat 3, 10 High Street",))),
    (Written(("Flat 2, 10 High Street",)), Written(("10 High Street",))),
    (Written(("Flat 2A, 10 High Street",)), Written(("Flat 2B, 10 High Street",))),
    (Written(("The Flat, 81 The Terrace",)), Written(("81 The Terrace",))),
    (Written(("12 High Street",)), Written(("12A High Street",))),
    (Written(("12 High Street",)), Written(("14 High Street",))),
    (Written(("12 High Street",)), Written(("12 High Street",), "ZT1 2AD")),
    (Written(("Unit B, Mock House",)), Written(("Unit C, Mock House",))),
    (Written(("4 Mock Road",), None, "Wien", "at"), Written(("4 Mock Road",), None, "Graz", "at")),
    (
        Written(("The Cottage, Mill Lane",), None, "Zedtown"),
        Written(("The Cottage, Church Street",), None, "Zedtown"),
    ),
    (
        Written(("Flat 2, The Cottage, Mill Lane",), None, "Zedtown"),
        Written(("Flat 2, The Cottage, Church Street",), None, "Zedtown"),
    ),
    (
        Written(("1 Zed Cottages, Mill Lane",), None, "Zedtown"),
        Written(("1 Zed Cottages, Church Street",), None, "Zedtown"),
    ),
    (Written(("PO Box 12",)), Written(("PO Box 13",))),
    (Written(("PO Box N-12",)), Written(("PO Box N-13",))),
    (Written(("PO Box 12",), None, "Road Town"), Written(("PO Box 13",), None, "Tortola")),
    (Written(("PO Box 12",), None, "Road Town"), Written(("PO Box 12",), None, "Grand Cayman")),
    (Written(("Lantern Chambers",), None, "Road Town"), Written(("Lantern House",), None, "Road Town")),
    (
        Written(("Floor 2, Lantern House",), None, "Road Town"),
        Written(("Floor 3, Lantern House",), None, "Road Town"),
    ),
    (
        Written(("Lantern House Wickhams Cay 11",), None, "Tortola"),
        Written(("Mock House Wickhams Cay 11",), None, "Tortola"),
    ),
    (Written(("12 Mock Street",), None, "Road Town"), Written(("14 Mock Street",), None, "Road Town")),
    (
        Written(("Lantern House",), None, "George Town", "ky"),
        Written(("Lantern House",), None, "George Town", "bs"),
    ),
    (
        Written(("Lantern House",), None, "Grand Cayman"),
        Written(("Lantern House",), None, "George Town"),
    ),  # there are others
)


@pytest.mark.parametrize(("one", "other"), DIFFERENT_UNITS)
def test_different_units_stay_different(one: Written, other: Written) -> None:
    assert key(one) is not None
    assert key(one) != key(other)


PARTS = (
    "Upper Maisonette",
    "Lower Maisonette",
    "Maisonette",
    "GFF",
    "FFF",
    "TFF",
    "LGF",
    "Studio",
    "Coach House",
    "The Lodge",
    "Garage",
    "Shop",
    "Attic",
    "Mezzanine Floor",
    "East Wing",
    "West Wing",
    "Land adjoining",
    "Land at",
    "Land on the north side of",
    "Part of",
    "Rear of",
    "The rear of",
    "Over",
    "Ground Left",
    "Ground Right",
    "Lower Ground Floor",
    "Upper Ground Floor",
    "Ground Floor",
    "First Floor",
    "Twenty First Floor",
    "Thirty-Second Floor",
    "Third Floor Front",
    "Third Floor Rear",
    "Third Floor",
    "Garden Flat",
    "Top Flat",
    "Unit One",
    "Unit Two",
    "Flat One",
    "Suite Two",
    "Room Three",
    "Zed Lodge,",
)


BETWEEN = (" ", ", ")
PART_UNITS = [Written((f"{part}{between}5 King Street",)) for part in PARTS for between in BETWEEN]


@pytest.mark.parametrize("between", BETWEEN)
def test_every_part_of_a_house_and_what_is_beside_it_is_a_unit_of_its_own(between: str) -> None:
    """The last is the house by its name, which is the house."""
    keys = [key(Written((f"{part}{between}5 King Street",))) for part in PARTS]
    assert keys[-1] == "ZT1 2AB|5 KING STREET"
    assert len(set(keys)) == len(keys)
    assert key(Written(("Third Floor Front, Zed House",))) != key(Written(("Third Floor Front, Mock House",)))


NO_UNIT = (
    Written((None,)),
    Written(("10 High Street",), None),
    Written(("",), None),
    Written((None,), None, "Zedtown", "gb"),
    Written(("Unknown",), None, "London", "gb"),
    Written(("No fixed abode",), None, "Exeter", "gb"),
    Written(("N/A",)),
    Written(("n.a.", "Not known")),
    Written(("Wickhams Cay II",), None, "Road Town"),
    Written(("2nd Floor", "Wickhams Cay 1"), "VG1110", "Tortola", "vg"),
    Written(("N/A",), None, "Road Town"),
    Written((".",), None, "Tortola", "vg"),
    Written(("Road Town",), None, "Tortola"),
    Written(("Suite 2",), None, "Mahe", "sc"),
    Written(("Dubai",), None, "Dubai", "ae"),
    Written(("London",), "ZT1 2AB", "London"),
    Written(("United Kingdom",), None, "Zedtown", "gb"),
    Written(("Zedtown, England",), None, "Zedtown", "gb"),
    Written(("London Road",), None, "Manchester", "gb"),
    Written(("London Road",)),
    Written(("Sheikh Zed Bin Zed Road",), None, "Dubai", "ae"),
    Written(("Rue Haute",), None, "Zedville", "fr"),
    Written(("London Road, Manchester",), None, "Manchester", "gb"),
    Written(("land at Mill Lane",)),
    Written(("Herengracht",), "1017 CB", "Zedstad", "nl"),
    Written(("Inconnu",), "1000", "Zedville", "be"),
    Written(("15",), "1000", "Zedville", "be"),
    Written(("90000007 - COMPANIES HOUSE DEFAULT ADDRESS",), "CF14 8LH"),
    Written(("See above", "Mill Lane")),
    Written(("123456",)),
    Written(("123456",), None, "Zedtown", "gb"),
    *(
        Written((words,), code, "Zedtown", "gb")
        for words in (*fillers("address"), *fillers("line"), "n.v.t.", "Néant", "Onbekend adres")
        for code in (None, "ZT1 2AB")
    ),
    *(
        Written((words,), code, "Zedstad", country)
        for words in (*fillers("line"), "0", "00000", "123456")
        for country, code in (("nl", "1017 CB"), ("be", "1000"), ("de", "10115"), ("vg", None))
    ),
    Written(("10 High Street",), None, "Unknown", "gb"),
    Written(("Keizersgracht 5",), None, "N/A", "nl"),
    Written((None,), po_box="N/A"),
)


@pytest.mark.parametrize("written", NO_UNIT)
def test_too_little_tells_no_unit(written: Written) -> None:
    row = keyed(written)
    assert row["a_unit_key"] is None
    assert row["a_address_id"] is None


NUMBERS = ("1", "10", "12A", "205", "9999", "3B", "00", "7")
POSTCODES = ("ZT1 2AB", "EC1A 1BB", "(W1 4LN)", "ZT12AB", "N1", "SW1")
OTHER_WORDS = (
    "HIGH",
    "KING",
    "OLD",
    "LANTERN",
    "NORTH",
    "EAST",
    "LONDON",
    "AND",
    "TO",
    "ONE",
    "TWO",
    "LAND",
    "AT",
    "REAR",
    "MAISONETTE",
    "COACH",
    "GFF",
    "FL",
    "THE",
    "CARE",
    "OF",
    "CAREOF",
    "PO",
    "C/O",
    "ANNEXE",
    "A",
    "B",
    "É",
    "ST.",
)


def _written_anyhow(random_: random.Random) -> str:
    """Pieces of words that the method knows, numbers, flats and postcodes, in any order and case."""
    listed = vocabulary("address_words")
    words = (*listed["word"], *listed["canonical"], *OTHER_WORDS)

    def piece() -> str:
        some = " ".join(random_.choice(words) for _ in range(random_.randint(1, 3)))
        flat = f"{random_.choice(('FLAT', 'UNIT', 'SUITE', 'APARTMENT'))} {random_.choice(NUMBERS)}"
        return random_.choice(
            (
                some,
                some,
                f"{random_.choice(NUMBERS)} {some}",
                f"{random_.choice(NUMBERS)} {some}",
                random_.choice(NUMBERS),
                flat,
            )
        )

    text = random_.choice((", ", ", ", " ")).join(piece() for _ in range(random_.randint(1, 3)))
    closed = text + random_.choice(
        ("", "", f" {random_.choice(POSTCODES)}", f", {random_.choice(POSTCODES)}")
    )
    return closed if random_.random() < 0.5 else closed.title()


@pytest.mark.sample(1)
@pytest.mark.parametrize("seed", range(3))
def test_the_islands_change_no_address_with_a_british_postcode_or_of_another_country(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random_ = random.Random(seed)
    names = vocabulary("address_islands")["name"].to_list()
    places = (
        ("ZT1 2AB", None),
        ("ZT1 2AB", "gb"),
        (None, "gb"),
        ("1017 CB", "nl"),
        ("1000", "be"),
        (None, "nl"),
        (None, "jm"),
    )
    rows = [
        (
            f"{_written_anyhow(random_)}, {random_.choice(names)}",
            random_.choice((*names, "ZEDTOWN", None)),
            *random_.choice(places),
            random_.choice((None, "12")),
        )
        for _ in range(2000)
    ]
    stated = pl.DataFrame(
        rows,
        schema=dict.fromkeys(("lines", "locality", "postcode", "country", "po_box"), pl.String),
        orient="row",
    )
    with_keys = units._unit_keys(stated)
    monkeypatch.setattr(
        units, "may_be_on_island", lambda written: pl.Series([False]).new_from_index(0, written.height)
    )
    assert (
        with_keys.equals(units._unit_keys(stated), null_equal=True)
        and with_keys.null_count() < stated.height / 2
    ), f"seed {seed}"


def test_address_id_is_a_hash_of_the_key() -> None:
    keys = pl.DataFrame(
        {"key": ["ZT1 2AB|10 HIGH STREET", "ZT1 2AB|10 HIGH STREET", "ZT1 2AB|12 HIGH STREET", None]}
    )
    ids = keys.select(address_id(pl.col("key")))["key"].to_list()
    assert ids[0] == ids[1] != ids[2]
    assert ids[3] is None
    assert ids[0].startswith("UT-A-")
    assert len(ids[0]) == len("UT-A-") + 16


def test_address_text_is_as_written() -> None:
    row = keyed(Written(("Flat 2", "10 High St."), "zt12ab", "Zedtown", "gb"))
    assert row["a_address_text"] == "Flat 2, 10 High St., Zedtown, zt12ab"
    assert (row["a_postcode"], row["a_country"], row["a_locality"]) == ("ZT1 2AB", "gb", "Zedtown")


def test_the_columns_are_those_of_an_address_statement() -> None:
    given_by_the_register = {
        "of_statement_id",
        "role",
        "object_id",
        "designation_id",
        *(column.name for column in PROVENANCE),
    }
    assert set(ADDRESS) == set(ADDRESS_STATEMENT.names) - given_by_the_register


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tr10 8la", "TR10 8LA"),
        ("TR108LA", "TR10 8LA"),
        ("W1W7LT", "W1W 7LT"),
        ("EC1V 2NX.", "EC1V 2NX"),
        ("M1 1AE", "M1 1AE"),
        ("VG1110", None),
        ("TR10 8CI", None),
        ("TR10", None),
        ("", None),
        (None, None),
    ],
)
def test_uk_postcode(text: str | None, expected: str | None) -> None:
    assert pl.select(uk_postcode(pl.lit(text, dtype=pl.String))).item() == expected


def test_postcode_within_an_address_is_the_last_one() -> None:
    texts = [
        "Mock House, Penryn (TR10 8LA)",
        "1 A Road TR108LA, then 2 B Road, Truro TR1 3AY",
        "no postcode here",
        "X TR10 8LA, as trustees",
    ]
    assert pl.DataFrame({"t": texts}).select(uk_postcode_in(pl.col("t")))["t"].to_list() == [
        "TR10 8LA",
        "TR1 3AY",
        None,
        "TR10 8LA",
    ]


def test_foreign_postcode_is_kept_and_a_british_one_must_be_one() -> None:
    assert keyed(Written(("1 Mock",), "l-2411", "Luxembourg", "lu"))["a_postcode"] == "L-2411"
    assert keyed(Written(("1 Mock",), "1234", "Zedtown", "gb"))["a_postcode"] is None
    assert keyed(Written(("1 Mock",), "1234", "Zedtown", None))["a_postcode"] is None


@pytest.mark.parametrize(
    ("box", "text"),
    [
        ("4385", "PO Box 4385, Mock Street"),
        (" N-12", "PO Box N-12, Mock Street"),
        ("PO Box 12", "PO Box 12, Mock Street"),
        ("0", "0, Mock Street"),
        ("N/A", "N/A, Mock Street"),
    ],
)
def test_a_bare_number_of_a_box_is_told_as_one(box: str, text: str) -> None:
    row = keyed(Written(("Mock Street",), po_box=box))
    assert str(row["a_address_text"]).startswith(text)
    assert row["a_po_box"] == box  # as the register has it


def test_listed_addresses_keep_their_class() -> None:
    listed = address_class_list()
    assert listed.height > vocabulary("address_vocabulary").height
    assert listed["address_id"].null_count() == 0 and listed["address_id"].is_unique().all()
    assert set(listed["address_class"]) <= set(ADDRESS_CLASSES) - {"ordinary", "mass"}
    default = key(Written(("90000008 - COMPANIES HOUSE DEFAULT ADDRESS",), "CF14 8LH", po_box="4385"))
    agent = key(Written(("71-75", "Shelton St", "Covent Garden"), "WC2H9JQ"))
    assert [class_of(one) for one in (default, agent, "ZT1 2AB|10 HIGH STREET", None)] == [
        "default",
        "agent",
        None,
        None,
    ]


def class_of(unit_key: str | None) -> str | None:
    """Of the listed unit that this one is, or is a part of."""
    connection = duckdb.connect()
    connection.register("listed", address_class_list().to_arrow())
    ((address_class,),) = connection.execute(
        f"select min(address_class) from listed where {in_unit_sql('$key', 'unit_key')}", {"key": unit_key}
    ).fetchall()
    return None if address_class is None else str(address_class)


PARTS_OF_LISTED: tuple[tuple[Written, str | None], ...] = (
    (Written(("Suite 12, 71-75 Shelton Street",), "WC2H 9JQ"), "agent"),
    (Written(("71 Shelton Street",), "WC2H 9JQ"), "agent"),
    (Written(("Office 4", "75 Shelton St"), "WC2H 9JQ"), "agent"),
    (Written(("Kemp House, 156 City Road",), "EC1V 2NX"), "agent"),
    (Written(("Room 3, Trident Chambers",), None, "Road Town"), "agent"),
    (
        Written(
            ("Suite 4, Vistra Corporate Services Centre Wickham's Cay 2",),
            "VG 1110",
            "ROAD TOWN, TORTOLA",
            "vg",
        ),
        "agent",
    ),
    (Written(("Mock Ltd, OMC Chambers",), None, "Road Town"), "agent"),
    (Written(("80 Broad Street",), None, "Monrovia"), "agent"),
    (Written(("Vistra Corporate Services Centre",), None, "Mahe"), None),  # another one
    (Written(("72 Shelton Street",), "WC2H 9JQ"), None),  # across the street
    (Written(("77 Shelton Street",), "WC2H 9JQ"), None),
    (Written(("71-75 Shelton Street",), "WC2H 9JX"), None),
    (Written(("171 Shelton Street",), "WC2H 9JQ"), None),
)


@pytest.mark.parametrize(("written", "expected"), PARTS_OF_LISTED)
def test_a_part_of_a_listed_building_is_of_its_class(written: Written, expected: str | None) -> None:
    assert key(written) is not None
    assert class_of(key(written)) == expected


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("VIRGIN ISLANDS, BRITISH", "vg"),
        ("British Virgin Islands", "vg"),
        ("B.V.I.", "vg"),
        ("England & Wales", "gb"),
        ("northern ireland", "gb"),
        ("United Kingdom", "gb"),
        ("Virgin Islands, U.S.", "vi"),
        ("THE BAHAMAS", "bs"),
        ("Curaçao", "cw"),
        ("KOREA, REPUBLIC OF", "kr"),
        ("Delaware, Usa", "us"),
        ("Georgia", "ge"),
        ("Georgia, United States", "us"),
        ("St. Kitts & Nevis", "kn"),
        ("Saint Kitts and Nevis", "kn"),
        ("Alderney", "gg"),
        ("Channel Islands", None),
        ("Atlantis", None),
        ("", None),
        (None, None),
    ],
)
def test_country_names(name: str | None, code: str | None) -> None:
    assert pl.select(country_code(pl.lit(name, dtype=pl.String))).item() == code


@pytest.mark.parametrize(
    ("name", "country_of", "part"),
    [
        ("Delaware", "us", "us-de"),
        ("State of Delaware, USA", "us", "us-de"),
        ("USA - Nevada", "us", "us-nv"),
        ("Georgia", "ge", None),
        ("Georgia, U.S.A.", "us", "us-ga"),
        ("Province of Québec", "ca", "ca-qc"),
        ("Victoria, Australia", "au", "au-vic"),
        ("United States", "us", None),
        ("Ontario", "us", None),
        (None, "us", None),
    ],
)
def test_parts_of_countries(name: str | None, country_of: str, part: str | None) -> None:
    assert pl.select(country_part(pl.lit(name, dtype=pl.String), pl.lit(country_of))).item() == part
