"""Case pages: one self-contained page for a case, or for one subject, made from one release and nothing else.

A page names natural persons: it is for the people who review the case. Its text safety is in `transforms.reports`, what it says of parties
in `flows.facts.case`, its picture in `graphs.drawing.picture`. Nothing of the clock, the machine or the run is on it: equal releases give equal
bytes. A page that would be larger than PAGE_BYTES_MAX is made again with less evidence on it, and says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.facts.areas import parse_areas
from flows.facts.case import (
    KIND_WORDS,
    NAMELESS,
    Around,
    Candidate,
    Member,
    around,
    candidates,
    links_shown,
    timeline,
)
from flows.facts.close_up import close_up
from flows.facts.rows import Row, as_int, flag_evidence, query_rows
from flows.home.durable import write_bytes_durably
from flows.home.settings import case_pages_a_night
from flows.pages import night as reporting
from flows.pages.night import FlagShown
from flows.release.case_ids import case_asked, was_its_id
from graphs.drawing.elements import Tie
from graphs.drawing.picture import draw
from transforms.errors import UsageError, as_typed
from transforms.flags.listings import CANDIDATE
from transforms.model.indicator import Indicator, indicators
from transforms.model.sql import Connection
from transforms.reports import Block, render, token

FOLDER = "cases"
PAGE_BYTES_MAX = 1_500_000  # (own) a page that can be mailed
GAPS_MAX = 60  # kinds of what was not assessable
# Flags, facts a flag, and sentences on a page: the first that fits PAGE_BYTES_MAX.
SIZES = ((100, 12, 2000), (100, 5, 2000), (100, 2, 2000), (40, 1, 2000), (15, 0, 2000), (15, 0, 200))
SENTENCES_OPEN = 12  # own: on why a case is shown, seen without a click; the others fold, and print open
PAGE_SECTIONS = ("Ordinary explanations", "What would clear it")


@dataclass(frozen=True)
class Said:
    """An indicator of the case: its v_indicator row, two sections of its page, and whether its flags have a threshold."""

    row: Row
    explanations: tuple[Block, ...]
    clearing: tuple[Block, ...]
    has_threshold: bool = False


@dataclass(frozen=True)
class Gap:
    """What was not assessable: an indicator, why, and some of the subjects."""

    title: str
    code: str
    reason: str
    subjects: tuple[str, ...]
    subjects_n: int


@dataclass(frozen=True)
class Told:
    """Ties in words, by what is held."""

    name: str
    kind: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class _Release:
    """What every page of a release needs, read once."""

    row: Row
    editions: tuple[Row, ...]
    registers: tuple[Row, ...]
    titles: Mapping[str, str]
    indicators: Mapping[str, Row]
    known: Mapping[str, Indicator]
    cases_n: int


@dataclass(frozen=True)
class _Subject:
    """What a page is about: a case's v_case row, or None for a subject in none; its members, links and flags. `earlier_id`: by which it was asked for."""

    case: Row | None
    heading: str
    members: tuple[Member, ...]
    links: tuple[Row, ...]
    flags: tuple[Row, ...]
    earlier_id: str = ""


# Why a flag opens no case, in the order in which it is asked.
NO_CASE: Sequence[tuple[str, str]] = (
    ("data_quality", "about the register's own faults"),
    ("weak", "weak, which never opens a case alone"),
    (
        "",
        "about a price record or dwelling of which, as far as is known here, no legal entity is or was the proprietor",
    ),
)


# --- what is asked for ----------------------------------------------------------------------------------------------


def render_first_cases(connection: Connection, to: Path, *, areas: Sequence[str] = ()) -> tuple[Path, ...]:
    """Write `<to>/cases/<case_id>.html` for the first cases of these areas in review order; gives the paths in that order."""
    wanted = reporting.cases_listed(connection, parse_areas(areas)).rows[: case_pages_a_night()]
    release = _release(connection)
    with close_up(connection, [str(row["case_id"]) for row in wanted]):
        return tuple(_write(connection, to / FOLDER, release, _case(connection, row)) for row in wanted)


def render_case(connection: Connection, to: Path, case_id: str) -> Path:
    """Write the page of the case that an id leads to (`case_asked`), which names an id of before where it was asked for by one. Raises UsageError where there is none."""
    case = case_asked(connection, case_id)
    earlier_id = case_id.strip() if was_its_id(connection, case_id.strip(), case) else ""
    return _write(
        connection,
        to,
        _release(connection),
        replace(_case(connection, _case_row(connection, case)), earlier_id=earlier_id),
    )


