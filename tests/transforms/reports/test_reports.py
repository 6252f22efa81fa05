"""Text safety of pages: the characters, the values, the blocks of a page, and the templates themselves."""

import re
from datetime import date
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markupsafe import Markup

from transforms import reports
from transforms.reports import (
    Block,
    blocks,
    environment,
    inline,
    is_hidden,
    number,
    parameters,
    percent,
    plain,
    public_page,
    shown,
    token,
    visible,
)

TEMPLATES = sorted(Path(reports.__file__).parent.glob("*.j2"))
CHIP = re.compile(r'<span class="chip">U\+([0-9A-F]{4,6})</span>')


def raw(markup: str) -> str:
    """The text that a page was made from."""
    return unescape(CHIP.sub(lambda match: chr(int(match[1], 16)), markup))


# --- characters -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "point",
    [
        0x00,
        0x07,
        0x09,
        0x0A,
        0x0D,
        0x1B,
        0x7F,
        0x85,
        0xA0,
        0xAD,
        0x034F,
        0x061C,
        0x115F,
        0x1680,
        0x180E,
        0x2003,
        0x200B,
        0x200D,
        0x200E,
        0x2028,
        0x202A,
        0x202E,
        0x2060,
        0x2066,
        0x2069,
        0x2800,
        0x3000,
        0x3164,
        0xD800,
        0xE000,
        0xFE0F,
        0xFEFF,
        0xFFA0,
        0xFFFE,
        0xE0041,
        0xE0100,
        0x10FFFF,
    ],
)
def test_what_cannot_be_seen_is_named(point: int) -> None:
    assert is_hidden(chr(point))
    assert visible(f"A{chr(point)}B") == f'A<span class="chip">U+{point:04X}</span>B'


@pytest.mark.parametrize(
    "text",
    [
        "O'Brien & Sons",
        "Café Société",
        "Łódź",
        "Ελλάδα",
        "עברית",
        "العربية",
        "日本株式会社",
        "😀",
        "Tiếng Việt",
        "a" * 300,
    ],
)
def test_ordinary_text_of_any_script_has_no_chip(text: str) -> None:
    assert "chip" not in visible(text)
    assert unescape(visible(text)) == text


def test_a_tower_of_marks_is_cut_down() -> None:
    written = visible("Z" + "\u0301" * 9 + "A")
    assert len(CHIP.findall(written)) == 9 - reports.COMBINING_MARKS_IN_A_ROW
    assert written.endswith("A")


@given(st.text(max_size=200))
def test_the_raw_text_can_be_read_back_and_no_markup_gets_in(text: str) -> None:
    written = visible(text)
    assert raw(written) == text
    rest = CHIP.sub("", written)
    assert not set("<>\"'") & set(rest)
    assert not any(is_hidden(character) for character in rest)


@given(st.text(max_size=200))
def test_plain_text_fits_an_attribute(text: str) -> None:
    written = shown(plain(text))
    assert not set("<>\"'") & set(written)


def test_a_long_text_is_cut_and_says_by_how_much() -> None:
    written = visible("x" * (reports.TEXT_SHOWN_CHARACTERS + 1234))
    assert written.count("x") == reports.TEXT_SHOWN_CHARACTERS
    assert "1\u202f234 more characters in the database" in written


# --- values -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (-1, "\u22121"),
        (1_234_567, "1\u202f234\u202f567"),
        (12.0, "12"),
        (12.50, "12.5"),
        (Decimal("75.000000000"), "75"),
        (0.00001, "1e\u221205"),
        (float("nan"), "not a number"),
        (float("inf"), "not a number"),
        (1_000, "1\u202f000"),
    ],
)
def test_numbers(value: float | Decimal, expected: str) -> None:
    assert number(value) == expected


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.0, "0"),
        (1.0, "100"),
        (487 / 4_316_165, "0.0113"),
        (0.5, "50"),
        (5 / 160, "3.13"),
        (0.000001, "under 0.001"),
    ],
)
def test_percent(share: float, expected: str) -> None:
    assert percent(share) == f"{expected}\u202f%"


def test_values() -> None:
    assert shown(date(2018, 2, 1)) == "2018-02-01"
    assert shown(True) == "yes"
    assert "not stated" in shown(None)
    assert shown(Markup("<b>")) == "<b>"
    assert shown("<b>") == "&lt;b&gt;"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("OWN-010", "OWN-010"),
        (12, "12"),
        ("a b", ""),
        ('"', ""),
        ("", ""),
        ("-x", ""),
        ("a\n", ""),
        ("a" * 121, ""),
        ("é", ""),
    ],
)
def test_token(value: object, expected: str) -> None:
    assert token(value) == expected


@pytest.mark.parametrize(
    "identifier",
    [
        "GB-COH-1234567",
        "GB-COH-012345678",
        "GB-COH-0123456/",
        "gb-coh-01234567",
        "GB-COH-01234567\n",
        "NL-KVK-12345678",
        "javascript:x",
        "",
        None,
    ],
)
def test_no_page_for_anything_but_a_company_number(identifier: object) -> None:
    assert public_page(identifier) == ""


