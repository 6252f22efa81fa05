"""Checks of a home that an earlier version of Undertow filled: what is read again, and what is left over."""

from flows.home.settings import Home
from flows.ingest import lake
from flows.ingest.editions import content_of
from flows.ingest.lake import EditionFacts
from flows.journal import diary
from flows.operations.doctor.patient import Findings, Patient, run_command
from flows.release.store import rows_in_force

LEFT_OVER = "cache"  # of version 0.1: hashes of names, which `undertow purge` does not empty


def earlier_readings(patient: Patient) -> Findings:
    """Editions in the lake as an earlier version read them. The next night reads them again."""
    if again := _read_again(patient.home):
        registers = ", ".join(sorted({facts.register for facts in again}))
        bytes_n, rows_n = sum(facts.file_bytes for facts in again), sum(facts.rows_in for facts in again)
        yield (
            f"{len(again)} editions ({registers}; {rows_n:,} records, {bytes_n / 1e6:,.1f} MB) were read by "
            "another version of the program. The next run reads those again whose files are still in its "
            f"landing folder: {_how_long(patient.home, bytes_n)}. The release in force stays until then",
            str(patient.home.lake),
            run_command(patient.home),
        )


def _read_again(home: Home) -> list[EditionFacts]:
    """One reading of each file, except those that the last night did not find."""
    held = lake.manifests(home)
    not_there = rows_in_force(
        home, "select register, edition, file_sha256 from v_edition where earlier_parser"
    )
    left_out = {(row["register"], row["edition"], row["file_sha256"]) for row in not_there}
    left_out |= {content_of(facts) for facts in held if lake.is_read_as_today(facts)}
    return list({content_of(facts): facts for facts in held if content_of(facts) not in left_out}.values())


def _how_long(home: Home, bytes_n: int) -> str:
    """The time as text. It uses the rate of the night that read the most, because small files say little
    about large ones; otherwise it names the longest night.
    """
    events = diary.read(home)
    rates = [(event.bytes_n, event.seconds, event.at) for event in events if event.bytes_n and event.seconds]
    if rates:
        read_n, seconds, at = max(rates)
        return f"about {_minutes(bytes_n / read_n * seconds / 60)} at the rate of the night of {at:%Y-%m-%d}"
    started = {event.run_id: event.at for event in events if event.kind == "started"}
    nights = [event.at - started[event.run_id] for event in events if event.run_id in started]
    if not nights:
        return "how long that takes is unknown, because no night is recorded"
    minutes = max(nights).total_seconds() / 60
    return (
        "how long that takes is unknown, because no night has recorded its rate; "
        f"the longest night so far took {_minutes(minutes)} in all"
    )


def _minutes(minutes: float) -> str:
    return f"{minutes:,.0f} minutes" if minutes >= 1.5 else "a minute"


def left_over(patient: Patient) -> Findings:
    folder = patient.home.root / LEFT_OVER
    if folder.is_dir():
        yield (
            f"{LEFT_OVER}/ is of version 0.1: it holds hashes of names, is not used, and no purge empties it",
            str(folder),
            f"rm -r {folder}",
        )
