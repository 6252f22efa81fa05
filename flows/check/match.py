"""Who or what of a release is meant by a number, an address or a name: matches with their certainty, never a silent choice.

Everything given is looked up, and everything found is returned: two parties of one name are two matches. A number is the
party only where no name is given beside it, or the name agrees with one the party has or had; else it is a candidate, and so
is a party of the name that has another number than the one given. A name that is near, and any natural person, is a candidate. Nothing is stored for this: names are turned into the keys
that resolution compares (`transforms.values.names`), those of a few names after DuckDB has put aside what cannot agree.

Shapes: `matches` takes the rows asked and gives row → matches, best first, ties by name and id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from flows.check.input import Asked, bare_number
from flows.check.places import by_address
from flows.facts.certainty import CERTAINTIES, Certainty, Match, Matched, SubjectType
from flows.facts.party import units
from flows.home.warehouse import literal
from transforms.model.sql import Connection, frame
from transforms.values.identifiers import (
    GB_COH,
    PLACEHOLDERS,
    is_placeholder,
    normalise_gb_coh,
    registry_gb_coh,
    tidy_number,
)
from transforms.values.names import (
    NAME_AGREEMENT_MIN,
    company_name_key,
    for_some,
    names_similarity,
    person_name_key,
)

CANDIDATE_MIN = 0.8  # (own) similarity of name keys, 0 to 1, from which a company is worth a look; from 0.9 two names agree
MATCHES_SHOWN = 20  # of one certainty and kind of subject; the number left out is said
CANDIDATES_SHOWN = 5
FEW_NAMES = 5  # so many are searched one by one, more through keys of every name
LEGAL_FORM_CHARACTERS_MAX = 50  # of the longest form that becomes one word of a key, with room
PREFILTER_MIN = 0.85  # Jaro-Winkler similarity of the plain texts: lower than any pair that reaches CANDIDATE_MIN only by word order
COMMON_WORD_NAMES = 2_000  # a word in more names than this does not lead to candidates of a long list
RARE_WORDS = 2  # of each name in a long list: candidates share one of them
# Words that company_name_key rewrites, so that a name may have the key without having the word.
_REWRITTEN = frozenset(
    (
        "AND",
        "THE",
        "LTD",
        "LIMITED",
        "PLC",
        "LLP",
        "CIC",
        "LP",
        "CO",
        "COMPANY",
        "INC",
        "INCORPORATED",
        "CORP",
        "CORPORATION",
        "CYF",
        "CYFYNGEDIG",
        "CCC",
    )
)
# Words that no natural person is called by: a name that ends so is not looked for among persons.
_LEGAL_FORMS = frozenset(
    (
        "LTD",
        "LIMITED",
        "PLC",
        "LLP",
        "CIC",
        "LP",
        "INC",
        "CORP",
        "CO",
        "BV",
        "NV",
        "VOF",
        "GMBH",
        "AG",
        "SA",
        "SARL",
        "SRL",
        "OY",
        "AB",
        "APS",
        "LLC",
        "STICHTING",
        "FOUNDATION",
        "TRUST",
        "COUNCIL",
    )
)


def matched(connection: Connection, asked: Sequence[Asked]) -> dict[int, Matched]:
    """Row → what of the release may be meant. Every row asked is a key."""
    by_number = _by_number(connection, asked)
    entities = _by_company_name(connection, [one for one in asked if one.name and not one.only_person])
    persons = _by_person_name(connection, [one for one in asked if one.name])
    places, ways = by_address(connection, [one for one in asked if one.address or one.postcode])
    _compare_numbers(asked, by_number, entities)
    every = (by_number, entities, persons, places)
    return {
        one.row: replace(
            _ranked([match for found in every for match in found.get(one.row, [])]), address=ways.get(one.row)
        )
        for one in asked
    }


def _ranked(found: Iterable[Match]) -> Matched:
    """Each subject once, by its best certainty, in order; the rest of a long list is counted."""
    order = list(CERTAINTIES)
    inordered = sorted(
        found,
        key=lambda match: (
            order.index(match.certainty),
            -(match.score or 0.0),
            -match.nearness,
            match.name or "",
            match.subject_id,
        ),
    )
    unique = list({(match.subject_type, match.subject_id): match for match in reversed(inordered)}.values())[
        ::-1
    ]
    shown: list[Match] = []
    left_out: dict[Certainty, int] = {}
    for match in sorted(unique, key=inordered.index):
        limit = CANDIDATES_SHOWN if match.is_candidate else MATCHES_SHOWN
        if sum(other.certainty == match.certainty for other in shown) < limit:
            shown.append(match)
        else:
            left_out[match.certainty] = left_out.get(match.certainty, 0) + 1
    return Matched(tuple(shown), left_out)


# --- numbers --------------------------------------------------------------------------------------------------------

# Ids of subjects of a release, by table. A transaction is asked for as the property sold, or the address where nothing tells which property.
SUBJECTS_SQL = f"""
select asked_id, subject_id, subject_type, name from (
    select entity_id as asked_id, entity_id as subject_id, 'legal_entity' as subject_type, name from v_entity where entity_id in (select unnest($ids))
    union all
    select title_id, title_id, 'title', address_text from v_title where title_id in (select unnest($ids))
    union all
    select distinct title_id, title_id, 'title', cast(null as varchar) from v_proprietorship  -- in no edition in force, known by who has left it
    where title_id in (select unnest($ids)) and title_id not in (select title_id from v_title where title_id in (select unnest($ids)))
    union all
    select person_id, person_id, 'person', full_name from v_person where person_id in (select unnest($ids))
    union all
    select address_id, address_id, 'address', address_text from ({units("address_id in (select unnest($ids))")})
    union all
    select property_id, property_id, 'property', address_text from v_property where property_id in (select unnest($ids))
    union all
    select t.transaction_id, coalesce(p.property_id, t.address_id), case when p.property_id is null then 'address' else 'property' end,
        coalesce(p.address_text, t.address_text)
    from v_transaction t left join v_property p using (property_id)
    where t.transaction_id in (select unnest($ids)) and coalesce(p.property_id, t.address_id) is not null
    union all
    select distinct g.control_group_id, g.control_group_id, 'control_group', coalesce(e.name, 'a group under one natural person')
    from v_control_group g left join v_entity e on e.entity_id = g.controller_id where g.control_group_id in (select unnest($ids))
)
order by asked_id, subject_type, subject_id
"""
# Numbers of other schemes than Companies House's: a foreign register's number is asked for without its scheme.
OTHER_SCHEMES_SQL = r"""
select entity_id, regexp_extract(entity_id, '^[A-Z]{2}-[A-Z_0-9]+-(.*)$', 1) as number
from v_entity
where not starts_with(entity_id, 'GB-COH-') and not starts_with(entity_id, 'UT-')
order by entity_id
"""
# Parties of which the number's holder is a candidate (v_resolution). Score 0: a record states the number, and the holder has another name; above it: a name
# led there, and no number is stated.
OTHER_NAMES_SQL = """
select r.candidate_id as number_of, r.party_id, min(e.name) as name, min(r.score) as score
from v_resolution r join v_entity e on e.entity_id = r.party_id
where r.candidate_id in (select unnest($ids))
group by r.candidate_id, r.party_id order by r.candidate_id, r.party_id
"""
# Proprietors that have an id of this project because their number is of no register that can be told (a society's, a foreign one).
NUMBERS_ON_TITLES_SQL = """
select distinct p.party_id, p.number_native, e.name
from v_proprietorship p join v_entity e on e.entity_id = p.party_id
where p.number_native is not null and starts_with(p.party_id, 'UT-')
order by p.party_id, p.number_native, e.name
"""
KNOWN_NAMES_SQL = """
select party_id, name from (
    select entity_id as party_id, name from v_entity where entity_id in (select unnest($ids)) and name is not null
    union
    select company_id, unnest(former_names) from v_company where company_id in (select unnest($ids))
    union
    select party_id, proprietor_name from v_proprietorship where party_id in (select unnest($ids)) and proprietor_name is not null
)
order by party_id, name
"""


def _by_number(connection: Connection, asked: Sequence[Asked]) -> dict[int, list[Match]]:
    numbered = [one for one in asked if one.number]
    if not numbered:
        return {}
    tried = _ids_tried(connection, numbered)
    ids = sorted({identifier for _, identifier in tried})
    subjects: dict[str, list[Mapping[str, object]]] = {}
    for row in frame(connection, SUBJECTS_SQL, {"ids": ids}).iter_rows(named=True):
        subjects.setdefault(str(row["asked_id"]), []).append(row)
    others: dict[str, list[Mapping[str, object]]] = {}
    for row in frame(connection, OTHER_NAMES_SQL, {"ids": ids}).iter_rows(named=True):
        others.setdefault(str(row["number_of"]), []).append(row)
    by_row = {one.row: one for one in asked}
    agreement = _agreement(
        connection,
        [
            (by_row[row], str(subject["subject_id"]))
            for row, tried_id in tried
            for subject in subjects.get(tried_id, [])
        ],
    )
    found: dict[int, list[Match]] = {}
    for number_of, tried_id in tried:
        matches = [
            _numbered(by_row[number_of], tried_id, subject, agreement)
            for subject in subjects.get(tried_id, [])
        ]
        matches += [_beside_the_holder(other, tried_id) for other in others.get(tried_id, [])]
        found.setdefault(number_of, []).extend(matches)
    for number_of, party_id, name in _on_titles(connection, numbered):
        found.setdefault(number_of, []).append(
            Match(
                party_id,
                "legal_entity",
                name,
                "number_on_title",
                "a title states this number for it, and its register is not known",
            )
        )
    return found


def _on_titles(connection: Connection, asked: Sequence[Asked]) -> list[tuple[int, str, str | None]]:
    """(row, party_id, name) of proprietors without a usable number of their own whose titles write the number given."""
    stated = frame(connection, NUMBERS_ON_TITLES_SQL).with_columns(_usable("number_native").alias("tidy"))
    keyed = _numbers(asked).with_columns(_usable("number").alias("tidy"))
    return (
        keyed.join(stated, on="tidy")
        .select("row", "party_id", "name")
        .unique()
        .sort("row", "party_id", "name")
        .rows()
    )


def _numbers(asked: Sequence[Asked]) -> pl.DataFrame:
    """row, number: as written, and without what is written before it where that is another text."""
    written = [
        (one.row, number) for one in asked for number in dict.fromkeys((one.number, bare_number(one.number)))
    ]
    return pl.DataFrame(written, schema={"row": pl.Int64, "number": pl.String}, orient="row")


def _usable(column: str) -> pl.Expr:
    """The number in capitals and digits; null for a blank or placeholder, which joins nobody to nobody."""
    return pl.when(~is_placeholder(pl.col(column))).then(tidy_number(pl.col(column)))


def _may_be_somebodys(number: pl.Expr) -> pl.Expr:
    """Whether a company register may have the number: 01234567 and 02345678 are somebody's, what is listed is typed by everybody."""
    return ~tidy_number(number).is_in(PLACEHOLDERS) & number.str.contains("[1-9]")


