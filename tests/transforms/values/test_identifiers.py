"""The rules for official numbers, as cases."""

import polars as pl
import pytest

from transforms.errors import DeclarationError
from transforms.model.statements import LEGAL_FORM_CLASSES
from transforms.values.identifiers import (
    PREFIXES,
    can_identify,
    gb_coh_prefix,
    gb_coh_territory,
    is_dummy_number,
    is_placeholder,
    is_scheme_filler,
    lei,
    normalise_gb_coh,
    org_id,
    registry_gb_coh,
    tidy_number,
    vat_country,
    vat_number,
)
from transforms.values.vocabulary import lookup, vocabulary


def gb_coh(number: str | None, legal_form_class: str | None = None) -> str | None:
    """`normalise_gb_coh` of one number; without a class, of a company."""
    of_class = None if legal_form_class is None else pl.lit(legal_form_class)
    normalised: str | None = pl.select(normalise_gb_coh(pl.lit(number, dtype=pl.String), of_class)).item()
    return normalised


# Prefixes of the registrar of companies.
DESIGN_PREFIXES = [
    "none",
    "SC",
    "NI",
    "R0",
    "OC",
    "SO",
    "NC",
    "LP",
    "SL",
    "NL",
    "SG",
    "FC",
    "SF",
    "NF",
    "BR",
    "OE",
    "CE",
    "CS",
    "IP",
    "SP",
    "NP",
    "RS",
    "RC",
    "SR",
    "NR",
    "AC",
    "SA",
    "NA",
    "ZC",
    "SZ",
    "NZ",
    "GE",
    "GS",
    "GN",
    "SE",
    "ES",
    "EN",
    "IC",
    "SI",
    "PC",
]


@pytest.mark.parametrize(
    ("number", "legal_form_class", "expected"),
    [
        ("5405246", "company", "05405246"),
        ("05405246", "company", "05405246"),
        ("49825", "plc", "00049825"),
        (" 0540 5246 ", "company", "05405246"),
        ("5405246.0", "company", "05405246"),  # a spreadsheet's number
        ("SC12345", "company", "SC012345"),
        ("sc 12.345", "company", "SC012345"),
        ("OC300001", "llp", "OC300001"),
        ("NI 12345", None, "NI012345"),
        ("R123", "company", "R0000123"),
        ("SL00123A", "limited_partnership", "SL00123A"),
        # Societies are never padded as a company.
        ("7724", "society", None),
        ("00007724", "society", None),
        ("30521R", "society", None),
        ("30521R", "company", None),
        ("IP21143R", "society", "IP21143R"),
        ("IP 2143R", "society", "IP2143R"),
        ("RS007CUS", "society", "RS007CUS"),
        ("07860678", "society", "07860678"),
        # A class that is not known does not vouch for padding.
        ("7724", "unknown", None),
        ("7724", "other", None),
        # Never usable.
        ("", "company", None),
        ("0", "company", None),
        ("00000000", "company", None),
        ("SC000000", "company", None),
        ("N/A", "company", None),
        ("None", "company", None),
        ("UNKNOWN", "company", None),
        ("12345678", "company", None),
        ("11111111", "company", None),
        ("123456789", "company", None),
        # The listed test numbers are nobody's, as typed; what is written as a date is one.
        *(
            (number, "company", None)
            for number in ("123456", "5555555", "19.05.2010", "2010-05-19", "GEEN", "NA 100", "SC100")
        ),
        # A run of digits, a low number and a year are given, and count where their register has them:
        # `is_dummy_number`.
        ("00123456", "company", "00123456"),
        ("05555555", "company", "05555555"),
        ("1234567", "company", "01234567"),
        ("2345678", "company", "02345678"),
        ("02345678", None, "02345678"),
        ("98765432", "society", "98765432"),
        ("SC345678", "company", "SC345678"),
        ("OC111111", "llp", "OC111111"),
        ("9999", "company", "00009999"),
        ("2020", "company", "00002020"),
        ("1", "company", "00000001"),
        ("00123460", "company", "00123460"),
        ("SC123465", "company", "SC123465"),
        ("10000000", "company", "10000000"),
        ("127", "company", "00000127"),
        ("OE000007", "company", "OE000007"),  # written in full
        ("OE000100", "company", "OE000100"),
        ("SC1234567", "company", None),
        ("R1234567", "company", None),
        # Foreign registers.
        ("HRB 12345", "company", None),
        ("B165432", "company", None),
    ],
)
def test_number_rules(number: str, legal_form_class: str | None, expected: str | None) -> None:
    assert gb_coh(number, legal_form_class) == expected


def test_null_number_and_null_class() -> None:
    assert gb_coh(None) is None
    frame = pl.DataFrame(
        {"number": ["7724", "SC12345", None], "class": [None, None, "company"]},
        schema_overrides={"class": pl.String},
    )
    assert frame.select(normalise_gb_coh(pl.col("number"), pl.col("class")))["number"].to_list() == [
        None,
        "SC012345",
        None,
    ]


