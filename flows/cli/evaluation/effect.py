"""The effect of a measure as text."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from flows.cli.output import counted, print_json, say
from flows.home import progress
from flows.home.settings import Home
from flows.operations.effect import Pooled, Result, evaluate_measure, pooled
from quality.effect import BEFORE_MIN, Effect, Smallest
from transforms.model.area_views import CELL_MIN

HIDDEN_WORDS = f"under {CELL_MIN}"
CHANCE = "with a chance of 80 per cent"


def print_effect(home: Home, measure_id: str, *, as_json: bool) -> None:
    """Evaluate a measure, and print the result as text or JSON."""
    with progress.shown("Evaluating"):
        result = evaluate_measure(home, measure_id)
    _print(result.model_dump(mode="json"), _lines(result), as_json=as_json)


def print_pooled(files: Sequence[Path], *, as_json: bool) -> None:
    with progress.shown("Pooling"):
        result = pooled(files)
    _print(asdict(result), _pooled_lines(result), as_json=as_json)


def _print(values: object, lines: Iterable[str], *, as_json: bool) -> None:
    if as_json:
        print_json(values)
    else:
        say("\n".join(lines))


def _lines(result: Result) -> Iterator[str]:
    if result.synthetic:
        yield "SYNTHETIC: an invented town"
    yield f"{result.measure}: {result.title} ({result.kind}), from {result.began_on}"
    yield f"Counted: flags of {', '.join(result.indicators)} that stand in the release of {result.as_of}"
    yield _when_recorded(result)
    yield _could_words(result.smallest)
    if result.reaches_back:
        yield (
            "No verdict: the time before begins no later than the first edition held, in which everything is "
            "seen for the first time; declare fewer months before, or wait"
        )
    elif not result.is_over:
        yield f"No verdict yet: the time after ends on {result.until}, and is looked at when it has passed"
    elif result.effect is None:
        yield (
            f"No verdict: its area had under {BEFORE_MIN} flags in the time before, or each comparison "
            "area had"
        )
    else:
        before, after = (HIDDEN_WORDS if n is None else str(n) for n in result.counts)
        areas = counted(len(result.comparison), "comparison area", "comparison areas")
        months = result.months_before, result.months_after
        yield f"In the area: {before} in {months[0]} months before, {after} in {months[1]} after"
        few = f" ({result.too_few_n} with under {BEFORE_MIN} before left out)" if result.too_few_n else ""
        yield f"Against {areas}{few}: {_effect_words(result.effect)}"
        if result.neighbours_effect is not None:
            moved = _effect_words(result.neighbours_effect)
            yield f"In the neighbouring areas, where it may have moved: {moved}"
        yield _verdict_words(result)


def _pooled_lines(result: Pooled) -> Iterator[str]:
    if result.synthetic:
        yield "SYNTHETIC: at least one invented town"
    yield (
        f"{counted(result.towns_n, 'measure', 'measures')} together, "
        f"{result.recorded_before_n} declared before their own date"
    )
    yield _could_words(result.smallest)
    yield _effect_words(result.effect)
    yield _verdict_words(result)


def _when_recorded(result: Result) -> str:
    when = "before" if result.recorded_before else "NOT before"
    changes = counted(result.changed_n, "other declaration", "other declarations")
    changed = f"; it was CHANGED, after {changes}" if result.changed_n else ""
    warned = "" if result.recorded_before else ", so it may have been written knowing the counts"
    return f"Declared as it is on {result.recorded_on}, {when} its date{warned}{changed}"


def _could_words(could: Smallest) -> str:
    if could.fall is None and could.rise is None:
        return (
            "These counts could show no effect, however large: there are too few flags so far, or too few "
            "comparison areas (an interval of 95 per cent takes 19, or several towns together)"
        )
    parts = [
        f"a {name} of {percent} per cent or more"
        for name, percent in (("fall", could.fall), ("rise", could.rise))
        if percent is not None
    ]
    return (
        f"These counts could tell {' and '.join(parts)} from none, {CHANCE}; an estimate below that gets no "
        "verdict"
    )


def _effect_words(seen: Effect) -> str:
    low = "0" if seen.low is None else f"{seen.low:.2f}"
    high = "without end" if seen.high is None else f"{seen.high:.2f}"
    return f"{seen.ratio:.2f} times what it would have been (95 per cent interval {low} to {high})"


def _verdict_words(result: Result | Pooled) -> str:
    if result.verdict == "none":
        return (
            "No verdict: the interval does not rule out that nothing changed, or the effect is smaller than "
            "these counts could show. That is no proof that there is none"
        )
    return f"Verdict: {result.verdict} flags than without the measure"
