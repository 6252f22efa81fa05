"""Case pages: one page for a case, or for one subject. First a summary that prints on two pages: why it is
shown, the picture, what may explain it, what is not known, what to ask next. Then the annex with the
evidence.

A page names natural persons: it is for the people who review the case. `flows.facts.case` has its facts about
parties, `graphs.drawing.picture` its picture. A page that would be too large to mail has less evidence, and
says so.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.facts.areas import Areas, parse_areas
from flows.facts.case.links import candidates, case_links, timeline
from flows.facts.case.nearby import in_batches
from flows.facts.case.parties import KIND_WORDS, NAMELESS, Member
from flows.facts.case.surroundings import Surroundings, find_surroundings
from flows.facts.powers import powers_of
from flows.facts.rows import Row, as_int, grouped, query_rows, rows_about
from flows.home import progress
from flows.pages.folding import Line, folded
from flows.pages.listing import cases_with_pages
from flows.pages.money import money_shown
from flows.pages.release import (
    NIGHT,
    Back,
    Release,
    first_that_fits,
    flags_shown,
    indicators_shown,
    laws,
    questions,
    read_release,
    reason_words,
    subject_file,
    write_page,
)
from flows.release.case_ids import case_by_id, was_its_id
from graphs.drawing.elements import Tie
from graphs.drawing.picture import draw
from transforms.errors import UsageError, as_typed
from transforms.flags.listings import CANDIDATE
from transforms.language import translated
from transforms.language.stored import case_title, subject_named
from transforms.model.sql import Connection, read_sql
from transforms.reports import token

FOLDER = "cases"
CASE_VIEWS = (
    ("v_case", ""),
    ("v_case_member", "order by case_id, role, subject_id"),
    ("v_case_link", "order by case_id, from_id, to_id, kind"),
)
PAGE_BYTES_MAX = 400_000  # (own) what a mailbox takes ten of
GAPS_MAX = 60  # rows on what was not assessable
# Lines of flags, facts a flag, and sentences on a page: the first that fits is taken.
SIZES = ((100, 1000, 2000), (100, 12, 2000), (100, 2, 2000), (40, 1, 500), (15, 0, 500), (15, 0, 100))
SENTENCES_OPEN = 6  # (own) on why a case is shown, seen and printed on its first page; the others fold
DEALINGS_SHOWN = 6  # (own) what is still to be decided or paid, at the top of a page
REASONS_SHOWN = 6  # (own) why something was not assessable, on the first pages; the annex has all
OTHERS_SHOWN = 100  # (own) flags of a folded line with their sentences

# Lane → why a flag of it opens no case; of several reasons the first counts.
NO_CASE: Sequence[tuple[str, str]] = (
    ("data", "about the register's own faults"),
    ("look", "of lane look, which opens a case only beside another family"),
    ("", "of a case in which nobody holds, leases or is seated in the districts of this home"),
)


@dataclass(frozen=True)
class Subject:
    """`case`: its v_case row; None for a subject in no case.

    `links`: rows of v_case_link. `flags`: subject_flags.sql. `earlier_id`: of the case, where it was asked
    for by an id of before.
    """

    case: Row | None
    heading: str
    members: tuple[Member, ...]
    links: tuple[Row, ...]
    flags: tuple[Row, ...]
    earlier_id: str = ""


def read_case(connection: Connection, case_id: str) -> Subject:
    """A case of the release."""
    case, members, links = (
        rows_about(
            connection, f"from {view} where case_id in (select unnest($ids)) {order}", [case_id], "case_id"
        )
        for view, order in CASE_VIEWS
    )
    flags = _flags(connection, "case_id", case_id)
    gravest = {flag["subject_id"] for flag in flags if flag["flag_id"] == case[0]["lane_flag_id"]}
    return Subject(
        case[0],
        case_title(str(case[0]["title"])),
        tuple(replace(_member(member), is_subject=member["subject_id"] in gravest) for member in members),
        tuple(links),
        flags,
    )


def read_subject(connection: Connection, subject_id: str) -> Subject:
    """The case that a subject is in, or else the subject alone.

    Flags of a subject in no case are of lane look or data, or of a case outside the districts of the home.
    Raises UsageError for an unknown subject, and for a natural person.
    """
    rows = query_rows(connection, read_sql(__package__, "subject"), id=subject_id)
    if not rows:
        raise UsageError(
            f"--subject {as_typed(subject_id)}: the current release has no record with this id; "
            "`undertow sql` on v_entity, v_title or v_address finds ids"
        )
    kind, name = str(rows[0]["kind"]), subject_named(str(rows[0]["name"] or ""))
    if kind == "person":
        raise UsageError(
            "--subject: this is a natural person, about whom there is never a page; "
            "name a legal entity, title, property, sale or address"
        )
    query = "select case_id from v_case_member where subject_id = $id order by case_id"
    if cases := query_rows(connection, query, id=subject_id):
        return read_case(connection, str(cases[0]["case_id"]))
    flags = _flags(connection, "subject_id", subject_id)
    member = Member(subject_id, kind, name or None, len(flags), is_subject=True)
    return Subject(None, name or subject_id, (member,), (), flags)


def _flags(connection: Connection, column: str, value: str) -> tuple[Row, ...]:
    query = read_sql(__package__, "subject_flags", column=column)
    return tuple(rows_about(connection, query, [value], column))


def _member(row: Row) -> Member:
    name = None if row["subject_name"] is None else str(row["subject_name"])
    return Member(str(row["subject_id"]), str(row["subject_type"]), name, as_int(row["flags_n"]))


# --- pages ------------------------------------------------------------------------------------------------


def render_first_cases(
    connection: Connection, to: Path, *, areas: Sequence[str] | Areas = ()
) -> tuple[Path, ...]:
    """Write `<to>/cases/<case_id>.html` for the cases of these areas that have a page; the paths, in review
    order.
    """
    case_ids = cases_with_pages(connection, parse_areas(areas))
    release = read_release(connection)
    return tuple(
        _write(shared, to / FOLDER, release, read_case(shared, case_id))
        for case_id, shared in progress.steps("case page", in_batches(connection, case_ids), len(case_ids))
    )


def render_case(connection: Connection, to: Path, case_id: str) -> Path:
    """Write the page of the case that an id leads to; an id of an earlier release is named on it.

    Raises UsageError where it leads to no case.
    """
    current_id = case_by_id(connection, case_id)
    earlier_id = case_id.strip() if was_its_id(connection, case_id.strip(), current_id) else ""
    subject = replace(read_case(connection, current_id), earlier_id=earlier_id)
    return _write(connection, to, read_release(connection), subject)


def render_subject(connection: Connection, to: Path, subject_id: str) -> Path:
    """Write the page of the case that a subject is in, or else of the subject by itself.

    Raises UsageError for an unknown subject, and for a natural person.
    """
    return render_subjects(connection, to, [subject_id.strip()])[subject_id.strip()]


def render_subjects(
    connection: Connection, to: Path, subject_ids: Sequence[str], *, back: Back | None = None
) -> Mapping[str, Path]:
    """The same for several subjects: subject → its page. Those of one case have one page.

    `back`: the page that they lead back to; else the night report beside the folder, if there is one.
    """
    release = read_release(connection)
    return {
        subject_id: _write(connection, to, release, read_subject(connection, subject_id), back)
        for subject_id in progress.steps("page", subject_ids, len(subject_ids))
    }


def _write(
    connection: Connection, to: Path, release: Release, subject: Subject, back: Back | None = None
) -> Path:
    """The file is named for the case, or for the subject with nothing in it that a file system minds."""
    name = str(subject.case["case_id"]) if subject.case else subject.members[0].id
    safe = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in name)[:100]
    has_night = (to.parent / NIGHT).is_file()
    back = back or (Back(f"../{NIGHT}", translated("Night report")) if has_night else None)
    given = {"back": back, "has_site": has_night and subject.case is not None}
    _, page = fitted(connection, release, subject, given)
    return write_page(to / f"{token(name) or safe}.html", page)


def fitted(
    connection: Connection, release: Release, subject: Subject, given: Mapping[str, object]
) -> tuple[Mapping[str, object], str]:
    """Of the fullest page that fits what the template takes, and the page. `given`: what else it takes."""
    return first_that_fits("case.html.j2", _sizes(connection, release, subject, given), PAGE_BYTES_MAX)


def _sizes(
    connection: Connection, release: Release, subject: Subject, given: Mapping[str, object]
) -> Iterator[dict[str, object]]:
    fixed = {**given, "subject_file": subject_file, **_fixed(connection, release, subject)}
    lines = folded(connection, subject.flags)
    for lines_max, facts_max, sentences_max in SIZES:
        shown = lines[:lines_max]
        flags = flags_shown(connection, release, [line.row for line in shown], facts_max)
        yield {
            **fixed,
            "entries": list(zip(flags, shown, strict=True)),
            "flags_left_out_n": _flags_n(lines) - _flags_n(shown),
            "facts_max": facts_max,
            "sentences": lines[:sentences_max],
            "sentences_left_out_n": len(lines[sentences_max:]),
        }


def _flags_n(lines: Iterable[Line]) -> int:
    return sum(line.flags_n for line in lines)


def _fixed(connection: Connection, release: Release, subject: Subject) -> dict[str, object]:
    """What is on the page in any size."""
    near = find_surroundings(connection, subject.members, subject.links)
    names = {**near.names, **{member.id: member.name for member in near.members if member.name}}
    link_rows, ends = subject.links, subject.members
    if not subject.case:
        link_rows = near.links
        ends = tuple(Member(party.id, party.kind, party.name) for party in near.parties)
    events, more_events_n = timeline(connection, subject.members, near)
    listed = candidates(connection, near)
    gaps, more_gaps_n = _gaps(connection, release, subject.members)
    cases = [subject.case["case_id"]] if subject.case else []
    return {
        **release.shown,
        "cases_n": release.cases_n,
        "case": subject.case,
        "earlier_id": subject.earlier_id,
        "heading": subject.heading,
        "members": near.members,
        "kind_words": KIND_WORDS,
        "sentences_open": SENTENCES_OPEN,
        "reasons_shown": REASONS_SHOWN,
        "others_shown": OTHERS_SHOWN,
        "flags_n": len(subject.flags),
        "indicators": indicators_shown(release.indicators, subject.flags, listed),
        "measured": {row["indicator"] for row in subject.flags if row["threshold"] is not None},
        "questions": questions(release.indicators, subject.flags),
        "laws": laws(release.indicators, subject.flags),
        "powers": powers_of(connection, subject.flags, release.powers),
        "picture": draw(near.drawn_parties, near.drawn_ties),
        "drawn_kinds": {party.kind for party in near.drawn_parties},
        "in_words": picture_in_words(near),
        "not_drawn_n": near.not_drawn_n,
        "omitted_n": near.omitted_n,
        "names": names,
        "parties_n": len(near.parties),
        "unopened": _unopened(subject.flags),
        "links": case_links(connection, link_rows, ends, names, near),
        "candidates": listed,
        "unconfirmed_n": sum(row["subtype"] == CANDIDATE for row in subject.flags),
        **money_shown(connection, near, names),
        **_dealings(connection, near),
        "verdicts": rows_about(connection, read_sql(__package__, "verdicts"), cases, "case_id"),
        "events": events,
        "more_events_n": more_events_n,
        "gaps": gaps,
        "gap_reasons": _by_reason(gaps),
        "more_gaps_n": more_gaps_n,
    }


def _unopened(flags: Iterable[Row]) -> list[tuple[str, int]]:
    """Why flags of a subject in no case open none, and how many for each reason."""
    counts = Counter(next(why for lane, why in NO_CASE if lane in ("", row["lane"])) for row in flags)
    return [(translated(why), counts[why]) for _, why in NO_CASE if counts[why]]


def _dealings(connection: Connection, near: Surroundings) -> Mapping[str, object]:
    """`dealings`: applications, bids, awards and payments of members and proprietors that are not yet decided
    or made, each once; and `more_dealings_n`.
    """
    ids = {member.id for member in near.members} | {*near.proprietors}
    rows = rows_about(connection, read_sql("flows.facts.case", "dealings"), sorted(ids), "id")
    dealings = list({row["statement_id"]: row for row in rows}.values())
    return {"dealings": dealings[:DEALINGS_SHOWN], "more_dealings_n": len(dealings[DEALINGS_SHOWN:])}


def _gaps(connection: Connection, release: Release, members: Sequence[Member]) -> tuple[list[Row], int]:
    """What could not be assessed about members, by indicator and reason, and how many more such rows there
    are.
    """
    ids = [member.id for member in members]
    kinds: dict[tuple[str, str], list[Row]] = {}
    for row in rows_about(connection, read_sql(__package__, "gaps"), ids, "subject_id"):
        kinds.setdefault((str(row["indicator"]), str(row["reason"] or "")), []).append(row)
    gaps: list[Row] = []
    for (code, reason), rows in list(kinds.items())[:GAPS_MAX]:
        words = reason_words(release, code, reason) or reason or translated("no reason stored")
        names = sorted({str(row["subject_name"]) for row in rows if row["subject_name"] is not None})
        subjects = list(dict.fromkeys([*names[:1], *names[-1:]]))
        title = release.indicators[code]["title"]
        about = {"subjects": subjects, "subjects_n": len(rows)}
        gaps.append({"code": code, "title": title, "reason": words, **about})
    return gaps, len(kinds) - len(gaps)


def _by_reason(gaps: Iterable[Row]) -> list[tuple[str, list[str]]]:
    """Why something was not assessable, and the codes of the indicators, in the order of the codes."""
    codes = [
        (why, list(dict.fromkeys(str(gap["code"]) for gap in of_reason)))
        for why, of_reason in grouped(gaps, lambda gap: gap["reason"]).items()
    ]
    return sorted(codes, key=lambda pair: pair[1])


# --- the picture in words -----------------------------------------------------------------------------------


def picture_in_words(near: Surroundings) -> list[Mapping[str, object]]:
    """Every tie, drawn or not, by what is held, in the order of names: `name`, `kind`, `sentences`."""
    names, kinds = near.names, {party.id: party.kind for party in near.parties}
    notes = {party.id: party.note for party in near.parties}
    noted = {held: f"{name} ({note})" if (note := notes.get(held)) else name for held, name in names.items()}
    rows = sorted(
        (
            names[held],
            notes.get(held) or translated(KIND_WORDS[kinds[held]]),
            [_sentence(tie, noted[tie.from_id], kinds) for tie in ties],
        )
        for held, ties in grouped(near.ties, lambda tie: tie.to_id).items()
    )
    return [{"name": name, "kind": kind, "sentences": words} for name, kind, words in rows]


# Ties that carry no share or right: what stands before the holder's name.
PLAIN_TIES: Mapping[str, str] = {
    "address": "seat of",
    "award": "bid for or won by",
    "permit": "permit asked for or financed by",
    "money": "payments by or to",
}


def _sentence(tie: Tie, holder: str, kinds: Mapping[str, str]) -> str:
    certainty = _certainty(tie)
    if tie.from_id.startswith(NAMELESS):
        return translated("unknown holder: %(holder)s", holder=holder)
    if tie.kind in PLAIN_TIES:
        return f"{translated(PLAIN_TIES[tie.kind])} {holder}"
    if tie.kind == "loan":
        return f"{translated('lent on it:')} {holder} ({tie.owns})"
    if tie.kind == "property":
        is_proprietor = kinds[tie.to_id] == "title" and kinds[tie.from_id] not in ("title", "property")
        dates = f" ({tie.owns})" if tie.owns else ""
        what = translated("proprietor:" if is_proprietor else "belongs with")
        return f"{what} {holder}{dates}, {certainty}"
    owns = translated("owns %(share)s", share=tie.owns) if tie.owns else ""
    rights = "; ".join(filter(None, (owns, tie.controls)))
    subject = translated("itself") if tie.from_id == tie.to_id else holder
    return f"{subject}: {rights or translated('holder, with no right stated')}, {certainty}"


def _certainty(tie: Tie) -> str:
    states = [
        translated(word)
        for word, holds in (("ended", tie.has_ended), ("possible", not tie.is_certain))
        if holds
    ] or [translated("certain")]
    doubt = translated("not confirmed that this party is the holder")
    return ", ".join(states) if tie.is_identified else f"{', '.join(states)}; {doubt}"
