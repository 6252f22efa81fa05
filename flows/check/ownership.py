"""Who owns and controls an entity, in words."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from flows.check.sheet import Facts, left_out
from flows.facts.rows import Row, grouped
from transforms.language import day_text, decimals, translated

# Regimes that are not for every entity: whom they make a beneficial owner depends on an act.
CONDITIONS: Mapping[str, str] = {
    "STRICT": "STRICT (at least 15 %, only where an act names the class of entity)"
}
CONTROL_WORDS: Mapping[str, str] = {
    "control": "controls it",
    "joint": "controls it together with others",
    "influence": "has influence over it",
}
LIST_WORDS: Mapping[str, str] = {
    "interests": "declared interests",
    "declarations": "declarations that name no interest",
    "ownership": "owners, directly and through others",
    "control": "verdicts on who controls it",
    "beneficial_owners": "verdicts on who is a beneficial owner",
}


@dataclass(frozen=True)
class Owner:
    """A party above an entity. `lines`: what it holds, what that comes to, and the verdicts on it."""

    party_id: str
    name: str | None
    kind: str | None
    lines: tuple[str, ...]


def owners(facts: Facts) -> tuple[Owner, ...]:
    """Everybody who holds, owns, controls or may be a beneficial owner of an entity, direct holders first."""
    by_party: dict[str, Owner] = {}
    for section, line_of in _LINES.items():
        rows = facts.get(section, ())
        for row in _with_regimes(rows) if section == "beneficial_owners" else rows:
            if row["party_id"] is None or not (line := line_of(row)):
                continue
            # On a row about control, `kind` is that of the control.
            kind = _text(row.get("party_kind") or (None if section == "control" else row.get("kind")))
            party_id = str(row["party_id"])
            owner = by_party.get(party_id, Owner(party_id, _text(row["name"]), kind, ()))
            by_party[party_id] = replace(owner, kind=owner.kind or kind, lines=(*owner.lines, line))
    return tuple(by_party.values())


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def owners_left_out(facts: Facts) -> tuple[str, ...]:
    """A sentence for each list behind `owners` that is cut."""
    cut = {words: left_out(section, facts.get(section, ())) for section, words in LIST_WORDS.items()}
    return tuple(f"{translated(words)}: {sentence}" for words, sentence in cut.items() if sentence)


def nobody_found(facts: Facts) -> tuple[str, ...]:
    """Why nobody was found, with the regimes; and declarations that name nobody."""
    none_found = [row for row in facts.get("beneficial_owners", ()) if row["verdict"] == "NONE_FOUND"]
    regimes = grouped(none_found, lambda row: _why_none(row["reason"], facts))
    by_regime = [
        translated(
            "no beneficial owner found: %(reason)s (by %(regimes)s)",
            reason=reason,
            regimes=", ".join(str(row["regime"]) for row in rows),
        )
        for reason, rows in regimes.items()
    ]
    codes = [
        row["declaration_code"] or row["unspecified_reason"] or "nobody is named"
        for row in facts.get("declarations", ())
        if row["party_id"] is None
    ]
    unnamed = [translated("declared instead of a holder: %(what)s", what=in_words(code)) for code in codes]
    if unnamed or owners(facts):
        return (*unnamed, *by_regime)
    has_why = regimes.keys() - {in_words("nothing_declared")}
    nobody = "nobody is declared as holder, owner or controller"
    return (translated(nobody if has_why else f"{nobody}, and nothing says why"), *by_regime)


def _why_none(reason: object, facts: Facts) -> str:
    """Where no register covers owners, that none is declared says nothing of the entity."""
    gaps = {row["reason"] for row in facts.get("not_assessable", ())}
    if reason == "nothing_declared" and "not_published:owners" in gaps:
        return translated("no register that Undertow reads covers owners there in full")
    return in_words(reason)


# --- a line for each kind of row ----------------------------------------------------------------------------


def _interest_line(row: Row) -> str:
    bounds = (row["share_min"], row["share_max"], row["share_min_exclusive"], row["share_max_exclusive"])
    share = "" if row["share_min"] is None else f" {per_cent(*bounds)}"
    joint = f", {translated('together with others')}" if row["is_joint"] else ""
    what = f"{in_words(row['interest_type'])}{share}{joint}{_since(row)}"
    return translated("declared: %(what)s", what=what)


def _since(row: Row) -> str:
    day = row["valid_from"]
    if day is None:
        return ""
    return f", {translated('since %(day)s', day=day_text(day) if isinstance(day, date) else day)}"


def _ownership_line(row: Row) -> str:
    declared = per_cent(
        row["share_min"],
        row["share_max_declared"],
        row["share_min_exclusive"],
        row["share_max_declared_exclusive"],
    )
    line = translated("comes to %(share)s of the %(basis)s", share=declared, basis=in_words(row["basis"]))
    if row["is_as_declared"]:
        line += f", {translated('as declared')}"
    if row["share_max"] != row["share_max_declared"]:
        possible = translated(
            "at most %(share)s %% if what nobody declared is added", share=_digits(row["share_max"])
        )
        line += f"; {possible}"
    return line


def _control_line(row: Row) -> str:
    kind = str(row["kind"])
    top = "" if row["control_group_id"] is None else f", {translated('at the top of its group')}"
    return f"{translated(str(row['verdict']))}: {translated(CONTROL_WORDS.get(kind, kind))}{top}"


def _beneficial_owner_line(row: Row) -> str:
    """Of a row of `_with_regimes`."""
    match row["verdict"]:
        case "CERTAIN" | "POSSIBLE":
            basis = "" if row["basis"] is None else f" ({in_words(row['basis'])})"
            owner = translated(
                "beneficial owner%(basis)s by %(regimes)s", basis=basis, regimes=row["regimes"]
            )
            return f"{translated(str(row['verdict']))}: {owner}"
        case "UNDECLARED":
            return translated(
                "UNDECLARED: not shown to be a beneficial owner by %(regimes)s; "
                "only what nobody declared could make this person one",
                regimes=row["regimes"],
            )
        case _:
            return ""


_LINES: Mapping[str, Callable[[Row], str]] = {
    "interests": _interest_line,
    "declarations": lambda row: f"{translated('named as holder, by what right is not stated')}{_since(row)}",
    "ownership": _ownership_line,
    "control": _control_line,
    "beneficial_owners": _beneficial_owner_line,
}


def _with_regimes(rows: Sequence[Row]) -> list[Row]:
    """One row for each party, verdict and basis, with all their `regimes`."""
    together = grouped(rows, lambda row: (row["party_id"], row["verdict"], row["basis"]))
    return [
        {**same[0], "regimes": regimes_in_words(row["regime"] for row in same)} for same in together.values()
    ]


# --- words --------------------------------------------------------------------------------------------------


def regimes_in_words(regimes: Iterable[object]) -> str:
    """Regimes by their codes; those that are not for every entity last, with their condition."""
    in_order = sorted(map(str, regimes), key=lambda regime: (regime in CONDITIONS, regime))
    return ", ".join(translated(CONDITIONS.get(regime, regime)) for regime in in_order)


def in_words(code: object) -> str:
    """A code as words: `appointment-of-board` and `appointmentOfBoard` are `appointment of board`."""
    # Companies House spells one of its codes so.
    text = str(code).replace("signficant", "significant")
    spaced = re.sub("[_-]", " ", text)
    return translated(re.sub(r"(?<=[a-z])[A-Z]", lambda capital: f" {capital[0].lower()}", spaced))


def per_cent(low: object, high: object, low_exclusive: object = False, high_exclusive: object = False) -> str:
    """Bounds as words: `75 %`, `more than 25, at most 50 %`."""
    if low is None and high is None:
        return translated("a share that is not stated")
    if low == high and not (low_exclusive or high_exclusive):
        return f"{_digits(low)} %"
    least, most = "more than" if low_exclusive else "at least", "less than" if high_exclusive else "at most"
    above, below = f"{translated(least)} {_digits(low or 0)}", _digits(100 if high is None else high)
    return f"{above}, {translated(most)} {below} %"


def _digits(value: object) -> str:
    return decimals(f"{Decimal(str(value)).quantize(Decimal('0.01')).normalize():f}")
