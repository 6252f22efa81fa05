"""R28: more than 500 hostile names through one real night and then through every output that exists.

Pages are read by a strict parser and loaded in Chromium, with their policy and without it, as the escaping
must hold by itself; tables and graphs are read back strictly and give every raw name; a terminal gets no
control character. What the registers' readers refuse (records with a NUL byte) is counted, and is in
quarantine."""

import contextlib
import csv
import io
import json
import os
import re
import sys
import threading
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import html5lib
import networkx as nx
import openpyxl
import polars as pl
import pyarrow.parquet as pq
import pytest

from flows.cli.app import exit_code
from flows.home.settings import Home
from flows.release.store import open_current
from tests.conftest import Tier
from tests.landings import company_number
from tests.reliability import browser, hostile, hostile_app, hostile_landing
from transforms.reports import is_hidden
from transforms.values.html_references import decoded

pytestmark = [pytest.mark.reliability("R28"), pytest.mark.nightly]
PURPOSE = "hostile"

NAMES = hostile.names()
OF_EACH_KIND = list(
    {kind: name for (kind, _), name in reversed([*zip(hostile.by_kind(), NAMES, strict=True)])}.values()
)  # the first of its kind
NAMES_AT_LEAST = 500
LISTED_CHARACTERS_MAX = 1_000  # of a cell of a list for `check`
POLICY = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\''
HREF = re.compile(
    r"#[A-Za-z0-9._-]+|[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*\.html(#[A-Za-z0-9._-]+)?"
    # Publishers' pages, as their registers declare them.
    r"|https://find-and-update\.company-information\.service\.gov\.uk/company/[A-Z0-9]{8}"
    r"(/persons-with-significant-control)?"
    r"|https://landregistry\.data\.gov\.uk/data/ppi/transaction/[0-9A-F-]{36}/current"
    r"|https://www\.opensanctions\.org/entities/NK-[A-Za-z0-9]{8,40}/"
)
ELEMENTS_REFUSED = frozenset(
    {
        "script",
        "iframe",
        "object",
        "embed",
        "link",
        "base",
        "form",
        "img",
        "video",
        "audio",
        "source",
        "input",
        "button",
        "textarea",
        "select",
        "frame",
        "frameset",
        "applet",
        "math",
        "template",
        "noscript",
        "foreignobject",
        "image",
        "animate",
        "set",
    }
)
NO_ICON = {"rel": "icon", "href": "data:,"}  # of the templates: so that a browser looks for none
STYLE = re.compile(r"(\.\./)?site\.css")  # of the pages of the site
SCRIPTS = ("site_cases_data.js", "site_cases.js")  # of the index of all cases, and of no other page
WITH_ADDRESSES = frozenset(
    {"src", "srcset", "action", "formaction", "poster", "background", "data", "ping", "srcdoc", "xlink:href"}
)
Figure = Callable[[str], None]


@dataclass(frozen=True)
class Made:
    """A home after the night, the folder of the pages that `check` wrote, and what the night said."""

    home: Home
    checked: Path
    output: str
    check_output: str

    @property
    def pages(self) -> list[Path]:
        return [
            *sorted(self.home.reports.rglob("*.html")),
            *sorted(self.home.docs.rglob("*.html")),
            *sorted(self.checked.rglob("*.html")),
        ]


@dataclass(frozen=True)
class Controls:
    code: int
    text: str