def _ids_tried(connection: Connection, asked: Sequence[Asked]) -> list[tuple[int, str]]:
    """(row, id) of every id that a number given may stand for, in order and each once."""
    number = pl.col("number").str.replace(r"^(?i)GB-COH-", "")
    keyed = _numbers(asked).with_columns(
        written=pl.col("number").str.strip_chars(),
        capitals=pl.col("number").str.strip_chars().str.to_uppercase(),
        tidy=_usable("number"),
        company=normalise_gb_coh(number),
        registry=pl.when(_may_be_somebodys(number)).then(registry_gb_coh(number)),
    )
    direct = pl.concat_list(
        "written",
        "capitals",
        pl.lit(f"{GB_COH}-") + pl.col("company"),
        pl.lit(f"{GB_COH}-") + pl.col("registry"),
        pl.lit("GB-HMLR-") + pl.col("tidy"),
        pl.lit("GB-PPD-") + pl.col("capitals").str.strip_chars("{}"),
    )
    ids = keyed.select("row", direct.list.drop_nulls().list.unique(maintain_order=True).alias("id")).explode(
        "id", empty_as_null=False
    )
    foreign = frame(connection, OTHER_SCHEMES_SQL).with_columns(tidy=_usable("number"))
    others = keyed.join(foreign, on="tidy", how="inner").select("row", pl.col("entity_id").alias("id"))
    return sorted(dict.fromkeys(pl.concat([ids, others]).iter_rows()))


