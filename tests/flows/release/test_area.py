"""`area.duckdb`: counts anyone may see, and none of those left out can be found by arithmetic."""

import json
import random
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from scipy.optimize import linprog

from flows.home import warehouse
from flows.home.settings import Home
from flows.home.warehouse import AREA_DATABASE
from flows.release import manifests, store
from tests.conftest import Tier
from tests.flows.check_release import company, flag, published, rows
from transforms.errors import RunFailed
from transforms.model.area_views import AREA_TABLES, CELL_MIN, COUNT_SQL, NO_DISTRICT_KNOWN

SEED = 20261126
MEASURES = {
    "v_area_flag": ("indicator", "flagged_n"),
    "v_area_company": ("kind", "companies_n"),
    "v_area_property": ("register", "titles_n"),
}

Cells = dict[tuple[str, str, str], int]


def random_cells(chance: random.Random) -> Cells:
    """Counts of 1 to 6 districts in every kind, many of them near the bound, some nought."""
    areas = [f"area {n}" for n in range(chance.randint(1, 6))]
    kinds = {measure: [f"{measure} {n}" for n in range(chance.randint(1, 3))] for measure in MEASURES}
    size = chance.choice([12, 20, 200])
    return {
        (measure, kind, area): chance.choice([0, chance.randrange(size), chance.randrange(size)])
        for measure in MEASURES
        for kind in kinds[measure]
        for area in areas
    }


def shown(cells: Cells, *, exact_totals: bool = False) -> dict[str, pl.DataFrame]:
    """What is published of these cells; with `exact_totals`, what must not be."""
    with duckdb.connect() as connection:
        given = pl.DataFrame(
            [(*key, key[2], n) for key, n in cells.items()],
            schema=["measure", "kind", "area_name", "area_code", "n"],
            orient="row",
        )
        connection.register("cell", given.to_arrow())
        connection.register(
            "indicator_title", given.select("kind", pl.col("kind").alias("title")).unique().to_arrow()
        )
        made = {
            name: pl.DataFrame(pl.from_arrow(connection.sql(sql).to_arrow_table()))
            for name, sql in COUNT_SQL.items()
        }
        if exact_totals:
            sums = given.group_by("measure", "kind").agg(pl.col("n").sum())
            made["area_total"] = (
                made["area_total"]
                .join(sums, on=["measure", "kind"])
                .with_columns(pl.col("n").alias("total_n"))
            )
    return made


def attacked(made: dict[str, pl.DataFrame]) -> dict[tuple[str, str, str], tuple[float, float]]:
    """For each count left out the least and the most it can be, by everything that is published and by the
    rule itself: linear programming.
    """
    known, hidden = {}, []
    for measure, (kind, count) in MEASURES.items():
        for row in made[measure.removeprefix("v_")].to_dicts():
            key = (measure, row[kind], row["area_name"])
            assert (row[count] is None) == row["is_suppressed"]
            if row[count] is None:
                hidden.append(key)
            else:
                known[key] = row[count]
    equal, at_most = [], []
    for row in made["area_total"].to_dicts():
        terms = np.array([key[:2] == (row["measure"], row["kind"]) for key in hidden], dtype=float)
        base = sum(n for key, n in known.items() if key[:2] == (row["measure"], row["kind"]))
        at_most += [(terms, row["at_most_n"] - base), (-terms, base - row["at_least_n"])]
        if row["total_n"] is not None:
            equal.append((terms, row["total_n"] - base))
    bounds = [(0, CELL_MIN - 1)] * len(hidden)

    def extreme(n: int, sign: int) -> float:
        objective = np.zeros(len(hidden))
        objective[n] = sign
        solved = linprog(
            objective,
            bounds=bounds,
            A_ub=np.array([t for t, _ in at_most]),
            b_ub=[b for _, b in at_most],
            A_eq=np.array([t for t, _ in equal]) if equal else None,
            b_eq=[b for _, b in equal] if equal else None,
        )
        assert solved.status == 0, solved.message
        return float(solved.fun) * sign

    return {key: (extreme(n, 1), extreme(n, -1)) for n, key in enumerate(hidden)}


@pytest.mark.nightly
def test_no_count_left_out_can_be_narrowed(tier: Tier) -> None:
    """Random tables; an attacker who solves all published cells, bounds and totals at once learns only what
    the rule says: 0 to 9.
    """
    chance, seen_n = random.Random(SEED), 0
    for _ in range(tier.pick(ci=25, nightly=400)):
        cells = random_cells(chance)
        made = shown(cells)
        for key, (least, most) in attacked(made).items():
            assert (round(least, 6), round(most, 6)) == (0, CELL_MIN - 1), (SEED, key)
            assert cells[key] < CELL_MIN
            seen_n += 1
        totals = {(row["measure"], row["kind"]): row for row in made["area_total"].to_dicts()}
        for (measure, kind), row in totals.items():
            of_kind = [n for key, n in cells.items() if key[:2] == (measure, kind)]
            assert row["at_least_n"] <= sum(of_kind) <= row["at_most_n"]
            assert row["total_n"] == (sum(of_kind) if min(of_kind) >= CELL_MIN else None)
    assert seen_n > 100


