"""The night report: one self-contained page, made from one release and nothing else.

Only `v_*` views are read, so any DuckDB user can get the same numbers. Nothing of the clock, the machine or the run is
on the page: equal releases give equal bytes. The page's text safety is in `transforms.reports`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType

from flows.facts.areas import Areas, parse_areas
from flows.facts.rows import Row, as_int, flag_evidence, query_rows
from flows.home.durable import write_bytes_durably
from flows.home.settings import case_pages_a_night
from transforms.errors import DeclarationError, RunFailed
from transforms.flags.listings import explained
from transforms.model.indicator import Indicator, indicators, page_sections
from transforms.model.sql import Connection
from transforms.reports import Block, blocks, render

FILE_NAME = "night.html"
FLAGS_SHOWN = 200  # flags an indicator; the rest is in v_flag
FLAGS_OPEN = 20  # of them shown without a click
FACTS_SHOWN = 30  # facts a flag; the rest is in v_evidence
PAGE_BYTES_MAX = 1_500_000
SMALLER = (
    (100, 12),
    (50, 6),
    (20, 4),
    (10, 2),
    (5, 1),
)  # flags and facts, tried in turn where the page would be larger
LOCATORS_SHOWN = 5  # examples a reject code
CASES_SHOWN = 50  # cases in the list; the rest is in v_case
ROWS_SHOWN = 100  # findings, failed gates, unrecognised files, reject codes: rows a table

# Reasons that the night itself gives, for any indicator; `{register}` is the register after the colon.
GENERAL_REASONS: Mapping[str, str] = {
    "extract": "only an extract of {register} is held, so what it does not say proves nothing",
    "missing": "no edition of {register} is held",
    "stale": "the edition of {register} in force is stale",
    "blocked": "the edition of {register} was blocked",
    "rejected": "a record of {register} that may speak of it was rejected",
}
ALWAYS_SHOWN_SECTIONS = (
    "Condition",
    "Why it is a red flag",
    "Ordinary explanations",
    "What would clear it",
    "Source",
)


@dataclass(frozen=True)
class Counted:
    """A code, its plain words ("" where none are declared) and how many rows carry it."""

    code: str
    words: str
    rows_n: int


@dataclass(frozen=True)
class FlagShown:
    """One v_flag row and its first facts; `facts_n` counts all of them."""

    row: Row
    kind: str
    facts: tuple[Row, ...]
    facts_n: int


@dataclass(frozen=True)
class Section:
    """One indicator. `flags_n` and `not_assessable` are of the areas asked for; the counts in `row` are the release's."""

    row: Row
    page: tuple[tuple[str, tuple[Block, ...]], ...]
    more_page: tuple[tuple[str, tuple[Block, ...]], ...]
    subtypes: tuple[Counted, ...]
    flags: tuple[FlagShown, ...]
    flags_n: int
    no_area_n: int
    not_assessable: tuple[Counted, ...]
    list_sql: str


@dataclass(frozen=True)
class Listing:
    """The first rows of a table, and how many there are in all."""

    rows: tuple[Row, ...]
    rows_n: int

    @property
    def more_n(self) -> int:
        return self.rows_n - len(self.rows)


def render_night(connection: Connection, to: Path, *, areas: Sequence[str] = ()) -> Path:
    """Write `<to>/night.html` from the release behind `connection` and return its path.

    `areas`: names or official codes of districts, any case; they choose which flags are listed, never the counts of
    the release. Equal releases and areas give equal bytes.
    Raises UsageError for a blank area, RunFailed where `v_release` does not have exactly one row.
    """
    page = night_page(connection, parse_areas(areas), indicators())
    to.mkdir(parents=True, exist_ok=True)
    write_bytes_durably(to / FILE_NAME, page.encode())
    return to / FILE_NAME


