"""Officers at work in Chromium, before the review app as its own process."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from flows.facts.rows import query_rows
from flows.home.settings import Home
from flows.journal import review_chain, reviews
from flows.release.store import open_current
from tests.flows.demo import Demo
from tests.flows.web.served import Officer, Server, copied, served
from tests.reliability import browser

pytestmark = pytest.mark.nightly

NOTE = "Asked the notary <script>document.title = 1</script><img src='http://192.0.2.1/x' onerror='alert(1)'>"
ROLES = {
    "anna": "reviewer",
    "ben": "reviewer",
    "dirk": "reviewer",
    "carla": "supervisor",
    "otto": "auditor",
    "ada": "administrator",
}
LISTS = ("/", "/queue", "/queue?mine=1", "/cases.html", "/night.html", "/indicators.html")
PAGES = (*LISTS, "/figures.html", "/registers.html", "/nothing")
KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), " ": (32, " ")}
TABS_MAX = 400
KILLS_N, SPREAD_SECONDS = 8, 0.4  # a verdict takes a tenth of a second and more
IS_AT = "document.activeElement.matches({selector!r})"
SHOWS_FOCUS = """(() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== "none" || style.boxShadow !== "none";
})()"""
WIDER = "document.documentElement.scrollWidth - innerWidth"
NOT_PRINTED = """[...document.querySelectorAll("nav, form, button, input, select, #review details")]
    .filter(one => one.getClientRects().length)
    .map(one => one.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
def home(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Home:
    return copied(demo.home, tmp_path_factory.mktemp("officers") / "home", ROLES)


@pytest.fixture(scope="module")
def server(home: Home) -> Iterator[Server]:
    if not browser.is_there():
        pytest.skip("chromium is not installed, so the app is not tried in a browser")
    with served(home) as running:
        yield running


@pytest.fixture(scope="module")
def officers(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Officer]]:
    """Each at a tab with cookies of its own."""
    with ExitStack() as stack:
        address = stack.enter_context(browser.started(tmp_path_factory.mktemp("chromium")))
        there = {}
        for name in ROLES:
            there[name] = Officer(stack.enter_context(browser.tab(address)), server.base, name)
        yield there


@pytest.fixture(scope="module")
def case_ids(home: Home) -> list[str]:
    """Cases, each for one test: `pop` it. Those of lane stop come last."""
    with open_current(home) as connection:
        rows = query_rows(connection, "select case_id from v_case order by position desc")
    return [str(row["case_id"]) for row in rows]


def test_three_readers_take_a_case_from_the_first_verdict_to_its_end(
    officers: dict[str, Officer], case_ids: list[str]
) -> None:
    anna, ben, dirk, carla = (officers[name] for name in ("anna", "ben", "dirk", "carla"))
    case_id = case_ids.pop()
    before = _everything(ben, case_id)
    anna.case(case_id)
    assert "Another person has to read this case too" in anna.judge(case_id, "confirmed/unexplained", NOTE)
    assert NOTE in anna.text("#review") and not anna.has(f"/cases/{case_id}/verdict")
    assert _everything(ben, case_id) == before
    ben.case(case_id)
    assert "It differs from the first verdict" in ben.judge(case_id, "no-concern/explained")
    dirk.case(case_id)
    seen = dirk.open(f"/cases/{case_id}.html")
    assert seen.scripts == [] and seen.dialogs == []
    assert all(one.startswith((dirk.base, "data:")) for one in seen.requests)
    assert NOTE in dirk.text("#review") and "third reading" in dirk.text("#review")
    dirk.pick("question")
    assert "The case is decided" in dirk.judge(case_id, "confirmed/refuted")
    anna.case(case_id)
    anna.tab.evaluate("document.querySelector('input[value=payment-held]').checked = true")
    anna.send(f"/cases/{case_id}/done")
    assert "Recorded what was done" in anna.text()
    carla.case(case_id)
    carla.fill("#close-reason", "settled")
    carla.send(f"/cases/{case_id}/close")
    assert "The case is closed" in carla.text()
    ben.case(case_id)
    history = ben.text("#review")
    expected = ("anna", "ben", "dirk", "question to the applicant", "payment was held", "carla")
    places = [history.index(words) for words in expected]
    assert places == sorted(places)
    ben.open("/queue")
    assert case_id not in ben.source()


def _everything(officer: Officer, case_id: str) -> list[str]:
    """Every page on which a case is, as this officer gets it."""
    pages = []
    for address in (*LISTS, f"/cases.html?text={case_id}", f"/cases/{case_id}.html"):
        officer.open(address)
        if officer.has(f"/cases/{case_id}/purpose"):
            officer.case(case_id)
        pages.append(officer.source())
    return pages


def test_two_read_one_case_at_once(officers: dict[str, Officer], case_ids: list[str]) -> None:
    """What comes too late is refused and says why; what was typed is still on the page."""
    case_id = case_ids.pop()
    for name in ("anna", "ben", "dirk"):
        officers[name].case(case_id)
    officers["anna"].judge(case_id, "confirmed/unexplained")
    officers["ben"].judge(case_id, "confirmed/unexplained")
    late = officers["dirk"].judge(case_id, "no-concern/explained", NOTE)
    assert "this case is decided" in late.lower() and NOTE in late
    other = case_ids.pop()
    officers["anna"].case(other)
    officers["anna"].fill("input[name=stamp]", "of the release before")
    officers["anna"].judge(other, "no-concern/settled", NOTE)
    assert "Nothing was recorded" in officers["anna"].text()
    kept = "['#verdict-note', 'input[name=choice]:checked'].map(one => document.querySelector(one).value)"
    assert officers["anna"].tab.evaluate(kept) == [NOTE, "no-concern/settled"]
    assert officers["anna"].tab.evaluate("document.activeElement.id") == "fault", "the page begins elsewhere"
    officers["anna"].send(f"/cases/{other}/verdict")
    assert "Recorded." in officers["anna"].text()


def test_a_verdict_with_the_keyboard_only(server: Server, case_ids: list[str], tmp_path: Path) -> None:
    case_id = case_ids.pop()
    with browser.chromium(tmp_path / "profile") as tab:
        eve = Officer(tab, server.base, "anna")
        eve.open("/sign-in")
        _press(tab, "Tab")
        assert tab.evaluate(IS_AT.format(selector="a.skip"))
        _tab_to(tab, "#name")
        tab.type("anna")
        _tab_to(tab, "#password")
        tab.type("four words of a song")
        _press(tab, "Enter", leaves=True)
        _tab_to(tab, "a[href='/queue']")
        _press(tab, "Enter", leaves=True)
        assert "Cases to read" in eve.text()
        eve.open(f"/cases/{case_id}.html")
        if eve.has(f"/cases/{case_id}/purpose"):
            _tab_to(tab, "#purpose")
            _tab_to(tab, "main button")
            _press(tab, "Enter", leaves=True)
        _tab_to(tab, "input[name=choice]")
        _press(tab, " ")
        _tab_to(tab, "#verdict-note")
        tab.type(NOTE)
        _tab_to(tab, f"form[action^='/cases/{case_id}/verdict'] button")
        _press(tab, "Enter", leaves=True)
        assert NOTE in eve.text("#review")


def _press(tab: browser.Browser, key: str, *, leaves: bool = False) -> None:
    code, text = KEYS[key]
    tab.press(key, code, text, leaves=leaves)


def _tab_to(tab: browser.Browser, selector: str) -> None:
    """Until something has the focus that fits; whatever gets it on the way shows that it has it."""
    for _ in range(TABS_MAX):
        _press(tab, "Tab")
        assert tab.evaluate(SHOWS_FOCUS), tab.evaluate("document.activeElement.outerHTML")
        if tab.evaluate(IS_AT.format(selector=selector)):
            return
    raise AssertionError(f"{TABS_MAX} times Tab do not lead to {selector}")


def test_every_page_fits_prints_and_asks_nobody_else(
    officers: dict[str, Officer], server: Server, case_ids: list[str]
) -> None:
    case_id = case_ids.pop()
    anna = officers["anna"]
    anna.case(case_id)
    pages = [*((anna, page) for page in (*PAGES, f"/cases/{case_id}.html", f"/cases/{case_ids[0]}.html"))]
    pages += [(officers["ada"], "/users"), (officers["otto"], "/audit"), (officers["carla"], "/cases.html")]
    for officer, page in pages:
        for width in (390, 1440):
            officer.tab.resize(width)
            seen = officer.open(page)
            assert officer.tab.evaluate(WIDER) <= 0, f"{page} is wider than {width} pixels"
            assert seen.scripts == [] and all(one.startswith((server.base, "data:")) for one in seen.requests)
        assert officer.tab.pdf().startswith(b"%PDF")
        officer.tab.print_mode(on=True)
        assert officer.tab.evaluate(NOT_PRINTED) == [], page
        assert officer.text("h1")
        officer.tab.print_mode(on=False)


def test_whoever_is_signed_out_meanwhile_keeps_what_was_typed(
    officers: dict[str, Officer], server: Server, case_ids: list[str]
) -> None:
    case_id = case_ids.pop()
    officers["anna"].case(case_id)
    server.kill()
    server.start()
    page = officers["anna"].judge(case_id, "no-concern/settled", NOTE)
    assert "You are not signed in" in page and NOTE in page
    assert _verdicts_n(server.home, case_id) == 0


def test_a_server_killed_in_the_middle_of_a_verdict(
    officers: dict[str, Officer], server: Server, case_ids: list[str]
) -> None:
    """What was answered is kept; sent again by the same form, nothing is there twice; the chain is whole."""
    anna = officers["anna"]
    for kill_n in range(KILLS_N):
        case_id = case_ids.pop()
        anna.case(case_id)
        form = anna.hidden(f"/cases/{case_id}/verdict") | {"choice": "confirmed/refuted", "note": NOTE}
        with ThreadPoolExecutor(1) as pool:
            sent = pool.submit(_sent, anna, case_id, form)
            time.sleep(kill_n * SPREAD_SECONDS / KILLS_N)
            server.kill()
        kept_n = _verdicts_n(server.home, case_id)
        server.start()
        anna.case(case_id)
        assert (NOTE in anna.text("#review")) == bool(kept_n)
        assert kept_n == 1 or (kept_n == 0 and not sent.result())
        form["csrf"] = anna.hidden("/sign-out")["csrf"]
        assert _sent(anna, case_id, form) and _sent(anna, case_id, form)
        assert _verdicts_n(server.home, case_id) == 1
    assert review_chain.verify(server.home).faults == []


def _sent(officer: Officer, case_id: str, form: dict[str, str]) -> bool:
    """Whether a verdict was answered as recorded."""
    address = f"{officer.base}/cases/{case_id}/verdict"
    try:
        answer = httpx2.post(address, data=form, cookies=officer.tab.cookies(), follow_redirects=False)
    except httpx2.TransportError:
        return False
    return answer.status_code == 303


def _verdicts_n(home: Home, case_id: str) -> int:
    return sum(one.case_id == case_id and one.kind == "verdict" for one in reviews.events(home))
