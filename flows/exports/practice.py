"""`undertow report --practice CODE`: a sheet on one indicator for another authority, in the form of the
practice sheets of the European Crime Prevention Network (https://www.eucpn.org/knowledge-center).

It names no subject and shows no count below CELL_MIN, because one refused permit in a small town identifies
somebody. It also shows no total or share that includes a hidden count, but a bound computed from the counts
shown. The text comes from the indicator's declaration, the counts from the release in force and from
decisions under the current rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from flows.facts.rows import Row, as_int, query_rows, release_row
from flows.home.authority import Authority
from flows.pages.release import write_page
from flows.review.precision import wilson
from flows.review.rules import measures, outcomes
from transforms.errors import UsageError
from transforms.model.area_views import CELL_MIN
from transforms.model.indicator import page_sections
from transforms.model.sql import Connection, read_sql
from transforms.model.subjects import SUBJECT_KINDS
from transforms.reports import blocks, render

NAME_LETTERS_MIN = 8  # (own) a shorter name may be an ordinary word on the page
SHOWN_FROM = 2 * CELL_MIN  # with fewer cases, a bound on one part would reveal the other
OBJECTIVES: Mapping[str, str] = {
    "stop": "That nobody pays, grants or signs before a person has checked.",
    "act": "That a person reads the case before the authority pays, grants or signs.",
    "look": "That a person sees it beside other indications; alone it opens no case.",
    "data": "That the register which contradicts itself is corrected.",
}
UNDER = f"under {CELL_MIN}"


@dataclass(frozen=True)
class Sheet:
    """A practice sheet. `sections`: heading → text in Markdown."""

    code: str
    title: str
    by: str
    synthetic: bool
    sections: Mapping[str, str]

    @property
    def markdown(self) -> str:
        heads = [f"# Practice sheet: {self.code} {self.title}"]
        if self.synthetic:
            heads.append("**SYNTHETIC: an invented town.**")
        texts = (f"## {heading}\n\n{text}" for heading, text in self.sections.items())
        return "\n\n".join((*heads, *texts)) + "\n"

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write the sheet as Markdown and as a page, and return both paths. Raises OSError."""
        page = render(
            "practice.html.j2",
            sheet=self,
            sections={heading: blocks(text) for heading, text in self.sections.items()},
        )
        name = f"practice-{self.code.lower()}"
        return write_page(folder / f"{name}.md", self.markdown), write_page(folder / f"{name}.html", page)


def practice_sheet(
    connection: Connection, code: str, settings: Authority, *, hours: int | None = None
) -> Sheet:
    """The sheet on an indicator. `hours`: the time spent on readings, by the authority's own estimate.

    Raises UsageError if the release does not assess the indicator, or its page names a subject of one of its
    flags.
    """
    release = release_row(connection)
    assessed = query_rows(connection, "select * from v_indicator where code = $code", code=code)
    if not assessed:
        raise UsageError(
            f"{code}: the release in force does not assess it, so there is nothing to report; "
            "see `undertow indicators`, and run the pipeline first"
        )
    row = assessed[0]
    counts = Decisions.read(connection, row)
    sheet = Sheet(
        code,
        str(row["title"]),
        settings.name,
        bool(release["synthetic"]),
        {
            "Context": _context(release, row, settings),
            "Objective": OBJECTIVES[str(row["lane"])],
            **_what_and_why(row),
            "Data": _data(connection, code),
            "Legal basis": _legal_basis(settings),
            "Effort": _effort(counts, settings, hours),
            "Outcome": _outcome(counts),
            "Limits": _limits(row),
            "Before you use it": _receiver(code),
        },
    )
    _refuse_subjects(connection, sheet)
    return sheet


