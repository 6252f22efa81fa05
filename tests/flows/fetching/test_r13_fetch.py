"""R13: whatever a server does, what is landed is the publisher's file, byte for byte, or nothing."""

import gc
import gzip
import io
import json
import os
import random
import resource
import tempfile
import time
import zipfile
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from flows.fetching import download, fetch, manifest, pages
from flows.fetching.rounds import chosen, fetch_all
from flows.home.settings import Home, secret
from tests.flows.fetching import certificates
from tests.flows.fetching.hostile_server import ETAG, Behaviour, nobody, served
from transforms.errors import UsageError

pytestmark = pytest.mark.reliability("R13")

type Figure = Callable[[str], None]

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


def _home(folder: Path, address: str, register: str = REGISTER) -> Home:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sources.toml").write_text(f'[{register}]\nurl = "{address}/{NAME}"\n', encoding="utf-8")
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
def test_it_lands_whole(tmp_path: Path, figure: Figure, fault: str) -> None:
    ended, landed = _fetched(tmp_path, LANDS[fault]())
    assert (ended, landed) == ("landed", [FILE])
    figure(f"{len(LANDS)} servers, slow, busy or cut: the file landed, equal to the original")


@pytest.mark.parametrize("nth", range(CUTS_N))
def test_a_cut_at_any_offset_is_gone_on_with(tmp_path: Path, figure: Figure, nth: int) -> None:
    place = len(FILE) * (nth + 1) // (CUTS_N + 1)
    behaviour = Behaviour(FILE, cuts=[place])
    ended, _ = _fetched(tmp_path, behaviour)
    assert ended == "landed"
    (again,) = [requested for requested in behaviour.ranges if requested]
    assert again.startswith(f"bytes={place}-"), "no byte is fetched twice"
    figure(f"cut at {CUTS_N} offsets: landed, equal, no byte fetched twice")


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
    behaviour.etag = f'"{len(behaviour.ranges)}"'
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
    "encoded": (
        lambda: Behaviour(gzip.compress(FILE), headers={"Content-Encoding": "gzip"}),
        "broken archive",
    ),
    "another register's": (lambda: Behaviour(_zipped(b"a,b\n1,2\n")), "does not look like"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_it_does_not_land(
    tmp_path: Path, figure: Figure, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    behaviour, reason = REFUSED[fault]
    if fault == "stalls":  # each attempt waits so long
        monkeypatch.setattr(download, "STALL_SECONDS", 0.2)
    ended, landed = _fetched(tmp_path, behaviour())
    assert landed == [] and reason in ended
    figure(f"{len(REFUSED)} faults of server or file: 0 files landed, the reason said")


@pytest.mark.parametrize("register", [REGISTER, "gb_coh_companies"], ids=["file", "page"])
def test_what_is_tried_again_brings_no_key_into_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], register: str
) -> None:
    with served(Behaviour(FILE, statuses=[503] * 50)) as address:
        home = _home(tmp_path, address, register)
        text = (tmp_path / "sources.toml").read_text(encoding="utf-8").replace(NAME, f"{NAME}?key=s3cret")
        (tmp_path / "sources.toml").write_text(text, encoding="utf-8")
        (result,) = fetch_all(home, chosen(home, [register]))
    assert result.state == "failed" and "s3cret" not in result.message
    assert "s3cret" not in "".join(capsys.readouterr())