def test_a_register_never_refuses_its_own_number() -> None:
    own = pl.DataFrame(
        {"number": ["12345678", "5405246", "sc12345", "IP21143R", "QQ900008", "11111111", "IP123R"]}
    )
    assert own.select(registry_gb_coh(pl.col("number")))["number"].to_list() == [
        "12345678",
        "05405246",
        "SC012345",
        "IP21143R",
        "QQ900008",
        "11111111",
        "IP123R",
    ]


def test_normalising_twice_changes_nothing() -> None:
    numbers = pl.DataFrame({"number": ["5405246", "SC12345", "IP21143R", "R123", "SL00123A"]})
    once = numbers.select(normalise_gb_coh(pl.col("number")))
    assert once.select(normalise_gb_coh(pl.col("number"))).equals(once)


def test_prefixes() -> None:
    numbers = pl.DataFrame(
        {"number": ["05405246", "SC012345", "R0000123", "OE000281", "QQ123456", "HRB12345", "nonsense", None]}
    )
    seen = numbers.select(
        gb_coh_prefix(pl.col("number")).alias("prefix"),
        gb_coh_territory(pl.col("number")).alias("territory"),
    )
    assert seen["prefix"].to_list() == ["none", "SC", "R0", "OE", "QQ", "HR", None, None]
    assert seen["territory"].to_list() == [
        "england_wales",
        "scotland",
        "northern_ireland",
        "overseas",
        None,
        None,
        None,
        None,
    ]


def test_every_prefix_of_the_design_is_listed_with_a_class_of_the_model() -> None:
    assert set(DESIGN_PREFIXES) <= set(PREFIXES)
    assert set(PREFIXES.values()) <= set(LEGAL_FORM_CLASSES)


def test_placeholders_and_org_id() -> None:
    numbers = pl.DataFrame({"number": ["n/a", " - ", None, "0000", "12345678", "05405246"]})
    assert numbers.select(is_placeholder(pl.col("number")))["number"].to_list() == [
        True,
        True,
        True,
        True,
        True,
        False,
    ]
    assert (
        numbers.select(org_id("GB-COH", pl.col("number")).alias("id"))["id"].to_list()[-1]
        == "GB-COH-05405246"
    )
    assert numbers.select(org_id("GB-COH", pl.col("number")).alias("id"))["id"].to_list()[2] is None


@pytest.mark.parametrize(
    "number",
    [
        "0001",
        "00000001",
        "000100",
        "100",
        "NA 100",
        "2020",
        "1990",
        "00123456",
        "123456",
        "1234",
        "98765",
        "HRB 12345",
        "1111",
        "ONBEKEND",
        "GEENNUMMER",
        "SEEABOVE",
        "N/A 0000",
        "HRB",
        "1000",
    ],
)
def test_what_says_no_number(number: str) -> None:
    assert pl.select(can_identify(tidy_number(pl.lit(number)), 4)).item() is False


@pytest.mark.parametrize(
    "number",
    [
        *(
            run.zfill(8)
            for run in ("123", "9999", "12345", "54321", "111111", "987654", "2345678", "7654321")
        ),
        "1",
        "00000006",
        "100",
        "1000",
        "2020",
        "00001995",
        "SC345678",
        "NI222222",
        "OE654321",
        "98765432",
    ],
)
def test_a_number_that_anybody_writes_is_a_placeholder_until_a_register_has_it(number: str) -> None:
    assert pl.select(is_dummy_number(pl.lit(number)) & is_placeholder(pl.lit(number))).item() is True
    assert gb_coh(number) is not None


@pytest.mark.parametrize(
    "number", ["09000077", "00123460", "SC123465", "SC012345", "OE000007", "08111111", "127", "00002120"]
)
def test_a_number_that_few_would_type(number: str) -> None:
    assert pl.select(is_dummy_number(pl.lit(number)) | is_placeholder(pl.lit(number))).item() is False


@pytest.mark.parametrize(
    ("number", "is_of_letters", "is_none"),
    [
        *(
            (number, False, False)
            for number in (
                "2001",
                "1995",
                "55",
                "10",
                "100",
                "345678",
                "B123456",
                "B100",
                "HE123456",
                "012345V",
                "0123456-7",
                "2345678",
                "234567",
                "HRB 12345",
                "0403.170.701",
            )
        ),
        *(
            (number, False, True)
            for number in (
                None,
                "",
                "0",
                "0000",
                "B0",
                "1",
                "07",
                "N/A",
                "NA 100",
                "N/A 0000",
                "See above",
                "ONBEKEND",
                "XXX",
                "HRB",
                "RYJ",
                "2010-05-19",
                "19/05/2010",
            )
        ),
        *(
            (number, False, True)
            for number in (
                "123456",
                "1234567",
                "12345678",
                "123456789",
                "1234567890",
                "987654321",
                "1111111",
                "11111111",
                "99999999",
                "999999999",
            )
        ),
        ("RYJ", True, False),
        ("1", True, False),
        ("NA", True, True),
        ("N/A", True, True),
        ("0", True, True),
    ],
)
def test_under_a_scheme_only_what_is_no_number_anywhere_is_none(
    number: str | None, is_of_letters: bool, is_none: bool
) -> None:
    assert (
        pl.select(is_scheme_filler(pl.lit(number, dtype=pl.String), pl.lit(is_of_letters))).item() is is_none
    )


