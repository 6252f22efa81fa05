"""Who gets in, who may call which route, forms from elsewhere, and limits."""

import re
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from flows.facts.rows import query_rows
from flows.home.settings import Home
from flows.journal import audit, chain
from flows.release.store import open_current
from flows.review import users
from flows.review.rules import MAY, ROLES
from flows.web.app import ROUTES, Page, review_app
from flows.web.serving import bound
from flows.web.signing_in import HASHES_AT_ONCE, Trust
from tests.flows.web.browser import PASSWORD, Browser, Forms
from tests.flows.web.conftest import Clock
from transforms.errors import UsageError

OF_ROLE = {
    "reader": "rita",
    "reviewer": "ben",
    "supervisor": "carla",
    "auditor": "otto",
    "administrator": "ada",
}
SLOW = ("/", "/night.html", "/figures.html", "/indicators.html", "/registers.html", "/cases.html", "/queue")


def _address(route: Page, case_id: str) -> str:
    values = {"case_id": case_id, "file": "nobody", "name": "nobody", "code": "PRP-030", "digest": "0" * 64}
    return re.sub(r"\{(\w+)\}", lambda name: values[name[1]], route.path)


@pytest.mark.parametrize("slow_too", [False, pytest.param(True, marks=pytest.mark.nightly)])
def test_every_route_by_every_role(app: ASGIApp, slow_too: bool) -> None:
    """A role gets a page, or a fault in what was typed; where it may not, always 403."""
    assert set(OF_ROLE) == set(ROLES)
    for role, name in OF_ROLE.items():
        browser = Browser(app, name)
        token = Forms(browser.page).forms["/sign-out"]["csrf"]
        for route in ROUTES:
            may = route.needs == "signed-in" or role in MAY[route.needs]
            if route.path == "/sign-out" or (
                may and route.path in SLOW and role != "reader" and not slow_too
            ):
                continue
            address = _address(route, "UT-C-00000000000000000000")
            if route.method == "GET":
                answer = browser.client.get(address)
            else:
                answer = browser.client.post(address, data={"csrf": token})
            assert (answer.status_code != 403) == may, (role, route.path)
            assert answer.status_code < 500, (role, route.path)


def test_every_role_sees_links_to_its_own_pages_only(app: ASGIApp) -> None:
    for name, pages in {"otto": ["/audit"], "ada": ["/users"], "rita": ["/", "/queue"]}.items():
        browser = Browser(app, name)
        links = re.findall(r'<li><a href="(/[^"]*)"', browser.page.split("</nav>")[0])
        assert links[: len(pages)] == pages
        assert all(browser.get(link) and browser.status == 200 for link in links)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_nobody_gets_anything_without_signing_in(app: ASGIApp, route: Page) -> None:
    client = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
    address = _address(route, "UT-C-x")
    answer = client.get(address) if route.method == "GET" else client.post(address, data={"csrf": "x"})
    assert (answer.status_code, answer.headers.get("location")) in ((303, "/sign-in"), (401, None))


@pytest.mark.parametrize("token", [None, "", "x", "other"])
def test_a_form_without_its_token_does_nothing(app: ASGIApp, home: Home, token: str | None) -> None:
    ada, other = Browser(app, "ada"), Browser(app, "anna")
    given = Forms(other.page).forms["/sign-out"]["csrf"] if token == "other" else token
    for route in ROUTES:
        if route.method == "POST" and route.needs in ("users", "signed-in"):
            fields = {
                "name": "eve",
                "role": "administrator",
                **({"csrf": given} if given is not None else {}),
            }
            answer = ada.client.post(route.path, data=fields)
            assert answer.status_code == 403 and "Nothing was recorded" in answer.text
    assert "eve" not in {one.name for one in users.accounts(home)}
    anonymous = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
    fields = {"name": "ada", "password": PASSWORD, **({"csrf": given} if given is not None else {})}
    assert anonymous.post("/sign-in", data=fields).status_code == 403


