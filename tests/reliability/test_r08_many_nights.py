"""R8: the same inputs give the same release, and many nights of small deliveries give what one night over
all of them gives.
"""

import random
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from flows.home import warehouse
from flows.home.settings import Home
from flows.release import store
from tests.conftest import Tier
from tests.landings import (
    COMPANIES,
    PSC,
    TITLES,
    company_number,
    company_row,
    corporate_owner,
    file_name,
    file_of,
    psc_record,
    text,
    title_row,
    totals,
)
from tests.reliability import nights
from tests.reliability.nights import Stand
from tests.sale_rows import price_file, sale_row
from transforms.model.views import ABOUT, RELEASE_TABLES

pytestmark = pytest.mark.nightly

SEED = 20261127
FIRST_DAY = date(2024, 1, 1)
DAYS_BETWEEN = 24  # of two deliveries: a register of titles has one edition a month
SALES_N = 5  # of a month
OUT_OF_ORDER = 0.3  # of deliveries, which come LATE_BY nights late: all kinds come at least once in that time
LATE_BY = 5
ASSESSED = (
    "ADR-010",
    "OWN-010",
    "PRP-010",
    "PRP-030",
    "PRP-070",
    "ROL-010",
)  # in the small tier: one for each type of subject
STORED = {name: table for name, table in RELEASE_TABLES.items() if name not in ABOUT}


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Stand:
    return nights.stand(tmp_path_factory)


# --- deliveries -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Delivery:
    """Files that come in one night: name in the landing → bytes."""

    what: str
    files: Mapping[str, bytes]


def snapshots(day: date, step: int) -> Mapping[str, bytes]:
    """Companies and their owners as of a day: with each step one company goes and one comes."""
    companies = [company_row(n) for n in range(step, step + nights.RECORDS_N)]
    circle = [
        corporate_owner(
            step + n, f"ZEDTON TRADER {step + 3 - n} LIMITED", company_number(step + 3 - n), f"owner{n}"
        )
        for n in (1, 2)
    ]
    people = [psc_record(n) for n in range(step + 3, step + nights.RECORDS_N)]
    owners = text([*circle, *people, totals(len(circle) + len(people))])
    return {
        file_name(COMPANIES, day.isoformat()): file_of(COMPANIES, companies),
        file_name(PSC, day.isoformat()): owners,
    }


def titles(day: date, step: int) -> Mapping[str, bytes]:
    """Some proprietors are others than a step before."""
    rows = [
        title_row(
            n,
            **{
                "Proprietor Name (1)": f"ZEDTON TRADER {n + step % 3} LIMITED",
                "Company Registration No. (1)": company_number(n + step % 3),
            },
        )
        for n in range(nights.RECORDS_N)
    ]
    return {file_name(TITLES, day.isoformat()): file_of(TITLES, [*rows, f"Row Count:,{len(rows)}".encode()])}


def sales(day: date, step: int) -> Mapping[str, bytes]:
    """A monthly update: new sales (A), one of the month before with another price (C), and one of it taken
    out (D).
    """
    first, before = step * SALES_N, (step - 1) * SALES_N
    rows = [sale_row(first + n, deed_date=f"{day} 00:00", paon=str(first + n + 1)) for n in range(SALES_N)]
    changed = (
        [
            sale_row(before, deed_date=f"{day} 00:00", price_paid="333000", record_status="C"),
            sale_row(before + 1, record_status="D"),
        ]
        if step
        else []
    )
    return {f"{day}/pp-monthly-update-new-version.csv": price_file([*rows, *changed])}


def deliveries(nights_n: int) -> list[Delivery]:
    """In order of their dates; the first brings all registers, the others one, or one of them again under
    another name.
    """
    first = {**snapshots(FIRST_DAY, 0), **titles(FIRST_DAY, 0), **sales(FIRST_DAY, 0)}
    made, day = [Delivery("all", first)], FIRST_DAY
    for step in range(1, nights_n):
        day += timedelta(days=DAYS_BETWEEN)
        kind = ("sales", "sales", "snapshots", "again", "titles")[(step - 1) % 5]
        match kind:
            case "sales":
                files = sales(day, step)
            case "snapshots":
                files = snapshots(day, step)
            case "titles":
                files = titles(day, step)
            case _:
                files = {f"again-{step}/{name}": contents for name, contents in made[-1].files.items()}
        made.append(Delivery(kind, files))
    return made


