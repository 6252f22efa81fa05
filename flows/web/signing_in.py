"""Signing in and out, setting a password with a one-time code, and users that a reverse proxy or a provider
names.
"""

import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Semaphore
from urllib.parse import quote, unquote

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flows.review import users
from flows.review.rules import User
from flows.web.calls import Around, Call, State, page, page_of, text_of
from flows.web.provider import BEGUN_FOR, Provider, Refused
from flows.web.sessions import Session, is_same
from transforms.errors import UsageError

SIGN_IN, SET_PASSWORD = "app_sign_in.html.j2", "app_set_password.html.j2"
HASHES_AT_ONCE = 2  # (own) each takes 64 MiB
PAGE = re.compile(r"/(?![/\\])[!-~]*")  # an address of this app


@dataclass(frozen=True)
class Trust:
    """A reverse proxy that signs users in and names them in a header.

    Its word counts only on a Unix socket, or from a listed address. The proxy has to remove the header from
    what browsers send.
    """

    header: str
    peers: frozenset[str] = frozenset()
    on_socket: bool = False

    def user_of(self, request: Request) -> str:
        """The name that a trusted peer gives; "" if it gives none, or nobody trusts it."""
        peer = request.client.host if request.client is not None and request.client.host else ""
        is_trusted = _address(peer) in self.peers if peer else self.on_socket
        return request.headers.get(self.header, "") if is_trusted else ""


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""


