"""A case through the app: two readers and a third, who sees what, and forms that are old or sent twice."""

import html
import io
import re
import zipfile
from datetime import date
from hashlib import sha256

import pytest
from starlette.types import ASGIApp

from flows.home.settings import Home
from flows.journal import reviews
from flows.review import attachments
from flows.web.app import ROUTES
from tests.flows.web.browser import Browser, Forms, Tags
from tests.reliability import hostile

NOTE = "The lease was shown at the desk."


def test_two_readers_disagree_and_a_third_decides(app: ASGIApp, home: Home, case_ids: list[str]) -> None:
    case_id = case_ids.pop(0)
    anna, ben, dirk = (Browser(app, name) for name in ("anna", "ben", "dirk"))
    anna.judge(case_id, "confirmed/unexplained", note=NOTE, done=["question"])
    assert "Another person has to read this case too." in anna.page
    assert NOTE in anna.page and "waiting for another reader" in anna.page
    assert f"/cases/{case_id}.html" not in anna.get("/queue")
    assert f"/cases/{case_id}.html" in ben.get("/queue")

    ben.judge(case_id, "no-concern/explained")
    assert "a third person decides" in ben.page and NOTE in ben.page
    dirk.judge(case_id, "no-concern/settled", done=["nothing"])
    assert "The case is decided." in dirk.page
    assert f"/cases/{case_id}.html" not in dirk.get("/queue")
    verdicts = [event for event in reviews.events(home) if event.case_id == case_id]
    assert [(event.by, event.body["outcome"]) for event in verdicts if event.body] == [
        ("anna", "confirmed"),
        ("ben", "no-concern"),
        ("dirk", "no-concern"),
    ]
    anna.case(case_id)
    anna.send(f"/cases/{case_id}/done", done=["conditions-set"])
    assert "Recorded what was done." in anna.page
    carla = Browser(app, "carla")
    carla.case(case_id)
    carla.send(f"/cases/{case_id}/close", reason="settled")
    history = carla.page.partition('<ol class="history">')[2].partition("</ol>")[0]
    assert history.count("It was so once, and has been put right.") == 1  # the third reader's reason
    assert history.count("Decided, and what was to be done is done.") == 1  # why it was closed


def _addresses(case_id: str, page: str, *, all_of_them: bool) -> list[str]:
    """Every page, or those that read the store of verdicts."""
    subject = re.findall(r'href="\.\./(subjects/[^"]+)"', page)[0]
    code = re.findall(r'href="\.\./(indicators/[^"]+)"', page)[0]
    read = ["/queue", "/queue?mine=1", "/cases.html", f"/cases/{case_id}.html", f"/{subject}"]
    rest = ["/", "/night.html", "/figures.html", "/indicators.html", f"/{code}", "/registers.html"]
    gets = {one.path for one in ROUTES if one.method == "GET" and one.needs in ("read", "signed-in")}
    other = {"/pictures/{name}.html", "/cases/{case_id}/files/{digest}", "/cases/{case_id}/case.zip"}
    assert len([*read, *rest]) - 1 == len(gets - other)
    return [*read, *rest] if all_of_them else read


@pytest.mark.parametrize("everywhere", [False, pytest.param(True, marks=pytest.mark.nightly)])
def test_nothing_of_a_first_verdict_is_on_any_page_of_others(
    app: ASGIApp, case_ids: list[str], everywhere: bool
) -> None:
    case_id = case_ids.pop(0)
    anna = Browser(app, "anna")
    others = [Browser(app, name) for name in ("ben", "carla", *(("rita",) if everywhere else ()))]
    anna.case(case_id)
    before = {}
    for other in others:
        page = other.case(case_id)
        for address in (addresses := _addresses(case_id, page, all_of_them=everywhere)):
            other.get(address)
            before[other.name, address] = other.plain

    anna.judge(case_id, "confirmed/other", note=NOTE, done=["refused"])
    for other in others:
        for address in addresses:
            other.get(address)
            assert other.plain == before[other.name, address], address
    checked = others[0]
    checked.get("/")
    checked.send("/check", what=html.unescape(re.findall(r"<h1><bdi>(.*?)</bdi>", page)[0]), purpose="demo")
    assert checked.status == 200 and NOTE not in checked.page