def as_they_come(made: list[Delivery], draw: random.Random) -> list[Delivery]:
    """Some come later than those that follow them, also of their own register; the first stays, so that
    there is something to compare with.
    """
    late = {n: n + LATE_BY + 0.5 for n in range(1, len(made)) if n == 1 or draw.random() < OUT_OF_ORDER}
    return [made[n] for n in sorted(range(len(made)), key=lambda n: late.get(n, n))]


def land(landing: Path, delivery: Delivery) -> None:
    for name, contents in delivery.files.items():
        path = landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents)


# --- comparing --------------------------------------------------------------------------------------------


def changed_rows(one: Path, other: Path) -> dict[str, int]:
    """Table → rows that are in one of two releases only; tables without any are left out."""
    connection = duckdb.connect()
    for name, release in (("one", one), ("other", other)):
        connection.execute(
            f"attach {warehouse.literal(str(release / warehouse.RELEASE_DATABASE))} as {name} (read_only)"
        )
    sql = (
        "select count(*) from ((from one.{t} except all from other.{t}) union all (from other.{t} "
        "except all from one.{t}))"
    )
    changed = {
        name: connection.execute(sql.format(t=warehouse.identifier(name))).fetchall()[0][0] for name in STORED
    }
    connection.close()
    return {name: rows_n for name, rows_n in changed.items() if rows_n}


def doubled_keys(release: Path) -> dict[str, int]:
    """Table → keys that stand more than once, in every table; those without any are left out."""
    sql = "select count(*) from (select 1 from {table} group by {key} having count(*) > 1)"
    with warehouse.open_release(release) as connection:
        doubled = {
            name: connection.execute(
                sql.format(
                    table=warehouse.identifier(name), key=", ".join(map(warehouse.identifier, table.key))
                )
            ).fetchall()[0][0]
            for name, table in STORED.items()
        }
    return {name: keys_n for name, keys_n in doubled.items() if keys_n}


# --- tests ------------------------------------------------------------------------------------------------


@pytest.mark.reliability("R8")
def test_the_same_inputs_a_second_time(tmp_path: Path, stand: Stand, figure: Callable[[str], None]) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(stand.after.root, home.root, symlinks=True)
    ended = nights.warm().run(
        "run", "--home", home.root, "--landing", stand.landing, aside=tmp_path / "aside"
    )
    assert ended.exit_code == 0, ended.stderr
    again = store.current_release(home)
    assert again.name != stand.new.name
    assert nights.content_of(again) == stand.content_sha256
    assert changed_rows(stand.new, again) == {}
    assert changed_rows(stand.old, again) != {}  # the comparison sees a difference where there is one
    figure(f"same inputs twice: content hash equal, 0 rows changed in {len(STORED)} tables")


@pytest.mark.reliability("R8")
def test_many_nights_equal_one_over_all(tmp_path: Path, tier: Tier, figure: Callable[[str], None]) -> None:
    """Daily deliveries, some twice, some out of order; and a cold home that sees all of them at once."""
    nights_n, assessed = tier.pick(ci=3, nightly=30), () if tier.is_nightly else ASSESSED
    warm, cold, landing = (
        nights.keyed(Home(tmp_path / "warm")),
        nights.keyed(Home(tmp_path / "cold")),
        tmp_path / "landing",
    )
    doubled: dict[str, int] = {}
    for delivery in as_they_come(deliveries(nights_n), random.Random(SEED)):
        land(landing, delivery)
        ended = nights.warm().run(
            "run", "--home", warm.root, "--landing", landing, aside=tmp_path / "aside", indicators=assessed
        )
        assert ended.exit_code == 0, f"seed {SEED}, {delivery.what}: {ended.stderr}{ended.output}"
        doubled |= doubled_keys(store.current_release(warm))
    ended = nights.warm().run(
        "run", "--home", cold.root, "--landing", landing, aside=tmp_path / "aside", indicators=assessed
    )
    assert ended.exit_code == 0, ended.stderr
    assert doubled == doubled_keys(store.current_release(cold)) == {}
    assert changed_rows(store.current_release(warm), store.current_release(cold)) == {}
    assert nights.content_of(store.current_release(warm)) == nights.content_of(store.current_release(cold))
    figure(
        f"{nights_n} nights with repeats and out of order equal one cold night over all: 0 rows differ, "
        f"0 keys doubled in {len(STORED)} tables"
    )
