"""Flags of one indicator on one control group, folded to one line with their number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.facts.rows import Row, rows_about
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
    def names(self) -> list[str]:
        """What the first NAMES_SHOWN of the others are about, each once."""
        names = (str(row["subject_name"] or row["subject_id"]) for row in self.others)
        return list(dict.fromkeys(names))[:NAMES_SHOWN]

    @property
    def more_n(self) -> int:
        """How many subjects of the others have no room among the names."""
        return len({row["subject_name"] or row["subject_id"] for row in self.others}) - len(self.names)


def folded(connection: Connection, flags: Sequence[Row]) -> list[Line]:
    """The flags in their order, those like an earlier one in its line: same indicator, lane, sub-type and
    control group. Rows are those of `subject_flags.sql`.
    """
    ids = sorted({str(flag["subject_id"]) for flag in flags})
    groups: Mapping[object, object] = {
        row["subject_id"]: row["control_group_id"]
        for row in rows_about(connection, read_sql(__package__, "subject_groups"), ids, "subject_id")
    }
    alike: dict[tuple[object, ...], list[Row]] = {}
    for flag in flags:
        of_kind = (flag["indicator"], flag["lane"], flag["subtype"])
        subject = flag["subject_id"]
        alike.setdefault((*of_kind, groups.get(subject, subject)), []).append(flag)
    lines: list[Line] = []
    for rows in alike.values():
        if len(rows) < FOLDED_FROM:
            lines.extend(map(Line, rows))
        else:
            lines.append(Line(rows[0], tuple(rows[1:])))
    return lines
