"""`undertow check`: what one release says about each applicant, financier, lessor or supplier given, flagged or not.

Read-only, on the current release alone: what it finds can be asked again with SQL. A sheet is a table in a terminal
(`flows.cli.check_text`), JSON (`as_json`) or pages (`flows.pages.check`); all three show the same rows. What was not found is
said with the editions that were searched, because an empty answer about a register that is not held is no answer.

Nothing here reads a clock: `checked_on` is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from flows.check.input import Asked, is_company_number, is_org_id
from flows.check.match import matched
from flows.facts.areas import Areas, known_areas
from flows.facts.certainty import CERTAINTIES, Certainty, Match, Matched
from flows.facts.party import LEFT_IN, VIEWS, evidence, facts
from flows.facts.rows import Row, query_rows
from flows.home.warehouse import safe_errors
from flows.release.case_ids import cases_asked
from graphs.cases import CASE_PREFIX
from transforms.errors import RunFailed, UsageError
from transforms.model.sql import Connection
from transforms.reports import more

Facts = Mapping[str, Sequence[Row]]
INDICATION = "A flag is an indication, not a finding or an accusation; a person decides."
# What no register can say, whatever it holds.
ALWAYS = (
    "Registers say what was declared or registered. What nobody declared is not here, and a declaration may be untrue.",
    "Names are compared as written: capitals, accents, punctuation and legal forms do not matter, another spelling, language or trading name does. "
    "What was not found under this name may be there under another one; a number is surer.",
    "No flag is not a clearance. The release keeps who is flagged and who could not be assessed; anybody else was assessed and not flagged, or is no subject of the indicator.",
    "A natural person of the same name may be another person. Nobody is scored.",
)


@dataclass(frozen=True)
class Search:
    """One thing looked for: the section its rows are in, and the registers it rests on."""

    section: str
    words: str
    registers: tuple[str, ...]


COMPANIES, HOLDERS = ("gb_coh_companies",), ("gb_coh_psc", "bods", "ftm_entities")
TITLES, PRICES, LISTS = ("gb_hmlr_ccod", "gb_hmlr_ocod"), ("gb_hmlr_price_paid",), ("ftm_entities",)
_FLAGS = (
    Search("flags", "flags of any indicator", (*COMPANIES, *HOLDERS, *TITLES, *PRICES)),
    Search(
        "not_assessable", "indicators that could not be assessed", (*COMPANIES, *HOLDERS, *TITLES, *PRICES)
    ),
    Search("cases", "cases for review", (*COMPANIES, *HOLDERS, *TITLES, *PRICES)),
)
_PLACE = (
    Search("seated", "companies seated there", COMPANIES),
    Search("titles_at", "titles there", TITLES),
    Search("sales", "sales there", PRICES),
    *_FLAGS,
)
SEARCHES: Mapping[str, tuple[Search, ...]] = {
    "legal_entity": (
        Search("interests", "declared interests in it, open now", HOLDERS),
        Search("declarations", "declarations that name no interest", HOLDERS),
        Search("ownership", "owners, directly and through others", HOLDERS),
        Search("control", "who controls it", HOLDERS),
        Search("holdings", "what it owns or controls", HOLDERS),
        Search("titles", "titles it or what it controls holds or held", TITLES),
        Search("watch_list", "watch-list candidates for it and the parties around it", LISTS),
        *_FLAGS,
    ),
    "person": (
        Search("holdings", "what the person holds or controls", HOLDERS),
        Search("owner_of", "entities of which the person is or may be a beneficial owner", HOLDERS),
        Search("watch_list", "watch-list candidates", LISTS),
    ),
    "control_group": (Search("members", "entities in it", HOLDERS), *_FLAGS),
    "title": (Search("proprietors", "proprietors that are legal entities", TITLES), *_FLAGS),
    "address": _PLACE,
    "property": _PLACE,
    "postcode": _PLACE,
}
# What a number, a name and an address are looked for in, for what was not found at all.
TRIED: Mapping[str, tuple[str, ...]] = {
    "number": (*COMPANIES, *HOLDERS, *TITLES),
    "name": (*COMPANIES, *HOLDERS, *TITLES),
    "address": (*COMPANIES, *TITLES, *PRICES),
}


@dataclass(frozen=True)
class Searched:
    """What was looked for, how much was found, and in which editions (a sentence)."""

    section: str
    words: str
    found_n: int
    where: str


@dataclass(frozen=True)
class Subject:
    """A match with all that the release says about it; facts and searches of a candidate are left out, a person's are not."""

    match: Match
    facts: Facts
    searched: tuple[Searched, ...]

    @property
    def identity(self) -> Row:
        return self.facts["identity"][0] if self.facts.get("identity") else {}


