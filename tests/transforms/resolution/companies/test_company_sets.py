"""Companies without a number among themselves: forms however written, and sets that stay whole when others
arrive.
"""

import polars as pl
import pytest

from tests.transforms.invented_rows import Record, entity, resolved, together
from transforms.resolution.companies.names import with_company_name

UNIT = "502 Zedgracht"


def at_unit(country: str, *stated: tuple[str, str | None]) -> list[Record]:
    return [
        entity(n, name, number, UNIT, country=country, postcode="1017 CB" if country == "nl" else "1000")
        for n, (name, number) in enumerate(stated)
    ]


# Country, names of two records at one unit, whether they are one.
FORMS: tuple[tuple[str, str, str, bool], ...] = (
    ("nl", "Zephyr Tulip B.V.", "Zephyr Tulip", True),
    ("nl", "Zephyr Tulip B.V.", "Zephyr Tulip N.V.", False),
    ("nl", "B.V. Zephyr Tulip", "Zephyr Tulip B.V.", True),
    ("nl", "Stichting Zephyr Tulip", "Zephyr Tulip Stichting", True),
    ("nl", "Stichting Zephyr Tulip", "Zephyr Tulip B.V.", False),
    ("be", "Zephyr Tulip SA", "Zephyr Tulip NV", True),
    ("be", "Zephyr Tulip SRL", "Zephyr Tulip BV", True),
    ("be", "Zephyr Tulip BVBA", "Zephyr Tulip BV", True),
    ("be", "SPRL Zephyr Tulip", "Zephyr Tulip S.P.R.L.", True),
    ("be", "SPRL Zephyr Tulip", "Zephyr Tulip BV", True),
    ("be", "Zephyr Tulip SA", "Zephyr Tulip SRL", False),
    ("de", "Zephyr Tulip GmbH", "Zephyr Tulip GmbH & Co. KG", False),
    ("de", "SA Zephyr Tulip", "Zephyr Tulip", False),
)
FLOWERS = (
    "Tulip",
    "Crocus",
    "Dahlia",
    "Fuchsia",
    "Gentian",
    "Hyacinth",
    "Iris",
    "Jasmine",
    "Lupin",
    "Magnolia",
    "Narcissus",
    "Orchid",
    "Peony",
)


@pytest.fixture(scope="module")
def of_forms() -> list[list[str]]:
    """Records that are one.

    All of FORMS at once: each pair has a flower in its names, and a unit, of its own.
    """
    rows = [
        entity(
            2 * n + which,
            name.replace("Tulip", flower),
            None,
            f"{n + 1} Zedgracht",
            country=country,
            postcode="1017 CB" if country == "nl" else "1000",
        )
        for n, (flower, (country, *names, _)) in enumerate(zip(FLOWERS, FORMS, strict=True))
        for which, name in enumerate(names)
    ]
    return together(resolved(rows))


@pytest.mark.parametrize("n", range(len(FORMS)), ids=["-".join(map(str, one)) for one in FORMS])
def test_one_form_in_two_languages_or_in_front_or_not_stated_is_one(
    n: int, of_forms: list[list[str]]
) -> None:
    pair = [f"e{2 * n}", f"e{2 * n + 1}"]
    assert [records for records in of_forms if set(records) & set(pair)] == ([pair] if FORMS[n][-1] else [])


def test_of_two_forms_at_one_unit_what_states_none_is_of_neither() -> None:
    rows = at_unit(
        "nl",
        ("Zephyr Tulip B.V.", None),
        ("Zephyr Tulip N.V.", None),
        ("Zephyr Tulip", None),
        ("ZEPHYR TULIP", None),
        ("Zephyr Tulip BV", None),
    )
    assert together(resolved(rows)) == [["e0", "e4"], ["e2", "e3"]]


