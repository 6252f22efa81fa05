"""The linkage model of persons: what is compared, at which levels, and from which blocks pairs are taken.

Splink 5 computes with it. Method of Fellegi and Sunter (1969): each comparison adds log2(m / u) of its level
to the weight of a pair. m is how often records of one person have that level, u how often records of two
different persons do. For equal names and addresses, the frequency of the value replaces u.
`settings/persons-3.json` holds these comparisons with m and u as trained on the synthetic town (`undertow
evaluate --linkage --train`); nightly runs train nothing. The prior is not trained: a record has about one
other record of its person, in a register of any size.

Day of birth, a personal number, an occupation and the street are compared if records state them. No register
read today does, so these comparisons add nothing and their blocks are empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SETTINGS = "persons-3.json"


@dataclass(frozen=True)
class Level:
    """One step of a comparison.

    `frequency_of`: column whose equal values weigh more the rarer they are. `fixed`: (m, u), if they cannot
    be trained.
    """

    name: str
    sql: str
    frequency_of: str | None = None
    fixed: tuple[float, float] | None = None


def _equal(column: str) -> str:
    return f"{column}_l = {column}_r"


def _alike(column: str, letters_min: int) -> str:
    """SQL: the same skeleton or one slip of a letter, unless only one of the two ends with A (Daniel,
    Daniela).
    """
    slip = f"damerau_levenshtein({column}_l, {column}_r) <= 1"
    long = f"least(length({column}_l), length({column}_r)) >= {letters_min}"
    same_end = f"(ends_with({column}_l, 'A') = ends_with({column}_r, 'A'))"
    return f"({column}_key_l = {column}_key_r or {slip}) and {long} and {same_end}"


def _close(column: str) -> str:
    """SQL: most letters in common, above all the first ones (Jaro-Winkler)."""
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {CLOSE_MIN}"


CLOSE_MIN = 0.88  # Jaro-Winkler; the level of Splink's own name comparisons
STREET_MIN = 0.92  # the same for a street with its house number
SWAPPED = "forename_l = surname_r and surname_l = forename_r and forename_l <> surname_l"
INITIAL = "(length({0}_l) = 1 or length({0}_r) = 1) and left({0}_l, 1) = left({0}_r, 1)"
SHORT = "list_contains(short_forms_l, forename_r) or list_contains(short_forms_r, forename_l)"
MONTHS = "birth_year_l * 12 + birth_month_l - birth_year_r * 12 - birth_month_r"
ONE_UNDATED = "(birth_date_l is null or birth_date_r is null)"
DAY_MONTH_SWAPPED = (
    "(birth_year_l = birth_year_r and birth_day_l = birth_month_r and birth_month_l = birth_day_r)"
)
ELSE = Level("else", "ELSE")
# (own) m and u of levels that the town does not have, or has too often to be realistic: one initial in twelve
# agrees by chance, one year of birth in sixty. About fifteen households share a postcode, which weighs less
# than the unit; about one household in a hundred shares a postcode's district.
INITIAL_AGREES, YEAR_AGREES, POSTCODE_AGREES, NEARBY = (
    (0.012, 0.001),
    (0.01, 0.01 / 60),
    (0.02, 1e-4),
    (0.02, 0.01),
)
# (own) The same for values that no register states yet. A day is one in thirty of its month. A number belongs
# to one person, and one in twenty is written wrongly. An occupation is shared by many and changes.
DATE, DATE_SLIP = (0.9, 1 / 25_000), (0.05, 1 / 1_000)
NUMBER, NUMBER_SLIP, NUMBER_DIFFERS = (0.93, 1e-7), (0.05, 1e-4), (0.02, 1.0)
OCCUPATION, OCCUPATION_DIFFERS = (0.6, 0.05), (0.4, 0.95)
STREET = (0.02, 1e-4)
# Comparison → (SQL condition for a missing value, levels). The first level that holds counts. A comparison
# with a missing value adds no weight.
COMPARISONS: Mapping[str, tuple[str, tuple[Level, ...]]] = {
    "forename": (
        "forename_l is null or forename_r is null",
        (
            Level("exact", _equal("forename"), frequency_of="forename"),
            Level("swapped", SWAPPED, fixed=(0.01, 0.01)),  # no weight here: it counts with the surname
            Level("short", SHORT, fixed=(0.02, 0.002)),
            # Karen and Karin: similar, but each is a name, so they may be twins.
            Level(
                "two_names",
                f"is_forename_l and is_forename_r and {_alike('forename', 3)}",
                fixed=(0.005, 0.002),
            ),
            Level("alike", _alike("forename", 5)),
            Level("initial", INITIAL.format("forename"), fixed=INITIAL_AGREES),
            Level("close", _close("forename"), fixed=(0.02, 0.01)),
            ELSE,
        ),
    ),
    "surname": (
        "surname_l is null or surname_r is null",
        (
            Level("exact", _equal("surname"), frequency_of="surname"),
            Level("swapped", SWAPPED, fixed=(0.01, 1e-6)),
            Level("alike", _alike("surname", 4)),
            Level("close", _close("surname"), fixed=(0.02, 0.005)),
            ELSE,
        ),
    ),
    "middle": (
        "middle_l is null or middle_r is null",
        (
            Level("exact", _equal("middle"), frequency_of="middle"),
            Level("initial", INITIAL.format("middle"), fixed=INITIAL_AGREES),
            ELSE,
        ),
    ),
    "birth": (
        "birth_year_l is null or birth_year_r is null",
        (
            Level("date", _equal("birth_date"), frequency_of="birth_date", fixed=DATE),
            Level(
                "date_slip",
                f"damerau_levenshtein(birth_date_l, birth_date_r) <= 1 or {DAY_MONTH_SWAPPED}",
                fixed=DATE_SLIP,
            ),
            Level("month", f"{MONTHS} = 0 and {ONE_UNDATED}"),
            Level(
                "year",
                f"{_equal('birth_year')} and (birth_month_l is null or birth_month_r is null)",
                fixed=YEAR_AGREES,
            ),
            Level(
                "near",
                f"{_equal('birth_year')} or "
                f"({_equal('birth_month')} and abs(birth_year_l - birth_year_r) = 1)",
            ),
            ELSE,
        ),
    ),
    "address": (
        "(address_l is null and postcode_l is null) or (address_r is null and postcode_r is null)",
        (
            Level("exact", _equal("address"), frequency_of="address"),
            Level("street", f"jaro_winkler_similarity(street_l, street_r) >= {STREET_MIN}", fixed=STREET),
            Level("postcode", _equal("postcode"), fixed=POSTCODE_AGREES),
            Level(
                "nearby",
                f"{_equal('district')} or damerau_levenshtein(postcode_l, postcode_r) <= 1",
                fixed=NEARBY,
            ),
            ELSE,
        ),
    ),
    "partners": (
        "array_length(partners_l) = 0 or array_length(partners_r) = 0",
        (Level("shared", "list_has_any(partners_l, partners_r)"), ELSE),
    ),
    "number": (
        "number_l is null or number_r is null or number_kind_l <> number_kind_r",
        (
            Level("exact", _equal("number"), fixed=NUMBER),
            Level("slip", "damerau_levenshtein(number_l, number_r) <= 2", fixed=NUMBER_SLIP),
            Level("else", "ELSE", fixed=NUMBER_DIFFERS),
        ),
    ),
    "occupation": (
        "occupation_l is null or occupation_r is null",
        (
            Level("exact", _equal("occupation"), frequency_of="occupation", fixed=OCCUPATION),
            Level("else", "ELSE", fixed=OCCUPATION_DIFFERS),
        ),
    ),
}
# Pairs are taken from blocks of records that share a key. A key that more than BLOCK_MAX records share is not
# used.
BLOCK_MAX = 200  # (own) a country's largest block of the first kind is about a tenth of this
# Records with a month and year of birth are paired by those. Keys without a birth are only for records
# without a year of birth, and for records with a day of birth.
_DATED = "birth_year is null or birth_date is not null"
BLOCKS: Mapping[str, str] = {
    "name_month": "surname_key || '|' || left(forename, 1) || '|' || birth_year || '|' || birth_month",
    "words_year": "words || '|' || birth_year",
    "address_month": "address || '|' || birth_year || '|' || birth_month",
    "address_name": "address || '|' || surname_key || '|' || left(forename, 1)",
    "number_alone": "number_kind || '|' || number",
    "date_surname": "birth_date || '|' || left(surname, 3)",
    "date_forename": "birth_date || '|' || left(forename, 3)",
    "date_postcode": "birth_date || '|' || postcode",
    "postcode_surname": f"case when {_DATED} then postcode || '|' || surname_key end",
    "postcode_forename": f"case when {_DATED} then postcode || '|' || forename end",
    "words_district": f"case when {_DATED} then words || '|' || district end",
    "words_alone": f"case when {_DATED} then words end",
}
# Prior frequencies of values: FREQUENCY_RECORDS records with this frequency are added to the actual ones, so
# that few records do not outweigh general knowledge. (own) Orders of magnitude of names in England and Wales;
# of an address, one in a million; of a day of birth, one in seventy years; of an occupation, one in fifty.
FREQUENCY_RECORDS = 1_000
EXPECTED_FREQUENCY: Mapping[str, float] = {
    "forename": 5e-3,
    "surname": 5e-4,
    "middle": 5e-3,
    "address": 1e-6,
    "birth_date": 4e-5,
    "occupation": 2e-2,
}
PRIOR_RECORDS_MIN = 1_000  # (own) with fewer records, the prior is that of this many


def gamma(comparison: str, level: str) -> int:
    """Splink's number of a level: 0 for `else`, the highest for the first."""
    levels = COMPARISONS[comparison][1]
    return len(levels) - 1 - next(n for n, each in enumerate(levels) if each.name == level)


