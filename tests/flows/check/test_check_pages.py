"""`undertow check`: hostile names, and pages."""

import json
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from flows.check.input import Question
from flows.cli.app import exit_code
from flows.home.settings import Home
from flows.home.warehouse import query
from flows.release.store import current_release
from tests.flows.check.asking import checked, pages_written
from tests.flows.check_release import (
    ALDER,
    BIRCH,
    FORMULA,
    HOSTILE,
    OFFICE,
    QUOTED,
    SCRIPT,
    TURNED,
    published,
)
from tests.flows.pages.releases import Page

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def pages(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    asked_rows = [
        Question(1, name="Alder Farm Ltd", number="09000001", role="applicant"),
        Question(2, name="John Smith", role="financier"),
        Question(3, name="cedar trading"),
        Question(4, number="ZT100001"),
        Question(5, address=OFFICE),
        Question(6, name="nobody"),
        *(
            Question(7 + n, name=name, role=name, kind=name)
            for n, name in enumerate((SCRIPT, FORMULA, TURNED, QUOTED))
        ),
    ]
    folder = tmp_path_factory.mktemp("pages") / "new"
    pages_written(home, checked(home, asked_rows), folder)
    return folder


@pytest.mark.sample(1)
@pytest.mark.parametrize("name", HOSTILE.values(), ids=["script", "formula", "turned", "quoted"])
def test_hostile_names_are_found_and_change_nothing(
    home: Home, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["check", name, "--home", str(home.root)]) == 0
    output = capsys.readouterr().out
    assert "exact name" in output and "\u202e" not in output and "\x1b" not in output
    assert exit_code(["check", name, "--json", "--home", str(home.root)]) == 0
    assert json.loads(capsys.readouterr().out)["answers"][0]["subjects"][0]["name"] == name


@pytest.mark.sample(6)
@pytest.mark.parametrize(
    "what",
    [
        "[bold]x[/bold]",
        "'; drop table entity; --",
        "a\x00b",
        "\ud800",
        "%s %d {0} {{ 7*7 }}",
        "--",
        "\\",
        "*",
        "a" * 999,
    ],
)
def test_any_text_is_only_a_text(home: Home, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["check", "--home", str(home.root), "--", what]) == 0
    assert "nothing found" in capsys.readouterr().out
    assert query(current_release(home), "select count(*) as n from v_entity").to_pylist()[0]["n"] > 0


def test_an_index_and_a_page_for_each_party_in_words(pages: Path) -> None:
    assert sorted(path.name for path in pages.glob("*.html")) == [
        "index.html",
        *(f"party-{n:06d}.html" for n in range(1, 11)),
    ]
    index, alder = (
        Page((pages / "index.html").read_text(encoding="utf-8")),
        Page((pages / "party-000001.html").read_text(encoding="utf-8")),
    )
    for part in (
        "Check of 10 parties",
        "SYNTHETIC",
        "ALDER FARM LIMITED",
        "identifier and name agree",
        "nothing found",
        "No flag is not a clearance",
    ):
        assert part in index.text, part
    for part in (
        "A flag is an indication",
        "Checked on2026-07-01",
        "Who owns and controls it",
        "CERTAIN: controls it",
        "Flags: 2 act, 1 look; on entities around it: 1 act",
        "OWN-010 Circular ownership",
        "interest_statement.share_min",
        "UT-C-f1",
        "DEC-010",
        "SMITH, John Paul",
        "Searched and not found, 2026-07-01",
        "2 High Street, Elsewhere",
        "only an extract is held",
    ):
        assert part in alder.text, part
    assert [
        link for _, attributes in index.tags if (link := attributes.get("href") or "").startswith("party")
    ] == [f"party-{n:06d}.html" for n in range(1, 11)]


def test_a_printed_page_has_the_evidence_of_every_flag(pages: Path) -> None:
    """Which is folded on the screen: on paper nobody can open it."""
    html = (pages / "party-000001.html").read_text(encoding="utf-8")
    assert html.count("<details><summary>Evidence") == 4 == html.count('<table class="evidence">')
    registers = re.findall(r'<td><span>([^<]*)<span class="sub">[^<]* · file', html)
    assert registers and not any("_" in register for register in registers)  # by its title
    assert (
        "details::details-content { content-visibility: visible; block-size: auto; }"
        in html.rpartition("@media print")[2].partition("</style>")[0]
    )


def test_pages_are_whole_and_ask_nothing_of_anybody(pages: Path) -> None:
    for path in pages.glob(
        "*.html"
    ):  # the pages with pictures are those of cases, and have tests of their own
        html = path.read_text(encoding="utf-8")
        page = Page(html)
        assert (page.faults, page.open) == ([], []), path.name
        assert html.startswith(
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta http-equiv="Content-Security-Policy"'
        ), path.name
        assert {tag for tag, _ in page.tags}.isdisjoint(
            {"script", "img", "svg", "iframe", "form", "object", "base"}
        ), path.name
        assert not [
            name
            for _, attributes in page.tags
            for name in attributes
            if name.startswith("on") or name in {"src", "srcset", "action"}
        ], path.name
        assert not re.search(r"url\(|@import|https?://", html), path.name
        assert not re.search(r"[\u202a-\u202e\u2066-\u2069\x00-\x09\x0b-\x1f\x7f]", html), path.name
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
        assert (
            levels[0] == 1
            and levels.count(1) == 1
            and all(after <= before + 1 for before, after in pairwise(levels))
        ), path.name
        tags = [tag for tag, _ in page.tags]
        assert tags.count("table") == tags.count("caption") and all(
            attributes.get("scope") for tag, attributes in page.tags if tag == "th"
        ), path.name
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids)), path.name


