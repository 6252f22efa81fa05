"""R11: the same editions give the same bytes, whatever the machine, its settings and the order of rows in
a publisher's file.
"""

import hashlib
import html
import io
import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.home import warehouse
from flows.home.settings import Home
from flows.release import store
from tests.conftest import Tier
from tests.reliability import nights
from tests.reliability.nights import Stand
from transforms.model.views import ABOUT, RELEASE_TABLES

SEED = 20261128
STORED = {name: table for name, table in RELEASE_TABLES.items() if name not in ABOUT}

# One machine each. Hash seeds are random where none is given.
MACHINES: tuple[Mapping[str, str], ...] = (
    {"UNDERTOW_THREADS": "4", "POLARS_MAX_THREADS": "4", "TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8"},
    {"UNDERTOW_THREADS": "1", "POLARS_MAX_THREADS": "1", "PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
    {
        "UNDERTOW_THREADS": "2",
        "POLARS_MAX_THREADS": "2",
        "TZ": "America/Los_Angeles",
        "LC_ALL": "nl_NL.UTF-8",
    },
    {"UNDERTOW_THREADS": "4", "POLARS_MAX_THREADS": "1", "TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8"},
    {
        "UNDERTOW_THREADS": "1",
        "POLARS_MAX_THREADS": "4",
        "TZ": "Europe/Amsterdam",
        "LANG": "de_DE.ISO-8859-1",
    },
)
REPETITIONS = 2


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Stand:
    return nights.stand(tmp_path_factory)


REPORT = "night.html"
# Of a page, what is about the run and not about the editions: it may differ, and is taken out.
OF_THE_RUN = "select run_id, started_at, built_at from v_run"


def public(release: Path) -> dict[str, str]:
    """Table → SHA-256 of its rows as Parquet, in the order in which they are stored."""
    with warehouse.open_release(release) as connection:
        return {
            name: hashlib.sha256(
                _parquet(connection.sql(f"from {warehouse.identifier(name)}").to_arrow_table())
            ).hexdigest()
            for name in STORED
        }


def _parquet(rows: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(rows, out)
    return out.getvalue()


def pages(home: Home) -> dict[str, str]:
    """Page of the release in force → its text without what is about the run."""
    release = store.current_release(home)
    with warehouse.open_release(release) as connection:
        [about] = connection.execute(OF_THE_RUN).fetchall()
        [(ledger_head,)] = connection.execute(
            "select ledger_head from v_release"
        ).fetchall()  # of all releases of a home, so another with another past
    times = [
        text
        for moment in about[1:]
        for text in (f"{moment:%Y-%m-%d %H:%M:%S}", f"{moment:%Y-%m-%d %H:%M}", f"{moment:%H:%M}")
    ]
    contents = {}
    for path in sorted((home.reports / release.name).rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for value in (about[0], ledger_head, *times):
            text = text.replace(html.escape(value), "—")
        contents[path.name] = text
    return contents


def night(folder: Path, landing: Path, machine: Mapping[str, str]) -> Home:
    home = nights.keyed(Home(folder))
    ended = nights.command("run", "--home", home.root, "--landing", landing, **machine)
    assert ended.exit_code == 0, f"{machine}: {ended.stderr}"
    return home


def lake(home: Home) -> dict[str, str]:
    return {
        name: sha256 for name, sha256 in nights.bytes_below(home.lake).items() if name.endswith(".parquet")
    }


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    return [name for name in {**one, **other} if one.get(name) != other.get(name)]


def sequence_left_out(shown: Mapping[str, str], release: Path) -> dict[str, str]:
    """Pages without the release's number: a cold home begins with one, and the hash after it is that of
    the content.
    """
    number, content = release.name.split("-")
    return {name: text.replace(f"{number}-{content}", content) for name, text in shown.items()}


@pytest.mark.nightly
@pytest.mark.reliability("R11", "R8")
def test_every_machine_gives_the_same_bytes(
    tmp_path: Path, stand: Stand, tier: Tier, figure: Callable[[str], None]
) -> None:
    """Threads, hash seed, locale and time zone vary. Each home is cold; what it is compared with had its
    editions night by night.
    """
    machines = (MACHINES * REPETITIONS)[: tier.pick(ci=1, nightly=len(MACHINES) * REPETITIONS)]
    expected, written, shown = (
        public(stand.new),
        lake(stand.after),
        sequence_left_out(pages(stand.after), stand.new),
    )
    assert written and shown and len(expected) == len(STORED)
    del shown[REPORT]  # it says what changed since the release before, which a cold home has not
    for number, machine in enumerate(machines, start=1):
        home = night(tmp_path / f"home-{number}", stand.landing, machine)
        release = store.current_release(home)
        assert nights.content_of(release) == stand.content_sha256
        assert differing(expected, public(release)) == [], machine
        assert differing(written, lake(home)) == [], machine
        page_bytes = sequence_left_out(pages(home), release)
        shown.setdefault(REPORT, page_bytes[REPORT])  # of the first machine
        assert differing(shown, page_bytes) == [], machine
    figure(
        f"{len(machines)} machines, cold, and one home filled night by night: Parquet of {len(written)} "
        f"lake and {len(expected)} public tables, content hash and {len(shown)} pages identical"
    )


# --- order of rows ----------------------------------------------------------------------------------------

# What says where in a file a record stands, and which file it is: it is another with another order, and
# everything else is not.
OF_THE_FILE = frozenset(
    {
        "record",
        "record_no",
        "locator",
        "file_sha256",
        "statement_id",
        "party_statement_id",
        "example",
        "file_bytes",
    }
)


def shuffled(landing: Path, into: Path) -> Path:
    """The same records in another order. A header stays first and a publisher's total last, where the
    publisher puts them.
    """
    into.mkdir()
    draw = random.Random(SEED)
    for path in landing.iterdir():
        lines = path.read_bytes().splitlines(keepends=True)
        head = 0 if path.name.startswith("persons") else 1
        tail = len(lines) - (
            1 if path.name.startswith("persons") or lines[-1].startswith(b"Row Count") else 0
        )
        records = lines[head:tail]
        draw.shuffle(records)
        (into / path.name).write_bytes(b"".join([*lines[:head], *records, *lines[tail:]]))
    return into


@pytest.mark.nightly
@pytest.mark.reliability("R11")
def test_the_order_of_records_in_a_file_is_no_information(
    tmp_path: Path, stand: Stand, figure: Callable[[str], None]
) -> None:
    """Flag and case ids, ownership, control and every other table are the same, but for where a record
    stands.
    """
    home = nights.keyed(Home(tmp_path / "home"))
    landing = shuffled(stand.landing, tmp_path / "shuffled")
    ended = nights.warm().run("run", "--home", home.root, "--landing", landing, aside=tmp_path / "aside")
    assert ended.exit_code == 0, ended.stderr
    one, other = rows_without_places(stand.new), rows_without_places(store.current_release(home))
    assert differing(public(stand.new), public(store.current_release(home))) != []  # the files were others
    assert [name for name in one if one[name] != other[name]] == []
    figure(
        f"records shuffled: {len(one)} public tables equal but for file hash and place of a record; "
        f"{len(one['flag'])} flags, {len(one['review_case'])} cases"
    )


def rows_without_places(release: Path) -> dict[str, list[str]]:
    with warehouse.open_release(release) as connection:
        return {
            name: sorted(
                map(str, connection.sql(f"select {columns} from {warehouse.identifier(name)}").fetchall())
            )
            for name, table in STORED.items()
            if (
                columns := ", ".join(
                    warehouse.identifier(column) for column in table.names if column not in OF_THE_FILE
                )
            )
        }
