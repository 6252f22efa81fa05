"""Several editions of one register are history: who left, who came back, who sold; and nights that go wrong
in between.

Every night here runs the stages landing, lake, resolve and marts on files in the publishers' formats, without
gates.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import permutations
from pathlib import Path
from unittest.mock import patch

import polars as pl
import pytest

from flows.home.settings import Home
from flows.ingest import lake, parse
from flows.night.night import Night
from flows.night.stages.flags import find_flags
from flows.night.stages.graph import compute_graph
from flows.night.stages.marts import build_marts
from flows.night.stages.screening import screen_lists
from tests.landings import (
    COMPANIES,
    PSC,
    TITLES,
    company_number,
    company_row,
    corporate_owner,
    file_name,
    file_of,
    lake_night,
    land_files,
    mart,
    psc_record,
    resolved_night,
    text,
    title_row,
    totals,
)
from transforms.errors import RunFailed
from transforms.marts import MART_ORDER
from transforms.model.views import EDITION_VIEW, GATE_VIEW

JUNE, JULY, AUGUST, SEPTEMBER = "2026-06-01", "2026-07-01", "2026-08-01", "2026-09-01"
STAYS, GOES = 0, 1  # companies of the files below


def day(edition: str) -> date:
    return date.fromisoformat(edition)


def company_file(*indexes: int) -> bytes:
    return file_of(COMPANIES, [company_row(index) for index in indexes])


class Nights:
    """A home and a landing folder to which files are added."""

    def __init__(self, folder: Path) -> None:
        self.home, self.landing = Home(folder / "home"), folder / "landing"

    def land(self, register: str, edition: str, contents: bytes, folder: str = "") -> None:
        land_files(self.landing, {f"{folder}{file_name(register, edition)}": contents})

    def marts(self, as_of: str | None = None) -> Night:
        return resolved_night(self.home, self.landing, day(as_of) if as_of else None)

    def lake(self, as_of: str | None = None) -> Night:
        return lake_night(self.home, self.landing, day(as_of) if as_of else None)


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(tmp_path)


# --- companies ----------------------------------------------------------------------------------------------


def whereabouts(night: Night, index: int = GOES) -> tuple[str, str | None, str | None, bool]:
    """Edition of the row, left_register_after, left_register_on, is_active."""
    [row] = (
        mart(night, "company").filter(pl.col("company_id") == f"GB-COH-{company_number(index)}").to_dicts()
    )
    after, on = (day and day.isoformat() for day in (row["left_register_after"], row["left_register_on"]))
    return row["edition"], after, on, row["is_active"]


def broken(index: int, padded: bool = True) -> bytes:
    number = company_number(index)
    return company_row(
        index,
        {
            "IncorporationDate": "31/02/2015",
            "CompanyNumber": number if padded else number.lstrip("0"),
            "URI": "",
        },
    )


# Rows of each edition: in it (GOES), not in it, or its record is rejected.
IN, OUT, REJECTED, REJECTED_UNPADDED = "in", "out", "rejected", "rejected, unpadded"
CAREERS: dict[str, tuple[tuple[str, ...], tuple[str, str | None, str | None, bool]]] = {
    "in all": ((IN, IN, IN), (AUGUST, None, None, True)),
    "left in July": ((IN, OUT, OUT), (JUNE, JUNE, JULY, False)),
    "left in August": ((IN, IN, OUT), (JULY, JULY, AUGUST, False)),
    "came back": ((IN, OUT, IN), (AUGUST, None, None, True)),
    "came late": ((OUT, OUT, IN), (AUGUST, None, None, True)),
    "came and left": ((OUT, IN, OUT), (JULY, JULY, AUGUST, False)),
    "rejected at last": ((IN, IN, REJECTED), (JULY, None, None, True)),
    "rejected unpadded": ((IN, IN, REJECTED_UNPADDED), (JULY, None, None, True)),
    "rejected between": ((IN, REJECTED, IN), (AUGUST, None, None, True)),
    "rejected, then gone": ((IN, REJECTED, OUT), (JUNE, JUNE, AUGUST, False)),
    "gone, then rejected": ((IN, OUT, REJECTED), (JUNE, None, None, True)),  # it may have come back
}


@pytest.mark.nightly
def test_who_is_gone_from_a_complete_edition_has_left_between_two_days(nights: Nights) -> None:
    """All careers at once, one company each; the last is gone, and a rejected record about it in July says
    nothing of August.
    """
    for position, edition in enumerate((JUNE, JULY, AUGUST)):
        rows = [company_row(100)]
        for index, (career, _) in enumerate(CAREERS.values()):
            made = {
                IN: company_row(index),
                REJECTED: broken(index),
                REJECTED_UNPADDED: broken(index, padded=False),
            }
            rows += [made[career[position]]] if career[position] != OUT else []
        nights.land(COMPANIES, edition, file_of(COMPANIES, rows))
    night = nights.marts()
    assert {name: whereabouts(night, index) for index, name in enumerate(CAREERS)} == {
        name: expected for name, (_, expected) in CAREERS.items()
    }
    assert whereabouts(night, 100) == (AUGUST, None, None, True)


@pytest.mark.nightly
def test_an_earlier_date_knows_nothing_of_later_editions(nights: Nights) -> None:
    nights.land(COMPANIES, JUNE, company_file(STAYS, GOES))
    nights.land(COMPANIES, JULY, company_file(STAYS, 2))
    assert whereabouts(nights.marts()) == (JUNE, JUNE, JULY, False)
    earlier = nights.marts(as_of="2026-06-15")
    assert whereabouts(earlier) == (JUNE, None, None, True)
    assert mart(earlier, "company").height == 2


def extract(nights: Nights, edition: str, *indexes: int) -> None:
    """This register publishes no total, so that an extract of it is told by hand."""
    nights.land(COMPANIES, edition, company_file(*indexes))
    with patch.object(parse, "_completeness", return_value=("extract", "as told")):
        nights.lake()


def test_nobody_leaves_because_an_extract_does_not_show_them(nights: Nights) -> None:
    nights.land(COMPANIES, JUNE, company_file(STAYS, GOES))
    nights.lake()
    extract(nights, JULY, STAYS)
    night = nights.marts()
    assert [(edition.facts.label, edition.status) for edition in night.editions.all] == [
        (JUNE, "in_force"),
        (JULY, "blocked"),
    ]
    assert whereabouts(night) == (JUNE, None, None, True)


@pytest.mark.nightly
def test_nobody_leaves_who_was_in_an_extract_only(nights: Nights) -> None:
    extract(nights, JUNE, STAYS, GOES)
    nights.land(COMPANIES, JULY, company_file(STAYS))
    assert whereabouts(nights.marts()) == (JUNE, None, None, True)


@pytest.mark.nightly
def test_an_extract_on_the_way_dates_no_leaving(nights: Nights) -> None:
    """In June, not in an extract of July, which says nothing, nor in August."""
    nights.land(COMPANIES, JUNE, company_file(STAYS, GOES))
    nights.lake()
    extract(nights, JULY, STAYS)
    nights.land(COMPANIES, AUGUST, company_file(STAYS))
    night = nights.marts()
    assert [(edition.facts.label, edition.status) for edition in night.editions.all] == [
        (JUNE, "history"),
        (JULY, "history"),
        (AUGUST, "in_force"),
    ]
    assert whereabouts(night) == (JUNE, JUNE, AUGUST, False)


@pytest.mark.nightly
def test_an_extract_shows_that_somebody_was_still_there(nights: Nights) -> None:
    """In June, not in July, in an extract of August, not in September: gone in September, last seen whole in
    June.
    """
    nights.land(COMPANIES, JUNE, company_file(STAYS, GOES))
    nights.land(COMPANIES, JULY, company_file(STAYS))
    nights.lake()
    extract(nights, AUGUST, GOES)
    nights.land(COMPANIES, SEPTEMBER, company_file(STAYS))
    assert whereabouts(nights.marts()) == (AUGUST, JUNE, SEPTEMBER, False)


def test_an_undated_edition_dates_no_leaving(nights: Nights) -> None:
    land_files(nights.landing, {"companies.csv": company_file(STAYS, GOES)})
    nights.land(COMPANIES, JUNE, company_file(STAYS))
    edition, *rest = whereabouts(nights.marts())
    assert edition.startswith("sha-") and rest == [None, None, True]


@pytest.mark.nightly
def test_a_corrected_file_of_the_same_edition_takes_the_place_of_the_first(nights: Nights) -> None:
    nights.land(COMPANIES, JUNE, company_file(STAYS, GOES))
    nights.land(COMPANIES, JULY, company_file(STAYS))
    assert whereabouts(nights.marts()) == (JUNE, JUNE, JULY, False)
    nights.land(COMPANIES, JULY, company_file(STAYS, GOES), folder="corrected/")
    night = nights.marts()
    assert sorted((edition.facts.label, edition.status) for edition in night.editions.all) == [
        (JUNE, "history"),
        (JULY, "in_force"),
        (JULY, "superseded"),
    ]
    assert whereabouts(night) == (JULY, None, None, True)


# --- titles -------------------------------------------------------------------------------------------------


def proprietor(position: int, index: int | None, name: str = "") -> dict[str, str]:
    """Columns of a proprietor: company `index`, or a body without a number."""
    known = index is not None
    return {
        f"Proprietor Name ({position})": f"ZEDTON TRADER {index} LIMITED" if known else name,
        f"Company Registration No. ({position})": company_number(index) if index is not None else "",
        f"Proprietorship Category ({position})": "Limited Company or Public Limited Company"
        if known
        else "Corporate Body",
    }


def held_by(title: str, *proprietors: int | str, added: str = "01-02-2016") -> bytes:
    columns = [
        proprietor(n, one) if isinstance(one, int) else proprietor(n, None, one)
        for n, one in enumerate(proprietors, start=1)
    ]
    return title_row(
        0,
        **{
            "Title Number": title,
            "Date Proprietor Added": added,
            **{name: value for fields in columns for name, value in fields.items()},
        },
    )


def mistyped(title: str) -> bytes:
    """Company 1's name with company 2's number."""
    return title_row(
        0, **{"Title Number": title, **proprietor(1, 1), "Company Registration No. (1)": company_number(2)}
    )


BEFORE = [
    held_by("STAYS", 1),
    held_by("SOLD1", 1),
    held_by("GONE1", 1),
    held_by("K1", 1),
    held_by("DATED1", 1),
    held_by("MOVED1", 2, "PARISH OF ZED"),
    mistyped("NUMBER1"),
    held_by("SHARED1", 1, 2),
    held_by("BOTH1", 1),
]
AFTER = [
    held_by("STAYS", 1),
    held_by("SOLD1", 2, added="05-06-2026"),
    held_by("K1", 1, added="31-02-2026"),
    held_by("DATED1", 1, added="05-06-2026"),
    held_by("MOVED1", "PARISH OF ZED"),
    held_by("NUMBER1", 1),
    held_by("SHARED1", 2),
    held_by("BOTH1", 1, 2, added="05-06-2026"),
    held_by("NEW1", 1),
]
IN_FORCE, EARLIER = JULY, JUNE
# title → (proprietor, ended_on, edition of the record)
OWNED = {
    ("STAYS", "ZEDTON TRADER 1 LIMITED", None, IN_FORCE),
    ("SOLD1", "ZEDTON TRADER 1 LIMITED", JULY, EARLIER),
    ("SOLD1", "ZEDTON TRADER 2 LIMITED", None, IN_FORCE),
    ("GONE1", "ZEDTON TRADER 1 LIMITED", JULY, EARLIER),
    ("K1", "ZEDTON TRADER 1 LIMITED", None, EARLIER),  # its record was rejected: it is not absent
    ("DATED1", "ZEDTON TRADER 1 LIMITED", None, IN_FORCE),  # there with another date
    ("MOVED1", "ZEDTON TRADER 2 LIMITED", JULY, EARLIER),
    ("MOVED1", "PARISH OF ZED", None, IN_FORCE),  # there in another place
    ("NUMBER1", "ZEDTON TRADER 1 LIMITED", None, IN_FORCE),  # there with another number
    ("SHARED1", "ZEDTON TRADER 1 LIMITED", JULY, EARLIER),
    ("SHARED1", "ZEDTON TRADER 2 LIMITED", None, IN_FORCE),
    ("BOTH1", "ZEDTON TRADER 1 LIMITED", None, IN_FORCE),
    ("BOTH1", "ZEDTON TRADER 2 LIMITED", None, IN_FORCE),
    ("NEW1", "ZEDTON TRADER 1 LIMITED", None, IN_FORCE),
}


def owned(night: Night) -> list[tuple[str, str, str | None, str]]:
    proprietors = mart(night, "proprietorship")
    editions = mart(night, "resolution").select(pl.col("statement_id").alias("party_statement_id"), "edition")
    rows = proprietors.join(editions, on="party_statement_id", how="left").sort(
        "title_id", "position", "edition"
    )
    return [
        (
            row["title_id"].removeprefix("GB-HMLR-"),
            row["proprietor_name"],
            row["ended_on"] and row["ended_on"].isoformat(),
            row["edition"],
        )
        for row in rows.iter_rows(named=True)
    ]


def titled(nights: Nights, *editions: tuple[str, list[bytes]]) -> Night:
    nights.land(COMPANIES, JUNE, company_file(1, 2))
    for edition, rows in editions:
        nights.land(TITLES, edition, file_of(TITLES, rows))
    return nights.marts()


@pytest.mark.nightly
def test_proprietors_stay_end_or_are_not_known(nights: Nights) -> None:
    night = titled(nights, (JUNE, BEFORE), (JULY, AFTER))
    assert set(owned(night)) == OWNED and len(owned(night)) == len(OWNED)
    titles = dict(mart(night, "title").select("title_id", "edition").iter_rows())
    assert titles == {f"GB-HMLR-{title}": edition for title, _, ended, edition in OWNED if ended is None}


@pytest.mark.nightly
def test_the_unit_of_a_title_that_left_with_its_proprietor_is_kept(nights: Nights) -> None:
    """Sold to a private buyer it is in no newer edition; a rejected record leaves it in force.

    Each title once, by its newest record.
    """
    night = titled(nights, (JUNE, BEFORE), (JULY, AFTER))
    units = mart(night, "title_address")
    assert sorted(units["title_id"]) == sorted({f"GB-HMLR-{title}" for title, *_ in OWNED})
    assert units["property_id"].n_unique() == 1 and units["property_id"].null_count() == 0
    assert "GB-HMLR-GONE1" not in mart(night, "title")["title_id"].to_list()


@pytest.mark.nightly
def test_a_proprietor_may_come_back(nights: Nights) -> None:
    """Two holdings: the first ended with the first edition without it."""
    night = titled(
        nights,
        (JUNE, [held_by("T1", 1)]),
        (JULY, [held_by("T1", 2, added="05-06-2026")]),
        (AUGUST, [held_by("T1", 1, added="05-07-2026")]),
    )
    assert owned(night) == [
        ("T1", "ZEDTON TRADER 1 LIMITED", JULY, JUNE),
        ("T1", "ZEDTON TRADER 2 LIMITED", AUGUST, JULY),
        ("T1", "ZEDTON TRADER 1 LIMITED", None, AUGUST),
    ]


@pytest.mark.nightly
def test_ended_is_the_first_edition_that_could_tell(nights: Nights) -> None:
    """Rejected in July, another proprietor in August and September: ended with August."""
    rejected = held_by("T1", 1, added="31-02-2026")
    later = held_by("T1", 2, added="05-06-2026")
    night = titled(
        nights,
        (JUNE, [held_by("T1", 1)]),
        (JULY, [rejected, held_by("X1", 1)]),
        (AUGUST, [later]),
        (SEPTEMBER, [later]),
    )
    assert owned(night) == [
        ("T1", "ZEDTON TRADER 1 LIMITED", AUGUST, JUNE),
        ("T1", "ZEDTON TRADER 2 LIMITED", None, SEPTEMBER),
        ("X1", "ZEDTON TRADER 1 LIMITED", AUGUST, JULY),
    ]


@pytest.mark.nightly
def test_nobody_sells_in_an_extract(nights: Nights) -> None:
    """The trailer of July counts more titles than the file has: it is blocked, and June stays."""
    nights.land(TITLES, JUNE, file_of(TITLES, [held_by("T1", 1), held_by("T2", 1)]))
    nights.land(TITLES, JULY, file_of(TITLES, [held_by("T1", 2), b"Row Count:,2"]))
    night = nights.marts()
    assert night.exit_code == 5
    assert owned(night) == [
        ("T1", "ZEDTON TRADER 1 LIMITED", None, JUNE),
        ("T2", "ZEDTON TRADER 1 LIMITED", None, JUNE),
    ]


@pytest.mark.nightly
def test_of_two_extracts_the_newer_stands_and_ends_nothing(nights: Nights) -> None:
    nights.land(TITLES, JUNE, file_of(TITLES, [held_by("T1", 1), held_by("T2", 1), b"Row Count:,9"]))
    nights.land(TITLES, JULY, file_of(TITLES, [held_by("T1", 2), b"Row Count:,9"]))
    assert owned(nights.marts()) == [("T1", "ZEDTON TRADER 2 LIMITED", None, JULY)]


# --- relationships ------------------------------------------------------------------------------------------


@pytest.mark.nightly
def test_relationships_are_those_of_the_edition_in_force(nights: Nights) -> None:
    nights.land(
        PSC, JUNE, text([psc_record(0), psc_record(1), corporate_owner(2, "OWNER LIMITED", None, "owner")])
    )
    nights.land(PSC, JULY, text([psc_record(0), psc_record(3)]))
    night = nights.marts()
    assert mart(night, "relationship")["subject_id"].to_list() and set(
        mart(night, "relationship")["subject_id"]
    ) == {f"GB-COH-{company_number(n)}" for n in (0, 3)}
    assert set(mart(night, "interest")["statement_id"]) == set(mart(night, "relationship")["statement_id"])
    assert mart(night, "resolution").height == 5  # history has its parties


# --- nights that go wrong -----------------------------------------------------------------------------------


def in_short(night: Night) -> list[tuple[str, str, str, date | None]]:
    return sorted(
        (edition.facts.register, edition.facts.label, edition.status, edition.stale_since)
        for edition in night.editions.all
    )


TRUNCATED = company_file(STAYS, GOES)[:-40]


def test_a_broken_newer_edition_leaves_the_old_one_in_force_and_the_night_says_so(nights: Nights) -> None:
    """Nothing but the broken file is of July: it does not move the night's date, and is not overlooked
    because of it.
    """
    nights.land(COMPANIES, JUNE, company_file(STAYS, GOES))
    nights.land(COMPANIES, JULY, TRUNCATED)
    night = nights.lake()
    assert in_short(night) == [(COMPANIES, JUNE, "in_force", day(JUNE)), (COMPANIES, JULY, "blocked", None)]
    assert (night.as_of, night.exit_code) == (day(JUNE), 5)
    june_lake = nights.lake(as_of=JUNE)
    assert in_short(june_lake) == [(COMPANIES, JUNE, "in_force", None)] and june_lake.exit_code == 0
    assert nights.lake(as_of=JULY).exit_code == 5


def test_an_extract_that_is_blocked_does_not_move_the_date(nights: Nights) -> None:
    nights.land(PSC, JUNE, text([psc_record(0), totals(1)]))
    nights.land(PSC, JULY, text([psc_record(0), totals(2)]))
    night = nights.lake()
    assert in_short(night) == [(PSC, JUNE, "in_force", day(JUNE)), (PSC, JULY, "blocked", None)]
    assert (night.as_of, night.exit_code) == (day(JUNE), 5)


@pytest.mark.parametrize("folder", ["a/", "z/"])  # before or after the good one
def test_a_broken_second_file_of_an_edition_leaves_the_first_in_force(folder: str, nights: Nights) -> None:
    nights.land(COMPANIES, JUNE, company_file(STAYS), folder="m/")
    nights.land(COMPANIES, JUNE, TRUNCATED, folder=folder)
    night = nights.lake()
    assert in_short(night) == [(COMPANIES, JUNE, "blocked", None), (COMPANIES, JUNE, "in_force", day(JUNE))]
    assert night.exit_code == 5


@pytest.mark.nightly
def test_a_set_without_one_of_its_parts_is_blocked_and_a_whole_one_is_one_edition(nights: Nights) -> None:
    parts = {f"BasicCompanyData-{JUNE}-part{n}_3.csv": company_file(n) for n in (1, 2, 3)}
    land_files(nights.landing, {name: data for name, data in parts.items() if "part2" not in name})
    nights.land(TITLES, JUNE, file_of(TITLES, [held_by("T1", 1)]))
    night = nights.lake()
    assert [
        (edition.facts.register, edition.status, edition.facts.blocked_code) for edition in night.editions.all
    ] == [
        (COMPANIES, "blocked", "missing_part"),
        (TITLES, "in_force", None),
    ]
    assert night.exit_code == 5
    land_files(nights.landing, parts)
    night = nights.marts()
    assert night.exit_code == 0 and mart(night, "company").height == 3


def test_an_edition_has_the_name_under_which_it_lies_in_the_landing_folder(nights: Nights) -> None:
    """Whichever of two copies came first: a cold home reads the first of them by name."""
    nights.land(COMPANIES, JUNE, company_file(STAYS), folder="z/")
    assert [edition.facts.file_name for edition in nights.lake().editions.all] == [
        f"z/{file_name(COMPANIES, JUNE)}"
    ]
    nights.land(COMPANIES, JUNE, company_file(STAYS))
    assert [edition.facts.file_name for edition in nights.lake().editions.all] == [file_name(COMPANIES, JUNE)]


def test_where_everything_is_blocked_nothing_is_published(nights: Nights) -> None:
    nights.land(COMPANIES, JUNE, TRUNCATED)
    with pytest.raises(RunFailed, match=COMPANIES):
        nights.lake()


@pytest.mark.nightly
def test_a_changed_parser_reads_again_and_an_edition_stays_one(nights: Nights) -> None:
    nights.land(COMPANIES, JUNE, company_file(STAYS, GOES))
    nights.land(COMPANIES, JULY, company_file(STAYS))
    first = nights.marts()
    with patch.object(lake, "_shared_sources", return_value="another parser"):
        again = nights.marts()
    assert len(list((nights.home.lake / "manifests").rglob("*.json"))) == 4
    for night in (first, again):
        editions = mart(night, "edition")
        assert (
            sorted(editions["status"]) == ["history", "in_force"]
            and not editions.select(EDITION_VIEW.key).is_duplicated().any()
        )
    assert mart(again, "company").equals(mart(first, "company"))


@pytest.mark.nightly
def test_an_edition_whose_file_is_gone_says_that_an_earlier_parser_read_it(nights: Nights) -> None:
    nights.land(COMPANIES, JUNE, company_file(STAYS, GOES))
    nights.land(COMPANIES, JULY, company_file(STAYS))
    assert not mart(nights.marts(), "edition")["earlier_parser"].any()
    (nights.landing / file_name(COMPANIES, JUNE)).unlink()
    with patch.object(lake, "_shared_sources", return_value="another parser"):
        editions = mart(nights.marts(), "edition")
    assert dict(editions.select("edition", "earlier_parser").iter_rows()) == {JUNE: True, JULY: False}


def test_what_a_changed_parser_refuses_is_no_longer_used(nights: Nights) -> None:
    nights.land(COMPANIES, JUNE, company_file(STAYS, GOES))
    nights.land(COMPANIES, JULY, company_file(STAYS))
    nights.lake()
    refuse = parse.BlockedEdition("wrong_header", f"{COMPANIES} {JULY}: as told")
    read = parse.read

    def strict(register: object, path: Path, **given: int) -> Iterable[object]:
        if path.name == file_name(COMPANIES, JULY):
            raise refuse
        return read(register, path, **given)  # type: ignore[arg-type]  # the register is the reader's own argument, handed on

    with (
        patch.object(lake, "_shared_sources", return_value="a stricter parser"),
        patch.object(parse, "read", strict),
    ):
        night = nights.lake()
    assert in_short(night) == [(COMPANIES, JUNE, "in_force", day(JUNE)), (COMPANIES, JULY, "blocked", None)]


# --- one outcome --------------------------------------------------------------------------------------------

LANDINGS: Mapping[str, Mapping[str, list[bytes]]] = {
    JUNE: {
        COMPANIES: [company_row(n) for n in (1, 2, 3)],
        PSC: [psc_record(1), psc_record(2)],
        TITLES: BEFORE,
    },
    JULY: {COMPANIES: [company_row(n) for n in (1, 2)], PSC: [psc_record(2), psc_record(4)], TITLES: AFTER},
    AUGUST: {
        COMPANIES: [company_row(n) for n in (2, 3)],
        PSC: [psc_record(1), psc_record(2), psc_record(4)],
        TITLES: AFTER[2:],
    },
}


def after_all(folder: Path, order: Sequence[Iterable[str]]) -> dict[str, pl.DataFrame]:
    """The marts once all editions are there, having arrived in this order, night by night."""
    nights = Nights(folder)
    nights.home.prepare()
    (nights.home.secrets / "id.key").write_bytes(b"the same key in every home")
    for arriving in order:
        for edition in arriving:
            for register, rows in LANDINGS[edition].items():
                nights.land(register, edition, file_of(register, rows))
        night = nights.marts() if arriving is order[-1] else nights.lake()
    build_marts(night)
    return {name: mart(night, name) for name in (*MART_ORDER, "resolution", "edition", "reject")}


@pytest.mark.nightly
def test_marts_are_the_same_whatever_order_the_editions_came_in(tmp_path: Path) -> None:
    cold = after_all(tmp_path / "cold", [(JUNE, JULY, AUGUST)])
    assert cold["proprietorship"]["ended_on"].count() > 3 and cold["company"]["left_register_on"].count() == 1
    for order in [tuple(order) for order in permutations((JUNE, JULY, AUGUST))][::3]:
        warm = after_all(tmp_path / "-".join(order), [(edition,) for edition in order])
        assert [name for name, frame in cold.items() if not frame.equals(warm[name])] == [], order


@pytest.mark.nightly
def test_a_flags_subject_is_never_a_person(nights: Nights) -> None:
    """Every indicator over persons, trusts and titles.

    Nothing flagged, or not assessable, has a person's id.
    """
    declared = psc_record(
        3,
        kind="persons-with-significant-control-statement",
        statement="no-individual-or-entity-with-signficant-control",
        links={"self": "/company/9/s/1"},
    )
    circle = [
        corporate_owner(n, f"ZEDTON TRADER {3 - n} LIMITED", company_number(3 - n), f"owner{n}")
        for n in (1, 2)
    ]
    owners = [
        psc_record(0, natures_of_control=["voting-rights-75-to-100-percent-as-trust"]),
        *circle,
        declared,
    ]
    nights.land(COMPANIES, JUNE, company_file(0, 1, 2, 3))
    nights.land(PSC, JUNE, text(owners))
    nights.land(
        TITLES, JUNE, file_of(TITLES, [held_by("T1", 1, added="05-03-2015"), held_by("T2", "PARISH OF ZED")])
    )
    night = nights.marts()
    with patch("quality.gate.run", return_value=GATE_VIEW.empty()):
        build_marts(night)
        screen_lists(night)
        compute_graph(night)
        find_flags(night)
    flags = mart(night, "flag")
    assert {"OWN-010", "OWN-020", "DEC-010", "PRP-010"} <= set(
        flags.filter(pl.col("state") == "flagged")["indicator"]
    )
    assert mart(night, "person").height == 1
    assert not flags["subject_id"].str.starts_with("UT-P-").any()
    entities = mart(night, "entity").filter(pl.col("entity_type") != "arrangement")["entity_id"]
    assert set(flags["subject_id"]) <= set(entities) | {"GB-HMLR-T1", "GB-HMLR-T2"}


@pytest.mark.nightly
def test_an_entry_of_an_earlier_edition_only_is_not_called_silent(nights: Nights) -> None:
    """Of 1 no day of leaving is known, of 2 the record in force was rejected; of 0 the edition in force has
    the entry, and nothing is declared.
    """
    land_files(nights.landing, {"BasicCompanyDataAsOneFile.csv": company_file(0, 1, 2, 3)})
    nights.land(
        COMPANIES, JUNE, file_of(COMPANIES, [company_row(0), broken(2, padded=False), company_row(3)])
    )
    nights.land(PSC, JUNE, text([psc_record(3), totals(1)]))
    night = nights.marts()
    with patch("quality.gate.run", return_value=GATE_VIEW.empty()):
        build_marts(night)
        screen_lists(night)
        compute_graph(night)
        find_flags(night)
    silent = (
        mart(night, "flag")
        .filter(pl.col("indicator") == "DEC-040")
        .sort("subject_id")
        .select("state", "reason")
        .rows()
    )
    assert silent == [
        ("flagged", None),
        ("not_assessable", "not_in_edition"),
        ("not_assessable", f"rejected:{COMPANIES}"),
    ]