@pytest.mark.nightly
def test_records_without_a_number_stay_one_when_two_numbers_arrive() -> None:
    two = [("Zephyr Tulip", None), ("Zephyr Tulip", None)]
    assert together(resolved(at_unit("nl", *two))) == [["e0", "e1"]]
    assert together(resolved(at_unit("nl", *two, ("Zephyr Tulip", "34012345")))) == [["e0", "e1", "e2"]]
    assert together(
        resolved(at_unit("nl", *two, ("Zephyr Tulip", "34012345"), ("Zephyr Tulip", "34012999")))
    ) == [["e0", "e1"]]
    # Also where the numbers stand at two units: the first of the two has an address at each.
    rows = [
        *at_unit("nl", *two, ("Zephyr Tulip", "34012345")),
        entity(3, "Zephyr Tulip", "34012999", "7 Zedkade", country="nl", postcode="1017 CD"),
    ]
    rows.append(({}, {**rows[0][1], "lines": "7 Zedkade", "postcode_text": "1017 CD"}))
    assert together(resolved(rows)) == [["e0", "e1"]]


@pytest.mark.nightly
def test_a_name_with_its_form_in_front_finds_the_record_that_is_known_by_a_number() -> None:
    known = {"identifier": "0403170701", "identifier_scheme": "BE-BCE_KBO"}
    for of_known, of_other in (
        ("SPRL Zephyr Tulip", "Zephyr Tulip BV"),
        ("Zephyr Tulip BV", "SPRL Zephyr Tulip"),
    ):
        place = ("7 Zedstraat", "1000")
        rows = [
            entity(0, of_known, "0403170701", place[0], country="be", postcode=place[1], **known),
            entity(1, of_other, None, place[0], country="be", postcode=place[1]),
        ]
        assert together(resolved(rows)) == [["e0", "e1"]]


def test_a_form_in_front_is_told_only_where_it_may_stand_there() -> None:
    given = [
        ("Stichting Zed", "nl", "ZED", "STICHTING"),
        ("B.V. Zed", "nl", "ZED", "BV"),
        ("SA Zed SA", "be", "SA ZED", "NV"),
        ("SA", "be", "SA", None),
        ("BV Zed", "gb", "BV ZED", None),
    ]
    names = with_company_name(
        pl.DataFrame(given, schema=["name", "country", "core_expected", "form_expected"], orient="row"),
        in_front=True,
    )
    assert names.select("core", "form").rows() == names.select("core_expected", "form_expected").rows()


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("name", "country", "is_name"),
    [
        *(
            (name, "gb", True)
            for name in (
                "Corporate Nominees Limited",
                "Corporate Directors Limited",
                "The Nominees and Trustees Company Limited",
                "The Legal Information Company Ltd",
                "Missing Ltd",
                "Blank PLC",
                "Sans Ltd",
                "Nil Same Ltd",
            )
        ),
        ("Idem B.V.", "nl", True),
        ("Blank GmbH", "de", True),
        *(
            (name, "gb", False)
            for name in (
                "Corporate Nominees",
                "Missing",
                "Blank",
                "Unknown Ltd",
                "N/A Limited",
                "Test Company Ltd",
                "Onbekend B.V.",
                "Corporate Body Ltd",
                "Legal Entity Ltd",
                "Nominee Company Limited",
                "Corporate Limited",
            )
        ),
        *(
            (name, "gb", False)
            for name in (
                "Trustees Trustees Ltd",
                "Missing Information Ltd",
                "Missing Company Ltd",
                "Not Given Ltd",
                "Sample Ltd",
                "No Name Ltd",
            )
        ),
        ("Onbekend B.V.", "nl", False),
        ("Unbekannt GmbH", "de", False),
    ],
)
def test_words_that_fill_a_field_are_a_name_with_a_form_where_they_are_names_too(
    name: str, country: str, is_name: bool
) -> None:
    names = with_company_name(pl.DataFrame({"name": [name], "country": [country]}), in_front=True)
    assert (names["core"].item() is not None) is is_name and names["is_distinct"].item() is False
    assert together(
        resolved(
            [entity(n, name, None, "12 Mill Lane", country=country, postcode="ZT1 2AB") for n in range(2)]
        )
    ) == ([["e0", "e1"]] if is_name else [])
