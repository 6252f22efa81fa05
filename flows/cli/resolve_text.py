"""Pairs of `undertow resolve` as rows of text. The caller prints them, and makes the text safe."""

from collections.abc import Mapping, Sequence

from flows.review.pairs import Pair, running
from flows.review.records import Stated

FIELDS = (
    "name",
    "born",
    "kind",
    "number",
    "jurisdiction",
    "address",
    "holds",
    "register",
    "record",
    "edition",
)
SAME, OTHER, ONE_SIDED = "=", "≠ differs", "· one says nothing"
BAR_CELLS = 24
COMPARED, DRAWN = "compared", "drawn"  # names of the last columns
KEYS: Mapping[str, str] = {"p": "positive", "n": "negative", "u": "unsure", "s": "skip", "q": "quit"}
QUESTION = "One and the same?  p positive, n negative, u unsure, s skip, q quit: "
ONE_OF_THEM = "Answer with one of the letters, or the whole word."
OUTCOMES: Mapping[str, str] = {
    "joined": "These are one party now.",
    "candidate": "These are two parties now; each may be the other.",
    "refused": "These are two parties now; a limit keeps them apart",
    "apart": "These are two parties now.",
}
REASONS: Mapping[str, str] = {
    "judged": "a judgement says so",
    "size": "too many ways of writing one person",
    "birth": "births exclude each other",
    "forename": "forenames exclude each other",
    "middle_name": "middle names exclude each other",
    "identifiers": "two official numbers of one kind",
    "kind": "a natural person and an entity",
}

# What two records agree in, by the step of the release (`transforms.resolution.companies.joining`): companies
# without a usable number, or persons written alike.
AGREES: Mapping[str, str] = {
    "key": "name, month of birth and address are equal",
    "vat": "name, country and the VAT number agree",
    "unit": "name, country and the unit of an address agree",
    "postcode": "name, country and the postcode agree",
    "number": "name, country and the number there agree",
    "distinct": "one company of the country has this name, which tells companies apart",
    "unstated": "one company of the country of the address has this name, which tells companies apart",
    "candidate": "the name agrees, which tells companies apart, and nothing beside it does",
}


def answered(line: str) -> str | None:
    """The answer that a typed line gives, by its letter or its whole word; None for anything else."""
    text = line.strip().casefold()
    return KEYS.get(text, text if text in KEYS.values() else None)


# What holds a record to its party, by method (`v_resolution`), where no weights do.
RULES: Mapping[str, str] = {
    "identifier": "it is the register's own entry of the number",
    "identifier_and_name": "it states the number, and its name agrees with the register's",
    "identifier_unverified": "it states the number, and its name agrees with another record's that does",
    "name_and_address": "its name, country and address agree with the company's",
    "name_and_jurisdiction": "its name is that of one company of its country",
    "records_agree": "its name and country agree with another record's, and VAT number, address or number do",
    "name_birth_address": "its name, month of birth and address are equal to another record's",
    "linkage": "it was weighed with another record",
    "judgement": "a person judged it to be of this party",
    "record": "it gave the party its id, or is the same record in another edition or register",
}


def heading(pair: Pair, position: int, pairs_n: int, *, scores: bool) -> list[str]:
    """The lines above a pair: where it stands in the list, and what is known of it."""
    weight = "" if pair.weight_bits is None else f", {pair.weight_bits:+.1f} bits"
    score = [f"score {pair.score:.4f}{weight}"] if scores else []
    return [f"Pair {position} of {pairs_n}", *standing(pair), *score]


def standing(pair: Pair) -> list[str]:
    """Whether the two are one party, the limit that keeps them apart, and the last judgement."""
    reason = f": {REASONS[pair.reason]}." if pair.reason else ""
    judged = [f"Judged {pair.verdict} by {pair.by}."] if pair.verdict else []
    return [f"{OUTCOMES[pair.outcome]}{reason}", *judged]


def side_by_side(one: Stated, other: Stated) -> list[dict[str, str]]:
    """A row for each field that either record states: both values, and whether they agree."""
    rows = []
    for name in FIELDS:
        left, right = one.fields.get(name, ""), other.fields.get(name, "")
        if left or right:
            rows.append({"field": name, "one record": left, "the other": right, COMPARED: _mark(left, right)})
    return rows


def _mark(left: str, right: str) -> str:
    if not left or not right:
        return ONE_SIDED
    return SAME if " ".join(left.casefold().split()) == " ".join(right.casefold().split()) else OTHER


def agreeing(compared: Sequence[Mapping[str, str]]) -> list[str]:
    """Fields in which both records state the same, of `side_by_side`."""
    return [row["field"] for row in compared if row[COMPARED] == SAME]


def unweighed(pair: Pair) -> str:
    """Why there are no weights: a rule joined the two records, or a person judged them."""
    if pair.methods:
        one, other = (RULES[method] for method in pair.methods)
        both = (
            f"of either record, {one}" if one == other else f"of the one record, {one}; of the other, {other}"
        )
        return f"No weights: what is equal joins them, or others between them; {both}."
    if pair.steps:
        return f"No weights: {AGREES[pair.steps[0].level]}."
    if pair.outcome != "candidate":
        return "No weights: the two were judged, and not weighed."
    if pair.score:
        return "No weights: name and country were compared."
    return "No weights: the one states the number of the other, and their names do not agree."


def waterfall(pair: Pair) -> list[dict[str, str]]:
    """A row for each step, with a bar for what it adds; the last row is the total."""
    longest = max((abs(step.bits) for step in pair.steps), default=1.0) or 1.0
    rows = [
        {
            "comparison": step.comparison,
            "agrees": step.level,
            "bits": f"{step.bits:+.2f}",
            "total": f"{total:+.2f}",
            DRAWN: bar(step.bits, longest),
        }
        for step, total in running(pair.steps)
    ]
    weight = f"{pair.weight_bits or 0.0:+.2f}"
    probability = f"probability {pair.score:.6f}"
    return [*rows, {"comparison": "total", "agrees": "", "bits": weight, "total": weight, DRAWN: probability}]


def bar(bits: float, longest: float) -> str:
    """`+` for what speaks for one party, `-` for what speaks against it, in proportion to the longest."""
    return ("+" if bits > 0 else "-") * round(abs(bits) / longest * BAR_CELLS)


def listed(
    pairs: Sequence[Pair], statements: Mapping[tuple[str, str], Stated], *, scores: bool
) -> list[dict[str, str]]:
    """A row for each pair."""
    return [
        {
            "register": pair.one[0],
            "record": pair.one[1],
            "name": statements[pair.one].fields.get("name", ""),
            "other register": pair.other[0],
            "other record": pair.other[1],
            "other name": statements[pair.other].fields.get("name", ""),
            "now": pair.outcome,
            "judged": pair.verdict or "",
            **({"score": f"{pair.score:.4f}"} if scores else {}),
        }
        for pair in pairs
    ]
