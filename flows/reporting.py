"""The night report: one self-contained page, made from one release and nothing else.

Only `v_*` views are read, so any DuckDB user can get the same numbers. Nothing of the clock, the machine or the run is
on the page: equal releases give equal bytes. The page's text safety is in `transforms.reports`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.durable import write_bytes_durably
from transforms.errors import DeclarationError, RunFailed, UsageError
from transforms.indicator import Indicator, indicators, page_sections
from transforms.reports import Block, blocks, render
from transforms.sql import Connection

FILE_NAME = "night.html"
FLAGS_SHOWN = 200  # flags an indicator; the rest is in v_flag
FLAGS_OPEN = 20  # of them shown without a click
FACTS_SHOWN = 30  # facts a flag; the rest is in v_evidence
LOCATORS_SHOWN = 5  # examples a reject code
ROWS_SHOWN = 100  # findings, failed gates, unrecognised files, reject codes: rows a table

Row = Mapping[str, object]
# Reasons that the night itself gives, for any indicator; `{register}` is the register after the colon.
GENERAL_REASONS: Mapping[str, str] = {
    "extract": "only an extract of {register} is held, so what it does not say proves nothing",
    "missing": "no edition of {register} is held",
    "stale": "the edition of {register} in force is stale",
    "blocked": "the edition of {register} was blocked",
}
ALWAYS_SHOWN_SECTIONS = ("Condition", "Why it is a red flag", "Ordinary explanations", "What would clear it", "Source")


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


@dataclass(frozen=True)
class Areas:
    """The areas asked for, as typed; none asked for means everything."""

    asked: tuple[str, ...]

    @property
    def condition(self) -> str:
        return "(lower(area_name) in (select unnest($areas)) or lower(area_code) in (select unnest($areas)))" if self.asked else "true"

    @property
    def parameters(self) -> dict[str, object]:
        return {"areas": [area.lower() for area in self.asked]} if self.asked else {}

    @property
    def literal_condition(self) -> str:
        """The same with the values in it, to be copied by a reader."""
        listed = ", ".join(_literal(area.lower()) for area in self.asked)
        return f" and (lower(area_name) in ({listed}) or lower(area_code) in ({listed}))" if self.asked else ""


def render_night(connection: Connection, to: Path, *, areas: Sequence[str] = ()) -> Path:
    """Write `<to>/night.html` from the release behind `connection` and return its path.

    `areas`: names or official codes of districts, any case; they choose which flags are listed, never the counts of
    the release. Equal releases and areas give equal bytes.
    Raises UsageError for a blank area, RunFailed where `v_release` does not have exactly one row.
    """
    page = night_page(connection, _areas(areas), indicators())
    to.mkdir(parents=True, exist_ok=True)
    write_bytes_durably(to / FILE_NAME, page.encode())
    return to / FILE_NAME


def night_page(connection: Connection, areas: Areas, known: Mapping[str, Indicator]) -> str:
    """The page as text. `known` gives plain words for reasons and sub-types; a code it lacks is shown as it is."""
    titles = {str(row["register"]): str(row["title"]) for row in _rows(connection, "select register, title from v_register")}
    editions = _editions(connection)
    return render(
        "night.html.j2",
        release=_release(connection),
        areas=areas.asked,
        titles=titles,
        registers=_rows(connection, "select * from v_register order by title, register"),
        editions=editions,
        sections=_sections(connection, areas, known, titles),
        rejects=_rejects(connection),
        findings=_listing(connection, "v_finding", "register, dataset, edition, code, rows_n desc, field, value nulls first"),
        failed_gates=_listing(connection, "v_gate", "severity, stage, register, edition, table_name, expectation, example", where="not passed"),
        gate_counts=_rows(
            connection, "select stage, count(*) filter (where passed) as passed_n, count(*) as checked_n from v_gate group by stage order by stage"
        ),
        unrecognised=_listing(connection, "v_unrecognised_file", "file_name, reason"),
        limits={"open": FLAGS_OPEN, "locators": LOCATORS_SHOWN},
    )


# --- rows -----------------------------------------------------------------------------------------------------------


def _rows(connection: Connection, query: str, **parameters: object) -> tuple[Row, ...]:
    return tuple(connection.sql(query, params=parameters or None).to_arrow_table().to_pylist())


def _listing(connection: Connection, view: str, order: str, *, where: str = "true") -> Listing:
    rows = _rows(connection, f"select *, count(*) over () as all_n from {view} where {where} order by {order} limit $shown", shown=ROWS_SHOWN)
    return Listing(rows, _integer(rows[0]["all_n"]) if rows else 0)


def _integer(value: object) -> int:
    return value if isinstance(value, int) else 0


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _areas(asked: Iterable[str]) -> Areas:
    stripped = tuple(area.strip() for area in asked)
    if "" in stripped:
        raise UsageError("an area is blank; give the name or the official code of a district")
    return Areas(tuple(dict.fromkeys(stripped)))


def _release(connection: Connection) -> Row:
    rows = _rows(connection, "select * from v_release")
    if len(rows) != 1:
        raise RunFailed(f"v_release has {len(rows)} rows and needs one; open the database of a finished release")
    return rows[0]


# --- what was read --------------------------------------------------------------------------------------------------


def _editions(connection: Connection) -> tuple[Row, ...]:
    """Every edition, those in force and blocked first, newest first; `adds_up` is in = loaded + rejected + ignored."""
    return _rows(
        connection,
        """select e.*, coalesce(r.title, e.register) as title, e.status in ('in_force', 'blocked') as is_current,
                  e.status = 'blocked' or e.rows_in = e.rows_loaded + e.rows_rejected + e.rows_ignored as adds_up
           from v_edition e left join v_register r on r.register = e.register
           order by title, e.register, e.dataset, e.status = 'in_force' desc, e.status = 'blocked' desc,
                    e.edition_date desc nulls last, e.edition, e.file_sha256""",
    )


def _rejects(connection: Connection) -> Listing:
    """Rejected records by register, edition, code and field, with the first locators of each (`locators`, a list)."""
    rows = _rows(
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
        grouped.setdefault(tuple(row[name] for name in ("register", "dataset", "edition", "code", "field")), []).append(row)
    every = tuple({**group[0], "locators": [row["locator"] for row in group]} for group in grouped.values())
    return Listing(every[:ROWS_SHOWN], len(every))


# --- what was flagged -----------------------------------------------------------------------------------------------


def _sections(connection: Connection, areas: Areas, known: Mapping[str, Indicator], titles: Mapping[str, str]) -> tuple[Section, ...]:
    counts = _state_counts(connection, areas)
    return tuple(
        _section(
            connection, row, areas, counts=[count for count in counts if count["indicator"] == row["code"]], known=known.get(str(row["code"])), titles=titles
        )
        for row in _rows(connection, "select * from v_indicator order by code")
    )


def _state_counts(connection: Connection, areas: Areas) -> tuple[Row, ...]:
    """(indicator, state, subtype, reason, rows_n, no_area_n): `rows_n` in the areas; `no_area_n` rows whose area nobody knows."""
    return _rows(
        connection,
        f"""select indicator, state, subtype, reason, count(*) filter (where {areas.condition}) as rows_n,
                   count(*) filter (where area_name is null and area_code is null) as no_area_n
            from v_flag group by indicator, state, subtype, reason order by indicator, state, subtype nulls first, reason nulls first""",
        **areas.parameters,
    )


def _section(connection: Connection, row: Row, areas: Areas, *, counts: Sequence[Row], known: Indicator | None, titles: Mapping[str, str]) -> Section:
    flagged = [count for count in counts if count["state"] == "flagged"]
    not_assessable = [count for count in counts if count["state"] == "not_assessable"]
    subtype_words, reason_words = (known.subtypes, known.reasons) if known else ({}, {})
    page = _page(row)
    return Section(
        row=row,
        page=tuple(item for item in page if item[0] in ALWAYS_SHOWN_SECTIONS),
        more_page=tuple(item for item in page if item[0] not in ALWAYS_SHOWN_SECTIONS),
        subtypes=_counted(flagged, "subtype", {code: subtype_words.get(code, "").rstrip(".") for code in _codes(flagged, "subtype")}),
        flags=_flags(connection, str(row["code"]), areas, subtype_words),
        flags_n=sum(_integer(count["rows_n"]) for count in flagged),
        no_area_n=sum(_integer(count["no_area_n"]) for count in flagged),
        not_assessable=_counted(not_assessable, "reason", {code: _reason(code, reason_words, titles) for code in _codes(not_assessable, "reason")}),
        list_sql=_list_sql(str(row["code"]), areas),
    )


def _codes(counts: Iterable[Row], column: str) -> set[str]:
    return {str(count[column] or "") for count in counts}


def _counted(counts: Iterable[Row], column: str, in_words: Mapping[str, str]) -> tuple[Counted, ...]:
    """Counts by one column, the largest first; codes with no row in the areas are left out."""
    total: dict[str, int] = {}
    for count in counts:
        code = str(count[column] or "")
        total[code] = total.get(code, 0) + _integer(count["rows_n"])
    return tuple(Counted(code, in_words[code], rows_n) for code, rows_n in sorted(total.items(), key=lambda item: (-item[1], item[0])) if rows_n)


def _reason(code: str, reason_words: Mapping[str, str], titles: Mapping[str, str]) -> str:
    """Plain words of a reason: the indicator's own, else the night's own for `extract:<register>` and its like, else none."""
    if code in reason_words:
        return reason_words[code]
    kind, _, register = code.partition(":")
    words = reason_words.get(kind) or GENERAL_REASONS.get(kind, "")
    return words.replace("{register}", titles.get(register, register)) if register else ""


def _page(row: Row) -> tuple[tuple[str, tuple[Block, ...]], ...]:
    """Sections of the indicator's page. A page of another shape (an older release) is shown whole, under Condition."""
    text = str(row["page"])
    try:
        sections = page_sections(text)
    except DeclarationError:
        sections = {"Condition": text, "Source": str(row["source"])}
    return tuple((name, blocks(section)) for name, section in sections.items())


