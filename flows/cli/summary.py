"""What a run prints at its end: what was read and flagged, any problems, and the path of the report."""

from collections.abc import Iterator

import pyarrow as pa

from flows.cli.output import complain, print_table, say
from flows.facts.areas import unknown_areas
from flows.home.warehouse import RELEASE_DATABASE, query
from flows.night.night import Night
from flows.release.store import current_release, open_current
from transforms.language import language, translated
from transforms.language.stored import stored
from transforms.model.languages import ENGLISH
from transforms.model.register import registers
from transforms.model.sql import read_sql

ALIASES_QUERY = 'undertow sql "from v_case_alias order by last_release_id desc"'


def print_summary(night: Night) -> None:
    release = current_release(night.home)
    known_at = f", {translated('known at')} {night.known_at_asked}" if night.known_at_asked else ""
    synthetic = f"  —  {translated('SYNTHETIC DATA')}" if night.synthetic else ""
    as_of = f"{translated('as of')} {night.as_of}"
    say(f"\n{translated('Release')} {night.release_id}, {as_of}{known_at}{synthetic}\n")
    _print(query(release, read_sql(__package__, "summary_editions")), translated("Read"))
    payees = query(release, read_sql(__package__, "summary_payees"))
    if payees.num_rows:
        _print(payees, translated("Payees that are known for certain"))
    title = "title" if language() == ENGLISH else f"coalesce(title_{language()}, title) as title"
    indicators = query(release, read_sql(__package__, "summary_indicators", title=title))
    _print(indicators, translated("Flagged (an indication, not a finding)"))
    for row in query(release, "select file_name, reason from v_unrecognised_file").to_pylist():
        # Without line ends: text after one could look like our own message.
        say(f"{translated('NOT READ')}: {row['file_name']} ({row['reason']})".replace("\n", "<U+000A>"))
    for line in _notices(night):
        say(line)
    with open_current(night.home) as connection:
        for fault in unknown_areas(connection, night.areas):
            complain(f"{fault}; the report shows nothing for it")
    places = {translated("report"): night.report, translated("database"): release / RELEASE_DATABASE}
    say("\n" + "".join(f"{name:9} {place}\n" for name, place in places.items()))


def _print(table: pa.Table, title: str) -> None:
    print_table(table.rename_columns([translated(name) for name in table.column_names]), title)


def _notices(night: Night) -> Iterator[str]:
    """What a reader of the release must know, one line each."""
    on_request = dict[str, str]()  # registers asked record by record: one line for all their answers
    for edition in night.editions.all:
        facts = edition.facts
        if edition.status == "blocked":
            yield f"{translated('BLOCKED')}: {facts.blocked_message}"
        elif edition.status == "in_force" and facts.completeness == "extract":
            register, reason = registers().get(facts.register), stored(facts.completeness_reason)
            if register and register.on_request:
                on_request[facts.register] = reason
                continue
            yield f"{translated('EXTRACT')}: {facts.register} {facts.label}: {reason}"
    yield from (f"{translated('EXTRACT')}: {name}: {reason}" for name, reason in on_request.items())
    for moment in night.missed:
        missed = translated("MISSED: no run on")
        yield f"{missed} {moment:%Y-%m-%d %H:%M} UTC"
    for alarm in night.alarms:
        yield f"{translated('ALARM')}: {alarm.message}"
    for fault in night.left_out:
        yield f"{translated('LEFT OUT')}: {fault}"
    counts = night.counts.get("build", {})
    changes = [
        f"{n} {translated(change)}"
        for change in ("renamed", "merged", "split")
        if (n := counts.get(f"cases_{change}", 0))
    ]
    if changes:
        find = translated("to find a case by its earlier id")
        yield f"{translated('CASES')}: {', '.join(changes)}; {find}: {ALIASES_QUERY}"
