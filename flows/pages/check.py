"""The pages of `undertow check --to DIR`: `index.html`, and one self-contained page for each party asked.

File names hold a row's number and nothing of a name. The text safety is in `transforms.reports`; what is said, and in
which words and columns, is that of the terminal (`flows.check.columns`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from flows.check.answer import (
    INDICATION,
    Answer,
    Searched,
    Sheet,
    Subject,
    all_n,
    left_out,
    nobody_found,
    own_flags_n,
    owners,
    owners_left_out,
    titled,
)
from flows.check.columns import TABLES, beyond, columns, identity_pairs, summary, table_title
from flows.facts.certainty import CERTAINTIES
from flows.facts.party import FORMER
from flows.facts.rows import Row
from flows.home import disk
from flows.home.durable import write_bytes_durably
from flows.pages.case import render_subjects
from flows.pages.night import fitting
from transforms.model.indicator import indicators, page_sections
from transforms.model.sql import Connection
from transforms.reports import blocks, render

INDEX = "index.html"
PICTURES = "pictures"
PICTURES_MAX = 50  # (own) about a tenth of a second each
SAID: Mapping[str, str] = {"explanations": "Ordinary explanations", "clearing": "What would clear it"}
PAGE = re.compile(r"^party-\d{6}\.html$")
PICTURE = re.compile(
    r"^[A-Z]{2}-[A-Z0-9_]+-[A-Za-z0-9._-]+\.html$"
)  # a page of `flows.pages.case`: the id of a case or of a legal entity


def write_pages(connection: Connection, sheet: Sheet, to: Path) -> Path:
    """Write the pages to `to` and return the index's path. Pages of an earlier check there are replaced or removed; nothing else is touched.

    The first PICTURES_MAX legal entities that are matched get a page with their ownership picture, timeline and evidence as well (that of their
    case, where they are in one), below `pictures/`; of the others the pages say that there is none. Raises UsageError where the folder cannot be written,
    RunFailed where the disk is full or broken.
    """
    with disk.written_to(to):
        to.mkdir(parents=True, exist_ok=True)
        for folder, written in ((to, PAGE), (to / PICTURES, PICTURE)):
            for old in [path for path in sorted(folder.glob("*.html")) if written.match(path.name)]:
                old.unlink()
        pictures = {
            subject: path.name
            for subject, path in render_subjects(
                connection, to / PICTURES, companies(sheet)[:PICTURES_MAX]
            ).items()
        }
        for (
            answer
        ) in sheet.answers:  # the index comes last and makes them durable enough: a check can be run again
            (to / _file(answer)).write_text(_party_page(sheet, answer, pictures), encoding="utf-8")
        write_bytes_durably(to / INDEX, _index_page(sheet).encode())
    return to / INDEX


def companies(sheet: Sheet) -> list[str]:
    """Legal entities that are matched and no mere candidates, each once, in the order asked. The first PICTURES_MAX are pictured."""
    matches = [subject.match for answer in sheet.answers for subject in answer.subjects]
    found = dict.fromkeys(
        match.subject_id
        for match in matches
        if match.subject_type == "legal_entity" and not match.is_candidate
    )
    return list(found)


def _file(answer: Answer) -> str:
    return f"party-{answer.asked.row:06d}.html"


def _common(sheet: Sheet) -> dict[str, object]:
    return {
        "release": sheet.release,
        "checked_on": sheet.checked_on,
        "areas": sheet.areas,
        "indication": INDICATION,
        "editions": sheet.editions,
        "not_held": sheet.not_held,
        "cannot_be_said": sheet.cannot_be_said,
    }


def _index_page(sheet: Sheet) -> str:
    answers = [
        {
            "file": _file(answer),
            "shown": answer.asked.shown,
            "role": answer.asked.role,
            "rows": summary(answer),
        }
        for answer in sheet.answers
    ]
    unpictured = frozenset(companies(sheet)[PICTURES_MAX:])
    return render(
        "check_index.html.j2",
        page="",
        answers=answers,
        unpictured=unpictured,
        pictures_max=PICTURES_MAX,
        **_common(sheet),
    )


def _party_page(sheet: Sheet, answer: Answer, pictures: Mapping[str, str]) -> str:
    one = answer.asked
    given = (
        ("name", one.name),
        ("number", one.number),
        ("address", one.address),
        ("postcode", one.postcode),
        ("role", one.role),
        ("kind", one.kind),
    )
    shown = {
        "shown": one.shown,
        "outcome": answer.outcome,
        "given": [(word, text) for word, text in given if text],
        "more": [f"{n} more: {CERTAINTIES[certainty]}" for certainty, n in answer.left_out.items()],
        "tried": _titled(sheet, answer.tried),
        "not_searched": answer.not_searched,
        "case_pages": frozenset(pictures.values()),
        "subjects": [
            {**_subject(sheet, subject), "picture": pictures.get(subject.match.subject_id)}
            for subject in answer.subjects
        ],
    }
    return render("check_party.html.j2", page=f"party {one.row}", answer=shown, **_common(sheet))


def _subject(sheet: Sheet, subject: Subject) -> Mapping[str, object]:
    flags = subject.facts.get("flags", ())
    return {
        "match": subject.match,
        "certainty": CERTAINTIES[subject.match.certainty],
        "identity": [(word, titled(sheet, text)) for word, text in identity_pairs(subject.identity)],
        "has_owners": subject.match.subject_type == "legal_entity" and bool(subject.facts),
        "owners": owners(subject.facts),
        "nobody": (*nobody_found(subject.facts), *owners_left_out(subject.facts)),
        "flags": [{**flag, "evidence": sheet.evidence.get(str(flag["flag_id"]), ())} for flag in flags],
        "flags_n": all_n(flags),
        "flags_left_out": left_out("flags", flags),
        "own_n": own_flags_n(subject.facts),
        "around": "entities around it or on what it formerly held"
        if any(flag["scope"] in FORMER for flag in flags)
        else "entities around it",
        "tables": [
            _table(sheet, section, title, subject)
            for section, title in TABLES
            if section != "flags" and subject.facts.get(section)
        ],
        "nothing": _titled(sheet, [searched for searched in subject.searched if searched.found_n == 0]),
        "said": _said(flags, subject.facts.get("watch_list", ())),
    }


def _titled(sheet: Sheet, found: Sequence[Searched]) -> list[Searched]:
    return [replace(searched, where=titled(sheet, searched.where)) for searched in found]


def _said(flags: Sequence[Row], alike: Iterable[Row]) -> list[Mapping[str, object]]:
    """Ordinary explanations, and what would clear it, of each indicator that flags; the pages are those of this version. `alike`: candidates of screening."""
    kinds = frozenset(str(row["party_kind"]) for row in alike if row["is_strong"])
    return [
        _explained(code, kinds)
        for code in dict.fromkeys(str(flag["indicator"]) for flag in flags)
        if code in indicators()
    ]


@cache
def _explained(code: str, kinds: frozenset[str]) -> Mapping[str, object]:
    one = indicators()[code]
    return {
        "code": code,
        "title": one.title,
        **{word: fitting(blocks(page_sections(one.page)[name]), kinds) for word, name in SAID.items()},
    }


def _table(sheet: Sheet, section: str, title: str, subject: Subject) -> Mapping[str, object]:
    found = [columns(section, row) for row in subject.facts[section]]
    rows = [
        [
            (heading, "; ".join(map(str, value)) if isinstance(value, list) else value)
            for heading, value in row.items()
        ]
        for row in found
    ]
    more = {"rows_n": all_n(subject.facts[section]), "beyond": beyond(section, subject.facts)}
    return {"title": table_title(section, title, sheet), "headings": list(found[0]), "rows": rows, **more}
