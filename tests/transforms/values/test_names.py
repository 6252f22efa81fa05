"""Name keys and agreement."""

import polars as pl
import pytest

from transforms.values.names import (
    NAME_AGREEMENT_MIN,
    company_name_key,
    folded,
    for_some,
    names_similarity,
    person_name_key,
)


def company_key(name: str | None) -> str | None:
    key: str | None = pl.select(company_name_key(pl.lit(name, dtype=pl.String))).item()
    return key


@pytest.mark.parametrize(
    ("expected", "names"),
    [
        (
            "ACME TRADING CO",
            [
                "The Acme Trading Co. Ltd",
                "ACME TRADING COMPANY LIMITED",
                "Acme Trading Company",
                "acme-trading  co (ltd.)",
                "ACME TRADING CO CYF",
            ],
        ),
        ("ECLAIR AND SOHNE", ["Éclair & Söhne p.l.c.", "ECLAIR AND SOHNE PUBLIC LIMITED COMPANY"]),
        ("MARLOW LLP", ["Marlow L.L.P.", "MARLOW LIMITED LIABILITY PARTNERSHIP"]),
        ("KETTLE CIC", ["Kettle Community Interest Company", "KETTLE C.I.C."]),
        ("LTD", ["LIMITED"]),  # a name is never keyed away to nothing
        ("ООО РОМАШКА", ["ООО Ромашка"]),
        (None, [None, "", " . "]),
    ],
)
def test_company_keys(expected: str | None, names: list[str | None]) -> None:
    assert [company_key(name) for name in names] == [expected] * len(names)


def test_a_key_is_its_own_key() -> None:
    names = pl.DataFrame(
        {"name": ["The Acme Trading Co. Ltd", "Marlow L.L.P.", "Ltd Ltd Limited", "Éclair & Söhne plc"]}
    )
    once = names.select(company_name_key(pl.col("name")))
    assert once.select(company_name_key(pl.col("name"))).equals(once)


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("HOMEMOCK LTD", "HOMEMOCK LIMITED", True),
        ("PENINSULA  DEVELOPEMENTS LIMITED", "PENINSULA DEVELOPMENTS LTD", True),
        (
            "MOCK VALE (27-30) MANAGEMENT COMPANY LIMITED",
            "MOCK VALE (39-50) MANAGEMENT COMPANY LIMITED",
            False,
        ),
        ("SOLAR MOCK 9 LIMITED", "SOLAR MOCK LIMITED", False),
        ("ZED FUND II LIMITED", "ZED FUND III LIMITED", False),
        ("ZED FUND II LP", "ZED FUND LP", False),
        ("ZED FUND II LP", "ZED FUND II L.P.", True),
        ("SMITH MOCK CAPITAL PARTNERS I", "SMITH MOCK CAPITAL PARTNERS V", False),
        ("SMITH MOCK CAPITAL PARTNERS I", "SMITH MOCK CAPITAL PARTNERS 1 LTD", True),
        ("SMITH MOCK CAPITAL PARTNERS V L.P.", "SMITH MOCK CAPITAL PARTNERS V L P", True),
        ("ZEDTON PROPERTIES A LLP", "ZEDTON PROPERTIES B LLP", False),
        ("ZEDTON TULIPS S A", "ZEDTON TULIPS S.A.", True),
        ("ZEDTON TULIPS B V", "ZEDTON TULIPS BV", True),
        ("MOCK VALE COURT 15 A LIMITED", "MOCK VALE COURT 15A LIMITED", True),
        ("JOHN A MOCK & SONS LIMITED", "JOHN MOCK & SONS LIMITED", True),
        ("ALPHA HOLDINGS LTD", "OMEGA HOLDINGS LTD", False),
        ("LIVE MOCK HOMES LIMITED", "BRIDGE ENGINEERING LIMITED", False),
        (None, None, False),
        ("ALPHA LTD", None, False),
    ],
)
def test_agreement(one: str | None, other: str | None, agree: bool) -> None:
    left, right = pl.Series([one], dtype=pl.String), pl.Series([other], dtype=pl.String)
    keys = pl.DataFrame({"left": left, "right": right}).select(company_name_key(pl.col("left", "right")))
    for pair in (keys, keys.select("right", "left")):
        (similarity,) = names_similarity(*pair.get_columns())
        assert (similarity >= NAME_AGREEMENT_MIN) is agree


def test_similarity_is_between_0_and_1_and_1_only_for_the_same_words() -> None:
    keys = pl.Series(["ACME TRADING", "ACME TRADING", "ACME TRADING"])
    scores = names_similarity(
        keys, pl.Series(["TRADING ACME", "ACME TRADERS", None], dtype=pl.String)
    ).to_list()
    assert scores[0] == 1.0
    assert 0.5 < scores[1] < 1.0
    assert scores[2] == 0.0


def person_key(
    full: str | None, forename: str | None = None, middle: str | None = None, surname: str | None = None
) -> str | None:
    given = {"full": full, "forename": forename, "middle": middle, "surname": surname}
    frame = pl.DataFrame([given], schema=dict.fromkeys(given, pl.String))
    key: str | None = frame.select(person_name_key(*(pl.col(name) for name in given))).item()
    return key


def test_person_keys() -> None:
    expected = "OMOCK SEAN TESTER"
    assert person_key("Mr Seán O'Mock-Tester", "Seán", None, "O'Mock-Tester") == expected
    assert person_key("Mr. Seán O’Mock Tester") == expected
    assert person_key(None, "SEAN", "", "OMOCK TESTER") == expected
    assert person_key("Dr Sean Omock Tester") == expected


def test_other_scripts_are_kept_and_stable() -> None:
    assert person_key("Ирина Тестова") == "ИРИНА ТЕСТОВА"
    assert person_key("परीक्षण कुमार") == " ".join(sorted(["परीक्षण", "कुमार"]))
    assert person_key(None) is None
    assert person_key("  ") is None


def test_folding() -> None:
    texts = pl.DataFrame({"text": ["Łódź Straße", "Ｆｕｌｌ", "Ærø", None]})
    assert texts.select(folded(pl.col("text")))["text"].to_list() == ["LODZ STRASSE", "FULL", "AERO", None]


@pytest.mark.parametrize("texts", [[], ["a"], ["a", None, "b1", "c", "d2", None], ["1", "2"], [None]])
def test_work_for_some_is_that_for_all_where_it_is_wanted(texts: list[str | None]) -> None:
    done = pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(
        for_some(
            lambda text: text.str.replace_all("[0-9]", "#"),
            pl.col("text"),
            where=lambda text: text.str.contains("[0-9]"),
        )
    )
    assert done["text"].to_list() == [
        None if text is None else "".join("#" if letter.isdigit() else letter for letter in text)
        for text in texts
    ]
