"""A PostgreSQL of one's own for tests: in a temporary folder, on loopback, as a user without rights.

Needs Debian's package `postgresql`; a test that asks for one skips where it is not installed.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.flows.prefect_servers import HOST, free_port

ACCOUNT = "postgres"  # PostgreSQL refuses to run as root
PASSWORD = "correct-horse"


def programs() -> Path:
    """The folder of initdb and pg_ctl. Skips where there is none."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders:
        pytest.skip("PostgreSQL is not installed; `apt-get install postgresql` brings it")
    return folders[-1]


@dataclass(frozen=True)
class Database:
    folder: Path
    port: int
    programs: Path

    def address(self, name: str) -> str:
        """As Prefect's settings take it."""
        return f"postgresql+asyncpg://prefect:{PASSWORD}@{HOST}:{self.port}/{name}"

    def run(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's programs as its account. Raises CalledProcessError."""
        return subprocess.run(
            [str(self.programs / program), *arguments],
            user=ACCOUNT if os.getuid() == 0 else None,
            cwd=self.folder,
            env={
                **os.environ,
                "PGPASSWORD": PASSWORD,
                "PGHOST": HOST,
                "PGPORT": str(self.port),
                "PGUSER": "prefect",
            },
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        ).stdout

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses={HOST}"
        data, log = str(self.folder / "data"), str(self.folder / "log")
        self.run("pg_ctl", "start", "--wait", "-D", data, "-l", log, "-o", options)

    def stop(self, mode: str = "fast") -> None:
        self.run("pg_ctl", "stop", "--wait", "-D", str(self.folder / "data"), "-m", mode)


@contextmanager
def running() -> Iterator[Database]:
    """A cluster with the role `prefect`, which owns the database `prefect`."""
    # Not below pytest's folder, which another account may not enter.
    folder = Path(tempfile.mkdtemp(prefix="undertow-postgresql-"))
    database = Database(folder, free_port(), programs())
    try:
        (folder / "password").write_text(PASSWORD)
        if os.getuid() == 0:
            for path in (folder, folder / "password"):
                shutil.chown(path, ACCOUNT)
        login = ("--username=prefect", "--auth=scram-sha-256", f"--pwfile={folder / 'password'}")
        database.run("initdb", "-D", str(folder / "data"), *login)
        database.start()
        database.run("createdb", "prefect")
        yield database
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            database.stop("immediate")
        shutil.rmtree(folder)