def night_page(connection: Connection, areas: Areas, known: Mapping[str, Indicator]) -> str:
    """The page as text. `known` gives plain words for reasons and sub-types; a code it lacks is shown as it is."""
    titles = {
        str(row["register"]): str(row["title"])
        for row in query_rows(connection, "select register, title from v_register")
    }
    fixed, sections = _fixed(connection, areas, titles), _sections(connection, areas, known, titles)
    first, page = _first_flags(connection, areas), ""
    for flags_shown, facts_shown in (
        (FLAGS_SHOWN, FACTS_SHOWN),
        *(size for size in SMALLER if size[0] < FLAGS_SHOWN),
    ):
        shown = _flags(
            connection, {code: rows[:flags_shown] for code, rows in first.items()}, known, facts_shown
        )
        page = render(
            "night.html.j2",
            **fixed,
            sections=[
                replace(section, flags=shown.get(str(section.row["code"]), ())) for section in sections
            ],
        )
        if len(page.encode()) <= PAGE_BYTES_MAX:
            break
    return page


def _fixed(connection: Connection, areas: Areas, titles: Mapping[str, str]) -> dict[str, object]:
    """What is on the page however many flags are."""
    return {
        "release": release_row(connection),
        "areas": areas.names,
        "titles": titles,
        "registers": query_rows(connection, "select * from v_register order by title, register"),
        "editions": editions_read(connection),
        "alarms": alarms_raised(connection),
        "cases": cases_listed(connection, areas),
        "unplaced": query_rows(connection, UNPLACED_SQL)[0],
        "unopened": query_rows(connection, UNOPENED_SQL.format(areas=areas.condition), **areas.parameters),
        "rejects": _rejects(connection),
        "findings": _listing(
            connection, "v_finding", "register, dataset, edition, code, rows_n desc, field, value nulls first"
        ),
        "failed_gates": _listing(
            connection,
            "v_gate",
            "severity, stage, register, edition, table_name, expectation, example",
            where="not passed",
        ),
        "gate_counts": query_rows(
            connection,
            "select stage, count(*) filter (where passed) as passed_n, count(*) as checked_n from v_gate group by stage order by stage",
        ),
        "unrecognised": _listing(connection, "v_unrecognised_file", "file_name, reason"),
        "limits": {"open": FLAGS_OPEN, "locators": LOCATORS_SHOWN, "case_pages": case_pages_a_night()},
    }


# --- rows -----------------------------------------------------------------------------------------------------------


def _listing(
    connection: Connection,
    view: str,
    order: str,
    *,
    where: str = "true",
    shown: int = ROWS_SHOWN,
    parameters: Mapping[str, object] = MappingProxyType({}),
) -> Listing:
    rows = query_rows(
        connection,
        f"select *, count(*) over () as all_n from {view} where {where} order by {order} limit $shown",
        shown=shown,
        **parameters,
    )
    return Listing(rows, as_int(rows[0]["all_n"]) if rows else 0)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def release_row(connection: Connection) -> Row:
    rows = query_rows(connection, "select * from v_release")
    if len(rows) != 1:
        raise RunFailed(
            f"v_release has {len(rows)} rows and needs one; open the database of a finished release"
        )
    return rows[0]


# --- what was read --------------------------------------------------------------------------------------------------


def editions_read(connection: Connection) -> tuple[Row, ...]:
    """Every edition, those in force and blocked first, newest first; `adds_up` is in = loaded + rejected + ignored."""
    return query_rows(
        connection,
        """select e.*, coalesce(r.title, e.register) as title, e.status in ('in_force', 'blocked') as is_current,
                  e.status = 'blocked' or e.rows_in = e.rows_loaded + e.rows_rejected + e.rows_ignored as adds_up
           from v_edition e left join v_register r on r.register = e.register
           order by title, e.register, e.dataset, e.status = 'in_force' desc, e.status = 'blocked' desc,
                    e.edition_date desc nulls last, e.edition, e.file_sha256""",
    )


def alarms_raised(connection: Connection) -> tuple[Row, ...]:
    """`v_alarm`; none of a release from before there was one."""
    if not query_rows(connection, "select view from v_dictionary where view = 'v_alarm' limit 1"):
        return ()
    return query_rows(
        connection,
        "select a.*, coalesce(r.title, a.register) as title from v_alarm a left join v_register r using (register) order by title, dataset, kind",
    )