def render_subject(connection: Connection, to: Path, subject_id: str) -> Path:
    """Write the page of the case that a subject is in, or else of the subject by itself. Raises UsageError for an unknown subject, and for a natural person."""
    return render_subjects(connection, to, [subject_id.strip()])[subject_id.strip()]


def render_subjects(connection: Connection, to: Path, subject_ids: Sequence[str]) -> Mapping[str, Path]:
    """The same for several subjects: subject → its page. Those of one case have one page."""
    release = _release(connection)
    return {subject: _subject_page(connection, to, release, subject) for subject in subject_ids}


def _subject_page(connection: Connection, to: Path, release: _Release, subject: str) -> Path:
    _known(connection, subject)
    in_case = query_rows(
        connection, "select case_id from v_case_member where subject_id = $id order by case_id", id=subject
    )
    return _write(
        connection,
        to,
        release,
        _case(connection, _case_row(connection, str(in_case[0]["case_id"])))
        if in_case
        else _alone(connection, subject),
    )


def _case_row(connection: Connection, case_id: str) -> Row:
    return query_rows(connection, "select * from v_case where case_id = $id", id=case_id)[0]


SUBJECT_SQL = """
select 'legal_entity' as kind, name from v_entity where entity_id = $id
union all select 'person', null from v_person where person_id = $id
union all select 'title', address_text from v_title where title_id = $id
union all select 'property', address_text from v_property where property_id = $id
union all select 'transaction', address_text from v_transaction where transaction_id = $id
union all select 'address', address_text from v_address where address_id = $id
union all select 'control_group', coalesce(min(f.subject_name), min(e.name), 'a group under one natural person')
    from v_control_group g left join v_entity e on e.entity_id = g.controller_id
    left join v_flag f on f.subject_id = g.control_group_id and f.subject_type = 'control_group'
    where g.control_group_id = $id having count(*) > 0
union all select 'control_group', min(subject_name) from v_flag
    where subject_id = $id and subject_type = 'control_group' and subject_id not in (select control_group_id from v_control_group) having count(*) > 0
order by kind, name
"""


def _known(connection: Connection, subject: str) -> Row:
    found = query_rows(connection, SUBJECT_SQL, id=subject)
    if not found:
        raise UsageError(
            f"--subject {as_typed(subject)}: no record of the current release is about an id like this; `undertow sql` on v_entity, v_title or v_address finds ids"
        )
    if found[0]["kind"] == "person":
        raise UsageError(
            "--subject: this is a natural person, about whom there is never a page; name a legal entity, title, property, sale or address"
        )
    return found[0]


# --- what a page is made of -----------------------------------------------------------------------------------------


def _release(connection: Connection) -> _Release:
    registers = query_rows(connection, "select * from v_register order by title, register")
    return _Release(
        reporting.release_row(connection),
        reporting.editions_read(connection),
        registers,
        {str(row["register"]): str(row["title"]) for row in registers},
        {str(row["code"]): row for row in query_rows(connection, "select * from v_indicator order by code")},
        indicators(),
        as_int(query_rows(connection, "select count(*) as cases_n from v_case")[0]["cases_n"]),
    )


def _case(connection: Connection, row: Row) -> _Subject:
    case_id = row["case_id"]
    members = query_rows(
        connection,
        "select * from v_case_member where case_id = $case order by role, subject_id",
        case=case_id,
    )
    links = query_rows(
        connection,
        "select * from v_case_link where case_id = $case order by from_id, to_id, kind",
        case=case_id,
    )
    flags = query_rows(connection, f"{FLAGS_SQL} where f.case_id = $case {FLAGS_ORDER}", case=case_id)
    about = {flag["subject_id"] for flag in flags if flag["flag_id"] == row["anchor_flag_id"]}
    return _Subject(
        row,
        str(row["title"]),
        tuple(replace(_member(member), is_subject=member["subject_id"] in about) for member in members),
        links,
        flags,
    )


FLAGS_SQL = "select f.*, i.title, i.data_quality, i.base_rate, i.n_flagged, i.n_not_flagged from v_flag f join v_indicator i on i.code = f.indicator"
FLAGS_ORDER = "order by i.data_quality, f.weak, f.indicator, f.subject_name nulls last, f.subject_id, f.subtype nulls first, f.flag_id"


