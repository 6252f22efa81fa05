"""R13: whatever a server does, what is landed is the publisher's file, byte for byte, or nothing."""

import gzip
import io
import random
import time
import zipfile
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from flows.fetching import download, fetch, manifest, pages
from flows.fetching.rounds import chosen, fetch_all
from flows.home.settings import Home
from tests.flows.fetching.hostile_server import Behaviour, nobody, served

pytestmark = pytest.mark.reliability("R13")

REGISTER, NAME = "eu_ecb_rates", "eurofxref-hist.zip"
CUTS_N = 20


def _rates() -> bytes:
    chance = random.Random(20260601)
    lines = [
        f"{1999 + n // 250}-{1 + n // 25 % 10:02}-{1 + n % 25:02},"
        f"{chance.random():.6f},{chance.random():.6f},"
        for n in range(6_000)
    ]
    return "\n".join(["Date,USD,JPY,", *lines, ""]).encode()


def _zipped(contents: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("eurofxref-hist.csv", contents)
    return out.getvalue()


FILE = _zipped(_rates())


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short pauses, so that a hostile server costs a test no minute."""
    monkeypatch.setattr(download, "STALL_SECONDS", 1.0)
    monkeypatch.setattr(download, "WAIT_SECONDS_MAX", 0.05)
    monkeypatch.setattr(pages, "RETRY_SECONDS_MAX", 0.05)


def _home(folder: Path, address: str) -> Home:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sources.toml").write_text(f'[{REGISTER}]\nurl = "{address}/{NAME}"\n', encoding="utf-8")
    return Home(folder)


def _fetched(folder: Path, behaviour: Behaviour) -> tuple[str, list[bytes]]:
    """How the fetch ended (`landed`, else the message), and every file in the landing folder."""
    with served(behaviour) as address:
        home = _home(folder, address)
        (result,) = fetch_all(home, chosen(home, [REGISTER]))
    landed = [path.read_bytes() for path in (home.landing / REGISTER).glob("*")]
    assert not [path for path in landed if path != FILE], "what is landed is the original"
    assert len(landed) == len(manifest.read(home))
    return "landed" if result.state == "new" else result.message, landed


# --- what a server may do and the file lands all the same --------------------------------------------------


def _redirects_once(handler: BaseHTTPRequestHandler, _: Behaviour) -> bool:
    if handler.path.endswith("/moved"):
        return False
    handler.send_response(302)
    handler.send_header("Location", f"{handler.path}/moved")
    handler.send_header("Content-Length", "0")
    handler.end_headers()
    return True


LANDS: dict[str, Callable[[], Behaviour]] = {
    "as it should": lambda: Behaviour(FILE),
    "without an ETag": lambda: Behaviour(FILE, etag=None),
    "cut once": lambda: Behaviour(FILE, cuts=[len(FILE) // 2]),
    "cut at its first byte": lambda: Behaviour(FILE, cuts=[1]),
    "cut at its last byte": lambda: Behaviour(FILE, cuts=[len(FILE) - 1]),
    "busy once": lambda: Behaviour(FILE, statuses=[503]),
    "too many requests once": lambda: Behaviour(FILE, statuses=[429], headers={"Retry-After": "0"}),
    "broken twice": lambda: Behaviour(FILE, statuses=[500, 502]),
    "slow": lambda: Behaviour(FILE, pause=0.05),
    "moved": lambda: Behaviour(FILE, answer=_redirects_once),
}


@pytest.mark.parametrize("fault", LANDS)
def test_it_lands_whole(tmp_path: Path, fault: str) -> None:
    ended, landed = _fetched(tmp_path, LANDS[fault]())
    assert (ended, landed) == ("landed", [FILE])


@pytest.mark.parametrize("nth", range(CUTS_N))
def test_a_cut_at_any_offset_is_gone_on_with(tmp_path: Path, nth: int) -> None:
    place = len(FILE) * (nth + 1) // (CUTS_N + 1)
    behaviour = Behaviour(FILE, cuts=[place])
    ended, _ = _fetched(tmp_path, behaviour)
    assert ended == "landed"
    (again,) = [asked for asked in behaviour.asked if asked]
    assert again.startswith(f"bytes={place}-"), "no byte is fetched twice"


# --- what makes a file no file ------------------------------------------------------------------------------


def _stalls(handler: BaseHTTPRequestHandler, _: Behaviour) -> bool:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(FILE)))
    handler.end_headers()
    handler.wfile.write(FILE[: len(FILE) // 2])
    handler.wfile.flush()
    time.sleep(3)
    return True


def _redirects_for_ever(handler: BaseHTTPRequestHandler, _: Behaviour) -> bool:
    handler.send_response(302)
    handler.send_header("Location", f"{handler.path}x")
    handler.send_header("Content-Length", "0")
    handler.end_headers()
    return True


def _another_file_in_between(_: BaseHTTPRequestHandler, behaviour: Behaviour) -> bool:
    """Each answer is of another file, and ends early."""
    behaviour.etag = f'"{len(behaviour.asked)}"'
    behaviour.cuts = [len(FILE) // 2]
    return False


def _ends_early_without_a_length(handler: BaseHTTPRequestHandler, _: Behaviour) -> bool:
    half = FILE[: len(FILE) // 2]
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(f"{len(half):x}\r\n".encode() + half + b"\r\n0\r\n\r\n")
    return True


REFUSED: dict[str, tuple[Callable[[], Behaviour], str]] = {
    "always cut, without an ETag": (
        lambda: Behaviour(FILE, etag=None, cuts=[len(FILE) // 2] * 50),
        "whole file",
    ),
    "cut, and ranges ignored": (
        lambda: Behaviour(FILE, takes_ranges=False, cuts=[len(FILE) // 2] * 50),
        "whole file",
    ),
    "ranges off by one": (lambda: Behaviour(FILE, range_shift=1, cuts=[len(FILE) // 2] * 50), "tried again"),
    "another file in between": (lambda: Behaviour(FILE, answer=_another_file_in_between), "tried again"),
    "shorter than it says": (lambda: Behaviour(FILE, length_shift=10), "tried again"),
    "longer than it says": (lambda: Behaviour(FILE, length_shift=-10), "broken archive"),
    "ends early without a length": (
        lambda: Behaviour(FILE, answer=_ends_early_without_a_length),
        "tried again",
    ),
    "stalls": (lambda: Behaviour(FILE, answer=_stalls), "stopped in the middle"),
    "redirects for ever": (lambda: Behaviour(FILE, answer=_redirects_for_ever), "tried again"),
    "busy for ever": (lambda: Behaviour(FILE, statuses=[503] * 50), "tried again"),
    "too many requests for ever": (lambda: Behaviour(FILE, statuses=[429] * 50), "tried again"),
    "gone": (lambda: Behaviour(FILE, statuses=[404] * 50), "no such file"),
    "forbidden": (lambda: Behaviour(FILE, statuses=[403] * 50), "key or a login"),
    "empty": (lambda: Behaviour(b""), "empty"),
    "a login page": (lambda: Behaviour(b"\n <!DOCTYPE html><html>Log in</html>"), "web page"),
    "cut by its publisher": (lambda: Behaviour(FILE[:-100]), "broken archive"),
    "a byte turned": (lambda: Behaviour(FILE[:900] + bytes([FILE[900] ^ 1]) + FILE[901:]), "broken archive"),
    "packed twice": (lambda: Behaviour(gzip.compress(gzip.compress(FILE))), "broken archive"),
    "another register's": (lambda: Behaviour(_zipped(b"a,b\n1,2\n")), "does not look like"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_it_does_not_land(tmp_path: Path, fault: str) -> None:
    behaviour, reason = REFUSED[fault]
    ended, landed = _fetched(tmp_path, behaviour())
    assert landed == [] and reason in ended


def test_nobody_there_is_said(tmp_path: Path) -> None:
    with nobody() as address:
        home = _home(tmp_path, address)
        (result,) = fetch_all(home, chosen(home, [REGISTER]))
    assert result.state == "failed" and "tried again" in result.message


def test_a_file_that_has_not_changed_is_not_fetched_again(tmp_path: Path) -> None:
    behaviour = Behaviour(FILE)
    with served(behaviour) as address:
        home = _home(tmp_path, address)
        states = [fetch_all(home, chosen(home, [REGISTER]))[0].state for _ in range(2)]
    assert states == ["new", "unchanged"] and len(manifest.read(home)) == 1


def test_a_file_of_another_size_is_refused_until_somebody_looked(tmp_path: Path) -> None:
    behaviour = Behaviour(FILE)
    with served(behaviour) as address:
        home = _home(tmp_path, address)
        fetch_all(home, chosen(home, [REGISTER]))
        behaviour.body, behaviour.etag = _zipped(_rates()[: len(_rates()) // 3]), '"two"'
        (refused,) = fetch_all(home, chosen(home, [REGISTER]))
        (accepted,) = fetch_all(home, chosen(home, [REGISTER]), any_size=True)
    assert refused.state == "failed" and "--any-size" in refused.message
    assert accepted.state == "new"
    assert (home.landing / REGISTER / NAME).read_bytes() == behaviour.body


def test_a_part_of_a_killed_fetch_is_gone_on_with(tmp_path: Path) -> None:
    behaviour = Behaviour(FILE)
    with served(behaviour) as address:
        home = _home(tmp_path, address)
        staging = home.landing / fetch.STAGING / REGISTER
        staging.mkdir(parents=True)
        (staging / f"{NAME}.part").write_bytes(FILE[:1000])
        (staging / f"{NAME}.etag").write_text('"\\"one\\""', encoding="utf-8")
        (result,) = fetch_all(home, chosen(home, [REGISTER]))
    assert result.state == "new" and str(behaviour.asked[0]).startswith("bytes=1000-")
    assert (home.landing / REGISTER / NAME).read_bytes() == FILE
