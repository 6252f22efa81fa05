"""The command `evaluate`: measure the flags, entity resolution, patterns of money, or the effect of a
measure.
"""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import HomeOption, JsonOption
from flows.cli.output import complain, print_records
from flows.home import progress, settings
from transforms.errors import UsageError, as_typed

ABSENT_PRINTED = 5  # rows of a truth file whose subjects this release does not have

TrainOption = Annotated[
    Path | None,
    typer.Option(
        "--train", help="With --linkage: train the settings for persons, and write them to this file."
    ),
]
FlowsOption = Annotated[
    Path | None,
    typer.Option(
        "--flows",
        help="Measure the patterns of money instead, on AMLworld's labelled transfers in this folder.",
    ),
]
MeasureOption = Annotated[
    str | None,
    typer.Option(
        "--measure",
        help="Measure the effect of this measure of measures.toml instead; the first call records its "
        "declaration.",
    ),
]
PoolOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--pool", help="A result of --measure with --json, of one town or more, to pool. Can be repeated."
    ),
]


def evaluate(
    truth: Annotated[
        Path | None,
        typer.Option(
            "--truth",
            help="CSV with columns indicator, subject_id, expected (default: that of the synthetic town).",
        ),
    ] = None,
    *,
    home: HomeOption,
    linkage: Annotated[
        bool,
        typer.Option("--linkage", help="Measure entity resolution instead, on a synthetic town."),
    ] = False,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            help="With --linkage: measure on the public data sets in this folder too "
            "(FEBRL, historical figures, Senzing).",
        ),
    ] = None,
    train: TrainOption = None,
    bias: Annotated[
        bool,
        typer.Option(
            "--bias", help="With --linkage: print error rates by script, length and frequency of the name."
        ),
    ] = False,
    flows: FlowsOption = None,
    measure: MeasureOption = None,
    pool: PoolOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure indicators on the current release, or entity resolution, patterns of money, a measure."""
    if measure is not None or pool:
        _evaluate_measures(home, measure, pool or [], as_json=as_json)
    elif flows is not None:
        if truth or linkage:
            raise UsageError("--flows has labels of its own; give it without --truth and --linkage")
        _evaluate_flows(flows, as_json=as_json)
    elif linkage:
        if truth is not None:
            raise UsageError("--truth is for indicators, and --linkage has its own truth; give one of them")
        _evaluate_linkage(data, train, bias=bias, as_json=as_json)
    elif data or train or bias:
        raise UsageError("--data, --train and --bias need --linkage; add it")
    else:
        _evaluate_indicators(home, truth, as_json=as_json)


def _evaluate_indicators(home: settings.Home, truth: Path | None, *, as_json: bool) -> None:
    from flows.operations.evaluation import measure_indicators

    with progress.shown("Measuring"):
        measures, absent = measure_indicators(home, truth)
    if absent.height:
        named = absent.head(ABSENT_PRINTED).select("indicator", "subject_id").iter_rows()
        examples = ", ".join(f"{code} {as_typed(subject)}" for code, subject in named)
        complain(
            f"{absent.height} rows are about subjects that are not in this release, and are not counted: "
            f"{examples}"
        )
    print_records(measures.to_dicts(), as_json=as_json)


def _evaluate_measures(home: settings.Home, measure: str | None, files: list[Path], *, as_json: bool) -> None:
    from flows.cli.evaluation.effect import print_effect, print_pooled

    if measure is not None and files:
        raise UsageError("--measure and --pool: give one of them")
    if measure is not None:
        print_effect(home, measure, as_json=as_json)
    else:
        print_pooled(files, as_json=as_json)


def _evaluate_flows(folder: Path, *, as_json: bool) -> None:
    from flows.operations.flow_patterns import measure_flows

    if not folder.is_dir():
        raise UsageError(f"--flows {folder}: there is no such folder; name the one with AMLworld's files")
    with progress.shown("Measuring"):
        measures = measure_flows(folder)
    print_records(measures, as_json=as_json)


def _evaluate_linkage(data: Path | None, train: Path | None, *, bias: bool, as_json: bool) -> None:
    from flows.home import logs
    from flows.night.linkage import bias_table, linkage_table
    from flows.night.linkage import train as train_settings

    logs.configure(quiet=True)
    if data is not None and not data.is_dir():
        raise UsageError(f"--data {data}: there is no such folder; name the one with the public data sets")
    if train is not None:
        with progress.shown("Training"):
            train_settings(train)
        return
    with progress.shown("Measuring"):
        measures = bias_table() if bias else linkage_table(data)
    print_records(measures, as_json=as_json)