def _flags(connection: Connection, code: str, areas: Areas, subtype_words: Mapping[str, str]) -> tuple[FlagShown, ...]:
    """The first flags: newest first, then by name. Never by a score: there is none."""
    rows = _rows(
        connection,
        f"""select * from v_flag where indicator = $code and state = 'flagged' and {areas.condition}
            order by first_seen_on desc, subject_name nulls last, subject_id, subtype nulls first, flag_id limit $shown""",
        code=code,
        shown=FLAGS_SHOWN,
        **areas.parameters,
    )
    facts = _facts(connection, [str(row["flag_id"]) for row in rows])
    return tuple(_flag(row, facts.get(str(row["flag_id"]), []), subtype_words) for row in rows)


def _flag(row: Row, facts: list[Row], subtype_words: Mapping[str, str]) -> FlagShown:
    subtype = str(row["subtype"] or "")
    return FlagShown(row, subtype_words.get(subtype, subtype).rstrip("."), tuple(facts), _integer(facts[0]["facts_n"]) if facts else 0)


def _facts(connection: Connection, flag_ids: Sequence[str]) -> dict[str, list[Row]]:
    """Flag → its first facts, with the register's title and `facts_n`, how many there are in all."""
    rows = _rows(
        connection,
        """with placed as (
               select *, row_number() over (partition by flag_id order by position, statement_id, field, value) as place,
                      count(*) over (partition by flag_id) as facts_n
               from v_evidence where flag_id in (select unnest($flags)))
           select p.*, coalesce(r.title, p.register) as title from placed p left join v_register r on r.register = p.register
           where place <= $shown order by flag_id, place""",
        flags=list(flag_ids),
        shown=FACTS_SHOWN,
    )
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row["flag_id"]), []).append(row)
    return found


def _list_sql(code: str, areas: Areas) -> str:
    condition = f"indicator = {_literal(code)} and state = 'flagged'{areas.literal_condition}"
    return f"select subject_id, subject_name, explanation from v_flag where {condition} order by first_seen_on desc, subject_name, subject_id"
