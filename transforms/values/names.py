"""Names → keys for comparison. Names are stored and shown as written; keys are only compared.

Also holds the fillers (words typed into a field that has no value) and the helpers with which the other
values compute expressions on some rows or on distinct rows only.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources

import polars as pl
from rapidfuzz import fuzz

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
    """Capitals without accents. Scripts other than Latin keep their letters and vowel signs.

    Null stays null. Compatibility forms (full-width letters, ligatures) become plain ones.
    Source: Unicode NFKD, combining marks U+0300 to U+036F removed, recomposed.
    """
    return for_some(
        _without_accents, text, where=lambda any_text: any_text.str.len_bytes() != any_text.str.len_chars()
    ).str.to_uppercase()


def _without_accents(text: pl.Expr) -> pl.Expr:
    return (
        text.str.replace_many(list(UNDECOMPOSED), list(UNDECOMPOSED.values()))
        .str.normalize("NFKD")
        .str.replace_all(r"[\u{0300}-\u{036f}]", "")
        .str.normalize("NFC")
    )


def collapsed(text: pl.Expr) -> pl.Expr:
    """The text with single spaces and none at its ends; an empty text becomes null."""
    return text.str.replace_all(r"\s+", " ").str.strip_chars().replace("", None)


def words_only(text: pl.Expr) -> pl.Expr:
    """Capitals without accents, in words of letters and digits with one space between; null if none are
    left.
    """
    return collapsed(folded(text).str.replace_all(r"[^\p{L}\p{N}]+", " "))


def staged(function: Callable[[pl.DataFrame], pl.Series], **inputs: pl.Expr) -> pl.Expr:
    """An expression computed by a function on a frame, so that the function can use an intermediate result
    several times.

    function: gets a frame of the inputs by name and returns one String for each row. It must be pure. A
    literal input is repeated for every row."""

    def run(series: Sequence[pl.Series]) -> pl.Series:
        rows_n = max((len(column) for column in series if len(column) != 1), default=1)
        columns = {
            name: column if len(column) == rows_n else column.new_from_index(0, rows_n)
            for name, column in zip(inputs, series, strict=True)
        }
        return function(pl.DataFrame(columns))

    return pl.map_batches(list(inputs.values()), run, return_dtype=pl.String, is_elementwise=True)


def for_each_distinct(function: Callable[[pl.Expr], pl.Expr], text: pl.Expr) -> pl.Expr:
    """`function(text)`, a String, computed once for each distinct text: for columns with few different
    values, such as countries and towns."""

    def run(texts: pl.Series) -> pl.Series:
        rows = texts.alias("text").to_frame()
        distinct = rows.unique().with_columns(function(pl.col("text")).alias("result"))
        return rows.join(distinct, on="text", how="left", nulls_equal=True, maintain_order="left")["result"]

    return text.map_batches(run, return_dtype=pl.String, is_elementwise=True)


def made_once[T](
    texts: pl.Series, function: Callable[[str], T], dtype: pl.DataType | type[pl.DataType]
) -> pl.Series:
    """`function` of each text, called once for each distinct one; null stays null."""
    once = texts.drop_nulls().unique()
    results = pl.Series("made", [function(text) for text in once.to_list()], dtype=dtype)
    known = pl.DataFrame([once.alias("text"), results])
    return texts.to_frame("text").join(known, on="text", how="left", maintain_order="left")["made"]


def for_some(
    function: Callable[[pl.Expr], pl.Expr], text: pl.Expr, *, where: Callable[[pl.Expr], pl.Expr]
) -> pl.Expr:
    """`function(text)`, a String, computed only for the texts where `where(text)` is true. Other texts and
    nulls stay as they are.

    For work that few rows need: polars computes every branch of a `when` for all rows."""

    def run(texts: pl.Series) -> pl.Series:
        rows = texts.alias("text").to_frame()
        is_chosen = rows.select(where(pl.col("text")).fill_null(False)).to_series()
        if not is_chosen.any():
            return texts
        results = rows.filter(is_chosen).select(function(pl.col("text"))).to_series()
        return texts.clone().scatter(is_chosen.arg_true(), results)

    return text.map_batches(run, return_dtype=pl.String, is_elementwise=True)


# --- companies --------------------------------------------------------------------------------------------

# One spelling for each legal form. Source: the endings that Companies House treats as equal (company names
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
NAME_AGREEMENT_MIN = 0.9  # (own) similarity of name keys, 0 to 1, from which two company names agree
# A Roman number of one letter counts only at the end of a name; elsewhere it is an initial.
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
# A single letter after a word, at the end or before a legal form (which may be written with spaces between
# its letters). Not after a number (15 A is 15A), nor after another single letter: then both are initials
# (ZED S A).
_FORM_AFTER = (
    r"(?: (?:L ?L ?P|L ?P|L ?L ?C|C ?I ?C|INC|CORP|CO|G ?M ?B ?H|A ?G|B ?V|N ?V|S ?A|S ?A ?R ?L|S ?P ?A))?"
)
_LETTER_AT_END = rf"[^ ]*[^ 0-9][^ ]+ ([A-Z]){_FORM_AFTER}$"


def company_name_key(name: pl.Expr) -> pl.Expr:
    """A company name as a key for comparison; null for a blank.

    Capitals, no accents, no punctuation, & as AND, no leading THE, one spelling for each legal form. LTD and
    PLC at the end are removed, because companies change between them and many records omit them; LLP, LP and
    CIC stay. Scripts other than Latin are kept."""
    words = (
        folded(name)
        .str.replace_all("&", " AND ", literal=True)
        .str.replace_all(r"[.'’`´]", "")
        .str.replace_all(r"[^\p{L}\p{M}\p{N}]+", " ")
        .str.strip_chars(" ")
    )
    # Two spaces between words, so that each pattern can match a space on both sides of its word.
    spaced = words.str.replace_all(" ", "  ", literal=True).str.replace("^", "  ") + "  "
    forms = {form.replace(" ", "  "): short for form, short in ONE_SPELLING.items()}
    unified = spaced.str.replace_many(
        [f" {form} " for form in forms], [f" {short} " for short in forms.values()], leftmost=True
    )
    return collapsed(
        unified.str.replace(r"^\s+THE\s+(\S)", "$1").str.replace(r"(\S)(?:\s+(?:LTD|PLC))+\s*$", "$1")
    )


def names_similarity(keys: pl.Series, others: pl.Series) -> pl.Series:
    """Similarity of two company name keys per row, 0 to 1 (Float64). 0 if one is null or their numbers
    differ.

    Numbers must agree because `POLTAIR VALE (27-30)` and `POLTAIR VALE (39-50)` are two companies, as are
    FUND II and FUND III, and PARTNERS A and PARTNERS B.
    Method: rapidfuzz, token sort ratio (Indel similarity of the words in alphabetical order).
    """
    pairs = pl.DataFrame({"key": keys, "other": others}).with_columns(
        _numbers(pl.col("key")).alias("key_numbers"), _numbers(pl.col("other")).alias("other_numbers")
    )
    # Comparing pair by pair takes as long as rapidfuzz's `cpdist`, which loads numpy (0.1 s of a check) and
    # gives 32 bits.
    texts = (pairs[side].fill_null("").to_list() for side in ("key", "other"))
    scores = pl.Series("score", [*map(fuzz.token_sort_ratio, *texts)], dtype=pl.Float32)
    comparable = (
        pl.col("key").is_not_null()
        & pl.col("other").is_not_null()
        & (pl.col("key_numbers") == pl.col("other_numbers"))
    )
    return pairs.with_columns(scores.cast(pl.Float64) / 100.0).select(
        pl.when(comparable).then(pl.col("score")).otherwise(0.0).alias("similarity")
    )["similarity"]


def _numbers(key: pl.Expr) -> pl.Expr:
    """The numbers in a name, sorted, as one text: digits, Roman numbers, and a single letter at the end."""
    roman = key.str.extract_all(_ROMAN_WORD).list.eval(
        pl.element().str.strip_chars_start(" ").replace(_ROMAN_TEXTS)
    )
    letter = key.str.extract(_LETTER_AT_END, 1).replace(_ROMAN_TEXTS)
    return (
        pl.concat_list(key.str.extract_all(r"[0-9]+"), roman, letter)
        .list.drop_nulls()
        .list.sort()
        .list.join(" ")
    )


# --- persons ----------------------------------------------------------------------------------------------

_TITLES = (
    "MR|MRS|MS|MISS|MX|DR|DOCTOR|PROF|PROFESSOR|SIR|DAME|LORD|LADY|BARON|BARONESS|REV|REVEREND|HON|THE "
    "HON|CAPT|CAPTAIN|MASTER"
)


def person_name_key(
    full_name: pl.Expr, forename: pl.Expr, middle_names: pl.Expr, surname: pl.Expr
) -> pl.Expr:
    """The words of a person's name in alphabetical order, as a key for comparison; null if there is no name.

    The parts take precedence over the full name, which includes a title. Capitals, no accents, no
    apostrophes, hyphens as spaces. Scripts other than Latin are kept."""
    parts = pl.concat_str(forename, middle_names, surname, separator=" ", ignore_nulls=True).replace("", None)
    whole = folded(full_name).str.replace(rf"^\s*(?:(?:{_TITLES})\.?\s+)+", "")
    words = (
        pl.coalesce(folded(parts), whole)
        .str.replace_all(r"[.'’`´]", "")
        .str.replace_all(r"[^\p{L}\p{M}\p{N}]+", " ")
        .str.strip_chars()
    )
    return words_in_order(words).replace("", None)


def words_in_order(text: pl.Expr) -> pl.Expr:
    """The words, separated by single blanks, in alphabetical order. Three times as fast as polars' lists."""
    return text.map_elements(lambda words: " ".join(sorted(words.split(" "))), return_dtype=pl.String)


