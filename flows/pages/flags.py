"""Flags as pages show them, and the words of their indicators."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flows.facts.rows import Row, as_int, flag_evidence
from flows.pages.release import Release
from transforms.errors import DeclarationError
from transforms.flags.listings import explained
from transforms.model.indicator import page_sections
from transforms.model.sql import Connection
from transforms.reports import Block, blocks

# Reasons that the run itself gives, for any indicator; `{register}` is the register after the colon.
GENERAL_REASONS: Mapping[str, str] = {
    "extract": "only an extract of {register} is held, so what it does not say proves nothing",
    "not_published": "no register of its country publishes {register}",
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
        kind = declared.subtypes.get(subtype, subtype) if declared else subtype
        facts = evidence.get(str(row["flag_id"]), [])
        facts_n = as_int(facts[0]["facts_n"]) if facts else 0
        flags.append(FlagShown(row, kind.rstrip("."), tuple(facts), facts_n))
    return flags


def reason_words(release: Release, indicator: str, reason: str) -> str:
    """Why something is not assessable: the indicator's own words, else GENERAL_REASONS, else none."""
    declared = release.declared.get(indicator)
    own = declared.reasons if declared else {}
    if reason in own:
        return own[reason]
    kind, _, register = reason.partition(":")
    words = own.get(kind) or GENERAL_REASONS.get(kind, "")
    return words.replace("{register}", release.titles.get(register, register)) if register else ""


def indicator_sections(row: Row) -> Mapping[str, tuple[Block, ...]]:
    """Sections of an indicator's page.

    One of another shape (an older release) is shown whole, under Condition.
    """
    text = str(row["page"])
    try:
        sections = page_sections(text)
    except DeclarationError:
        sections = {"Condition": text, "Source": str(row["source"])}
    return {name: blocks(section) for name, section in sections.items()}


def for_candidates(section: Iterable[Block], kinds: Collection[str]) -> tuple[Block, ...]:
    """Blocks of an indicator's page, with their words on candidates of screening fitted to these kinds of
    party.
    """
    return tuple(
        replace(block, lines=tuple(explained(line, kinds) for line in block.lines)) for block in section
    )
