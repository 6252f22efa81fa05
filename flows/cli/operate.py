"""Commands for maintaining a home: doctor, notify, backup, restore, disclose, purge, purpose, audit."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.accountability import access
from flows.cli.night import warn_if_unpublished
from flows.cli.options import FormatOption, HomeOption, JsonOption, PurposeOption
from flows.cli.output import (
    EXIT_FAILED,
    after_the_work,
    begin_work,
    complain,
    counted,
    hand_over,
    print_as,
    print_json,
    print_records,
    say,
)
from flows.exports.table import Format
from flows.home import progress
from flows.home.authority import SETTINGS_FILE
from flows.home.processes import keep_private
from transforms.errors import UsageError, exit_code_of

if TYPE_CHECKING:
    from flows.release.verification import Verified

purpose_app = typer.Typer(
    no_args_is_help=True, help="The purposes for which named subjects may be looked up."
)
audit_app = typer.Typer(no_args_is_help=True, help="The audit log and the ledger.")
deploy_app = typer.Typer(no_args_is_help=True, help="Write the files that install Undertow on a server.")


def doctor(home: HomeOption, as_json: JsonOption = False) -> int:
    """Find problems in this home and its environment, each with the command that fixes it. Changes nothing.

    Exit code 4: problems were found.
    """
    from flows.operations.doctor import examine

    with progress.shown("Examining"):
        result = examine(home)
    for check, path in result.unseen.items():
        complain(f"{check}: not checked, because this user may not read {path}")
    with after_the_work():
        if as_json:
            print_json([asdict(finding) for finding in result.findings])
        for finding in () if as_json else result.findings:
            say(f"{finding.check}: {finding.what}\n    where  {finding.where}\n    fix    {finding.fix}")
    findings_n = len(result.findings)
    complain(counted(findings_n, "finding", "findings") if findings_n else "no problems found")
    warn_if_unpublished(home)
    return EXIT_FAILED if result.findings else 0


def notify(
    home: HomeOption,
    *,
    is_test: Annotated[
        bool, typer.Option("--test", help="Send each receiver a message that says it is a test.")
    ] = False,
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Print what is due; send nothing.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Notify the receivers in the home's notify.toml of what is due: results of nights, alarms, new cases.

    Every run does this at its end. Nothing is sent twice. Exit code 0: every message was sent, or none was
    due; 5: a receiver could not be notified; 4: none could.
    """
    from flows.home import logs
    from flows.operations.telling import tell
    from flows.operations.telling.matters import misspelled
    from flows.operations.telling.receivers import NOTIFY_FILE

    logs.configure(quiet=True)
    if not tell.has_receivers(home):
        raise UsageError(
            f"{home.root / NOTIFY_FILE}: there is no such file; name in it who is notified of what"
        )
    for fault in misspelled(home):
        complain(f"{home.root / NOTIFY_FILE}, {fault}")
    if is_dry:
        for receiver, message in tell.would_tell(home):
            say(
                f"--- {receiver}\n{message.title}\n\n{message.text}\n"
                if message
                else f"--- {receiver}: nothing due\n"
            )
        return 0
    outcomes = tell.try_receivers(home) if is_test else tell.tell(home)
    print_records([asdict(outcome) for outcome in outcomes], as_json=as_json)
    return exit_code_of(outcome.state == "failed" for outcome in outcomes)


def metrics(
    home: HomeOption,
    to: Annotated[
        Path | None, typer.Option("--to", help="File to write, for the node exporter's textfile collector.")
    ] = None,
) -> None:
    """Print the state of this home for Prometheus: counts, ages and names of registers."""
    from flows.operations.metrics import text

    hand_over(text(home), to, is_text=True)
    warn_if_unpublished(home)


