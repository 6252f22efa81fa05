"""Commands that make releases: demo, run, serve, releases, rollback."""

import shutil
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.cli.options import (
    DAY_SHOWN,
    AreaOption,
    HomeOption,
    JsonOption,
    KnownAtOption,
    LanguageOption,
    day,
)
from flows.cli.output import after_the_work, begin_work, complain, print_records
from flows.home import mappings, progress, settings
from flows.home.authority import SETTINGS_FILE, speak
from flows.home.lock import held
from flows.home.processes import keep_private
from flows.release import store
from transforms.errors import UsageError
from transforms.model.register import registers


def demo(
    home: HomeOption,
    companies: Annotated[
        int | None,
        typer.Option(help="Number of companies in the town (default: 2000; 800 in the Dutch one).", min=1),
    ] = None,
    seed: Annotated[int, typer.Option(help="Random seed; the same seed gives the same town.")] = 1,
    town: Annotated[
        Literal["gb", "nl"], typer.Option("--town", help="A British town, or a Dutch port.")
    ] = "gb",
    language: LanguageOption = None,
) -> int:
    """Create a synthetic town, run the pipeline on it, and show where the report is."""
    from quality.town import write_town
    from quality.town.council import APPROVAL_LIMIT
    from quality.town.havermonde import write_port
    from quality.town.havermonde.facts import TOWN
    from quality.town.havermonde.write import PERMITS_MAPPING_FILE

    if store.is_real(home):
        raise UsageError(f"{home.root}: this home holds real registers; give the demo another --home")
    keep_private()
    folder, whose = home.landing / "town", home.root / SETTINGS_FILE
    if folder.exists() and (folder / "mappings" / PERMITS_MAPPING_FILE).exists() != (town == "nl"):
        raise UsageError(f"{home.root}: this home holds the other town; give the demo another --home")
    size = {} if companies is None else {"companies": companies}
    with progress.shown("Writing the town"):
        written = (write_port if town == "nl" else write_town)(folder, seed=seed, **size)
    shutil.copytree(folder / "mappings", mappings.folder(home), dirs_exist_ok=True)
    complain(f"SYNTHETIC town written: {written}")
    if not whose.exists():
        own = f'name = "Gemeente {TOWN}"' if town == "nl" else f"approval_limit = {APPROVAL_LIMIT}"
        spoken = language or ("nl" if town == "nl" else "en")
        whose.write_text(f'{own}\nlanguage = "{spoken}"\n', encoding="utf-8")
    speak(home, language)
    return _run_night(home, folder / "landing", is_synthetic=True)


def run(
    *,
    landing: Annotated[Path, typer.Option("--landing", help="Folder with the publishers' files.")],
    home: HomeOption,
    as_of: Annotated[
        date | None,
        typer.Option(
            "--as-of",
            parser=day,
            metavar=DAY_SHOWN,
            help="Day that the release describes (default: the date of the newest edition).",
        ),
    ] = None,
    known_at: KnownAtOption = None,
    area: AreaOption = None,
    any_size: Annotated[
        list[str] | None,
        typer.Option(
            help="Register whose new edition is accepted however much it differs from the last. "
            "Look at it first. Can be repeated."
        ),
    ] = None,
    language: LanguageOption = None,
    engine: Annotated[
        Literal["spark"] | None,
        typer.Option(help="Parse and compute on the workers of a Spark Connect server (SPARK_REMOTE)."),
    ] = None,
) -> int:
    """Read the publishers' files in a folder, and publish a release with its report.

    --area limits the report, and opens no case about companies with no connection to the area.
    """
    # A misspelled --landing creates no home. In an existing home, the run and its failure are recorded.
    if not home.root.exists() and not landing.is_dir():
        raise UsageError(
            f"--landing {landing.resolve()}: there is no such folder; "
            "name the folder with the publishers' files"
        )
    if unknown := set(any_size or ()) - registers().keys():
        raise UsageError(f"--any-size {min(unknown)}: no such register; `undertow registers` lists them")
    speak(home, language)
    return _run_night(
        home,
        landing,
        as_of=as_of,
        known_at=known_at,
        areas=tuple(area or ()),
        any_size=tuple(any_size or ()),
        engine=engine,
    )


