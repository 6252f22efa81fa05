"""Articles of law that a municipality may use for flags: those of the country of the flagged subject."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flows.facts.rows import Row, grouped, query_rows, rows_about
from transforms.language import language, translated
from transforms.model.languages import DUTCH
from transforms.model.powers import Words
from transforms.model.sql import Connection, read_sql

# Fields of an article (`Words`), with their labels in `in_words`.
LABELS: Mapping[str, str] = {
    "says": "says",
    "who": "who may use it",
    "ask": "what may be asked",
    "share": "what may be shared",
}


@dataclass(frozen=True)
class Powers:
    """The articles of a release. `by_indicator`: rows of v_power in order, by code. `home`: countries of its
    registers.
    """

    by_indicator: Mapping[str, Sequence[Row]]
    home: frozenset[str]

    def articles_for(
        self, flags: Iterable[Row], countries: Mapping[str, Collection[str]]
    ) -> list[tuple[Row, list[str]]]:
        """The distinct articles, each with the codes of the indicators that name it, in the order of the
        flags.

        `countries`: `territories` of the subjects of the flags. A subject without a country has those of
        the home.
        """
        articles: dict[str, tuple[Row, list[str]]] = {}
        for flag in flags:
            territories = countries.get(str(flag["subject_id"]), self.home)
            for row in self.by_indicator.get(str(flag["indicator"]), ()):
                if row["territory"] in territories:
                    codes = articles.setdefault(str(row["power_id"]), (_spoken(row), []))[1]
                    codes += [str(flag["indicator"])] * (flag["indicator"] not in codes)
        return list(articles.values())


def read_powers(connection: Connection) -> Powers:
    """All articles of a release."""
    rows = query_rows(connection, "from v_power order by indicator, position")
    home = query_rows(connection, "select country from v_home_country")
    return Powers(grouped(rows, lambda row: row["indicator"]), frozenset(str(row["country"]) for row in home))


def territories(connection: Connection, ids: Iterable[object]) -> dict[str, set[str]]:
    """The countries of each subject. Subjects without one are left out."""
    countries: dict[str, set[str]] = {}
    query = read_sql(__package__, "territories")
    for row in rows_about(connection, query, ids, "subject_id"):
        if row["territory"] is not None:
            countries.setdefault(str(row["subject_id"]), set()).add(str(row["territory"]))
    return countries


def powers_of(
    connection: Connection, flags: Sequence[Row], powers: Powers | None = None
) -> list[tuple[Row, list[str]]]:
    """The articles for some flags of a release; none if an earlier version made the release. `powers`: if
    they have been read already.
    """
    if not powers and not query_rows(connection, "select 1 from duckdb_views() where view_name = 'v_power'"):
        return []
    countries = territories(connection, (flag["subject_id"] for flag in flags))
    return (powers or read_powers(connection)).articles_for(flags, countries)


def in_words(powers: Iterable[Row]) -> str:
    """Rows of v_power as text, a few lines each; "" if there are none."""
    lines: list[str] = []
    for row in map(_spoken, powers):
        by = f"{row['checked_by']}, {row['checked_on']}"
        checked = by if row["checked_by"] else translated("not yet checked by a person")
        lines += [
            f"{row['territory']}: {row['law']}, {row['article']} [{row['power_id']}; {checked}]",
            *(f"    {translated(words)}: {row[name]}" for name, words in LABELS.items()),
            f"    {translated('source')}: {row['source']}, {translated('read')} {row['read_on']}",
        ]
    heading = translated("Which power may be used, by country (no legal advice):")
    return "\n".join([heading, *lines]) if lines else ""


def _spoken(row: Row) -> Row:
    """The row with its texts in the current language, if it has them."""
    words = {name: row[f"{name}_nl"] or row[name] for name in Words.model_fields}
    return {**row, **words} if language() == DUTCH else row
