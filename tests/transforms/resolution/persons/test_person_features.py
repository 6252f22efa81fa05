"""What is compared of a person: names in parts, and nothing where a record says nothing."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.resolution.persons.features import (
    ALSO_NAME,
    FEATURES,
    NO_NAME,
    RARELY_NAME,
    is_no_name,
    is_whole_name,
    middle_is_word,
    person_features,
)

COLUMNS = {
    "full_name": pl.String,
    "forename": pl.String,
    "middle_names": pl.String,
    "surname": pl.String,
    "birth_year": pl.Int64,
    "birth_month": pl.Int64,
}


def features(
    full_name: str | None = None,
    forename: str | None = None,
    middle: str | None = None,
    surname: str | None = None,
    born: tuple[int | None, int | None] = (1970, 5),
) -> dict[str, object]:
    rows = pl.DataFrame([(full_name, forename, middle, surname, *born)], schema=COLUMNS, orient="row")
    rows_of_features = person_features(rows)
    assert dict(rows_of_features.schema) == FEATURES
    return rows_of_features.row(0, named=True)


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        (("Ms Ann Bea Quill", "Ann", "Bea", "Quill"), ("ANN", "BEA", "QUILL")),
        (("x", "Jean-Luc", None, "O'Neil"), ("JEAN", "LUC", "ONEIL")),
        (("Dr Ann Bea van Quill", None, None, None), ("ANN", "BEA", "VANQUILL")),
        (("Jan van der Quill", None, None, None), ("JAN", None, "VANDERQUILL")),
        (("Ahmed bin Zed al Quill", None, None, None), ("AHMED", "BIN ZED", "ALQUILL")),
        (("Al Quill", None, None, None), ("AL", None, "QUILL")),
        (("Ann E Quill", None, None, None), ("ANN", "E", "QUILL")),
        (("John Quill Jr", None, None, None), ("JOHN", None, "QUILL")),
        (("x", "John", None, "Quill OBE"), ("JOHN", None, "QUILL")),
        (("Ann Master", None, None, None), ("ANN", None, "MASTER")),
        (("Quill, Jean-Luc", None, None, None), ("JEAN", "LUC", "QUILL")),
        (("van der Quill, Dr Jan", None, None, None), ("JAN", None, "VANDERQUILL")),
        (("ВОРОЖИН, Дмитрий Зедович", None, None, None), ("DMITRIY", "ZEDOVICH", "VOROZHIN")),
        (("Ann Bea Quill, Jr.", None, None, None), ("ANN", "BEA", "QUILL")),
        (("Quill,", None, None, None), (None, None, None)),
        (("王秀英", None, None, None), ("XIUYING", None, "WANG")),
        (("王杰", None, None, None), ("JIE", None, "WANG")),
        (("김철수", None, None, None), ("CHEOLSU", None, "GIM")),
        (("王", None, None, None), (None, None, None)),
        (("Quill", None, None, None), (None, None, None)),
        ((None, "Søren", None, "van den Zedberg"), ("SOREN", None, "VANDENZEDBERG")),
        ((None, "Дмитрий", None, "Ворожин"), ("DMITRIY", None, "VOROZHIN")),
        ((None, "Christopher", None, "Na"), ("CHRISTOPHER", None, "NA")),
        (("Ms Ann Unknown", "Ann", None, "Unknown"), (None, None, None)),
        (("N/A N/A", "N/A", None, "N/A"), (None, None, None)),
        (("Mr A N Other", "A N", None, "Other"), (None, None, None)),
        (("The Beneficial Owner", "Beneficial", None, "Owner"), (None, None, None)),
        (("To Follow", None, None, None), (None, None, None)),
        (("Ann Other", "Ann", None, "Other"), ("ANN", None, "OTHER")),
    ],
)
def test_a_name_in_its_parts(given_name: tuple[str | None, ...], expected: tuple[str | None, ...]) -> None:
    feature = features(*given_name)
    assert (feature["forename"], feature["middle"], feature["surname"]) == expected


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ((1970, 5), (1970, 5)),
        ((1970, None), (1970, None)),
        ((None, 5), (None, None)),
        ((1970, 13), (1970, None)),
        ((0, 0), (None, None)),
        ((1, 1), (None, None)),
        ((1900, 1), (None, None)),
        ((1900, 2), (1900, 2)),
        ((9999, 12), (None, None)),
    ],
)
def test_a_birth_that_says_something(
    born: tuple[int | None, int | None], expected: tuple[int | None, int | None]
) -> None:
    feature = features(None, "Ann", None, "Quill", born)
    assert (feature["birth_year"], feature["birth_month"]) == expected


FILLER = st.sampled_from([*NO_NAME, "0", "00", "-", ".", "x", "XXX", "n/a", "?"])
CASED = st.sampled_from([str.upper, str.lower, str.title])
BLANKS = st.sampled_from(["", " ", "  ", "-", ". "])


@pytest.mark.nightly
@given(
    st.lists(st.tuples(FILLER, CASED, BLANKS), min_size=1, max_size=3),
    st.sampled_from(["Ann", "Dmitriy", "Zed"]),
)
def test_fillers_are_nobody_however_they_are_written(
    words: list[tuple[str, object, str]], other: str
) -> None:
    text = "".join(blank + cased(word) + " " for word, cased, blank in words)  # type: ignore[operator]
    assert features(text, text, None, text)["surname"] is None
    assert features(text, other, None, text)["surname"] is None
    assert features(text, text, None, other)["surname"] is None
    assert features(text)["surname"] is None


@given(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=12),
    st.text(alphabet=st.characters(codec="utf-8"), max_size=12),
)
def test_a_name_has_both_parts_or_none(forename: str, surname: str) -> None:
    feature = features(None, forename, None, surname)
    assert (feature["forename"] is None) == (feature["surname"] is None) == (feature["words"] is None)
    if feature["surname"] is not None:
        assert str(feature["surname"]).isalnum() and str(feature["surname"]).isascii()


def test_a_middle_word_is_no_initial_particle_or_form_of_address() -> None:
    names = pl.DataFrame(
        {
            "middle": [
                "BEA",
                "J BEATRICE",
                "ZRTK",
                "J",
                "J P",
                "JP",
                "JRP",
                "VAN DER",
                "DELLA",
                "HAJI",
                "III",
                "BO",
                None,
            ]
        }
    )
    assert names.select(middle_is_word())["middle"].to_list() == [True] * 3 + [False] * 10


def test_a_whole_name_is_more_than_initials() -> None:
    names = pl.DataFrame(
        [
            ("ANN", None, "QUILL"),
            ("AL", None, "NA"),
            ("J", "EDGAR", "QUILL"),
            ("A", None, "QUILL"),
            ("J", "P", "QUILL"),
            ("ANN", "BEA", "Q"),
            (None, None, None),
        ],
        schema=["forename", "middle", "surname"],
        orient="row",
    )
    assert names.select(is_whole_name().alias("found"))["found"].to_list() == [True] * 3 + [False] * 4


def test_words_that_are_names_too_are_no_name_only_together() -> None:
    names = pl.DataFrame({"name": ["Na No", "Min Na", "Name", "Ann", None, " ", "N.A.", "Unknown person"]})
    assert names.select(is_no_name(pl.col("name")))["name"].to_list() == [
        True,
        False,
        True,
        False,
        True,
        True,
        True,
        True,
    ]
    assert set(RARELY_NAME).isdisjoint(NO_NAME)


@pytest.mark.parametrize(
    ("forename", "surname", "is_named"),
    [
        *(
            (forename, surname, True)
            for forename, surname in (
                ("Idem", "Quill"),
                ("Nihil", "Quill"),
                ("Ann", "Missing"),
                ("Max", "Geheim"),
                ("Given", "Quill"),
                ("Nil", "Same"),
                ("Same", "Blank"),
            )
        ),
        *((one, one, False) for one in ALSO_NAME),
        *(
            (forename, surname, False)
            for forename, surname in (
                ("Na", "No"),
                ("No", "Name"),
                ("Not", "Given"),
                ("Given", "Name"),
                ("Sans", "Nom"),
                ("Missing", "Details"),
                ("First", "Last"),
                ("Unknown", "Blank"),
            )
        ),
        ("Same", None, False),
        (None, "Blank", False),
    ],
)
def test_two_different_words_that_are_names_too_are_a_name(
    forename: str | None, surname: str | None, is_named: bool
) -> None:
    given = {
        "full_name": None,
        "forename": forename,
        "middle_names": None,
        "surname": surname,
        "birth_year": 1970,
        "birth_month": 5,
    }
    types = {name: pl.Int64 if name.startswith("birth") else pl.String for name in given}
    row = person_features(pl.DataFrame([given], schema=types)).row(0, named=True)
    assert (row["forename"] is not None and row["surname"] is not None) is is_named
