"""Measures of linkage against sums done by hand, and against every pair counted one by one."""

from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from flows.night.linkage import opened
from quality.linkage.measure import OURS_TRAINED, OURS_WEIGHED, cluster_scores, our_clusters
from quality.linkage.public import (
    FEBRL,
    PERSON_COLUMNS,
    SENZING,
    person_sets,
    persons,
    senzing,
)


def test_scores_of_a_small_case_are_those_on_paper() -> None:
    """Found {1 2 3} {4} {5 6}; true {1 2} {3 4} {5 6}: found pairs 12 13 23 56, true pairs 12 34 56, both 12
    56.
    """
    scores = cluster_scores(
        pl.Series(["x", "x", "x", "y", "z", "z"]), pl.Series(["a", "a", "b", "b", "c", "c"])
    )
    assert (scores.records_n, scores.precision, scores.recall) == (
        6,
        pytest.approx(2 / 4),
        pytest.approx(2 / 3),
    )
    assert scores.f1 == pytest.approx(4 / 7)
    assert scores.b3_precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1 + 1) / 6)
    assert scores.b3_recall == pytest.approx((1 + 1 + 1 / 2 + 1 / 2 + 1 + 1) / 6)


def test_without_pairs_there_is_no_figure() -> None:
    scores = cluster_scores(pl.Series(["x", "y"]), pl.Series(["a", "b"]))
    assert (scores.precision, scores.recall, scores.f1, scores.b3_f1) == (None, None, None, 1.0)


@pytest.mark.parametrize("seed", range(10))
def test_scores_equal_a_count_of_every_pair(seed: int) -> None:
    rng = np.random.default_rng(seed)
    clusters, truth = (rng.integers(0, 9, 40).tolist() for _ in range(2))
    pairs = list(combinations(range(40), 2))
    joined, real = (
        {pair for pair in pairs if partition[pair[0]] == partition[pair[1]]}
        for partition in (clusters, truth)
    )
    scores = cluster_scores(pl.Series(clusters), pl.Series(truth))
    assert scores.precision == pytest.approx(len(joined & real) / len(joined))
    assert scores.recall == pytest.approx(len(joined & real) / len(real))
    each = [(len(f & t) / len(f), len(f & t) / len(t)) for f, t in _sets_of_each(clusters, truth)]
    assert (scores.b3_precision, scores.b3_recall) == (
        pytest.approx(sum(p for p, _ in each) / 40),
        pytest.approx(sum(r for _, r in each) / 40),
    )


def _sets_of_each(clusters: list[int], truth: list[int]) -> list[tuple[set[int], set[int]]]:
    return [
        (
            {j for j in range(len(clusters)) if clusters[j] == clusters[i]},
            {j for j in range(len(truth)) if truth[j] == truth[i]},
        )
        for i in range(len(clusters))
    ]


def test_a_public_set_is_in_the_columns_that_are_compared() -> None:
    rows = persons(
        pl.DataFrame(
            {
                "record": ["b", "a"],
                "party": ["1", "1"],
                "forename": [" ann ", ""],
                "birth_year": ["1970", "n/a"],
                "other": ["x", "y"],
            }
        )
    )
    assert rows.columns == list(PERSON_COLUMNS)
    assert rows.row(0, named=True) | {"party": "1"} == dict.fromkeys(PERSON_COLUMNS) | {
        "record": "a",
        "party": "1",
    }
    assert (rows["forename"][1], rows["birth_year"][1]) == ("ann", 1970)


# --- public sets ----------------------------------------------------------------------------------


