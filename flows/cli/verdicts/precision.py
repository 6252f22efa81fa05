"""The precision of indicators as text, from the release in force."""

from collections.abc import Mapping

from flows.home.settings import Home
from flows.release.store import rows_in_force
from transforms.model.sql import read_sql

NOT_KNOWN = "not known: no case of the random sample has been decided"


def precision_of(home: Home) -> Mapping[str, str]:
    """Code → precision with its interval, number and version of the rule. Empty without a release."""
    rows = rows_in_force(home, read_sql("flows.facts", "indicator_precision"))
    return {str(row["code"]): _words(row) for row in rows}


def _words(row: Mapping[str, object]) -> str:
    more = f", {row['cannot_judge_n']} cannot be judged" if row["cannot_judge_n"] else ""
    interval = f" ({row['low']:.0f} to {row['high']:.0f} %)" if row["reviewed_n"] else ""
    version = str(row["version"])[:12]
    return f"{row['confirmed_n']} of {row['reviewed_n']} confirmed{interval}{more}, version {version}"
