"""Pages about the release: indicators, districts, the night, registers; and subjects, under a purpose."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flows.facts.rows import query_rows
from flows.pages.case import fitted, read_subject
from flows.pages.night import night_page
from flows.pages.release import subject_file
from flows.pages.site import figures as figures_page
from flows.pages.site import indicators as indicator_pages
from flows.pages.site import registers as register_page
from flows.pages.site import subjects as subject_pages
from flows.pages.site.layout import STYLES
from flows.web.calls import Call, case_address, html
from flows.web.cases import ask_purpose, chosen_purpose
from flows.web.opened import Opened
from transforms.errors import UsageError
from transforms.reports import render

APP_STYLE = "app.css"


def style(_request: Request) -> Response:
    """The style sheet of all pages of the app; the same for everybody."""
    text = "\n".join(map(render, (*STYLES, APP_STYLE)))
    return Response(text, media_type="text/css")


def indicators(call: Call) -> Response:
    with call.open() as opened:
        return call.shown(indicator_pages.INDEX, opened, indicator_pages.write_index)


def indicator(call: Call) -> Response:
    code = call.path["code"]
    with call.open() as opened:
        if code not in opened.release.indicators:
            raise HTTPException(404)
        file = f"{indicator_pages.FOLDER}/{code}.html"
        return call.shown(file, opened, indicator_pages.write_pages, codes=[code])


def figures(call: Call) -> Response:
    with call.open() as opened:
        return call.shown(figures_page.PAGE, opened, figures_page.write, boundaries=call.state.home.areas)


def registers(call: Call) -> Response:
    with call.open() as opened:
        return call.shown(register_page.PAGE, opened, register_page.write)


def night(call: Call) -> Response:
    with call.open() as opened:
        given = {**call.given(), "data_docs": None, "has_site": True}
        shown = night_page(
            opened.connection, opened.release, given, case_pages=opened.case_ids, kept=opened.kept
        )
        return html(shown)


# --- subjects -----------------------------------------------------------------------------------------------


def subject(call: Call) -> Response:
    """A subject of a case."""
    file = call.path["file"]
    with call.open() as opened:
        subject_id = _subject(opened, file)
        purpose = call.state.purposes.get(call.user.name, subject_id)
        if purpose is None:
            return ask_purpose(call, f"/subjects/{file}/purpose", subject_id)
        with call.access(purpose) as access:
            access.record("review subject", [subject_id], shown=[subject_id])
        rows = [
            row
            for row in subject_pages.subject_rows(opened.connection, _cases_of(opened, subject_id))
            if row["subject_id"] == subject_id
        ]
        address = f"{subject_pages.FOLDER}/{subject_file(subject_id)}"
        return call.shown(address, opened, subject_pages.write, subjects=rows)


def keep_purpose(call: Call) -> Response:
    file = call.path["file"]
    with call.open() as opened:
        subject_id = _subject(opened, file)
        call.state.purposes.keep(call.user.name, subject_id, chosen_purpose(call, opened))
    return call.back_to(f"/subjects/{file}.html")


def _subject(opened: Opened, file: str) -> str:
    """The subject of a page's name. 404 if no case has it, and for a natural person."""
    if file in opened.subject_ids:
        return file
    for subject_id in opened.subject_ids:
        if subject_file(subject_id) == f"{file}.html":
            return subject_id
    raise HTTPException(404)


def _cases_of(opened: Opened, subject_id: str) -> list[str]:
    query = (
        "select distinct case_id from case_member "
        "where rowid in (from rows_of('case_member.subject_id', [$id])) order by case_id"
    )
    return [str(row["case_id"]) for row in query_rows(opened.connection, query, id=subject_id)]


def picture(call: Call) -> Response:
    """The target of a link on a check page: the case that a subject is in, or the subject by itself."""
    name = call.path["name"]
    with call.open() as opened:
        cases = [name] if name in opened.case_ids else _cases_of(opened, name)
        if cases:
            return RedirectResponse(case_address(cases[0]), status_code=303)
        purpose = call.state.purposes.get(call.user.name, name)
        if purpose is None:
            return RedirectResponse("/", status_code=303)  # the search asks for it
        try:
            alone = read_subject(opened.connection, name)
        except UsageError:
            raise HTTPException(404) from None
        with call.access(purpose) as access:
            access.record("review subject", [name], shown=access.known([name]))
        facts, _ = fitted(opened.connection, opened.release, alone, {"back": None, "has_site": False})
        return html(render("case.html.j2", **{**facts, **call.given()}))