def _csv(path: Path, rows: list[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(rows).with_columns(pl.all().replace("", None)).write_csv(path)


def test_public_sets_are_read_into_what_a_record_states(tmp_path: Path) -> None:
    """Invented rows in the sets' own columns."""
    febrl = {
        "rec_id": "rec-7-dup-0",
        " given_name": " ann",
        " surname": "zedgrave",
        " street_number": "6",
        " address_1": "mill lane",
        " address_2": "",
        " suburb": "zedton",
        " postcode": "4011",
        " state": "wa",
        " date_of_birth": "19081209",
        " soc_sec_id": "6988048",
    }
    _csv(tmp_path / FEBRL / "dataset1.csv", [febrl])
    person = {
        "DATA_SOURCE": "C",
        "RECORD_ID": "1",
        "RECORD_TYPE": "PERSON",
        "PRIMARY_NAME_FULL": "",
        "NATIVE_NAME_FULL": "",
        "PRIMARY_NAME_FIRST": "Ann",
        "PRIMARY_NAME_MIDDLE": "",
        "PRIMARY_NAME_LAST": "Zedgrave",
        "DATE_OF_BIRTH": "12/9/1978",
        "SSN_NUMBER": "",
        "PASSPORT_NUMBER": "Z123",
        "DRIVERS_LICENSE_NUMBER": "",
        "NATIONAL_ID_NUMBER": "",
        "ADDR_FULL": "6 Mill Ln, Zedton",
        "ADDR_LINE1": "",
        "ADDR_CITY": "",
        "ADDR_POSTAL_CODE": "",
    }
    for name in ("customers", "reference", "watchlist"):
        _csv(
            tmp_path / SENZING / f"{name}.csv",
            [
                {
                    **person,
                    "DATA_SOURCE": name,
                    "RECORD_TYPE": "PERSON" if name == "customers" else "ORGANIZATION",
                }
            ],
        )
    _csv(
        tmp_path / SENZING / "actual_truthset_key.csv",
        [{"CLUSTER_ID": "9", "DATA_SOURCE": "customers", "RECORD_ID": "1"}],
    )
    sets = person_sets(tmp_path)
    assert set(sets) == {"febrl1", "senzing_persons"}
    stated = {
        name: {key: value for key, value in rows.row(0, named=True).items() if value is not None}
        for name, rows in sets.items()
    }
    assert stated["febrl1"] == {
        "record": "rec-7-dup-0",
        "party": "7",
        "forename": "ann",
        "surname": "zedgrave",
        "birth_year": 1908,
        "birth_month": 12,
        "birth_day": 9,
        "address": "6|mill lane|4011",
        "street": "6 mill lane",
        "postcode": "4011",
        "number_kind": "soc_sec_id",
        "number": "6988048",
    }
    assert stated["senzing_persons"] == {
        "record": "customers-1",
        "party": "9",
        "forename": "Ann",
        "surname": "Zedgrave",
        "birth_year": 1978,
        "birth_month": 12,
        "birth_day": 9,
        "address": "6 MILL LN ZEDTON",
        "street": "6 MILL LN",
        "number_kind": "PASSPORT_NUMBER",
        "number": "Z123",
    }


@pytest.fixture(scope="module")
def written_twice() -> pl.DataFrame:
    """Three hundred persons with a day of birth, a number and an occupation, each written twice: a third with
    a slip, a third at another home.
    """
    rng = np.random.default_rng(11)
    syllables = [consonant + vowel for consonant in "BDFGKLMNPRSTVZ" for vowel in "AEIOU"]
    rows = []
    for person in range(300):
        forename, surname, other = ("".join(rng.choice(syllables, 3)) for _ in range(3))
        born = {
            "birth_year": int(rng.integers(1930, 2000)),
            "birth_month": int(rng.integers(1, 13)),
            "birth_day": int(rng.integers(1, 28)),
        }
        one = {
            "party": str(person),
            "forename": forename,
            "surname": surname,
            **born,
            "postcode": f"ZT{person // 9} 1AA",
            "number_kind": "tax",
            "number": str(rng.integers(10**7, 10**8)),
            "occupation": ("baker", "clerk", "pilot")[person % 3],
        }
        slip, moved, number = (
            {"surname": surname[:-1] + other[0]},
            {"postcode": f"ZU{person} 9ZZ"},
            {"number": None},
        )
        rows += [
            {"record": f"{person:03d}-1", **one},
            {"record": f"{person:03d}-2", **one, **(slip, moved, number)[person % 3]},
        ]
    return persons(pl.DataFrame(rows, infer_schema_length=None))


@pytest.mark.nightly
def test_settings_trained_without_labels_find_who_was_written_twice(
    written_twice: pl.DataFrame, tmp_path: Path
) -> None:
    clusters = our_clusters(partial(opened, tmp_path), written_twice.drop("party"), is_trained=True)
    for method in (OURS_WEIGHED, OURS_TRAINED):
        scores = cluster_scores(clusters[method], written_twice["party"])
        assert scores.precision == 1 and (scores.recall or 0) > 0.95


BORN = {
    "12/9/1978": (1978, 12, 9),
    "12/9/78": (1978, 12, 9),
    "2/8/06": (2006, 2, 8),
    "20/8/1991": (1991, 8, 20),
    "24-May-11": (2011, 5, 24),
    "Mar 1 1970": (1970, 3, 1),
    "1997-11-12": (1997, 11, 12),
    "": (None,) * 3,
    "soon": (None,) * 3,
}


def test_births_numbers_and_names_of_the_senzing_set_are_read_in_each_way_it_writes_them(
    tmp_path: Path,
) -> None:
    columns = [
        "PRIMARY_NAME_FULL",
        "NATIVE_NAME_FULL",
        "PRIMARY_NAME_FIRST",
        "PRIMARY_NAME_MIDDLE",
        "PRIMARY_NAME_LAST",
        "SSN_NUMBER",
        "PASSPORT_NUMBER",
        "DRIVERS_LICENSE_NUMBER",
        "NATIONAL_ID_NUMBER",
        "ADDR_FULL",
        "ADDR_LINE1",
        "ADDR_CITY",
        "ADDR_POSTAL_CODE",
    ]
    row = {
        **dict.fromkeys(columns, ""),
        "NATIVE_NAME_FULL": "Анна Зедова",
        "SSN_NUMBER": "294-66-0000",
        "RECORD_TYPE": "PERSON",
    }
    for name in ("customers", "reference", "watchlist"):
        _csv(
            tmp_path / f"{name}.csv",
            [
                {**row, "DATA_SOURCE": name, "RECORD_ID": str(n), "DATE_OF_BIRTH": born}
                for n, born in enumerate(BORN)
            ],
        )
    _csv(
        tmp_path / "actual_truthset_key.csv",
        [{"CLUSTER_ID": "9", "DATA_SOURCE": "customers", "RECORD_ID": str(n)} for n in range(len(BORN))],
    )
    read = persons(senzing(tmp_path))
    assert read.select("birth_year", "birth_month", "birth_day").rows() == list(BORN.values())
    assert set(read["full_name"]) == {"Анна Зедова"} and set(read["number"]) == {"294660000"}
