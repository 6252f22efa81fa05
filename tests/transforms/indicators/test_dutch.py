"""Texts of indicators in Dutch: every shipped indicator has them, and faults in them are named."""

import re
import shutil
from datetime import date
from pathlib import Path
from typing import get_args

import polars as pl
import pytest

from transforms.errors import DeclarationError
from transforms.flags.listings import explained
from transforms.flags.sentences import DutchFormatter, with_sentences
from transforms.model.indicator import Indicator, indicators, page_sections, read_indicator, shared_reasons
from transforms.model.register import Role
from transforms.model.translation import DUTCH_ROLES, DUTCH_SECTIONS, Translation
from transforms.values.vocabulary import vocabulary

SHIPPED = Path("transforms/indicators")
TEXTS = {"ordinary_explanations": ("Gewoon.",), "what_would_clear_it": "Niets.", "page": "x"}


@pytest.mark.parametrize("indicator", indicators().values(), ids=lambda indicator: indicator.code)
def test_an_indicator_has_its_texts_in_dutch(indicator: Indicator) -> None:
    dutch = indicator.dutch
    assert dutch is not None, "add nl.toml and page.nl.md to its folder"
    english = [indicator.title, *indicator.reasons.values(), *indicator.subtypes.values()]
    english += [*indicator.ordinary_explanations, *indicator.ask_next, indicator.what_would_clear_it]
    texts = [dutch.title, *dutch.reasons.values(), *dutch.subtypes.values()]
    texts += [*dutch.ordinary_explanations, *dutch.ask_next, dutch.what_would_clear_it]
    assert not set(english) & set(texts)
    pages = page_sections(indicator.page), page_sections(dutch.page, DUTCH_SECTIONS.values())
    same = {name for name, text in pages[0].items() if len(text) > 60 and pages[1][name] == text}
    assert same <= {"Source"}, "left in English"
    assert not re.search(r"\bspoor (is )?(act|look|data)\b", dutch.page), "a lane left in English"


def test_reasons_that_several_indicators_share_are_in_dutch() -> None:
    assert shared_reasons("reasons.nl.toml").keys() == shared_reasons().keys()
    assert set(DUTCH_ROLES) == set(get_args(Role))


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("nl.toml", "title =", "titel =", "nl.toml: there is no key titel; allowed are title, sentence"),
        ("nl.toml", "[subtypes]", "[subtypes", "nl.toml: not valid TOML"),
        (
            "nl.toml",
            "ring =",
            "kring =",
            "nl.toml: subtypes: kring is missing here or in indicator.toml",
        ),
        ("nl.toml", '  "Welke natuurlijke', '  "En?", "Welke', "nl.toml: ask_next: it needs as many texts"),
        ("nl.toml", "van {steps} stappen", "van {n} stappen", "lacks {n}, which its Dutch has"),
        ("nl.toml", "ring of {steps} steps", "{steps} of {steps}", "names something twice"),
        ("page.nl.md", "## Bron", "## Source", "page.nl.md: page has sections Voorwaarde"),
    ],
    ids=lambda value: value[:12],
)
def test_a_fault_in_the_dutch_is_named(tmp_path: Path, file: str, old: str, new: str, fault: str) -> None:
    place = tmp_path / "own_010_circular_ownership"
    shutil.copytree(SHIPPED / place.name, place)
    text = (place / file).read_text(encoding="utf-8")
    assert old in text
    (place / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DeclarationError, match="own_010_circular_ownership/") as raised:
        read_indicator(place)
    assert fault in str(raised.value)


def test_an_indicator_without_dutch_is_read_and_one_without_its_page_is_not(tmp_path: Path) -> None:
    place = tmp_path / "own_010_circular_ownership"
    shutil.copytree(SHIPPED / place.name, place)
    (place / "page.nl.md").unlink()
    with pytest.raises(DeclarationError, match=r"page\.nl\.md: cannot be read"):
        read_indicator(place)
    (place / "nl.toml").unlink()
    assert read_indicator(place).texts("nl").title == "Circular ownership"


