"""The cases of a release with their flags as a table, in the order of review."""

import pyarrow as pa

from flows.release.case_ids import case_asked
from transforms.model.sql import Connection, frame, read_sql


def review_list(connection: Connection, case_id: str | None = None) -> pa.Table:
    """A row for each flag of every case, or of the case that an id leads to. Raises UsageError where there is
    none.
    """
    case = None if case_id is None else case_asked(connection, case_id)
    return frame(connection, read_sql(__package__, "review_list"), {"case": case}).to_arrow()
