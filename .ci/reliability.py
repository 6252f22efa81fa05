"""The table of docs/reliability.md, from what the nightly tier measured.

`uv run pytest -m nightly --scorecard tests/reliability/scorecard.json` writes the figures. `python
.ci/reliability.py` puts the table between two markers of the page; `--check` fails where the page shows
anything else, or where a test of the scorecard no longer exists. A run of some tests replaces their figures;
the date of a row is its oldest figure's."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reliability.md"
SCORECARD = ROOT / "tests" / "reliability" / "scorecard.json"
BEGIN, END = "<!-- reliability: begin -->", "<!-- reliability: end -->"
FIGURES_SHOWN = 6
WORDS = {"passed": "passed", "failed": "**failed**", "skipped": "not run"}

# What each test proves. The ids are those of `@pytest.mark.reliability`; one that no test has yet is named
# under the table.
PROVES: Mapping[str, str] = {
    "R1": "A run killed at any moment: the release in force is the old one or the whole new one, and "
    "the next run needs no help",
    "R2": "Any write, fsync, rename or open that fails: as R1, with path and errno in one line",
    "R3": "Readers beside publishing nights: no error, no mixture, never back in time",
    "R4": "A session keeps its release; a new one gets the new release",
    "R5": "Every blocking check is seen to block: its register, or the release",
    "R6": "Rollback, and a home restored elsewhere: equal hashes",
    "R7": "Every column is read back before publishing; old and new DuckDB open a release; nobody can "
    "write to it",
    "R8": "The same inputs change nothing; many nights of changes equal one full build",
    "R9": "Of two runs one goes on and the other says who holds the lock; a dead holder blocks nobody",
    "R10": "Killed after each stage: no finished work is done twice",
    "R11": "Threads, hash seed, locale, time zone and order of input change no byte",
    "R12": "A register that fails night after night: the others publish, it is shown as stale, and an "
    "alarm follows",
    "R13": "Whatever a server does, what is landed is the publisher's file, byte for byte, or nothing",
    "R14": "A part that is missing, doubled or of another date is refused and named",
    "R15": "Rows add up under mutation: read = loaded + rejected + ignored",
    "R16": "A changed file format is followed or refused, never misread",
    "R17": "Volume and fill rates that jump are caught; ordinary nights are not",
    "R18": "Names in every script are kept byte for byte",
    "R19": "Nothing is joined on a placeholder number; no zero is lost",
    "R20": "Duplicates and contradictions: none lost, choices repeatable, no person merged on name and "
    "birth month alone",
    "R21": "The whole country in 4 GiB and an hour",
    "R22": "A full disk at any point: the release in force stays and the next run succeeds",
    "R23": "Nothing is left behind by a killed run",
    "R24": "Graphs of the worst shapes: bounded time and memory, numbers as the reference's",
    "R25": "Flow, worker and server killed: no run stays running, the next night starts on time",
    "R26": "The orchestrator's server down, locked or lost: no difference in the data",
    "R27": "`undertow doctor` names each misconfiguration with its fix",
    "R28": "Hostile names through every output: nothing runs, nothing leaves, everything parses, every "
    "name comes back",
    "R29": "Hostile files are refused in bounded time and memory",
    "R30": "No configuration, file name, place name or query escapes from its place",
    "R31": "No person in logs, errors, artifacts or the orchestrator's database",
    "R32": "No secret in them, in the wheel or in a process list; no pickles; no file that everybody "
    "may read",
    "R33": "Every change to the audit log and the ledger is found",
    "R34": "Nothing of a purged subject is left",
    "R35": "Hashed lock, SBOM, two builds of equal bytes; no connection that was not configured",
}


@dataclass(frozen=True)
class Row:
    id: str
    date: str
    outcome: str
    figures: tuple[str, ...]


def rows(scorecard: Mapping[str, object]) -> list[Row]:
    """One for each id that a test has, in order: failed if one of its tests failed, passed only if all
    that ran passed and one did.
    """
    by_id: dict[str, list[Mapping[str, object]]] = {}
    for test in _tests(scorecard):
        by_id.setdefault(str(test["id"]), []).append(test)
    if unknown := sorted(by_id.keys() - PROVES.keys()):
        raise SystemExit(
            f"{', '.join(unknown)}: in the scorecard and not in PROVES of .ci/reliability.py; say there "
            f"what it proves"
        )
    return [
        Row(
            identifier,
            min(str(test["date"]) for test in by_id[identifier]),
            _outcome(by_id[identifier]),
            _figures(by_id[identifier]),
        )
        for identifier in PROVES
        if identifier in by_id
    ]


def _tests(scorecard: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    tests = scorecard.get("tests")
    return tests if isinstance(tests, list) else []


def _outcome(tests: Sequence[Mapping[str, object]]) -> str:
    found = {str(test["outcome"]) for test in tests}
    return next(
        outcome for outcome in ("failed", "passed", "skipped") if outcome in found or outcome == "skipped"
    )


def _figures(tests: Sequence[Mapping[str, object]]) -> tuple[str, ...]:
    """Each once, in the order of the tests."""
    said = [
        str(figure)
        for test in tests
        for figure in (test["figures"] if isinstance(test["figures"], list) else [])
    ]
    return tuple(dict.fromkeys(said))


def table(scorecard: Mapping[str, object]) -> str:
    """Markdown: the table, then what it does not show."""
    found = rows(scorecard)
    if not found:
        return "Nothing has been measured yet."
    lines = [
        f"Measured in the {scorecard['tier']} tier, {scorecard['processors']} processors.",
        "",
        "| test | what it proves | date | outcome | measured |",
        "|---|---|---|---|---|",
        *(
            f"| {row.id} | {PROVES[row.id]} | {row.date} | {WORDS[row.outcome]} | {_measured(row)} |"
            for row in found
        ),
        "",
        *_left(found),
    ]
    return "\n".join(lines)


def _measured(row: Row) -> str:
    shown, more_n = row.figures[:FIGURES_SHOWN], len(row.figures) - FIGURES_SHOWN
    return _cell("; ".join(shown) + (f"; and {more_n} more" if more_n > 0 else "")) or "no figure"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def _left(found: Sequence[Row]) -> list[str]:
    there = {row.id for row in found}
    missing = [identifier for identifier in PROVES if identifier not in there]
    passed_n = sum(row.outcome == "passed" for row in found)
    line = f"{passed_n} of {len(PROVES)} passed."
    return [
        f"{line} Not measured in this tier, or without a test yet: {', '.join(missing)}." if missing else line
    ]


def with_table(page: str, scorecard: Mapping[str, object]) -> str:
    """The page with the table between its markers."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(
            f"docs/reliability.md: the markers {BEGIN} and {END} are missing; put them where the table "
            f"belongs"
        )
    return f"{before}{BEGIN}\n\n{table(scorecard)}\n\n{END}{after}"


def gone(scorecard: Mapping[str, object], root: Path) -> list[str]:
    """Tests of the scorecard that are not there: what they once measured is no figure any more."""
    files_and_names = [(test, *str(test["test"]).split("::", 1)) for test in _tests(scorecard)]
    return sorted(
        str(test["test"])
        for test, file, name in files_and_names
        if not (root / file).is_file()
        or f"def {name.split('::')[-1].split('[')[0]}(" not in (root / file).read_text(encoding="utf-8")
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--check", action="store_true", help="change nothing; fail where the page shows anything else"
    )
    check = parser.parse_args(arguments).check
    page = PAGE.read_text(encoding="utf-8")
    scorecard = json.loads(SCORECARD.read_text(encoding="utf-8"))
    if left := gone(scorecard, ROOT):
        print(
            f"{SCORECARD.name}: {left[0]} is not there any more; take it out, or run the nightly tier",
            file=sys.stderr,
        )
        return 1
    wanted = with_table(page, scorecard)
    if check and wanted != page:
        print(
            "docs/reliability.md is not what tests/reliability/scorecard.json gives; "
            "run `uv run python .ci/reliability.py`",
            file=sys.stderr,
        )
        return 1
    if not check:
        PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