def test_the_attack_finds_what_exact_totals_would_give_away() -> None:
    """So that the test above can fail."""
    chance, pinned_n = random.Random(SEED), 0
    for _ in range(10):
        cells = random_cells(chance)
        for key, (least, most) in attacked(shown(cells, exact_totals=True)).items():
            assert least - 1e-6 <= cells[key] <= most + 1e-6
            pinned_n += most - least < 0.5
    assert pinned_n >= 5


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Twelve flags in one district, three in another, one nowhere."""
    given = rows()
    places = ["HARROWMERE"] * 12 + ["PENWITH"] * 3 + [None]
    given["flag"] = [
        flag(f"a{n}", "OWN-010", f"GB-COH-0910{n:04}", "legal_entity", area_name=place)
        for n, place in enumerate(places)
    ]
    themed = [f"GB-COH-0910{n:04}" for n in range(len(places))]
    given["company"] += [
        company(one, one, area_name=place, area_code=None, incorporated_on=date(2026, 1, 1))
        for one, place in zip(themed, places, strict=True)
    ]
    given["company_theme"] = [{"company_id": one, "theme": "catering"} for one in themed]
    given["theme"] = [{"theme": "catering", "title": "Catering", "nace_class": "5610"}]
    given["release_day"] = [{"as_of": date(2026, 6, 1)}]
    return published(tmp_path_factory.mktemp("area") / "home", given)


def answers(home: Home, sql: str) -> list[tuple[object, ...]]:
    with warehouse.open_release(store.current_release(home), name=AREA_DATABASE) as connection:
        return [tuple(row) for row in connection.execute(sql).fetchall()]


def test_small_counts_and_the_totals_over_them_are_left_out(home: Home) -> None:
    assert answers(
        home,
        "select area_name, flagged_n, is_suppressed from v_area_flag where indicator = 'OWN-010' order by "
        "all",
    ) == [
        (NO_DISTRICT_KNOWN, None, True),
        ("HARROWMERE", 12, False),
        ("PENWITH", None, True),
    ]
    assert answers(
        home,
        "select total_n, at_least_n, at_most_n, suppressed_n, is_suppressed from v_area_total where kind = "
        "'OWN-010'",
    ) == [(None, 12, 30, 2, True)]


def test_companies_of_a_theme_are_counted_where_they_are_ten_or_more(home: Home) -> None:
    query = "select area_name, what, companies_n from v_area_theme where not is_suppressed order by all"
    assert answers(home, query) == [
        ("HARROWMERE", "act", 12),
        ("HARROWMERE", "active", 12),
        ("HARROWMERE", "begun_within_a_year", 12),
    ]
    every = "select count(*), count(companies_n) from v_area_theme where theme = 'catering'"
    [(rows_n, counted_n)] = answers(home, every)
    assert rows_n == 6 * len(answers(home, "select distinct area_name from v_area_theme")) and counted_n == 3


def test_every_view_and_column_is_described(home: Home) -> None:
    declared = {(table.view, name) for table in AREA_TABLES.values() for name in ("", *table.names)}
    assert set(answers(home, 'select "view", "column" from v_dictionary')) == declared
    assert set(
        answers(home, "select view_name, '' from duckdb_views where not internal and comment <> ''")
    ) == {(table.view, "") for table in AREA_TABLES.values()}
    assert answers(home, "select * from v_dictionary where description = '' or privacy <> 'open'") == []


def test_no_id_name_or_address_is_in_it(home: Home) -> None:
    """Values as they are decoded, and the file's own bytes."""
    release = store.current_release(home)
    with warehouse.open_release(release) as connection:
        personal = connection.execute(
            "select entity_id, name from v_entity union all select person_id, full_name from v_person union "
            "all select title_id, address_text from v_title"
        ).fetchall()
    kept = [text for row in personal for text in row if text]
    held = " ".join(
        str(row) for table in AREA_TABLES.values() for row in answers(home, f"select * from {table.view}")
    ).upper()
    data = (release / AREA_DATABASE).read_bytes().upper()
    assert len(kept) > 20
    assert not [text for text in kept if text.upper() in held or text.upper().encode() in data]


def test_it_is_in_the_manifest_and_verified(home: Home) -> None:
    release = store.current_release(home)
    manifest = json.loads((release / "manifest.json").read_text())
    assert (
        manifest["area"]["name"] == AREA_DATABASE
        and manifest["area"]["content_sha256"] == manifest["ledger"]["entry"]["area_sha256"]
    )
    assert (release / AREA_DATABASE).stat().st_mode & 0o777 == 0o440
    manifests.verify(release)
    database = release / AREA_DATABASE
    before = database.read_bytes()
    database.chmod(0o640)
    database.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
    with pytest.raises(RunFailed, match=r"area\.duckdb has other bytes"):
        manifests.verify(release)
    database.write_bytes(before)


@pytest.mark.nightly
def test_equal_rows_give_equal_counts(home: Home, tmp_path: Path) -> None:
    again = published(tmp_path / "home", None)
    other = json.loads((store.current_release(again) / "manifest.json").read_text())["area"]["content_sha256"]
    mine = json.loads((store.current_release(home) / "manifest.json").read_text())["area"]["content_sha256"]
    third = published(tmp_path / "third", None)
    assert (
        other
        == json.loads((store.current_release(third) / "manifest.json").read_text())["area"]["content_sha256"]
        != mine
    )
