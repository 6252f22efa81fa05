"""R20: the same person twice, and persons who are nearly the same: what merges is right, can be explained,
and is the same every time.

The labelled pairs are the town's own hard groups (`quality.town.identities`), written in the register's
native format and read by its parser."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from flows.home import warehouse
from flows.home.settings import Home
from flows.night.night import Night
from flows.night.tables import open_tables
from quality.town.identities import NOTE, WHO, groups, planted
from quality.town.parts import native
from quality.town.parts.places import town_map
from quality.town.people.owners import signed
from quality.town.plant import Draw
from tests.conftest import Tier
from tests.landings import PSC, file_name, lake_night, land_files, psc_record
from transforms.resolution.links import steps
from transforms.resolution.persons.features import read_persons
from transforms.resolution.persons.linkage import MERGE_MIN, person_pairs
from transforms.resolution.persons.parties import write_profiles
from transforms.resolution.persons.people import merged
from transforms.resolution.resolve import resolve

JUNE = "2026-06-01"
SEED = 2026
KEY = b"a key of these tests"


@dataclass(frozen=True)
class Hard:
    """Labelled records: `record` → whose, kind of group. pairs: every two records of one group."""

    night: Night
    who: dict[str, str]
    kinds: dict[str, str]
    pairs: list[tuple[str, str]]

    def is_same(self, pair: tuple[str, str]) -> bool:
        return self.who[pair[0]] == self.who[pair[1]]


def _hard(folder: Path, pairs_n: int) -> Hard:
    """At least `pairs_n` labelled pairs, in the lake."""
    draw = Draw(town_map(4000), SEED)
    made = groups(draw, pairs_n, SEED)
    kept, counted = [], 0
    for group in made:
        kept.append(group)
        counted += len(group.records) * (len(group.records) - 1) // 2
        if counted >= pairs_n:
            break
    rows = planted(draw, kept).psc
    records = signed(native.frame(rows, native.PSC_COLUMNS), np.random.default_rng(SEED))
    (folder / "landing").mkdir(parents=True)
    with (folder / "landing" / file_name(PSC, JUNE)).open("wb") as handle:
        native.write_psc(records, handle)
    links = records.select(native.psc_locator().alias("record"))["record"].to_list()
    of_group: dict[str, list[str]] = {}
    for link, row in zip(links, rows, strict=True):
        of_group.setdefault(row[WHO].split("-")[0], []).append(link)
    return Hard(
        lake_night(Home(folder / "home"), folder / "landing"),
        {link: row[WHO] for link, row in zip(links, rows, strict=True)},
        {link: row[NOTE] for link, row in zip(links, rows, strict=True)},
        [pair for members in of_group.values() for pair in combinations(members, 2)],
    )


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory, tier: Tier) -> Hard:
    return _hard(tmp_path_factory.mktemp("hard"), tier.pick(ci=500, nightly=10_000))


@pytest.fixture
def connection(hard: Hard) -> Iterator[warehouse.Connection]:
    opened = open_tables(hard.night, ())
    yield opened
    opened.close()


@pytest.mark.nightly
@pytest.mark.reliability("R20")
def test_what_merges_of_the_hard_pairs_is_one_person(
    hard: Hard, connection: warehouse.Connection, figure: Callable[[str], None]
) -> None:
    party_ids = dict(resolve(connection, KEY).select("record", "party_id").iter_rows())
    merged_pairs = [pair for pair in hard.pairs if party_ids[pair[0]] == party_ids[pair[1]]]
    right = sum(map(hard.is_same, merged_pairs))
    same = sum(map(hard.is_same, hard.pairs))
    missed = Counter(
        hard.kinds[pair[0]] for pair in hard.pairs if hard.is_same(pair) and pair not in set(merged_pairs)
    )
    figure(
        f"{len(hard.pairs)} hard pairs: {len(merged_pairs)} merged, {right} of them rightly; "
        f"{same - right} of {same} missed, {missed['same_moved_two_names']} of which no record can tell"
    )
    assert len(hard.pairs) >= 500 and 0 < same < len(hard.pairs)
    assert right >= 0.99 * len(merged_pairs)
    assert right >= 0.85 * same
    # Records of different groups are of different persons.
    groups_of = {record: whose.split("-")[0] for record, whose in hard.who.items()}
    parties: dict[str, set[str]] = {}
    for record, party in party_ids.items():
        parties.setdefault(party, set()).add(groups_of[record])
    assert all(len(persons) == 1 for persons in parties.values())


@pytest.mark.reliability("R20")
def test_first_name_last_name_and_month_alone_never_merge(
    hard: Hard, connection: warehouse.Connection, figure: Callable[[str], None]
) -> None:
    party_ids = dict(resolve(connection, KEY).select("record", "party_id").iter_rows())
    alone = ("other_namesake", "other_namesake_at_agent", "other_namesake_middle", "same_moved_two_names")
    pairs = [pair for pair in hard.pairs if hard.kinds[pair[0]] in alone]
    joined = [pair for pair in pairs if party_ids[pair[0]] == party_ids[pair[1]]]
    figure(f"{len(pairs)} pairs that agree in first name, last name and month alone: {len(joined)} merged")
    assert len(pairs) >= 50 and joined == []


@pytest.mark.nightly
@pytest.mark.reliability("R20")
def test_every_merge_can_be_explained(
    connection: warehouse.Connection, figure: Callable[[str], None]
) -> None:
    read_persons(connection)
    write_profiles(connection)
    pairs = person_pairs(connection)
    merging = list(pairs.filter("merges").with_columns(steps()).iter_rows(named=True))
    for pair in merging:
        step_parts = [step.split("|") for step in pair["steps"]]
        assert sum(float(bits) for _, _, bits in step_parts) == pytest.approx(pair["weight"], abs=0.05)
        assert [name for name, _, _ in step_parts] == [
            "prior",
            "forename",
            "surname",
            "middle",
            "birth",
            "address",
            "partners",
            "number",
            "occupation",
        ]
        # The weight is the log odds of the probability: nothing else goes into it.
        assert 1 / (1 + 2 ** -pair["weight"]) == pytest.approx(pair["probability"], abs=1e-4)
        assert pair["probability"] >= MERGE_MIN
        levels = {name: level for name, level, _ in step_parts}
        assert levels["birth"] in ("month", "near", "year")
        assert (
            levels["address"] in ("exact", "postcode")
            or levels["partners"] == "shared"
            or levels["middle"] == "exact"
        )
    figure(f"{len(merging)} merging pairs: each with its weight by comparison, which add up")
    assert len(merging) > 100


@pytest.mark.nightly
@pytest.mark.reliability("R20", "R11")
def test_the_same_records_give_the_same_parties_with_any_threads_and_order(
    hard: Hard, connection: warehouse.Connection, figure: Callable[[str], None]
) -> None:
    first = resolve(connection, KEY)
    read_persons(connection)
    write_profiles(connection)
    profiles = connection.sql("select * from person_profile").to_arrow_table()
    pairs = person_pairs(connection)
    for threads, seed in ((1, 1), (2, 2), (4, 3)):
        other = warehouse.connect(hard.night.work, threads=threads)
        shuffled = profiles.take(np.random.default_rng(seed).permutation(profiles.num_rows))
        other.register("shuffled", shuffled)
        other.execute("create table person_profile as select * from shuffled")
        again = person_pairs(other)
        other.close()
        assert again.equals(pairs)
        assert merged(again) == merged(pairs)
    assert resolve(connection, KEY).equals(first)
    figure(f"{pairs.height} pairs and {first.height} records: equal with 1, 2 and 4 threads and in 3 orders")


# --- nothing to say ---------------------------------------------------------------------------------------

NO_NAMES = [
    ("Unknown", "Unknown"),
    ("N/A", "N/A"),
    ("NOT", "KNOWN"),
    ("Test", "Test"),
    ("-", "."),
    ("0", "00"),
    ("None", "None"),
    ("xxx", "XX"),
    ("Name", "Surname"),
]
HALF_NAMES = [
    ("Ann", "Unknown"),
    ("N/A", "Quill"),
    ("Ann", "0"),
    ("", "Quill"),
    ("A", "Quill"),
    ("A B", "Quill"),
    ("Ann", "Q"),
]
NO_ADDRESSES: list[dict[str, str] | None] = [
    None,
    {"address_line_1": "Unknown"},
    {"address_line_1": "N/A", "locality": "N/A", "postal_code": "N/A"},
    {"premises": "0", "address_line_1": "Not known"},
    {"address_line_1": "No fixed abode", "country": "England"},
    {"address_line_1": "Unknown", "locality": "London", "country": "England"},
    {"address_line_1": "No fixed abode", "locality": "Exeter", "country": "England"},
    {"premises": "4", "address_line_1": "Mill Lane", "locality": "N/A", "country": "England"},
    {"care_of": "Zed & Co", "premises": "4", "address_line_1": "Mill Lane", "postal_code": "ZT1 3DB"},
    {"address_line_1": "c/o Zed & Co, 4 Mill Lane", "postal_code": "ZT1 3DB"},
    {"address_line_1": "Suite 12, 71-75 Shelton Street", "postal_code": "WC2H 9JQ"},
    {
        "premises": "71-75",
        "address_line_1": "Shelton Street",
        "locality": "London",
        "postal_code": "WC2H 9JQ",
    },
]
HOME = {
    "premises": "4",
    "address_line_1": "Mill Lane",
    "locality": "Zedton",
    "postal_code": "ZT1 3DB",
    "country": "England",
}
BIRTHS: list[tuple[int, int] | None] = [None, (1900, 1), (1970, 5)]


def _record(
    index: int, name: tuple[str, str], address: dict[str, str] | None, born: tuple[int, int] | None
) -> bytes:
    forename, surname = name
    birth = {"year": born[0], "month": born[1]} if born else None
    return psc_record(
        index,
        name=f"Ms {forename} {surname}".strip(),
        name_elements={"forename": forename, "surname": surname},
        address=address,
        date_of_birth=birth,
        links={"self": f"/company/{index:08d}/persons-with-significant-control/individual/r{index}"},
    )


@pytest.mark.reliability("R19", "R20")
def test_nobody_is_joined_by_what_says_nothing(tmp_path: Path, figure: Callable[[str], None]) -> None:
    """Every placeholder for a name, an address and a birth with every other, twice: no two records are one
    person.
    """
    nameless = list(product([*NO_NAMES], [*NO_ADDRESSES, HOME], BIRTHS))
    half_named = list(product(HALF_NAMES, [*NO_ADDRESSES, HOME], BIRTHS))
    # A name and a month with no address, and a name at home with no month: one of the two is not enough.
    unplaced = [(("Ann", "Quill"), address, (1970, 5)) for address in NO_ADDRESSES] + [
        (("Ann", "Quill"), address, None) for address in [*NO_ADDRESSES, HOME]
    ]
    unborn = [(("Bea", "Quill"), HOME, born) for born in (None, (1900, 1))]
    cases = [case for case in (*nameless, *half_named, *unplaced, *unborn) for _ in range(2)]
    rows = [_record(index, *case) for index, case in enumerate(cases)]
    land_files(tmp_path / "landing", {file_name(PSC, JUNE): b"\n".join(rows) + b"\n"})
    night = lake_night(Home(tmp_path / "home"), tmp_path / "landing")
    opened = open_tables(night, ())
    try:
        resolution = resolve(opened, KEY)
    finally:
        opened.close()
    people = resolution.filter(pl.col("party_id").str.starts_with("UT-P-"))
    sizes = people.group_by("party_id").len()["len"]
    figure(f"{people.height} records of placeholders: {int((sizes - 1).sum())} joins")
    assert people.height == len(rows) > 500
    assert people["party_id"].n_unique() == people.height