def _rejects(connection: Connection) -> Listing:
    """Rejected records by register, edition, code and field, with the first locators of each (`locators`, a list)."""
    rows = query_rows(
        connection,
        """with placed as (
               select *, row_number() over (partition by register, dataset, edition, code, field order by record_no, locator) as place,
                      count(*) over (partition by register, dataset, edition, code, field) as rows_n
               from v_reject)
           select register, dataset, edition, code, field, rows_n, locator from placed where place <= $examples
           order by register, dataset, edition, rows_n desc, code, field nulls first, place""",
        examples=LOCATORS_SHOWN,
    )
    grouped: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        grouped.setdefault(
            tuple(row[name] for name in ("register", "dataset", "edition", "code", "field")), []
        ).append(row)
    every = tuple({**group[0], "locators": [row["locator"] for row in group]} for group in grouped.values())
    return Listing(every[:ROWS_SHOWN], len(every))


# --- cases ----------------------------------------------------------------------------------------------------------


def cases_listed(connection: Connection, areas: Areas) -> Listing:
    """The first cases in review order, at least those that have a page, and how many there are; those with a flag in the areas asked for."""
    shown = max(CASES_SHOWN, case_pages_a_night())
    return _listing(
        connection,
        "v_case",
        "position",
        where=_case_condition(areas),
        shown=shown,
        parameters=areas.parameters,
    )


# Flags on subjects of which nobody knows the district: they are in no area, and so in no report that chooses areas.
UNPLACED_SQL = "select count(*) filter (where area_name is null) as unplaced_n, count(*) as flags_n from v_flag where state = 'flagged'"

# Flags neither weak nor about a register's own faults, and yet in no case: what they are about is a sale or dwelling, and no legal entity is or was its proprietor.
UNOPENED_SQL = """
select f.indicator, count(*) as flags_n from v_flag f join v_indicator i on i.code = f.indicator
where f.state = 'flagged' and f.case_id is null and not f.weak and not i.data_quality and f.subject_type in ('property', 'transaction') and {areas}
group by f.indicator order by f.indicator
"""


def _case_condition(areas: Areas) -> str:
    return (
        f"case_id in (select case_id from v_flag where state = 'flagged' and {areas.condition})"
        if areas.names
        else "true"
    )


# --- what was flagged -----------------------------------------------------------------------------------------------


def _sections(
    connection: Connection, areas: Areas, known: Mapping[str, Indicator], titles: Mapping[str, str]
) -> tuple[Section, ...]:
    """One for each indicator, without its flags."""
    counts = _state_counts(connection, areas)
    return tuple(
        _section(
            row,
            areas,
            counts=[count for count in counts if count["indicator"] == row["code"]],
            known=known.get(str(row["code"])),
            titles=titles,
        )
        for row in query_rows(connection, "select * from v_indicator order by code")
    )


def _state_counts(connection: Connection, areas: Areas) -> tuple[Row, ...]:
    """(indicator, state, subtype, reason, rows_n, no_area_n): `rows_n` in the areas; `no_area_n` rows whose area nobody knows."""
    return query_rows(
        connection,
        f"""select indicator, state, subtype, reason, count(*) filter (where {areas.condition}) as rows_n,
                   count(*) filter (where area_name is null and area_code is null) as no_area_n
            from v_flag group by indicator, state, subtype, reason order by indicator, state, subtype nulls first, reason nulls first""",
        **areas.parameters,
    )


def _section(
    row: Row, areas: Areas, *, counts: Sequence[Row], known: Indicator | None, titles: Mapping[str, str]
) -> Section:
    flagged = [count for count in counts if count["state"] == "flagged"]
    not_assessable = [count for count in counts if count["state"] == "not_assessable"]
    subtype_words, reason_words = (known.subtypes, known.reasons) if known else ({}, {})
    page = sections_of(row)
    return Section(
        row=row,
        page=tuple(item for item in page if item[0] in ALWAYS_SHOWN_SECTIONS),
        more_page=tuple(item for item in page if item[0] not in ALWAYS_SHOWN_SECTIONS),
        subtypes=_counted(
            flagged,
            "subtype",
            {code: subtype_words.get(code, "").rstrip(".") for code in _codes(flagged, "subtype")},
        ),
        flags=(),
        flags_n=sum(as_int(count["rows_n"]) for count in flagged),
        no_area_n=sum(as_int(count["no_area_n"]) for count in flagged),
        not_assessable=_counted(
            not_assessable,
            "reason",
            {code: reason_in_words(code, reason_words, titles) for code in _codes(not_assessable, "reason")},
        ),
        list_sql=_list_sql(str(row["code"]), areas),
    )