# Fillers: words such as UNKNOWN, typed into a field that has no value (`vocabulary/fillers.csv`). One list
# serves names, numbers and addresses; records are never joined on a filler.
#
# Column `of` of the list names the fields that a word fills: address, line (only the lines of an address,
# because Street is also a town), number, company, person. Column `is_name` says when it is a real name:
# - `no`: never (Unknown).
# - `beside`: next to a word that is not a filler (First, Sample).
# - `two`: of a company, next to another such word and with a legal form (Corporate Nominees Limited).
# - `yes`: of a person, next to a different filler (Nil Same is a name, Same Same is not); of a company, alone
#   with a legal form (Blank Ltd).
LIST = "fillers.csv"


@cache
def _rows() -> tuple[Mapping[str, str], ...]:
    """The rows of the list, read without polars, because modules call this while they are imported and
    polars' threads would hang a process that is forked later.
    """
    text = (resources.files("transforms.values.vocabulary") / LIST).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def fillers(field: str, *is_name: str) -> tuple[str, ...]:
    """Fillers of a field, the longest first, in capitals without accents. `is_name` keeps only those with one
    of these values; without it all are returned.
    """
    chosen = {
        row["words"]
        for row in _rows()
        if field in row["of"].split(" ") and (not is_name or row["is_name"] in is_name)
    }
    return tuple(sorted(chosen, key=lambda words: (-len(words), words)))


def any_of(words: tuple[str, ...], between: str) -> str:
    """A regular expression that matches any of the words; `between` replaces the blanks within a word."""
    return "|".join(word.replace(" ", between) for word in words)
