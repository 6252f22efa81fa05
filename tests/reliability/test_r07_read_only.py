"""R7: a release is read in full before it is published, and an analyst reads all of it and writes none of
it.
"""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from flows.home.settings import Home
from flows.release import manifests, store
from tests.reliability import nights
from tests.reliability.nights import Stand

pytestmark = pytest.mark.nightly  # its stand is a night of the demo
NOBODY = 65534

# Run as an analyst: another user, in the group of the release. Tells what each attempt came to: "" where it
# went through.
AS_ANALYST = """
import json, os, sys
from pathlib import Path
import duckdb
home, user, group = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
os.setgroups([]); os.setgid(group); os.setuid(user)
release = home / os.readlink(home / "current")
database = release / "undertow.duckdb"

def read_write(sql):
    with duckdb.connect(str(database)) as connection:
        connection.execute(sql)

def through_read_only(sql):
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute(sql)

def flip():
    os.symlink("releases/x", home / ".x"); os.replace(home / ".x", home / "current")

attempts = {
    "insert": lambda: read_write("insert into company select * from company"),
    "create": lambda: read_write("create table stolen as select 1"),
    "insert read-only": lambda: through_read_only("insert into company select * from company"),
    "attach for writing": lambda: through_read_only(
        f"attach '{database}' as again (read_write); create table again.t as select 1"
    ),
    "append": lambda: database.open("ab").write(b"x"),
    "overwrite": lambda: database.open("r+b").write(b"x"),
    "truncate": lambda: os.truncate(database, 0),
    "chmod": lambda: database.chmod(0o660),
    "touch": lambda: os.utime(database, (0, 0)),
    "delete": lambda: database.unlink(),
    "replace manifest": lambda: (release / "manifest.json").write_text("{}"),
    "new file beside": lambda: (release / "undertow.duckdb.wal").write_bytes(b"x"),
    "rename release": lambda: release.rename(release.with_name("000009-aaaaaaaaaaaa")),
    "new release": lambda: (home / "releases" / "000009-aaaaaaaaaaaa").mkdir(),
    "flip current": flip,
    "unlink current": lambda: (home / "current").unlink(),
    "write a page": lambda: (home / "reports" / "x.html").write_text("x"),
    "write into the lock": lambda: (home / "lock").write_text("x"),
    "read the lake": lambda: os.listdir(home / "lake"),
    "read the key": lambda: (home / "secrets" / "id.key").read_bytes(),
    "read the quarantine": lambda: os.listdir(home / "quarantine"),
    "read work": lambda: os.listdir(home / "work"),
}
told = {}
for name, attempt in attempts.items():
    try:
        attempt()
        told[name] = ""
    except Exception as error:
        told[name] = type(error).__name__
with duckdb.connect(str(database), read_only=True) as connection:
    own = "select table_name from duckdb_tables() where not internal"
    tables = [row[0] for row in connection.execute(own).fetchall()]
    rows = {name: len(connection.execute(f'select * from "{name}"').fetchall()) for name in tables}
    columns_n = connection.execute(
        f"select count(*) from duckdb_columns() where table_name in ({own})"
    ).fetchone()[0]
print(json.dumps({"attempts": told, "rows": rows, "columns_n": columns_n, "uid": os.geteuid()}))
"""


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Stand:
    return nights.stand(tmp_path_factory)


@pytest.fixture
def open_home(stand: Stand) -> Iterator[Home]:
    """The home after a night of the real command, where another user can get at it: pytest's own folders
    are closed to others.
    """
    folder = Path(mkdtemp(prefix="undertow-r07-"))
    folder.chmod(0o755)
    try:
        shutil.copytree(stand.after.root, folder / "home", symlinks=True)
        yield Home(folder / "home")
    finally:
        shutil.rmtree(folder)


@pytest.mark.reliability("R7")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_an_analyst_reads_every_column_and_writes_nothing(
    open_home: Home, figure: Callable[[str], None]
) -> None:
    release = store.current_release(open_home)
    assert stat.S_IMODE(release.stat().st_mode) == 0o750
    before = nights.bytes_below(open_home.root)
    done = subprocess.run(
        [sys.executable, "-c", AS_ANALYST, str(open_home.root), str(NOBODY), str(release.stat().st_gid)],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["uid"] == NOBODY
    assert [name for name, error in report["attempts"].items() if not error] == []
    assert nights.bytes_below(open_home.root) == before
    tables = json.loads((release / manifests.MANIFEST).read_text())["tables"]
    assert {name: report["rows"][name] for name in tables} == tables
    figure(
        f"as another user of the group: {report['columns_n']} columns of {len(report['rows'])} tables read, "
        f"row counts as in the manifest; {len(report['attempts'])} attempts to write or look "
        f"elsewhere, 0 succeeded"
    )


@pytest.mark.reliability("R7")
def test_modes_of_what_a_night_leaves(stand: Stand) -> None:
    """0440 for the files of a release, its Data Docs among them, and no write-ahead log."""
    files = [path for path in stand.new.rglob("*") if path.is_file()]
    assert sorted(path.name for path in stand.new.iterdir()) == [
        "area.duckdb",
        "data_docs",
        "manifest.json",
        "published",
        "undertow.duckdb",
    ]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o440}
