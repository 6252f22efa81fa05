"""The pages of `undertow check --to DIR`: `index.html`, and one self-contained page for each party checked.

File names hold a row's number and nothing of a name. Words and columns are those of the terminal
(`flows.check.columns`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from flows.check.columns import TABLES, beyond, columns, identity_pairs, summary, table_title
from flows.check.ownership import nobody_found, owners, owners_left_out
from flows.check.sheet import (
    INDICATION,
    Answer,
    Searched,
    Sheet,
    Subject,
    all_n,
    assessed,
    lanes_in_words,
    left_out,
    more_of_each,
)
from flows.facts.certainty import CERTAINTIES
from flows.facts.party import FORMER
from flows.facts.rows import Row
from flows.home import disk
from flows.pages.case import render_subjects
from flows.pages.release import Back, indicators_shown, laws, questions, read_indicators, write_page
from transforms.language import translated
from transforms.model.sql import Connection
from transforms.reports import render

INDEX = "index.html"
PICTURES = "pictures"
PICTURES_MAX = 50  # (own) about a tenth of a second each
PAGE = re.compile(r"^party-\d{6}\.html$")
# A page of `flows.pages.case`: the id of a case or of a legal entity.
PICTURE = re.compile(r"^[A-Z]{2}-[A-Z0-9_]+-[A-Za-z0-9._-]+\.html$")


def write_pages(connection: Connection, sheet: Sheet, to: Path) -> Path:
    """Write the pages to `to` and return the index's path.

    Pages of an earlier check there are replaced or removed; nothing else is touched. The first PICTURES_MAX
    legal entities that match get a case page too (or that of their case), below `pictures/`; the pages of the
    others say that they have none. Raises UsageError where the folder cannot be written, RunFailed where the
    disk is full or broken.
    """
    with disk.written_to(to):
        for folder, pattern in ((to, PAGE), (to / PICTURES, PICTURE)):
            for old in [path for path in sorted(folder.glob("*.html")) if pattern.match(path.name)]:
                old.unlink()
        back = Back(f"../{INDEX}", translated("All parties of this check"))
        pictured = render_subjects(connection, to / PICTURES, companies(sheet)[:PICTURES_MAX], back=back)
        pictures = {subject: path.name for subject, path in pictured.items()}
        known = read_indicators(connection)
        to.mkdir(parents=True, exist_ok=True)
        # Not durably: the index comes last, and a check that is cut short is run again.
        for answer in sheet.answers:
            page = party_page(sheet, answer, known, pictures)
            (to / _file(answer)).write_text(page, encoding="utf-8")
        return write_page(to / INDEX, _index_page(sheet))


def companies(sheet: Sheet) -> list[str]:
    """Legal entities that match and are not mere candidates, each once, in the order asked."""
    matches = [subject.match for answer in sheet.answers for subject in answer.subjects]
    return list(
        dict.fromkeys(
            match.subject_id
            for match in matches
            if match.subject_type == "legal_entity" and not match.is_candidate
        )
    )


def _file(answer: Answer) -> str:
    return f"party-{answer.question.row:06d}.html"


def _common(sheet: Sheet) -> dict[str, object]:
    return {
        "release": sheet.release,
        "checked_on": sheet.checked_on,
        "areas": sheet.areas,
        "indication": translated(INDICATION),
        "editions": sheet.editions,
        "not_held": sheet.not_held,
        "cannot_be_said": sheet.cannot_be_said,
        "titled": sheet.with_titles,
    }


def _index_page(sheet: Sheet) -> str:
    answers = [
        {
            "file": _file(answer),
            "shown": answer.question.shown,
            "role": answer.question.role,
            "rows": summary(answer),
        }
        for answer in sheet.answers
    ]
    return render(
        "check_index.html.j2",
        page="",
        answers=answers,
        unpictured=frozenset(companies(sheet)[PICTURES_MAX:]),
        pictures_max=PICTURES_MAX,
        **_common(sheet),
    )


def party_page(
    sheet: Sheet,
    answer: Answer,
    known: Mapping[str, Row],
    pictures: Mapping[str, str],
    given: Mapping[str, object] = MappingProxyType({}),
) -> str:
    """The page of one party. `known`: the release's indicators. `pictures`: company → its page below
    `pictures/`. `given`: what else the template takes.
    """
    question = answer.question
    particulars = (
        ("name", question.name),
        ("born", question.born_text),
        ("number", question.number),
        ("address", question.address),
        ("postcode", question.postcode),
        ("role", question.role),
        ("kind", question.kind),
    )
    shown = {
        "shown": question.shown,
        "outcome": answer.outcome,
        "particulars": [(translated(word), text) for word, text in particulars if text],
        "more": more_of_each(answer),
        "tried": _titled(sheet, answer.tried),
        "not_searched": answer.not_searched,
        "case_pages": frozenset(pictures.values()),
        "subjects": [
            {**_subject(sheet, subject, known), "picture": pictures.get(subject.match.subject_id)}
            for subject in answer.subjects
        ],
    }
    return render(
        "check_party.html.j2",
        page=f"{translated('party')} {question.row}",
        answer=shown,
        **_common(sheet),
        **given,
    )


def _subject(sheet: Sheet, subject: Subject, known: Mapping[str, Row]) -> Mapping[str, object]:
    flags = subject.facts.get("flags", ())
    candidates = [row for row in subject.facts.get("watch_list", ()) if row["is_strong"]]
    has_former = any(flag["scope"] in FORMER for flag in flags)
    return {
        "match": subject.match,
        "certainty": translated(CERTAINTIES[subject.match.certainty]),
        "identity": [(word, sheet.with_titles(text)) for word, text in identity_pairs(subject.identity)],
        "has_owners": subject.match.subject_type == "legal_entity" and bool(subject.facts),
        "owners": owners(subject.facts),
        "nobody": (*nobody_found(subject.facts), *owners_left_out(subject.facts)),
        "flags": [{**flag, "evidence": sheet.evidence.get(str(flag["flag_id"]), ())} for flag in flags],
        "flags_left_out": left_out("flags", flags),
        "own_lanes": lanes_in_words(subject.facts, "own_lanes"),
        "around_lanes": lanes_in_words(subject.facts, "around_lanes"),
        "around": translated(
            "entities around it or on what it formerly held" if has_former else "entities around it"
        ),
        "tables": [
            _table(sheet, section, title, subject)
            for section, title in TABLES
            if section != "flags" and subject.facts.get(section)
        ],
        "nothing": _titled(sheet, [searched for searched in subject.searched if searched.found_n == 0]),
        "assessed": assessed(subject, sheet),
        "indicators": indicators_shown(known, flags, candidates),
        "laws": laws(known, flags),
        "questions": questions(known, flags),
        "powers": sheet.powers.articles_for(flags, sheet.countries),
    }


def _titled(sheet: Sheet, searches: Sequence[Searched]) -> list[Searched]:
    return [replace(searched, where=sheet.with_titles(searched.where)) for searched in searches]


def _table(sheet: Sheet, section: str, title: str, subject: Subject) -> Mapping[str, object]:
    facts = subject.facts[section]
    shown = [columns(section, row) for row in facts]
    return {
        "title": table_title(section, title, sheet),
        "headings": list(shown[0]),
        "rows": [
            [
                (name, "; ".join(map(str, value)) if isinstance(value, list) else value)
                for name, value in row.items()
            ]
            for row in shown
        ],
        "rows_n": all_n(facts),
        "beyond": beyond(section, subject.facts),
    }
