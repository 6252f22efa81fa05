"""The actions on a case: each form on its page. The rules are those of `flows.review.acts`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from starlette.exceptions import HTTPException
from starlette.responses import Response

from flows.accountability.access import Access
from flows.review import acts, rules, users
from flows.review.acts import By, Given
from flows.review.desk import Desk
from flows.review.fold import OUTCOMES
from flows.web.calls import Call, case_address
from flows.web.cases import Typed, changes, chosen_purpose, current_case, record, shown
from flows.web.lists import cases_listed
from flows.web.opened import Opened
from transforms.errors import UsageError

KEPT = ("choice", "note", "flag_id", "owner", "scope", "reason", "until")  # fields returned with an error


@contextmanager
def _case(call: Call) -> Iterator[tuple[Opened, Access, str]]:
    """The case of a form, under the purpose for which the user opened it."""
    purpose = call.state.purposes.get(call.user.name, call.path["case_id"])
    if purpose is None:
        raise UsageError(call.say("purpose.over"))
    with call.open() as opened, call.access(purpose) as access:
        yield opened, access, current_case(opened, call.path["case_id"])


def do(call: Call, what: str, act: Callable[[Desk, By, str], object], message_key: str = "") -> Response:
    """Record the lookup, act, and return to the case; after an error, to the form as it was filled in. A
    decision made on a page that is out of date is refused.

    `message_key`: key of the message; without it `act` returns the message.
    """
    with _case(call) as (opened, access, case_id):
        desk = call.desk(opened.connection)
        record(access, f"review {what}", case_id)
        try:
            result = act(desk, call.by(access.purpose), case_id)
        except UsageError as error:
            is_stale = str(error) == acts.CHANGED
            stale = changes(call, call.field("seen"), desk.flags([case_id])[case_id]) if is_stale else ()
            fault = call.say("stale.lead") if is_stale else str(error)
            typed = Typed(what, fault, stale, _typed(call))
            return shown(call, opened, access, case_id, typed, status=409 if is_stale else 400)
        call.state.purposes.keep(call.user.name, case_id, access.purpose)
        return call.back_to(
            f"{case_address(case_id)}#said", call.say(message_key) if message_key else str(result)
        )


def _typed(call: Call) -> dict[str, object]:
    texts: dict[str, object] = {name: call.field(name) for name in KEPT}
    return {**texts, "done": call.fields("done"), "outcomes": _outcomes(call)}


def _outcomes(call: Call) -> dict[str, str]:
    """Indicator → the value of its field; "" if it has the outcome of the case."""
    prefix = "outcome-"
    return {name.removeprefix(prefix): call.field(name) for name in call.form if name.startswith(prefix)}


def judge(call: Call) -> Response:
    def act(desk: Desk, by: By, case_id: str) -> str:
        given = _given(call)
        if not given.outcome:
            raise UsageError(call.say("verdict.no_choice"))
        return _sentence(call, acts.judge(desk, by, case_id, given))

    return do(call, "verdict", act)


def _sentence(call: Call, made: acts.Made) -> str:
    key = f"made.{made.stage}"
    return call.say(key if key in call.say.texts else "made.other", outcome=made.outcome)


def _given(call: Call) -> Given:
    outcome, _, reason = call.field("choice").partition("/")
    own = {code: own for code, own in _outcomes(call).items() if own in OUTCOMES}
    return Given(outcome, reason, call.field("note"), own, call.fields("done"))


def record_done(call: Call) -> Response:
    def act(desk: Desk, by: By, case_id: str) -> object:
        return acts.record_done(desk, by, case_id, call.fields("done"), call.field("note"))

    return do(call, "done", act, "made.done")


def assign(call: Call) -> Response:
    """To the user, to another, or back (`to` is blank)."""

    def act(desk: Desk, by: By, case_id: str) -> str:
        to = call.field("to")
        if to and not users.user(call.state.home, to).may("judge"):
            raise UsageError(call.say("assign.cannot", name=to))
        acts.assign(desk, by, case_id, to)
        return call.say("made.assigned", name=to) if to else call.say("made.given_back")

    return do(call, "assign", act)


def close(call: Call) -> Response:
    def act(desk: Desk, by: By, case_id: str) -> object:
        return acts.close(desk, by, [case_id], call.field("reason"), call.field("note"))

    return do(call, "close", act, "made.closed")


def reopen(call: Call) -> Response:
    def act(desk: Desk, by: By, case_id: str) -> object:
        return acts.reopen(desk, by, [case_id], call.field("reason"), call.field("note"))

    return do(call, "reopen", act, "made.reopened")


def see_both(call: Call) -> Response:
    return do(call, "both", acts.see_both, "made.both")


def explain_away(call: Call) -> Response:
    def act(desk: Desk, by: By, case_id: str) -> str:
        flag_id, of_case = call.field("flag_id"), desk.flags([case_id])[case_id]
        by.check_page(of_case)  # the flag may have gone since
        if flag_id not in of_case.values:
            raise HTTPException(404)
        try:
            until = date.fromisoformat(call.field("until"))
        except ValueError:
            raise UsageError(call.say("explain.until")) from None
        names = ("owner", "scope", "reason")
        lines = {name: rules.check_line(call.say(f"explain.{name}"), call.field(name)) for name in names}
        holds = acts.explain_away(desk, by, flag_id, **lines, until=until)
        return call.say("made.explained" if holds else "made.explained_by_one")

    return do(call, "explain", act)


def close_several(call: Call) -> Response:
    """Close the cases selected in the list, all for one reason, and return to the list; after an error, with
    the form as it was filled in.
    """
    with call.open() as opened:
        try:
            closed_n = _closed(call, opened, call.fields("case"))
        except UsageError as error:
            return cases_listed(call, opened, str(error))
    return call.back_to(f"/cases.html?{call.query}", call.say("made.closed_n", n=closed_n))


def _closed(call: Call, opened: Opened, case_ids: list[str]) -> int:
    if not case_ids:
        raise UsageError(call.say("close.none"))
    purpose = chosen_purpose(call, opened)
    with call.access(purpose) as access:
        access.record("review close", case_ids, shown=access.known(case_ids))
        desk, by = call.desk(opened.connection), call.by(purpose)
        return len(acts.close(desk, by, case_ids, call.field("reason"), call.field("note")))