@dataclass(frozen=True)
class Answer:
    """One row asked: what may be meant, best first. `tried`: what was looked for where nothing is more than a candidate; `not_searched`: what could not be.

    `other`: what the id given is of, where it is the id of no party, title or place, with the command for it.
    """

    asked: Asked
    subjects: tuple[Subject, ...]
    left_out: Mapping[Certainty, int]
    tried: tuple[Searched, ...]
    not_searched: tuple[str, ...] = ()
    other: str = ""
    has_unsearched_address: bool = False

    @property
    def matches(self) -> tuple[Subject, ...]:
        return tuple(subject for subject in self.subjects if not subject.match.is_candidate)

    @property
    def outcome(self) -> str:
        """One line: matched, several, candidates only, nothing, or that nothing could be searched."""
        if not self.subjects:
            return self._nothing
        if not self.matches:
            return "candidates only"
        best = self.matches[0].match.certainty
        several = sum(subject.match.certainty == best for subject in self.matches)
        return CERTAINTIES[best] if several == 1 else f"{several} equal matches: {CERTAINTIES[best]}"

    @property
    def _nothing(self) -> str:
        one = self.asked
        if one.fault or self.other:
            return f"not checked: {one.fault}" if one.fault else self.other
        if self.not_searched and not self.tried:
            return "not searched"
        if self.has_unsearched_address:
            return "nothing found, and the address was not searched"
        return (
            "nothing found" if one.name or one.number or one.address or one.postcode else "nothing was asked"
        )


@dataclass(frozen=True)
class Sheet:
    """The answers, and what they rest on."""

    release: Row
    checked_on: date
    areas: tuple[str, ...]
    editions: tuple[Row, ...]
    not_held: tuple[Row, ...]
    cannot_be_said: tuple[str, ...]
    answers: tuple[Answer, ...]
    evidence: Mapping[str, Sequence[Row]]

    @property
    def faults(self) -> tuple[str, ...]:
        """Why rows of a list were not checked, each in a sentence."""
        return tuple(answer.asked.fault for answer in self.answers if answer.asked.fault)

    @property
    def subject_ids(self) -> tuple[str, ...]:
        """Ids of all that is shown as a match or a candidate."""
        return tuple(subject.match.subject_id for answer in self.answers for subject in answer.subjects)


def check(
    connection: Connection, asked: Sequence[Asked], *, areas: Sequence[str] = (), checked_on: date
) -> Sheet:
    """The sheet of the rows asked, from the release behind `connection`.

    Every look at a named subject goes through here, on a connection of `flows.accountability.access`, which asks for the purpose and keeps the audit log.
    Raises UsageError for a blank or unknown area, or a release that lacks a view (made by an earlier version).
    """
    with safe_errors("check"):
        return _sheet(connection, asked, areas, checked_on)