# --- counts -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Decisions:
    """Decided cases under the current rule. `by_outcome`, `done`: number of cases by code; `readings`: number
    of readings by outcome. `sample`: decided cases of the random sample, and those confirmed. `months`: first
    and last month of a decision.
    """

    by_outcome: Mapping[str, int]
    readings: Mapping[str, int]
    done: Mapping[str, int]
    sample: tuple[int, int]
    months: tuple[str, str]

    @classmethod
    def read(cls, connection: Connection, indicator: Row) -> "Decisions":
        """The decisions in the release on an indicator, a row of v_indicator."""
        rule = {"indicator": indicator["code"], "version": indicator["rule_sha256"]}
        decided = query_rows(connection, read_sql(__package__, "practice_outcomes"), **rule)
        done = query_rows(connection, read_sql(__package__, "practice_done"), **rule)
        shown = [one for one in decided if as_int(one["cases_n"]) >= CELL_MIN]
        precision = "select * from v_precision where indicator = $indicator and version = $version"
        sample = [
            (as_int(one["reviewed_n"]), as_int(one["confirmed_n"]))
            for one in query_rows(connection, precision, **rule)
        ]
        return cls(
            {str(one["outcome"]): as_int(one["cases_n"]) for one in decided},
            {str(one["outcome"]): as_int(one["readings_n"]) for one in decided},
            {str(one["kind"]): as_int(one["cases_n"]) for one in done},
            sample[0] if sample else (0, 0),
            (
                min((str(one["first_month"]) for one in shown), default=""),
                max((str(one["last_month"]) for one in shown), default=""),
            ),
        )

    @property
    def shown(self) -> dict[str, int]:
        """The counts that are shown, by outcome."""
        return {code: n for code, n in self.by_outcome.items() if n >= CELL_MIN}

    @property
    def any_hidden(self) -> bool:
        return len(self.shown) < len(outcomes())


def cell(n: int) -> str:
    """A count in words: hidden if it is below CELL_MIN, including 0."""
    return str(n) if n >= CELL_MIN else UNDER


def precision_words(counts: Decisions) -> str:
    """Precision in words, with its interval. If few were confirmed, or few were not, only a bound. Nothing if
    the bound and the counts by outcome together would reveal more about the small count.
    """
    reviewed_n, confirmed_n = counts.sample
    others_n = reviewed_n - confirmed_n
    if reviewed_n < SHOWN_FROM:
        return f"Precision: not shown, because under {SHOWN_FROM} cases of the random sample were decided."
    sample_words = f"of {reviewed_n} cases of a random sample"
    if min(confirmed_n, others_n) >= CELL_MIN:
        low, high = _interval(confirmed_n, reviewed_n)
        share = 100 * confirmed_n / reviewed_n
        interval = f"{low:.0f} to {high:.0f}, interval of 95 per cent"
        return f"Precision: {share:.0f} per cent ({interval}); {sample_words} {confirmed_n} were confirmed."
    is_low = confirmed_n < CELL_MIN
    if reviewed_n > counts.by_outcome.get("no-concern" if is_low else "confirmed", 0):
        return f"Precision: not shown, because it would give a count under {CELL_MIN} away."
    if is_low:
        high = _interval(CELL_MIN - 1, reviewed_n)[1]
        return f"Precision: at most {high:.0f} per cent; {sample_words} {UNDER} were confirmed."
    low = _interval(reviewed_n - CELL_MIN + 1, reviewed_n)[0]
    return f"Precision: at least {low:.0f} per cent; {sample_words} {UNDER} were not confirmed."


def _interval(right_n: int, n: int) -> tuple[float, float]:
    """The 95 per cent interval of right_n / n, in per cent (`flows.review.precision.wilson`)."""
    low, high = pl.select(*wilson(pl.lit(right_n), pl.lit(n))).row(0)
    return 100 * low, 100 * high


# --- sections -----------------------------------------------------------------------------------------------


def _context(release: Row, row: Row, settings: Authority) -> str:
    kind = SUBJECT_KINDS[str(row["subject_type"])].words
    return (
        f"From: {settings.name}. It compares public registers every night with Undertow "
        f"{release['code_version']}, and people read what is flagged. A flag is an indication, not a "
        "finding; a person decides.\n\n"
        f"In the release of {release['as_of']}, of {kind}:\n\n"
        f"- flagged: {cell(as_int(row['n_flagged']))}\n"
        f"- assessed and not flagged: {cell(as_int(row['n_not_flagged']))}\n"
        f"- not assessable: {cell(as_int(row['n_not_assessable']))}"
    )


