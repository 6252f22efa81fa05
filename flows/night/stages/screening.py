"""Stage screening: find parties of the registers that may be on a watch list."""

from flows.journal import judgements
from flows.night.night import Counts, Night
from flows.night.tables import open_tables, show_own_registers, write_table
from transforms.model.views import MARTS, SCREENING
from transforms.resolution.lists.screening import screen

# What `screen` reads, with the judgements.
READS = (
    "address",
    "edition_in_use",
    "entity",
    "entity_statement",
    "identifier_statement",
    "listing",
    "name_statement",
    "person",
    "person_statement",
    "property",
    "resolution",
    "title",
)


def screen_lists(night: Night) -> Counts:
    """Write candidates with score and reason.

    They are never merged; pairs judged to be two parties are left out.
    """
    with open_tables(night, MARTS.keys() - {"screening", "mark"}) as connection:
        judged = judgements.judged_records(connection, night.home)
        night.memory.know("judgement", judged)

        def screened() -> Counts:
            candidates = screen(connection, judged)
            write_table(night, SCREENING, candidates)
            return {"candidates": candidates.height, "strong": int(candidates["is_strong"].sum())}

        reads = show_own_registers(night, connection, READS)
        return night.memory.step("screening", (*reads, "judgement"), [SCREENING.name], screened)
