"""Commands for reviewers: report, export, resolve."""

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.accountability.access import Access
from flows.cli.options import AreaOption, HomeOption, LanguageOption, PurposeOption, RowsFormat, ThemeOption
from flows.cli.output import complain, hand_over
from flows.exports.review_list import review_list
from flows.exports.table import TEXT_FORMATS, Format, table_bytes
from flows.facts.areas import Areas, area_folder, known_areas, known_theme
from flows.home import disk, progress, settings
from flows.home.authority import speak
from flows.home.processes import keep_private
from flows.release import store
from flows.release.case_ids import case_by_id, cases_by_id, was_its_id
from flows.release.lookups import require_todays_views
from transforms.errors import UsageError, as_typed

# A case for other programs, or cases and their flags as a table.
ExportFormat = Literal["graphml", "ftm", "bods", "csv", "json", "parquet", "xlsx", "spreadsheet-csv"]
OF_A_CASE = ("graphml", "ftm", "bods")
PracticeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--practice",
        help="Write only the practice sheet of this indicator, for another authority: no subject, no small "
        "count. Can be repeated.",
    ),
]
HoursOption = Annotated[
    int | None,
    typer.Option("--hours", help="With --practice of one indicator: hours that its readings took.", min=1),
]


def report(
    *,
    to: Annotated[
        Path | None,
        typer.Option("--to", help="Folder to write to (default: reports/<release> in the home)."),
    ] = None,
    case: Annotated[
        str | None, typer.Option("--case", help="Write only the page of this case (see v_case).")
    ] = None,
    subject: Annotated[
        str | None,
        typer.Option("--subject", help="Write only the page of this subject, or of the case it is in."),
    ] = None,
    area: AreaOption = None,
    theme: ThemeOption = "",
    practice: PracticeOption = None,
    hours: HoursOption = None,
    home: HomeOption,
    language: LanguageOption = None,
    purpose: PurposeOption = None,
) -> None:
    """Write the report and the first case pages of the current release again, or one page.

    With --area or --theme, the report covers those districts or cases and goes into a separate folder.
    """
    if sum(value is not None for value in (case, subject, area or theme or None, practice)) > 1:
        raise UsageError("--case, --subject, --practice, or --area with --theme: give one of them")

    speak(home, language)
    keep_private()
    if practice or hours is not None:
        from flows.cli.evaluation.practice import write_sheets

        write_sheets(home, practice or [], to, hours)
    elif case is None and subject is None:
        _report_release(home, to, area or [], theme)
    else:
        _report_page(home, to, purpose, case, subject)


def _report_release(home: settings.Home, to: Path | None, names: list[str], theme: str) -> None:
    from flows.pages.case import render_first_cases
    from flows.pages.night import render_night
    from flows.pages.site import write_site

    with store.open_current(home) as connection:
        require_todays_views(connection)
        areas = Areas(known_areas(connection, names).names, known_theme(connection, theme))
        release = store.current_release(home)
        folder = home.reports / release.name
        # A report on areas has its own folder, beside the report on the whole release.
        folder = to or (folder / area_folder(areas) if areas.shown else folder)
        with disk.written_to(to):
            address = _data_docs_address(release, folder) if to is None else None
            with progress.shown("Writing pages"):
                night_page = render_night(connection, folder, areas=areas, data_docs=address, has_site=True)
                case_pages = render_first_cases(connection, folder, areas=areas)
                write_site(connection, folder, areas=areas, data_docs=address, boundaries=home.areas)
    for page in (night_page, *case_pages):
        print(page)


def _data_docs_address(release: Path, folder: Path) -> str | None:
    """Address of the index of the Data Docs of a release, seen from a page in `folder`."""
    index = store.data_docs(release)
    return os.path.relpath(index, folder) if index else None


def _report_page(
    home: settings.Home, to: Path | None, purpose: str | None, case: str | None, subject: str | None
) -> None:
    """The page of a case, or of a subject if no case is named."""
    from flows.pages.case import FOLDER, render_case, render_subject
    from flows.pages.site import write_subjects

    release = store.current_release(home)
    site = home.reports / release.name
    folder = to or site / FOLDER
    with disk.written_to(to), Access(home, purpose) as access:
        require_todays_views(access.connection)
        if case is not None:
            _record_case(access, "report", case)
            page = render_case(access.connection, folder, case)
        elif subject is not None:
            access.record("report", [subject.strip()], shown=access.known([subject.strip()]))
            page = render_subject(access.connection, folder, subject)
        else:
            return
        if to is None:
            address = _data_docs_address(release, site)
            write_subjects(access.connection, site, page.stem, data_docs=address)
    print(page)


