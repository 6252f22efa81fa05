"""The registers that are relevant to a release."""

from collections.abc import Iterable

from flows.facts.rows import Row
from transforms.model.register import WORLD


def relevant_registers(registers: Iterable[Row]) -> tuple[Row, ...]:
    """Rows of v_register for the world and for countries with an edition in force; for every country if there
    is none. A British town without a register of Amsterdam has no gap, nor has any without a file that only
    tests patterns (cadence `none`).
    """
    rows = tuple(row for row in registers if row["cadence"] != "none" or row["edition_in_force"] is not None)
    held = {row["territory"] for row in rows if row["edition_in_force"] is not None} - {WORLD}
    return tuple(row for row in rows if not held or row["territory"] in {*held, WORLD})