def test_every_form_has_a_token(app: ASGIApp, case_ids: list[str]) -> None:
    carla, ada = Browser(app, "carla"), Browser(app, "ada")
    pages = [carla.get("/"), carla.get("/cases.html"), carla.case(case_ids[0]), ada.get("/users")]
    pages += [Browser(app).get("/sign-in"), Browser(app).get("/set-password")]
    for page in pages:
        posts = re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL)
        assert posts
        assert all(re.search(r'name="csrf" value="[^"]{20,}"', form) for form in posts)


def test_sessions_end(app: ASGIApp, clock: Clock) -> None:
    anna = Browser(app, "anna")
    try:
        clock.ahead += timedelta(minutes=29)
        anna.get("/queue")
        assert anna.address == "/queue"
        clock.ahead += timedelta(minutes=31)
        anna.get("/queue")
        assert anna.address == "/sign-in"
        anna = Browser(app, "anna")
        for _ in range(25):
            clock.ahead += timedelta(minutes=29)
            anna.get("/audit")  # not for her, and yet a sign of life
        assert anna.address == "/sign-in"  # never idle, and yet over
    finally:
        clock.ahead = timedelta()


@pytest.mark.parametrize("address", ["/cases.html?text=a%20b&lane=act", "/figures.html", "/"])
def test_the_sign_in_after_an_expired_session_leads_to_the_page_asked_for(
    app: ASGIApp, clock: Clock, address: str
) -> None:
    anna = Browser(app, "anna")
    try:
        clock.ahead += timedelta(minutes=31)
        anna.get(address)
        assert anna.address == "/sign-in"
        anna.send("/sign-in", name="anna", password=PASSWORD)
        assert (anna.address, anna.status) == (address, 200)
        anna.send("/sign-out")
        anna.send("/sign-in", name="anna", password=PASSWORD)
        assert anna.address == "/"
    finally:
        clock.ahead = timedelta()


@pytest.mark.parametrize("address", ["//192.0.2.1/", "/\\192.0.2.1/", "https://192.0.2.1/", "/a\r\nb: c"])
def test_the_sign_in_leads_nowhere_else(app: ASGIApp, address: str) -> None:
    other = Browser(app)
    other.get("/sign-in")
    other.client.cookies["undertow-page"] = quote(address, safe="")
    other.send("/sign-in", name="anna", password=PASSWORD)
    assert (other.address, other.status) == ("/", 200)


def test_signing_out_ends_the_session_and_signing_in_makes_another(app: ASGIApp) -> None:
    anna = Browser(app, "anna")
    token = anna.client.cookies["undertow"]
    anna.send("/sign-out")
    assert anna.address == "/sign-in"
    thief = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False, cookies={"undertow": token})
    assert thief.get("/queue").headers["location"] == "/sign-in"
    fixed = Browser(app)
    fixed.get("/sign-in")
    fields = {**Forms(fixed.page).forms["/sign-in"], "name": "anna", "password": PASSWORD}
    cookies = f"undertow=chosen-by-another; undertow-form={fixed.client.cookies['undertow-form']}"
    answer = fixed.client.post("/sign-in", data=fields, headers={"cookie": cookies})
    assert answer.status_code == 303
    assert not answer.headers["set-cookie"].startswith("undertow=chosen-by-another")


def test_wrong_passwords_are_counted(home: Home, clock: Clock) -> None:
    app = review_app(home, secure=False, clock=clock)
    browser = Browser(app)
    browser.get("/sign-in")
    for _ in range(5):
        browser.send("/sign-in", name="dirk", password="a wrong password")
        assert browser.status == 401 and 'value="dirk"' in browser.page
    browser.send("/sign-in", name="DIRK", password=PASSWORD)
    assert browser.status == 429
    assert Browser(app, "anna").get("/users")  # another account is not held up
    try:
        clock.ahead += timedelta(minutes=16)
        browser.get("/sign-in")
        browser.send("/sign-in", name="dirk", password=PASSWORD)
        assert browser.status == 200
    finally:
        clock.ahead = timedelta()