def test_a_supervisor_who_looks_cannot_be_second_reader(app: ASGIApp, case_ids: list[str]) -> None:
    case_id = case_ids.pop(0)
    Browser(app, "anna").judge(case_id, "confirmed/unexplained", note=NOTE)
    carla = Browser(app, "carla")
    carla.case(case_id)
    carla.send(f"/cases/{case_id}/both")
    assert NOTE in carla.page and "another person has to read this case" in carla.page
    assert f"/cases/{case_id}/verdict" not in Forms(carla.page).forms


def test_a_form_sent_twice_is_one_verdict(app: ASGIApp, home: Home, case_ids: list[str]) -> None:
    case_id = case_ids.pop(0)
    anna = Browser(app, "anna")
    anna.case(case_id)
    fields = {**Forms(anna.page).forms[f"/cases/{case_id}/verdict"], "choice": "cannot-judge/no-power"}
    for _ in range(2):
        anna.post(f"/cases/{case_id}/verdict", dict(fields))
        assert anna.status == 200 and "Recorded." in anna.page
    assert sum(event.case_id == case_id for event in reviews.events(home)) == 1


def test_a_stale_form_records_nothing_and_keeps_what_was_typed(
    app: ASGIApp, home: Home, case_ids: list[str]
) -> None:
    case_id = case_ids.pop(0)
    anna = Browser(app, "anna")
    anna.case(case_id)
    fields = Forms(anna.page).forms[f"/cases/{case_id}/verdict"]
    first, _, rest = fields["seen"].partition(" ")
    flag_id = first.split(":")[0]
    stale = {**fields, "stamp": "0" * 32, "choice": "no-concern/explained", "note": NOTE, "done": "question"}
    anna.post(f"/cases/{case_id}/verdict", {**stale, "seen": f"{flag_id}:old:old gone-flag:a:b {rest}"})
    assert anna.status == 409
    assert "Nothing was recorded" in anna.page and "its evidence or its rule is another one" in anna.page
    assert "flags that are gone: 1" in anna.page and NOTE in anna.page
    assert re.search(r'value="no-concern/explained" required checked', anna.page)
    assert re.search(r'value="question" checked', anna.page)
    assert not any(event.case_id == case_id for event in reviews.events(home))
    anna.send(f"/cases/{case_id}/verdict", choice="no-concern/explained", note=NOTE)
    assert anna.status == 200 and "Recorded." in anna.page


def test_a_fault_in_a_form_comes_back_with_what_was_typed(app: ASGIApp, case_ids: list[str]) -> None:
    case_id = case_ids.pop(0)
    anna = Browser(app, "anna")
    anna.judge(case_id, "")
    assert anna.status == 400 and "Choose an outcome with its reason." in anna.page
    anna.judge(case_id, "confirmed/other", note="")
    assert anna.status == 400 and "needs one" in anna.page
    assert anna.page.index('name="choice"') < anna.page.index('id="fault"') < anna.page.index("verdict-note")