@pytest.mark.parametrize(
    "number",
    [
        "34012345",
        "0403.170.701",
        "B 48.291",
        "HRB 128456",
        "48291",
        "00048291",
        "3401",
        "12354",
        "NL00123460",
    ],
)
def test_what_says_a_number(number: str) -> None:
    assert pl.select(can_identify(tidy_number(pl.lit(number)), 4)).item() is True


@pytest.mark.parametrize(
    "number",
    [
        "See above",
        "Geen nummer",
        "niet bekend",
        "Non connu",
        "K.A.",
        "n.v.t.",
        "To be confirmed",
        "NA 0000",
        "19/05/2010",
        "2010-05-19 00:00:00",
    ],
)
def test_fillers_and_dates_are_placeholders(number: str) -> None:
    assert pl.select(is_placeholder(pl.lit(number))).item() is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ZZ00ZZ00ZZ00ZZ00ZZ17", "ZZ00ZZ00ZZ00ZZ00ZZ17"),
        ("zz00 zz00 zz00 zz00 zz17", "ZZ00ZZ00ZZ00ZZ00ZZ17"),
        ("ZZ00ZZ00ZZ00ZZ00ZZ18", None),
        ("ZZ00ZZ00ZZ00ZZ00Z1Z7", None),
        ("0" * 20, None),
        ("9" * 20, None),
        ("ZZ00ZZ00ZZ00ZZ00Z17", None),
        ("", None),
        (None, None),
    ],
)
def test_a_lei_passes_its_check(text: str | None, expected: str | None) -> None:
    assert pl.select(lei(pl.lit(text, dtype=pl.String))).item() == expected


def test_a_vocabulary_that_does_not_exist_is_named() -> None:
    with pytest.raises(DeclarationError, match="no_such_list"):
        vocabulary("no_such_list")


@pytest.mark.parametrize(
    "name",
    [
        "countries",
        "gb_company_prefixes",
        "gb_company_categories",
        "gb_company_statuses",
        "gb_accounts_categories",
        "gb_hmlr_proprietorship_categories",
        "address_words",
        "address_vocabulary",
        "address_islands",
        "gb_number_placeholders",
        "fillers",
    ],
)
def test_every_row_of_a_list_says_where_it_comes_from(name: str) -> None:
    frame = vocabulary(name)
    assert frame.height > 0
    assert frame["checked_on"].str.to_date("%Y-%m-%d").null_count() == 0


def test_codes_of_the_lists_are_values_of_the_model() -> None:
    from transforms.model.statements import ENTITY_TYPES, STATUSES

    assert set(lookup("gb_company_statuses", "status", "status_class").values()) <= set(STATUSES)
    assert set(lookup("gb_company_categories", "category", "legal_form_class").values()) <= {
        *LEGAL_FORM_CLASSES,
        "by_prefix",
    }
    for name in ("gb_company_categories", "gb_hmlr_proprietorship_categories"):
        assert set(lookup(name, "category", "entity_type").values()) <= set(ENTITY_TYPES)
    assert set(lookup("gb_hmlr_proprietorship_categories", "category", "legal_form_class").values()) <= set(
        LEGAL_FORM_CLASSES
    )


@pytest.mark.parametrize(
    ("number", "country", "vat", "issuer"),
    [
        ("GB 980 7806 84", "gb", "GB980780684", "gb"),
        ("980780684", "gb", "GB980780684", "gb"),
        ("XI980780684", None, "GB980780684", "gb"),
        ("EL094014201", None, "EL094014201", "gr"),
        ("094014201", "gr", "EL094014201", "gr"),
        ("GR094014201", "gr", "EL094014201", "gr"),
        ("NL8046.49.126.B01", "nl", "NL804649126B01", "nl"),
        ("B58378431", "es", "ESB58378431", "es"),
        ("CHE-116.281.710 MWST", "ch", "CHE116281710MWST", "ch"),
        ("DE136695976", "gb", "DE136695976", "de"),  # registered for the tax elsewhere
        ("980780684", None, None, None),
        ("GB123456789", "gb", None, None),
        ("DE000000000", "de", None, None),
        ("DE999999999", "de", None, None),
        ("N/A", "de", None, None),
        ("DE12", "de", None, None),
        ("", "de", None, None),
        (None, "de", None, None),
        ("DE", None, None, None),
    ],
)
def test_vat_numbers(number: str | None, country: str | None, vat: str | None, issuer: str | None) -> None:
    given = pl.DataFrame(
        {"number": [number], "country": [country]}, schema={"number": pl.String, "country": pl.String}
    )
    computed = given.select(vat_number(pl.col("number"), pl.col("country")).alias("vat")).with_columns(
        vat_country(pl.col("vat")).alias("of")
    )
    assert computed.row(0) == (vat, issuer)
