"""The search for an applicant: `undertow check` in the app."""

from datetime import date, timedelta

from starlette.responses import Response

from flows.check.answer import check as answer_of
from flows.check.input import read_text
from flows.check.sheet import Sheet
from flows.pages.check import companies, party_page
from flows.pages.release import read_indicators
from flows.review.known import with_decisions
from flows.web.calls import Call, html
from flows.web.cases import chosen_purpose
from transforms.errors import UsageError


def check(call: Call) -> Response:
    """The sheet of one applicant. The text is in the form and never in an address."""
    if not call.field("what"):
        raise UsageError(call.say("check.nothing"))
    question = read_text(call.field("what"))
    with call.open() as opened:
        purpose = chosen_purpose(call, opened)
        with call.access(purpose) as access:
            desk = call.desk(access.connection)
            term = _term(call, desk.settings.legal_term_days)
            sheet = answer_of(access.connection, [question], allows=access.allows, checked_on=call.today)
            access.record("review check", [question.shown], shown=sheet.subject_ids)
            sheet = with_decisions(sheet, desk, purpose=purpose)
            for subject_id in sheet.subject_ids:
                call.state.purposes.keep(call.user.name, subject_id, purpose)
            search = {"received": call.field("received"), "purpose": purpose}
            given = {**call.given(), "legal_term": term, "asked": search}
            known = read_indicators(access.connection)
            return html(party_page(sheet, sheet.answers[0], known, _pages(sheet), given))


def _pages(sheet: Sheet) -> dict[str, str]:
    """Company or case → its page below `pictures/`, which leads on to the right one."""
    cases = {
        str(flag["case_id"])
        for answer in sheet.answers
        for subject in answer.subjects
        for flag in subject.facts.get("flags", ())
        if flag["case_id"] is not None
    }
    return {one: f"{one}.html" for one in (*companies(sheet), *cases)}


def _term(call: Call, days: int) -> date | None:
    """The last day for deciding an application that arrived on the given day."""
    if not (text := call.field("received")):
        return None
    try:
        return date.fromisoformat(text) + timedelta(days=days)
    except (ValueError, OverflowError):
        raise UsageError(call.say("check.received")) from None