def _agreement(connection: Connection, pairs: Sequence[tuple[Asked, str]]) -> dict[tuple[int, str], float]:
    """(row, id) → best similarity of the name given to a name the party has or had, where both are given."""
    given = [(one.row, identifier) for one, identifier in pairs if one.name and not one.is_free]
    if not given:
        return {}
    stated = pl.DataFrame(given, schema={"row": pl.Int64, "party_id": pl.String}, orient="row").unique()
    named = {one.row: one for one, _ in pairs}
    rows = stated.join(_names_meant([named[row] for row in stated["row"].unique().sort()]), on="row")
    known = frame(connection, KNOWN_NAMES_SQL, {"ids": rows["party_id"].unique().sort().to_list()}).rename(
        {"name": "known"}
    )
    keyed = rows.join(known, on="party_id").with_columns(
        company_name_key(_plain_name(pl.col(column))).alias(column) for column in ("name", "known")
    )
    scored = (
        keyed.with_columns(_similarity(keyed["name"], keyed["known"]).alias("score"))
        .group_by("row", "party_id")
        .agg(pl.col("score").max())
    )
    return {(row, party_id): score for row, party_id, score in scored.iter_rows()}


def _numbered(
    one: Asked, tried_id: str, subject: Mapping[str, object], agreement: Mapping[tuple[int, str], float]
) -> Match:
    subject_id, kind = str(subject["subject_id"]), _subject_type(subject["subject_type"])
    name = None if subject["name"] is None else str(subject["name"])
    score = agreement.get((one.row, subject_id))
    if kind == "person":
        return Match(subject_id, kind, name, "identifier", "the id of this release is this person's")
    if score is None:
        return Match(subject_id, kind, name, "identifier", _how(one.number, tried_id, subject_id))
    if score >= NAME_AGREEMENT_MIN:
        return Match(
            subject_id,
            kind,
            name,
            "identifier_and_name",
            f"{_how(one.number, tried_id, subject_id)}, and the name is one it has or had",
            score,
        )
    return Match(
        subject_id,
        kind,
        name,
        "number_of_another_name",
        "the number is this party's, and the name given is none that it has or had",
        score,
    )


