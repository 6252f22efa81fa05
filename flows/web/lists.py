"""The front page, the queue, and all cases."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from starlette.responses import RedirectResponse, Response

from flows.facts.rows import Row, as_int, query_rows, texts
from flows.review import rules
from flows.review.cases import queue_listed
from flows.web.calls import Call, html
from flows.web.opened import Opened
from transforms.language import language
from transforms.language.stored import case_title
from transforms.model.languages import ENGLISH

QUEUE_FRONT, QUEUE_ALL = 25, 200  # (own) rows on a page
ROWS_A_PAGE = 100
UNKNOWN = "-"  # the district that is not known
LANES = ("stop", "act", "look")
# Sort orders other than review order, which is the default.
ORDERS: Mapping[str, Callable[[Row], Any]] = {
    "title": lambda row: str(row["title"]).casefold(),
    "district": lambda row: (row["area_name"] is None, str(row["area_name"])),
    "flags": lambda row: -as_int(row["flags_n"]),
    "newest": lambda row: -_ordinal(row["newest_flag_on"]),
}


def front(call: Call) -> Response:
    """The search for an applicant, with the queue below. Users who see no cases go to their own page."""
    if not call.user.may("read"):
        return RedirectResponse("/users" if call.user.may("users") else "/audit", status_code=303)
    with call.open() as opened:
        return _queue(call, opened, "app_front.html.j2", QUEUE_FRONT, mine=False)


def queue_page(call: Call) -> Response:
    """The queue at full length; `?mine=1`: only cases with the user."""
    with call.open() as opened:
        return _queue(call, opened, "app_queue.html.j2", QUEUE_ALL, mine=call.query.get("mine") == "1")


def _queue(call: Call, opened: Opened, template: str, most: int, *, mine: bool) -> Response:
    desk = call.desk(opened.connection, opened.kept)
    title = "title" if language() == ENGLISH else "title_nl"
    themes = {
        str(row["theme"]): str(row["title"])
        for row in query_rows(
            opened.connection, f"select distinct theme, {title} as title from v_theme order by title"
        )
    }
    theme = call.query.get("theme", "")
    rows, rows_n, stages = queue_listed(
        desk, call.user, most, mine=mine, theme=theme if theme in themes else ""
    )
    return call.page(
        template,
        opened=opened,
        rows=rows,
        rows_n=rows_n,
        counts=sorted((stage, n) for stage, n in stages.items() if n),
        mine=mine,
        themes=themes,
        theme=theme,
        purposes=call.purposes(opened),
        today=call.today,
        term_days=desk.settings.legal_term_days,
        families={code: str(row["family"]) for code, row in opened.release.indicators.items()},
    )


# --- all cases ----------------------------------------------------------------------------------------------


def all_cases(call: Call) -> Response:
    """All cases in review order, searched, filtered and sorted by the parameters in the address."""
    with call.open() as opened:
        return cases_listed(call, opened)


def cases_listed(call: Call, opened: Opened, fault: str = "") -> Response:
    """`fault`: why the cases selected were not closed; the form stays as it was filled in."""
    every = opened.kept("cases", lambda: opened.site({}).query("cases", most=None))
    registers = opened.kept("case_registers", lambda: _registers(opened))
    filters = {name: call.query.get(name, "").strip() for name in FILTERS}
    is_any = any(text for name, text in filters.items() if name != "sort")
    since = _day(filters["since"])
    rows = [row for row in every if _matches(row, filters, since, registers)] if is_any else [*every]
    if order := ORDERS.get(filters["sort"]):
        rows.sort(key=order)
    start = call.number("from")
    site = opened.site(call.given())
    site.write(
        "cases.html",
        "site_cases.html.j2",
        rows=rows[start : start + ROWS_A_PAGE],
        rows_n=len(rows),
        lanes=opened.kept("case_lanes", lambda: _lanes(every)),
        filters=filters,
        start=start,
        step=ROWS_A_PAGE,
        choices=opened.kept("case_choices", lambda: _choices(opened, every, registers)),
        titles=opened.release.titles,
        close_reasons=rules.reasons("close"),
        purposes=call.purposes(opened),
        may_close=call.user.may("close"),
        fault=fault,
        marked=frozenset(call.fields("case")),
        typed={name: call.field(name) for name in ("purpose", "reason", "note")},
    )
    return html(site.pages["cases.html"], status=400 if fault else 200)


FILTERS = ("text", "lane", "family", "district", "register", "since", "indicator", "sort")


def _matches(
    row: Row, filters: Mapping[str, str], since: date | None, registers: Mapping[str, frozenset[str]]
) -> bool:
    district = UNKNOWN if row["area_name"] is None else str(row["area_name"])
    return (
        filters["lane"] in ("", row["lane"])
        and (not filters["family"] or filters["family"] in texts(row["families"]))
        and (not filters["indicator"] or filters["indicator"] in texts(row["indicators"]))
        and filters["district"] in ("", district)
        and (not filters["register"] or filters["register"] in registers.get(str(row["case_id"]), ()))
        and (since is None or _ordinal(row["newest_flag_on"]) >= since.toordinal())
        and (not filters["text"] or _has_words(row, filters["text"]))
    )


def _has_words(row: Row, text: str) -> bool:
    title = str(row["title"])  # in English, and as the page shows it
    haystack = " ".join((title, case_title(title), str(row["case_id"]), *texts(row["names"]))).casefold()
    return all(word in haystack for word in text.casefold().split())


def _ordinal(day: object) -> int:
    return day.toordinal() if isinstance(day, date) else 0


def _registers(opened: Opened) -> Mapping[str, frozenset[str]]:
    """Case → registers in the evidence of its flags."""
    rows = opened.site({}).query("case_registers")
    return {str(row["case_id"]): frozenset(texts(row["registers"])) for row in rows}


def _lanes(every: tuple[Row, ...]) -> Mapping[str, int]:
    counted = Counter(row["lane"] for row in every)
    return {lane: counted[lane] for lane in LANES}


def _choices(
    opened: Opened, every: tuple[Row, ...], registers: Mapping[str, frozenset[str]]
) -> Mapping[str, list[str]]:
    families = {code for row in every for code in texts(row["families"])}
    used = {code for codes in registers.values() for code in codes}
    districts = sorted({str(row["area_name"]) for row in every if row["area_name"] is not None})
    return {
        "lane": list(LANES),
        "family": sorted(families),
        "district": districts,
        "register": [code for code in opened.release.titles if code in used],
        "sort": ["position", *ORDERS],
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