class Door:
    """Who comes in, and how."""

    def __init__(self, state: State, trust: Trust | None, provider: Provider | None) -> None:
        self.state, self._trust, self._provider = state, trust, provider
        self._hashing, self._form_key = Semaphore(HASHES_AT_ONCE), secrets.token_bytes(32)
        self._cookie = "__Host-undertow" if state.secure else "undertow"
        self._begun_cookie, self._form_cookie = f"{self._cookie}-begun", f"{self._cookie}-form"
        self._page_cookie = f"{self._cookie}-page"

    def session_of(self, request: Request) -> tuple[Session, str] | None:
        """The session of a request, and the token of a new cookie or ""."""
        token = request.cookies.get(self._cookie, "")
        session = self.state.sessions.open(token) if token else None
        if self._trust is None:
            return (session, "") if session is not None else None
        name = self._trust.user_of(request)
        if not name:
            return None
        if session is not None and session.user == name:
            return session, ""
        token = self.state.sessions.begin(name)
        opened = self.state.sessions.open(token)
        return (opened, token) if opened is not None else None

    def user_of(self, session: Session) -> User | None:
        """Its user; None if disabled since, or given a new code instead of the password."""
        try:
            account = users.active(self.state.home, session.user)
        except UsageError:
            return None
        has_lost_it = self._trust is None and self._provider is None and not account.has_password
        return None if has_lost_it else User(account.name, account.role)

    def was_here(self, request: Request) -> bool:
        """Whether the browser was signed in before. A form from another site does not send the cookie."""
        return self._cookie in request.cookies

    def set_cookie(self, response: Response, token: str) -> None:
        self._set(response, self._cookie, token)

    def remember(self, request: Request, response: Response) -> None:
        """The sign-in leads to the page that was asked for without a session, or to the case of a form."""
        address = page_of(request)
        if address != "/":
            self._set(response, self._page_cookie, quote(address, safe=""), is_strict=False)

    def _page(self, request: Request) -> str:
        return own(unquote(request.cookies.get(self._page_cookie, "")))

    def _set(self, response: Response, name: str, value: str, *, is_strict: bool = True) -> None:
        response.set_cookie(
            name,
            value,
            max_age=None if is_strict else int(BEGUN_FOR.total_seconds()),
            path="/",
            secure=self.state.secure,
            httponly=True,
            samesite="strict" if is_strict else "lax",
        )

    # --- at a provider --------------------------------------------------------------------------------------

    def begin(self, request: Request) -> Response:
        """Redirect to the provider. Its answer comes from another site, so this cookie alone is not
        strict.
        """
        if self._provider is None:
            raise HTTPException(404)
        try:
            address, state = self._provider.begin()
        except Refused as refused:
            return self._form(request, SIGN_IN, refused.key, status=refused.status)
        response = RedirectResponse(address, status_code=303)
        self._set(response, self._begun_cookie, state, is_strict=False)
        return response

    def back(self, request: Request) -> Response:
        """The answer from the provider: a page that opens the next one by itself, because browsers do not
        send a strict cookie when another site redirects.
        """
        if self._provider is None:
            raise HTTPException(404)
        state, begun = request.query_params.get("state", ""), request.cookies.get(self._begun_cookie, "")
        try:
            if not is_same(state, begun):
                raise Refused("openid.again", 400)
            name = self._provider.name_of(state, request.query_params.get("code", ""))
            user = users.user(self.state.home, name)
        except Refused as refused:
            return self._form(request, SIGN_IN, refused.key, status=refused.status)
        except UsageError:
            return self._form(request, SIGN_IN, "openid.no_user", status=403)
        self.state.sessions.end(request.cookies.get(self._cookie, ""))
        response = self._form(request, "app_signed_in.html.j2")
        response.headers["refresh"] = f"0; url={self._page(request)}"
        self._set(response, self._page_cookie, "")
        self.set_cookie(response, self.state.sessions.begin(user.name))
        return response

    # --- forms before a session -----------------------------------------------------------------------------

    def sign_in(self, request: Request, form: FormData) -> Response:
        template, name = SIGN_IN, text_of(form, "name").strip()
        refusal = self._refusal(request, form, template, name)
        if refusal is not None or request.method == "GET":
            return refusal or self._form(request, template)
        with self._hashing:
            if blocked := self._blocked(request, template, name):  # by those tried while this one waited
                return blocked
            user = users.signed_in(self.state.home, name, text_of(form, "password"))
            if user is None:
                self.state.tries.fail(name.casefold())
                return self._form(request, template, "sign_in.wrong", status=401, name=name)
        self.state.tries.forget(name.casefold())
        self.state.sessions.end(request.cookies.get(self._cookie, ""))
        response = RedirectResponse(self._page(request), status_code=303)
        self._set(response, self._page_cookie, "")
        self.set_cookie(response, self.state.sessions.begin(user.name))
        return response

    def set_password(self, request: Request, form: FormData) -> Response:
        template, name = SET_PASSWORD, text_of(form, "name").strip()
        refusal = self._refusal(request, form, template, name)
        if refusal is not None or request.method == "GET":
            return refusal or self._form(request, template)
        password, code = text_of(form, "password"), text_of(form, "code").strip()
        if password != text_of(form, "again"):
            return self._form(request, template, "password.differ", status=400, name=name, code=code)
        with self._hashing:
            if blocked := self._blocked(request, template, name):
                return blocked
            try:
                users.set_password(self.state.home, name, code, password)
            except UsageError as error:
                self.state.tries.fail(name.casefold())
                return self._form(request, template, "", str(error), status=400, name=name, code=code)
        self.state.sessions.end_all_of(name)
        return self._form(request, SIGN_IN, "password.set", name=name)

    def _refusal(self, request: Request, form: FormData, template: str, name: str) -> Response | None:
        """Why the form is not processed; None if it is."""
        if self._trust is not None:
            return self._form(request, template, "sign_in.proxy", status=403)
        if self._provider is not None and (request.method == "POST" or template == SET_PASSWORD):
            return self._form(request, SIGN_IN, "openid.only", status=403)
        if request.method == "POST" and not self._is_own(request, form):
            return self._form(request, template, "error.csrf", status=403)
        return self._blocked(request, template, name)

    def _blocked(self, request: Request, template: str, name: str) -> Response | None:
        """The answer after too many wrong attempts on an account.

        None are counted by address: behind a proxy all have one, and nobody waits because of another.
        """
        if name and self.state.tries.is_blocked(name.casefold()):
            return self._form(request, template, "sign_in.blocked", status=429)
        return None

    def _is_own(self, request: Request, form: FormData) -> bool:
        """Whether the form is one of this app, opened in this browser."""
        cookie = request.cookies.get(self._form_cookie, "")
        return bool(cookie) and is_same(text_of(form, "csrf"), self._form_token(cookie))

    def _form_token(self, cookie: str) -> str:
        """The token of a form before a session: the hash of its cookie by a key of this process."""
        return hmac.new(self._form_key, cookie.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def _form(
        self,
        request: Request,
        template: str,
        key: str = "",
        words: str = "",
        *,
        status: int = 200,
        name: str = "",
        code: str = "",
    ) -> Response:
        """`name`, `code`: what was typed, so that nobody has to type it twice."""
        cookie = request.cookies.get(self._form_cookie) or secrets.token_urlsafe(24)
        around = Around(None, self._form_token(cookie), (), request.url.path)
        message = self.state.say(key) if key else words
        values: Mapping[str, object] = {
            "app": around,
            "say": self.state.say,
            "message": message,
            "elsewhere": self._provider is not None,
            "name": name,
            "code": code,
        }
        response = page(template, values, status=status)
        self._set(response, self._form_cookie, cookie)
        return response


def own(address: str) -> str:
    """The address; that of the start page if it is not one of this app."""
    return address if PAGE.fullmatch(address) else "/"


def sign_out(call: Call) -> Response:
    call.state.sessions.drop(call.session)
    return RedirectResponse("/sign-in", status_code=303)