def _run_night(
    home: settings.Home,
    landing: Path,
    *,
    as_of: date | None = None,
    known_at: date | None = None,
    areas: tuple[str, ...] = (),
    any_size: tuple[str, ...] = (),
    is_synthetic: bool = False,
    engine: Literal["spark"] | None = None,
) -> int:
    """Run in this process, or through the Prefect server if one is configured; then print the summary.

    On Spark it runs in this process: Spark shows and retries the tasks.
    """
    from flows.cli.summary import print_summary
    from flows.night.night import Night, new_night
    from flows.night.runner import run_night
    from flows.operations.telling.tell import telling

    begin_work()
    has_server = bool(settings.prefect_api_url()) and not engine
    with telling(home) as this_run:
        night = new_night(
            home,
            landing,
            as_of=as_of,
            known_at=known_at,
            areas=areas,
            any_size=any_size,
            synthetic=is_synthetic,
            engine=engine or ("prefect" if has_server else "plain"),
        )
        this_run.run_id = night.run_id
        run: Callable[[Night], Night] = run_night
        if has_server:
            settings.prepare_prefect(home)
            from flows.nightly import run_through_prefect

            run = run_through_prefect
        elif engine:
            from flows.spark.stages import run_on_spark

            run = run_on_spark
        with progress.shown():
            night = run(night)
    with after_the_work():
        print_summary(night)
    return night.exit_code


def serve(
    home: HomeOption,
    *,
    port: Annotated[int, typer.Option(help="Port of the Prefect server.", min=1, max=65535)] = 4200,
    health_port: Annotated[
        int | None,
        typer.Option(help="Port of /health and /metrics (default: the one after --port).", min=1, max=65535),
    ] = None,
    review_port: Annotated[
        int | None,
        typer.Option(help="Port of the review app (default: the one after --health-port).", min=1, max=65535),
    ] = None,
    no_review: Annotated[bool, typer.Option("--no-review", help="Do not serve the review app here.")] = False,
    host: Annotated[str, typer.Option(help="Address to listen on; another one only in a container.")] = (
        "127.0.0.1"
    ),
    server_only: Annotated[bool, typer.Option("--server-only", help="Start only the server.")] = False,
    server: Annotated[
        str, typer.Option(help="Host on which `serve --server-only` runs: start the rest here.")
    ] = "",
) -> int:
    """Start the Prefect server, the schedules of prefect.yaml and the review app. Runs until interrupted.

    With --server-only or --server, as in containers, the review app is a separate service.
    """
    from flows.operations.serving import Ports
    from flows.operations.serving import serve as serve_schedule

    if server_only and server:
        raise UsageError("--server-only and --server exclude each other; give one of them")
    keep_private()
    pages = health_port or port + 1
    without_review = no_review or server_only or bool(server)
    ports = Ports(port, pages, host, None if without_review else review_port or pages + 1)
    return serve_schedule(home, ports, server_only=server_only, server=server)


def releases(home: HomeOption, as_json: JsonOption = False) -> None:
    """List the releases kept, newest last."""
    records = [asdict(release) for release in store.releases(home, readable=True)]
    columns = ("release_id", "as_of", "built_at", "rows_n", "synthetic", "is_current")
    print_records(records, as_json=as_json, columns=columns)
    warn_if_unpublished(home)


def warn_if_unpublished(home: settings.Home) -> None:
    """Warn of a misspelled --home, which must not look like a home without problems, and of a lost link."""
    if store.current_target(home) is not None:
        return
    if published := store.published_folders(home):
        complain(store.without_link(home, published[-1].name))
    else:
        reason = (
            "no release has been published here yet"
            if home.root.is_dir()
            else "there is no such folder, so nothing has been published here"
        )
        complain(f"{home.root}: {reason}; run `undertow run --landing DIR`, or `undertow demo`")


def rollback(
    to: Annotated[
        str | None, typer.Option("--to", help="Release to return to (default: the one before the current).")
    ] = None,
    *,
    home: HomeOption,
) -> None:
    """Make an earlier release current again, after checking its files against its manifest."""
    from flows.release.publish import rollback as roll_back

    home.must_exist()  # the lock would make it
    with held(home, "rollback"):
        print(f"Release {roll_back(home, to)} is now current.")
