"""Overseas proprietors and the register of overseas entities: candidates by name and country, and never a
merge on them.

Everything here goes through the registers' own parsers, from files in their publishers' formats.
"""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
import pytest

from flows.home.settings import Home
from flows.night.stages.resolve import resolve_parties
from quality.town.land.overseas_titles import COLUMNS
from tests.landings import COMPANIES, company_row, file_name, file_of, lake_night, land_files, mart
from tests.native_files import ftm_record
from transforms.resolution.companies.matching import BY_ADDRESS
from transforms.resolution.companies.overseas import SCORE_AGREES, SCORE_BELOW_AGREEMENT
from transforms.values.names import NAME_AGREEMENT_MIN

MAY, JUNE = "2026-05-01", "2026-06-01"
OTHERS = 40  # plain companies beside the entities
Entity = tuple[str, str, str, str]  # number, name, country, former name

ENTITIES: tuple[Entity, ...] = (
    ("OE000001", "QUILLFEATHER HOLDINGS LIMITED", "GUERNSEY", "QUILLFEATHER LAND LIMITED"),
    ("OE000002", "THISTLEBANK INVESTMENTS LTD", "VIRGIN ISLANDS, BRITISH", ""),
    ("OE000003", "MARLOW MOCK S.À R.L.", "LUXEMBOURG", ""),
    ("OE000004", "TWICE REGISTERED LIMITED", "JERSEY", ""),
    ("OE000005", "TWICE REGISTERED LIMITED", "JERSEY", ""),
    ("OE000006", "QUAY (27-30) LIMITED", "JERSEY", ""),
    ("OE000007", "NUMBERED HALL LIMITED", "JERSEY", ""),
    ("OE000008", "ELDERMOCK TRUSTEES LIMITED AS TRUSTEE OF THE ELDERMOCK SETTLEMENT", "JERSEY", ""),
)
AGREES, BELOW, NONE = "agrees", "below", "none"
# name, country, number on the title → the candidate and how well it agrees
PROPRIETORS: tuple[tuple[str, str, str, str | None, str], ...] = (
    ("QUILLFEATHER HOLDINGS LIMITED", "GUERNSEY", "50122", "OE000001", AGREES),
    ("Quillfeather Holdings Ltd.", "GUERNSEY", "", "OE000001", AGREES),
    (
        "Quillfeather Holdings Ltd.",
        "GUERNSEY",
        "OE345678",
        "OE000001",
        AGREES,
    ),  # a number that anybody types and nobody has
    ("QUILLFEATHER LAND LIMITED", "GUERNSEY", "", "OE000001", AGREES),
    ("QUILLFEATHER LAND LIMITED (as trustees of the Q Trust)", "GUERNSEY", "", "OE000001", AGREES),
    ("QUILLFEATHER LAND LIMITED (incorporated in Guernsey)", "GUERNSEY", "", "OE000001", AGREES),
    ("ELDERMOCK TRUSTEES LIMITED", "JERSEY", "", "OE000008", AGREES),
    ("THISTLEBANK INVESTMENTS LIMITED", "BRITISH VIRGIN ISLANDS", "", "OE000002", AGREES),
    ("MARLOW MOCK S.A R.L.", "LUXEMBOURG", "", "OE000003", AGREES),
    ("TWICE REGISTERED LIMITED", "JERSEY", "", "OE000004", AGREES),
    ("QUILLFEATHER HOLDINGS LIMITED", "JERSEY", "", "OE000001", BELOW),
    ("QUILLFEATHER HOLDINGS LIMITED", "", "", "OE000001", BELOW),
    ("QUILLFEATHER HOLDINGS LIMITED", "ATLANTIS", "", "OE000001", BELOW),
    ("QUILFEATHER HOLDINGS LIMITED", "GUERNSEY", "", "OE000001", BELOW),
    ("HOLDINGS QUILLFEATHER LIMITED", "GUERNSEY", "", "OE000001", BELOW),
    ("QUAY (27-31) LIMITED", "JERSEY", "", None, NONE),
    ("QUILFEATHER HOLDINGS LIMITED", "JERSEY", "", None, NONE),
    ("NOWHERE ESTATES LIMITED", "GUERNSEY", "", None, NONE),
    ("NOWHERE ESTATES LIMITED", "GUERNSEY", "9000001", None, NONE),
)