def test_wrong_passwords_that_are_tried_at_once_are_counted_too(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = review_app(home, secure=False)
    browsers = [Browser(app) for _ in range(20)]
    for browser in browsers:
        browser.get("/sign-in")
    together = threading.Barrier(len(browsers))

    def signed_in(*_: object) -> None:
        time.sleep(0.05)  # as long as a hash that takes 64 MiB

    def send(browser: Browser) -> None:
        together.wait()
        browser.send("/sign-in", name="dirk", password="a wrong password")

    monkeypatch.setattr(users, "signed_in", signed_in)
    with ThreadPoolExecutor(len(browsers)) as pool:
        list(pool.map(send, browsers))
    statuses = Counter(browser.status for browser in browsers)
    assert set(statuses) == {401, 429} and 5 <= statuses[401] <= 5 + HASHES_AT_ONCE


def test_a_code_sets_a_password_once(app: ASGIApp) -> None:
    ada, fred = Browser(app, "ada"), Browser(app)
    ada.get("/users")
    ada.send("/users/add", name="fred", role="reader")
    code = re.findall(r'<code class="code-once">(.*?)</code>', ada.page)[0]
    assert code not in ada.get("/users")
    ada.send("/users/add", name="fred", role="auditor")  # there is one: the form comes back as it was typed
    form = ada.page.partition('action="/users/add"')[2]
    assert ada.status == 400 and 'value="fred"' in form and 'value="auditor" selected' in form
    fred.get("/set-password")
    fields = {"name": "fred", "code": code, "password": PASSWORD, "again": PASSWORD}
    fred.send("/set-password", **{**fields, "again": "another password"})
    assert "differ" in fred.page and f'value="{code}"' in fred.page and 'value="fred"' in fred.page
    fred.send("/set-password", **fields)
    assert "The password is set." in fred.page
    fred.get("/set-password")
    fred.send("/set-password", **fields)
    assert fred.status == 400
    fred = Browser(app, "fred")
    ada.get("/users")
    ada.send("/users/role", name="fred", role="auditor")
    assert "Audit log" in fred.get("/")
    ada.get("/users")
    ada.send("/users/disable", name="fred")
    fred.get("/audit")
    assert fred.address == "/sign-in"
    ada.get("/users")
    ada.send("/users/role", name="ada", role="supervisor")
    assert ada.status == 400


def test_wrong_passwords_of_others_lock_nobody_out(app: ASGIApp) -> None:
    """Behind a proxy all have one address."""
    guessing = Browser(app)
    for n in range(60):
        guessing.get("/sign-in")
        guessing.send("/sign-in", name=f"invented{n}", password="a wrong password")
        assert guessing.status == 401
    assert Browser(app, "anna").get("/users")


def test_a_new_code_from_the_command_line_ends_the_sessions(home: Home, app: ASGIApp) -> None:
    users.add(home, "gwen", "reader", by=users.operator(), password=PASSWORD)
    gwen = Browser(app, "gwen")
    gwen.get("/")
    assert gwen.address != "/sign-in"
    users.new_code(home, "gwen", by=users.operator())
    gwen.get("/")
    assert gwen.address == "/sign-in"


def test_a_header_counts_from_a_trusted_peer_only(home: Home) -> None:
    def status_of(trust: Trust, peer: str, name: str) -> int:
        app = review_app(home, secure=True, trust=trust)
        client = TestClient(app, base_url="https://town.example", follow_redirects=False, client=(peer, 5))
        return client.get("/queue", headers={"x-remote-user": name}).status_code

    listed = Trust("x-remote-user", frozenset({"10.0.0.7"}))
    assert status_of(listed, "10.0.0.7", "anna") == 200
    assert status_of(listed, "10.0.0.8", "anna") == 303
    assert status_of(listed, "10.0.0.7", "nobody") == 303
    assert status_of(listed, "10.0.0.7", "") == 303
    assert status_of(Trust("x-remote-user", on_socket=True), "10.0.0.7", "anna") == 303
    assert status_of(Trust("x-remote-user", on_socket=True), "", "anna") == 200


def test_cookies_and_headers(home: Home, app: ASGIApp, case_ids: list[str]) -> None:
    anna = Browser(app, "anna")
    for address in ("/", "/queue", "/cases.html", "/night.html", "/nothing", "/site.css", "/users"):
        anna.get(address)
        assert anna.headers["cache-control"] == "no-store"
        assert anna.headers["referrer-policy"] == "no-referrer"
        assert anna.headers["x-content-type-options"] == "nosniff"
        policy = anna.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'") and "unsafe-inline" not in policy
        assert "frame-ancestors 'none'; base-uri 'none'" in policy
        assert "<script" not in anna.page and "http-equiv" not in anna.page
    anna.case(case_ids[0])
    assert "'unsafe-hashes' 'sha256-" in anna.headers["content-security-policy"]
    secure = TestClient(review_app(home, secure=True), base_url="https://town.example")
    cookie = secure.get("/sign-in").headers["set-cookie"]
    assert cookie.startswith("__Host-undertow-form=")
    assert all(part in cookie for part in ("HttpOnly", "Path=/", "SameSite=strict", "Secure"))


def test_too_much_is_refused(app: ASGIApp) -> None:
    anna = Browser(app, "anna")
    token = Forms(anna.page).forms["/sign-out"]["csrf"]
    answer = anna.client.post("/check", data={"csrf": token, "what": "x" * 2_000_000})
    assert answer.status_code == 413


def test_what_is_opened_is_in_the_audit_log_with_the_user(
    app: ASGIApp, home: Home, case_ids: list[str]
) -> None:
    rita, otto = Browser(app, "rita"), Browser(app, "otto")
    rita.get(f"/cases/{case_ids[1]}.html")
    assert "For which purpose?" in rita.page
    rita.send(f"/cases/{case_ids[1]}/purpose", purpose="invented")
    assert rita.status == 400
    rita.case(case_ids[1])
    rita.get("/")
    rita.send("/check", what="Somebody Nobody Knows", purpose="demo")
    log = audit.log(home)
    opened, searched = [entry.body for entry in chain.walk(log, chain.Walk(log.origin))][-2:]
    assert (opened["by"], opened["command"], opened["purpose"]) == ("rita", "review case", "demo")
    assert opened["shown"] == [case_ids[1]]
    assert (searched["by"], searched["command"]) == ("rita", "review check")
    page = otto.get("/audit")
    assert case_ids[1] in page and "rita" in page and "Somebody" not in page


def test_a_candidate_is_checked_by_its_button(app: ASGIApp, home: Home) -> None:
    with open_current(home) as connection:
        query = "select company_id, name from v_company where length(name) > 30 order by company_id limit 1"
        row = query_rows(connection, query)[0]
    name = row["name"]
    anna = Browser(app, "anna")
    anna.get("/")
    anna.send("/check", what=f"{name[:20]}s{name[20:]}", purpose="demo", received="2026-05-01")
    assert "Candidates only" in anna.page
    assert row["company_id"] in (form := Forms(anna.page).forms["/check"])["what"]
    assert (form["purpose"], form["received"]) == ("demo", "2026-05-01")
    anna.send("/check")
    assert anna.status == 200 and "Candidates only" not in anna.page and "2026-06-26" in anna.page


def test_a_file_of_the_server_is_no_question(app: ASGIApp, tmp_path_factory: pytest.TempPathFactory) -> None:
    listed = tmp_path_factory.mktemp("files") / "parties.csv"
    listed.write_text("name\nSecret Party Limited\n", encoding="utf-8")
    anna = Browser(app, "anna")
    token = Forms(anna.page).forms["/sign-out"]["csrf"]
    anna.post("/check", {"csrf": token, "what": str(listed), "purpose": "demo"})
    assert anna.status == 200 and "Secret Party" not in anna.page


def test_a_unix_socket_is_for_the_group_only(tmp_path: Path) -> None:
    path = tmp_path / "app.sock"
    for _ in range(2):  # the second finds that of a server that was killed
        with bound(path):
            assert path.stat().st_mode & 0o777 == 0o660
    with pytest.raises(UsageError, match="give a path"):
        bound(tmp_path / "nowhere" / "app.sock")
