"""Every text of a page or a command has its Dutch, with the same values and the same markup."""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest

from flows.accountability.access import DEMO
from flows.check import addresses, answer, columns, names, ownership, payments, searches, sheet
from flows.cli import explain
from flows.facts import certainty
from flows.facts.case import links, parties
from flows.pages import case, release
from flows.pages.site import cases as index
from flows.review import rules
from graphs.drawing import ties
from transforms import language, reports
from transforms.language import catalogue, day_text, decimals, in_language, translated, translated_n
from transforms.language.stored import case_title, stored, subject_named
from transforms.model.indicator import LANES
from transforms.model.register import registers
from transforms.model.statements import PERMIT_PARTIES, PERMIT_STATES
from transforms.model.views import NONE_FOUND_REASONS, OWNER_BASES
from transforms.reports import environment
from transforms.values.vocabulary import vocabulary

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = sorted(Path(reports.__file__).parent.glob("*.j2"))
STYLES = sorted(Path(reports.__file__).parent.glob("*.css"))
MODULES = sorted(
    path
    for package in ("flows", "graphs", "quality", "transforms")
    for path in (ROOT / package).rglob("*.py")
)
VALUES = re.compile(r"%\(\w+\)s|\{\w+\}|</?[a-z]+[^>]*>")


def described_in_registers() -> Iterator[str]:
    """Publishers and licences that are no name, which would begin with a capital."""
    for register in registers().values():
        yield from (text for text in (register.publisher, register.licence) if text[:1].islower())


# Words that a module looks up by a name, so that no literal stands where they are looked up.
TABLES: Iterable[Iterable[str]] = (
    sheet.ALWAYS,
    (answer.ONE_WORD, answer.UNLISTED, answer.NOT_HELD, sheet.INDICATION, ties.LOOP_WORDS),
    answer.OTHER_IDS.values(),
    (search.words for kind in searches.SEARCHES.values() for search in kind),
    (one.words for one in vars(addresses).values() if isinstance(one, certainty.AddressSearch)),
    certainty.CERTAINTIES.values(),
    columns.IDENTITY_WORDS.values(),
    columns.COUNTED.values(),
    payments.HELD_COLUMNS,
    (title for _, title in columns.TABLES),
    (heading for section in columns.COLUMNS.values() for heading in section),
    names.SOURCES.values(),
    ownership.CONTROL_WORDS.values(),
    ("CERTAIN", "POSSIBLE"),
    (DEMO.title, DEMO.legal_basis),
    ownership.CONDITIONS.values(),
    ownership.LIST_WORDS.values(),
    map(ownership.in_words, (*NONE_FOUND_REASONS, *OWNER_BASES)),
    map(ownership.in_words, vocabulary("bods_interests")["code"]),
    map(ownership.in_words, vocabulary("bods_reasons")["unspecified_reason"]),
    LANES,
    PERMIT_STATES,
    PERMIT_PARTIES,
    (register.cadence for register in registers().values()),
    (register.title for register in registers().values()),
    described_in_registers(),
    (words for pair in links.CONFIDENCE.values() for words in pair),
    parties.KIND_WORDS.values(),
    parties.UNSPECIFIED_WORDS.values(),
    parties.BASIS_WORDS.values(),
    (words for _, words in case.NO_CASE),
    case.PLAIN_TIES.values(),
    release.GENERAL_REASONS.values(),
    rules.outcomes().values(),
    rules.measures().values(),
    *(
        rules.reasons(what).values()
        for what in ("confirmed", "no-concern", "cannot-judge", "close", "reopen")
    ),
    explain.FLAG_BLANKS.values(),
    index.SCRIPT_WORDS,
    reports.FAMILY_WORDS.values(),
    reports.SINGULAR,
    reports.SINGULAR.values(),
)


def in_templates() -> Iterator[tuple[str, ...]]:
    for template in (*TEMPLATES, *STYLES):
        for _, _, message in environment().extract_translations(template.read_text(encoding="utf-8")):
            yield (
                (message,)
                if isinstance(message, str)
                else tuple(text for text in message if text is not None)
            )


def in_modules() -> Iterator[tuple[str, ...]]:
    """Literals that stand where they are looked up, also one of two by a condition."""
    for module in MODULES:
        text = module.read_text(encoding="utf-8")
        if "translated" not in text:
            continue
        for call in ast.walk(ast.parse(text)):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                if call.func.id == "translated_n":
                    yield tuple(one.value for one in call.args[:2] if isinstance(one, ast.Constant))
                elif call.func.id == "translated":
                    first = call.args[0]
                    ways = (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,)
                    yield from ((one.value,) for one in ways if isinstance(one, ast.Constant))


def test_every_text_has_its_dutch() -> None:
    dutch = catalogue("nl")
    texts = {text for text in (*in_templates(), *in_modules()) if text}
    texts |= {(text,) for table in TABLES for text in table if text}
    several = {forms[0] for forms in texts if len(forms) > 1}
    missing = sorted(forms[0] for forms in texts if forms[0] not in dutch)
    assert missing == [], "\n".join(["write these into transforms/language/nl.toml:", *missing])
    assert sorted(one for one in several if isinstance(dutch[one], str)) == []
    for forms in texts:
        translation = dutch[forms[0]]
        for english, text in zip(
            forms, [translation] if isinstance(translation, str) else translation, strict=False
        ):
            assert sorted(VALUES.findall(english)) == sorted(VALUES.findall(text)), english