def is_frequency_weighed(comparison: str) -> bool:
    """Whether the weight of equal values in a comparison depends on their frequency."""
    return any(level.frequency_of for level in COMPARISONS[comparison][1])


def untrained() -> dict[str, Any]:
    """The settings in Splink's form, without m and u."""
    comparisons = [
        {
            "output_column_name": name,
            "comparison_levels": [
                {"sql_condition": null, "label_for_charts": "missing", "is_null_level": True},
                *map(_as_splink, levels),
            ],
        }
        for name, (null, levels) in COMPARISONS.items()
    ]
    return {
        "link_type": "dedupe_only",
        "sql_dialect": "duckdb",
        "unique_id_column_name": "unique_id",
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
        "additional_columns_to_retain": ["anchor_no"],
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": f"l.{key} = r.{key} and l.anchor_no <> r.anchor_no", "sql_dialect": "duckdb"}
            for key in BLOCKS
        ],
        "comparisons": comparisons,
    }


def _as_splink(level: Level) -> dict[str, Any]:
    weighed = (
        {"tf_adjustment_column": level.frequency_of, "tf_adjustment_weight": 1.0}
        if level.frequency_of
        else {}
    )
    fixed = (
        {}
        if level.fixed is None
        else {
            "m_probability": level.fixed[0],
            "u_probability": level.fixed[1],
            "fix_m_probability": True,
            "fix_u_probability": True,
        }
    )
    return {"sql_condition": level.sql, "label_for_charts": level.name, **weighed, **fixed}
