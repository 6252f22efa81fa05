"""Which pairs of persons merge: their weight, and what must agree beside it.

Two policies, on the levels of `model`.

The weights take comparisons as independent, and they are not: twins share surname, month of birth and home;
father and son share name and home. So a probability of MERGE_MIN is needed and is never enough.

For registers, which the night uses: forename, surname and month of birth agree each, and so does something
beside them. An initial is no forename.

For families, which is for data that state more than registers do (a day of birth, a number, an occupation),
with settings trained on that data, the weight decides, but for three things. First name, last name and month
of birth alone never merge. Two forenames that are alike and each a name of its own (Karen, Karin), or that
differ, never merge on what a family shares: surname, births and home. Without a name on both sides only a
number merges.
"""

import polars as pl

from transforms.resolution.persons.model import gamma

MERGE_MIN = 0.99  # probability of a pair at which it may merge
# The same for settings trained on the data at hand; the threshold of Splink's own example of the historical
# figures
FAMILY_MERGE_MIN = 0.95
# Records expected by chance with this full name and month, below which the full name is evidence of its own
# (R20)
RARE_MAX = 0.1


def agrees(comparison: str, *levels: str) -> pl.Expr:
    """Whether the pair is at one of these levels of a comparison. Boolean, from `gamma_<comparison>`."""
    return pl.col(f"gamma_{comparison}").is_in([gamma(comparison, level) for level in levels])


def is_missing(comparison: str) -> pl.Expr:
    """Whether one side says nothing."""
    return pl.col(f"gamma_{comparison}") < 0


def _full_name() -> pl.Expr:
    return agrees("middle", "exact") & pl.col("middle_is_word")


def _full_name_is_rare(name_agrees: pl.Expr) -> pl.Expr:
    return _full_name() & name_agrees & (pl.col("expected_n") < RARE_MAX).fill_null(False)


def _number_decides() -> pl.Expr:
    """A number of one's own is equal, or nearly so, and a name or the birth agrees too."""
    named = agrees("forename", "exact", "swapped", "short", "alike") | agrees(
        "surname", "exact", "swapped", "alike", "close"
    )
    return agrees("number", "exact") & (named | agrees("birth", "date", "date_slip", "month"))


def merges_in_registers() -> pl.Expr:
    """One person by the night's rules.

    Input: gamma_…, probability, expected_n, middle_is_word, is_whole_name (`person_features`).
    """
    surname_agrees = agrees("surname", "exact", "alike", "swapped")
    name_agrees = agrees("forename", "exact", "alike", "swapped") & surname_agrees
    birth_agrees = agrees("birth", "date", "month")
    beside = (
        agrees("address", "exact", "street", "postcode")
        | agrees("partners", "shared")
        | _full_name_is_rare(name_agrees)
    )
    plain = name_agrees & pl.col("is_whole_name") & birth_agrees & beside & ~agrees("middle", "else")
    another_form = (
        agrees("forename", "short", "two_names")
        & _full_name()
        & surname_agrees
        & birth_agrees
        & agrees("address", "exact")
    )
    other_surname = agrees("forename", "exact") & _full_name() & birth_agrees & agrees("address", "exact")
    other_birth = (
        agrees("forename", "exact")
        & agrees("surname", "exact")
        & _full_name()
        & agrees("birth", "year", "near", "date_slip")
        & agrees("address", "exact")
    )
    return (
        (pl.col("probability") >= MERGE_MIN)
        & ~agrees("number", "else")
        & (plain | another_form | other_surname | other_birth | _number_decides())
    )


def merges_in_families() -> pl.Expr:
    """One person by weights trained on the data at hand. Input as above."""
    forename_fits = agrees("forename", "exact", "swapped", "short", "alike", "initial", "close") | is_missing(
        "forename"
    )
    surname_fits = agrees("surname", "exact", "swapped", "alike", "close") | is_missing("surname")
    is_named = ~is_missing("forename") | ~is_missing("surname")
    place = agrees("address", "exact", "street", "postcode", "nearby")
    beside = (
        place
        | agrees("partners", "shared")
        | agrees("occupation", "exact")
        | agrees("birth", "date", "date_slip")
        | _full_name()
    )
    by_name = forename_fits & beside & is_named
    by_more_than_family = (
        agrees("forename", "two_names", "else")
        & surname_fits
        & (_full_name() | agrees("occupation", "exact") & agrees("birth", "date"))
    )
    return (pl.col("probability") >= FAMILY_MERGE_MIN) & (by_name | by_more_than_family | _number_decides())