def test_assign_close_reopen_and_explain(app: ASGIApp, case_ids: list[str]) -> None:
    case_id = case_ids.pop()  # one person may decide on it
    anna, ben, carla = (Browser(app, name) for name in ("anna", "ben", "carla"))
    anna.case(case_id)
    anna.send(f"/cases/{case_id}/assign")
    assert "The case is with anna now." in anna.page
    assert f"/cases/{case_id}.html" in anna.get("/queue?mine=1")
    assert f"/cases/{case_id}.html" not in ben.get("/queue")
    assert "This case is with anna now" in ben.case(case_id)
    assert not {f"/cases/{case_id}/{form}" for form in ("verdict", "assign")} & set(Forms(ben.page).forms)
    carla.case(case_id)
    assert "does not judge cases" in carla.send(f"/cases/{case_id}/assign", to="rita")
    carla.send(f"/cases/{case_id}/assign", to="ben")
    assert f"/cases/{case_id}.html" in ben.get("/queue?mine=1")
    carla.case(case_id)
    carla.send(f"/cases/{case_id}/close", note="words that stay")
    assert carla.status == 400 and "words that stay</textarea>" in carla.page and 'role="alert"' in carla.page
    # What was done is sent from a page on which the case was decided.
    own = {name: Forms(carla.page).forms[f"/cases/{case_id}/close"][name] for name in ("csrf", "key")}
    carla.post(f"/cases/{case_id}/done", {**own, "done": "question", "note": "words that stay"})
    assert carla.status == 400 and "is not decided" in carla.page and "words that stay" in carla.page
    for form in ("close", "explain"):
        fields = Forms(carla.page).forms[f"/cases/{case_id}/{form}"]
        typed = {"reason": "too-old", "owner": "o", "scope": "s", "until": date.today().isoformat()}
        carla.post(f"/cases/{case_id}/{form}", {**fields, **typed, "flag_id": "gone", "stamp": "0" * 32})
        assert carla.status == 409 and "Nothing was recorded" in carla.page
    carla.send(f"/cases/{case_id}/close", reason="too-old")
    assert "The case is closed." in carla.page
    assert "This case is closed, and nothing in it is new" in carla.page  # nobody decided it
    carla.send(f"/cases/{case_id}/reopen", reason="mistake")
    assert "The case is reopened." in carla.page
    flag_ids = re.findall(r'<select id="explain-flag".*?</select>', carla.page)[0]
    flag_id = re.findall(r'value="([^"]+)"', flag_ids)[-1]
    known = {"owner": "Lease desk", "scope": "This lease", "reason": "Own subsidiary"}
    refused = Browser(app, "carla").post(f"/cases/{case_id}/explain", {"csrf": "of an older page", **known})
    assert all(f"<blockquote>{text}</blockquote>" in refused for text in known.values())
    carla.send(f"/cases/{case_id}/explain", flag_id=flag_id, until=date.today().isoformat(), scope=" ")
    assert "Who answers for it: a desk or a role: give one line" in carla.page
    carla.send(f"/cases/{case_id}/explain", flag_id=flag_id, until="soon", **known)
    assert carla.status == 400 and "Own subsidiary" in carla.page
    assert f'value="{flag_id}" selected' in carla.page  # else the explanation would be of another flag
    day = date.today().isoformat()
    carla.send(f"/cases/{case_id}/explain", flag_id=flag_id, until=day, **known)
    assert "The explanation is recorded." in carla.page and "Own subsidiary" in carla.page
    carla.send(f"/cases/{case_id}/explain", flag_id="not-of-this-case", until=day, **known)
    assert carla.status == 404


def test_each_user_reads_in_the_language_of_their_choice(app: ASGIApp, case_ids: list[str]) -> None:
    case_id = case_ids[0]
    anna, ben = Browser(app, "anna"), Browser(app, "ben")
    ben.case(case_id)
    anna.case(case_id)
    [link] = re.findall(r'<a class="small" href="([^"]+)"[^>]*>Nederlands</a>', anna.page)
    dutch = anna.get(html.unescape(link))
    assert anna.address == f"/cases/{case_id}.html"
    assert '<html lang="nl">' in dutch and "Waarom dit wordt getoond" in dutch
    assert "Why this is shown" not in dutch and dutch.count("Alle dossiers") == 1
    assert "Werkvoorraad" in anna.get("/queue")
    for page in ("/cases.html", "/indicators.html", f"/cases/{case_id}.html"):
        assert '<html lang="nl">' in anna.get(page) and '<html lang="en">' in ben.get(page)
    assert "Why this is shown" in ben.page  # what is kept is kept by language
    otto = Browser(app, "otto")
    assert "review case" in otto.get("/audit") and "dossier gelezen" not in otto.page
    otto.get("/language/nl?to=/audit")
    assert "dossier gelezen" in otto.page and "review case" not in otto.page
    anna.get("/language/en?to=/queue")
    assert '<html lang="en">' in anna.page and anna.address == "/queue"
    assert anna.client.get("/language/nl?to=//elsewhere.example").headers["location"] == "/"
    assert "set-cookie" not in anna.client.get("/language/xx").headers


def test_several_cases_are_closed_at_once(app: ASGIApp, case_ids: list[str]) -> None:
    chosen, form = [case_ids.pop(), case_ids.pop()], "/close?from=0&text=e&sort=newest"
    carla = Browser(app, "carla")
    carla.get("/cases.html?text=e&sort=newest")
    carla.send(form, case=chosen, reason="no-capacity", purpose="demo")
    assert "Cases closed: 2." in carla.page
    assert carla.address == "/cases.html?from=0&text=e&sort=newest"
    assert "/close" not in " ".join(Forms(Browser(app, "anna").get("/cases.html")).forms)


def test_what_is_refused_for_several_cases_keeps_what_was_filled_in(
    app: ASGIApp, case_ids: list[str]
) -> None:
    carla, form = Browser(app, "carla"), "/close?from=0"
    carla.get("/cases.html")
    carla.send(form, purpose="demo", reason="too-old", note="Words of mine")
    assert carla.status == 400 and "Words of mine</textarea>" in carla.page
    assert carla.page.index('id="fault"') < carla.page.index('id="close-several"')
    chosen = case_ids[:2]
    carla.send(form, case=chosen, purpose="demo", reason="settled")
    assert carla.status == 400 and re.search(rf"({'|'.join(chosen)}) is not decided", carla.page, re.I)
    seen = Tags(carla.page).seen
    assert {one["value"] for tag, one in seen if tag == "input" and "checked" in one} == {*chosen}
    assert {one["value"] for tag, one in seen if tag == "option" and "selected" in one} >= {"demo", "settled"}


