"""Charts as places in whole pixels, which the macros of `site_charts.html.j2` draw as SVG.

Bars stacked by column, lines over years, and pairs of dots on a scale of powers of ten. Each chart comes with
its figures as a table on the page, so a chart has no figures of its own to read out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH, HEIGHT = 680, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 14, 34
TICKS_MAX = 5
LABELS_MAX = 8  # below the x axis
ROW = 24  # height of a row of dots
ROW_LEFT = 250  # room for the words of a row


@dataclass(frozen=True)
class Tick:
    at: int
    text: str


@dataclass(frozen=True)
class Mark:
    """A bar (x, y, width, height), a dot (x, y) or a line (path). `series`: its class. `text`: in words."""

    series: str
    text: str
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0
    path: str = ""


@dataclass(frozen=True)
class Chart:
    """`rows`: words at the left, for dots; `series`: class and words of each series, for the legend."""

    width: int
    height: int
    series: Sequence[tuple[str, str]]
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    marks: Sequence[Mark]
    rows: Sequence[Tick] = ()
    left: int = LEFT
    bottom: int = HEIGHT - BOTTOM


def stacked_bars(
    columns: Mapping[str, Mapping[str, int]], series: Sequence[tuple[str, str]], unit: str
) -> Chart:
    """One bar for each column: label → series → count."""
    top, y_ticks = _scale(max((sum(counts.values()) for counts in columns.values()), default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(columns), 1)
    marks = []
    for place, (label, counts) in enumerate(columns.items()):
        below = 0
        for name, words in series:
            if count := counts.get(name, 0):
                low, high = _y(below, top), _y(below + count, top)
                x = round(LEFT + place * step)
                text = f"{label}: {count} {unit}, {words}"
                marks.append(Mark(name, text, x, high, max(round(step) - 2, 1), max(low - high, 1)))
                below += count
    every = ceil(len(columns) / LABELS_MAX) or 1
    x_ticks = [
        Tick(round(LEFT + (place + 0.5) * step), label)
        for place, label in enumerate(columns)
        if place % every == 0
    ]
    return Chart(WIDTH, HEIGHT, series, x_ticks, y_ticks, marks)


def lines(series: Mapping[str, Sequence[tuple[int, float]]], words: Mapping[str, str]) -> Chart:
    """One line for each series of (year, value), by year. `words`: of each series, whose class is its
    place.
    """
    points = [point for line in series.values() for point in line]
    first, last = min(year for year, _ in points), max(year for year, _ in points)
    top, y_ticks = _scale(max(value for _, value in points))
    wide = (WIDTH - LEFT - RIGHT - 20) / max(last - first, 1)
    marks, legend = [], []
    for place, (name, line) in enumerate(series.items()):
        at = [(round(LEFT + 10 + (year - first) * wide), _y(value, top)) for year, value in line]
        path = "M" + " L".join(f"{x} {y}" for x, y in at)
        marks.append(Mark(f"line-{place}", words[name], path=path))
        marks += [
            Mark(f"dot-{place}", f"{words[name]}, {year}: {value:,.0f}", x, y)
            for (x, y), (year, value) in zip(at, line, strict=True)
        ]
        legend.append((f"line-{place}", words[name]))
    every = ceil((last - first + 1) / LABELS_MAX)
    x_ticks = [
        Tick(round(LEFT + 10 + (year - first) * wide), str(year)) for year in range(first, last + 1, every)
    ]
    return Chart(WIDTH, HEIGHT, legend, x_ticks, y_ticks, marks)


def dot_pairs(rows: Mapping[str, tuple[float, float]], here: str, everywhere: str, unit: str) -> Chart:
    """A row for each label with two dots: the value here, and everywhere. Zero stands at the left edge."""
    values = [value for pair in rows.values() for value in pair if value > 0]
    low, high = floor(log10(min(values))), max(ceil(log10(max(values))), floor(log10(min(values))) + 1)
    wide = (WIDTH - ROW_LEFT - 24) / (high - low)
    bottom = TOP + ROW * len(rows) + 4

    def x(value: float) -> int:
        return round(ROW_LEFT + 12 + ((log10(value) - low) * wide if value > 0 else 0))

    marks, words = [], []
    for place, (label, (near, all_of)) in enumerate(rows.items()):
        y = TOP + ROW * place + ROW // 2
        left, right = sorted((x(near), x(all_of)))
        marks.append(Mark("pair", "", path=f"M{left} {y} L{right} {y}"))
        marks.append(Mark("everywhere", f"{label}, {everywhere}: {all_of:.3g} {unit}", x(all_of), y))
        marks.append(Mark("here", f"{label}, {here}: {near:.3g} {unit}", x(near), y))
        words.append(Tick(y + 4, label))
    ticks = [Tick(x(10.0**power), f"{10.0**power:g}") for power in range(low, high + 1)]
    legend = [("here", here), ("everywhere", everywhere)]
    return Chart(WIDTH, bottom + BOTTOM, legend, ticks, (), marks, words, ROW_LEFT + 12, bottom)


def _y(value: float, top: float) -> int:
    return round(HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM))


def _scale(most: float) -> tuple[float, list[Tick]]:
    """The top of the y axis, at least `most`, and its ticks at round numbers from 0."""
    rough = max(most, 1) / TICKS_MAX
    power = 10.0 ** floor(log10(rough))
    step = max(next(step * power for step in (1, 2, 5, 10) if step * power >= rough), 1)
    n = ceil(max(most, 1) / step)
    return n * step, [Tick(_y(k * step, n * step), f"{k * step:,.0f}") for k in range(n + 1)]