def _how(number: str, tried_id: str, subject_id: str) -> str:
    """Whether the number stands as given: padding is a reading of it, and a society may have the same digits."""
    if tried_id != subject_id:
        return "the property of this sale"
    if subject_id.startswith(("UT-A-", "UT-U-", "CG-")):
        return "the id is its own"
    if subject_id.upper().endswith(re.sub(r"[ .]", "", number.upper())) and (
        not number.isdigit() or len(number) >= len(subject_id.rsplit("-", 1)[-1])
    ):
        return "the number is this party's"
    return f"the number, read as {subject_id}, is this party's"


def _beside_the_holder(other: Mapping[str, object], number_of: str) -> Match:
    """Of a row of OTHER_NAMES_SQL."""
    party_id, name = str(other["party_id"]), None if other["name"] is None else str(other["name"])
    if other["score"] == 0:
        why = f"a record gives this party the number {number_of}, whose holder has another name"
        return Match(party_id, "legal_entity", name, "number_of_another_name", why)
    why = f"the holder of {number_of} has the same or a like name; the record of this party states no number that can be used"
    return Match(party_id, "legal_entity", name, "similar_name", why)


def _subject_type(text: object) -> SubjectType:
    kinds: Mapping[str, SubjectType] = {
        "legal_entity": "legal_entity",
        "title": "title",
        "property": "property",
        "address": "address",
        "person": "person",
        "postcode": "postcode",
        "control_group": "control_group",
    }
    return kinds[str(text)]


def _compare_numbers(
    asked: Sequence[Asked], by_number: Mapping[int, list[Match]], by_name: dict[int, list[Match]]
) -> None:
    """Parties of a name beside which another party's number is given, or nobody's, are candidates, and say so. Changes `by_name`.

    A number that anybody types (02345678, 1) takes nothing from a name unless somebody has it.
    """
    numbers = _numbers([one for one in asked if one.number and not one.is_free])
    stated = set(numbers.filter(_usable("number").str.contains("[0-9]").fill_null(False))["row"])
    stated |= set(numbers.filter(_may_be_somebodys(pl.col("number")).fill_null(False))["row"]) & {
        row for row, found in by_number.items() if found
    }
    for row in sorted(stated & by_name.keys()):
        found = by_number.get(row, [])
        if any(
            match.certainty == "identifier" for match in found
        ):  # of a title or a place: no number of a party
            continue
        agree = {
            match.subject_id
            for match in found
            if match.certainty in ("identifier_and_name", "number_on_title")
        }
        holders = [
            match.subject_id
            for match in found
            if match.certainty in ("identifier_and_name", "number_of_another_name")
        ]
        by_name[row] = [
            match if match.subject_id in agree else _of_another_number(match, holders)
            for match in by_name[row]
        ]


def _of_another_number(match: Match, holders: Sequence[str]) -> Match:
    certainty: Certainty = "name_of_another_number" if match.certainty == "exact_name" else match.certainty
    whose = f"but that of {' or '.join(holders)}" if holders else "and in this release no party's"
    known = (
        "no number is known of this party, and the number given is"
        if match.subject_id.startswith("UT-")
        else "the number given is not this party's,"
    )
    return replace(match, certainty=certainty, why=f"{match.why}; {known} {whose}")


# --- names of legal entities ----------------------------------------------------------------------------------------

PLAIN = "case when contains(name, '.') or contains(name, '''') or contains(name, '`') then translate(upper(name), '.''`', '') else upper(name) end"
NAMES_SQL = """
select distinct party_id, name, source from (
    select entity_id as party_id, name, 'current' as source from v_entity where name is not null
    union all
    select company_id, unnest(former_names), 'former' from v_company where len(former_names) > 0
    union all
    select party_id, proprietor_name, 'title' from v_proprietorship where proprietor_name is not null
)
where {condition}
order by party_id, source, name
"""
BRIEF_SQL = "select entity_id, name from v_entity where entity_id in (select unnest($ids)) order by entity_id"
SOURCES: Mapping[str, str] = {
    "current": "its name",
    "former": "a former name of it",
    "title": "its name as a title writes it",
}