def test_numbers_dates_and_words_are_written_as_in_dutch() -> None:
    words = {
        "what": {
            "held since {since}, {n} per cent by {who}": "sinds {since!d} voor {n!n} procent van {who}",
            "{what1}, {what2}": "{what1} en {what2}",
            "a house": "een huis",
        }
    }
    texts = Translation(title="x", sentence="x", words=words, **TEXTS)
    dutch = DutchFormatter(texts)

    def in_dutch(sentence: str, **row: object) -> str:
        return dutch.vformat(sentence, (), row)

    assert (
        in_dutch("{price:,.0f} op {on}", price=1234567.5, on=date(2026, 3, 1)) == "1.234.568 op 1 maart 2026"
    )
    assert (
        in_dutch("{share!n} en {name}", share="1,234.50", name="1,234.50 Ltd") == "1.234,50 en 1,234.50 Ltd"
    )
    held = "held since 2025-12-31, 62.50 per cent by A, B and C LTD"
    assert in_dutch("{what}", what=held) == "sinds 31 december 2025 voor 62,50 procent van A, B and C LTD"
    assert in_dutch("{what}", what="a house, a house, a garden") == "een huis en een huis en a garden"
    assert in_dutch("{what}, {on!d}", what=None, on="unknown") == "None, unknown"


@pytest.mark.parametrize("code", ["LNK-010", "LNK-020", "LNK-030"])
def test_a_page_names_who_else_a_candidate_may_be_in_words_that_are_replaced_for_a_company(code: str) -> None:
    texts = indicators()[code].texts("en"), indicators()[code].texts("nl")
    for text in texts:
        [line] = [one for one in text.ordinary_explanations if explained(one, ["entity"]) != one]
        assert explained(line, ["person"]) == line and explained(line, []) == line
        assert explained(line, ["person", "entity"]).startswith(line.removesuffix("."))


@pytest.mark.parametrize(
    ("reason", "dutch_words"),
    [
        (
            "not_published:owners",
            "X LTD: niet te beoordelen, want geen register dat Undertow leest, bevat daar alle eigenaren.",
        ),
        (
            "extract:gb_coh_psc",
            "X LTD: niet te beoordelen, want de levering van gb_coh_psc is een uittreksel, ",
        ),
        (
            "editions_apart",
            "X LTD: niet te beoordelen, want de leveringen waarop het berust, liggen meer dan ",
        ),
        ("unheard_of", "X LTD: niet te beoordelen, want de feiten zijn niet bekend."),
    ],
    ids=["role", "register", "shared", "unknown"],
)
def test_why_a_subject_is_not_assessable_is_said_in_dutch_too(reason: str, dutch_words: str) -> None:
    state = {"flag_id": "f", "subject_id": "x", "subject_name": "X LTD", "state": "not_assessable"}
    states = pl.DataFrame([{**state, "reason": reason}])
    row = with_sentences(states, indicators()["OWN-010"]).row(0, named=True)
    assert row["explanation_nl"].startswith(dutch_words)
    assert row["explanation"].startswith("X LTD: not assessable, because ")


@pytest.mark.parametrize(
    ("code", "english", "dutch"),
    [
        ("VG", "British Virgin Islands", "Britse Maagdeneilanden"),
        ("US-DE", "Delaware, United States", "Delaware, Verenigde Staten"),
        ("ZZ", "ZZ", "ZZ"),
    ],
    ids=["country", "part", "unlisted"],
)
def test_a_country_is_named_and_not_its_code(code: str, english: str, dutch: str) -> None:
    state = {"flag_id": "f", "subject_id": "x", "subject_name": "X", "state": "flagged", "reason": None}
    values = {"entity": "TOP", "steps": "2 steps", "country": code, "every_chain": ""}
    row = with_sentences(pl.DataFrame([state | values]), indicators()["OWN-040"]).row(0, named=True)
    assert row["explanation"] == f"X has TOP above it, 2 steps up (country of incorporation: {english})."
    assert row["explanation_nl"] == f"X heeft 2 stappen hoger TOP boven zich (land van oprichting: {dutch})."


def test_every_country_and_part_that_a_name_gives_has_a_name() -> None:
    codes = {code for one in ("countries", "country_parts") for code in vocabulary(one)["code"].drop_nulls()}
    assert codes <= set(vocabulary("country_names")["code"])
    assert vocabulary("country_names")["code"].is_unique().all()
