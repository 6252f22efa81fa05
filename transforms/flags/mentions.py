"""Words in rejected records that may be the number of a subject."""

from transforms.model.sql import read_sql
from transforms.values.identifiers import SOCIETY_PREFIXES


def reject_mention_sql(source: str) -> str:
    """Query of `reject_mention`. `source`: table with the words as written."""
    return read_sql(__package__, "reject_mention", source=source, society_prefixes="|".join(SOCIETY_PREFIXES))
