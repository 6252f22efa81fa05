"""Who owns and controls an entity, in words."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from flows.check.sheet import Facts, left_out
from flows.facts.rows import Row

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
    return tuple(f"{words}: {sentence}" for words, sentence in cut.items() if sentence)


def nobody_found(facts: Facts) -> tuple[str, ...]:
    """Why nobody was found, with the regimes; and declarations that name nobody."""
    regimes: dict[str, list[str]] = {}
    for row in facts.get("beneficial_owners", ()):
        if row["verdict"] == "NONE_FOUND":
            regimes.setdefault(in_words(row["reason"]), []).append(str(row["regime"]))
    by_regime = [
        f"no beneficial owner found: {reason} (by {', '.join(names)})" for reason, names in regimes.items()
    ]
    codes = [
        row["declaration_code"] or row["unspecified_reason"] or "nobody is named"
        for row in facts.get("declarations", ())
        if row["party_id"] is None
    ]
    unnamed = [f"declared instead of a holder: {in_words(code)}" for code in codes]
    if unnamed or owners(facts):
        return (*unnamed, *by_regime)
    why = "" if regimes.keys() - {in_words("nothing_declared")} else ", and nothing says why"
    return (f"nobody is declared as holder, owner or controller{why}", *by_regime)


# --- a line for each kind of row ----------------------------------------------------------------------------


def _interest_line(row: Row) -> str:
    bounds = (row["share_min"], row["share_max"], row["share_min_exclusive"], row["share_max_exclusive"])
    share = "" if row["share_min"] is None else f" {per_cent(*bounds)}"
    joint = "" if row["joint_group"] is None else ", together with others"
    return f"declared: {in_words(row['interest_type'])}{share}{joint}{_since(row)}"


def _since(row: Row) -> str:
    return "" if row["valid_from"] is None else f", since {row['valid_from']}"


def _ownership_line(row: Row) -> str:
    declared = per_cent(
        row["share_min"],
        row["share_max_declared"],
        row["share_min_exclusive"],
        row["share_max_declared_exclusive"],
    )
    as_declared = ", as declared" if row["is_as_declared"] else ""
    possible = f"; at most {_digits(row['share_max'])} % if what nobody declared is added"
    is_all_declared = row["share_max"] == row["share_max_declared"]
    return f"comes to {declared} of the {row['basis']}{as_declared}{'' if is_all_declared else possible}"


def _control_line(row: Row) -> str:
    kind = str(row["kind"])
    top = "" if row["control_group_id"] is None else ", at the top of its group"
    return f"{row['verdict']}: {CONTROL_WORDS.get(kind, kind)}{top}"


def _beneficial_owner_line(row: Row) -> str:
    """Of a row of `_with_regimes`."""
    match row["verdict"]:
        case "CERTAIN" | "POSSIBLE":
            basis = "" if row["basis"] is None else f" ({row['basis']})"
            return f"{row['verdict']}: beneficial owner{basis} by {row['regimes']}"
        case "UNDECLARED":
            return (
                f"UNDECLARED: not shown to be a beneficial owner by {row['regimes']}; "
                "only what nobody declared could make this person one"
            )
        case _:
            return ""


_LINES: Mapping[str, Callable[[Row], str]] = {
    "interests": _interest_line,
    "declarations": lambda row: f"named as holder, by what right is not stated{_since(row)}",
    "ownership": _ownership_line,
    "control": _control_line,
    "beneficial_owners": _beneficial_owner_line,
}


def _with_regimes(rows: Sequence[Row]) -> list[Row]:
    """One row for each party, verdict and basis, with all their `regimes`."""
    together: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        together.setdefault((row["party_id"], row["verdict"], row["basis"]), []).append(row)
    return [
        {**same[0], "regimes": regimes_in_words(row["regime"] for row in same)} for same in together.values()
    ]


# --- words --------------------------------------------------------------------------------------------------


def regimes_in_words(regimes: Iterable[object]) -> str:
    """Regimes by their codes; those that are not for every entity last, with their condition."""
    in_order = sorted(map(str, regimes), key=lambda regime: (regime in CONDITIONS, regime))
    return ", ".join(CONDITIONS.get(regime, regime) for regime in in_order)


def in_words(code: object) -> str:
    """A code as words: `appointment-of-board` and `appointmentOfBoard` are `appointment of board`."""
    # Companies House spells one of its codes so.
    text = str(code).replace("signficant", "significant")
    return re.sub(r"(?<=[a-z])[A-Z]", lambda capital: f" {capital[0].lower()}", re.sub("[_-]", " ", text))


def per_cent(low: object, high: object, low_exclusive: object = False, high_exclusive: object = False) -> str:
    """Bounds as words: `75 %`, `more than 25, at most 50 %`."""
    if low is None and high is None:
        return "a share that is not stated"
    if low == high and not (low_exclusive or high_exclusive):
        return f"{_digits(low)} %"
    least, most = "more than" if low_exclusive else "at least", "less than" if high_exclusive else "at most"
    return f"{least} {_digits(low or 0)}, {most} {_digits(100 if high is None else high)} %"


def _digits(value: object) -> str:
    return f"{Decimal(str(value)).quantize(Decimal('0.01')).normalize():f}"
