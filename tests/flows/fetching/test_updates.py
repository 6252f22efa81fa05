"""A register with full files and updates behind a login: which are fetched, and what the archive keeps."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from flows.fetching import archive, fetch
from flows.fetching.manifest import Fetched
from flows.fetching.updates import needed
from flows.home.durable import file_sha256
from flows.home.settings import Home
from tests.flows.fetching.test_publishers import Answer, fetched, home, page, publisher, zipped
from transforms.errors import BlockedEdition
from transforms.model.register import registers
from transforms.model.source import Offer

KBO = "be_kbo"
SOURCE = registers()[KBO].source
PASSWORD = "quillfeather"


def name(number: int, kind: str) -> str:
    return f"KboOpenData_{number:04}_2026_07_{number - 371:02}_{kind}.zip"


def offers(fulls: range, updates: range) -> list[Offer]:
    numbers = sorted(
        (number, kind) for kind, some in (("Full", fulls), ("Update", updates)) for number in some
    )
    return [Offer("", name(number, kind)) for number, kind in numbers]


@pytest.mark.parametrize(
    ("fulls", "updates", "here", "wanted"),
    [
        (range(390, 394), range(390, 394), [], [(393, "Full")]),
        (range(392, 393), range(390, 395), [], [(392, "Full"), (393, "Update"), (394, "Update")]),
        (range(390, 396), range(390, 396), [(393, "Full")], [(394, "Update"), (395, "Update")]),
        (range(390, 396), range(390, 396), [(394, "Update"), (393, "Full")], [(395, "Update")]),
        (range(390, 394), range(390, 394), [(393, "Full")], []),
        (range(390, 396), range(395, 396), [(393, "Full")], [(395, "Full")]),  # a gap
        (range(390, 394), range(390, 394), [(361, "Full"), (392, "Update")], [(393, "Full")]),  # a month
        (range(390, 393), range(390, 394), [(361, "Full"), (392, "Update")], [(393, "Update")]),
        (range(390, 391), range(394, 395), [(394, "Update")], []),
    ],
)
def test_updates_are_fetched_until_one_is_missing_or_a_month_has_passed(
    fulls: range, updates: range, here: list[tuple[int, str]], wanted: list[tuple[int, str]]
) -> None:
    assert SOURCE is not None
    chosen = needed(KBO, SOURCE, offers(fulls, updates), [name(*each) for each in here])
    assert [offer.name for offer in chosen] == [name(*each) for each in wanted]


def test_a_gap_that_no_full_file_closes_is_told_by_its_numbers() -> None:
    assert SOURCE is not None
    with pytest.raises(BlockedEdition, match="extract 390 is here and 394 is offered"):
        needed(KBO, SOURCE, offers(range(0), range(393, 395)), [name(390, "Full")])


class Site:
    """A publisher whose pages and files are behind a login; anybody else gets the form again, with 200."""

    FORM = b'<html><form method="POST"><input name="j_username"><input name="j_password"></form></html>'

    def __init__(self, *names: str) -> None:
        files = {f"/xml/files/{each}": zipped("meta.csv", each.encode()) for each in names}
        links = page(*(f"files/{each}" for each in names))
        self.answers: Mapping[str, Answer] = {
            "/login": self.log_in,
            "/xml/?files": self.inside(links),
            **{path: self.inside(data) for path, data in files.items()},
        }

    def log_in(self, handler: BaseHTTPRequestHandler) -> bytes:
        form = parse_qs(handler.rfile.read(int(handler.headers["Content-Length"])).decode())
        if form != {"j_username": ["zed"], "j_password": [PASSWORD]}:
            return self.FORM
        handler.more_headers = {"Set-Cookie": "JSESSIONID=abc; Path=/"}  # type: ignore[attr-defined]
        return b"<html>Welcome</html>"

    def inside(self, data: bytes) -> Answer:
        def answer(handler: BaseHTTPRequestHandler) -> bytes:
            return data if "JSESSIONID=abc" in (handler.headers.get("Cookie") or "") else self.FORM

        return answer


def visit(folder: Path, *names: str, password: str = PASSWORD) -> tuple[Home, list[str], str, str]:
    """The home after a fetch, the paths asked, the files landed, and the message."""
    with publisher(dict(Site(*names).answers)) as (here, requests):
        where = home(folder, KBO, here, "/xml/?files", f'login_url = "{here}/login"')
        (where.secrets / "kbo").write_text(f"zed\n{password}\n", encoding="utf-8")
        result = fetched(where, KBO)
    return where, requests, " ".join(result.files), result.message


def test_the_session_of_the_login_is_sent_with_page_and_files(tmp_path: Path) -> None:
    first = [name(393, "Full"), name(393, "Update")]
    where, requests, files, message = visit(tmp_path / "home", *first)
    assert files == name(393, "Full"), message
    assert requests[0] == "/login"
    _, requests, files, _ = visit(tmp_path / "home", *first, name(394, "Full"), name(394, "Update"))
    assert files == name(394, "Update") and len(requests) == 3, "login, page and one file"
    landed = {path.name for path in (where.landing / KBO).iterdir()}
    assert landed == {name(393, "Full"), name(394, "Update")}


def test_a_wrong_password_is_refused_by_the_file_that_holds_it(tmp_path: Path) -> None:
    _, requests, files, message = visit(tmp_path / "home", name(393, "Full"), password="wrong")
    assert files == "" and requests == ["/login"]
    assert "the login was refused" in message and "secrets/kbo" in message and "wrong" not in message


def test_a_login_page_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    site = Site(name(393, "Full"))
    answers = {**site.answers, f"/xml/files/{name(393, 'Full')}": Site.FORM}
    with publisher(answers) as (here, _):
        where = home(tmp_path / "home", KBO, here, "/xml/?files", f'login_url = "{here}/login"')
        (where.secrets / "kbo").write_text(f"zed\n{PASSWORD}\n", encoding="utf-8")
        result = fetched(where, KBO)
    assert "is a web page; check the login" in result.message and not (where.landing / KBO).exists()


def kept(where: Home, *files: tuple[int, str]) -> list[Fetched]:
    """Lines of files that are archived, each of ten bytes of its own."""
    lines = []
    for number, kind in files:
        path = where.root / "file"
        path.write_bytes(f"{number:06}{kind[:4]}".encode())
        day = date(2026, 7, number - 371).isoformat()
        line = Fetched(
            KBO, name(number, kind), "", file_sha256(path), 10, None, None, day, "", f"{day}T04:00:00+00:00"
        )
        archive.keep(where, line, path)
        path.unlink()
        lines.append(line)
    return lines


def test_the_archive_answers_with_the_full_file_and_the_updates_since(tmp_path: Path) -> None:
    where = Home(tmp_path / "home")
    where.root.mkdir()
    files = (393, "Full"), (394, "Update"), (395, "Update"), (396, "Full")
    names = [line.name for line in kept(where, *files)]
    laid: dict[int, list[str]] = {}
    for day in (22, 23, 24, 25):
        folder = tmp_path / str(day)
        folder.mkdir()
        archive.lay_out(where, date(2026, 7, day), folder, where.landing)
        laid[day] = sorted(path.name for path in folder.rglob("*.zip"))
    assert laid == {22: names[:1], 23: names[:2], 24: names[:3], 25: names[3:]}
    gone = [line.name for line in archive.thin(where, 30)]
    assert gone == names[:3], "an older edition goes with its updates"


def test_what_an_update_is_read_with_stays_landed_and_archived(tmp_path: Path) -> None:
    lines = kept(Home(tmp_path), (393, "Full"), (394, "Update"))
    later = datetime(2026, 8, 1, tzinfo=UTC)
    assert list(fetch._replaced(lines, later)) == []
    assert list(archive.thin(Home(tmp_path), 0)) == []
    full = kept(Home(tmp_path), (396, "Full"))
    assert fetch._replaced([*lines, *full], later) == lines
