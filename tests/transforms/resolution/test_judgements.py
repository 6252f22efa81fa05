"""Judgements in resolution: positive joins, negative separates whatever leads there, unsure changes nothing;
taken back, all is as it was.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import polars as pl
import pytest

from flows.home.settings import Home
from flows.night.night import Night
from flows.night.tables import open_tables
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
    title_row,
)
from tests.transforms import invented_rows
from tests.transforms.invented_rows import Resolved, with_rows
from tests.transforms.resolution.companies.test_resolution_companies import AT_RUE, LUXEMBOURG, owner
from tests.transforms.resolution.test_resolution import AGENT, HIGH_STREET, JULY, JUNE, by_record, person
from transforms.resolution.companies.matching import TOGETHER
from transforms.resolution.judgements import JUDGEMENT, NEGATIVE, POSITIVE, UNSURE

KEY = b"a key of these tests"
Judgement = tuple[str, str, str]  # record, other record, verdict; a record by its last word


def night_of(folder: Path, rows: Mapping[str, Iterable[bytes]], edition: str = JUNE) -> Night:
    land_files(
        folder / "landing",
        {file_name(register, edition): file_of(register, given) for register, given in rows.items()},
    )
    return lake_night(Home(folder / "home"), folder / "landing")


RESOLUTIONS: dict[tuple[Path, tuple[Judgement, ...]], Resolved] = {}


def judged(night: Night, *judgements: Judgement) -> Resolved:
    """The resolution with these judgements, in this order.

    Found once for a night, of which several tests ask the same.
    """
    if (night.work, judgements) not in RESOLUTIONS:
        RESOLUTIONS[night.work, judgements] = _judged(night, judgements)
    return RESOLUTIONS[night.work, judgements]


def _judged(night: Night, judgements: Sequence[Judgement]) -> Resolved:
    connection = open_tables(night, ())
    try:
        records = (
            "select register, record from person_statement "
            "union select register, record from entity_statement"
        )
        where = {
            str(record).rsplit("/", 1)[-1]: (register, record)
            for register, record in connection.execute(records).fetchall()
        }
        rows = [
            (n, *where[one], *where[other], verdict, None, None)
            for n, (one, other, verdict) in enumerate(judgements)
        ]
        return with_rows(connection, KEY, pl.DataFrame(rows, schema=JUDGEMENT, orient="row"))
    finally:
        connection.close()


def parties(resolution: Resolved, *records: str, edition: str = JUNE) -> list[object]:
    rows = by_record(resolution.rows, edition)
    return [rows[record]["party_id"] for record in records]


def refused(resolution: Resolved) -> set[tuple[str, str, str]]:
    rows = resolution.links.filter(outcome="refused").select("record", "other_record", "reason").iter_rows()
    return {
        (*sorted((one.rsplit("/", 1)[-1], other.rsplit("/", 1)[-1])), reason) for one, other, reason in rows
    }  # type: ignore[misc]


BEA = {"forename": "Bea", "surname": "Quillfeather", "middle": "Zephyrine"}
PERSONS = [
    person(0, "bea", **BEA),
    person(1, "same"),
    person(2, "bea-too", **BEA),
    person(3, "slip", **{**BEA, "surname": "Quillfaether"}),
    person(4, "moved", **BEA, address=HIGH_STREET),
    person(5, "namesake", "Bea", "Quillfeather", address=AGENT),
    person(6, "una", "Una"),
    person(7, "bea-of-1980", **BEA, born=(1980, 9)),
    person(8, "same-too"),
]
BEAS = ("bea", "bea-too", "slip", "moved")


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    return night_of(tmp_path_factory.mktemp("judged"), {PSC: PERSONS})


@pytest.mark.nightly
def test_without_judgements_and_with_unsure_ones_the_model_stands(night: Night) -> None:
    plain = judged(night)
    assert len(set(parties(plain, *BEAS))) == 1
    assert len(set(parties(plain, "bea", "same", "namesake", "una", "bea-of-1980"))) == 5
    unsure = judged(night, ("bea", "moved", UNSURE), ("bea", "namesake", UNSURE))
    assert unsure.rows.equals(plain.rows) and unsure.links.equals(plain.links)


@pytest.mark.nightly
def test_a_positive_judgement_joins_with_the_id_of_the_earliest_and_what_hangs_on_it(night: Night) -> None:
    plain, resolution = judged(night), judged(night, ("moved", "namesake", POSITIVE))
    assert set(parties(resolution, *BEAS, "namesake")) == {parties(plain, "bea")[0]}
    rows = by_record(resolution.rows)
    assert (rows["namesake"]["method"], rows["namesake"]["score"]) == ("judgement", 1.0)
    assert rows["namesake"]["candidate_id"] not in parties(plain, "bea", "namesake")
    untouched = ("same", "una", "bea-of-1980")
    assert parties(resolution, *untouched) == parties(plain, *untouched)
    # By one that was judged the same as another: three are one.
    chain = judged(
        night, ("una", "same", POSITIVE), ("una", "namesake", POSITIVE), ("same", "same-too", POSITIVE)
    )
    assert len(set(parties(chain, "una", "same", "same-too", "namesake"))) == 1
    assert refused(chain) == set()


def test_a_positive_judgement_that_a_limit_excludes_is_said_and_joins_nobody(night: Night) -> None:
    plain, resolution = judged(night), judged(night, ("bea", "bea-of-1980", POSITIVE))
    assert resolution.rows.equals(plain.rows)
    assert refused(resolution) == {("bea", "bea-of-1980", "birth")}


@pytest.mark.nightly
def test_births_exclude_each_other_through_whoever_else_is_joined(tmp_path: Path) -> None:
    """A states a year alone and merges with C; B was born in another year.

    Whoever is on a list has a birth too.
    """
    una = {"forename": "Una", "surname": "Quillfeather", "middle": "Zephyrine"}
    year_only = json.loads(person(0, "year-only", **una))
    del year_only["data"]["date_of_birth"]["month"]
    rows = [
        json.dumps(year_only).encode(),
        person(1, "of-1985", "Bea", born=(1985, 7)),
        person(2, "of-1970", **una),
        person(3, "unborn", "Cee", born=None),
    ]
    listed = {
        "id": "listed",
        "schema": "Person",
        "properties": {"name": ["Cee Quill"], "birthDate": ["1991", "1990-02"], "topics": ["sanction"]},
    }
    land_files(tmp_path / "landing", {"entities.ftm.json": json.dumps(listed).encode() + b"\n"})
    night = night_of(tmp_path, {PSC: rows})
    plain = judged(night)
    assert len(set(parties(plain, "year-only", "of-1970"))) == 1
    for judgement in (
        ("year-only", "of-1985", POSITIVE),
        ("listed", "of-1970", POSITIVE),
        ("listed", "of-1985", POSITIVE),
    ):
        resolution = judged(night, judgement)
        assert resolution.rows.equals(plain.rows), judgement
        assert refused(resolution) == {(*sorted(judgement[:2]), "birth")}
    # Through one that states no birth.
    resolution = judged(night, ("unborn", "of-1985", POSITIVE), ("unborn", "of-1970", POSITIVE))
    assert refused(resolution) == {("of-1970", "unborn", "birth")}
    assert (
        len(set(parties(resolution, "year-only", "of-1970"))) == 1
        and len(set(parties(resolution, "unborn", "of-1985"))) == 1
    )


def test_a_negative_judgement_separates_what_is_written_alike(night: Night) -> None:
    plain, resolution = judged(night), judged(night, ("bea", "bea-too", NEGATIVE))
    bea, too, slip, moved = parties(resolution, *BEAS)
    assert bea == parties(plain, "bea")[0] != too
    assert {slip, moved} <= {bea, too}
    rows = by_record(resolution.rows)
    assert rows["bea"]["candidate_id"] != too and rows["bea-too"]["candidate_id"] != bea
    assert ("bea", "bea-too", "judged") in refused(resolution)


@pytest.mark.nightly
def test_a_negative_judgement_cuts_a_chain_at_its_weakest_link(night: Night) -> None:
    """The slip and the new home hang together through Bea alone or by a weaker link of their own: the weaker
    side goes.
    """
    plain, resolution = judged(night), judged(night, ("slip", "moved", NEGATIVE))
    weights = {record: max(_weights(plain, record)) for record in ("slip", "moved")}
    stronger, weaker = sorted(weights, key=lambda record: -weights[record])
    assert weights[stronger] > weights[weaker]
    assert (
        parties(resolution, stronger)[0]
        == parties(resolution, "bea")[0]
        == parties(resolution, "bea-too")[0]
        != parties(resolution, weaker)[0]
    )


def _weights(resolution: Resolved, record: str) -> list[float]:
    ends = resolution.links.filter(
        pl.any_horizontal(pl.col(end).str.ends_with(f"/{record}") for end in ("record", "other_record"))
    )
    others = ends.filter(
        ~pl.any_horizontal(
            pl.col(end).str.ends_with(name)
            for end in ("record", "other_record")
            for name in ("/slip", "/moved")
            if not name.endswith(record)
        )
    )
    return others.filter(outcome="joined")["weight_bits"].to_list()


def test_negative_holds_against_positive_ones_and_a_later_judgement_takes_the_place_of_an_earlier(
    night: Night,
) -> None:
    against = judged(
        night, ("bea", "namesake", POSITIVE), ("namesake", "moved", POSITIVE), ("bea", "moved", NEGATIVE)
    )
    bea, namesake, moved = parties(against, "bea", "namesake", "moved")
    assert bea != moved and bea == namesake
    assert ("moved", "namesake", "judged") in refused(against)


@pytest.mark.nightly
def test_over_editions_a_judgement_on_a_record_holds_for_the_next(tmp_path: Path) -> None:
    night_of(tmp_path, {PSC: PERSONS})
    later = night_of(tmp_path, {PSC: [*PERSONS, person(9, "bea-third", **BEA)]}, JULY)
    plain, resolution = (
        judged(later),
        judged(later, ("bea", "bea-too", NEGATIVE), ("una", "namesake", UNSURE)),
    )
    for edition in (JUNE, JULY):
        bea, too = parties(resolution, "bea", "bea-too", edition=edition)
        assert bea == parties(plain, "bea", edition=edition)[0] != too
    assert parties(resolution, "bea-too", edition=JUNE) == parties(resolution, "bea-too", edition=JULY)


# --- entities -------------------------------------------------------------------------------------

OWNERS = [
    corporate_owner(0, "ZEDTON TRADER 5 LIMITED", company_number(5), "agrees"),
    corporate_owner(1, "ZEDTON TRADR 5 LIMITED", company_number(5), "slip"),
    corporate_owner(2, "WHOLLY OTHER LIMITED", company_number(5), "other-name"),
    corporate_owner(3, "ZEDTON TRADER 6 LIMITED", company_number(6), "of-six"),
    corporate_owner(4, "PARISH OF ZED", None, "parish"),
    corporate_owner(6, "PARISH OF WYE", None, "parish-too"),
]
FIVE, SIX = f"GB-COH-{company_number(5)}", f"GB-COH-{company_number(6)}"


@pytest.fixture(scope="module")
def entities(tmp_path_factory: pytest.TempPathFactory) -> Night:
    rows = {
        COMPANIES: [company_row(n) for n in range(12)],
        PSC: [*OWNERS, person(8, "ann")],
        TITLES: [title_row(5)],
    }
    return night_of(tmp_path_factory.mktemp("entities"), rows)


def test_entities_without_judgements(entities: Night) -> None:
    resolution = parties(judged(entities), "agrees", "slip", "other-name", "of-six", "parish", "parish-too")
    assert (resolution[0], resolution[1], resolution[3]) == (FIVE, FIVE, SIX)
    assert len(set(resolution)) == 5


@pytest.mark.nightly
def test_entities_are_joined_with_a_number_or_with_each_other(entities: Night) -> None:
    plain, resolution = (
        judged(entities),
        judged(entities, ("other-name", company_number(5), POSITIVE), ("parish", "parish-too", POSITIVE)),
    )
    assert parties(resolution, "other-name", "agrees", company_number(5)) == [FIVE] * 3
    assert set(parties(resolution, "parish", "parish-too")) == {parties(plain, "parish")[0]}
    rows = by_record(resolution.rows)
    assert {rows[record]["method"] for record in ("other-name", "parish-too")} == {"judgement"}
    assert rows["other-name"]["candidate_id"] is None and rows["agrees"]["method"] == "identifier_and_name"


@pytest.mark.nightly
def test_two_numbers_of_one_scheme_never_become_one_and_no_person_an_entity(entities: Night) -> None:
    plain, resolution = (
        judged(entities),
        judged(entities, ("agrees", "of-six", POSITIVE), ("ann", "parish", POSITIVE)),
    )
    assert resolution.rows.equals(plain.rows)
    assert refused(resolution) == {("agrees", "of-six", "identifiers"), ("ann", "parish", "kind")}


@pytest.mark.nightly
def test_of_two_records_with_one_number_the_one_whose_name_agrees_less_goes(entities: Night) -> None:
    resolution = judged(entities, ("agrees", "slip", NEGATIVE))
    agrees, slip = parties(resolution, "agrees", "slip")
    assert agrees == FIVE and str(slip).startswith("UT-E-")
    row = by_record(resolution.rows)["slip"]
    assert (row["method"], row["score"], row["candidate_id"]) == ("record", 0.0, None)
    assert refused(resolution) == {("agrees", "slip", "judged")}
    # And of a record and the register's own entry, the record.
    assert parties(judged(entities, ("agrees", company_number(5), NEGATIVE)), company_number(5), "slip") == [
        FIVE,
        FIVE,
    ]


@pytest.mark.nightly
def test_records_that_come_along_are_no_records_without_a_company_and_those_that_stay_keep_their_method(
    tmp_path: Path,
) -> None:
    owners = [owner(20 + n, f"set-{n}", "Marlow Mock S.à r.l.", AT_RUE, **LUXEMBOURG) for n in range(3)]
    night = night_of(tmp_path, {COMPANIES: [company_row(n) for n in range(12)], PSC: [*owners, *OWNERS]})

    def methods(*judgements: Judgement) -> list[tuple[object, object]]:
        rows = by_record(judged(night, *judgements).rows)
        return [(rows[f"set-{n}"]["method"], rows[f"set-{n}"]["score"]) for n in range(3)]

    together, by_judgement, alone = (TOGETHER, 0.99), ("judgement", 1.0), ("record", 0.0)
    assert methods() == [together] * 3
    joined = ("set-1", company_number(5), POSITIVE)
    assert parties(judged(night, joined), "set-0", "set-1", "set-2") == [FIVE] * 3
    assert methods(joined) == [by_judgement] * 3
    # The earliest gives its id: nothing of the set moves. A company moves whole where it is judged to be a
    # record without one.
    assert methods(("set-1", "parish", POSITIVE)) == [together] * 3
    whole = by_record(judged(night, ("parish", "agrees", POSITIVE)).rows)
    assert {whole[record]["method"] for record in ("agrees", "slip")} == {"identifier_and_name"} and whole[
        "parish"
    ]["method"] == "judgement"
    # One of three is cut off; of two, neither has anybody left.
    cut = ("set-0", "set-1", NEGATIVE)
    assert methods(cut) == [together, alone, together]
    assert refused(judged(night, cut)) == {("set-0", "set-1", "judged")}
    assert methods(cut, ("set-0", "set-2", NEGATIVE), ("set-1", "set-2", NEGATIVE)) == [alone] * 3


@pytest.mark.nightly
def test_a_candidate_that_was_judged_to_be_another_is_none(entities: Night) -> None:
    assert by_record(judged(entities).rows)["other-name"]["candidate_id"] == FIVE
    assert (
        by_record(judged(entities, ("other-name", company_number(5), NEGATIVE)).rows)["other-name"][
            "candidate_id"
        ]
        is None
    )


# --- places and data sets -------------------------------------------------------------------------

BOTH = (("zed", "2026-06-01", "history"), ("zed", "2026-07-01", "in_force"))


@pytest.mark.nightly
def test_a_judgement_stays_with_the_name_at_a_place_when_another_takes_it() -> None:
    def holder(n: int, record: str, name: str, edition: str) -> invented_rows.Record:
        return invented_rows.entity(
            n, name, None, f"{n} Calle", country="pa", role="proprietor", record=record, edition=edition
        )

    june, july = ("2026-06-01", "2026-07-01")
    rows = [
        holder(0, "ZT0 1", "ALPHA PARISH TRUSTEES", june),
        holder(1, "ZT1 1", "ALPHA PARISH TRUSTEE BODY", june),
        holder(2, "ZT0 1", "OMEGA ALLOTMENT BOARD", july),
        holder(3, "ZT1 1", "ALPHA PARISH TRUSTEE BODY", july),
    ]
    judgements = invented_rows.judged(("ZT0 1", "ZT1 1", POSITIVE))
    named = judgements.with_columns(
        pl.lit("ALPHA PARISH TRUSTEES").alias("name_key"),
        pl.lit("ALPHA PARISH TRUSTEE BODY").alias("other_name_key"),
    )
    for judgement, places in (
        (named, [{"ZT0 1"}, {"ZT0 1", "ZT1 1"}]),
        (judgements, [{"ZT0 1"}, {"ZT0 1"}, {"ZT1 1"}]),
    ):
        resolution = invented_rows.resolved(rows, judgements=judgement, editions=BOTH)
        party = dict(resolution.rows.select(pl.col("statement_id").str.slice(0, 24), "party_id").iter_rows())
        assert party[f"e{2:023d}"] not in {party[f"e{n:023d}"] for n in (0, 1, 3)}
        assert sorted(map(sorted, invented_rows.parties(resolution).values())) == sorted(map(sorted, places))


@pytest.mark.nightly
def test_a_judgement_holds_for_every_data_set_that_has_the_record() -> None:
    editions = (("one", "2026-06-01", "in_force"), ("two", "2026-06-02", "in_force"))
    places = (("1 Zed Lane", "ZT1 2AB"), ("7 Zed Road", "ZT2 2AB"), ("9 Zed Hill", "ZT3 2AB"))
    records = (("X", "one", "2026-06-01"), ("X", "two", "2026-06-02"), ("Y", "two", "2026-06-02"))
    apart, alike = (
        [
            invented_rows.human(
                n,
                "Zedna",
                "Quillfeather",
                (1970, 5),
                line,
                postcode=code,
                record=record,
                dataset=dataset,
                edition=edition,
            )
            for n, ((line, code), (record, dataset, edition)) in enumerate(zip(given, records, strict=True))
        ]
        for given in (places, places[:1] * 3)
    )
    assert len(invented_rows.parties(invented_rows.resolved(apart, editions=editions))) == 3
    joined = invented_rows.resolved(
        apart, judgements=invented_rows.judged(("X", "Y", POSITIVE)), editions=editions
    )
    assert list(invented_rows.parties(joined).values()) == [{"X", "Y"}]
    cut = invented_rows.resolved(
        alike, judgements=invented_rows.judged(("X", "Y", NEGATIVE)), editions=editions
    )
    assert sorted(map(sorted, invented_rows.parties(cut).values())) == [["X"], ["Y"]]
