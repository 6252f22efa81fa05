"""The review app over a home of hostile names, in Chromium."""

import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import httpx2

from flows.facts.rows import query_rows
from flows.home.settings import Home
from flows.pages.release import subject_file
from flows.release.store import open_current
from tests.flows.web.served import Officer, copied, served
from tests.reliability import browser, hostile
from tests.reliability.browser import Seen
from transforms.reports import is_hidden

ROLES = {"anna": "reviewer", "otto": "auditor"}
OF_A_KIND_MAX = 12
# A page's text as a reader who knows code points takes it: each chip read as its character.
READ_BACK = """(() => {
    const all = document.body.cloneNode(true);
    for (const chip of all.querySelectorAll("span.chip"))
        if (/^U\\+[0-9A-F]{4,6}$/.test(chip.textContent))
            chip.replaceWith(String.fromCodePoint(parseInt(chip.textContent.slice(2), 16)));
    return all.textContent;
})()"""
WHOLE = "document.documentElement.outerHTML"
SCRIPT = f"""(() => {{
    const script = document.createElement("script");
    script.textContent = "document.title = '{hostile.ALARM}'";
    document.head.append(script);
    return document.title;
}})()"""
BOUNDARY = "between-the-fields"
FORM = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
SAVED_AS = re.compile(r'attachment; filename="[A-Za-z0-9_][A-Za-z0-9._-]*"')
IN_ZIP = re.compile(r"case\.html|case\.json|files/\d{3}-[A-Za-z0-9_][A-Za-z0-9._-]*")


@dataclass
class Visit:
    """An officer who looks at pages, and what was wrong with one. `read_back`: of the last page."""

    officer: Officer
    purpose: str
    pages_n: int = 0
    faults: list[str] = field(default_factory=list)
    read_back: str = ""

    def open(self, address: str) -> None:
        """A page by its address; where a purpose is asked, that page and the one behind it."""
        seen = self.officer.open(address)
        self._note(address, seen)
        asks = address.replace(".html", "/purpose")
        if address.endswith(".html") and self.officer.has(asks):
            self._note(address, self.send(asks, {"#purpose": self.purpose}))

    def check(self, name: str) -> None:
        self.officer.open("/")
        seen = self.send("/check", {"#what": name, "#check-purpose": self.purpose})
        self._note(f"the check of {name!r}", seen)

    def send(self, action: str, fields: dict[str, str]) -> Seen:
        for one, value in fields.items():
            self.officer.fill(one, value)
        return self.officer.send(action)

    def _note(self, what: str, seen: Seen) -> None:
        self.pages_n += 1
        self.read_back = str(self.officer.tab.evaluate(READ_BACK))
        hidden = {c for c in self.officer.tab.evaluate(WHOLE) if is_hidden(c)} - {"\n", "\u202f"}
        outside = [one for one in seen.requests if not one.startswith((self.officer.base, "data:"))]
        if seen.scripts or seen.dialogs or outside or hidden or seen.title in ("", hostile.ALARM):
            self.faults.append(f"{what}: {seen}, hidden {sorted(hidden)!r}")


@contextmanager
def visits(home: Home, folder: Path, purpose: str) -> Iterator[dict[str, Visit]]:
    """A visit of each user, before the app on a copy of the home."""
    copy = copied(home, folder / "home", ROLES)
    shutil.copy(home.root / "undertow.toml", copy.root)
    with (
        served(copy) as server,
        browser.started(folder / "profile") as address,
        browser.tab(address) as first,
        browser.tab(address) as second,
    ):
        tabs = zip(ROLES, (first, second), strict=True)
        yield {name: Visit(Officer(tab, server.base, name), purpose) for name, tab in tabs}


@dataclass(frozen=True)
class Subjects:
    """Cases, and subjects of them with their raw names."""

    case_ids: Sequence[str]
    names: dict[str, str]
    indicators: Sequence[str]