def test_hostile_names_on_pages_are_text(pages: Path) -> None:
    text = (pages / "party-000007.html").read_text(encoding="utf-8") + (pages / "index.html").read_text(
        encoding="utf-8"
    )
    assert "&lt;script&gt;" in text and "<script" not in text
    assert '<span class="chip">U+202E</span>' in text


def test_a_matched_company_has_its_ownership_picture_and_a_person_never_has_a_page(pages: Path) -> None:
    [linked] = set(
        re.findall(
            r'href="pictures/([\w-]+\.html)"', (pages / "party-000001.html").read_text(encoding="utf-8")
        )
    )
    assert '<svg class="ownership"' in (pages / "pictures" / linked).read_text(encoding="utf-8")
    assert "pictures/" not in (pages / "party-000002.html").read_text(encoding="utf-8")
    assert all(path.name.startswith(("GB-COH-", "UT-C-")) for path in (pages / "pictures").iterdir())


def test_a_flag_leads_to_the_page_of_its_case_where_there_is_one(pages: Path) -> None:
    named = re.findall(
        r"<dt>Case</dt><dd>(.+?)</dd>",
        "".join(path.read_text(encoding="utf-8") for path in pages.glob("party-*.html")),
    )
    cases = [
        (match[1], "<a href=" in named_case)
        for named_case in named
        if (match := re.search(r"<code>(UT-C-\w+)</code>", named_case))
    ]
    assert len(cases) == len(named)
    assert [is_link for _, is_link in cases] == [
        (pages / "pictures" / f"{case}.html").exists() for case, _ in cases
    ]
    assert any(is_link for _, is_link in cases)


def test_companies_beyond_the_first_ones_are_said_to_have_no_picture(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.pages.check.PICTURES_MAX", 1)
    pages_written(home, checked(home, [Question(1, number=ALDER), Question(2, number=BIRCH)]), tmp_path)
    index, alder, birch = (
        Page((tmp_path / name).read_text(encoding="utf-8")).text
        for name in ("index.html", "party-000001.html", "party-000002.html")
    )
    assert (
        "The first 1 companies have an ownership picture. The other 1 have none" in index
        and f"{BIRCH}no ownership picture" in index
        and f"{ALDER}no ownership" not in index
    )
    assert f"undertow report --subject {BIRCH}" in birch and "undertow report --subject" not in alder


@pytest.mark.nightly
def test_a_real_release_links_to_the_public_register_and_a_synthetic_one_does_not(
    tmp_path: Path, pages: Path
) -> None:
    assert "company-information" not in (pages / "party-000001.html").read_text(encoding="utf-8")
    real = published(tmp_path / "home", synthetic=False)
    pages_written(real, checked(real, ALDER), tmp_path / "real")
    html = (tmp_path / "real" / "party-000001.html").read_text(encoding="utf-8")
    assert (
        'href="https://find-and-update.company-information.service.gov.uk/company/09000001" '
        'rel="noreferrer noopener external"' in html
    )
    assert "SYNTHETIC" not in html


def test_pages_of_an_earlier_check_go_and_other_files_stay(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "party-000009.html").write_text("old")
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "GB-COH-1.html").write_text("old")
    (tmp_path / "pictures" / "UT-C-f1-0.html").write_text("old")
    for foreign in ("index.html", "my-notes.html", "A title.html", "GB-COH-1.html.bak"):
        (tmp_path / "pictures" / foreign).write_text("mine")
    assert exit_code(["check", ALDER, "--to", str(tmp_path), "--home", str(home.root)]) == 0
    assert str(tmp_path / "index.html") in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "index.html",
        "notes.txt",
        "party-000001.html",
        "pictures",
    ]
    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == [
        "A title.html",
        "GB-COH-1.html.bak",
        "UT-C-f1.html",
        "index.html",
        "my-notes.html",
    ]
    (tmp_path / "file").write_text("x")
    assert exit_code(["check", ALDER, "--to", str(tmp_path / "file"), "--home", str(home.root)]) == 2


@pytest.mark.nightly  # on every commit a browser reads hostile names in test_reporting.py
def test_chromium_runs_nothing_of_a_hostile_name(pages: Path, tmp_path: Path) -> None:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed, so the page is not tried in a browser")
    command = [
        shutil.which(str(CHROMIUM)) or "",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-dev-shm-usage",
        f"--user-data-dir={tmp_path}",
        "--dump-dom",
    ]
    dom = subprocess.run(
        [*command, (pages / "party-000007.html").as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=90,
    ).stdout
    assert "data-pwned" not in dom.split(">", 2)[1] and "&lt;script&gt;" in dom