def _sheet(connection: Connection, asked: Sequence[Asked], wanted: Sequence[str], checked_on: date) -> Sheet:
    release = _release(connection)
    areas = known_areas(connection, wanted)  # a typing error must not read as a clearance
    editions, registers = (
        _editions(connection),
        query_rows(connection, "select register, title, edition_in_force from v_register order by register"),
    )
    places = _Places(editions, registers)
    answers = _answers(connection, asked, areas, places)
    flag_ids = [
        str(flag["flag_id"])
        for answer in answers
        for subject in answer.subjects
        for flag in subject.facts.get("flags", ())
    ]
    return Sheet(
        release=release,
        checked_on=checked_on,
        areas=areas.names,
        editions=editions,
        not_held=tuple(register for register in registers if register["edition_in_force"] is None),
        cannot_be_said=(*places.cannot_be_said(), *ALWAYS),
        answers=answers,
        evidence=evidence(connection, flag_ids) if flag_ids else {},
    )


def _release(connection: Connection) -> Row:
    held = {
        str(row["view_name"])
        for row in query_rows(connection, "select view_name from duckdb_views() where not internal")
    }
    if missing := [view for view in VIEWS if view not in held]:
        raise UsageError(
            f"the release in force has no {missing[0]}: it was made by an earlier version; run the night again with this one"
        )
    found = query_rows(connection, "select * from v_release")
    if len(found) != 1:
        raise RunFailed(
            f"v_release has {len(found)} rows and needs one; open the database of a finished release"
        )
    return found[0]


EDITIONS_SQL = """
select e.register, coalesce(r.title, e.register) as title, e.dataset, e.edition, e.edition_date, e.status, e.completeness, e.completeness_reason, e.rows_loaded,
    e.rows_rejected, e.stale_since, e.blocked_code, e.file_sha256
from v_edition e left join v_register r on r.register = e.register
where e.status in ('in_force', 'blocked')
order by e.register, e.dataset, e.status desc, e.edition, e.file_sha256
"""


def _editions(connection: Connection) -> tuple[Row, ...]:
    return query_rows(connection, EDITIONS_SQL)


def _answers(
    connection: Connection, asked: Sequence[Asked], areas: Areas, places: _Places
) -> tuple[Answer, ...]:
    found = matched(connection, [one for one in asked if not one.fault])
    wanted: dict[str, set[str]] = {}
    for match in (match for one in found.values() for match in one.matches if _has_facts(match)):
        wanted.setdefault(match.subject_type, set()).add(match.subject_id)
    known = {kind: facts(connection, kind, sorted(ids), areas) for kind, ids in wanted.items()}
    others = _others(connection, [one for one in asked if not one.fault])
    answers = []
    for one in asked:
        if one.fault:
            answers.append(Answer(one, (), {}, ()))
            continue
        subjects = tuple(
            _subject(match, known.get(match.subject_type, {}).get(match.subject_id, {}), places, areas)
            for match in found[one.row].matches
        )
        other = others.get(one.row, "")
        tried = (
            ()
            if other or any(not subject.match.is_candidate for subject in subjects)
            else _tried(one, found[one.row], places)
        )
        address = _address_not_searched(one, found[one.row])
        unsearched = (*address, *(() if subjects or other else _persons_not_searched(one)))
        answers.append(
            Answer(one, subjects, found[one.row].left_out, tried, unsearched, other, bool(address))
        )
    return tuple(answers)


OTHERS_SQL = """
select case_id as id, 'case' as kind from v_case where case_id in (select unnest($ids))
union all
select flag_id, 'flag' from v_flag where flag_id in (select unnest($ids))
order by id, kind
"""
OTHERS: Mapping[str, str] = {
    "case": "this is the id of a case: undertow report --case {}",
    "flag": "this is the id of a flag: undertow explain {}",
}


def _others(connection: Connection, asked: Sequence[Asked]) -> dict[int, str]:
    """Row → what its id is of, where that is nothing a check is about."""
    given = {one.row: (one.number or one.name).strip() for one in asked if one.number or one.name}
    known = {
        str(row["id"]): OTHERS[str(row["kind"])].format(row["id"])
        for row in query_rows(connection, OTHERS_SQL, ids=sorted(set(given.values())))
    }
    led = cases_asked(
        connection, [text for text in given.values() if text.startswith(CASE_PREFIX) and text not in known]
    )
    known |= {
        text: f"this is an earlier id of a case: undertow report --case {case}" for text, case in led.items()
    }
    return {row: known[text] for row, text in given.items() if text in known}


