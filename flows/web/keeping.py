"""Users, for administrators; and the audit log, for auditors."""

from collections.abc import Callable

from starlette.responses import Response

from flows.journal import audit, chain
from flows.review import users
from flows.review.rules import ROLES, User
from flows.web.calls import Call
from transforms.errors import UsageError

ENTRIES_A_PAGE = 200


def users_page(
    call: Call, *, name: str = "", code: str = "", fault: str = "", wanted: User | None = None
) -> Response:
    """`code`: a one-time code, shown only once. `wanted`: a new user who was refused, for the form again."""
    return call.page(
        "app_users.html.j2",
        status=400 if fault else 200,
        accounts=users.accounts(call.state.home),
        roles=ROLES,
        name=name,
        code=code,
        fault=fault,
        wanted=wanted,
        hours=users.CODE_HOURS,
    )


def _with_faults(act: Callable[[Call, str], Response]) -> Callable[[Call], Response]:
    """An administrator's action, with the name in the form; an error is shown on the page of users."""

    def answer(call: Call) -> Response:
        try:
            return act(call, call.field("name"))
        except UsageError as error:
            return users_page(call, fault=str(error))

    return answer


def add(call: Call) -> Response:
    wanted = User(call.field("name"), call.field("role"))
    try:
        code = users.add(call.state.home, wanted.name, wanted.role, by=call.user)
    except UsageError as error:
        return users_page(call, fault=str(error), wanted=wanted)
    return users_page(call, name=wanted.name, code=code)


@_with_faults
def change_role(call: Call, name: str) -> Response:
    if name == call.user.name:
        raise UsageError(call.say("users.own_role"))
    users.change_role(call.state.home, name, call.field("role"), by=call.user)
    return call.back_to("/users", call.say("users.changed", name=name))


@_with_faults
def new_code(call: Call, name: str) -> Response:
    code = users.new_code(call.state.home, name, by=call.user)
    call.state.sessions.end_all_of(name)
    return users_page(call, name=name, code=code)


@_with_faults
def disable(call: Call, name: str) -> Response:
    if name == call.user.name:
        raise UsageError(call.say("users.own_role"))
    users.disable(call.state.home, name, by=call.user)
    call.state.sessions.end_all_of(name)
    return call.back_to("/users", call.say("users.disabled", name=name))


def audit_page(call: Call) -> Response:
    """The newest entries of the audit log; `?before=N`: those before entry N."""
    log = audit.log(call.state.home)
    walked = chain.Walk(log.origin)
    entries = list(chain.walk(log, walked))
    end = call.number("before") or len(entries) + 1
    shown = [entry for entry in entries if entry.n < end][-ENTRIES_A_PAGE:][::-1]
    older = shown[-1].n if shown and shown[-1].n > 1 else 0
    return call.page("app_audit.html.j2", entries=shown, older=older, faults_n=len(walked.faults))
