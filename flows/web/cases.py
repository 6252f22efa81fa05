"""The page of a case: what the release says, its history as this user may see it, and the forms."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from starlette.exceptions import HTTPException
from starlette.responses import Response

from flows.accountability.access import Access
from flows.pages.case import fitted, read_case
from flows.release.case_ids import case_by_id, was_its_id
from flows.review import rules
from flows.review.attachments import papers, reference_of
from flows.review.cases import CaseView, case_view
from flows.review.desk import Desk
from flows.review.evidence import CaseFlags, evidence_hash
from flows.review.fold import CLOSE, REOPEN
from flows.review.users import accounts
from flows.web.calls import Call, case_address, html
from flows.web.opened import Opened
from transforms.errors import UsageError
from transforms.reports import render

BLANK: Mapping[str, object] = {
    **dict.fromkeys(("choice", "note", "flag_id", "owner", "scope", "reason", "until"), ""),
    "done": (),
    "outcomes": MappingProxyType({}),
}
SEEN_CHARS = 12  # of a hash, in a form


@dataclass(frozen=True)
class Typed:
    """The content of a form that was refused, so that nobody has to type it twice. `fault`: why."""

    form: str = ""
    fault: str = ""
    stale: tuple[str, ...] = ()
    values: Mapping[str, object] = MappingProxyType({})


def show(call: Call) -> Response:
    """The case, once a purpose is chosen."""
    case_id = call.path["case_id"]
    purpose = call.state.purposes.get(call.user.name, case_id)
    if purpose is None:
        return ask_purpose(call, f"/cases/{case_id}/purpose", case_id)
    with call.open() as opened, call.access(purpose) as access:
        return shown(call, opened, access, case_id)


def shown(
    call: Call, opened: Opened, access: Access, case_id: str, typed: Typed = Typed(), *, status: int = 200
) -> Response:
    """The page of a case, and the entry in the audit log before it."""
    current = current_case(opened, case_id)
    record(access, "review case", case_id)
    if current != case_id:
        call.state.purposes.keep(call.user.name, current, access.purpose)
        if was_its_id(opened.connection, case_id, current):
            call.session.message = call.say("case.earlier_id", case_id=case_id)
        return call.back_to(case_address(current), call.session.message)
    desk = call.desk(opened.connection, opened.kept)
    view = case_view(desk, call.user, current, purpose=access.purpose)
    facts = facts_of(opened, current)
    titles = {purpose.code: purpose.title for purpose in call.purposes(opened)}
    given = {
        **call.given(),
        "purpose": titles[access.purpose],
        **_review(call, desk, view, typed, access.purpose),
    }
    return html(render("case.html.j2", **{**facts, **given}), status=status)


def current_case(opened: Opened, case_id: str) -> str:
    """The case to which an id leads. 404 if there is none."""
    if case_id in opened.case_ids:
        return case_id
    try:
        return case_by_id(opened.connection, case_id)
    except UsageError:
        raise HTTPException(404) from None


def record(access: Access, what: str, case_id: str) -> None:
    access.record(what, [case_id], shown=access.known([case_id]))


def facts_of(opened: Opened, case_id: str) -> Mapping[str, object]:
    """What the case page shows of the release, cached for this release."""
    return opened.kept(("case", case_id), lambda: _facts(opened, case_id))


def _facts(opened: Opened, case_id: str) -> Mapping[str, object]:
    subject = replace(read_case(opened.connection, case_id), earlier_id="")
    facts, _ = fitted(opened.connection, opened.release, subject, {"back": None, "has_site": True})
    return facts


def _review(call: Call, desk: Desk, view: CaseView, typed: Typed, purpose: str) -> dict[str, object]:
    """What the forms and the history on the page take."""
    return {
        "view": view,
        "last_days": {flag_id: date.fromisoformat(one.until) for flag_id, one in view.explained.items()},
        "typed": typed,
        "values": {**BLANK, **typed.values},
        "seen": seen(view.flags),
        "outcomes": rules.outcomes(),
        "reasons": desk.reasons(view.flags.indicators),
        "reason_words": _all_reasons(desk),
        "close_reasons": rules.reasons("close"),
        "reopen_reasons": rules.reasons("reopen"),
        "done_words": rules.measures(),
        "note_chars_max": rules.NOTE_CHARS_MAX,
        "may": {act: call.user.may(act) for act in rules.MAY},
        "receivers": _receivers(call),
        "papers": papers(desk, call.user, view.case_id, purpose=purpose),
        "reference": reference_of(desk, call.user, view.case_id),
    }


def _all_reasons(desk: Desk) -> Mapping[str, Mapping[str, str]]:
    """Outcome, `close` or `reopen` → code of a reason → words. Lists share codes."""
    return {**desk.reasons(desk.indicators), **{act: rules.reasons(act) for act in (CLOSE, REOPEN)}}


def _receivers(call: Call) -> list[str]:
    """To whom a supervisor may assign a case."""
    if not call.user.may("assign-others"):
        return []
    held = accounts(call.state.home)
    return [one.name for one in held if one.disabled_at is None and one.role in rules.MAY["judge"]]


# --- what changed since a form was opened -------------------------------------------------------------------


def seen(flags: CaseFlags) -> str:
    """The flags that a form is about, as it sends them back."""
    return " ".join(
        f"{flag.flag_id}:{flag.version[:SEEN_CHARS]}:{evidence_hash(flag.facts)[:SEEN_CHARS]}"
        for flag in flags.flags
    )


def changes(call: Call, before: str, flags: CaseFlags) -> tuple[str, ...]:
    """What has changed since the form was opened, a line for each flag."""
    old = dict(part.partition(":")[::2] for part in before.split())
    now = dict(part.partition(":")[::2] for part in seen(flags).split())
    indicator = {flag.flag_id: flag.indicator for flag in flags.flags}
    lines = [call.say("stale.new", indicator=indicator[one]) for one in now if one not in old]
    lines += [
        call.say("stale.changed", indicator=indicator[one])
        for one in now
        if old.get(one, now[one]) != now[one]
    ]
    gone_n = len(old.keys() - now.keys())
    return (*lines, *([call.say("stale.gone", n=gone_n)] if gone_n else []))


# --- purpose ------------------------------------------------------------------------------------------------


def ask_purpose(call: Call, address: str, subject: str) -> Response:
    """The form that asks for the purpose of opening a subject. It names nothing of it but its id."""
    with call.open() as opened:
        return call.page(
            "app_purpose.html.j2",
            opened=opened,
            purposes=call.purposes(opened),
            address=address,
            subject=subject,
        )


def chosen_purpose(call: Call, opened: Opened) -> str:
    """The code in the form. Raises UsageError if this home does not have it."""
    code = call.field("purpose")
    if code not in {purpose.code for purpose in call.purposes(opened)}:
        raise UsageError(call.say("purpose.missing"))
    return code


def keep_purpose(call: Call) -> Response:
    """Store the purpose for this case and day, and open the case."""
    case_id = call.path["case_id"]
    with call.open() as opened:
        current_case(opened, case_id)
        call.state.purposes.keep(call.user.name, case_id, chosen_purpose(call, opened))
    return call.back_to(case_address(case_id))