def _record_case(access: Access, command: str, case_id: str) -> None:
    """Audit the lookup, and say where an earlier id leads. Raises UsageError for an unknown id."""
    typed_id = case_id.strip()
    cases = cases_by_id(access.connection, [typed_id]).values()
    access.record(command, [typed_id], shown=access.known([typed_id, *cases]))
    if (case := case_by_id(access.connection, typed_id)) != typed_id:
        is_earlier_id = was_its_id(access.connection, typed_id, case)
        complain(
            f"--case {as_typed(typed_id)}: {'this case is now' if is_earlier_id else 'this leads to'} {case}"
        )


def export(
    format: Annotated[
        ExportFormat,
        typer.Option(
            help="graphml: the parties, titles and addresses of a case, and what connects them. ftm: what "
            "its page shows, as FollowTheMoney entities. bods: their owners, as BODS 0.4 statements. "
            "Others: a row for each flag, in the order of review; xlsx and spreadsheet-csv are for people. "
            "xlsx of one case: with its parties, what connects them, and what its flags rest on, for i2 "
            "Analyst's Notebook too."
        ),
    ],
    case: Annotated[
        str | None, typer.Option("--case", help="Only this case (see v_case). Needs a purpose.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="Write to this file (default: standard output).")
    ] = None,
    *,
    home: HomeOption,
    purpose: PurposeOption = None,
) -> None:
    """Write a case of the current release for other programs, or cases and their flags as a table."""
    speak(home)
    if case is not None:
        contents = _exported_case(home, format, case, purpose)
    elif format in OF_A_CASE:
        raise UsageError(f"--format {format} is of one case; add --case")
    else:
        with store.open_current(home) as connection:
            require_todays_views(connection)
            contents = table_bytes(review_list(connection), Format(format))
    is_text = format in OF_A_CASE or Format(format) in TEXT_FORMATS
    hand_over(contents, to, is_text=is_text)


def _exported_case(home: settings.Home, format: ExportFormat, case: str, purpose: str | None) -> bytes:
    from flows.exports.bods import case_bods
    from flows.exports.case_graph import case_graphml
    from flows.exports.case_workbook import case_workbook
    from flows.exports.ftm import case_ftm

    with Access(home, purpose) as access:
        require_todays_views(access.connection)
        _record_case(access, "export", case)
        writers = {"graphml": case_graphml, "ftm": case_ftm, "bods": case_bods, "xlsx": case_workbook}
        if format in writers:
            return writers[format](access.connection, case)
        return table_bytes(review_list(access.connection, case), Format(format))


ListOption = Annotated[
    bool, typer.Option("--list", help="Print the least certain pairs instead of asking about each.")
]
JudgeOption = Annotated[
    tuple[str, str, str, str, str] | None,
    typer.Option(
        "--judge",
        metavar="REGISTER RECORD REGISTER RECORD VERDICT",
        help="Judge two records (see v_resolution): positive, negative or unsure.",
    ),
]
ExplainOption = Annotated[
    tuple[str, str, str, str] | None,
    typer.Option(
        "--explain",
        metavar="REGISTER RECORD REGISTER RECORD",
        help="Show why two records are one party or two: the weight of each comparison, or the rule.",
    ),
]
HistoryOption = Annotated[
    bool,
    typer.Option("--history", help="Print every merge and split of parties with its reason, newest first."),
]
ByOption = Annotated[str | None, typer.Option("--by", help="Who judges: a user of this home, or a role.")]
NoteOption = Annotated[
    str | None,
    typer.Option("--note", help="The reason, in one line. `undertow purge` removes it with the person."),
]
ScoresOption = Annotated[
    bool, typer.Option("--show-scores", help="Show the model's scores too; they may sway the judge.")
]


def resolve(
    *,
    home: HomeOption,
    as_list: ListOption = False,
    judge: JudgeOption = None,
    explain: ExplainOption = None,
    history: HistoryOption = False,
    by: ByOption = None,
    note: NoteOption = None,
    show_scores: ScoresOption = False,
    limit: Annotated[int, typer.Option("--limit", help="Maximum number of pairs.", min=1)] = 200,
    format: Annotated[RowsFormat, typer.Option(help="How --list, --explain and --history print.")] = "table",
    purpose: PurposeOption = None,
) -> None:
    """Review the least certain pairs of records: are the two records the same party?

    The next run applies the judgements. A later judgement on a pair replaces an earlier one.
    """
    from flows.cli import resolve as forms

    if sum(map(bool, (as_list, judge, explain, history))) > 1:
        raise UsageError(
            "--list, --judge, --explain and --history: give one of them, or none to be asked about each pair"
        )
    with Access(home, purpose) as access:
        request = forms.Request(access, home, by, note, limit, show_scores, format)
        if judge is not None:
            forms.judge_one(request, judge)
        elif explain is not None:
            forms.print_explained(request, explain)
        elif as_list:
            forms.print_list(request)
        elif history:
            forms.print_history(request)
        else:
            forms.judge_each(request)