def title_line(index: int, name: str, country: str, number: str, address: str = "") -> bytes:
    values = {
        "Title Number": f"ZO{index + 100000}",
        "Tenure": "Freehold",
        "Property Address": f"{index + 1} Mill Lane, Zedton (ZT1 3DB)",
        "Postcode": "ZT1 3DB",
        "Multiple Address Indicator": "N",
        "Proprietor Name (1)": name,
        "Company Registration No. (1)": number,
        "Country Incorporated (1)": country,
        "Proprietorship Category (1)": "Limited Company or Public Limited Company",
        "Date Proprietor Added": "01-02-2018",
        "Additional Proprietor Indicator": "N",
        "Proprietor (1) Address (1)": address,
    }
    return ",".join(f'"{values.get(column, "")}"' for column in COLUMNS).encode()


def entity_line(index: int, entity: Entity) -> bytes:
    number, name, country, former = entity
    given = {
        "CompanyNumber": number,
        "CompanyName": name,
        "CountryOfOrigin": country,
        "CompanyCategory": "Overseas Entity",
    }
    return company_row(
        index,
        given
        | ({"PreviousName_1.CompanyName": former, "PreviousName_1.CONDATE": "02/05/2025"} if former else {}),
    )


def resolved(
    folder: Path,
    titles: Sequence[bytes],
    entities: Sequence[Entity],
    earlier: Sequence[Entity] = (),
    more: Mapping[str, bytes] | None = None,
) -> pl.DataFrame:
    """The resolution of these titles' proprietors, in the order of their titles. `more`: further files."""
    ocod = b"\n".join([",".join(COLUMNS).encode(), *titles, b""])
    companies = {
        edition: [
            *(company_row(n) for n in range(OTHERS)),
            *(entity_line(OTHERS + n, entity) for n, entity in enumerate(held)),
        ]
        for edition, held in ((JUNE, entities), (MAY, earlier))
        if held
    }
    files = {file_name(COMPANIES, edition): file_of(COMPANIES, rows) for edition, rows in companies.items()}
    landing = land_files(folder / "landing", {"OCOD_FULL_2026_06.csv": ocod, **files, **(more or {})})
    night = lake_night(Home(folder / "home"), landing)
    resolve_parties(night)
    return mart(night, "resolution").filter(register="gb_hmlr_ocod").sort("record")


NUMBERED = (
    ("NUMBERED HALL LTD", "JERSEY", "OE000007"),
    ("SOMEBODY ELSE LIMITED", "JERSEY", "OE000007"),
    ("NUMBERED HALL LIMITED", "JERSEY", "OE000999"),
)
SEED = 20261124


def slips() -> tuple[list[Entity], list[tuple[str, str, str]], list[str]]:
    """Seeded: entities with names of four words, in any order; proprietors whose names lack one letter or
    blank of such a name; and the number of each one's entity.
    """
    source = random.Random(SEED)
    letters = "BCDFGHJKLMNPRSTVW"
    words = ["".join(source.choice(letters) + source.choice("AEIOU") for _ in range(4)) for _ in range(400)]
    names = [" ".join(source.sample(words, 4)) for _ in range(150)]
    entities: list[Entity] = [
        (f"OE{n + 1000:06d}", name, source.choice(("JERSEY", "GUERNSEY")), "") for n, name in enumerate(names)
    ]
    picked = source.sample(entities, 40)
    stated = []
    for _, name, country, _ in picked:
        at = source.randrange(1, len(name) - 1)
        stated.append((name[:at] + name[at + 1 :], country, ""))
    source.shuffle(entities)
    return entities, stated, [number for number, *_ in picked]


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """The proprietors of PROPRIETORS, those of NUMBERED, and those of `slips`, in one night."""
    entities, stated, _ = slips()
    proprietors = [*(case[:3] for case in PROPRIETORS), *NUMBERED, *stated]
    titles = [title_line(n, *proprietor) for n, proprietor in enumerate(proprietors)]
    return resolved(tmp_path_factory.mktemp("overseas"), titles, [*ENTITIES, *entities])


@pytest.fixture(scope="module")
def resolution(every: pl.DataFrame) -> pl.DataFrame:
    """Those of PROPRIETORS."""
    return every.head(len(PROPRIETORS))


@pytest.mark.parametrize("index", range(len(PROPRIETORS)), ids=lambda n: "|".join(PROPRIETORS[n][:3]))
def test_candidate_and_score(index: int, resolution: pl.DataFrame) -> None:
    row = resolution.row(index, named=True)
    *_, candidate, how = PROPRIETORS[index]
    assert row["candidate_id"] == (candidate and f"GB-COH-{candidate}")
    match how:
        case "agrees":
            assert row["score"] == SCORE_AGREES
        case "below":
            assert NAME_AGREEMENT_MIN <= row["score"] <= SCORE_BELOW_AGREEMENT < SCORE_AGREES
        case _:
            assert row["score"] == 0


