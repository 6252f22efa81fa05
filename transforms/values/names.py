"""Names as keys for comparison. The name as written is what is stored and shown; a key is only ever
compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl
from rapidfuzz import fuzz, process

# Letters that Unicode does not decompose into a base letter and a mark.
UNDECOMPOSED = {
    "ß": "SS",
    "ẞ": "SS",
    "Æ": "AE",
    "æ": "AE",
    "Œ": "OE",
    "œ": "OE",
    "Ø": "O",
    "ø": "O",
    "Ł": "L",
    "ł": "L",
    "Đ": "D",
    "đ": "D",
    "Ð": "D",
    "ð": "D",
    "Þ": "TH",
    "þ": "TH",
    "ı": "I",
    "Ħ": "H",
    "ħ": "H",
}


def folded(text: pl.Expr) -> pl.Expr:
    """Capitals without accents. Other scripts than Latin keep their letters and their own vowel signs.

    Text in, String out, null stays null. Compatibility forms (full-width letters, ligatures) become plain
    ones.
    Source: Unicode NFKD, combining marks U+0300 to U+036F removed, recomposed.
    """
    return for_some(
        _without_accents, text, where=lambda one: one.str.len_bytes() != one.str.len_chars()
    ).str.to_uppercase()


def _without_accents(text: pl.Expr) -> pl.Expr:
    plain = text.str.replace_many(list(UNDECOMPOSED), list(UNDECOMPOSED.values())).str.normalize("NFKD")
    return plain.str.replace_all(r"[\u{0300}-\u{036f}]", "").str.normalize("NFC")


def collapsed(text: pl.Expr) -> pl.Expr:
    """Runs of blanks to one space, none at the ends; an empty text becomes null."""
    single = text.str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(single != "").then(single)


def words_only(text: pl.Expr) -> pl.Expr:
    """Capitals without accents, letters and digits in words with one blank between them; null for none."""
    return collapsed(folded(text).str.replace_all(r"[^\p{L}\p{N}]+", " "))


def staged(function: Callable[[pl.DataFrame], pl.Series], **inputs: pl.Expr) -> pl.Expr:
    """An expression computed by a frame function in steps, so that an intermediate result is computed once
    and not once per use.

    `function` gets a frame with the inputs by name and returns one String a row. It must be pure. A literal
    input is repeated for every row."""
    names = tuple(inputs)

    def run(series: Sequence[pl.Series]) -> pl.Series:
        rows = (
            1
            if all(len(one) == 1 for one in series)
            else max((len(one) for one in series if len(one) != 1), default=1)
        )
        columns: Mapping[str, pl.Series] = {
            name: one if len(one) == rows else one.new_from_index(0, rows)
            for name, one in zip(names, series, strict=True)
        }
        return function(pl.DataFrame(columns))

    return pl.map_batches(list(inputs.values()), run, return_dtype=pl.String, is_elementwise=True)


def for_each_distinct(function: Callable[[pl.Expr], pl.Expr], text: pl.Expr) -> pl.Expr:
    """`function(text)`, a String, computed once for each distinct text: for columns of few values, such as
    countries and towns.
    """

    def run(texts: pl.Series) -> pl.Series:
        given = texts.alias("text").to_frame()
        once = given.unique().with_columns(function(pl.col("text")).alias("result"))
        return given.join(once, on="text", how="left", nulls_equal=True, maintain_order="left")["result"]

    return text.map_batches(run, return_dtype=pl.String, is_elementwise=True)


def for_some(
    function: Callable[[pl.Expr], pl.Expr], text: pl.Expr, *, where: Callable[[pl.Expr], pl.Expr]
) -> pl.Expr:
    """`function(text)`, a String, computed only for the texts of which `where(text)` is true; every other
    text as it is, null too.

    For work that few rows need: polars computes all branches of a `when` for all rows, and a string function
    takes time on nulls as well."""

    def run(texts: pl.Series) -> pl.Series:
        given = texts.alias("text").to_frame()
        is_one = given.select(where(pl.col("text")).fill_null(False)).to_series()
        if not is_one.any():
            return texts
        return texts.zip_with(
            ~is_one, spread(given.filter(is_one).select(function(pl.col("text"))).to_series(), is_one)
        )

    return text.map_batches(run, return_dtype=pl.String, is_elementwise=True)


def spread(values: pl.Series, is_one: pl.Series) -> pl.Series:
    """The values, in their order, at the places where `is_one` is true; null at all others. Inverse of a
    filter.
    """
    places = (
        is_one.alias("is_one")
        .to_frame()
        .select(pl.when("is_one").then(pl.col("is_one").cum_sum() - 1))
        .to_series()
    )
    return values.gather(places)


# --- companies --------------------------------------------------------------------------------------------

# Legal forms in one spelling. Source: endings the registrar accepts as equal (Companies House, company names
# policy).
ONE_SPELLING = {
    "PUBLIC LIMITED COMPANY": "PLC",
    "CWMNI CYFYNGEDIG CYHOEDDUS": "PLC",
    "CCC": "PLC",
    "LIMITED LIABILITY PARTNERSHIP": "LLP",
    "PARTNERIAETH ATEBOLRWYDD CYFYNGEDIG": "LLP",
    "COMMUNITY INTEREST COMPANY": "CIC",
    "CWMNI BUDDIANT CYMUNEDOL": "CIC",
    "LIMITED PARTNERSHIP": "LP",
    "LIMITED": "LTD",
    "CYFYNGEDIG": "LTD",
    "CYF": "LTD",
    "COMPANY": "CO",
    "INCORPORATED": "INC",
    "CORPORATION": "CORP",
}
NAME_AGREEMENT_MIN = 0.9  # (own) similarity of name keys, 0 to 1, at which two company names are one
# Of one letter only at a name's end: elsewhere it is an initial.
ROMAN: Mapping[str, int] = {
    "I": 1,
    "II": 2,
    "III": 3,
    "IV": 4,
    "V": 5,
    "VI": 6,
    "VII": 7,
    "VIII": 8,
    "IX": 9,
    "X": 10,
    "XI": 11,
    "XII": 12,
    "XIII": 13,
    "XIV": 14,
    "XV": 15,
}
_ROMAN_TEXTS: Mapping[str, str] = {letters: str(number) for letters, number in ROMAN.items()}
_ROMAN_WORD = (
    rf" (?:{'|'.join(sorted((letters for letters in ROMAN if len(letters) > 1), key=len, reverse=True))})\b"
)
# One letter after a word, not a number (15 A is 15A), before nothing but a form, which may be written letter
# by letter. A second single letter makes it initials: ZED S A.
_FORM_AFTER = (
    r"(?: (?:L ?L ?P|L ?P|L ?L ?C|C ?I ?C|INC|CORP|CO|G ?M ?B ?H|A ?G|B ?V|N ?V|S ?A|S ?A ?R ?L|S ?P ?A))?"
)
_LETTER_AT_END = rf"[^ ]*[^ 0-9][^ ]+ ([A-Z]){_FORM_AFTER}$"


def company_name_key(name: pl.Expr) -> pl.Expr:
    """A company name for comparison; null for a blank.

    Capitals, no accents, no punctuation, & as AND, no leading THE, legal forms in one spelling. LTD and PLC
    at the end are taken off, because a company changes between them and many records leave them out; LLP, LP
    and CIC stay. Other scripts than Latin are kept."""
    plain = (
        folded(name)
        .str.replace_all("&", " AND ", literal=True)
        .str.replace_all(r"[.'’`´]", "")
        .str.replace_all(r"[^\p{L}\p{M}\p{N}]+", " ")
    )
    # Two blanks around each word: neighbours must not share one, or the second of two would not be found.
    spaced = plain.str.replace(r"^\s*(.*?)\s*$", " $1 ").str.replace_all(r"\s+", "  ")
    forms = {form.replace(" ", "  "): short for form, short in ONE_SPELLING.items()}
    one = spaced.str.replace_many(
        [f" {form} " for form in forms], [f" {short} " for short in forms.values()], leftmost=True
    )
    return collapsed(
        one.str.replace(r"^\s+THE\s+(\S)", "$1").str.replace(r"(\S)(?:\s+(?:LTD|PLC))+\s*$", "$1")
    )


def names_similarity(keys: pl.Series, others: pl.Series) -> pl.Series:
    """Similarity of two company name keys per row, 0 to 1 (Float64). 0 where one is null, or where their
    numbers differ.

    Numbers must agree because `POLTAIR VALE (27-30)` and `POLTAIR VALE (39-50)` are two companies; so are
    FUND II and FUND III, PARTNERS A and PARTNERS B.
    Method: rapidfuzz, token sort ratio (Indel similarity of the words in alphabetical order).
    """
    pairs = pl.DataFrame({"key": keys, "other": others}).with_columns(
        _numbers(pl.col("key")).alias("key_numbers"), _numbers(pl.col("other")).alias("other_numbers")
    )
    scores = process.cpdist(
        pairs["key"].fill_null("").to_list(),
        pairs["other"].fill_null("").to_list(),
        scorer=fuzz.token_sort_ratio,
    )
    comparable = (
        pl.col("key").is_not_null()
        & pl.col("other").is_not_null()
        & (pl.col("key_numbers") == pl.col("other_numbers"))
    )
    return pairs.with_columns(pl.Series("score", scores, dtype=pl.Float64) / 100.0).select(
        pl.when(comparable).then(pl.col("score")).otherwise(0.0).alias("similarity")
    )["similarity"]


def _numbers(key: pl.Expr) -> pl.Expr:
    """The numbers of a name in order, as one text: digits, Roman numbers, and a letter at the end."""
    roman = key.str.extract_all(_ROMAN_WORD).list.eval(
        pl.element().str.strip_chars_start(" ").replace(_ROMAN_TEXTS)
    )
    letter = key.str.extract(_LETTER_AT_END, 1).replace(_ROMAN_TEXTS)
    every = pl.concat_list(key.str.extract_all(r"[0-9]+"), roman, letter)
    return every.list.drop_nulls().list.sort().list.join(" ")


def names_agree(names: pl.Series, others: pl.Series) -> pl.Series:
    """True where two company names are one by NAME_AGREEMENT_MIN; Boolean, never null."""
    keyed = pl.DataFrame({"name": names, "other": others}).select(company_name_key(pl.col("name", "other")))
    return (names_similarity(keyed["name"], keyed["other"]) >= NAME_AGREEMENT_MIN).alias("names_agree")


# --- persons ----------------------------------------------------------------------------------------------

_TITLES = (
    "MR|MRS|MS|MISS|MX|DR|DOCTOR|PROF|PROFESSOR|SIR|DAME|LORD|LADY|BARON|BARONESS|REV|REVEREND|HON|THE "
    "HON|CAPT|CAPTAIN|MASTER"
)


def person_name_key(
    full_name: pl.Expr, forename: pl.Expr, middle_names: pl.Expr, surname: pl.Expr
) -> pl.Expr:
    """The words of a person's name in alphabetical order, for comparison only; null where no name is given.

    Parts count before the full name, because the full name carries a form of address. Capitals, no accents,
    no apostrophes, hyphens as blanks; other scripts than Latin are kept."""
    parts = pl.concat_str(forename, middle_names, surname, separator=" ", ignore_nulls=True).replace("", None)
    whole = folded(full_name).str.replace(rf"^\s*(?:(?:{_TITLES})\.?\s+)+", "")
    words = (
        pl.coalesce(folded(parts), whole)
        .str.replace_all(r"[.'’`´]", "")
        .str.replace_all(r"[^\p{L}\p{M}\p{N}]+", " ")
        .str.strip_chars()
    )
    return words.str.split(" ").list.sort().list.join(" ").replace("", None)


def rewritten(text: pl.Expr, rule: Callable[[str], str]) -> pl.Expr:
    """By a rule of Python, whose expressions look ahead. For few texts."""
    return text.map_batches(
        lambda texts: pl.Series([rule(one) for one in texts], dtype=pl.String),
        return_dtype=pl.String,
        is_elementwise=True,
    )