def subjects(home: Home) -> Subjects:
    """Some of a home, evenly spread."""
    with open_current(home) as connection:
        cases = [
            str(row["case_id"]) for row in query_rows(connection, "select case_id from v_case order by all")
        ]
        companies = query_rows(
            connection,
            "select company_id, name from v_company where company_id in "
            "(select subject_id from v_case_member) order by all",
        )
        codes = query_rows(
            connection, "select distinct indicator from v_flag where state = 'flagged' order by all"
        )
    return Subjects(
        _some(cases),
        {str(row["company_id"]): str(row["name"]) for row in _some(companies)},
        [str(row["indicator"]) for row in codes],
    )


def _some[T](every: Sequence[T]) -> Sequence[T]:
    return every[:: max(1, len(every) // OF_A_KIND_MAX)]


def all_kinds(held: Subjects, names: Sequence[str], visit: Visit) -> list[str]:
    """Open a page of every kind that shows names; returns subjects and names that could not be read there."""
    lost = []
    for page in (
        "/",
        "/queue",
        "/cases.html",
        "/night.html",
        "/indicators.html",
        "/figures.html",
        "/registers.html",
    ):
        visit.open(page)
    for code in held.indicators:
        visit.open(f"/indicators/{code}.html")
    for case_id in held.case_ids:
        visit.open(f"/cases/{case_id}.html")
        lost += [] if visit.officer.has(f"/cases/{case_id}/files") else [case_id]
    for subject_id, name in held.names.items():
        visit.open(f"/subjects/{subject_file(subject_id)}")
        lost += [] if as_read(name) in visit.read_back else [subject_id]
    for name in names:
        visit.open(f"/cases.html?text={quote(name[:200])}")
        visit.open(f"/cases/{quote(name[:200], safe='')}.html")
        visit.open(f"/subjects/{quote(name[:200], safe='')}.html")
        visit.check(name)
        lost += [] if as_read(name) in visit.read_back else [name]
    return lost


def as_read(name: str) -> str:
    """A long name is cut on pages, which say so."""
    return name[:200].strip()


# --- files --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Zip:
    """A case with files of hostile names. `kept`: names that were taken; `given`: names in what the zip says;
    `saved_as`: headers of answers; `page`: of the zip.
    """

    kept: Sequence[str]
    given: Sequence[str]
    saved_as: Sequence[str]
    members: Sequence[str]
    page: str


def _form(fields: dict[str, str], name: str, text: str) -> bytes:
    """A form with a file, whose name is sent as it is: a client library would make it a tame one."""
    parts = [f'name="{field}"\r\n\r\n{value}' for field, value in fields.items()]
    parts.append(f'name="file"; filename="{name}"\r\n\r\n{text}')
    lines = "".join(f"--{BOUNDARY}\r\nContent-Disposition: form-data; {part}\r\n" for part in parts)
    return f"{lines}--{BOUNDARY}--\r\n".encode()


def zip_of(visit: Visit, case_id: str, names: Sequence[str]) -> Zip:
    """Give a case a file of each name, and take all of them out of it again."""
    officer, of_case, kept = visit.officer, f"/cases/{case_id}", []
    visit.open(f"{of_case}.html")
    hidden = officer.hidden(f"{of_case}/files")
    with httpx2.Client(base_url=officer.base, cookies=officer.tab.cookies(), timeout=60) as client:
        for n, name in enumerate(names):
            sent = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")  # as browsers do
            fields = {**hidden, "key": f"{hidden['key']}{n}"}
            answer = client.post(f"{of_case}/files", content=_form(fields, sent, f"{n}"), headers=FORM)
            assert answer.status_code in (303, 400), (name, answer.status_code)
            kept += [re.split(r"[/\\]", sent)[-1]] if answer.status_code == 303 else []
        visit.open(f"{of_case}.html")
        whole = client.get(f"{of_case}/case.zip")
        with zipfile.ZipFile(io.BytesIO(whole.content)) as archive:
            members, contents = archive.namelist(), json.loads(archive.read("case.json"))
            page = archive.read("case.html").decode("utf-8")
        files = [client.get(f"{of_case}/files/{one['sha256']}") for one in contents["files"]]
    saved_as = [answer.headers["content-disposition"] for answer in (whole, *files)]
    return Zip(kept, [one["name"] for one in contents["files"]], saved_as, members, page)