def _member(row: Row) -> Member:
    name = row["subject_name"]
    return Member(
        str(row["subject_id"]),
        str(row["subject_type"]),
        str(name) if name is not None else None,
        as_int(row["flags_n"]),
    )


def _alone(connection: Connection, subject: str) -> _Subject:
    """A subject in no case: its flags, where it has any, are weak, of the data-quality lane, or of a property that no legal entity holds."""
    known = _known(connection, subject)
    flags = query_rows(
        connection, f"{FLAGS_SQL} where f.state = 'flagged' and f.subject_id = $id {FLAGS_ORDER}", id=subject
    )
    name = str(known["name"]) if known["name"] is not None else None
    return _Subject(
        None,
        name or subject,
        (Member(subject, str(known["kind"]), name, len(flags), is_subject=True),),
        (),
        flags,
    )


def _write(connection: Connection, to: Path, release: _Release, subject: _Subject) -> Path:
    to.mkdir(parents=True, exist_ok=True)
    path = to / f"{file_name(subject)}.html"
    write_bytes_durably(path, page(connection, release, subject).encode())
    return path


def file_name(subject: _Subject) -> str:
    """The case's id, or the subject's with nothing in it that a file system minds."""
    name = str(subject.case["case_id"]) if subject.case else subject.members[0].id
    return (
        token(name)
        or "".join(character if character.isalnum() and character.isascii() else "-" for character in name)[
            :100
        ]
    )


def page(connection: Connection, release: _Release, subject: _Subject) -> str:
    """The page as text, with as much evidence as PAGE_BYTES_MAX allows."""
    surroundings = around(connection, subject.members, subject.links)
    fixed = _fixed(connection, release, subject, surroundings)
    made = ""
    for flags_shown, facts_shown, sentences_shown in SIZES:
        flags = _flags(connection, release, subject.flags[:flags_shown], facts_shown)
        made = render(
            "case.html.j2", **fixed, flags=flags, facts_shown=facts_shown, why=subject.flags[:sentences_shown]
        )
        if len(made.encode()) <= PAGE_BYTES_MAX:
            break
    return made


def _fixed(
    connection: Connection, release: _Release, subject: _Subject, surroundings: Around
) -> dict[str, object]:
    names = {
        **surroundings.names,
        **{member.id: member.name for member in surroundings.members if member.name},
    }
    joined, ends = (
        (subject.links, subject.members) if subject.case else (surroundings.links, _ends(surroundings))
    )
    links = links_shown(connection, joined, ends, names, surroundings)
    events, more_events_n = timeline(connection, subject.members, surroundings)
    alike = candidates(connection, surroundings)
    said = _said(release, subject.flags, alike)
    gaps, more_gaps_n = _gaps(connection, release, subject.members)
    return {
        "release": release.row,
        "editions": release.editions,
        "registers": release.registers,
        "cases_n": release.cases_n,
        "case": subject.case,
        "heading": subject.heading,
        "members": surroundings.members,
        "kind_words": KIND_WORDS,
        "why_open": SENTENCES_OPEN,
        "flags_n": len(subject.flags),
        "said": said,
        "picture": draw(surroundings.parties, surroundings.ties),
        "told": _told(surroundings),
        "left_out_n": surroundings.left_out_n,
        "untold_n": surroundings.untold_n,
        "names": names,
        "told_n": len(surroundings.told),
        "earlier_id": subject.earlier_id,
        "unopened": () if subject.case else _unopened(subject.flags),
        "links": links,
        "candidates": alike,
        "unconfirmed_n": sum(row["subtype"] == CANDIDATE for row in subject.flags),
        "events": events,
        "more_events_n": more_events_n,
        "gaps": gaps,
        "more_gaps_n": more_gaps_n,
    }


def _unopened(flags: Iterable[Row]) -> tuple[tuple[str, int], ...]:
    """Why flags open no case, and how many for each reason; of several reasons the first of NO_CASE."""
    counted = Counter(next(why for column, why in NO_CASE if not column or row[column]) for row in flags)
    return tuple((why, counted[why]) for _, why in NO_CASE if counted[why])


def _ends(surroundings: Around) -> tuple[Member, ...]:
    """Everybody around the subject, as ends of links; flags do not matter where there is no case to hold together."""
    return tuple(Member(party.id, party.kind, party.name) for party in surroundings.told)