@pytest.mark.nightly
def test_a_number_of_the_register_is_read_also_where_anybody_would_type_it(tmp_path: Path) -> None:
    entities = [("OE345678", "QUILLFEATHER HOLDINGS LIMITED", "GUERNSEY", "")]
    titles = [
        title_line(n, name, "GUERNSEY", "OE345678")
        for n, name in enumerate(("QUILLFEATHER HOLDINGS LTD", "THISTLEBANK INVESTMENTS LTD"))
    ]
    rows = resolved(tmp_path, titles, entities).select("party_id", "method", "candidate_id").rows()
    assert rows[0] == ("GB-COH-OE345678", "identifier_and_name", None)
    assert rows[1][0].startswith("UT-E-") and rows[1][1:] == ("record", None)


def test_nobody_is_merged_on_name_and_country(resolution: pl.DataFrame) -> None:
    assert set(resolution["method"]) == {"record"}
    assert resolution["party_id"].str.starts_with("UT-E-").all()
    assert resolution["party_id"].n_unique() == resolution.height


def test_the_number_of_the_overseas_register_is_taken_where_the_name_agrees(every: pl.DataFrame) -> None:
    numbered = every.slice(len(PROPRIETORS), len(NUMBERED))
    rows = numbered.select("party_id", "method", "candidate_id").rows()
    assert rows[0] == ("GB-COH-OE000007", "identifier_and_name", None)
    assert rows[1][1:] == ("record", "GB-COH-OE000007") and rows[1][0].startswith("UT-E-")
    assert rows[2][:2] == ("GB-COH-OE000999", "identifier_unverified")


@pytest.mark.nightly
def test_one_still_on_the_register_goes_before_one_that_left(tmp_path: Path) -> None:
    left = ("OE000001", "QUILLFEATHER HOLDINGS LIMITED", "GUERNSEY", "")
    here = ("OE000900", "QUILLFEATHER HOLDINGS LIMITED", "GUERNSEY", "")
    gone = ("OE000002", "THISTLEBANK INVESTMENTS LTD", "JERSEY", "")
    titles = [title_line(0, left[1], "GUERNSEY", ""), title_line(1, gone[1], "JERSEY", "")]
    rows = resolved(tmp_path, titles, [here], earlier=[left, gone, here])
    assert rows["candidate_id"].to_list() == ["GB-COH-OE000900", "GB-COH-OE000002"]
    assert rows["score"].to_list() == [1, 1]


LEIS = ("5493001KJTIIGC8Y1R12", "213800KUD8LAJWSQ9D15")


@pytest.mark.nightly
def test_what_another_register_has_of_the_name_takes_no_place(tmp_path: Path) -> None:
    """Two names with a LEI, one of them like an entity's: that entity is the candidate, whether the name or
    the address too leads to the LEI.
    """
    alike, absent = "QUILFEATHER GANNET LIMITED", "NOWHERE PELICAN LIMITED"
    seat, elsewhere = "7 Quay Lane, Zedton ZT1 4AB", "2 Mill Street, Zedton ZT9 9ZZ"
    listed = [
        ftm_record(f"zed-{n}", "Company", name=[name], jurisdiction=["gg"], leiCode=[lei], address=[seat])
        for n, (name, lei) in enumerate(zip((alike, absent), LEIS, strict=True))
    ]
    titles = [
        title_line(n, name, "GUERNSEY", "", address)
        for n, (name, address) in enumerate(
            (name, at) for name in (alike, absent) for at in (elsewhere, seat)
        )
    ]
    rows = resolved(
        tmp_path,
        titles,
        [("OE000001", "QUILLFEATHER GANNET LIMITED", "GUERNSEY", "")],
        more={"zed-2026-06-01.ftm.json": b"\n".join(listed) + b"\n"},
    )
    assert rows["method"].to_list() == ["record", BY_ADDRESS] * 2
    assert rows["party_id"].to_list()[1::2] == [f"XI-LEI-{lei}" for lei in LEIS]
    assert rows["candidate_id"].to_list() == ["GB-COH-OE000001", "GB-COH-OE000001", f"XI-LEI-{LEIS[1]}", None]
    assert (
        rows["score"].to_list()[:2] == [rows["score"][0]] * 2
        and NAME_AGREEMENT_MIN <= rows["score"][0] <= SCORE_BELOW_AGREEMENT
    )


def test_a_name_with_one_slip_finds_its_entity_among_many(every: pl.DataFrame) -> None:
    rows, (*_, numbers) = every.slice(len(PROPRIETORS) + len(NUMBERED)), slips()
    assert rows["candidate_id"].to_list() == [f"GB-COH-{number}" for number in numbers], f"seed {SEED}"
    assert rows["score"].max() <= SCORE_BELOW_AGREEMENT