def piped(*arguments: str) -> tuple[int, bytes]:
    """Exit code and standard output of a command whose output goes to a program."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    with contextlib.redirect_stdout(out):
        code = exit_code(arguments)
    out.flush()
    return code, out.buffer.getvalue()  # type: ignore[attr-defined]  # a BytesIO


def on_terminal(*arguments: str) -> Controls:
    """What a terminal gets from a command: both its outputs, byte for byte."""
    inside, outside = os.openpty()
    parts: list[bytes] = []
    reader = threading.Thread(target=_drain, args=(inside, parts))
    reader.start()
    screen = os.fdopen(outside, "w", encoding="utf-8")
    try:
        with contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen):
            code = exit_code(arguments)
            sys.stdout.flush()
    finally:
        with contextlib.suppress(ValueError, OSError):
            screen.close()
        reader.join(timeout=30)
        os.close(inside)
    return Controls(code, b"".join(parts).decode("utf-8"))


def _drain(descriptor: int, parts: list[bytes]) -> None:
    with contextlib.suppress(OSError):  # how the end of a terminal is told
        while part := os.read(descriptor, 65536):
            parts.append(part)


def obeyed(text: str) -> list[str]:
    """Characters that a terminal would obey or turn the text with: all controls but line ends (and the
    terminal's own CR LF), and direction marks.
    """
    codes = {
        c
        for c in text.replace("\r\n", "\n")
        if c != "\n"
        and (unicodedata.category(c) in ("Cc", "Cs") or c in hostile.DIRECTIONS or c in "\u2028\u2029")
    }
    return sorted(f"U+{ord(character):04X}" for character in codes)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Made]:
    """One night, and one check of a list of the names; what either prints goes to a dumb terminal, as
    colours are escapes too.
    """
    folder = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERM", "dumb")
        patch.setenv("COLUMNS", "200")
        home = Home(folder / "home")
        night = on_terminal(
            "run",
            "--landing",
            str(hostile_landing.written(folder / "landing", NAMES)),
            "--home",
            str(home.root),
        )
        assert night.code == 0, night.text[-2000:]
        declared = on_terminal(
            "purpose",
            "add",
            PURPOSE,
            "--title",
            "Looking at hostile names",
            "--legal-basis",
            "none needed",
            "--home",
            str(home.root),
        )
        assert declared.code == 0, declared.text
        patch.setenv("UNDERTOW_PURPOSE", PURPOSE)
        wanted = NAMES[::3] if request.config.option.markexpr == "nightly" else OF_EACH_KIND
        checked = on_terminal(
            "check",
            str(list_of_names(folder / "asked.csv", wanted)),
            "--to",
            str(folder / "checked"),
            "--home",
            str(home.root),
        )
        assert checked.code == 0, checked.text[-2000:]
        yield Made(home, folder / "checked", night.text, checked.text)


def list_of_names(path: Path, names: Sequence[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(["name", "role", "address"])
        writer.writerows(
            [name, name[:200], name]
            for name in names
            if len(name) <= LISTED_CHARACTERS_MAX and "\0" not in name
        )
    return path


# --- the night --------------------------------------------------------------------------------------------


def test_every_name_is_kept_as_it_is_or_its_record_is_in_quarantine(made: Made, figure: Figure) -> None:
    """Blanks around a value are no part of it, and a character reference in a company's name is its
    character; a record with a NUL byte is refused, and kept aside with its bytes.
    """
    assert len(set(NAMES)) >= NAMES_AT_LEAST
    held = dict(_rows(made, "select company_id, name from v_company"))
    rejected = _rows(made, "select distinct code from v_reject")
    kept = (
        pl.Series("name", NAMES)
        .to_frame()
        .select(decoded(pl.col("name").str.strip_chars()))["name"]
        .to_list()
    )  # as Companies House stored some: `&amp;` is &
    lost = [i for i, name in enumerate(kept) if held.get(f"GB-COH-{company_number(i)}") != name.strip()]
    aside = "".join(
        path.read_text(encoding="utf-8") for path in (made.home.quarantine / "gb_coh_companies").iterdir()
    )
    assert rejected == [("nul_byte",)]
    assert [NAMES[i] for i in lost if company_number(i) not in aside] == []
    assert (
        len(lost)
        == _rows(made, "select count(*) from v_reject where register = 'gb_coh_companies'")[0][0]
        < 10
    )
    assert _rows(made, "select count(*) from v_case")[0][0] > 50
    figure(
        f"{len(set(NAMES))} names in 7 registers, {len(NAMES) - len(lost)} kept byte for byte, "
        f"{len(lost)} records with NUL in quarantine"
    )


def _rows(made: Made, query: str) -> list[tuple[object, ...]]:
    connection = open_current(made.home)
    try:
        return connection.sql(query).fetchall()
    finally:
        connection.close()


# --- pages ------------------------------------------------------------------------------------------------


def test_pages_hold_nothing_that_runs_or_hides(made: Made, tier: Tier, figure: Figure) -> None:
    pages = made.pages
    assert {"night.html", "index.html"} <= {page.name for page in pages}
    parsed = (
        pages
        if tier.is_nightly
        else [
            *pages[:2],
            *made.checked.glob("index.html"),
            made.home.reports.resolve() / next(made.home.reports.rglob("night.html")),
        ]
    )
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert text.index(POLICY) < text.index("<title"), page.name
        assert [f"U+{ord(c):04X}" for c in set(text) - {"\n", "\u202f"} if is_hidden(c)] == [], page.name
        assert not re.search(r"(?<![0-9])49 ZED", text), f"{page.name}: a template in a name was carried out"
    for page in parsed:
        document = html5lib.HTMLParser(strict=True).parse(page.read_text(encoding="utf-8"))
        for element in document.iter():
            tag = str(element.tag).rpartition("}")[2].lower()
            if _is_own(page, tag, dict(element.attrib)):
                continue
            assert tag not in ELEMENTS_REFUSED, f"{page.name}: {tag}"
            for name, value in element.attrib.items():
                assert not str(name).lower().startswith("on") and name not in WITH_ADDRESSES, (
                    f"{page.name}: {name}"
                )
                assert name != "href" or HREF.fullmatch(value), f"{page.name}: {value}"
                assert name != "style" or "url" not in value
    figure(
        f"{len(pages)} pages with their policy and 0 hidden characters, {len(parsed)} through a strict "
        f"parser, 0 elements or attributes that run or load"
    )


def _is_own(page: Path, tag: str, attributes: dict[str, str]) -> bool:
    """Whether an element is one of the few that a template has and no name can make."""
    if tag == "script":
        return page.name == "cases.html" and attributes in [{"src": one, "defer": ""} for one in SCRIPTS]
    style = {"rel": "stylesheet", "href": attributes.get("href", "")}
    is_style = attributes == style and STYLE.fullmatch(style["href"]) is not None
    return tag == "link" and (is_style or attributes == NO_ICON)


def test_hidden_characters_are_shown_by_their_code_points(made: Made) -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in made.pages)
    shown = [
        character
        for character in (*hostile.DIRECTIONS, "\u200b", "\x1b", "\x07", "\u2028")
        if f'<span class="chip">U+{ord(character):04X}</span>' in text
    ]
    assert len(shown) == len(hostile.DIRECTIONS) + 4


def test_chromium_runs_nothing_and_asks_for_nothing(
    made: Made, tier: Tier, tmp_path: Path, figure: Figure
) -> None:
    """Every page twice: as it is, and without its policy."""
    if not browser.is_there():
        pytest.skip("chromium is not installed, so the pages are not tried in a browser")
    wanted = made.pages if tier.is_nightly else _some(made)
    control = tmp_path / "control.html"
    control.write_text(
        f"<!doctype html><title>x</title><script>{hostile.RUN}</script><img src='{hostile.OUTSIDE}x.png'>",
        encoding="utf-8",
    )
    with browser.chromium(tmp_path / "profile") as tab:
        seen = tab.visit(control)
        assert (
            seen.scripts
            and seen.dialogs == [hostile.ALARM]
            and seen.requests == [f"{hostile.OUTSIDE}x.png"]
            and seen.title == hostile.ALARM
        )
        for page in wanted:
            bare = tmp_path / "bare.html"
            bare.write_text(
                re.sub(
                    r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text(encoding="utf-8")
                ),
                encoding="utf-8",
            )
            for shown in (page, bare):
                seen = tab.visit(shown)
                scripts = {one.rpartition("/")[2] for one in seen.scripts}
                requests = {one.rpartition("/")[2] for one in seen.requests}
                own = set(SCRIPTS) if page.name == "cases.html" else set()
                assert scripts <= own and requests <= {"site.css", *own} and not seen.dialogs, page.name
                assert all(one.startswith("file:") for one in seen.requests), page.name
                assert seen.title and seen.title != hostile.ALARM
    figure(
        f"Chromium: {len(wanted)} pages with and without their policy, 0 dialogs, no script and no request "
        f"but for the files of the site"
    )


def _some(made: Made) -> list[Path]:
    """The night, the index, and a few of each kind of page."""
    kinds = [
        sorted(made.home.reports.rglob("UT-C-*.html")),
        sorted(made.home.reports.rglob("subjects/*.html")),
        sorted(made.home.reports.rglob("indicators/*.html")),
        [*made.home.reports.rglob("cases.html"), *made.home.reports.rglob("figures.html")],
        sorted(made.checked.glob("party-*.html")),
        sorted(made.checked.rglob("pictures/*.html")),
    ]
    return [
        next(made.home.reports.rglob("night.html")),
        made.checked / "index.html",
        *(page for kind in kinds for page in kind[:: max(1, len(kind) // 12)]),
    ]


# --- the review app -----------------------------------------------------------------------------------------


def test_the_review_app_runs_nothing_and_asks_for_nothing(made: Made, tmp_path: Path, figure: Figure) -> None:
    """Every kind of page that shows names, with its policy and without, read back; and a case with files of
    hostile names as one zip.
    """
    if not browser.is_there():
        pytest.skip("chromium is not installed, so the app is not tried in a browser")
    held = hostile_app.subjects(made.home)
    assert len(held.names) > 5
    with hostile_app.visits(made.home, tmp_path, PURPOSE) as visits:
        anna, otto = visits["anna"], visits["otto"]
        for is_bare in (False, True):
            for visit in visits.values():
                visit.officer.tab.without_policy(on=is_bare)
            assert hostile_app.all_kinds(held, OF_EACH_KIND, anna) == []
            otto.open("/audit")
            ran = anna.officer.tab.evaluate(hostile_app.SCRIPT) == hostile.ALARM
            assert ran is is_bare, "the control: a script runs on a page without its policy only"
        packed = hostile_app.zip_of(anna, held.case_ids[0], OF_EACH_KIND)
        (tmp_path / "case.html").write_text(packed.page, encoding="utf-8")
        seen = anna.officer.tab.visit(tmp_path / "case.html")
    assert anna.faults + otto.faults == []
    assert not seen.scripts and not seen.dialogs and not seen.requests and seen.title != hostile.ALARM
    assert [one for one in packed.saved_as if not hostile_app.SAVED_AS.fullmatch(one)] == []
    assert [one for one in packed.members if not hostile_app.IN_ZIP.fullmatch(one)] == []
    assert sorted(packed.given) == sorted(name.strip() for name in packed.kept)
    assert len(packed.members) == len(set(packed.members)) == 2 + len(packed.kept) > 5
    figure(
        f"review app: {anna.pages_n + otto.pages_n} pages with and without their policy, 0 scripts, "
        f"0 dialogs, 0 requests elsewhere, every raw name of {len(held.names)} subjects; "
        f"{len(packed.kept)} files of hostile names under safe ones"
    )


# --- tables -----------------------------------------------------------------------------------------------

TEXTS = """
select company_id as id, name as text from v_company
union all select company_id, address_text from v_company join v_address using (address_id)
union all select person_id, full_name from v_person
union all select entity_id, name from v_entity
union all select title_id, address_text from v_title
union all select statement_id, listed_name from v_listing
union all select title_id, proprietor_name from v_proprietorship
union all select file_name, reason from v_unrecognised_file
union all select flag_id, explanation from v_flag
union all select party_id, record from v_resolution
order by all
"""


def test_machine_formats_give_every_raw_text(made: Made, figure: Figure) -> None:
    raw = _rows(made, TEXTS)
    ask = ("sql", TEXTS, "--home", str(made.home.root), "--format")
    as_json = [
        (row["id"], row["text"]) for row in json.loads(piped(*ask, "json")[1], parse_constant=pytest.fail)
    ]
    lines = list(
        csv.reader(
            io.StringIO(piped(*ask, "csv")[1].decode("utf-8", errors="strict"), newline=""), strict=True
        )
    )
    parquet = pq.read_table(io.BytesIO(piped(*ask, "parquet")[1])).to_pylist()
    assert as_json == raw
    assert [tuple(line) for line in lines[1:]] == [(identifier, text or "") for identifier, text in raw]
    assert [(row["id"], row["text"]) for row in parquet] == raw
    figure(f"{len(raw)} texts through JSON, CSV and Parquet: all parse strictly, all equal the raw value")


def test_spreadsheets_hold_no_formula_and_every_raw_text(made: Made, tmp_path: Path, figure: Figure) -> None:
    raw = _rows(made, TEXTS)
    ask = ("sql", TEXTS, "--home", str(made.home.root), "--format")
    book = tmp_path / "texts.xlsx"
    assert exit_code([*ask, "xlsx", "--to", str(book)]) == 0
    cells = [cell for row in openpyxl.load_workbook(book).active.iter_rows(min_row=2) for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink] == []
    assert _texts_of(book) >= {text for _, text in raw if text and len(text) < 32_000}
    lines = list(
        csv.reader(
            io.StringIO(piped(*ask, "spreadsheet-csv")[1].decode("utf-8-sig"), newline=""), strict=True
        )
    )
    back = [(_unescaped(line, 0, "id"), _unescaped(line, 1, "text")) for line in lines[1:]]
    assert back == [(identifier, text or "") for identifier, text in raw]
    assert [cell for line in lines[1:] for cell in line if cell[:1] in "=+-@\t\r\0＝＋－＠" and cell] == []
    figure(
        f"xlsx: {len(cells)} cells, 0 formulas, 0 links, every raw text; spreadsheet CSV: 0 cells begin "
        f"with a formula's character, every raw text"
    )


def _unescaped(line: list[str], place: int, column: str) -> str:
    return line[place][1:] if column in line[2].split("; ") else line[place]


def _texts_of(book: Path) -> set[str]:
    """Shared strings of a workbook, `_xHHHH_` read as the format says."""
    name = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}t"
    with zipfile.ZipFile(book) as opened:
        strings = ElementTree.fromstring(opened.read("xl/sharedStrings.xml"))
    return {
        re.sub(r"_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code[1], 16)), element.text or "")
        for element in strings.iter(name)
    }


def test_a_list_checked_as_json_parses_and_repeats_every_name(made: Made, tmp_path: Path) -> None:
    names = [name for name in NAMES[::9] if len(name) <= LISTED_CHARACTERS_MAX and "\0" not in name]
    code, out = piped(
        "check", str(list_of_names(tmp_path / "asked.csv", names)), "--json", "--home", str(made.home.root)
    )
    assert code == 0
    assert obeyed(out.decode()) == []
    text = json.dumps(json.loads(out), ensure_ascii=False)
    assert [name for name in names if json.dumps(name.strip(), ensure_ascii=False)[1:-1] not in text] == []


# --- graphs -----------------------------------------------------------------------------------------------


def test_every_case_is_a_strict_graph_with_every_raw_name(made: Made, tier: Tier, figure: Figure) -> None:
    cases = [str(case) for (case,) in _rows(made, "select case_id from v_case order by case_id")][
        :: tier.pick(ci=4, nightly=1)
    ]
    listed = ", ".join(f"'{case}'" for case in cases)
    names = dict(
        _rows(
            made,
            f"select subject_id, subject_name from v_case_member where subject_name is not null and "
            f"case_id in ({listed})",
        )
    )
    nodes_n = 0
    for case in cases:
        code, document = piped("export", "--format", "graphml", "--case", case, "--home", str(made.home.root))
        assert code == 0
        graph = nx.read_graphml(io.BytesIO(document), force_multigraph=True)
        for node, data in graph.nodes(data=True):
            raw = json.loads(data["name_json"]) if "name_json" in data else data.get("name")
            assert node not in names or raw == names[node]
        nodes_n += graph.number_of_nodes()
        assert not re.search(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]", document.decode())
    assert nodes_n >= len(names) > tier.pick(ci=100, nightly=NAMES_AT_LEAST)
    figure(f"GraphML of {len(cases)} cases, {nodes_n} nodes: strict, every raw name")


# --- terminal ---------------------------------------------------------------------------------------------


def test_no_control_character_reaches_a_terminal(
    made: Made, tier: Tier, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, figure: Figure
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    home = ("--home", str(made.home.root))
    evil = "\x1b]0;x\x07\u202e\x9b31m[bold]"
    (tmp_path / evil).mkdir()
    flag = str(
        _rows(made, "select min(flag_id) from v_flag where state = 'flagged' and subject_name like '%'")[0][0]
    )
    few = str(list_of_names(tmp_path / "few.csv", NAMES[5::40]))
    some = f"select * from ({TEXTS}) where hash(id, text) % {tier.pick(ci=8, nightly=1)} = 0 order by all"
    commands = [
        ("sql", some, *home),
        ("sql", some, "--format", "json", *home),
        ("sql", some, "--format", "csv", *home),
        ("sql", some, "--format", "spreadsheet-csv", *home),
        ("sql", TEXTS, "--format", "xlsx", *home),
        ("sql", TEXTS, "--format", "parquet", *home),
        ("sql", f"select '{evil}' as \"{evil}\"", *home),
        ("explain", flag, *home),
        ("check", few, *home),
        ("check", few, "--json", *home),
        ("check", evil, *home),
        ("registers",),
        ("indicators",),
        ("releases", *home),
        ("releases", "--json", *home),
        ("explain", evil, *home),
        ("sql", evil, *home),
        ("export", "--format", "graphml", "--case", evil, *home),
        ("report", "--case", evil, "--to", str(tmp_path / "r"), *home),
        ("report", "--area", evil, "--to", str(tmp_path / "r"), *home),
        ("rollback", "--to", evil, *home),
        ("run", "--landing", str(tmp_path / evil), *home),
        ("run", "--landing", evil, *home),
        ("sql", "select 1", "--format", evil, *home),
        (evil,),
        ("check", few, f"--{evil}"),
        ("run", "--landing", ".", "--as-of", evil, *home),
        ("sql", "select 1", "--home", str(tmp_path / evil)),
    ]
    controls = {"run": obeyed(made.output), "check": obeyed(made.check_output)}
    for number, arguments in enumerate(commands):
        shown = on_terminal(*arguments)
        assert shown.code in (0, 2, 3, 4), arguments
        assert shown.text, arguments
        controls[f"{number} {arguments[0]}"] = obeyed(shown.text)
    assert {command: characters for command, characters in controls.items() if characters} == {}
    figure(f"terminal: {len(controls)} commands and errors, 0 control or direction characters")
