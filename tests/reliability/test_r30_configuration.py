"""R30: whatever stands in arguments, names, settings and files of settings, no statement becomes another one,
and a command ends as its contract says.
"""

import string
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from flows.cli.app import exit_code
from flows.home import warehouse
from flows.home.settings import Home, seconds
from flows.operations import deployments, doctor
from flows.operations.doctor import prefect
from flows.release.store import RELEASE_NAME, current_release
from tests import landings
from transforms.errors import UsageError
from transforms.values.areas import find_area

pytestmark = [pytest.mark.reliability("R30"), pytest.mark.nightly]
CODES = {0, 2, 3, 4, 5}
SEED = 30
# What breaks out of a statement, a path, a terminal or a format, among any text at all.
HOSTILE = (
    "'",
    '"',
    "''",
    "'; drop table company; --",
    "\"; attach 'x' as y; --",
    "$areas",
    "?",
    "{0}",
    "{{ $HOME }}",
    "%s",
    "${x}",
    "`id`",
    "$(id)",
    "\\",
    "\\'",
    "../" * 5,
    "/etc/passwd",
    "-",
    "--",
    "--help",
    "--to",
    "\x00",
    "\n",
    "\r\n",
    "\u202e",
    "\ufeff",
    "é" * 200,
    "x" * 5000,
    "null",
    "~",
    "!!python/object:os.system",
    "&a [*a]",
    "2026-02-30",
    "9" * 400,
    "NaN",
    "1e400",
)
TEXT = st.one_of(
    st.text(max_size=40),
    st.sampled_from(HOSTILE),
    st.builds("".join, st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=5)), max_size=4)),
)
# A name of a file: what the system takes.
NAME = TEXT.map(
    lambda text: (
        text.replace("/", "_").replace("\0", "_").encode("utf-8", "replace")[:120].decode("utf-8", "ignore")
    )
).filter(lambda name: name not in ("", ".", ".."))


class Tier(Protocol):
    def pick(self, *, ci: int, nightly: int) -> int: ...


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """One night; its home, its landing folder and two of its files have names that break out of every
    quotation.
    """
    folder = tmp_path_factory.mktemp("odd")
    landing = landings.write(folder / "land'ing \"; drop table x; --\u202e")
    (landing / "o'neill; attach 'x'.csv").write_text("a,b\n")
    where = Home(folder / "ho'me \"; copy y to 'z'; --")
    assert (
        exit_code(
            [
                "run",
                "--landing",
                str(landing),
                "--home",
                str(where.root),
                "--area",
                "'; drop table v_flag; --",
            ]
        )
        == 0
    )
    return where


def _run(examples: int, strategy: st.SearchStrategy[object], check: Callable[[object], None]) -> None:
    @seed(SEED)
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def tried(value: object) -> None:
        check(value)

    tried()


def _command(*arguments: str) -> tuple[int, str]:
    """Exit code, and all that was said."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = exit_code(list(arguments))
    return code, out.getvalue() + err.getvalue()


def _as_promised(code: int, output: str) -> None:
    assert code in CODES, (code, output)
    assert "Traceback" not in output and "undertow: unexpected" not in output, output


# --- statements -------------------------------------------------------------------------------------------


def test_text_in_a_statement_stays_text(tier: Tier, figure: Callable[[str], None]) -> None:
    """Whatever is quoted comes back as it was, and the statement is one: nothing of it was read as SQL."""
    examples, tried = tier.pick(ci=200, nightly=4000), [0]
    with warehouse.duckdb.connect() as connection:

        def check(value: object) -> None:
            text = str(value).replace("\0", "").encode("utf-8", "replace").decode()
            sql = f"select {warehouse.literal(text)} as {warehouse.identifier(text or 'x')}"
            assert len(connection.extract_statements(sql)) == 1
            rows = connection.execute(sql)
            assert rows.fetchall() == [(text,)] and rows.description[0][0] == (text or "x")
            tried[0] += 1

        _run(examples, TEXT, check)
    figure(f"{tried[0]} texts as literal and identifier: each came back as it was, 0 other statements")


def test_areas_are_parameters(home: Home, tier: Tier) -> None:
    """An area, whatever it is called, selects by value: the report's condition holds no piece of it."""
    from flows.facts.areas import Areas

    connection = warehouse.open_release(current_release(home))

    def check(value: object) -> None:
        area = str(value).encode("utf-8", "replace").decode()
        areas = Areas((area,))
        assert find_area(area) is not None
        assert areas.condition == Areas(("x",)).condition
        connection.execute(
            f"select count(*) from v_flag where {areas.condition}", areas.parameters
        ).fetchall()

    _run(tier.pick(ci=60, nightly=1000), TEXT, check)
    connection.close()


# --- commands ---------------------------------------------------------------------------------------------

ARGUMENTS = st.one_of(
    st.tuples(st.just("explain"), TEXT),
    st.tuples(st.just("rollback"), st.just("--to"), TEXT),
    st.tuples(st.just("sql"), TEXT),
    st.tuples(st.just("sql"), TEXT.map(lambda text: f"select '{text}'")),
    st.tuples(st.just("check"), TEXT),
    st.tuples(st.just("report"), st.just("--case"), TEXT),
    st.tuples(st.just("report"), st.just("--subject"), TEXT),
    st.tuples(st.just("diff"), st.just("--from"), TEXT, st.just("--to"), TEXT),
    st.tuples(st.just("run"), st.just("--landing"), st.just("nowhere"), st.just("--as-of"), TEXT),
    st.tuples(st.just("serve"), st.just("--port"), TEXT),
    st.tuples(TEXT, TEXT),
)


