"""Words and columns of a sheet, the same on a terminal and on pages."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from flows.check.ownership import in_words, per_cent, regimes_in_words
from flows.check.sheet import Answer, Facts, Sheet, Subject, all_n, lanes_in_words, left_out, titles_elsewhere
from flows.facts.certainty import CERTAINTIES
from flows.facts.rows import Row, texts
from transforms.language import day_text, decimals, language, translated
from transforms.language.stored import case_title, stored
from transforms.values.countries import country_name

IDENTITY_WORDS: Mapping[str, str] = {
    "name": "name",
    "person_type": "kind",
    "birth_year": "born (year)",
    "birth_month": "born (month)",
    "entity_type": "kind",
    "jurisdiction": "jurisdiction",
    "legal_form": "legal form",
    "status_native": "status",
    "in_register": "has an entry of its own in a company register held",
    "is_listed": "listed on a market",
    "incorporated_on": "incorporated",
    "registered_on": "registered",
    "dissolved_on": "dissolved",
    "left_register_on": "left the register",
    "former_names": "former names",
    "controller_id": "controlled by",
    "members_n": "entities in it",
    "accounts_category": "accounts",
    "charges_outstanding_n": "charges outstanding",
    "tenure": "tenure",
    "cadastral_name": "name in the land register",
    "price_paid_gbp": "price paid, GBP",
    "price_paid_eur": "price paid, EUR",
    "price_covers_several": "the price is for several titles",
    "address_text": "registered office",
    "address_id": "its address unit",
    "address_class": "kind of address",
    "active_seats_n": "active companies seated there",
    "units_n": "units",
    "titles_n": "titles",
    "transactions_n": "sales",
    "area_name": "district",
    "area_code": "code of the district",
    "register": "register",
    "edition": "edition",
    "is_former": "in no edition in force, known from earlier ones",
}

NO_CASE = "as the company register states it; no case or day held"

# Sections that a list counts for each match.
COUNTED: Mapping[str, str] = {
    "not_assessable": "not assessable",
    "titles": "titles",
    "watch_list": "watch-list candidates",
    "cases": "cases",
}


def summary(answer: Answer) -> list[dict[str, object]]:
    """A row for each match, or else for each candidate; one row where nothing was found."""
    question = answer.question
    head = {"row": question.row, "asked": question.shown, "role": question.role}
    subjects = answer.matches or answer.subjects
    if not subjects:
        blanks = dict.fromkeys(
            ("subject", "name", "status", "flags", "flags around it", *COUNTED.values()), ""
        )
        return [{**head, "certainty": answer.outcome, **blanks}]
    return [{**head, **_counts(subject)} for subject in subjects]


def _counts(subject: Subject) -> dict[str, object]:
    facts = subject.facts
    has_flags = "flags" in facts
    return {
        "certainty": translated(CERTAINTIES[subject.match.certainty]),
        "subject": subject.match.subject_id,
        "name": subject.match.name or "",
        "status": _standing(subject.identity, "status_native"),
        "flags": lanes_in_words(facts, "own_lanes") if has_flags else "",
        "flags around it": lanes_in_words(facts, "around_lanes") if has_flags else "",
        **{words: all_n(facts[name]) if name in facts else "" for name, words in COUNTED.items()},
    }


def _standing(company: Row, status: str) -> str:
    """On which day a company was dissolved or left the register, if it did; else its status, as the column
    `status` has it."""
    if company.get("is_active") is False:
        for name in ("dissolved_on", "left_register_on"):
            if day := company.get(name):
                return f"{translated(IDENTITY_WORDS[name])} {_in_words(name, day)}"
    return stored(str(company.get(status) or ""))


def table_title(section: str, title: str, sheet: Sheet) -> str:
    """The heading of a table; that of titles names the areas."""
    if section != "titles" or not sheet.areas:
        return translated(title)
    return translated("Titles in %(areas)s", areas=f" {translated('or')} ".join(sheet.areas))


def beyond(section: str, facts: Facts) -> tuple[str, ...]:
    """Sentences on the rows that no sheet has, and on the titles outside the areas."""
    elsewhere = titles_elsewhere(facts) if section == "titles" else ""
    beside = translated("beside these")
    return tuple(filter(None, (left_out(section, facts[section]), elsewhere and f"{beside}: {elsewhere}")))


def identity_pairs(row: Row) -> list[tuple[str, str]]:
    """(words, value) of what is stated of a subject."""
    stated = {name: row.get(name) for name in IDENTITY_WORDS if name != "name"}
    return [
        (translated(IDENTITY_WORDS[name]), _in_words(name, value))
        for name, value in stated.items()
        if value not in (None, [])
    ]


def _in_words(name: str, value: object) -> str:
    if isinstance(value, bool):
        return translated("yes" if value else "no")
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if isinstance(value, Decimal):
        return decimals(f"{value:,}")
    if name == "jurisdiction":
        return country_name(str(value).upper(), language())
    return in_words(value) if name in ("entity_type", "person_type") else stored(str(value))


TABLES: Sequence[tuple[str, str]] = (
    ("flags", "Flags"),
    ("cases", "Cases"),
    ("decisions", "Decided before, for this purpose"),
    ("permits", "Permits and licences"),
    ("permits_at", "Permits and licences there"),
    ("insolvency", "Insolvency and liquidation"),
    ("attachments", "Attachments"),
    ("identity_checks", "Verification of identities"),
    ("watch_list", "On watch lists: the party itself, or one that may be the same"),
    ("not_assessable", "Could not be assessed"),
    ("titles", "Titles"),
    ("money", "Money received, paid, granted, awarded and lent"),
    ("holdings", "Owns, controls or directs"),
    ("owner_of", "Is or may be a beneficial owner of"),
    ("proprietors", "Proprietors"),
    ("members", "Entities in it"),
    ("seated", "Companies seated there"),
    ("titles_at", "Titles there"),
    ("sales", "Sales there"),
)


# Columns whose values are words of ours, not of a register.
WORDED = frozenset(
    (
        *("lane", "scope", "relation", "topic", "standing", "reason", "control_verdict", "control_kind"),
        *("verdict", "basis", "tenure", "property_type", "category", "status", "position_reason"),
        *("part", "state"),
    )
)


def _agreement(row: Row) -> str:
    """A number for two entities, a word for two persons, because no person has a score; and where the party
    of the list is the party itself.
    """
    if row["party_id"] == row["listed_party_id"]:
        return translated("the same party")
    if isinstance(row["score"], float):
        return decimals(f"{row['score']:.2f}")
    return translated("strong" if row["is_strong"] else "weak")


def _ended(row: Row) -> object:
    """A title at an address may have no proprietor in the release, so that nobody is said to hold it."""
    is_held = row["ended_on"] is None and row.get("party_id", "") is not None
    return translated("still held") if is_held else row["ended_on"]


def _share(row: Row, basis: str) -> str:
    bounds = ("min", "max_declared", "min_exclusive", "max_exclusive")
    least, *others = (row[f"{basis}_{bound}"] for bound in bounds)
    return "" if least is None else per_cent(least, *others)


def _offices(row: Row) -> str:
    """Those held now, with the first day that is stated."""
    day = row["in_office_from"]
    since = [translated("since %(day)s", day=day_text(day))] if isinstance(day, date) else []
    return ", ".join((*map(in_words, texts(row["offices"] or [])), *since))


# Heading → the column of the section, or what is made of a row.
type Shown = str | Callable[[Row], object]
_PERMITS: Mapping[str, Shown] = {
    "permit": "permit",
    "kind": "permit_kind",
    "became": "state",
    "part in it": "part",
    "asked for by": "applicant_name",
    "asked on": "applied_on",
    "decided on": "decided_on",
    "premises": "address_text",
}
COLUMNS: Mapping[str, Mapping[str, Shown]] = {
    "flags": {
        "indicator": "indicator",
        "lane": "lane",
        "on": "scope",
        "flag": "flag_id",
        "what": "explanation",
    },
    "not_assessable": {
        "indicator": "indicator",
        "title": "title",
        "on": "scope",
        "subjects": "subjects_n",
        "why": "explanation",
    },
    "cases": {
        "case": "case_id",
        "title": "title",
        "stands": "position_reason",
        "indicators": "indicators",
        "through": "scope",
    },
    "decisions": {
        "decided": "decided_on",
        "on": "subject_id",
        "indicators": "indicators",
        "outcome": "outcome",
        "reason": "reason",
        "done": "done",
        "note": "note",
        "case": "case_id",
    },
    "permits": _PERMITS,
    "permits_at": _PERMITS,
    "insolvency": {
        "what": lambda row: in_words(row["kind"]) + ("" if row["is_case"] else f", {translated(NO_CASE)}"),
        "as written": "kind_native",
        "insolvent": lambda row: (
            translated("kind not known")
            if row["is_insolvency"] is None
            else _in_words("", row["is_insolvency"])
        ),
        "began": "began_on",
        "register": "register",
    },
    "attachments": {
        "title": "title_id",
        "made by": "lender_name",
        "sum": "amount_secured",
        "currency": "currency",
        "made on": "created_on",
        "status": "status",
    },
    "identity_checks": {
        "party": lambda row: row["name"] or row["party_id"],
        "verified": "verified_on",
        "due": "verification_due_on",
        "ended": "verification_ended_on",
    },
    "watch_list": {
        "party": lambda row: row["name"] or row["party_id"],
        "is": "relation",
        "listed": "listed_name",
        "list": "list_name",
        "topic": "topic",
        "listing": "standing",
        "agreement": _agreement,
        "why": "reason",
    },
    "titles": {
        "title": "title_id",
        "through": lambda row: row["through_name"] or row["through"] or translated("itself"),
        "tenure": "tenure",
        "address": "address_text",
        "district": "area_name",
        "added": "added_on",
        "ended": _ended,
        "price, GBP": "price_paid_gbp",
        "price, EUR": "price_paid_eur",
    },
    "money": {
        "what": lambda row: (
            in_words(row["what"])
            if row["kind"] in ("payment", "loan")
            else f"{in_words(row['what'])} ({in_words(row['kind'])})"
        ),
        "counterparty": lambda row: row["other_name"] or row["other_id"] or translated("not known"),
        "year": lambda row: row["year_no"] and str(row["year_no"]),
        "lines": "lines_n",
        "sum": "amount",
        "currency": "currency",
        "first": "first_on",
        "last": "last_on",
    },
    "holdings": {
        "entity": "subject_id",
        "name": "name",
        "shares": lambda row: _share(row, "shares"),
        "votes": lambda row: _share(row, "votes"),
        "control": "control_verdict",
        "by": "control_kind",
        "office": _offices,
        "flags on it": "flags_n",
    },
    "owner_of": {
        "entity": "subject_id",
        "name": "name",
        "by": lambda row: regimes_in_words(texts(row["regimes"])),
        "verdict": "verdict",
        "basis": "basis",
    },
    "proprietors": {
        "party": "party_id",
        "name": "name",
        "number on the title": "number_native",
        "added": "added_on",
        "ended": _ended,
        "resolved by": lambda row: in_words(row["method"]),
    },
    "members": {"entity": "subject_id", "name": "name", "flags on it": "flags_n"},
    "seated": {
        "company": "company_id",
        "name": "name",
        "status": lambda row: _standing(row, "status"),
        "incorporated": "incorporated_on",
        "address": "address_text",
    },
    "titles_at": {
        "title": "title_id",
        "tenure": "tenure",
        "address": "address_text",
        "proprietor": "proprietor_name",
        "party": "party_id",
        "added": "added_on",
        "ended": _ended,
    },
    "sales": {
        "sale": "transaction_id",
        "on": "transferred_on",
        "price": "price",
        "currency": "currency",
        "kind": "property_type",
        "tenure": "tenure",
        "category": "category",
        "address": "address_text",
    },
}


def columns(section: str, row: Row) -> dict[str, object]:
    """Heading → value of the columns that a reader needs, in the language of the task."""
    return {
        translated(heading): _value(row, source) if isinstance(source, str) else source(row)
        for heading, source in COLUMNS[section].items()
    }


def _value(row: Row, column: str) -> object:
    value = row[column]
    if column == "title" and "position_reason" in row:
        return case_title(str(value))
    if isinstance(value, Decimal):
        return decimals(f"{value:,.2f}")
    return stored(value) if isinstance(value, str) and column in WORDED else value
