"""Flags of one indicator on one control group, folded to one line with their number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flows.facts.rows import Row, rows_about
from transforms.flags.listings import CANDIDATE
from transforms.model.sql import Connection, read_sql

FOLDED_FROM = 3  # (own) two flags are two lines
NAMES_SHOWN = 6  # (own) subjects named in a line


@dataclass(frozen=True)
class Line:
    """Flags shown as one line: the first of them, and the others like it."""

    row: Row
    others: tuple[Row, ...] = ()

    @property
    def flags_n(self) -> int:
        return 1 + len(self.others)

    @property
    def kinds(self) -> list[str]:
        """The sub-types of the flags, where there are several."""
        kinds = dict.fromkeys(str(row["subtype"]) for row in (self.row, *self.others))
        return list(kinds) if len(kinds) > 1 else []

    @property
    def names(self) -> list[str]:
        """What the others are about beside the first one's subject, the first NAMES_SHOWN of them."""
        return self._subjects[:NAMES_SHOWN]

    @property
    def more_n(self) -> int:
        """How many subjects of the others have no room among the names."""
        return len(self._subjects[NAMES_SHOWN:])

    @property
    def _subjects(self) -> list[str]:
        rows = [row for row in self.others if row["subject_id"] != self.row["subject_id"]]
        return list(dict.fromkeys(str(row["subject_name"] or row["subject_id"]) for row in rows))


def folded(connection: Connection, flags: Sequence[Row]) -> list[Line]:
    """The flags in their order, those like an earlier one in its line: same indicator, lane, control group,
    and a sub-type that the same subjects have. Rows are those of `subject_flags.sql`.
    """
    ids = sorted({str(flag["subject_id"]) for flag in flags})
    groups: Mapping[object, object] = {
        row["subject_id"]: row["control_group_id"]
        for row in rows_about(connection, read_sql(__package__, "subject_groups"), ids, "subject_id")
    }
    kinds: dict[tuple[object, ...], list[Row]] = {}
    for flag in flags:
        group = groups.get(flag["subject_id"], flag["subject_id"])
        kinds.setdefault((flag["indicator"], flag["lane"], group, flag["subtype"]), []).append(flag)
    alike: dict[tuple[object, ...], list[Row]] = {}
    for (*of_kind, subtype), rows in kinds.items():
        subjects = frozenset(row["subject_id"] for row in rows)
        alike.setdefault((*of_kind, subtype == CANDIDATE, subjects), []).extend(rows)
    return [line for rows in alike.values() for line in _lines(rows)]


def _lines(rows: Sequence[Row]) -> Iterable[Line]:
    return [Line(rows[0], tuple(rows[1:]))] if len(rows) >= FOLDED_FROM else map(Line, rows)
