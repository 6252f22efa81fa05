"""One request by one user, and how a page is rendered."""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import quote

from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from flows.accountability import access
from flows.accountability.access import Access
from flows.facts.rows import Kept, made_anew
from flows.home.authority import Purpose, authority
from flows.home.settings import Home
from flows.home.warehouse import Connection
from flows.review.acts import By
from flows.review.desk import Desk
from flows.review.rules import Act, User
from flows.web.messages import Messages, messages
from flows.web.opened import Opened, Releases
from flows.web.sessions import (
    Clock,
    Purposes,
    Session,
    Sessions,
    Tries,
)
from transforms.language import language, translated
from transforms.reports import render

POLICY: Final = (
    "default-src 'none'; style-src 'self'{styles}; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)
STYLE_ATTRIBUTE: Final = re.compile(r' style="([^"]*)"')
# Address → key of its words, by what a role may do.
NAVIGATION: Final[tuple[tuple[Act, str, str], ...]] = (
    ("read", "/", "nav.front"),
    ("read", "/queue", "nav.queue"),
    ("read", "/cases.html", "nav.cases"),
    ("read", "/night.html", "nav.night"),
    ("read", "/figures.html", "nav.figures"),
    ("read", "/indicators.html", "nav.indicators"),
    ("read", "/registers.html", "nav.registers"),
    ("users", "/users", "nav.users"),
    ("audit", "/audit", "nav.audit"),
)


class State:
    """What the server holds in memory. `secure`: cookies over TLS only."""

    def __init__(self, home: Home, clock: Clock, secure: bool) -> None:
        self.home, self.clock, self.secure = home, clock, secure
        self.language = authority(home).language
        self.releases = Releases(home)
        self.sessions, self.purposes = Sessions(clock), Purposes(clock)
        self.tries = Tries(clock)

    @property
    def say(self) -> Messages:
        return messages(language())


@dataclass(frozen=True)
class Around:
    """What surrounds a page. `user` None: nobody is signed in. `address`: that of `page_of`. `message`: what
    has just been done.
    """

    user: User | None
    csrf: str
    links: tuple[tuple[str, str], ...]
    address: str
    message: str = ""

    @property
    def path(self) -> str:
        return self.address.partition("?")[0]

    @property
    def quoted(self) -> str:
        """The address, as a parameter of another one."""
        return quote(self.address, safe="")

    @property
    def form_key(self) -> str:
        """The key of one form: sent twice, it does nothing the second time."""
        return secrets.token_urlsafe(16)


@dataclass(frozen=True)
class Call:
    """A request of a user who is signed in and may make it."""

    state: State
    user: User
    session: Session
    address: str
    path: Mapping[str, str]
    query: QueryParams
    form: FormData

    @property
    def say(self) -> Messages:
        return self.state.say

    @property
    def today(self) -> date:
        return self.state.clock().astimezone().date()

    def field(self, name: str) -> str:
        """A text of the form, as `text_of`. Browsers end lines with CR LF."""
        return text_of(self.form, name).replace("\r\n", "\n").strip()

    def number(self, name: str) -> int:
        """A whole number in the address; 0 if there is none."""
        text = self.query.get(name, "")
        return int(text) if text.isdecimal() and len(text) < 12 else 0

    def fields(self, name: str) -> list[str]:
        """The texts of a field that the form may have several times."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    def around(self) -> Around:
        message, self.session.message = self.session.message, ""
        links = tuple((href, key) for act, href, key in NAVIGATION if self.user.may(act))
        return Around(self.user, self.session.csrf, links, self.address, message)

    def given(self) -> dict[str, object]:
        """What every template of the app takes."""
        return {"app": self.around(), "say": self.say}

    # --- the release and its purposes -----------------------------------------------------------------------

    def open(self) -> AbstractContextManager[Opened]:
        return self.state.releases.open()

    def desk(self, connection: Connection, kept: Kept = made_anew) -> Desk:
        return Desk(self.state.home, connection, self.today, kept)

    def purposes(self, opened: Opened) -> tuple[Purpose, ...]:
        """Those of this home; in a synthetic one `demo` too."""
        own = access.declared(self.state.home)
        words = {name: translated(getattr(access.DEMO, name)) for name in ("title", "legal_basis")}
        return (*own, access.DEMO.model_copy(update=words)) if opened.release.row.get("synthetic") else own

    def access(self, purpose: str) -> Access:
        """Close it. Its `record` names the user too."""
        return Access(self.state.home, purpose, by=self.user.name)

    def by(self, purpose: str) -> By:
        return By(self.user, purpose, self.field("key"), self.field("stamp") or None)

    # --- answers --------------------------------------------------------------------------------------------

    def page(
        self, template: str, *, status: int = 200, opened: Opened | None = None, **values: object
    ) -> Response:
        """A page of the app. `opened`: shows of which release it is."""
        return page(template, {**self.given(), **values}, status=status, opened=opened)

    def shown(self, file: str, opened: Opened, write: Callable[..., object], **values: object) -> Response:
        """A page of the release's site."""
        site = opened.site(self.given())
        write(site, **values)
        return html(site.pages[file])

    def back_to(self, address: str, message: str = "") -> Response:
        """After an act. `message`: the next page says it."""
        self.session.message = message
        return RedirectResponse(address, status_code=303)


def text_of(form: FormData, name: str) -> str:
    """A text of a form; "" if it is missing, or is a file."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def case_address(case_id: str) -> str:
    return f"/cases/{quote(case_id, safe='')}.html"


def page_of(request: Request) -> str:
    """The address that was asked for; after a form, that of its case or the start page."""
    if request.method == "POST":
        case_id = request.path_params.get("case_id")
        return case_address(case_id) if case_id else "/"
    return str(request.url.replace(scheme="", netloc=""))


def page(
    template: str, values: Mapping[str, object], *, status: int = 200, opened: Opened | None = None
) -> Response:
    release = opened.release.row if opened is not None else None
    fixed: dict[str, object] = {"release": release, "areas": (), "data_docs": None, "file": "", "root": "/"}
    return html(render(template, **{**fixed, **values}), status=status)


def html(text: str, *, status: int = 200) -> Response:
    """With a policy that allows this page's own inline styles, by their hashes."""
    return HTMLResponse(text, status_code=status, headers={"content-security-policy": policy(text)})


def policy(text: str = "") -> str:
    """Registers cannot write a style into a page: what they state is escaped."""
    sheets, attributes = STYLE.findall(text), STYLE_ATTRIBUTE.findall(text)
    hashes = sorted({_hash(style) for style in (*sheets, *attributes)})
    words = [*(["'unsafe-hashes'"] if attributes else []), *hashes]
    return POLICY.format(styles="".join(f" {word}" for word in words))


def _hash(style: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
