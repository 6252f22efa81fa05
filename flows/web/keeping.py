"""Users, for administrators; and the audit log, for auditors."""

from starlette.responses import Response

from flows.journal import audit, chain
from flows.review import users
from flows.review.rules import ROLES
from flows.web.calls import Call
from transforms.errors import UsageError

ENTRIES_A_PAGE = 200


def users_page(call: Call, *, name: str = "", code: str = "", fault: str = "") -> Response:
    """`code`: a one-time code, shown this once."""
    return call.page(
        "app_users.html.j2",
        status=400 if fault else 200,
        accounts=users.accounts(call.state.home),
        roles=ROLES,
        name=name,
        code=code,
        fault=fault,
        hours=users.CODE_HOURS,
    )


def add(call: Call) -> Response:
    name = call.field("name")
    try:
        code = users.add(call.state.home, name, call.field("role"), by=call.user)
    except UsageError as error:
        return users_page(call, fault=str(error))
    return users_page(call, name=name, code=code)


def change_role(call: Call) -> Response:
    name = call.field("name")
    if name == call.user.name:
        return users_page(call, fault=call.say("users.own_role"))
    try:
        users.change_role(call.state.home, name, call.field("role"), by=call.user)
    except UsageError as error:
        return users_page(call, fault=str(error))
    return call.back_to("/users", call.say("users.changed", name=name))


def new_code(call: Call) -> Response:
    name = call.field("name")
    try:
        code = users.new_code(call.state.home, name, by=call.user)
    except UsageError as error:
        return users_page(call, fault=str(error))
    call.state.sessions.end_all_of(name)
    return users_page(call, name=name, code=code)


def disable(call: Call) -> Response:
    name = call.field("name")
    if name == call.user.name:
        return users_page(call, fault=call.say("users.own_role"))
    try:
        users.disable(call.state.home, name, by=call.user)
    except UsageError as error:
        return users_page(call, fault=str(error))
    call.state.sessions.end_all_of(name)
    return call.back_to("/users", call.say("users.disabled", name=name))


def audit_page(call: Call) -> Response:
    """The newest entries of the audit log; `?before=N`: those before entry N."""
    walked = chain.Walk(audit.log(call.state.home).origin)
    entries = list(chain.walk(audit.log(call.state.home), walked))
    before = call.query.get("before", "")
    end = int(before) if before.isdecimal() and len(before) < 12 else len(entries) + 1
    shown = [entry for entry in entries if entry.n < end][-ENTRIES_A_PAGE:][::-1]
    older = shown[-1].n if shown and shown[-1].n > 1 else 0
    return call.page("app_audit.html.j2", entries=shown, older=older, faults_n=len(walked.faults))
