"""Case pages as they are asked for: by id, subject, area, and as a night writes them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from flows.cli.app import exit_code
from flows.facts.case import nearby
from flows.facts.rows import AllAtOnce, Row
from flows.pages import case as case_pages
from flows.pages import night as reporting
from tests.flows.pages.case_releases import CASE, PERSON, TITLE, B, case_page, former, release
from tests.flows.pages.releases import Page, database, flag_row
from transforms.errors import UsageError
from transforms.model.sql import Connection


@pytest.mark.nightly
def test_an_id_of_before_leads_to_a_case_by_its_alias_or_by_the_flag_it_names(tmp_path: Path) -> None:
    rows = release()
    rows["case_alias"] = [
        {
            "previous_case_id": old,
            "case_id": CASE,
            "reason": "renamed",
            "shared": "flags",
            "last_release_id": "1",
        }
        for old in ("UT-C-z9", CASE)
    ]
    with database(rows) as connection:
        for old in ("UT-C-f2", "UT-C-z9"):
            page = case_pages.render_case(connection, tmp_path, f" {old} ")
            is_earlier = f"<dt>Earlier id</dt><dd>{old}</dd>" in page.read_text(encoding="utf-8")
            assert page.name == f"{CASE}.html" and is_earlier == (
                old == "UT-C-z9"
            )  # the other is a flag's, and was no case's
        with pytest.raises(UsageError, match="no case of the current release"):
            case_pages.render_case(connection, tmp_path, "UT-C-n1")  # a flag in no case
    assert "Earlier id" not in case_page(rows, tmp_path)
    with pytest.raises(UsageError, match="no case of the current release"):
        case_page(release(), tmp_path, "UT-C-nobody")


def test_a_subject_leads_to_its_case_or_to_a_page_of_its_own(tmp_path: Path) -> None:
    with database(release()) as connection:
        assert case_pages.render_subject(connection, tmp_path, TITLE).name == f"{CASE}.html"
        alone = case_pages.render_subject(connection, tmp_path, B)
        text = Page(alone.read_text()).text
        assert (
            alone.name == f"{B}.html"
            and "This subject is in no case." in text
            and " · the subject" in text
            and "connects others" not in text
        )
        with pytest.raises(UsageError, match="has no record with this id"):
            case_pages.render_subject(connection, tmp_path, "GB-COH-00000000")


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("lanes", "phrase"),
    [
        (
            ("look",),
            "It has 1 flag that opens no case: of lane look, which opens a case only beside another family.",
        ),
        (
            ("act",),
            "It has 1 flag that opens no case: of a case in which nobody holds, leases or is seated in the "
            "districts of this home.",
        ),
        (
            ("look", "act"),
            "It has 2 flags that open no case: of lane look, which opens a case only beside another family "
            "(1); of a case in which nobody",
        ),
    ],
)
def test_a_subject_in_no_case_says_which_reason_applies(
    tmp_path: Path, lanes: Sequence[str], phrase: str
) -> None:
    rows = release()
    rows["transaction"] = [
        {"transaction_id": "UT-T-9", "transferred_on": date(2016, 4, 1), "currency": "GBP", "price": 1}
    ]
    rows["flag"] += [
        flag_row(f"t{one}", "OWN-010", "A sale", subject_id="UT-T-9", subject_type="transaction", lane=one)
        for one in lanes
    ]
    with database(rows) as connection:
        text = Page(
            case_pages.render_subject(connection, tmp_path, "UT-T-9").read_text(encoding="utf-8")
        ).text
    assert phrase in text and "register's own faults" not in text


def test_there_is_never_a_page_of_a_natural_person(tmp_path: Path) -> None:
    with database(release()) as connection, pytest.raises(UsageError) as refused:
        case_pages.render_subject(connection, tmp_path, "UT-P-1")
    assert (
        "natural person" in str(refused.value)
        and PERSON not in str(refused.value)
        and not list(tmp_path.iterdir())
    )


def test_the_night_links_to_the_first_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = release()
    rows["review_case"] += [
        {**rows["review_case"][0], "case_id": f"UT-C-g{k}", "position": k, "area_name": None}
        for k in range(2, 5)
    ]
    monkeypatch.setenv("UNDERTOW_CASE_PAGES", "2")
    with database(rows) as connection:
        html = reporting.render_night(connection, tmp_path).read_text(encoding="utf-8")
        pages = case_pages.render_first_cases(connection, tmp_path)
    page = Page(html)
    assert [link for link in page.values("href") if link.startswith("cases/")] == [
        f"cases/{CASE}.html",
        "cases/UT-C-g2.html",
    ]
    assert [f"cases/{path.name}" for path in pages] == [f"cases/{CASE}.html", "cases/UT-C-g2.html"]
    assert "1 of 2 flags are on subjects whose district no record states" in page.text
    assert PERSON not in html


def test_pages_are_the_same_however_many_cases_are_held_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = release()
    rows["review_case"] += [{**rows["review_case"][0], "case_id": "UT-C-g2", "position": 2}]
    rows["case_member"] += [{**row, "case_id": "UT-C-g2"} for row in rows["case_member"]]
    pages = []
    with database(rows) as connection:
        for most, is_shared in ((nearby.IDS_MAX, True), (0, False)):  # all together, and half by half to one
            monkeypatch.setattr(nearby, "IDS_MAX", most)
            held = [each for _, each in nearby.in_batches(connection, [CASE, "UT-C-g2"])]
            assert [isinstance(each, AllAtOnce) for each in held] == [is_shared] * 2
            written = case_pages.render_first_cases(connection, tmp_path / str(most))
            pages.append([(page.name, page.read_bytes()) for page in written])
    assert len(pages[0]) == 2 and pages[0] == pages[1]


def test_no_query_of_a_run_is_about_one_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a country each would read 20 million flags, once for each page."""
    queried: list[str] = []
    query_rows = case_pages.query_rows

    def recorded(connection: Connection, query: str, **parameters: object) -> tuple[Row, ...]:
        queried.append(query)
        return query_rows(connection, query, **parameters)

    monkeypatch.setattr(case_pages, "query_rows", recorded)
    with database(release()) as connection:
        assert case_pages.render_first_cases(connection, tmp_path)
    assert queried == []


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("area", "listed"), [("Penwith", True), ("CITY OF PENWITH", True), ("Kerrier", False)]
)
def test_an_area_chooses_the_cases(tmp_path: Path, area: str, listed: bool) -> None:
    with database(release()) as connection:
        assert bool(case_pages.render_first_cases(connection, tmp_path, areas=[area])) is listed