def _has_facts(match: Match) -> bool:
    """A candidate's facts do not belong on somebody's sheet; a person is never more than one, and is told apart by them."""
    return not match.is_candidate or match.subject_type == "person"


def _subject(match: Match, known: Facts, places: _Places, areas: Areas) -> Subject:
    if not _has_facts(match):
        return Subject(match, {}, ())
    searched = [
        Searched(
            search.section,
            _words(search, known, areas),
            all_n(known.get(search.section, ())),
            places.where(search.registers),
        )
        for search in SEARCHES[match.subject_type]
    ]
    return Subject(match, known, tuple(searched))


def _words(search: Search, known: Facts, areas: Areas) -> str:
    """What was looked for. A filter is part of it: a company without titles there may have many elsewhere."""
    if search.section != "titles" or not areas.names:
        return search.words
    return f"{search.words}, in {' or '.join(areas.names)} ({titles_elsewhere(known) or 'none elsewhere'})"


def titles_elsewhere(known: Facts) -> str:
    """How many titles the areas asked for leave out; "" where none are, or no area was asked for."""
    counted = known["titles_elsewhere"][0] if known.get("titles_elsewhere") else {}
    places = {"elsewhere_n": "in other districts", "no_district_n": "in no known district"}
    return ", ".join(f"{counted[name]} {where}" for name, where in places.items() if counted.get(name))


def all_n(section: Sequence[Row]) -> int:
    """How many rows a section has in all, those beyond LISTED_MAX included."""
    counted = section[0].get("all_n", len(section)) if section else 0
    return counted if isinstance(counted, int) else 0


def left_out_n(section: Sequence[Row]) -> int:
    """How many rows of a section are beyond LISTED_MAX: on no sheet."""
    return all_n(section) - len(section)


def left_out(name: str, section: Sequence[Row]) -> str:
    """A sentence on them; "" where there are none."""
    n = left_out_n(section)
    return (
        f"{more(n, 'is', 'are')} on no sheet: undertow sql has {'it' if n == 1 else 'them'}, in {LEFT_IN[name]}"
        if n
        else ""
    )


def own_flags_n(found: Facts) -> int:
    """How many of its flags are on itself and what is its own, not on the entities around it."""
    counted = found["flags"][0]["own_n"] if found.get("flags") else 0
    return counted if isinstance(counted, int) else 0


def _tried(one: Asked, found: Matched, places: _Places) -> tuple[Searched, ...]:
    address = found.address.words if found.address is not None and found.address.is_done else ""
    number = (
        "a party, title or place of this id"
        if is_org_id(one.number)
        else "a party of this number"
        if is_company_number(one.number)
        else "a party of this number, as written: it has not the form of a UK company's"
    )
    name = "" if one.only_person and _persons_not_searched(one) else one.name
    words = {"number": one.number and number, "name": name and "a party of this name", "address": address}
    return tuple(Searched(what, words[what], 0, places.where(TRIED[what])) for what in TRIED if words[what])


def _address_not_searched(one: Asked, found: Matched) -> tuple[str, ...]:
    """Of one text that may be a name too, an address that cannot be read is none, but for a number in it."""
    unread = (
        found.address is not None
        and not found.address.is_done
        and not (one.is_free and one.name and not re.search(r"\d", one.address))
    )
    return (found.address.words,) if found.address is not None and unread else ()


def _persons_not_searched(one: Asked) -> tuple[str, ...]:
    is_word = len(one.name.split()) == 1 and one.name.isalpha() and not one.number
    return (ONE_WORD,) if is_word and (one.born is None or one.born[1] is None) else ()


ONE_WORD = "Natural persons were not searched: one word is too little to tell anybody by; give a forename or an initial too, or the year and month of birth"


