"""The routes, who may call each, and the order in which a request is checked.

The session is checked first, then the role, then for a POST the token of the form; only then does a page's
own function run. A route that is not in ROUTES does not exist.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Literal

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.home.settings import Home
from flows.review import rules
from flows.review.fold import CLOSE, REOPEN
from flows.review.rules import Act, User
from flows.web import cases, deciding, keeping, lists, papers, released, search, signing_in
from flows.web.calls import Around, Call, State, page, page_of, policy, text_of
from flows.web.provider import Provider
from flows.web.sessions import Clock, is_same
from flows.web.signing_in import Trust
from transforms.errors import RunFailed, UsageError, place
from transforms.language import set_language
from transforms.model.languages import LANGUAGES, Language

log = structlog.get_logger()
FORM_BYTES_MAX = 1_000_000  # (own) a note has 4,000 characters, a check 1,000
UPLOAD_BYTES_MAX = 25_000_000  # (own) a scanned contract
FORM_FIELDS_MAX = 1_000
TYPED = ("note", "owner", "scope", "reason", "until", "reference")  # fields shown again with an error
LANGUAGE_COOKIE, LANGUAGE_SECONDS = "undertow-language", 365 * 24 * 3600
HEADERS = (
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
)

type Needs = Act | Literal["signed-in"]


@dataclass(frozen=True)
class Page:
    """A route. `needs`: an act of `flows.review.rules.MAY`, or "signed-in"."""

    method: Literal["GET", "POST"]
    path: str
    needs: Needs
    answer: Callable[[Call], Response]

    def admits(self, user: User) -> bool:
        return self.needs == "signed-in" or user.may(self.needs)


ROUTES: tuple[Page, ...] = (
    Page("POST", "/sign-out", "signed-in", signing_in.sign_out),
    Page("GET", "/", "signed-in", lists.front),
    Page("GET", "/queue", "read", lists.queue_page),
    Page("GET", "/cases.html", "read", lists.all_cases),
    Page("GET", "/cases/{case_id}.html", "read", cases.show),
    Page("POST", "/cases/{case_id}/purpose", "read", cases.keep_purpose),
    Page("POST", "/cases/{case_id}/verdict", "judge", deciding.judge),
    Page("POST", "/cases/{case_id}/done", "judge", deciding.record_done),
    Page("POST", "/cases/{case_id}/assign", "assign", deciding.assign),
    Page("POST", "/cases/{case_id}/close", "close", deciding.close),
    Page("POST", "/cases/{case_id}/reopen", "reopen", deciding.reopen),
    Page("POST", "/cases/{case_id}/both", "see-both", deciding.see_both),
    Page("POST", "/cases/{case_id}/explain", "explain-away", deciding.explain_away),
    Page("POST", "/cases/{case_id}/files", "judge", papers.add),
    Page("GET", "/cases/{case_id}/files/{digest}", "read", papers.download),
    Page("POST", "/cases/{case_id}/reference", "judge", papers.set_reference),
    Page("GET", "/cases/{case_id}/case.zip", "read", papers.export),
    Page("POST", "/close", "close", deciding.close_several),
    Page("POST", "/check", "read", search.check),
    Page("GET", "/subjects/{file}.html", "read", released.subject),
    Page("POST", "/subjects/{file}/purpose", "read", released.keep_purpose),
    Page("GET", "/pictures/{name}.html", "read", released.picture),
    Page("GET", "/night.html", "read", released.night),
    Page("GET", "/figures.html", "read", released.figures),
    Page("GET", "/indicators.html", "read", released.indicators),
    Page("GET", "/indicators/{code}.html", "read", released.indicator),
    Page("GET", "/registers.html", "read", released.registers),
    Page("GET", "/users", "users", keeping.users_page),
    Page("POST", "/users/add", "users", keeping.add),
    Page("POST", "/users/role", "users", keeping.change_role),
    Page("POST", "/users/code", "users", keeping.new_code),
    Page("POST", "/users/disable", "users", keeping.disable),
    Page("GET", "/audit", "audit", keeping.audit_page),
)


def now() -> datetime:
    return datetime.now(UTC)


def review_app(
    home: Home,
    *,
    secure: bool,
    trust: Trust | None = None,
    provider: Provider | None = None,
    clock: Clock = now,
) -> ASGIApp:
    """The app on a home. `secure`: browsers reach it over TLS only.

    `trust`: a proxy that signs users in; `provider`: where they sign in instead of here.
    """
    state = State(home, clock, secure)
    door = signing_in.Door(state, trust, provider)
    routes = [
        Route("/site.css", released.style, methods=["GET"]),
        Route("/language/{code}", partial(_spoken, state.secure), methods=["GET"]),
        Route("/sign-in", _endpoint(door.sign_in), methods=["GET", "POST"]),
        Route("/sign-in/begin", door.begin, methods=["GET"]),
        Route("/sign-in/back", door.back, methods=["GET"]),
        Route("/set-password", _endpoint(door.set_password), methods=["GET", "POST"]),
        *(Route(one.path, _endpoint(partial(_answered, door, one)), methods=[one.method]) for one in ROUTES),
    ]

    def refused(_request: Request, error: Exception) -> Response:
        return _refused(state, error.status_code if isinstance(error, HTTPException) else 500)

    return Guarded(Starlette(routes=routes, exception_handlers={HTTPException: refused}), state.language)


def _endpoint(answered: Callable[[Request, FormData], Response]) -> Callable[[Request], object]:
    """Answer in a thread of its own, once the form is read."""

    async def answer(request: Request) -> Response:
        if request.method == "POST":
            form = await request.form(max_files=1, max_fields=FORM_FIELDS_MAX, max_part_size=FORM_BYTES_MAX)
        else:
            form = FormData()
        return await run_in_threadpool(answered, request, form)

    return answer


def _spoken(secure: bool, request: Request) -> Response:
    """The page again, in the language that was chosen."""
    response = RedirectResponse(signing_in.own(request.query_params.get("to", "")), status_code=303)
    code = request.path_params["code"]
    if code in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE, code, LANGUAGE_SECONDS, secure=secure, httponly=True, samesite="lax"
        )
    return response


def _answered(door: signing_in.Door, one: Page, request: Request, form: FormData) -> Response:
    state = door.state
    signed = door.session_of(request)
    if signed is None:
        if one.method == "GET":
            response: Response = RedirectResponse("/sign-in", status_code=303)
        else:
            response = _refused(state, 401, typed=_typed(form) if door.was_here(request) else ())
        door.remember(request, response)
        return response
    session, cookie = signed
    user = door.user_of(session)
    if user is None:
        state.sessions.end_all_of(session.user)
        return RedirectResponse("/sign-in", status_code=303)
    call = Call(state, user, session, page_of(request), request.path_params, request.query_params, form)
    response = _checked(one, call)
    if cookie:
        door.set_cookie(response, cookie)
    return response


def _checked(one: Page, call: Call) -> Response:
    if not one.admits(call.user):
        return _refused(call.state, 403, call.around())
    if one.method == "POST" and not is_same(call.field("csrf"), call.session.csrf):
        return _refused(call.state, 403, call.around(), "error.csrf", _typed(call.form))
    try:
        return one.answer(call)
    except UsageError as error:
        return call.page(
            "app_error.html.j2",
            status=400,
            heading=call.say("error.400"),
            lead=str(error),
            typed=_typed(call.form),
        )
    except Exception as error:
        return _refused(call.state, _status(error), call.around())


def _typed(form: FormData) -> tuple[str, ...]:
    """What was typed, so that nobody has to think it up twice. A reason from a list is a code."""
    codes = {"", *rules.reasons(CLOSE), *rules.reasons(REOPEN)}
    texts = (text_of(form, name).strip() for name in TYPED)
    return tuple(text for text in texts if text not in codes)


def _status(error: Exception) -> int:
    """The status for an error. Its message goes to the log, unless it may hold a record."""
    if isinstance(error, HTTPException):
        return error.status_code
    if isinstance(error, RunFailed):
        log.error("review", message=str(error))
        return 503
    log.error("review", kind=type(error).__name__, place=place(error))
    return 500


def _refused(
    state: State, status: int, around: Around | None = None, lead: str = "", typed: tuple[str, ...] = ()
) -> Response:
    known = status if f"error.{status}" in state.say.texts else 500
    lead = lead or f"error.{known}_lead"
    values = {
        "app": around or Around(None, "", (), ""),
        "say": state.say,
        "heading": state.say(f"error.{known}"),
        "lead": state.say(lead) if lead in state.say.texts else "",
        "typed": typed,
    }
    return page("app_error.html.j2", values, status=status)


class Guarded:
    """Around everything: headers on each answer, a bound on what is sent, and the language: the one that the
    user chose, else that of the home.
    """

    def __init__(self, inner: ASGIApp, language: Language) -> None:
        self._inner, self._language = inner, language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        chosen = HTTPConnection(scope).cookies.get(LANGUAGE_COOKIE)
        set_language(next((each for each in LANGUAGES if each == chosen), self._language))
        most = UPLOAD_BYTES_MAX if scope["path"].endswith("/files") else FORM_BYTES_MAX
        received_n = 0

        async def bounded() -> Message:
            nonlocal received_n
            message = await receive()
            received_n += len(message.get("body", b""))
            if received_n > most:
                raise HTTPException(413)
            return message

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("content-security-policy", policy())
                for name, value in HEADERS:
                    headers[name] = value
            await send(message)

        await self._inner(scope, bounded, with_headers)