def _codes(counts: Iterable[Row], column: str) -> set[str]:
    return {str(count[column] or "") for count in counts}


def _counted(counts: Iterable[Row], column: str, in_words: Mapping[str, str]) -> tuple[Counted, ...]:
    """Counts by one column, the largest first; codes with no row in the areas are left out."""
    total: dict[str, int] = {}
    for count in counts:
        code = str(count[column] or "")
        total[code] = total.get(code, 0) + as_int(count["rows_n"])
    return tuple(
        Counted(code, in_words[code], rows_n)
        for code, rows_n in sorted(total.items(), key=lambda item: (-item[1], item[0]))
        if rows_n
    )


def reason_in_words(code: str, reason_words: Mapping[str, str], titles: Mapping[str, str]) -> str:
    """Plain words of a reason: the indicator's own, else the night's own for `extract:<register>` and its like, else none."""
    if code in reason_words:
        return reason_words[code]
    kind, _, register = code.partition(":")
    words = reason_words.get(kind) or GENERAL_REASONS.get(kind, "")
    return words.replace("{register}", titles.get(register, register)) if register else ""


def sections_of(row: Row) -> tuple[tuple[str, tuple[Block, ...]], ...]:
    """Sections of the indicator's page. A page of another shape (an older release) is shown whole, under Condition."""
    text = str(row["page"])
    try:
        sections = page_sections(text)
    except DeclarationError:
        sections = {"Condition": text, "Source": str(row["source"])}
    return tuple((name, blocks(section)) for name, section in sections.items())


def fitting(found: Iterable[Block], kinds: Collection[str]) -> tuple[Block, ...]:
    """Blocks of a page, with words on candidates of screening that fit these kinds of party."""
    return tuple(
        replace(block, lines=tuple(explained(line, kinds) for line in block.lines)) for block in found
    )


def _first_flags(connection: Connection, areas: Areas) -> Mapping[str, list[Row]]:
    """Indicator → its first flags: newest first, then by name. Never by a score: there is none."""
    order = "first_seen_on desc, subject_name nulls last, subject_id, subtype nulls first, flag_id"
    rows = query_rows(
        connection,
        f"""select * from v_flag where state = 'flagged' and {areas.condition}
            qualify row_number() over (partition by indicator order by {order}) <= $shown order by indicator, {order}""",
        shown=FLAGS_SHOWN,
        **areas.parameters,
    )
    return {str(code): list(flags) for code, flags in groupby(rows, key=itemgetter("indicator"))}


def _flags(
    connection: Connection, first: Mapping[str, list[Row]], known: Mapping[str, Indicator], facts_shown: int
) -> Mapping[str, tuple[FlagShown, ...]]:
    facts = flag_evidence(
        connection, [str(row["flag_id"]) for rows in first.values() for row in rows], facts_shown
    )
    words = {code: one.subtypes for code, one in known.items()}
    return {
        code: tuple(flag_shown(row, facts.get(str(row["flag_id"]), []), words.get(code, {})) for row in rows)
        for code, rows in first.items()
    }


def flag_shown(row: Row, facts: list[Row], subtype_words: Mapping[str, str]) -> FlagShown:
    subtype = str(row["subtype"] or "")
    return FlagShown(
        row,
        subtype_words.get(subtype, subtype).rstrip("."),
        tuple(facts),
        as_int(facts[0]["facts_n"]) if facts else 0,
    )


def _list_sql(code: str, areas: Areas) -> str:
    condition = f"indicator = {_literal(code)} and state = 'flagged'{areas.literal_condition}"
    return f"select subject_id, subject_name, explanation from v_flag where {condition} order by first_seen_on desc, subject_name, subject_id"