# --- what was searched ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Places:
    """The editions of a release, as sentences."""

    editions: tuple[Row, ...]
    registers: tuple[Row, ...]

    def where(self, names: Iterable[str]) -> str:
        """The editions searched, of these registers, and those that are not held."""
        known = [
            self._one(name)
            for name in dict.fromkeys(names)
            if any(register["register"] == name for register in self.registers)
        ]
        return "; ".join(known) or "nowhere, because this release knows no register for it"

    def _one(self, name: str) -> str:
        held = [
            edition
            for edition in self.editions
            if edition["register"] == name and edition["status"] == "in_force"
        ]
        if not held:
            return f"{name}: not held"
        return "; ".join(
            f"{name} {edition['edition']}{', extract' if edition['completeness'] == 'extract' else ''}{', stale' if edition['stale_since'] else ''}"
            for edition in held
        )

    def cannot_be_said(self) -> tuple[str, ...]:
        """A sentence for every register that is missing, an extract, stale or blocked, or of which records were rejected."""
        found = [
            f"{register['title']}: no edition is held. Nothing here says anything of it."
            for register in self.registers
            if register["edition_in_force"] is None
        ]
        for edition in self.editions:
            found += _limits(edition)
        return tuple(found)


def _limits(edition: Row) -> list[str]:
    name = f"{edition['title']}, edition {edition['edition']}"
    if edition["status"] == "blocked":
        return [f"{name}: was blocked ({edition['blocked_code']}) and is not used."]
    found = []
    if edition["completeness"] == "extract":
        found.append(
            f"{name}: only an extract is held ({edition['completeness_reason']}). What it does not hold proves nothing."
        )
    if edition["stale_since"] is not None:
        found.append(
            f"{name}: a newer one was blocked, so that this one has been stale since {edition['stale_since']}."
        )
    if edition["rows_rejected"]:
        found.append(
            f"{name}: {edition['rows_rejected']} records could not be read. A record that was rejected is not an absent one."
        )
    return found


# --- the ownership picture as text ----------------------------------------------------------------------------------


def per_cent(
    least: object, most: object, least_exclusive: object = False, most_exclusive: object = False
) -> str:
    """Bounds as words: `75 %`, `more than 25 up to 50 %`."""
    low, high = _number(least), _number(most)
    if low is None and high is None:
        return "a share that is not stated"
    if low == high and not (least_exclusive or most_exclusive):
        return f"{_digits(low)} %"
    return f"{'more than' if least_exclusive else 'at least'} {_digits(low or Decimal(0))}, {'less than' if most_exclusive else 'at most'} {_digits(high or Decimal(100))} %"


