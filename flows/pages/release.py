"""What every page shows of its release: editions, flags, and the words of indicators."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from flows.facts.powers import Powers, read_powers
from flows.facts.registers import relevant_registers
from flows.facts.rows import (
    Row,
    as_int,
    flag_evidence,
    query_rows,
    release_row,
    texts,
    translated_titles,
)
from flows.home.durable import write_bytes_durably
from transforms.errors import DeclarationError
from transforms.flags.listings import explained
from transforms.language import language, translated
from transforms.model.indicator import PAGE_SECTIONS, Indicator, indicators, page_sections
from transforms.model.languages import DUTCH
from transforms.model.sql import Connection, read_sql
from transforms.model.translation import DUTCH_ROLES, DUTCH_SECTIONS
from transforms.reports import Block, blocks, render, token


@dataclass(frozen=True)
class Release:
    """Rows of v_release, v_register and v_indicator (by code), and every edition (editions.sql).

    `declared`: the indicators of this version by code, for words that the release does not store. A code that
    it lacks is shown as it is.
    """

    row: Row
    editions: tuple[Row, ...]
    registers: tuple[Row, ...]
    indicators: Mapping[str, Row]
    declared: Mapping[str, Indicator]
    cases_n: int
    powers: Powers

    @property
    def shown(self) -> dict[str, object]:
        """What the templates of the night and of a case take of it."""
        return {
            "release": self.row,
            "editions": self.editions,
            "registers": self.registers,
            "not_held": self.not_held,
        }

    @property
    def not_held(self) -> tuple[Row, ...]:
        """Registers without an edition in force, of the world and of the countries of which one is."""
        return tuple(row for row in relevant_registers(self.registers) if row["edition_in_force"] is None)

    @property
    def titles(self) -> Mapping[str, str]:
        """Register → title."""
        return {str(row["register"]): str(row["title"]) for row in self.registers}


def read_release(connection: Connection) -> Release:
    """Raises RunFailed where `v_release` does not have exactly one row."""
    return Release(
        release_row(connection),
        translated_titles(query_rows(connection, read_sql(__package__, "editions"))),
        translated_titles(query_rows(connection, "select * from v_register order by title, register")),
        read_indicators(connection),
        indicators(),
        as_int(query_rows(connection, "select count(*) as cases_n from v_case")[0]["cases_n"]),
        read_powers(connection),
    )


# --- writing a page -----------------------------------------------------------------------------------------


NIGHT = "night.html"  # the page that all others of a release lead back to


@dataclass(frozen=True)
class Back:
    """A link back: its address seen from the page, and its words."""

    href: str
    words: str


def write_page(path: Path, page: str) -> Path:
    """Those of a night are flushed when it is published, and any page can be made again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes_durably(path, page.encode(), is_flushed_later=True)
    return path


def first_that_fits(
    template: str, sizes: Iterable[Mapping[str, object]], bytes_max: int
) -> tuple[Mapping[str, object], str]:
    """What the template takes, and its page, of the first of these sizes that is not too large; else of the
    last.
    """
    shown: Mapping[str, object] = {}
    page = ""
    for shown in sizes:
        page = render(template, **shown)
        if len(page.encode()) <= bytes_max:
            break
    return shown, page


def subject_file(subject_id: object) -> str:
    """Name of a subject's page: its id, or a hash of an id with a character that a file system minds."""
    name = token(subject_id) or f"subject-{sha256(str(subject_id).encode()).hexdigest()[:20]}"
    return f"{name}.html"


# --- flags and their words ----------------------------------------------------------------------------------


# Reasons that the run itself gives, for any indicator; `{register}` is the register after the colon.
GENERAL_REASONS: Mapping[str, str] = {
    "extract": "only an extract of {register} is held, so what it does not say proves nothing",
    "not_published": "no register that Undertow reads covers {register} of its country in full",
    "missing": "no edition of {register} is held",
    "stale": "the edition of {register} in force is stale",
    "blocked": "the edition of {register} was blocked",
    "rejected": "a record of {register} that may be about it was rejected",
}


@dataclass(frozen=True)
class FlagShown:
    """A v_flag row, its sub-type in words, and its first facts; `facts_n` counts all of them."""

    row: Row
    kind: str
    facts: tuple[Row, ...]
    facts_n: int


