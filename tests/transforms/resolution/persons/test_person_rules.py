"""Which pairs of persons merge, on two records each: near-alike forenames, short forms, days of birth,
numbers, and what is never enough.
"""

from collections.abc import Iterator

import polars as pl
import pytest

from flows.home import warehouse
from tests.transforms import invented_rows
from transforms.resolution.links import steps
from transforms.resolution.persons.features import person_features
from transforms.resolution.persons.linkage import (
    NAME_RECORDS_MIN,
    STATED,
    merges_in_families,
    merges_in_registers,
    person_pairs,
    prepare,
)

type Stated = dict[str, object]

WHOLE = ("birth_year", "birth_month", "birth_day")
COLUMNS = {
    name: pl.Int64 if name in WHOLE else pl.String
    for name in (
        "full_name",
        "forename",
        "middle_names",
        "surname",
        *WHOLE,
        "address",
        "postcode",
        "street",
        "number_kind",
        "number",
        "occupation",
    )
}
HOME: Stated = {"address": "UT-A-1", "postcode": "ZT1 3DB"}
MONTH: Stated = {"birth_year": 1970, "birth_month": 5}
DAY: Stated = {**MONTH, "birth_day": 17}
ANN: Stated = {"forename": "Annabel"}
ANN_AT_HOME, ANN_ELSEWHERE = {**ANN, **MONTH, **HOME}, {**ANN, **MONTH, "address": "UT-A-2"}
NUMBER: Stated = {"number_kind": "tax", "number": "83920174"}
OTHER_NUMBER: Stated = {"number_kind": "tax", "number": "11746652"}


def _here(forename: str, **more: object) -> Stated:
    return {"forename": forename, **MONTH, **HOME, **more}


# one, other, merges by the registers' rules, merges by those of families. Each case is given a surname, an
# address and numbers of its own.
CASES: dict[str, tuple[Stated, Stated, bool, bool]] = {
    "one name at one home": (_here("Karen"), _here("Karen"), True, True),
    "two names alike, twins until more is said": (_here("Karen"), _here("Karin"), False, False),
    "a form of the other by the list, a twin in registers": (_here("Marian"), _here("Marion"), False, True),
    "a man's and a woman's": (_here("Daniel"), _here("Daniela"), False, True),
    "nobody's name, a slip": (_here("Jonathan"), _here("Jonahtan"), True, True),
    "a short form is a candidate in registers": (_here("Robert"), _here("Bob"), False, True),
    "two names alike with one middle name": (
        _here("Karen", middle_names="Eudora"),
        _here("Karin", middle_names="Eudora"),
        True,
        True,
    ),
    "a short form with one middle name": (
        _here("Robert", middle_names="Eustace"),
        _here("Bob", middle_names="Eustace"),
        True,
        True,
    ),
    "name and month alone": ({**ANN, **MONTH}, {**ANN, **MONTH}, False, False),
    "name and month at two homes": (ANN_AT_HOME, ANN_ELSEWHERE, False, False),
    "a full name at two homes": (
        {**ANN_AT_HOME, "middle_names": "Eudora"},
        {**ANN_ELSEWHERE, "middle_names": "Eudora"},
        True,
        True,
    ),
    "particles are no middle name": (
        {**ANN_AT_HOME, "middle_names": "van der"},
        {**ANN_ELSEWHERE, "middle_names": "van der"},
        False,
        False,
    ),
    "nor are initials": (
        {**ANN_AT_HOME, "middle_names": "J P"},
        {**ANN_ELSEWHERE, "middle_names": "J P"},
        False,
        False,
    ),
    "an initial is no forename": (_here("A"), _here("A"), False, True),
    "an initial beside a middle name": (
        _here("J", middle_names="Eudora"),
        _here("J", middle_names="Eudora"),
        True,
        True,
    ),
    "a number at two homes": ({**ANN_AT_HOME, **NUMBER}, {**ANN_ELSEWHERE, **NUMBER}, True, True),
    "two numbers at two homes": ({**ANN_AT_HOME, **NUMBER}, {**ANN_ELSEWHERE, **OTHER_NUMBER}, False, False),
    "two kinds of number at two homes": (
        {**ANN_AT_HOME, **NUMBER},
        {**ANN_ELSEWHERE, **NUMBER, "number_kind": "passport"},
        False,
        False,
    ),
    "twins who state their day, alike": ({**_here("Karen"), **DAY}, {**_here("Karin"), **DAY}, False, False),
    "twins who state their day": ({**_here("Karen"), **DAY}, {**_here("Lisa"), **DAY}, False, False),
    "half a name and a day": ({**_here("Annabel"), **DAY}, {**DAY, **HOME}, False, True),
    "half a name and a month": (ANN_AT_HOME, {**MONTH, **HOME}, False, False),
}


