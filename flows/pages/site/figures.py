"""Figures: cases by district with a map, flags by week and lane, base rates of a district against the whole
release, and prices by district.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from flows.facts.rows import Row, as_int
from flows.pages.site.boundaries import read_outlines
from flows.pages.site.charts import Chart, dot_pairs, lines, stacked_bars
from flows.pages.site.layout import Site, by
from transforms.language import day_text, language, translated
from transforms.model.area_views import CELL_MIN, OWNERS_UNCLEAR
from transforms.model.indicator import LANES
from transforms.model.languages import DUTCH
from transforms.reports import words

PAGE = "figures.html"
WEEKS = 26  # (own) in the chart; what was first seen earlier is one column
DISTRICTS_COMPARED = 3  # (own) those with the most cases
DISTRICTS_PRICED = 6
THEME_DISTRICTS = 10  # (own) those with the largest share of the theme
SHADES = 5  # of the map


@dataclass(frozen=True)
class Rates:
    """Subjects flagged in a district, and of 1,000 subjects of the kind there and in the whole release."""

    indicator: str
    flagged_n: int
    here: float
    everywhere: float


def write(site: Site, boundaries: Path | None) -> None:
    districts = site.query("districts")
    named = [str(row["area_name"]) for row in districts if row["area_name"] is not None]
    with_cases = [str(row["area_name"]) for row in districts if row["area_name"] and row["cases_n"]]
    weeks = _weeks(site)
    lanes = [(lane, translated(lane)) for lane in LANES]
    site.write(
        PAGE,
        "site_figures.html.j2",
        districts=districts,
        outlines=read_outlines(boundaries, named),
        shades=_shades(districts),
        weeks=weeks,
        week_chart=stacked_bars(weeks, lanes, translated("flags")) if weeks else None,
        lanes=lanes,
        compared=_compared(site, with_cases[:DISTRICTS_COMPARED]),
        prices=_prices(site, with_cases),
        themes=by(
            site.query("themes", least=CELL_MIN, unclear=list(OWNERS_UNCLEAR), shown=1 + THEME_DISTRICTS),
            "title_nl" if language() == DUTCH else "title",
        ),
        cell_min=CELL_MIN,
    )


def _shades(districts: Sequence[Row]) -> Mapping[str, int]:
    """District → shade of the map from 1, by equal steps of the number of cases; 0 for none."""
    most = max((as_int(row["cases_n"]) for row in districts if row["area_name"] is not None), default=0)
    return {
        str(row["area_name"]): -(-as_int(row["cases_n"]) * SHADES // most) if most else 0 for row in districts
    }


def _weeks(site: Site) -> dict[str, dict[str, int]]:
    """Monday of the week → lane → flags first seen in it; WEEKS weeks, and those before."""
    rows = site.query("flags_by_week")
    as_of = site.release.row["as_of"]
    if not rows or not isinstance(as_of, date):
        return {}
    monday = as_of - timedelta(days=as_of.weekday())
    earlier = translated("earlier")
    mondays = [monday - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    weeks: dict[str, dict[str, int]] = {column: {} for column in (earlier, *map(day_text, mondays))}
    for row in rows:
        week = row["week"]
        counts = weeks.get(day_text(week) if isinstance(week, date) else "", weeks[earlier])
        counts[str(row["lane"])] = counts.get(str(row["lane"]), 0) + as_int(row["flags_n"])
    return weeks


def _compared(site: Site, names: Sequence[str]) -> list[tuple[str, list[Rates], Chart]]:
    """District, its rates and those of the whole release by indicator, and their chart."""
    rows = by(site.indicator_districts, "area_name")
    compared = []
    for name in names:
        rates = [_rates(row) for row in rows.get(name, []) if as_int(row["subjects_n"])]
        pairs = {f"{each.indicator} {_short(site, each)}": (each.here, each.everywhere) for each in rates}
        if pairs:
            chart = dot_pairs(pairs, name, translated("the whole release"), translated("of 1,000"))
            compared.append((name, rates, chart))
    return compared


def _short(site: Site, rates: Rates) -> str:
    title = str(site.release.indicators[rates.indicator]["title"])
    return title if len(title) <= 30 else f"{title[:29]}…"


def _rates(row: Row) -> Rates:
    return Rates(
        str(row["indicator"]),
        as_int(row["flagged_n"]),
        1000 * as_int(row["flagged_n"]) / as_int(row["subjects_n"]),
        1000 * as_int(row["all_flagged_n"]) / as_int(row["all_subjects_n"]),
    )


def _prices(site: Site, names: Sequence[str]) -> list[tuple[str, list[Row], Chart]]:
    """District, its median prices by year and type, and their chart; districts with cases first."""
    rows = {
        name: listed
        for name, listed in by(site.query("prices"), "area_name").items()
        if len({row["year"] for row in listed}) > 1
    }
    order = [*(name for name in names if name in rows), *sorted(rows.keys() - set(names))]
    return [(name, rows[name], _price_chart(rows[name])) for name in order[:DISTRICTS_PRICED]]


def _price_chart(rows: Sequence[Row]) -> Chart:
    series = {
        kind: [(as_int(row["year"]), float(str(row["median_price"]))) for row in of_kind]
        for kind, of_kind in by(rows, "property_type").items()
    }
    return lines(series, {kind: words(kind) for kind in series})
