"""Every sentence of the app is in the catalogue, and everything in the catalogue is used."""

import re
from datetime import date
from pathlib import Path

from flows import web
from flows.review import cases, rules
from flows.review.fold import CLOSE, DONE, EXPLAIN, REOPEN, VERDICT
from flows.web.messages import messages
from transforms import reports
from transforms.language import in_language
from transforms.reports import minute

TEMPLATES = sorted(Path(reports.__file__).parent.glob("app_*.j2"))
MODULES = sorted(Path(web.__file__).parent.glob("*.py"))
KEY = re.compile(r"""["']([a-z_]+\.[a-z0-9_-]+)["']""")
# Keys that are put together: (prefix, what it ends in).
MADE = {
    "role.": rules.ROLES,
    "nav.": (),
    "shown.": [
        words.replace(" ", "_")
        for words in (
            *(cases.TO_READ, cases.BACK, cases.THIRD, cases.WAITING, cases.EXPLAINED),
            *("decided", "closed"),
        )
    ],
    "entry.": (VERDICT, CLOSE, REOPEN, DONE, EXPLAIN),
    "new.": ("flag", "rule", "grown", "changed"),
    "explain.": ("owner", "scope", "reason"),
    "cases.sort_": ("position", "title", "district", "flags", "newest"),
    "made.": ("first-read", "second-read", "decided"),
    "looked.": [  # commands of the app in the audit log
        f"review {what}"
        for what in (
            *("case", "check", "subject", "verdict", "done", "assign", "close", "reopen", "both", "explain"),
            *("files", "file", "export"),
        )
    ],
    "error.": [
        f"{code}{lead}" for code in (400, 401, 403, 404, 405, 413, 500, 503) for lead in ("", "_lead")
    ],
}


SAME = {"nav.registers", "password.code", "purpose.button"}  # what is the same in both languages


def test_templates_of_the_app_hold_no_sentence() -> None:
    for template in TEMPLATES:
        text = re.sub(
            r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", template.read_text(encoding="utf-8"), flags=re.S
        )
        bare = re.sub(r"<[^>]*>", "", text)
        assert not re.search(r"[A-Za-z]{2,}", bare), (template.name, re.search(r"[A-Za-z]{2,}.*", bare))


def test_the_dutch_has_the_same_keys_and_values() -> None:
    english, dutch = messages().texts, messages("nl").texts
    assert sorted(english.keys() ^ dutch.keys()) == []
    value = re.compile(r"\{\w+\}")
    assert {
        key for key in english if sorted(value.findall(english[key])) != sorted(value.findall(dutch[key]))
    } == set()
    assert {key for key in english if english[key] == dutch[key]} == SAME


def test_every_key_is_in_the_catalogue_and_is_used() -> None:
    known = messages().texts.keys()
    tables = {key.partition(".")[0] for key in known}
    texts = [path.read_text(encoding="utf-8") for path in (*TEMPLATES, *MODULES)]
    shared = [path for path in TEMPLATES[0].parent.glob("*.j2") if path not in TEMPLATES]
    texts += re.findall(r"say\(.*?\)", "".join(path.read_text(encoding="utf-8") for path in shared))
    used = {
        key
        for text in texts
        for key in KEY.findall(text)
        if key.partition(".")[0] in tables and key[-1] != "_"
    }
    made = {f"{prefix}{end}" for prefix, ends in MADE.items() for end in ends}
    files = {"cases.html", "registers.html", "site.css", "case.html", "case.json"}
    assert sorted((used - files) - known) == []
    assert sorted(made - known) == []
    assert sorted(known - used - made) == []


def test_days_and_lanes_are_written_in_the_language() -> None:
    with in_language("nl"):
        assert messages("nl")("case.until", day=date(2026, 11, 29)) == "tot en met 29-11-2026"
        assert minute("2026-11-29T08:05:07+00:00", 19) == "29-11-2026 08:05:07 UTC"
    for template in TEMPLATES:  # a lane is shown in words, never by its code
        bare = re.findall(r"\{\{ \w+\.lane \}\}", template.read_text(encoding="utf-8"))
        assert bare == [], template