def backup(
    to: Annotated[Path, typer.Option("--to", help="File to write, outside the home.")],
    home: HomeOption,
) -> None:
    """Write the whole home to one file: data, releases, reports, logs, settings and keys.

    Protect the file as you protect the home.
    """
    from flows.operations.backup import backup as write_backup

    keep_private()
    with progress.shown():
        kept = write_backup(home, to)
    print(
        f"{to}: {len(kept.files)} files, {kept.bytes_n:,} bytes. "
        "It holds whole registers, personal data and the keys of the home."
    )


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `undertow backup` wrote.")],
    home: HomeOption,
) -> None:
    """Restore a home from a backup, and verify every file, release and log.

    The home must not exist yet, or be an empty folder.
    """
    from flows.operations.backup import restore as restore_backup

    keep_private()
    with progress.shown():
        kept = restore_backup(file, home)
    print(
        f"{home.root}: {len(kept.files)} files as of {kept.made_at}. "
        "Repeat any purge that was made after the backup."
    )


# --- personal data -----------------------------------------------------------------------------------------


PersonArgument = Annotated[
    str,
    typer.Argument(help="Id of a natural person (UT-P-…), or REGISTER:RECORD as in v_resolution."),
]


def disclose(
    what: PersonArgument,
    to: Annotated[Path, typer.Option("--to", help="File to write.")],
    *,
    format: Annotated[Format, FormatOption] = Format.xlsx,
    home: HomeOption,
    purpose: PurposeOption = None,
) -> None:
    """Write everything that this home holds about one natural person, for their right of access.

    Needs a purpose that allows access. Read the file before you hand it over: it may name other people.
    """
    from flows.accountability.disclosure import disclosure
    from flows.accountability.subject import plan

    begin_work()
    with access.Access(home, purpose) as opened:
        if "access" not in opened.allows:
            raise UsageError(
                f"purpose {opened.purpose} does not allow access; declare one for it, with "
                "`undertow purpose add CODE … --allows access`"
            )
        opened.record("disclose", [what.strip()], shown=())
        with progress.shown("Searching for the person"):
            planned = plan(home, what.strip())
            rows = disclosure(home, opened.connection, planned, purpose=opened.purpose)
    print_as(rows.to_arrow(), format, to)
    print(f"{to}: {counted(rows.height, 'row', 'rows')}. It holds personal data.")
    _warn_of_unread(planned.unread_n)


def _warn_of_unread(files_n: int) -> None:
    if files_n:
        complain(
            f"{files_n} files kept with cases are a PDF, a picture or another file that cannot be searched; "
            "look at those of the person's cases yourself"
        )


def purge(
    what: PersonArgument,
    *,
    home: HomeOption,
    purpose: PurposeOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
) -> None:
    """Remove a natural person from this home.

    Publishes a release without them, deletes every release and report that contains them, and verifies that
    nothing is left.
    """
    from flows.accountability.purge import purge as carry_out
    from flows.accountability.subject import plan
    from flows.night.runner import safe_errors

    begin_work()
    with access.Access(home, purpose) as opened, safe_errors("purge"):
        opened.record("purge", [what.strip()], shown=())
        purpose_code = opened.purpose
    with progress.shown("Searching for the person"):
        planned = plan(home, what.strip())
    complain(
        f"This removes {counted(len(planned.subject.records), 'record', 'records')} of one natural person "
        f"from {counted(planned.editions_n, 'edition', 'editions')}, publishes a release without them, and "
        f"deletes every release and report that holds them, of {len(planned.releases)}, and files kept with "
        "cases that name them. `undertow rollback` cannot bring those back. Backups, copies elsewhere and a "
        "landing folder outside this home are neither searched nor touched."
    )
    for name in planned.landed:
        complain(
            f"{name} still names the person; it is the publisher's file, so remove or replace it yourself"
        )
    _warn_of_unread(planned.unread_n)
    if not yes and not typer.confirm("Continue?", err=True):
        raise typer.Abort
    with progress.shown():
        release, proof = carry_out(home, planned, purpose=purpose_code)
    print(
        f"Release {release} is current. Searched {proof.files_n} files, {proof.bytes_n} bytes and "
        f"{proof.values_n} decoded values: {sum(proof.hits.values())} hits."
    )


