"""The records of entities as the mart `resolution` has them."""

from transforms.model.sql import Connection, read_sql
from transforms.resolution.batches import append
from transforms.resolution.companies.candidates import IS_ALONE
from transforms.resolution.companies.matching import TOGETHER
from transforms.resolution.companies.overseas import UK_NUMBERS, overseas_candidates


def write_entities(connection: Connection) -> None:
    """Write `entity_row` (RESOLUTION): `claim_row` with what its parties are joined with
    (`joining.with_companies`) and with candidates of overseas proprietors, and registers' entries.
    """
    append(connection, "overseas_candidate", overseas_candidates(connection), first=True)
    parts = {"is_alone": IS_ALONE, "together": TOGETHER, "uk_numbers": UK_NUMBERS}
    connection.execute(read_sql(__package__, "entity_row", **parts))