def _own(case: int, stated: Stated) -> Stated:
    letters = "BDFGKLMNPRSTVZ"
    changed: Stated = {
        "surname": f"{letters[case % 14]}o{letters[case % 13]}a{letters[case % 11]}er",
        "birth_year": 1940 + 2 * case,
    } | {
        name: f"{value}{case:02d}"
        for name, value in stated.items()
        if name in ("address", "number", "postcode")
    }
    return {**stated, **changed}


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[warehouse.Connection]:
    opened = warehouse.connect(tmp_path_factory.mktemp("rules") / "work")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def merging(connection: warehouse.Connection) -> dict[str, set[int]]:
    """Rule → cases of which the two records merge.

    Beside them are records of two hundred others who share nothing with anybody.
    """
    stated = [_own(case, one) for case, pair in enumerate(CASES.values()) for one in pair[:2]]
    others = [
        {
            "forename": f"Q{n:03d}x",
            "surname": f"V{n:03d}z",
            "birth_year": 1900 + n % 60,
            "birth_month": 1 + n % 12,
            "address": f"UT-A-x{n}",
        }
        for n in range(200)
    ]
    rows = pl.DataFrame(
        [{name: row.get(name) for name in COLUMNS} for row in (*stated, *others)], schema=COLUMNS
    )
    numbered = rows.with_row_index("unique_id").with_columns(pl.col("unique_id").cast(pl.Int64))
    own = numbered.select("unique_id", pl.col("unique_id").alias("anchor_no"), "address", "postcode", *STATED)
    profile = pl.concat([own, person_features(rows)], how="horizontal").filter(
        pl.any_horizontal(pl.col("forename", "surname").is_not_null())
    )
    connection.register("profile", profile.to_arrow())
    connection.execute(
        "create or replace table person_profile as select *, []::ubigint[] as partners from profile"
    )
    weights = {}
    for name, rule in (("registers", merges_in_registers()), ("families", merges_in_families())):
        pairs = person_pairs(connection, None, rule)
        for weight, pair_steps in pairs.select("weight", steps()).iter_rows():
            assert sum(float(step.split("|")[2]) for step in pair_steps) == pytest.approx(weight, abs=0.05)
        joined = pairs.filter("merges").select("left_id", "right_id").rows()
        assert [(left, right) for left, right in joined if left // 2 != right // 2] == []
        weights[name] = {left // 2 for left, _ in joined}
    return weights


@pytest.mark.parametrize(("case", "name"), list(enumerate(CASES)))
def test_what_merges(case: int, name: str, merging: dict[str, set[int]]) -> None:
    _, _, in_registers, in_families = CASES[name]
    assert (case in merging["registers"], case in merging["families"]) == (in_registers, in_families)


def test_a_forename_that_many_records_have_is_a_name_though_no_list_has_it(
    connection: warehouse.Connection,
) -> None:
    profile = pl.DataFrame(
        {"forename": ["YEJINA"] * NAME_RECORDS_MIN + ["HYEJINA"] * (NAME_RECORDS_MIN - 1)}
    ).with_row_index("unique_id")
    texts = ("middle", "surname", "forename_key", "surname_key", "words", "address", "postcode")
    rows = profile.with_columns(
        pl.col("unique_id").alias("anchor_no"), *(pl.lit(None, dtype=pl.String).alias(name) for name in texts)
    )
    connection.register(
        "often",
        rows.with_columns(
            pl.lit(None, dtype=pl.Int16).alias("birth_year"), pl.lit(None, dtype=pl.Int8).alias("birth_month")
        ).to_arrow(),
    )
    connection.execute(
        "create or replace table person_profile as select *, []::ubigint[] as partners from often"
    )
    prepare(connection)
    is_forename = dict(
        connection.sql("select distinct forename, is_forename from person_compared").fetchall()
    )
    assert is_forename == {"YEJINA": True, "HYEJINA": False}


# --- what is written alike ------------------------------------------------------------------------

TWO_EDITIONS = (("zed", "2026-06-01", "history"), ("zed", "2026-07-01", "in_force"))
JOHN, ANN = (
    ("Zedjohn", "Zedsmith", (1970, 5), "1 Quay Lane"),
    ("Zedann", "Zedjones", (1985, 2), "9 Mill Lane"),
)


def _seen(
    n: int, record: str, edition: str, who: tuple[str, str, tuple[int, int], str]
) -> invented_rows.Record:
    forename, surname, born, lines = who
    return invented_rows.human(
        n,
        forename,
        surname,
        born,
        lines,
        postcode="ZT1 2AB" if who is JOHN else "ZT2 2AB",
        record=record,
        edition=edition,
    )


@pytest.mark.nightly
def test_a_corrected_record_joins_one_of_two_persons_and_the_other_is_refused_and_said() -> None:
    june, july = ("2026-06-01", "2026-07-01")
    rows = [
        _seen(0, "L", june, JOHN),
        _seen(1, "L", july, ANN),
        _seen(2, "N", july, JOHN),
        _seen(3, "M", july, ANN),
    ]
    resolution = invented_rows.resolved(rows, editions=TWO_EDITIONS)
    # Whom it speaks of now: Ann.
    assert sorted(map(sorted, invented_rows.parties(resolution).values())) == [["L", "M"], ["N"]]
    refused_pairs = {
        (row["record"], row["other_record"]): (row["outcome"], row["reason"])
        for row in resolution.links.iter_rows(named=True)
    }
    assert refused_pairs["L", "M"] == ("joined", None) and refused_pairs["L", "N"] == ("refused", "birth")
    of_m = resolution.rows.filter(record="M").select("method", "score").row(0)
    assert of_m == ("name_birth_address", 1.0)
    # One of them alone is joined, as the record is either.
    for others in (rows[:3], [*rows[:2], rows[3]]):
        assert len(invented_rows.parties(invented_rows.resolved(others, editions=TWO_EDITIONS))) == 1


def test_a_renamed_record_does_not_make_twins_one() -> None:
    june, july = ("2026-06-01", "2026-07-01")
    twin = ("Zedwilma", "Zedsmith", JOHN[2], JOHN[3])
    rows = [
        invented_rows.human(n, *who, record=record, edition=edition)
        for n, (record, edition, who) in enumerate(
            [("L", june, JOHN), ("L", july, twin), ("N", july, JOHN), ("M", july, twin)]
        )
    ]
    resolution = invented_rows.resolved(rows, editions=TWO_EDITIONS)
    assert sorted(map(sorted, invented_rows.parties(resolution).values())) == [["L", "M"], ["N"]]
    assert ("L", "N", "forename") in set(
        resolution.links.filter(outcome="refused").select("record", "other_record", "reason").iter_rows()
    )