def flags_shown(
    connection: Connection, release: Release, rows: Sequence[Row], facts_max: int
) -> list[FlagShown]:
    """The flags with at most `facts_max` facts each."""
    evidence = flag_evidence(connection, [str(row["flag_id"]) for row in rows], facts_max)
    flags = []
    for row in rows:
        declared = release.declared.get(str(row["indicator"]))
        subtype = str(row["subtype"] or "")
        kind = declared.texts(language()).subtypes.get(subtype, subtype) if declared else subtype
        facts = evidence.get(str(row["flag_id"]), [])
        facts_n = as_int(facts[0]["facts_n"]) if facts else 0
        flags.append(FlagShown(row, kind.rstrip("."), tuple(facts), facts_n))
    return flags


def reason_words(release: Release, indicator: str, reason: str) -> str:
    """Why something is not assessable: the indicator's own words, else GENERAL_REASONS, else none."""
    declared = release.declared.get(indicator)
    own = declared.texts(language()).reasons if declared else {}
    if reason in own:
        return own[reason]
    kind, _, register = reason.partition(":")
    words = own.get(kind) or translated(GENERAL_REASONS.get(kind, ""))
    role = DUTCH_ROLES.get(register, register) if language() == DUTCH else register
    return words.replace("{register}", release.titles.get(register, role)) if register else ""


def read_indicators(connection: Connection) -> Mapping[str, Row]:
    """Rows of v_indicator by code."""
    rows = query_rows(connection, "select * from v_indicator order by code")
    return {str(row["code"]): row for row in rows}


def questions(known: Mapping[str, Row], flags: Iterable[Row]) -> Mapping[str, Sequence[str]]:
    """What to ask next: question of the flags' indicators → their codes, in the order of the flags."""
    codes: dict[str, list[str]] = {}
    for code in _codes(flags):
        for question in texts(known[code].get("ask_next")):
            codes.setdefault(question, []).append(code)
    return codes


def laws(known: Mapping[str, Row], flags: Iterable[Row]) -> list[tuple[str, str]]:
    """(code, the law that may forbid it and who can license it) of the indicators of flags of lane stop."""
    codes = _codes(flag for flag in flags if flag["lane"] == "stop")
    return [(code, str(law)) for code in codes if (law := known[code].get("law"))]


def indicators_shown(
    known: Mapping[str, Row], flags: Iterable[Row], listed: Iterable[Row]
) -> list[Mapping[str, object]]:
    """Each indicator of the flags, with its ordinary explanations and what would clear it.

    `listed`: candidates of screening. What explains one is said of a person or of a company, as these are.
    """
    kinds = {str(row["party_kind"]) for row in listed}
    shown: list[Mapping[str, object]] = []
    for code in _codes(flags):
        sections = indicator_sections(known[code])
        explanations, clearing = (
            _for_candidates(sections.get(name, ()), kinds)
            for name in ("Ordinary explanations", "What would clear it")
        )
        shown.append({"row": known[code], "explanations": explanations, "clearing": clearing})
    return shown


def _codes(flags: Iterable[Row]) -> Iterable[str]:
    """Codes of the flags' indicators, each once."""
    return dict.fromkeys(str(flag["indicator"]) for flag in flags)


def indicator_sections(row: Row) -> Mapping[str, tuple[Block, ...]]:
    """Sections of an indicator's page.

    One of another shape (an older release) is shown whole, under Condition.
    """
    text = str(row["page"])
    headings = DUTCH_SECTIONS.values() if row.get("page_nl") == text else PAGE_SECTIONS
    try:
        sections = page_sections(text, headings)
    except DeclarationError:
        sections = {"Condition": text, "Source": str(row["source"])}
    return {name: blocks(section) for name, section in sections.items()}


def _for_candidates(section: Iterable[Block], kinds: Collection[str]) -> tuple[Block, ...]:
    """Blocks of an indicator's page, with their words on candidates of screening fitted to these kinds of
    party.
    """
    return tuple(
        replace(block, lines=tuple(explained(line, kinds) for line in block.lines)) for block in section
    )