def _flags(
    connection: Connection, release: _Release, rows: Sequence[Row], facts_shown: int
) -> tuple[FlagShown, ...]:
    facts = (
        flag_evidence(connection, [str(row["flag_id"]) for row in rows], facts_shown) if facts_shown else {}
    )
    return tuple(_flag(release, row, facts.get(str(row["flag_id"]), [])) for row in rows)


def _flag(release: _Release, row: Row, facts: list[Row]) -> FlagShown:
    known = release.known.get(str(row["indicator"]))
    return reporting.flag_shown(row, facts, known.subtypes if known else {})


def _said(release: _Release, flags: Iterable[Row], alike: Iterable[Candidate]) -> tuple[Said, ...]:
    """Indicators of the flags, each once: strong ones first. What explains a candidate is said of a person, or of a company, as these candidates are."""
    measured: dict[str, bool] = {}
    for row in flags:
        measured[str(row["indicator"])] = (
            measured.get(str(row["indicator"]), False) or row["threshold"] is not None
        )
    kinds = {one.kind for one in alike}
    found = []
    for code, has_threshold in measured.items():
        sections = dict(reporting.sections_of(release.indicators[code]))
        explanations, clearing = (reporting.fitting(sections.get(name, ()), kinds) for name in PAGE_SECTIONS)
        found.append(Said(release.indicators[code], explanations, clearing, has_threshold))
    return tuple(found)


def _gaps(
    connection: Connection, release: _Release, members: Sequence[Member]
) -> tuple[tuple[Gap, ...], int]:
    """What could not be assessed about members, by indicator and reason, and how many more such kinds there are."""
    rows = query_rows(
        connection,
        """select indicator, reason, count(*) as subjects_n, min(subject_name) as first_name, max(subject_name) as last_name,
               count(*) over () as kinds_n from v_flag
           where state = 'not_assessable' and subject_id in (select unnest($ids)) group by indicator, reason order by indicator, reason nulls first limit $most""",
        ids=[member.id for member in members],
        most=GAPS_MAX,
    )
    return tuple(_gap(release, row) for row in rows), as_int(rows[0]["kinds_n"]) - len(rows) if rows else 0


def _gap(release: _Release, row: Row) -> Gap:
    code, reason = str(row["indicator"]), str(row["reason"] or "")
    known = release.known.get(code)
    words = (
        reporting.reason_in_words(reason, known.reasons if known else {}, release.titles)
        or reason
        or "no reason stored"
    )
    names = dict.fromkeys(str(row[name]) for name in ("first_name", "last_name") if row[name] is not None)
    return Gap(str(release.indicators[code]["title"]), code, words, tuple(names), as_int(row["subjects_n"]))


# --- the picture in words -------------------------------------------------------------------------------------------


def _told(surroundings: Around) -> tuple[Told, ...]:
    """Every tie around the subjects, drawn or not, by what is held, in the order of names."""
    kinds = {party.id: party.kind for party in surroundings.told}
    by_held: dict[str, list[Tie]] = {}
    for tie in surroundings.told_ties:
        by_held.setdefault(tie.to_id, []).append(tie)
    rows = [
        Told(
            surroundings.names[held],
            KIND_WORDS[kinds[held]],
            tuple(_in_words(tie, surroundings, kinds) for tie in ties),
        )
        for held, ties in by_held.items()
    ]
    return tuple(sorted(rows, key=lambda told: (told.name, told.kind, told.sentences)))


def _in_words(tie: Tie, surroundings: Around, kinds: Mapping[str, str]) -> str:
    holder = surroundings.names[tie.from_id]
    certainty = (
        "certain"
        if tie.is_solid
        else ", ".join(
            word for word, holds in (("ended", tie.has_ended), ("possible", not tie.is_certain)) if holds
        )
    )
    certainty += "" if tie.is_identified else "; that this party is the holder is not confirmed"
    if tie.from_id.startswith(NAMELESS):
        return f"unknown holder: {holder}"
    match tie.kind:
        case "address":
            return f"seat of {holder}"
        case "property":
            held_by = (
                "proprietor"
                if kinds[tie.to_id] == "title" and kinds[tie.from_id] not in ("title", "property")
                else "belongs with"
            )
            return f"{held_by}{':' if held_by == 'proprietor' else ''} {holder}{f' ({tie.owns})' if tie.owns else ''}, {certainty}"
        case _:
            said = "; ".join(part for part in (f"owns {tie.owns}" if tie.owns else "", tie.controls) if part)
            return f"{'itself' if tie.from_id == tie.to_id else holder}: {said or 'holder, by what right is not stated'}, {certainty}"