def test_a_page_is_about_one_thing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["report", "--case", "UT-C-x", "--subject", "y", "--home", str(tmp_path)]) == 2
    assert "give one of them" in capsys.readouterr().err


@pytest.mark.nightly
def test_a_title_in_no_edition_in_force_is_shown_by_its_address(tmp_path: Path) -> None:
    """A company sold the flat to somebody private, so the land registry's file of corporate owners has it no
    more.
    """
    rows = release()
    rows["case_member"][2] = {
        **rows["case_member"][2],
        "subject_id": "{SALE}",
        "subject_type": "transaction",
        "subject_name": "A sale",
    }
    rows["case_link"], rows["title"] = rows["case_link"][1:], []
    rows["transaction"] = [
        {
            "transaction_id": "{SALE}",
            "property_id": "UT-U-1",
            "transferred_on": date(2016, 4, 1),
            "currency": "GBP",
            "price": 1,
        }
    ]
    rows["title_address"] = [{"title_id": TITLE, "address_id": "UT-A-1", "property_id": "UT-U-1"}]
    rows["address"] = [{"address_id": "UT-A-1", "address_text": "1 Fore Street"}]
    rows["proprietorship"] = former(rows)
    text = Page(case_page(rows, tmp_path)).text
    assert "1 Fore Street" in text and text.count("unknown party") == 1  # in the legend
