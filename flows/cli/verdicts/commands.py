"""`undertow verdict`: the reviewers' actions on cases, the same as in the app and with the same checks.

A command acts for the user in --by. Every event also names the operating system account that ran it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from flows.accountability.access import Access
from flows.cli.options import DAY_SHOWN, HomeOption, JsonOption, PurposeOption, ThemeOption, day
from flows.cli.output import counted, print_json, print_records, say
from flows.home import settings

if TYPE_CHECKING:
    from flows.review.acts import By
    from flows.review.cases import CaseView
    from flows.review.desk import Desk

verdict_app = typer.Typer(no_args_is_help=True, help="What reviewers decide about cases.")

CaseArgument = Annotated[str, typer.Argument(help="Id of a case, of this or an earlier release.")]
CasesArgument = Annotated[list[str], typer.Argument(help="Ids of cases.")]
ByOption = Annotated[str, typer.Option("--by", help="The user who acts.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Code of the reason; `verdict show` lists them.")]
NoteOption = Annotated[
    str, typer.Option("--note", help="A note. The subject may ask to read it. `other` as reason needs one.")
]
DoneOption = Annotated[list[str] | None, typer.Option("--done", help="What was done. Can be repeated.")]


@contextmanager
def _desk(
    home: settings.Home, purpose: str | None, by: str, command: str = "", ids: list[str] | None = None
) -> Iterator[tuple[Access, Desk, By]]:
    """The release in force, opened for a purpose by a user. `ids`: the ids to record first; a command that
    learns them only later calls `_record` itself.
    """
    from flows.review.acts import By
    from flows.review.desk import Desk
    from flows.review.users import user

    with Access(home, purpose) as access:
        today = datetime.now().astimezone().date()
        who = By(user(home, by), access.purpose)
        if ids is not None:
            _record(access, command, ids)
        yield access, Desk(home, access.connection, today), who


def _record(access: Access, command: str, ids: list[str]) -> None:
    access.record(f"verdict {command}", ids, shown=access.known(ids))


@verdict_app.command("list")
def list_queue(
    by: ByOption,
    *,
    mine: Annotated[bool, typer.Option("--mine", help="Only cases assigned to the user.")] = False,
    theme: ThemeOption = "",
    limit: Annotated[int, typer.Option("--limit", help="Maximum number of cases.", min=1)] = 20,
    home: HomeOption,
    purpose: PurposeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the cases that the user may judge now, in the order in which to read them."""
    from flows.facts.areas import known_theme
    from flows.review.cases import counts, queue

    with _desk(home, purpose, by) as (access, desk, who):
        known_theme(access.connection, theme)
        rows = queue(desk, who.user, limit=limit, mine=mine, theme=theme)
        _record(access, "list", [row.case_id for row in rows])
        shown = counts(desk, who.user)
    columns = ("case_id", "lane", "shown", "due_on", "assigned_to", "title")
    print_records([asdict(row) for row in rows], as_json=as_json, columns=columns)
    if not as_json:
        say("; ".join(f"{n} {stage}" for stage, n in sorted(shown.items()) if n))


