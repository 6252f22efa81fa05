"""What a flag may be about: the kinds of subjects, declared once.

A kind has its words, and a query `<code>.sql` beside this module, which returns subject_id, subject_name,
area_name, area_code, territory and is_private for every subject of the kind. A private subject is a dwelling
or sale that no legal entity holds or held: it is counted, but has no flag and no page. Flags, cases, pages
and `evaluate` read these queries, or the fact view `subject`, which has all of them. The symbol of a kind in
pictures is named after its code. To add a kind, add a row here and its query.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from transforms.model.sql import read_sql

SubjectType = Literal[
    "legal_entity",
    "title",
    "transaction",
    "property",
    "address",
    "control_group",
    "directed_set",
    "award",
    "flow_pattern",
]


@dataclass(frozen=True)
class SubjectKind:
    """A kind of subject. `word`: singular; `words`: plural. `reads`: the tables of its query."""

    code: SubjectType
    word: str
    words: str
    reads: tuple[str, ...]

    @property
    def query(self) -> str:
        return read_sql(__package__, self.code)


SUBJECT_KINDS: Mapping[str, SubjectKind] = {
    kind.code: kind
    for kind in (
        SubjectKind(
            "legal_entity",
            "legal entity",
            "companies and other legal entities",
            ("entity", "company", "proprietorship", "title"),
        ),
        SubjectKind("title", "registered title", "property titles", ("title",)),
        SubjectKind("transaction", "sale", "transactions", ("transaction", "property")),
        SubjectKind("property", "property", "properties", ("property",)),
        SubjectKind("address", "address", "addresses", ("address",)),
        SubjectKind(
            "control_group",
            "group under one control",
            "groups under one control",
            ("graph_control_group", "entity", "company"),
        ),
        SubjectKind(
            "directed_set",
            "set with one director",
            "sets of entities with one director",
            ("directed_set", "entity", "company"),
        ),
        SubjectKind("award", "contracting process", "contracting processes", ("tender", "award", "bid")),
        SubjectKind(
            "flow_pattern", "pattern of money", "patterns of money", ("flow_pattern", "entity", "company")
        ),
    )
}


def subjects_sql() -> str:
    """The query of the fact view `subject`: all subjects with their kind."""
    each = (
        f"select '{kind.code}' as subject_type, k.* from (\n{kind.query}) k"
        for kind in SUBJECT_KINDS.values()
    )
    return " union all ".join(each)
