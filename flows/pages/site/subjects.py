"""A page for each subject of a case that has a page: what it is, its flags, its cases, what belongs with it.

A natural person never has a page, and none is named on one: who owns and controls is on the case page.
"""

from collections.abc import Mapping, Sequence
from itertools import batched

from flows.check.columns import identity_pairs
from flows.facts.case.parties import KIND_WORDS
from flows.facts.party import identities
from flows.facts.rows import Row, query_rows
from flows.pages.release import reason_words, subject_file
from flows.pages.site.layout import Site, by
from transforms.model.sql import Connection, read_sql

FOLDER = "subjects"
SUBJECTS_AT_ONCE = 10_000  # (own) subjects whose rows are held in memory together
FLAGS_MAX = 100  # (own) flags on a page; the number of all is said
NEIGHBOURS_MAX = 50  # (own) links to others in its cases


def subject_rows(connection: Connection, case_ids: Sequence[str]) -> tuple[Row, ...]:
    """subject_id, kind, name and district of the subjects of these cases, natural persons left out."""
    return query_rows(connection, read_sql(__package__, "subjects"), cases=list(case_ids))


def write(site: Site, subjects: Sequence[Row]) -> int:
    """Write `subjects/<id>.html` for each; how many."""
    for together in batched(subjects, SUBJECTS_AT_ONCE):
        _write(site, together)
    return len(subjects)


def _write(site: Site, subjects: Sequence[Row]) -> None:
    ids = [str(row["subject_id"]) for row in subjects]
    cases = by(site.query("subject_cases", ids=ids), "subject_id")
    flags = by(site.query("subject_flags", ids=ids), "subject_id")
    gaps = by(site.query("subject_gaps", ids=ids), "subject_id")
    neighbours = by(site.query("subject_neighbours", ids=ids), "subject_id")
    identity = _identities(site, subjects)
    for row in subjects:
        subject_id = str(row["subject_id"])
        about = neighbours.get(subject_id, [])
        site.write(
            f"{FOLDER}/{subject_file(subject_id)}",
            "site_subject.html.j2",
            subject=row,
            identity=identity.get(subject_id, []),
            kind_words=KIND_WORDS,
            cases=cases.get(subject_id, []),
            flags=flags.get(subject_id, [])[:FLAGS_MAX],
            flags_n=len(flags.get(subject_id, [])),
            gaps=[_gap(site, gap) for gap in gaps.get(subject_id, [])],
            neighbours=about[:NEIGHBOURS_MAX],
            neighbours_n=len(about),
        )


def _identities(site: Site, subjects: Sequence[Row]) -> Mapping[str, list[tuple[str, str]]]:
    """Subject → what registers state of it, in words; registers by their titles."""
    titles = site.release.titles
    return {
        subject_id: [(words, titles.get(text, text)) for words, text in identity_pairs(row)]
        for kind, of_kind in by(subjects, "subject_type").items()
        for subject_id, row in identities(
            site.connection, kind, [str(row["subject_id"]) for row in of_kind]
        ).items()
    }


def _gap(site: Site, row: Row) -> Row:
    code, reason = str(row["indicator"]), str(row["reason"] or "")
    return {**row, "words": reason_words(site.release, code, reason)}
