"""How publishers offer their files: links, indexes, signed addresses, logins, pages of an API, numbers."""

import hashlib
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import polars as pl
import pytest

from flows.cli.app import exit_code
from flows.fetching import download, manifest, pages
from flows.fetching.rounds import Result, chosen, fetch_all
from flows.home.settings import Home
from flows.ingest import parse
from flows.ingest.landing import look
from tests import register_cases
from tests.flows.fetching.hostile_server import Behaviour, served
from tests.landings import COMPANIES, lines, text
from tests.native_files import FORMS
from transforms.errors import RunFailed, UsageError
from transforms.model.register import registers
from transforms.model.source import Source

type Answer = bytes | Callable[[BaseHTTPRequestHandler], bytes | None]


@contextmanager
def publisher(answers: dict[str, Answer]) -> Iterator[tuple[str, list[str]]]:
    """A server with an answer for each path, and the paths that were asked. {here} is its address."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            requests.append(self.path)
            answer = answers.get(self.path)
            body = answer(self) if callable(answer) else answer
            self.send_response(200 if body is not None else 404)
            for name, value in getattr(self, "more_headers", {}).items():
                self.send_header(name, value)
            body = (body or b"").replace(b"{here}", here.encode())
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield here, requests
    finally:
        server.shutdown()
        server.server_close()


def zipped(name: str, contents: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(name, contents)
    return out.getvalue()


def home(folder: Path, register: str, here: str, path: str, more: str = "") -> Home:
    folder.mkdir(exist_ok=True)
    settings = f'[{register}]\nurl = "{here}{path}"\n{more}\n'
    (folder / "sources.toml").write_text(settings, encoding="utf-8")
    made = Home(folder)
    made.secrets.mkdir(exist_ok=True)
    return made


def fetched(where: Home, register: str) -> Result:
    (result,) = fetch_all(where, chosen(where, [register]))
    return result


def parts(day: str, numbers: Iterator[int] | range, parts_n: int, last: int = 3) -> dict[str, Answer]:
    """Parts of three records, the last of `last`."""
    return {
        f"/psc-snapshot-{day}_{n}of{parts_n}.zip": zipped(
            f"psc-snapshot-{day}_{n}of{parts_n}.txt",
            text(FORMS["psc"].lines(FORMS["psc"].rows(last if n == parts_n else 3))),
        )
        for n in numbers
    }


def page(*names: str) -> bytes:
    return "".join(f"<li><a href='{name}'>{name}</a></li>" for name in names).encode()


def test_all_parts_of_the_newest_date_are_fetched(tmp_path: Path) -> None:
    newest = parts("2026-06-02", range(1, 4), 3)
    names = [name.removeprefix("/") for name in newest]
    with publisher({"/page": page(*names, "psc-snapshot-2026-06-01_1of1.zip"), **newest}) as (here, requests):
        where = home(tmp_path / "home", "gb_coh_psc", here, "/page")
        result = fetched(where, "gb_coh_psc")
        again = fetched(where, "gb_coh_psc")
    assert result.state == "new" and sorted(result.files) == sorted(names)
    assert again.state == "unchanged" and len(requests) == 1 + 3 + 1, "a file with a date is fetched once"
    assert {line.edition for line in manifest.read(where)} == {"2026-06-02"}


def test_the_last_part_is_what_is_left_over(tmp_path: Path) -> None:
    """It is smaller than the others, and the day after there may be one more."""
    days = (parts("2026-06-02", range(1, 4), 3, last=1), parts("2026-06-03", range(1, 5), 4, last=20))
    answers = {path: answer for day in days for path, answer in day.items()}
    with publisher(answers) as (here, _):
        where = home(tmp_path / "home", "gb_coh_psc", here, "/page")
        for day in days:
            answers["/page"] = page(*(name[1:] for name in day))
            assert len(fetched(where, "gb_coh_psc").files) == len(day)
        answers |= {
            "/page": page("psc-snapshot-2026-06-04_1of1.zip"),
            **parts("2026-06-04", range(1, 2), 1, last=9),
        }
        assert "bytes and the last one" in fetched(where, "gb_coh_psc").message, "not a set: it is compared"


def test_parts_that_are_here_are_not_fetched_again_where_one_fails(tmp_path: Path) -> None:
    newest = parts("2026-06-02", range(1, 4), 3)
    names = [name.removeprefix("/") for name in newest]
    answers = {"/page": page(*names), **newest}
    last = answers.pop(f"/{names[2]}")
    with publisher(answers) as (here, requests):
        where = home(tmp_path / "home", "gb_coh_psc", here, "/page")
        assert fetched(where, "gb_coh_psc").state == "failed" and not (where.landing / "gb_coh_psc").exists()
        answers[f"/{names[2]}"] = last
        assert sorted(fetched(where, "gb_coh_psc").files) == sorted(names)
    assert [requests.count(f"/{name}") for name in names[:2]] == [1, 1]
    assert all((where.landing / "gb_coh_psc" / name).read_bytes() == newest[f"/{name}"] for name in names)


def test_a_part_that_is_missing_keeps_all_away(tmp_path: Path) -> None:
    some = parts("2026-06-02", range(1, 3), 3)
    with publisher({"/page": page(*(name[1:] for name in some)), **some}) as (here, requests):
        where = home(tmp_path / "home", "gb_coh_psc", here, "/page")
        result = fetched(where, "gb_coh_psc")
    assert "2 of 3 parts" in result.message and requests == ["/page"]


def test_one_broken_part_keeps_all_away(tmp_path: Path) -> None:
    every = parts("2026-06-02", range(1, 3), 2)
    broken = {**every, "/psc-snapshot-2026-06-02_2of2.zip": b"<html>busy</html>"}
    with publisher({"/page": page(*(name[1:] for name in every)), **broken}) as (here, _):
        where = home(tmp_path / "home", "gb_coh_psc", here, "/page")
        result = fetched(where, "gb_coh_psc")
    assert "web page" in result.message and not (where.landing / "gb_coh_psc").exists()


def test_an_older_file_than_the_last_is_refused(tmp_path: Path) -> None:
    name = "BasicCompanyDataAsOneFile-{}.zip"
    companies = zipped("BasicCompanyDataAsOneFile-2026-06-01.csv", text(lines(COMPANIES)))
    answers: dict[str, Answer] = {
        "/page": page(name.format("2026-06-01")),
        f"/{name.format('2026-06-01')}": companies,
    }
    with publisher(answers) as (here, _):
        where = home(tmp_path / "home", COMPANIES, here, "/page")
        assert fetched(where, COMPANIES).state == "new"
        answers["/page"] = page(name.format("2026-05-01"))
        assert "is here already" in fetched(where, COMPANIES).message
        answers["/page"] = b"<p>We are improving this page.</p>"
        assert "lists no file" in fetched(where, COMPANIES).message


def test_one_fetch_of_a_register_runs_at_a_time(tmp_path: Path) -> None:
    meanwhile: list[Result] = []

    def rates(_: BaseHTTPRequestHandler) -> bytes:
        if not meanwhile:
            meanwhile.append(fetched(where, "eu_ecb_rates"))
        return b"Date,USD,JPY,\n2026-05-29,1.1,160,\n"

    with publisher({"/rates.csv": rates}) as (here, requests):
        where = home(tmp_path / "home", "eu_ecb_rates", here, "/rates.csv")
        assert fetched(where, "eu_ecb_rates").state == "new"
    assert "another fetch of it is running" in meanwhile[0].message and len(requests) == 1


@pytest.mark.parametrize("index", [b"no JSON", b"{}", b'{"datasets": [{"name": 1}]}'])
def test_an_index_in_another_form_fails_its_register_only(tmp_path: Path, index: bytes) -> None:
    with publisher({"/index": index, "/rates.csv": b"Date,USD,JPY,\n2026-05-29,1.1,160,\n"}) as (here, _):
        where = home(tmp_path / "home", "ftm_entities", here, "/index")
        with (where.root / "sources.toml").open("a", encoding="utf-8") as file:
            file.write(f'[eu_ecb_rates]\nurl = "{here}/rates.csv"\n')
        lists, rates = fetch_all(where, chosen(where, ["ftm_entities", "eu_ecb_rates"]))
    assert (lists.state, rates.state) == ("failed", "new")
    assert "check the address" in lists.message


def _index(entities: bytes, sha1: str) -> bytes:
    resource = {
        "name": "entities.ftm.json",
        "url": "{here}/entities.ftm.json",
        "checksum": sha1,
        "size": len(entities),
    }
    return json.dumps(
        {"datasets": [{"name": "sanctions", "version": "20260601120000-abc", "resources": [resource]}]}
    ).encode()


def test_a_publishers_checksum_is_checked(tmp_path: Path) -> None:
    entities = FORMS["ftm"].file(FORMS["ftm"].rows(4))
    right = hashlib.sha1(entities, usedforsecurity=False).hexdigest()
    answers: dict[str, Answer] = {"/index": _index(entities, "0" * 40), "/entities.ftm.json": entities}
    with publisher(answers) as (here, _):
        where = home(tmp_path / "home", "ftm_entities", here, "/index")
        refused = fetched(where, "ftm_entities")
        answers["/index"] = _index(entities, right)
        landed = fetched(where, "ftm_entities")
    assert "checksum" in refused.message and landed.files == ("sanctions-2026-06-01.ftm.json",)


def test_a_signed_address_is_asked_for_with_the_key_and_the_key_goes_nowhere_else(tmp_path: Path) -> None:
    titles = zipped("CCOD_FULL_2026_06.csv", FORMS["ccod"].file(FORMS["ccod"].rows(3)))
    keys: dict[str, str | None] = {}

    def noted(body: bytes) -> Callable[[BaseHTTPRequestHandler], bytes]:
        def answer(handler: BaseHTTPRequestHandler) -> bytes:
            keys[handler.path.partition("?")[0]] = handler.headers.get("Authorization")
            return body

        return answer

    listed = {
        "result": {
            "resources": [{"file_name": "CCOD_FULL_2026_06.zip"}, {"file_name": "CCOD_COU_2026_06.zip"}]
        }
    }
    signed = {"result": {"download_url": "{here}/store?signature=s3cret"}}
    answers: dict[str, Answer] = {
        "/ccod": noted(json.dumps(listed).encode()),
        "/ccod/CCOD_FULL_2026_06.zip": noted(json.dumps(signed).encode()),
        "/store?signature=s3cret": noted(titles),
    }
    with publisher(answers) as (here, _):
        where = home(tmp_path / "home", "gb_hmlr_ccod", here, "/ccod")
        assert "hm-land-registry: is missing" in fetched(where, "gb_hmlr_ccod").message
        (where.secrets / "hm-land-registry").write_text("k3y\n", encoding="utf-8")
        result = fetched(where, "gb_hmlr_ccod")
    assert result.files == ("CCOD_FULL_2026_06.zip",)
    assert keys == {"/ccod": "k3y", "/ccod/CCOD_FULL_2026_06.zip": "k3y", "/store": None}
    assert "s3cret" not in (where.state / "fetched.jsonl").read_text(encoding="utf-8")


def test_a_signed_address_that_has_run_out_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is valid for ten seconds: a file that is cut after that cannot be resumed with it."""
    monkeypatch.setattr(download, "WAIT_SECONDS_MAX", 0.05)
    monkeypatch.setattr(download, "CHUNK_BYTES", 1000)
    titles = zipped("CCOD_FULL_2026_06.csv", FORMS["ccod"].file(FORMS["ccod"].rows(50)))
    used: set[str] = set()

    def answer(handler: BaseHTTPRequestHandler, behaviour: Behaviour) -> bool:
        if not handler.path.startswith("/store"):
            names = [{"file_name": "CCOD_FULL_2026_06.zip"}]
            signed = {"download_url": f"{here}/store?signature={len(behaviour.ranges)}"}
            send(handler, json.dumps({"result": {"resources": names, **signed}}).encode())
            return True
        if handler.path in used:
            send(handler, b"", 403)
            return True
        used.add(handler.path)
        return False

    behaviour = Behaviour(titles, cuts=[len(titles) // 3] * 2, answer=answer)
    with served(behaviour) as here:
        where = home(tmp_path / "home", "gb_hmlr_ccod", here, "/ccod")
        (where.secrets / "hm-land-registry").write_text("k3y\n", encoding="utf-8")
        result = fetched(where, "gb_hmlr_ccod")
    assert result.files == ("CCOD_FULL_2026_06.zip",), result.message
    assert (where.landing / "gb_hmlr_ccod" / result.files[0]).read_bytes() == titles


@pytest.mark.nightly
def test_a_month_later_only_the_changes_of_titles_are_fetched(tmp_path: Path) -> None:
    form = FORMS["ccod"]
    changes = form.file([row + b",A,10-07-2026" for row in form.rows(2)])
    changes = changes.replace(
        b"Additional Proprietor Indicator", b"Additional Proprietor Indicator,Change Indicator,Change Date", 1
    )
    files = {
        "CCOD_FULL_2026_06.zip": zipped("CCOD_FULL_2026_06.csv", form.file(form.rows(3))),
        "CCOD_COU_2026_07.zip": zipped("CCOD_COU_2026_07.csv", changes),
    }
    answers: dict[str, Answer] = {f"/store/{name}": body for name, body in files.items()} | {
        f"/ccod/{name}": json.dumps({"result": {"download_url": f"{{here}}/store/{name}"}}).encode()
        for name in files
    }

    def listed(*names: str) -> bytes:
        return json.dumps({"result": {"resources": [{"file_name": name} for name in names]}}).encode()

    with publisher(answers) as (here, _):
        where = home(tmp_path / "home", "gb_hmlr_ccod", here, "/ccod")
        (where.secrets / "hm-land-registry").write_text("k3y\n", encoding="utf-8")
        answers["/ccod"] = listed("CCOD_FULL_2026_06.zip", "CCOD_COU_2026_06.zip")
        assert fetched(where, "gb_hmlr_ccod").files == ("CCOD_FULL_2026_06.zip",)
        answers["/ccod"] = listed("CCOD_FULL_2026_07.zip", "CCOD_COU_2026_07.zip")
        assert fetched(where, "gb_hmlr_ccod").files == ("CCOD_COU_2026_07.zip",)
    (june, july) = look(where.landing, registers()).editions
    assert (len(june.files), len(july.files)) == (1, 2)


def test_a_key_in_a_header_of_its_own_follows_no_redirect_of_a_page(tmp_path: Path) -> None:
    """It would go to whatever host the answer names."""
    home = Home(tmp_path / "home")
    home.secrets.mkdir(parents=True)
    (home.secrets / "key").write_text("s3cret\n", encoding="utf-8")
    for header, follows in (("apikey", False), ("Authorization", True)):
        source = Source("https://example.org", key="key", key_header=header)
        with pages.session(home, source, "undertow") as session:
            assert session._client.follow_redirects is follows


def releases(following: str, *numbers: int) -> bytes:
    """A page of releases, with the address of the one after it."""
    package = [
        {"ocid": f"ocds-zed-{nth}", "id": f"{nth}", "date": "2026-06-01T00:00:00Z", "tag": ["award"]}
        for nth in numbers
    ]
    return json.dumps({"version": "1.1", "releases": package, "links": {"next": following}}).encode()


def test_pages_of_an_api_are_landed_until_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("flows.fetching.pages.time.sleep", pauses.append)
    answers: dict[str, Answer] = {"/first": releases("{here}/second", 1), "/second": releases("", 2)}
    with publisher(answers) as (here, requests):
        where = home(tmp_path / "home", "ocds_releases", here, "/first")
        result = fetched(where, "ocds_releases")
    assert requests == ["/first", "/second"] and len(result.files) == 2
    assert pauses[0] == 0 and 5 < pauses[1] <= 10  # six requests a minute


@pytest.mark.parametrize(
    "odd",
    [
        b'"title": "Caf\xe9"',
        b'"amount": 1e9999',
        b'"amount": 000',
        b'"title": "\\"links\\":{\\"next\\":\\"x"',
    ],
)
def test_a_page_with_an_invalid_value_is_landed_with_the_pages_after_it(tmp_path: Path, odd: bytes) -> None:
    answers: dict[str, Answer] = {"/second": releases("", 2)}
    with publisher(answers) as (here, requests):
        page = releases(f"{here}/second", 1).replace(b"/", rb"\/")
        answers["/first"] = page.replace(b'"tag"', odd + b', "tag"')
        where = home(tmp_path / "home", "ocds_releases", here, "/first")
        result = fetched(where, "ocds_releases")
    assert result.state == "new" and requests == ["/first", "/second"] and len(result.files) == 2


def test_contracts_finder_is_left_alone_for_five_minutes_where_it_forbids_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("flows.fetching.pages.time.sleep", pauses.append)
    source = registers()["ocds_releases"].source
    assert source
    with (
        served(Behaviour(b"a page", statuses=[403])) as here,
        pages.session(Home(tmp_path), source, "undertow") as session,
    ):
        assert session.get(here) == b"a page"
    assert max(pauses) > 290


@pytest.mark.parametrize(
    ("status", "message"),
    [(401, "key or a login"), (403, "secrets/"), (404, "answers 404; check the address")],
)
def test_a_page_that_is_not_given_says_why(tmp_path: Path, status: int, message: str) -> None:
    with (
        served(Behaviour(b"", statuses=[status])) as here,
        pages.session(Home(tmp_path), Source(here), "undertow") as session,
        pytest.raises(RunFailed, match=message),
    ):
        session.get(here)


def test_a_round_of_pages_that_broke_off_goes_on_and_no_page_takes_anothers_name(tmp_path: Path) -> None:
    """The last page of a round is of any size beside that of the round before."""
    today = datetime.now(UTC).date()
    month, day = (f"/since-{since}" for since in (today - timedelta(days=31), today))
    answers: dict[str, Answer] = {month: releases("{here}/second", 1)}
    with publisher(answers) as (here, requests):
        where = home(tmp_path / "home", "ocds_releases", here, "/since-{since}")
        broken_off = fetched(where, "ocds_releases")
        answers["/second"] = releases("", *range(2, 40))
        whole = fetched(where, "ocds_releases")
        answers[day] = releases("", 40)
        later = fetched(where, "ocds_releases")
    assert (broken_off.state, whole.state, later.state) == ("failed", "new", "new")
    assert requests == [month, "/second", "/second", day] and broken_off.files == ()
    landed = {
        path.name: [release["id"] for release in json.loads(path.read_bytes())["releases"]]
        for path in (where.landing / "ocds_releases").iterdir()
    }
    names = [f"ocds_releases-{today}-{nth:04}.json" for nth in range(1, 4)]
    assert [*whole.files, *later.files] == sorted(landed) == names
    assert [len(landed[name]) for name in names] == [1, 38, 1] and landed[names[2]] == ["40"]


def test_a_list_of_numbers_is_asked_for_one_by_one(tmp_path: Path) -> None:
    charge = json.loads(
        '{"status": "outstanding", "created_on": "2026-05-04", '
        '"persons_entitled": [{"name": "ZED BANK PLC"}], '
        '"links": {"self": "/company/09000001/charges/c1"}}'
    )
    answer = json.dumps({"total_count": 1, "items": [charge]}).encode()
    with publisher({"/company/09000001/charges": answer}) as (here, requests):
        where = home(
            tmp_path / "home",
            "gb_coh_charges",
            here,
            "/company/{number}/charges",
            'numbers = ["09000001", "09000002"]',
        )
        (where.secrets / "companies-house").write_text("Basic abc\n", encoding="utf-8")
        result = fetched(where, "gb_coh_charges")
    assert result.files == ("09000001.json",), "the other company has no charges"
    assert "/company/09000002/charges" in requests


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def send_in_chunks(handler: BaseHTTPRequestHandler, body: bytes, ends: bool = True) -> None:
    """As a server does that writes its answer while it sends it: without a length."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(f"{len(body):x}\r\n".encode() + body + b"\r\n" + b"0\r\n\r\n" * ends)
    handler.close_connection = True


@pytest.mark.parametrize("ends", [True, False])
@pytest.mark.parametrize(
    "case", ["nl_kvk_basisprofiel/answer/90012304.json", "eu_sanctions/typical/eu-sanctions.xml"]
)
def test_an_answer_without_a_length_is_landed_if_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str, ends: bool
) -> None:
    monkeypatch.setattr(pages, "RETRY_SECONDS_MAX", 0.05)
    register, body = case.partition("/")[0], (register_cases.CASES / case).read_bytes()

    def answer(handler: BaseHTTPRequestHandler, _: Behaviour) -> bool:
        send_in_chunks(handler, body, ends)
        return True

    with served(Behaviour(b"", answer=answer)) as here:
        numbers = 'numbers = ["90012304"]' if register == "nl_kvk_basisprofiel" else ""
        where = home(tmp_path / "home", register, here, "/file", numbers)
        (where.secrets / "kvk").write_text("abc\n", encoding="utf-8")
        result = fetched(where, register)
    landed = [path.read_bytes() for path in where.landing.glob(f"{register}/*")]
    assert landed == [body] * ends, result.message


def test_a_key_for_numbers_is_sent_to_no_other_host(tmp_path: Path) -> None:
    keys: list[str | None] = []

    def elsewhere(handler: BaseHTTPRequestHandler, _: Behaviour) -> bool:
        keys.append(handler.headers.get("apikey"))
        return False

    def moved(handler: BaseHTTPRequestHandler, _: Behaviour) -> bool:
        handler.send_response(302)
        handler.send_header("Location", other.replace("127.0.0.1", "localhost"))
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return True

    with served(Behaviour(b"{}", answer=elsewhere)) as other, served(Behaviour(b"", answer=moved)) as here:
        where = home(tmp_path / "home", "nl_kvk_basisprofiel", here, "/{number}", 'numbers = ["90012304"]')
        (where.secrets / "kvk").write_text("s3cret\n", encoding="utf-8")
        result = fetched(where, "nl_kvk_basisprofiel")
    assert keys == [] and "answers 302; check the address" in result.message


def test_files_of_one_name_from_several_addresses_are_all_landed(tmp_path: Path) -> None:
    """Councils' pages name their files alike."""
    answers: dict[str, Answer] = {
        f"/{council}/spend.csv": f"Date,Amount,Supplier Name\n01/05/2026,{amount},ZED LTD\n".encode()
        for council, amount in (("aford", 600), ("bford", 700))
    }
    with publisher(answers) as (here, _):
        urls = json.dumps([f"{here}{path}" for path in answers])
        where = Home(tmp_path)
        (where.root / "sources.toml").write_text(f"[gb_council_spend]\nurls = {urls}\n", encoding="utf-8")
        assert len(fetched(where, "gb_council_spend").files) == 2
        assert fetched(where, "gb_council_spend").state == "unchanged"
    landed = (where.landing / "gb_council_spend").iterdir()
    assert {path.read_bytes() for path in landed} == set(answers.values())


def refused(_handler: BaseHTTPRequestHandler) -> bytes:
    return b"<html>Something went wrong</html>"


def asking_for(folder: Path, here: str, *numbers: str) -> Home:
    where = home(folder, "gb_coh_charges", here, "/{number}", f"numbers = {json.dumps(numbers)}")
    (where.secrets / "companies-house").write_text("Basic abc\n", encoding="utf-8")
    return where


def test_a_number_that_fails_keeps_out_no_other_and_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = json.dumps(
        {"total_count": 1, "items": [{"links": {"self": "/company/09000001/charges/c1"}}]}
    ).encode()
    answers: dict[str, Answer] = {"/09000001": answer, "/09000002": refused, "/09000003": answer}
    with publisher(answers) as (here, _):
        where = asking_for(tmp_path, here, "09000001", "09000002", "09000003")
        result = fetched(where, "gb_coh_charges")
        code = exit_code(["fetch", "gb_coh_charges", "--home", str(tmp_path), "--json"])
    assert result.files == ("09000001.json", "09000003.json")
    assert result.state == "failed" and "of 3 numbers 1 could not be fetched (09000002)" in result.message
    assert "is a web page" in result.message and manifest.attempts(where)[0].message == result.message
    assert code == 5 and "09000002" in capsys.readouterr().out


def test_a_server_that_fails_on_every_number_is_left_alone(tmp_path: Path) -> None:
    numbers = [f"0900000{n}" for n in range(9)]
    answer = json.dumps(
        {"total_count": 1, "items": [{"links": {"self": "/company/09000001/charges/c1"}}]}
    ).encode()
    answers: dict[str, Answer] = {f"/{number}": refused for number in numbers}
    with publisher(answers) as (here, requests):
        where = asking_for(tmp_path, here, *numbers)
        result = fetched(where, "gb_coh_charges")
        assert len(requests) == 5 and result.failures == (True,)
        answers["/09000000"] = answer
        result = fetched(where, "gb_coh_charges")
    assert result.files == ("09000000.json",) and "and 3 were not asked for" in result.message


def test_numbers_are_asked_for_at_the_pace_of_their_publisher(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(pages.time, "sleep", slept.append)
    monkeypatch.setattr(pages.time, "monotonic", lambda: 1.0)
    with publisher({}) as (here, requests):
        numbers = 'numbers = ["09000001", "09000002", "09000003"]'
        where = home(tmp_path, "gb_coh_charges", here, "/{number}", numbers)
        (where.secrets / "companies-house").write_text("Basic abc\n", encoding="utf-8")
        fetched(where, "gb_coh_charges")
    assert len(requests) == 3 and slept == [0.0, 0.5, 0.5], "120 a minute"


def test_an_answer_about_a_number_is_of_any_size(tmp_path: Path) -> None:
    """A company that has more charges now, and one that is asked for the first time."""

    def answer(number: str, charges_n: int) -> bytes:
        links = [{"links": {"self": f"/company/{number}/charges/c{n}"}} for n in range(charges_n)]
        return json.dumps({"total_count": charges_n, "items": links}).encode()

    answers: dict[str, Answer] = {"/09000001": answer("09000001", 1), "/09000002": answer("09000002", 9)}
    with publisher(answers) as (here, _):
        for numbers in ('["09000001"]', '["09000001", "09000002"]'):
            where = home(tmp_path, "gb_coh_charges", here, "/{number}", f"numbers = {numbers}")
            (where.secrets / "companies-house").write_text("Basic abc\n", encoding="utf-8")
            assert fetched(where, "gb_coh_charges").state == "new"
        answers["/09000001"] = answer("09000001", 4)
        assert fetched(where, "gb_coh_charges").files == ("09000001.json",)


def test_an_answer_of_several_pages_is_landed_whole(tmp_path: Path) -> None:
    """Companies House gives 25 charges of a company at a time, and no more than 100."""

    def page(*numbers: int) -> bytes:
        items = [{"links": {"self": f"/company/09000001/charges/c{n}"}} for n in numbers]
        return json.dumps({"etag": "a", "items": items, "total_count": 5, "unfiltered_count": 5}).encode()

    answers: dict[str, Answer] = {
        "/09000001": page(1, 2),
        "/09000001?start_index=2": page(3, 4),
        "/09000001?start_index=4": page(5),
    }
    with publisher(answers) as (here, requests):
        where = asking_for(tmp_path, here, "09000001")
        assert fetched(where, "gb_coh_charges").files == ("09000001.json",)
        assert requests == [*answers]
        assert fetched(where, "gb_coh_charges").state == "unchanged"
    landed = register_cases.run(
        registers()["gb_coh_charges"], where.landing / "gb_coh_charges" / "09000001.json"
    )
    assert (landed.records_n, landed.rejected.height) == (5, 0)


def test_a_business_of_the_dutch_register_is_asked_for_with_its_addresses(tmp_path: Path) -> None:
    answer = (register_cases.CASES / "nl_kvk_basisprofiel" / "answer" / "90012304.json").read_bytes()
    with publisher({"/basisprofielen/90012304?geoData=true": answer}) as (here, requests):
        where = home(
            tmp_path / "home",
            "nl_kvk_basisprofiel",
            here,
            "/basisprofielen/{number}?geoData=true",
            'numbers = ["90012304"]',
        )
        (where.secrets / "kvk").write_text("abc\n", encoding="utf-8")
        result = fetched(where, "nl_kvk_basisprofiel")
    assert requests == ["/basisprofielen/90012304?geoData=true"]
    assert result.files == ("90012304.json",)
    assert (where.landing / "nl_kvk_basisprofiel" / "90012304.json").read_bytes() == answer


def notices(*names: str) -> bytes:
    """A package of a day: one result notice, the file of a case, and a notice before the result."""
    (result,) = (register_cases.CASES / "eu_ted_eforms" / "result").glob("*.xml")
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as package:
        for name, content in [
            (names[0], b"<ContractNotice/>"),
            *((each, result.read_bytes()) for each in names[1:]),
        ]:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            package.addfile(info, io.BytesIO(content))
    return out.getvalue()


def test_packages_are_asked_for_by_number_until_there_is_none(tmp_path: Path) -> None:
    answers: dict[str, Answer] = {
        "/daily/202500249": notices("249/1.xml", "249/2.xml"),
        "/daily/202500250": notices("250/1.xml", "250/2.xml"),
        "/daily/202600001": notices("1/1.xml", "1/2.xml"),
    }
    with publisher(answers) as (here, requests):
        where = home(tmp_path / "home", "eu_ted_eforms", here, "/daily/{number}", 'numbers = ["202500249"]')
        result = fetched(where, "eu_ted_eforms")
        first = list(requests)
        again = fetched(where, "eu_ted_eforms")
        answers["/daily/202600002"] = notices("2/1.xml", "2/2.xml")
        later = fetched(where, "eu_ted_eforms")
    assert result.files == ("202500249.tar.gz", "202500250.tar.gz", "202600001.tar.gz")
    assert {path for path in first if path not in answers} >= {"/daily/202500251", "/daily/202700001"}
    assert again.state == "unchanged" and later.files == ("202600002.tar.gz",)
    landing = look(where.landing, registers())
    assert [edition.dataset for edition in landing.editions][:2] == ["202500249", "202500250"]
    read = parse.ingest(landing.editions[0], tmp_path / "work", "key").facts
    assert (read.rows_in, read.rows_loaded, read.rows_rejected, read.rows_ignored) == (2, 1, 0, 1)
    assert read.ignored_reasons == ("before_the_result: 1",)


def test_a_broken_package_and_a_wrong_first_number_are_refused(tmp_path: Path) -> None:
    answers: dict[str, Answer] = {"/daily/202600001": notices("1/1.xml", "1/2.xml")[:-20]}
    with publisher(answers) as (here, _):
        where = home(tmp_path / "home", "eu_ted_eforms", here, "/daily/{number}", 'numbers = ["202600001"]')
        broken = fetched(where, "eu_ted_eforms")
        elsewhere = home(
            tmp_path / "other", "eu_ted_eforms", here, "/daily/{number}", 'numbers = ["202600777"]'
        )
        absent = fetched(elsewhere, "eu_ted_eforms")
    assert "broken archive" in broken.message and "202600777 is not there" in absent.message


def test_data_sets_with_the_columns_of_a_subsidy_are_found_in_the_catalogue(tmp_path: Path) -> None:
    (case, *_) = sorted((register_cases.CASES / "be_brussels_subsidies").glob("*/*20*.json"))
    columns = [{"name": "nom_du_beneficiaire_naam_begunstigde"}, {"name": "montant"}]
    listed = {
        "results": [
            {"dataset_id": "subsides-2024", "fields": columns},
            {"dataset_id": "subsides-par-quartier-2024", "fields": [{"name": "montant"}]},
        ]
    }
    answers: dict[str, Answer] = {
        "/datasets?limit=100": json.dumps(listed).encode(),
        "/datasets/subsides-2024/exports/json": case.read_bytes(),
    }
    with publisher(answers) as (here, requests):
        where = home(tmp_path / "home", "be_brussels_subsidies", here, "/datasets?limit=100")
        result = fetched(where, "be_brussels_subsidies")
    assert result.files == ("subsidies-2024.json",) and len(requests) == 2
    (edition,) = look(where.landing, registers()).editions
    assert edition.dataset == "subsidies-2024"


def test_what_is_fetched_on_request_is_no_part_of_a_round(tmp_path: Path) -> None:
    rows = FORMS["bods"].file(FORMS["bods"].rows(3))
    answers: dict[str, Answer] = {
        "/uk/": page("../data/uk/csv.zip", "../data/uk/json.zip"),
        "/data/uk/json.zip": zipped("statements.json", rows),
    }
    assert "bods" not in {wanted.register.name for wanted in chosen(Home(tmp_path), [])}
    with publisher(answers) as (here, _):
        where = home(tmp_path / "home", "bods", here, "/uk/", "enabled = true")
        assert "bods" in {wanted.register.name for wanted in chosen(where, [])}
        assert fetched(where, "bods").files == ("uk.bods.json.zip",)


def test_a_register_that_is_not_one_is_not_given_an_address(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="gb_coh_company: no such register"):
        chosen(Home(tmp_path), ["gb_coh_company"])
    with pytest.raises(UsageError, match="has no address to fetch"):
        chosen(Home(tmp_path), ["gb_council_spend"])


def test_amsterdam_is_read_in_windows_encoding(tmp_path: Path) -> None:
    (case,) = (register_cases.CASES / "nl_amsterdam_subsidies" / "typical").glob("*.csv")
    text_there = case.read_text("utf-8").replace("Stichting Zedplein", "Stichting Zedpleïn").encode("cp1252")
    answers: dict[str, Answer] = {"/purls/1": text_there}
    with publisher(answers) as (here, _):
        where = home(tmp_path / "home", "nl_amsterdam_subsidies", here, "/purls/1")
        assert fetched(where, "nl_amsterdam_subsidies").files == ("subsidies.csv",)
    (edition,) = look(where.landing, registers()).editions
    read = parse.ingest(edition, tmp_path / "work", "key")
    names = pl.read_parquet(read.folder / "subsidy_statement.parquet")["payee_name"].drop_nulls().to_list()
    assert any("Zedpleïn" in name for name in names) and read.facts.rows_loaded > 1


def test_the_newest_golden_copy_is_fetched_once_a_day(tmp_path: Path) -> None:
    (case,) = (register_cases.CASES / "gleif_relationships" / "columns").glob("*.csv")
    whole = zipped(case.name, case.read_bytes())

    def publishes(time: str, size: int) -> bytes:
        file = {"url": "{here}/files/rr.zip", "size": size, "record_count": 9}
        newest = {"publish_date": f"2026-06-01 {time}:00", "rr": {"full_file": {"csv": file}}}
        return json.dumps({"data": [newest]}).encode()

    answers: dict[str, Answer] = {"/publishes": publishes("00:00", len(whole) + 1), "/files/rr.zip": whole}
    with publisher(answers) as (here, requests):
        where = home(tmp_path / "home", "gleif_relationships", here, "/publishes")
        cut = fetched(where, "gleif_relationships")
        answers["/publishes"] = publishes("00:00", len(whole))
        result = fetched(where, "gleif_relationships")
        answers["/publishes"] = publishes("16:00", len(whole))
        again = fetched(where, "gleif_relationships")
    assert "bytes and not" in cut.message and again.state == "unchanged"
    assert result.files == ("20260601-gleif-goldencopy-rr-golden-copy.csv.zip",)
    (edition,) = look(where.landing, registers()).editions
    assert (edition.register.name, edition.label) == ("gleif_relationships", "2026-06-01")
    assert requests.count("/files/rr.zip") == 2


def test_a_login_is_sent_once_and_its_cookie_with_the_file(tmp_path: Path) -> None:
    from dataclasses import replace

    from flows.fetching.fetch import fetch
    from flows.fetching.sources import sources

    companies = zipped("BasicCompanyDataAsOneFile-2026-06-01.csv", text(lines(COMPANIES)))
    sent: list[dict[str, list[str]]] = []

    def log_in(handler: BaseHTTPRequestHandler) -> bytes:
        form = handler.rfile.read(int(handler.headers["Content-Length"])).decode()
        sent.append(parse_qs(form))
        handler.more_headers = {"Set-Cookie": "session=abc; Path=/"}  # type: ignore[attr-defined]
        return b"welcome"

    def file(handler: BaseHTTPRequestHandler) -> bytes:
        is_in = "session=abc" in (handler.headers.get("Cookie") or "")
        return companies if is_in else b"<html>Log in</html>"

    name = "BasicCompanyDataAsOneFile-2026-06-01.zip"
    answers: dict[str, Answer] = {"/login": log_in, "/page": page(name), f"/{name}": file}
    with publisher(answers) as (here, _):
        where = home(tmp_path / "home", COMPANIES, here, "/page")
        (where.secrets / "zed-login").write_text("zed\nword\n", encoding="utf-8")
        wanted = sources(where)[COMPANIES]
        source = replace(wanted.source, login="zed-login", login_url=f"{here}/login")
        new = fetch(where, replace(wanted, source=source)).files
    assert new == (name,) and sent == [{"j_username": ["zed"], "j_password": ["word"]}]


def test_exit_codes_say_whether_everything_is_here(tmp_path: Path) -> None:
    rates = b"Date,USD,JPY,\n2026-05-29,1.1,160,\n"
    answers: dict[str, Answer] = {"/rates.csv": rates}
    with publisher(answers) as (here, _):
        where = home(tmp_path / "home", "eu_ecb_rates", here, "/rates.csv")
        with (where.root / "sources.toml").open("a", encoding="utf-8") as file:
            file.write(f'[{COMPANIES}]\nurl = "{here}/nothing"\n')
        command = ["fetch", "--home", str(where.root)]
        codes = [
            exit_code([*command, "eu_ecb_rates"]),
            exit_code([*command, "eu_ecb_rates", COMPANIES]),
            exit_code([*command, COMPANIES]),
            exit_code([*command, "permits"]),
        ]
    assert codes == [0, 5, 4, 2]


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ("[zz]\nurl = 'https://x'", "no register is called zz"),
        ("[bods]\nurl = 1", "bods.url"),
        ("[bods]\nurl = 'ftp://x/bods.csv'", r"sources\.toml: bods.url: .*https"),
        ("[bods]\nurls = ['https://x/1', 'file:///2']", "bods.urls.1"),
        ("[bods\n", "not TOML"),
    ],
)
def test_a_wrong_file_of_sources_is_refused_by_its_key(tmp_path: Path, settings: str, fault: str) -> None:
    (tmp_path / "sources.toml").write_text(settings, encoding="utf-8")
    with pytest.raises(UsageError, match=fault):
        chosen(Home(tmp_path), [])


def test_a_disk_that_takes_no_file_is_named(tmp_path: Path) -> None:
    where = home(tmp_path, "eu_ecb_rates", "http://127.0.0.1:9", "/")
    where.landing.write_text("a file where the landing folder should be")
    result = fetched(where, "eu_ecb_rates")
    assert result.state == "failed"
    assert f"{where.landing}/.fetching/eu_ecb_rates: Not a directory (errno 20)" in result.message