@pytest.mark.parametrize("company_number", ["01234567", "SC012345", "30521R00"])
def test_page_of_a_company_number(company_number: str) -> None:
    assert (
        public_page(f"GB-COH-{company_number}")
        == f"https://find-and-update.company-information.service.gov.uk/company/{company_number}"
    )


@pytest.mark.parametrize(
    ("register", "record", "page"),
    [
        (
            "gb_coh_companies",
            "SC012345",
            "find-and-update.company-information.service.gov.uk/company/SC012345",
        ),
        (
            "gb_coh_psc",
            "/company/00694207/persons-with-significant-control/individual/M_kOcaHwpHiqWpVggU_Texj-6Cg",
            "find-and-update.company-information.service.gov.uk/company/00694207/"
            "persons-with-significant-control",
        ),
        (
            "gb_hmlr_price_paid",
            "013AD201-878F-8D37-D88E-BA09DCA01843",
            "landregistry.data.gov.uk/data/ppi/transaction/013AD201-878F-8D37-D88E-BA09DCA01843/current",
        ),
        ("ftm_entities", "NK-2uYvbVx9TqK3", "www.opensanctions.org/entities/NK-2uYvbVx9TqK3/"),
        ("ftm_entities", "a list of somebody else", None),
        (
            "gb_coh_charges",
            "/company/00694207/charges/abc",
            "find-and-update.company-information.service.gov.uk/company/00694207/charges",
        ),
        (
            "gb_coh_insolvency",
            "/company/00694207/insolvency",
            "find-and-update.company-information.service.gov.uk/company/00694207/insolvency",
        ),
        (
            "be_kbo",
            "0123456789",
            "kbopub.economie.fgov.be/kbopub/toonondernemingps.html?ondernemingsnummer=0123456789",
        ),
        ("gleif_lei", "5493001KJTIIGC8Y1R12", "search.gleif.org/#/record/5493001KJTIIGC8Y1R12"),
        ("gb_hmlr_ccod", "ZT118426", None),
        ("a register of an earlier version", "1", None),
        ("gb_coh_companies", "01234567/../../x", None),
    ],
)
def test_page_of_a_record(register: str, record: str, page: str | None) -> None:
    assert public_page({"register": register, "record": record}) == (f"https://{page}" if page else "")


def test_parameters_by_name() -> None:
    assert parameters('{"n": 100, "days": 365}') == [("days", "365"), ("n", "100")]
    assert parameters("{}") == []


# --- pages ------------------------------------------------------------------------------------------------


def test_blocks_of_a_page() -> None:
    text = "One line\nand its end.\n\n- first\n  goes on\n- second\n\n    A holds B\n      C\n\nLast."
    assert blocks(text) == (
        Block("paragraph", ("One line and its end.",)),
        Block("list", ("first goes on", "second")),
        Block("code", ("  A holds B", "    C")),
        Block("paragraph", ("Last.",)),
    )
    assert blocks("") == blocks(" \n\n ") == ()


def test_code_between_backticks() -> None:
    assert inline("at least `n` < `m`.") == "at least <code>n</code> &lt; <code>m</code>."
    assert inline("a stray ` <b>") == "a stray ` &lt;b&gt;"


# --- templates --------------------------------------------------------------------------------------------


def test_an_expression_is_escaped_without_asking_and_an_unknown_name_is_an_error() -> None:
    assert (
        environment().from_string("<p>{{ x }}</p>").render(x="<b>\u202e")
        == '<p>&lt;b&gt;<span class="chip">U+202E</span></p>'
    )
    assert (
        environment().from_string("{% macro m(x) %}<i>{{ x }}</i>{% endmacro %}{{ m(x) }}").render(x="<")
        == "<i>&lt;</i>"
    )
    with pytest.raises(UndefinedError):
        environment().from_string("{{ x }}").render()


def test_a_capital_at_the_start_leaves_the_rest_and_the_escaping() -> None:
    heading = environment().from_string("{{ x | first_upper }}")
    assert heading.render(x="write YYYY-MM & <b>") == "Write YYYY-MM &amp; &lt;b&gt;"
    assert heading.render(x="") == ""
    assert not [path.name for path in TEMPLATES if "| capitalize" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_use_no_way_round_the_escaping(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    if template.name == "site_cases.html.j2":  # the one page with scripts, which stand beside it
        text = re.sub(r'<script src="[a-z_]+\.js" defer></script>', "", text)
    assert not re.search(r"\|\s*safe\b|Markup|autoescape|<script|\bon[a-z]+=", text)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_expressions_in_attributes_and_style_sheets_end_in_a_filter_made_for_them(template: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
    bare = re.sub(r"\{%.*?%\}", "", text, flags=re.DOTALL)
    places = (
        re.findall(r'="([^"]*\{\{[^"]*)"', bare)
        + re.findall(r"<style>(.*?)</style>", bare, re.DOTALL)
        + re.findall(r"<title>(.*?)</title>", bare, re.DOTALL)
    )
    expressions = [
        expression.strip()
        for place in places
        for expression in re.findall(r"\{\{(.*?)\}\}", place, re.DOTALL)
    ]
    assert expressions or template.name in ("parts.html.j2", "app_signed_in.html.j2")
    assert [
        expression
        for expression in expressions
        if not re.search(r"\|\s*(token|plain|figures|public_page)$", expression)
    ] == []