def test_what_is_the_same_in_both_languages_is_listed_as_such() -> None:
    same = {english for english, text in catalogue("nl").items() if english == text}
    listed = set(tomllib.loads((Path(language.__file__).parent / "nl.toml").read_text())["same"])
    assert sorted(same - listed) == []
    assert sorted(listed - same) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_bare_words(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    text = re.sub(r"\{#.*?#\}|<style>.*?</style>|\{% trans.*?%\}.*?\{% endtrans %\}", "", text, flags=re.S)
    text = re.sub(r"<code>[^<{]*(\{\{.*?\}\}[^<{]*)*</code>|\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.S)
    bare = re.sub(r"<[^>]*>|&#?\w+;|\bUndertow\b|script-src 'self';", "", text)
    assert re.findall(r"[A-Za-z]{2,}.*", bare) == []
    attributes = re.findall(r'(?:aria-label|data-label|title|placeholder|alt)="([^"]*)"', text)
    assert [value for value in attributes if re.search("[A-Za-z]", value)] == []


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_a_style_sheet_has_no_bare_words(style: Path) -> None:
    """Labels of cells on a narrow screen, and the foot of a printed page."""
    shown = re.findall(r'content: "([^"]*)"', style.read_text(encoding="utf-8"))
    words = [re.sub(r"\{\{.*?\}\}|\bUndertow\b|\\\w+", "", text) for text in shown]
    assert [text for text in words if re.search("[A-Za-z]", text)] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_only_a_literal_is_taken_for_markup(template: Path) -> None:
    """What a register holds must never reach the function that trusts its text."""
    text = template.read_text(encoding="utf-8")
    assert re.findall(r"\b_\((?![\"'])|\b(?:n?gettext)\(", text) == []


def test_a_value_in_a_sentence_is_escaped_and_shown() -> None:
    page = environment().from_string('{% trans x=x %}of {{ x }}{% endtrans %} {{ _("none") }}')
    with in_language("nl"):
        assert page.render(x="<b>\u202e") == 'of &lt;b&gt;<span class="chip">U+202E</span> geen'


def test_what_a_release_stores_is_said_in_dutch() -> None:
    position = (
        "Lane act, for circular ownership (OWN-010): number 3 of 12 in this lane, by 2 families "
        "of indicators, then rarity 4.10"
    )
    title = "Alpha: Beta Ltd and 2 more: circular ownership, nothing declared and 1 more indicator"
    assert (stored(position), case_title(title)) == (position, title)
    with in_language("nl"):
        assert stored("held at step 12") == "gehouden bij stap 12"
        assert stored("control, own statement") == "zeggenschap, eigen verklaring"
        assert stored("natural person: 52, duplicate: 3") == "natuurlijke persoon: 52, dubbel: 3"
        assert stored("the authority itself") == "de overheid zelf"
        assert stored("Alpha Ltd, owner") == "Alpha Ltd, owner"  # a name is no word of ours
        assert stored(position).startswith("Spoor oppakken, voor ")
        assert "nummer 3 van 12 in dit spoor, op 2 families" in stored(position)
        assert stored(position).endswith("zeldzaamheid 4,10")
        assert case_title(title).startswith("Alpha: Beta Ltd en nog 2: ")
        assert case_title(title).endswith(", niets opgegeven en nog 1")


MADE = {
    "a set of 9 entities directed by one natural person": "9 entiteiten "
    "met één natuurlijke persoon als bestuurder",
    "a set of 101 entities directed by A, B Ltd": "101 entiteiten met A, B Ltd als bestuurder",
    "a group of 4 entities under one natural person": "een groep van 4 entiteiten "
    "onder één natuurlijke persoon",
    "round trip from A, B Ltd, 2025-02-24": "rondgaand geld van A, B Ltd, 24-02-2025",
    "fan to account … 0a1b2c, 2025-02-03": "waaier naar rekening … 0a1b2c, 03-02-2025",
    "Fan to Go Ltd": "Fan to Go Ltd",
    "Evidence": "Evidence",
}


@pytest.mark.parametrize("english", MADE)
def test_a_name_that_undertow_made_is_in_dutch_and_any_other_stays(english: str) -> None:
    title = f"{english} and 5 more: circular ownership"
    assert (subject_named(english), case_title(title)) == (english, title)
    with in_language("nl"):
        assert subject_named(english) == MADE[english]
        assert case_title(title) == f"{MADE[english]} en nog 5: eigendom in een kring"


def test_numbers_and_days() -> None:
    assert (day_text(date(2026, 11, 29)), decimals("1,234.50")) == ("2026-11-29", "1,234.50")
    with in_language("nl"):
        assert (day_text(date(2026, 11, 29)), decimals("1,234.50")) == ("29-11-2026", "1.234,50")
        assert reports.number(1_234.5) == "1\u202f234,5"
        assert translated("since %(day)s", day="gisteren") == "sinds gisteren"
        assert translated("a name of a register") == "a name of a register"
        assert translated_n("%(n)s flag", "%(n)s flags", 2) == "2 signalen"
    assert translated_n("%(n)s flag", "%(n)s flags", 1) == "1 flag"