def test_arguments(home: Home, tier: Tier, figure: Callable[[str], None]) -> None:
    before, tried = home.current.readlink(), [0]

    def check(value: object) -> None:
        assert isinstance(value, tuple)
        words = [str(word).replace("\0", "") for word in value]
        if words[0] == "rollback" and RELEASE_NAME.match(words[2]):
            return
        _as_promised(*_command(*words, "--home", str(home.root)))
        tried[0] += 1

    _run(tier.pick(ci=60, nightly=1500), ARGUMENTS, check)
    assert home.current.readlink() == before
    figure(f"{tried[0]} command lines: exit codes of the contract only, no traceback")


def test_names_of_homes_landings_and_files(tmp_path: Path, tier: Tier, figure: Callable[[str], None]) -> None:
    """A home or landing that is not there, and a landing with one file of any name and any first bytes."""
    tried = [0]

    def check(value: object) -> None:
        assert isinstance(value, tuple)
        home, landing, file, head = value
        folder = tmp_path / str(tried[0]) / landing
        folder.mkdir(parents=True)
        (folder / file).write_bytes(head)
        _as_promised(
            *_command("run", "--landing", str(folder), "--home", str(tmp_path / f"{tried[0]}-home" / home))
        )
        _as_promised(*_command("sql", "select 1", "--home", str(tmp_path / "none" / home)))
        _as_promised(*_command("doctor", "--json", "--home", str(tmp_path / f"{tried[0]}-home" / home)))
        tried[0] += 1

    heads = st.one_of(
        st.binary(max_size=60),
        TEXT.map(lambda text: text.encode("utf-8", "replace")),
        st.sampled_from([b"", b"[", b"{}", b'{"id": 1}', b"PK\x03\x04", b"\x1f\x8b"]),
    )
    _run(tier.pick(ci=30, nightly=500), st.tuples(NAME, NAME, NAME, heads), check)
    figure(
        f"{tried[0]} names of homes, landing folders and files, with any first bytes: exit codes of the "
        f"contract only, no traceback"
    )


# --- settings ---------------------------------------------------------------------------------------------

VALUES = st.recursive(
    st.one_of(TEXT, st.none(), st.booleans(), st.integers(), st.floats()),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(TEXT, inner, max_size=2)),
    max_leaves=4,
)
PREFECT_YAML = st.one_of(
    TEXT,
    VALUES.map(repr),
    st.tuples(TEXT, TEXT).map(
        lambda pair: (
            f"deployments:\n  - name: {pair[0]!r}\n    schedules:\n      - cron: '30 2 * * *'\n        "
            f"timezone: {pair[1]!r}\n"
        )
    ),
    VALUES.map(lambda value: f"deployments: {value!r}\n"),
    VALUES.map(lambda value: f"deployments:\n  - {value!r}\n"),
    VALUES.map(lambda value: f"deployments:\n  - schedules: {value!r}\n"),
)


def test_files_of_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tier: Tier, figure: Callable[[str], None]
) -> None:
    """prefect.yaml and Prefect's profile, whatever stands in them: findings or none, never an error."""
    home, file, tried = Home(tmp_path / "home"), tmp_path / "prefect.yaml", [0]
    home.prepare()
    monkeypatch.setattr(deployments, "prefect_file", lambda: file)
    checks = (
        prefect.schedule_time_zone,
        prefect.secret_in_profile,
        prefect.analytics_on,
        prefect.api_open,
        prefect.api_without_secret,
        prefect.prefect_home_elsewhere,
    )
    monkeypatch.setattr(doctor, "CHECKS", checks)

    def check(value: object) -> None:
        assert isinstance(value, tuple)
        file.write_text(value[0], encoding="utf-8", errors="replace")
        (home.prefect / "profiles.toml").write_text(value[1], encoding="utf-8", errors="replace")
        for finding in doctor.examine(home).findings:
            assert finding.what and finding.fix and "this check failed" not in finding.what
        tried[0] += 1

    profiles = st.one_of(
        TEXT,
        st.tuples(TEXT, TEXT).map(
            lambda pair: (
                f'active = "a"\n[profiles.a]\nPREFECT_API_URL = {toml(pair[0])}\nPREFECT_HOME = '
                f"{toml(pair[1])}\n"
            )
        ),
        TEXT.map(lambda text: f"active = {toml(text)}\nprofiles = {toml(text)}\n"),
    )
    _run(tier.pick(ci=100, nightly=3000), st.tuples(PREFECT_YAML, profiles), check)
    figure(f"{tried[0]} values in prefect.yaml and profiles.toml: 0 errors")


def toml(text: str) -> str:
    kept = "".join(
        char if char in string.printable and char not in '"\\\r\n\x0b\x0c' else "_" for char in text
    )
    return f'"{kept}"'


def test_seconds_of_settings(monkeypatch: pytest.MonkeyPatch, tier: Tier) -> None:
    def check(value: object) -> None:
        monkeypatch.setenv(
            "UNDERTOW_GONE_SECONDS", str(value).replace("\0", "").encode("utf-8", "replace").decode()
        )
        try:
            assert 0 < seconds("UNDERTOW_GONE_SECONDS", 30.0) < 86_400
        except UsageError as error:
            assert "UNDERTOW_GONE_SECONDS" in str(error)

    _run(tier.pick(ci=100, nightly=1000), st.one_of(TEXT, st.floats(), st.integers()), check)