@purpose_app.command("list")
def purpose_list(home: HomeOption, as_json: JsonOption = False) -> None:
    """List the purposes declared in the home's undertow.toml."""
    print_records([purpose.model_dump() for purpose in access.declared(home)], as_json=as_json)


@purpose_app.command("add")
def purpose_add(
    code: Annotated[str, typer.Argument(help="Short code: lower-case letters, digits, - and _.")],
    title: Annotated[str, typer.Option(help="The purpose, in one line.")],
    legal_basis: Annotated[str, typer.Option(help="The law that allows it.")],
    *,
    home: HomeOption,
    area: Annotated[str | None, typer.Option(help="District to which it applies.")] = None,
    desk: Annotated[str | None, typer.Option(help="Desk to which it applies.")] = None,
    allows: Annotated[
        list[str] | None,
        typer.Option(
            help="What else may be read or listed for it: transfers (bank statements), functions (of one "
            "natural person, in the Dutch trade register), disqualifications (of directors), access (all "
            "that is held about one natural person)."
        ),
    ] = None,
) -> None:
    """Declare a purpose in the home's undertow.toml. Creates the file if needed."""
    purpose = access.parsed_purpose(
        code=code, title=title, legal_basis=legal_basis, area=area, desk=desk, allows=allows or None
    )
    access.add_purpose(home, purpose)
    print(f"{home.root / SETTINGS_FILE}: purpose {code} is declared")


@audit_app.command("verify")
def audit_verify(home: HomeOption, as_json: JsonOption = False) -> int:
    """Verify the audit log, the ledger and the files of every release.

    Exit code 0: intact; 3: something was changed, truncated or lost; 4: a file cannot be read.
    """
    from flows.release.verification import verify

    home.must_exist()
    with progress.shown("Verifying"):
        verified = verify(home)
    with after_the_work():
        if as_json:
            print_json({"exit_code": verified.exit_code, **asdict(verified)})
        else:
            _print_verified(verified)
    return verified.exit_code


def _print_verified(verified: Verified) -> None:
    for finding in verified.findings:
        kind = "FAULT" if finding.kind == "fault" else "note"
        line = f", line {finding.line}" if finding.line else ""
        say(f"{kind}: {finding.where}{line}: {finding.what}; {finding.todo}")
    faults_n = len(verified.faults)
    heads = "; ".join(
        f"{name} {counted(head.n, 'entry', 'entries')}, head {head.hash}"
        for name, head in (
            ("ledger", verified.ledger),
            ("audit log", verified.audit),
            ("reviews", verified.review),
        )
    )
    result = counted(faults_n, "fault", "faults") if faults_n else "intact"
    say(f"{result}: {counted(verified.releases_n, 'release', 'releases')}; {heads}")


# --- installing it ------------------------------------------------------------------------------------------

ServedHomeOption = Annotated[Path, typer.Option("--home", help="Home on the server.")]
ServedBackupOption = Annotated[Path, typer.Option("--backup", help="Backup folder on the server.")]


@deploy_app.command("systemd")
def deploy_systemd(
    to: Annotated[Path, typer.Option("--to", help="Folder of units.")] = Path("/etc/systemd/system"),
    home: ServedHomeOption = Path("/var/lib/undertow"),
    backup: ServedBackupOption = Path("/var/backups/undertow"),
    account: Annotated[str, typer.Option(help="User to run it as.")] = "undertow",
) -> None:
    """Write a systemd unit that runs `undertow serve`, and print the commands that start it."""
    from flows.operations import deploy

    print(deploy.write_systemd(to, home, backup, account))


@deploy_app.command("compose")
def deploy_compose(
    to: Annotated[Path, typer.Option("--to", help="Folder to write: Dockerfile, compose.yaml, secrets.")],
    home: ServedHomeOption = Path("/var/lib/undertow"),
    backup: ServedBackupOption = Path("/var/backups/undertow"),
) -> None:
    """Write the files that build and start containers (Docker, Podman), and print the commands that start
    them.
    """
    from flows.operations import deploy

    print(deploy.write_compose(to, home, backup))