def _number(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _digits(value: Decimal | None) -> str:
    return "" if value is None else f"{value.quantize(Decimal('0.01')).normalize():f}"


@dataclass(frozen=True)
class Owner:
    """A party above an entity, in words: `lines` say what it holds directly, what it comes to, and the verdicts."""

    party_id: str
    name: str | None
    kind: str | None
    lines: tuple[str, ...]


def owners(found: Facts) -> tuple[Owner, ...]:
    """Everybody who holds, comes to own, controls or may be a beneficial owner of an entity: direct holders first, then by share."""
    named: dict[str, Owner] = {}
    for section, say in _SAYINGS:
        listed = found.get(section, ())
        for row in _by_verdict(listed) if section == "beneficial_owners" else listed:
            if row["party_id"] is None or (words := say(row)) == "":
                continue
            kind = row.get("party_kind") or (row.get("kind") if section != "control" else None)
            known = named.setdefault(
                str(row["party_id"]), Owner(str(row["party_id"]), _text(row["name"]), _text(kind), ())
            )
            named[known.party_id] = replace(
                known, kind=known.kind or _text(kind), lines=(*known.lines, words)
            )
    return tuple(named.values())


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _said_interest(row: Row) -> str:
    share = (
        per_cent(row["share_min"], row["share_max"], row["share_min_exclusive"], row["share_max_exclusive"])
        if row["share_min"] is not None
        else ""
    )
    since = f" since {row['valid_from']}" if row["valid_from"] is not None else ""
    joint = ", together with others" if row["joint_group"] is not None else ""
    return f"declared: {in_words(row['interest_type'])}{f' {share}' if share else ''}{joint}{since}"


def _said_declaration(row: Row) -> str:
    return f"named as holder, by what right is not stated{f' (since {row["valid_from"]})' if row['valid_from'] is not None else ''}"


def _said_ownership(row: Row) -> str:
    declared = per_cent(
        row["share_min"],
        row["share_max_declared"],
        row["share_min_exclusive"],
        row["share_max_declared_exclusive"],
    )
    possible = (
        ""
        if row["share_max"] == row["share_max_declared"]
        else f"; at most {_digits(_number(row['share_max']))} % with what nobody declared"
    )
    return f"comes to {declared} of the {row['basis']}{', as declared' if row['is_as_declared'] else ''}{possible}"


def _said_control(row: Row) -> str:
    how = {
        "control": "controls it",
        "joint": "controls it together with others",
        "influence": "has influence over it",
    }
    return f"{row['verdict']}: {how.get(str(row['kind']), str(row['kind']))}{', at the top of its group' if row['control_group_id'] is not None else ''}"


def _said_owner(row: Row) -> str:
    """Of a row of `_by_verdict`."""
    match row["verdict"]:
        case "CERTAIN" | "POSSIBLE":
            return f"{row['verdict']}: beneficial owner{f' ({row["basis"]})' if row['basis'] is not None else ''} by {row['regimes']}"
        case "UNDECLARED":
            return f"UNDECLARED: not shown to be a beneficial owner by {row['regimes']}; only what nobody declared could make this person one"
        case _:
            return ""


def _by_verdict(found: Sequence[Row]) -> list[Row]:
    """Verdicts on beneficial owners, the regimes of equal ones together (`regimes`)."""
    together: dict[tuple[object, ...], list[Row]] = {}
    for row in found:
        together.setdefault((row["party_id"], row["verdict"], row["basis"]), []).append(row)
    return [{**same[0], "regimes": regimes_said(row["regime"] for row in same)} for same in together.values()]


# Regimes that are not for every entity: whoever holds a fifth is no beneficial owner by them unless an act says so.
CONDITIONS: Mapping[str, str] = {
    "STRICT": "STRICT (at least 15 %, only where an act names the class of entity)"
}


def regimes_said(regimes: Iterable[object]) -> str:
    """Regimes by their codes, those that are not for every entity last and with their condition."""
    in_order = sorted(map(str, regimes), key=lambda regime: (regime in CONDITIONS, regime))
    return ", ".join(CONDITIONS.get(regime, regime) for regime in in_order)


_SAYINGS = (
    ("interests", _said_interest),
    ("declarations", _said_declaration),
    ("ownership", _said_ownership),
    ("control", _said_control),
    ("beneficial_owners", _said_owner),
)


HELD_WORDS: Mapping[str, str] = {
    "interests": "declared interests",
    "declarations": "declarations that name no interest",
    "ownership": "owners, directly and through others",
    "control": "verdicts on who controls it",
    "beneficial_owners": "verdicts on who is a beneficial owner",
}


def owners_left_out(found: Facts) -> tuple[str, ...]:
    """A sentence on each list behind `owners` that is cut."""
    return tuple(
        f"{words}: {said}"
        for name, words in HELD_WORDS.items()
        if (said := left_out(name, found.get(name, ())))
    )


def nobody_found(found: Facts) -> tuple[str, ...]:
    """Why nobody was found, with the regimes by which; and declarations that name nobody."""
    regimes: dict[str, list[str]] = {}
    for row in found.get("beneficial_owners", ()):
        if row["verdict"] == "NONE_FOUND":
            regimes.setdefault(in_words(row["reason"]), []).append(str(row["regime"]))
    by_regime = [
        f"no beneficial owner found: {reason} (by {', '.join(names)})" for reason, names in regimes.items()
    ]
    unnamed = [
        f"declared instead of a holder: {in_words(row['declaration_code'] or row['unspecified_reason'] or 'nobody is named')}"
        for row in found.get("declarations", ())
        if row["party_id"] is None
    ]
    why = "" if regimes.keys() - {in_words("nothing_declared")} else ", and nothing says why"
    nobody = () if owners(found) or unnamed else (f"nobody is declared as holder, owner or controller{why}",)
    return (*nobody, *unnamed, *by_regime)


def titled(sheet: Sheet, text: str) -> str:
    """A text in which registers have their titles instead of their short names."""
    titles = {str(row["register"]): str(row["title"]) for row in (*sheet.not_held, *sheet.editions)}
    return re.sub(r"\b[a-z_]+\b", lambda word: titles.get(word[0], word[0]), text)


def in_words(code: object) -> str:
    """A code as words: `shareholding`, `appointment of board`."""
    text = (
        str(code).replace("_", " ").replace("-", " ").replace("signficant", "significant")
    )  # Companies House spells its own code so
    return "".join(
        f" {char.lower()}" if char.isupper() and before.islower() else char
        for before, char in zip(f" {text}", text, strict=False)
    )


# --- JSON -----------------------------------------------------------------------------------------------------------


def as_json(sheet: Sheet) -> dict[str, object]:
    """The sheet as plain values; dates and decimals are left to the writer (`default=str`)."""
    return {
        "release": dict(sheet.release),
        "checked_on": sheet.checked_on,
        "areas": list(sheet.areas),
        "indication": INDICATION,
        "editions": [dict(edition) for edition in sheet.editions],
        "not_held": [str(register["register"]) for register in sheet.not_held],
        "cannot_be_said": list(sheet.cannot_be_said),
        "answers": [_answer_json(answer, sheet) for answer in sheet.answers],
    }


def _answer_json(answer: Answer, sheet: Sheet) -> dict[str, object]:
    one = answer.asked
    given = {
        "name": one.name,
        "number": one.number,
        "address": one.address,
        "postcode": one.postcode,
        "role": one.role,
        "kind": one.kind,
    }
    born = "-".join(f"{part:02d}" for part in one.born if part is not None) if one.born else ""
    return {
        "row": one.row,
        "asked": {name: text for name, text in {**given, "born": born}.items() if text},
        "outcome": answer.outcome,
        **({"fault": one.fault} if one.fault else {}),
        "subjects": [_subject_json(subject, sheet) for subject in answer.subjects],
        "more": dict(answer.left_out),
        "nothing_found": [{"what": searched.words, "searched": searched.where} for searched in answer.tried],
        "not_searched": list(answer.not_searched),
        **({"other": answer.other} if answer.other else {}),
    }


def _subject_json(subject: Subject, sheet: Sheet) -> dict[str, object]:
    match = subject.match
    sections: dict[str, object] = {
        name: [_bare(row) for row in found]
        for name, found in subject.facts.items()
        if name not in ("identity", "flags")
    }
    if "flags" in subject.facts:
        sections["flags"] = [
            {**_bare(row), **_evidence_json(sheet.evidence.get(str(row["flag_id"]), ()))}
            for row in subject.facts["flags"]
        ]
    return {
        "subject_id": match.subject_id,
        "subject_type": match.subject_type,
        "name": match.name,
        "certainty": match.certainty,
        "is_candidate": match.is_candidate,
        "score": match.score,
        "why": match.why,
        **({"identity": _bare(subject.identity)} if subject.identity else {}),
        **sections,
        "left_out": {name: left_out_n(found) for name, found in subject.facts.items() if left_out_n(found)},
        "searched": [
            {"what": one.words, "found_n": one.found_n, "searched": one.where} for one in subject.searched
        ],
    }


def _evidence_json(listed: Sequence[Row]) -> dict[str, object]:
    return {
        "evidence": [{name: value for name, value in fact.items() if name != "facts_n"} for fact in listed],
        "evidence_n": listed[0]["facts_n"] if listed else 0,
    }


def _bare(row: Row) -> dict[str, object]:
    return {name: value for name, value in row.items() if name not in ("id", "all_n", "row_no", "place")}