def _what_and_why(row: Row) -> dict[str, str]:
    page = page_sections(str(row["page"]))
    return {
        "What is flagged": f"{page['Condition']}\n\n{page['Method']}",
        "Why": page["Why it is a red flag"],
        "Parameters and exclusions": f"{page['Parameters']}\n\n{page['Exclusions']}",
    }


def _data(connection: Connection, code: str) -> str:
    rows = query_rows(connection, read_sql(__package__, "practice_registers"), indicator=code)
    listed = [f"- {row['title']} ({row['publisher']}; {row['licence']})" for row in rows]
    return "\n".join(listed) or "No flag stands, so no register is listed."


def _legal_basis(settings: Authority) -> str:
    stated = [f"- {purpose.title}: {purpose.legal_basis}" for purpose in settings.purpose]
    listed = "\n".join(dict.fromkeys(stated)) or "- none was declared"
    return f"That of {settings.name}. It is not yours.\n\n{listed}"


def _effort(counts: Decisions, settings: Authority, hours: int | None) -> str:
    cases_n = sum(counts.shown.values())
    readings_n = sum(counts.readings[code] for code in counts.shown)
    if not cases_n:
        decided = f"- decided cases: {UNDER} of each outcome"
    else:
        least = "at least " if counts.any_hidden else ""
        decided = f"- decided cases: {least}{cases_n}\n- readings: {least}{readings_n}"
    if hours is not None:
        spent = f"{hours}, by the authority's own estimate"
    elif settings.review_minutes and cases_n:
        least = "at least " if counts.any_hidden else ""
        by_rate = round(readings_n * settings.review_minutes / 60)
        spent = f"{least}{by_rate}, at {settings.review_minutes} minutes a reading"
    else:
        spent = "not recorded"
    return f"{decided}\n- hours: {spent}"


def _outcome(counts: Decisions) -> str:
    when = f" from {counts.months[0]} to {counts.months[1]}" if counts.shown else ""
    # `nothing` is left out: all cases minus these would be a total of the other kinds.
    kinds = {code: words for code, words in measures().items() if code != "nothing"}
    decided, done = (
        "\n".join(f"- {words.rstrip('.')}: {cell(cases.get(code, 0))}" for code, words in listed.items())
        for listed, cases in ((outcomes(), counts.by_outcome), (kinds, counts.done))
    )
    return "\n\n".join(
        (
            precision_words(counts),
            f"Cases decided{when}, by outcome:",
            decided,
            "What was done, in cases (one case can have several, or none):",
            done,
        )
    )


def _limits(row: Row) -> str:
    page = page_sections(str(row["page"]))
    return "\n\n".join(
        (
            f"A count under {CELL_MIN} is not shown, including 0, nor is any total that includes one.",
            "Precision is that of this authority's cases, by its own reviewers. How many it misses was not "
            "measured.",
            f"Ordinary explanations: {page['Ordinary explanations']}",
            f"Not assessable when: {page['Not assessable when']}",
        )
    )


def _receiver(code: str) -> str:
    return (
        "Find out what allows your authority to do this, and write it in its `undertow.toml`. An indicator "
        "that came in a pack with this sheet is off until it is there.\n\n"
        f'    [[legal_basis]]\n    indicator = "{code}"\n    text = "Article … of …"'
    )


def _refuse_subjects(connection: Connection, sheet: Sheet) -> None:
    """Raises UsageError if the sheet names a subject: an authority's own page may name one as an example."""
    query = "select distinct subject_id, subject_name from v_flag where indicator = $indicator"
    text = " ".join(sheet.markdown.upper().split())
    for row in query_rows(connection, query, indicator=sheet.code):
        names = [" ".join(str(value).upper().split()) for value in row.values() if value is not None]
        if any(len(name) >= NAME_LETTERS_MIN and name in text for name in names):
            raise UsageError(
                f"{sheet.code}: the page of the indicator names a subject of one of its flags; "
                "remove the name from page.md, because the sheet goes to another authority"
            )