@verdict_app.command("show")
def show(
    case: CaseArgument,
    by: ByOption,
    *,
    both: Annotated[
        bool,
        typer.Option(
            "--both", help="For supervisors: see a first verdict too. You cannot be its second reader then."
        ),
    ] = False,
    home: HomeOption,
    purpose: PurposeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a case's state, what is new in it, what was decided before, and the reasons to choose from."""
    from flows.review import acts
    from flows.review.cases import case_view

    with _desk(home, purpose, by, "show", [case]) as (_, desk, who):
        if both:
            acts.see_both(desk, who, case)
        view = case_view(desk, who.user, case, purpose=who.purpose)
        _print_view(desk, view, as_json=as_json)


def _print_view(desk: Desk, view: CaseView, *, as_json: bool) -> None:
    lists = desk.reasons(view.flags.indicators)
    if as_json:
        names = ("case_id", "shown", "outcome", "stamp", "refusal", "due_on", "assigned_to", "came_from")
        history = [asdict(entry) for entry in view.history]
        new = [asdict(one) for one in view.new]
        explained = {flag_id: asdict(one) for flag_id, one in view.explained.items()}
        values = {name: getattr(view, name) for name in names}
        print_json({**values, "new": new, "explained": explained, "history": history, "reasons": lists})
        return
    say(f"{view.case_id}: {view.shown}{f', {view.outcome}' if view.outcome else ''}; due {view.due_on}")
    for one in view.new:
        say(f"new: {one.indicator} {one.subject_id}: {one.kind}, {counted(one.facts_n, 'fact', 'facts')}")
    for other in view.came_from:
        say(f"carries verdicts of {other}")
    for known_one in view.explained.values():
        say(f"explained: {known_one.indicator} {known_one.subject_id} until {known_one.until}")
    for entry in view.history:
        given = " ".join(word for word in (entry.what, entry.indicator, entry.outcome, entry.reason) if word)
        done = f"done: {', '.join(entry.done)}"
        what = done if entry.what == "done" else f"{given}, {done}" if entry.done else given
        say(f"{entry.at[:16]} {entry.by}: {what}")
        if entry.note:
            say(f"    {entry.note}")
    if view.refusal:
        say(view.refusal)
        return
    for outcome, listed in lists.items():
        say(f"\n{outcome}")
        print_records([{"reason": code, "means": words} for code, words in listed.items()], as_json=False)


@verdict_app.command("add")
def add(
    case: CaseArgument,
    by: ByOption,
    outcome: Annotated[str, typer.Option("--outcome", help="confirmed, no-concern or cannot-judge.")],
    reason: ReasonOption,
    *,
    note: NoteOption = "",
    done: DoneOption = None,
    indicator: Annotated[
        list[str] | None,
        typer.Option(
            "--indicator", metavar="CODE=OUTCOME", help="A different outcome for one indicator's flags."
        ),
    ] = None,
    home: HomeOption,
    purpose: PurposeOption = None,
) -> None:
    """Give a verdict on all flags of a case, as its first, second or third reader."""
    from flows.review.acts import Given, judge

    own = dict(one.upper().partition("=")[::2] for one in indicator or ())
    outcomes = {code: given.lower() for code, given in own.items()}
    with _desk(home, purpose, by, "add", [case]) as (_, desk, who):
        made = judge(desk, who, case, Given(outcome, reason, note, outcomes, tuple(done or ())))
    say(f"{made.case_id}: {made.sentence}")


@verdict_app.command("done")
def record_done(
    case: CaseArgument,
    by: ByOption,
    done: Annotated[list[str], typer.Option("--done", help="What was done. Can be repeated.")],
    *,
    note: NoteOption = "",
    home: HomeOption,
    purpose: PurposeOption = None,
) -> None:
    """Record what was done about a decided case."""
    from flows.review import acts

    with _desk(home, purpose, by, "done", [case]) as (_, desk, who):
        made = acts.record_done(desk, who, case, done, note)
    say(f"{made.case_id}: recorded.")


@verdict_app.command("assign")
def assign(
    case: CaseArgument,
    by: ByOption,
    *,
    to: Annotated[str | None, typer.Option("--to", help="To this user (default: --by).")] = None,
    back: Annotated[bool, typer.Option("--back", help="Give it back.")] = False,
    hours: Annotated[int, typer.Option("--hours", help="Number of hours.", min=1, max=240)] = 8,
    home: HomeOption,
    purpose: PurposeOption = None,
) -> None:
    """Assign a case; nobody else can judge it until that expires."""
    from flows.review import acts, users

    receiver = "" if back else users.user(home, to or by).name
    with _desk(home, purpose, by, "assign", [case]) as (_, desk, who):
        made = acts.assign(desk, who, case, receiver, hours)
    say(f"{made.case_id}: {f'with {receiver} for {hours} hours' if receiver else 'given back'}.")


@verdict_app.command("close")
def close(
    cases: CasesArgument,
    by: ByOption,
    reason: ReasonOption,
    *,
    note: NoteOption = "",
    home: HomeOption,
    purpose: PurposeOption = None,
) -> None:
    """Close cases, all for one reason. For supervisors. Something new brings a case back."""
    from flows.review import acts

    with _desk(home, purpose, by, "close", cases) as (_, desk, who):
        made = acts.close(desk, who, cases, reason, note)
    say(f"closed: {', '.join(one.case_id for one in made)}")


@verdict_app.command("reopen")
def reopen(
    cases: CasesArgument,
    by: ByOption,
    reason: ReasonOption,
    *,
    note: NoteOption = "",
    home: HomeOption,
    purpose: PurposeOption = None,
) -> None:
    """Withdraw the decisions on cases, so that they are read again. For supervisors."""
    from flows.review import acts

    with _desk(home, purpose, by, "reopen", cases) as (_, desk, who):
        made = acts.reopen(desk, who, cases, reason, note)
    say(f"reopened: {', '.join(one.case_id for one in made)}")


@verdict_app.command("explain-away")
def explain_away(
    flag: Annotated[str, typer.Argument(help="Id of a flag (see v_flag).")],
    by: ByOption,
    owner: Annotated[str, typer.Option("--owner", help="Who answers for the explanation: a desk or a role.")],
    scope: Annotated[str, typer.Option("--scope", help="What it applies to, in one line.")],
    reason: Annotated[str, typer.Option("--reason", help="The explanation, in one line.")],
    *,
    until: Annotated[date, typer.Option("--until", parser=day, metavar=DAY_SHOWN, help="Its last day.")],
    home: HomeOption,
    purpose: PurposeOption = None,
) -> None:
    """Record a known explanation of a flag. It stays counted, is shown as explained, and needs no verdict."""
    from flows.review import acts

    with _desk(home, purpose, by, "explain-away", [flag]) as (_, desk, who):
        holds = acts.explain_away(desk, who, flag, owner=owner, scope=scope, reason=reason, until=until)
    if holds:
        say(f"{flag}: explained until {until}")
    else:
        say(f"{flag}: recorded; it holds once another supervisor records an explanation too")


@verdict_app.command("erase-notes")
def erase_notes(case: CaseArgument, by: ByOption, home: HomeOption, purpose: PurposeOption = None) -> None:
    """Remove the notes on a case, if its subject has a right to that. For supervisors."""
    from flows.review.retention import erase_notes as remove

    with _desk(home, purpose, by, "erase-notes", [case]) as (_, desk, who):
        remove(desk, who.user, case, who.purpose)
    # No count: it would tell a second reader that there was a first.
    say(f"{case}: its notes are removed")


@verdict_app.command("sample")
def sample(
    by: ByOption,
    unflagged: Annotated[int, typer.Option("--unflagged", help="Number to draw.", min=1, max=1000)],
    *,
    home: HomeOption,
    purpose: PurposeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw legal entities without a flag, from those that the authority pays or that applied for a permit."""
    from flows.review import samples

    with _desk(home, purpose, by) as (access, desk, who):
        drawn = samples.unflagged(desk, who.user, unflagged)
        _record(access, "sample", [str(one["entity_id"]) for one in drawn])
    print_records(drawn, as_json=as_json)


@verdict_app.command("agreement")
def agreement(home: HomeOption, as_json: JsonOption = False) -> None:
    """Show how far first and second readers agree: Cohen's kappa with its 95 per cent interval."""
    from flows.journal import reviews
    from flows.review import precision
    from flows.review.fold import walk

    figures = precision.agreement(walk(reviews.events(home)))
    print_records([asdict(figures)], as_json=as_json)
