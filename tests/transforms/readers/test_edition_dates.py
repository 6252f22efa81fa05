"""The date of an edition whose file name has none."""

import io
from datetime import date

from transforms.model.register import registers
from transforms.readers.edition_dates import newest_day

LISTS = registers()["opensanctions_targets"]


def test_a_header_that_the_csv_module_refuses_gives_no_date() -> None:
    """A cell of it may be longer than that module takes. The reader refuses the file later, by its name."""
    columns = [field.name for field in LISTS.fields]
    place = columns.index(LISTS.edition_field)
    record = ",".join("2026-05-01T00:00:00" if n == place else "" for n in range(len(columns)))

    def day(header: str) -> date | None:
        return newest_day(LISTS, io.BytesIO(f"{header}\n{record}\n".encode()))

    header = ",".join(columns)
    assert day(header) == date(2026, 5, 1)
    assert day(f"{header},{'x' * 200_000}") is None