def test_a_disk_without_room_is_said_and_nothing_lands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(download, "CHUNK_BYTES", 1000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, hard))
    try:
        ended, landed = _fetched(tmp_path, Behaviour(FILE, cuts=[len(FILE) // 2]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    gc.collect()  # what nobody waited for would be in the log now
    assert "File too large" in ended and landed == [] and not caplog.records


@pytest.mark.parametrize("register", [REGISTER, "gb_coh_companies"], ids=["file", "page"])
def test_nobody_there_is_said(tmp_path: Path, register: str) -> None:
    with nobody() as address:
        home = _home(tmp_path, address, register)
        (result,) = fetch_all(home, chosen(home, [register]))
    assert result.state == "failed" and "cannot be reached" in result.message and result.may_pass


@pytest.mark.parametrize(
    ("register", "name", "contents", "fault"),
    [
        ("nl_kvk_basisprofiel", "kvk", "", "has no lines; put the key there, in one line"),
        ("nl_kvk_basisprofiel", "kvk", "s3cret\nagain\n", "has 2 lines; put the key there, in one line"),
        ("nl_kvk_basisprofiel", "kvk", "s3cret\udcff\n", "is not UTF-8; put the key there, in one line"),
        ("be_kbo", "kbo", "s3cret\n", "has 1 line; put the user and the password there, each in a line"),
        ("be_kbo", "kbo", None, "is missing; put the user and the password there, each in a line, mode 0600"),
    ],
)
def test_a_file_of_a_key_says_what_it_should_hold(
    tmp_path: Path, register: str, name: str, contents: str | None, fault: str
) -> None:
    with nobody() as address:
        home = _home(tmp_path, address, register)
        with (tmp_path / "sources.toml").open("a", encoding="utf-8") as file:
            file.write('numbers = ["90012304"]\n' if name == "kvk" else "")
        home.secrets.mkdir()
        if contents is not None:
            (home.secrets / name).write_bytes(contents.encode(errors="surrogateescape"))
        (result,) = fetch_all(home, chosen(home, [register]))
    assert (result.state, result.message) == ("failed", f"{home.secrets / name}: {fault}")


def test_a_key_saved_by_windows_has_no_byte_order_mark(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.secrets.mkdir()
    (home.secrets / "kvk").write_bytes(b"\xef\xbb\xbfs3cret\r\n")
    assert secret(home, "kvk", "the key") == ["s3cret"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_a_key_that_root_kept_for_itself_is_to_be_read() -> None:
    with tempfile.TemporaryDirectory() as outside:  # pytest's own folder is closed to others
        home = Home(Path(outside))
        home.root.chmod(0o711)
        home.secrets.mkdir(mode=0o755)
        (home.secrets / "kvk").write_text("s3cret\n")
        (home.secrets / "kvk").chmod(0o600)
        os.seteuid(65534)
        try:
            with pytest.raises(UsageError, match="/kvk: Permission denied; let this user read it"):
                secret(home, "kvk", "the key")
        finally:
            os.seteuid(0)


def test_a_file_that_has_not_changed_is_not_fetched_again(tmp_path: Path) -> None:
    behaviour = Behaviour(FILE)
    with served(behaviour) as address:
        home = _home(tmp_path, address)
        states = [fetch_all(home, chosen(home, [REGISTER]))[0].state for _ in range(2)]
    assert states == ["new", "unchanged"] and len(manifest.read(home)) == 1


def test_a_file_that_was_fetched_is_fetched_again_on_demand(tmp_path: Path) -> None:
    """What a night found damaged, or somebody removed, is not what the publisher has."""
    behaviour = Behaviour(FILE)
    with served(behaviour) as address:
        home = _home(tmp_path, address)
        (first,) = fetch_all(home, chosen(home, [REGISTER]))
        landed = home.landing / REGISTER / first.files[0]
        whole = landed.read_bytes()
        landed.unlink()
        (unchanged,) = fetch_all(home, chosen(home, [REGISTER]))
        assert unchanged.state == "unchanged" and not landed.exists()
        (again,) = fetch_all(home, chosen(home, [REGISTER]), again=True)
    assert again.files == first.files and landed.read_bytes() == whole


def test_a_file_of_another_size_is_refused_until_somebody_looked(tmp_path: Path) -> None:
    behaviour = Behaviour(FILE)
    with served(behaviour) as address:
        home = _home(tmp_path, address)
        fetch_all(home, chosen(home, [REGISTER]))
        behaviour.body, behaviour.etag = _zipped(_rates()[: len(_rates()) // 3]), '"two"'
        (refused,) = fetch_all(home, chosen(home, [REGISTER]))
        (accepted,) = fetch_all(home, chosen(home, [REGISTER]), any_size=True)
    assert refused.state == "failed" and "--any-size" in refused.message and not refused.may_pass
    assert accepted.state == "new"
    assert (home.landing / REGISTER / NAME).read_bytes() == behaviour.body


@pytest.mark.parametrize("kept", [FILE, FILE + b"more"], ids=["whole", "too long"])
def test_a_part_with_nothing_left_to_ask_for_is_fetched_anew(tmp_path: Path, kept: bytes) -> None:
    """The server answers 416: the range begins at the end of the file, or behind it."""
    with served(Behaviour(FILE)) as address:
        home = _home(tmp_path, address)
        _leave_part(home, kept)
        (result,) = fetch_all(home, chosen(home, [REGISTER]))
    assert result.state == "new"
    assert (home.landing / REGISTER / NAME).read_bytes() == FILE


def _leave_part(home: Home, contents: bytes) -> None:
    staging = home.landing / fetch.STAGING / REGISTER
    staging.mkdir(parents=True)
    (staging / f"{NAME}.part").write_bytes(contents)
    (staging / f"{NAME}.etag").write_text(json.dumps([ETAG, len(FILE)]), encoding="utf-8")


def test_a_part_of_a_killed_fetch_is_gone_on_with(tmp_path: Path) -> None:
    behaviour = Behaviour(FILE)
    with served(behaviour) as address:
        home = _home(tmp_path, address)
        _leave_part(home, FILE[:1000])
        (result,) = fetch_all(home, chosen(home, [REGISTER]))
    assert result.state == "new" and str(behaviour.ranges[0]).startswith("bytes=1000-")
    assert (home.landing / REGISTER / NAME).read_bytes() == FILE


@pytest.mark.parametrize("etag", ['"two"', None])
def test_a_part_of_another_file_is_never_joined(tmp_path: Path, etag: str | None) -> None:
    """The server ignores If-Match, and gives the rest of the file that it has now."""
    other = _zipped(_rates().replace(b",1.", b",2.").replace(b",0.", b",1."))
    with served(Behaviour(other, etag=etag)) as address:
        home = _home(tmp_path, address)
        _leave_part(home, FILE[:1000])
        (result,) = fetch_all(home, chosen(home, [REGISTER]))
    assert result.state == "new"
    assert (home.landing / REGISTER / NAME).read_bytes() == other


# --- certificates -------------------------------------------------------------------------------------------

WRONG: dict[str, dict[str, Any]] = {
    "self-signed": {"is_self_signed": True},
    "expired": {"days": -1},
    "for another host": {"host": "127.0.0.2"},
}


def _over_tls(folder: Path, certificate: Path, register: str = REGISTER) -> tuple[str, Behaviour]:
    behaviour = Behaviour(FILE)
    with served(behaviour, certificate) as address:
        home = _home(folder, address, register)
        (result,) = fetch_all(home, chosen(home, [register]))
    return result.message or result.state, behaviour


@pytest.mark.parametrize("register", [REGISTER, "gb_coh_companies"], ids=["file", "page"])
@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_certificate_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, figure: Figure, fault: str, register: str
) -> None:
    made = certificates.made(tmp_path, **WRONG[fault])
    monkeypatch.setenv("SSL_CERT_FILE", str(made.authority))
    ended, behaviour = _over_tls(tmp_path / "home", made.server, register)
    assert "certificate" in ended and "set SSL_CERT_FILE" in ended
    assert not behaviour.ranges and not (tmp_path / "home" / "landing" / register).exists()
    figure(f"{len(WRONG)} wrong certificates, of files and of pages: nothing was asked of the server")


def test_an_authority_of_ones_own_is_trusted_where_it_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = certificates.made(tmp_path)
    refused, _ = _over_tls(tmp_path / "home", made.server)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.authority))
    landed, _ = _over_tls(tmp_path / "home", made.server)
    page, behaviour = _over_tls(tmp_path / "home", made.server, "gb_coh_companies")
    assert "certificate" in refused and landed == "new"
    assert behaviour.ranges and "lists no file" in page, "the page was read, and is none"