def test_what_anybody_types_is_text(app: ASGIApp, case_ids: list[str]) -> None:
    """Notes, filters and searches hold what some program would obey."""
    case_id = case_ids.pop(0)
    anna = Browser(app, "anna")
    names = [name for name in hostile.names() if "\x00" not in name and len(name) < 500]
    written = "\n".join(name for name in names if name.isprintable())[:4000]
    anna.judge(case_id, "confirmed/other", note=written)
    assert anna.status == 200 and hostile.ALARM in anna.page
    pages, token = [anna.page], Forms(anna.page).forms["/sign-out"]["csrf"]
    for name in names[::150]:
        filters = {"text": name, "district": name, "since": name, "from": name, "register": name}
        pages.append(anna.client.get("/cases.html", params=filters).text)
        pages.append(anna.post("/check", {"csrf": token, "what": name, "purpose": "demo"}))
        assert anna.status in (200, 400)
    for page in pages:
        for tag, attributes in Tags(page).seen:
            assert tag not in ("script", "iframe", "object", "embed", "img", "base", "video", "audio")
            assert not [name for name in attributes if name.startswith("on")]
            assert re.fullmatch(r"|min-width: \d+px", attributes.get("style") or "")
            addresses = [attributes.get(name) or "" for name in ("href", "src", "action")]
            assert not re.search(rf"^[^/#].*{hostile.ALARM}|^//", " ".join(filter(None, addresses)))


def test_files_and_the_reference_go_with_the_case(app: ASGIApp, home: Home, case_ids: list[str]) -> None:
    case_id = case_ids.pop(0)
    anna, ben = Browser(app, "anna"), Browser(app, "ben")
    anna.case(case_id)
    data = b"<script>alert(1)</script>"
    fields = Forms(anna.page).forms[f"/cases/{case_id}/files"]
    for _ in range(2):  # sent twice
        answer = anna.client.post(
            f"/cases/{case_id}/files", data=fields, files={"file": ("../the lease.html", data, "text/html")}
        )
        assert answer.status_code == 303
    anna.case(case_id)
    anna.send(f"/cases/{case_id}/files")
    assert anna.status == 400 and "Choose a file." in anna.page
    anna.send(f"/cases/{case_id}/reference", reference="Z-2026-17")
    anna.send(f"/cases/{case_id}/verdict", choice="confirmed/other", note=NOTE)

    page = ben.case(case_id)
    address = re.findall(rf'href="(/cases/{case_id}/files/[0-9a-f]{{64}})"', page)
    assert len(address) == 1 and "Z-2026-17" in page and "anna" not in page
    answer = ben.client.get(address[0])
    assert answer.content == data
    assert answer.headers["content-disposition"] == 'attachment; filename="the-lease.html"'
    assert (answer.headers["content-type"], answer.headers["x-content-type-options"]) == (
        "application/octet-stream",
        "nosniff",
    )
    with zipfile.ZipFile(io.BytesIO(ben.client.get(f"/cases/{case_id}/case.zip").content)) as archive:
        *members, sums = archive.namelist()
        assert members == ["case.html", "case.json", "files/001-the-lease.html"] and sums == "SHA256SUMS"
        lines = [f"{sha256(archive.read(name)).hexdigest()}  {name}" for name in members]
        assert archive.read(sums).decode().splitlines() == lines
        assert archive.read("files/001-the-lease.html") == data
        contents = archive.read("case.json").decode()
    assert '"reference": "Z-2026-17"' in contents and NOTE not in contents and "anna" not in contents

    assert Browser(app, "rita").client.get(address[0]).status_code == 303  # no purpose chosen
    stored = next((home.state / attachments.FOLDER).iterdir())
    assert stored.stat().st_mode & 0o777 == 0o600
    (stored.parent / ("0" * 64)).write_bytes(b"of no event")
    assert attachments.sweep(home) == 1 and stored.exists()
    stored.chmod(0o600)
    stored.write_bytes(b"changed")
    assert ben.client.get(address[0]).status_code == 503
    stored.write_bytes(data)