# Between the name of a company or a person and the one it trades under.
_TRADING_AS = re.compile(
    r"\s*[,;(\[]?\s*\b(?:trading\s+as|t\s*/\s*as?|d\s*/\s*b\s*/\s*a|h\.?\s*o\.?\s*d\.?\s*n\.?)(?=[\s:]|$)\s*:?\s*",
    re.IGNORECASE,
)
# What is said of a company behind its name, in brackets or at the end, and forms written letter by letter.
_STATUS = r"(?:in +)?(?:[a-z']+ +){0,2}(?:liquidation|administration|receivership)|dissolved|struck +off|dormant|inactive|closed"
_FORMS_IN_LETTERS: Mapping[str, str] = {
    "PLC": r"P[. ]+L[. ]+C",
    "LTD": r"L[. ]+T[. ]+D",
    "LLP": r"L[. ]+L[. ]+P",
    "CIC": r"C[. ]+I[. ]+C",
}


def _plain_name(name: pl.Expr) -> pl.Expr:
    """A company's name without its status, and with its form in one word: `Zed P L C (in liquidation)` is `Zed PLC`."""
    where = rf"(?i)[(\[]|(?:{_STATUS})\s*$|[. ][a-z][. ]+[a-z][. ]*$"
    return for_some(_without_status, name, where=lambda one: one.str.contains(where))


def _without_status(name: pl.Expr) -> pl.Expr:
    plain = name.str.replace_all(rf"(?i)\s*[(\[]\s*(?:now +)?(?:{_STATUS})\s*[)\]]", "").str.replace(
        rf"(?i)(?:\s*[,–-]\s*(?:{_STATUS})|\s+in +(?:[a-z']+ +){{0,2}}(?:liquidation|administration|receivership))\s*$",
        "",
    )
    for form, letters in _FORMS_IN_LETTERS.items():
        plain = plain.str.replace(rf"(?i)([\s,]){letters}[. ]*$", f"${{1}}{form}")
    return pl.when(plain.str.strip_chars() != "").then(plain).otherwise(name)


def _names_meant(asked: Sequence[Asked]) -> pl.DataFrame:
    """row, name, part: the name given; of one that trades under another name, what stands before and what behind it."""
    given: list[tuple[int, str, str]] = []
    for one in asked:
        before, *behind = _TRADING_AS.split(one.name, maxsplit=1)
        both = (
            [(one.row, before, "before"), (one.row, behind[0].strip(" )]"), "behind")]
            if behind and before.strip() and behind[0].strip(" )]")
            else []
        )
        given += both or [(one.row, one.name, "")]
    return pl.DataFrame(given, schema={"row": pl.Int64, "name": pl.String, "part": pl.String}, orient="row")


def _by_company_name(connection: Connection, asked: Sequence[Asked]) -> dict[int, list[Match]]:
    given = _keyed_names(asked)
    if given.is_empty():
        return {}
    known = _known_names(connection, given["key"].unique().sort().to_list())
    same = given.join(known, on="key", how="inner").select(
        "row", "part", "party_id", "source", score=pl.lit(1.0), exact=pl.lit(True)
    )
    near = _near(given, known).select("row", "part", "party_id", "source", "score", exact=pl.lit(False))
    both = pl.concat([same, near]).sort(
        "row",
        "party_id",
        "exact",
        "score",
        "source",
        "part",
        descending=[False, False, True, True, False, True],
    )
    best = both.unique(["row", "party_id"], keep="first", maintain_order=True)
    names = dict(
        frame(connection, BRIEF_SQL, {"ids": best["party_id"].unique().sort().to_list()}).iter_rows()
    )
    found: dict[int, list[Match]] = {}
    for row, part, party_id, source, score, exact in best.iter_rows():
        found.setdefault(row, []).append(
            _named(party_id, names.get(party_id), source, part, None if exact else score)
        )
    return found


def _keyed_names(asked: Sequence[Asked]) -> pl.DataFrame:
    """row, part, key of the names given that have one."""
    return (
        _names_meant(asked)
        .select("row", "part", company_name_key(_plain_name(pl.col("name"))).alias("key"))
        .filter(pl.col("key").is_not_null())
    )


def _known_names(connection: Connection, keys: Sequence[str]) -> pl.DataFrame:
    """party_id, source, key of the names of the release; for a few keys only of those that may agree with one of them."""
    condition = " or ".join(map(_may_agree, keys)) if len(keys) <= FEW_NAMES else "true"
    names = frame(connection, NAMES_SQL.format(condition=condition))
    return (
        names.select("party_id", "source", company_name_key(_plain_name(pl.col("name"))).alias("key"))
        .filter(pl.col("key").is_not_null())
        .unique(maintain_order=True)
    )


def _may_agree(key: str) -> str:
    """SQL that is true for every name with this key, and for near ones. Names with other letters than ASCII are all let through."""
    words = [word for word in key.split(" ") if word not in _REWRITTEN]
    # A key of rewritten words alone tells nothing of the name but that it is short.
    all_words = (
        " and ".join(f"contains({PLAIN}, {literal(word)})" for word in words)
        or f"length(name) <= {LEGAL_FORM_CHARACTERS_MAX * len(key.split(' '))}"
    )
    return f"(({all_words}) or jaro_winkler_similarity({PLAIN}, {literal(key)}) >= {PREFILTER_MIN} or strlen(name) <> length(name))"


def _near(given: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """row, party_id, source, score: names from CANDIDATE_MIN on that are not the same, for each row the best of each party."""
    few = given["key"].n_unique() <= FEW_NAMES
    pairs = given.join(known, how="cross", suffix="_known") if few else _sharing_rare_words(given, known)
    scored = pairs.with_columns(_similarity(pairs["key"], pairs["key_known"]).alias("score"))
    return scored.filter((pl.col("score") >= CANDIDATE_MIN) & (pl.col("key") != pl.col("key_known")))


def _similarity(keys: pl.Series, others: pl.Series) -> pl.Series:
    """Of two keys per row, 0 to 1: `names_similarity`; of keys that are one but for blanks the same measure on the words as they stand.

    A blank more makes two words of one, and moves them in alphabetical order: Mc Donald would be no candidate for McDonald.
    """
    words = names_similarity(keys, others)
    plain = (
        pl.Series(
            process.cpdist(keys.fill_null("").to_list(), others.fill_null("").to_list(), scorer=fuzz.ratio),
            dtype=pl.Float64,
        )
        / 100
    )
    is_one = keys.str.replace_all(" ", "") == others.str.replace_all(" ", "")
    return pl.select(pl.when(is_one & (words > 0)).then(plain).otherwise(words).alias("similarity"))[
        "similarity"
    ]


def _sharing_rare_words(given: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """row, key, party_id, source, key_known of pairs that share one of the RARE_WORDS rarest words of the name given."""
    words = pl.col("key").str.split(" ").list.unique().alias("word")
    of_known = known.select(pl.col("key").unique()).with_columns(words).explode("word", empty_as_null=False)
    wanted = given.select(pl.col("key").unique()).with_columns(words).explode("word", empty_as_null=False)
    counts = of_known.group_by("word").len("names_n").filter(pl.col("names_n") <= COMMON_WORD_NAMES)
    rare = (
        wanted.join(counts, on="word")
        .sort("key", "names_n", "word")
        .group_by("key", maintain_order=True)
        .head(RARE_WORDS)
    )
    linked = (
        rare.select("key", "word")
        .join(of_known.rename({"key": "key_known"}), on="word")
        .select("key", "key_known")
    )
    unspaced = (
        pl.col("key").str.replace_all(" ", "").alias("word")
    )  # Mc Donald and McDonald have no word in common
    same = (
        wanted.select("key", unspaced)
        .join(of_known.select(unspaced, key_known="key"), on="word")
        .select("key", "key_known")
    )
    linked = pl.concat([linked, same]).unique()
    return given.join(linked, on="key").join(known.rename({"key": "key_known"}), on="key_known")


_PARTS: Mapping[str, str] = {
    "": "the name given",
    "before": "the name given before “trading as”",
    "behind": "the name given behind “trading as”",
}


def _named(party_id: str, name: str | None, source: str, part: str, score: float | None) -> Match:
    """`score` None: the same key."""
    if score is None:
        return Match(
            party_id, "legal_entity", name, "exact_name", f"{_PARTS[part]} is {SOURCES[source]}", 1.0
        )
    how = "has the same words as" if score == 1.0 else "is near"
    return Match(
        party_id, "legal_entity", name, "similar_name", f"{_PARTS[part]} {how} {SOURCES[source]}", score
    )


# --- names of natural persons ---------------------------------------------------------------------------------------

PERSONS_SQL = """
select person_id, full_name, birth_year, birth_month from v_person
where person_type = 'knownPerson' and full_name is not null and ({condition})
order by person_id
"""
PERSON_WORDS_MIN = 2  # a surname alone finds nobody, unless the month of birth is given
LIKE_LETTERS_MIN = (
    5  # (own) of a word that may differ by one letter; of a shorter one that makes another name
)
_PLAIN_PERSON = PLAIN.replace("name", "full_name")


def _may_be_person(one: Asked, name: str) -> bool:
    """Whether a name may be a natural person's: said to be, or at least two words and no legal form among them."""
    words = [word.strip(".,").upper().replace(".", "") for word in name.split()]
    return bool(words) and (
        one.only_person
        or one.born is not None
        or (len(words) >= PERSON_WORDS_MIN and not set(words) & _LEGAL_FORMS)
    )


def _by_person_name(connection: Connection, asked: Sequence[Asked]) -> dict[int, list[Match]]:
    """Persons whose name has all parts of the one given, or the other way round, and at least two; and of like names.

    Never one whose birth is known to differ.
    """
    by_row = {one.row: one for one in asked}
    meant = _names_meant(asked)
    is_person = [_may_be_person(by_row[row], name) for row, name in meant.select("row", "name").iter_rows()]
    keys = (
        meant.filter(pl.Series(is_person, dtype=pl.Boolean))
        .select("row", _key_of_person("name"), _surname("name"))
        .drop_nulls("key")
    )
    if keys.is_empty():
        return {}
    persons = _known_persons(connection, keys)
    found: dict[int, list[Match]] = {}
    for person in _of_shared_parts(keys.select("row", "key"), persons.drop("surname")).iter_rows(named=True):
        row = int(person["row"])
        if (match := _person(by_row[row], person)) is not None:
            found.setdefault(row, []).append(match)
    for row, like, how in _of_like_names(by_row, keys, persons):
        if (match := _person(by_row[row], like, how)) is not None:
            found.setdefault(row, []).append(match)
    return found


def _key_of_person(column: str) -> pl.Expr:
    nothing = pl.lit(None, dtype=pl.String)
    return person_name_key(pl.col(column), nothing, nothing, nothing).alias("key")


def _surname(column: str) -> pl.Expr:
    """Key of what stands before a comma, or else of the last word."""
    nothing, text = pl.lit(None, dtype=pl.String), pl.col(column).str.strip_chars()
    last = (
        pl.when(text.str.contains(r"^[^,]*\S,"))
        .then(text.str.extract(r"^([^,]*)", 1))
        .otherwise(text.str.extract(r"(\S+)$", 1))
    )
    return person_name_key(last, nothing, nothing, nothing).alias("surname")


def _known_persons(connection: Connection, keys: pl.DataFrame) -> pl.DataFrame:
    """person_id, full_name, birth_year, birth_month, key, surname; for a few keys only of those that may share two words, or a like surname, with one of them."""
    asked = keys["key"].unique().sort().to_list()
    surnames = keys["surname"].drop_nulls().unique().sort().to_list()
    condition = (
        " or ".join([*map(_two_words_of, asked), *map(_of_surname, surnames)])
        if len(asked) <= FEW_NAMES
        else "true"
    )
    persons = frame(connection, PERSONS_SQL.format(condition=condition))
    return persons.with_columns(_key_of_person("full_name"), _surname("full_name")).filter(
        pl.col("key").is_not_null()
    )


def _of_surname(surname: str) -> str:
    """SQL that is true for names with this surname, and for those whose last word differs from it by one letter."""
    words = " and ".join(f"contains({_PLAIN_PERSON}, {literal(word)})" for word in surname.split(" "))
    return f"({words} or levenshtein(split_part({_PLAIN_PERSON}, ' ', -1), {literal(surname)}) <= 1)"


def _of_like_names(
    by_row: Mapping[int, Asked], keys: pl.DataFrame, persons: pl.DataFrame
) -> Iterator[tuple[int, Mapping[str, object], str]]:
    """(row, person, how the names are alike) where the surnames agree, or differ by one letter, and every other word given is a forename or the initial of one.

    A surname alone is enough where the year and month of birth agree with it. Names that have all parts of each other are no matter of this.
    """
    asked: dict[str, list[tuple[int, str, str]]] = {}
    for row, key, surname in keys.drop_nulls("surname").iter_rows():
        for form in _forms_of(surname):
            asked.setdefault(form, []).append((row, key, surname))
    for person in persons.drop_nulls("surname").iter_rows(named=True):
        own = str(person["surname"])
        for row, key, surname in dict.fromkeys(one for form in _forms_of(own) for one in asked.get(form, [])):
            if _is_near(surname, own) and (
                how := _alike(by_row[row], (key, surname), (str(person["key"]), own), person)
            ):
                yield row, person, how


def _forms_of(word: str) -> frozenset[str]:
    """A word, and where it is long enough all of it but one letter: two words that differ by one letter have a form in common."""
    return frozenset(
        (word, *(word[:n] + word[n + 1 :] for n in range(len(word)) if len(word) >= LIKE_LETTERS_MIN))
    )


def _is_near(one: str, other: str) -> bool:
    return one == other or (
        min(len(one), len(other)) >= LIKE_LETTERS_MIN
        and Levenshtein.distance(one, other, score_cutoff=1) <= 1
    )


def _alike(one: Asked, asked: tuple[str, str], known: tuple[str, str], person: Mapping[str, object]) -> str:
    """How the names are alike; "" where they are not. `asked`, `known`: key and surname."""
    given, own = (_other_words(*name) for name in (asked, known))
    differs = asked[1] != known[1]
    if not given:
        agrees = (
            not differs
            and one.born is not None
            and None not in one.born
            and one.born == (person["birth_year"], person["birth_month"])
        )
        return "the surname agrees, and no forename was given" if agrees else ""
    initials = [word for word in given if len(word) == 1]
    others = [word for word in given if len(word) > 1 and word not in own]
    if (
        any(not any(name.startswith(initial) for name in own) for initial in initials)
        or len(others) + differs > 1
    ):
        return ""
    if any(not any(_is_near(word, name) for name in own) for word in others):
        return ""
    letters = (
        "the surname differs by one letter"
        if differs
        else "a forename differs by one letter"
        if others
        else ""
    )
    short = "a forename is given by its initial" if initials and not set(initials) <= set(own) else ""
    return ", and ".join(filter(None, (letters, short)))


def _other_words(key: str, surname: str) -> list[str]:
    words = key.split(" ")
    for word in surname.split(" "):
        if word in words:
            words.remove(word)
    return words


def _two_words_of(key: str) -> str:
    words = sorted(set(key.split(" ")))
    met = " + ".join(f"cast(contains({_PLAIN_PERSON}, {literal(word)}) as integer)" for word in words)
    return f"({met} >= {PERSON_WORDS_MIN} or strlen(full_name) <> length(full_name))"


def _of_shared_parts(keys: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """row, key_asked and the columns of `persons`, by row and person_id: all words of the shorter name are in the longer.

    Found through pairs of words: one word alone (a common first name) would join a long list to half a country.
    """
    asked_pairs = _pairs_of_words(keys.rename({"row": "of"}), None)
    known_pairs = _pairs_of_words(
        persons.select(pl.col("person_id").alias("of"), "key"),
        asked_pairs.select(pl.col("first").append(pl.col("second")).unique()).to_series(),
    )
    linked = (
        asked_pairs.rename({"of": "row"})
        .join(known_pairs.rename({"of": "person_id"}), on=["first", "second"])
        .select("row", "person_id")
        .unique()
    )
    both = (
        linked.join(keys.rename({"key": "key_asked"}), on="row")
        .join(persons, on="person_id")
        .with_columns(pl.col("key_asked", "key").str.split(" ").list.unique().name.suffix("_words"))
    )
    common = pl.col("key_asked_words").list.set_intersection("key_words").list.len()
    shorter = pl.min_horizontal(pl.col("key_asked_words").list.len(), pl.col("key_words").list.len())
    return both.filter(common == shorter).sort("row", "person_id")


def _pairs_of_words(keyed: pl.DataFrame, only: pl.Series | None) -> pl.DataFrame:
    """of, first, second: every two words of each key, in alphabetical order; of words in `only`."""
    words = keyed.select("of", pl.col("key").str.split(" ").list.unique().alias("first")).explode(
        "first", empty_as_null=False
    )
    wanted = words if only is None else words.filter(pl.col("first").is_in(only.implode()))
    return wanted.join(wanted.rename({"first": "second"}), on="of").filter(pl.col("first") < pl.col("second"))


def _person(one: Asked, person: Mapping[str, object], like: str = "") -> Match | None:
    """A candidate, said in words; None where both births are known and differ. `like`: how the name is only like the one given."""
    year, month = person["birth_year"], person["birth_month"]
    asked_year, asked_month = one.born or (None, None)
    if any(
        given is not None and known is not None and given != known
        for given, known in ((asked_year, year), (asked_month, month))
    ):
        return None
    names = like or (
        "all parts of the name agree"
        if person["key"] == person["key_asked"]
        else "all parts of the shorter name agree"
    )
    births = "no birth was compared"
    if asked_year is not None and year is not None:
        births = (
            "year and month of birth agree"
            if asked_month is not None and month is not None
            else "the year of birth agrees"
        )
    return Match(
        str(person["person_id"]),
        "person",
        str(person["full_name"]),
        "like_person_name" if like else "person_name",
        f"{names}; {births}",
    )
