"""Data Docs: complete without network, about the data only, and without values of failing rows."""

import json
import re
from pathlib import Path

import duckdb
import polars as pl
import pytest

from quality import data_docs, gate, suites
from quality.data_docs import About
from quality.expectation import Expectation
from tests.quality.test_gate import CANARY, THING, _things

ADDRESS = re.compile(r"""\b(?:src|href)=["']([^"']*)["']""")
SUITE = tuple(suites.declared(THING, "data"))
QUOTING = Expectation(
    "thing names are numbers",
    "thing",
    "select thing_id from {batch} where name::integer = 1",
    kind="data",
    description="Names are numbers.",
)


def addresses(page: Path) -> list[str]:
    """What a page loads and links to; code and styles in it name no address."""
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"@import|url\(\s*[\"']?https?:", text)
    return ADDRESS.findall(text)


def assert_complete(site: Path) -> None:
    """Every address in every page is a place in it or a file of the site."""
    for page in site.rglob("*.html"):
        for address in addresses(page):
            assert address.startswith("#") or (page.parent / address).is_file(), (page, address)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of a gate with failures of every kind, and a query whose error quotes a name."""
    connection = _things(("a", CANARY, CANARY, "101"), ("a", CANARY, None, "-1"))
    with pytest.raises(duckdb.ConversionException, match=CANARY):  # what the database would say
        connection.execute("select thing_id from thing where name::integer = 1").fetchall()
    folder = tmp_path_factory.mktemp("gate") / "pages"
    rows = gate.run(
        connection,
        [*SUITE, QUOTING],
        stage="lake",
        register="xx_invented",
        dataset="../things of <i>",
        edition="2024-01-01",
        file_sha256="ab" * 32,
        pages=folder,
    )
    assert set(rows.filter(~pl.col("passed"))["expectation"]) == {
        one.name for one in (*SUITE, QUOTING) if one.kind == "data"
    }
    return folder


@pytest.fixture(scope="module")
def site(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "data_docs"
    data_docs.write_site(folder, [pages, pages.parent / "earlier version"], title="Release 000001-abc")
    return folder


def test_a_page_describes_every_expectation_on_the_data_and_no_assertion(pages: Path) -> None:
    text = (pages / "thing.html").read_text(encoding="utf-8")
    for expectation in (*SUITE, QUOTING):
        assert (expectation.kind == "data") == ((expectation.description or expectation.name) in text)


def test_no_value_of_a_failing_row_is_on_a_page(site: Path) -> None:
    texts = [
        path.read_text(encoding="utf-8") for path in site.rglob("*") if path.suffix in (".html", ".json")
    ]
    assert len(texts) == 3  # the index, one page, its results
    assert not [text for text in texts if CANARY in text or "Zebedee" in text]


def test_nothing_outside_is_named(site: Path) -> None:
    outside = [address for page in site.rglob("*.html") for address in addresses(page) if ":" in address]
    assert outside == []
    assert_complete(site)


def test_the_index_leads_to_each_page_and_says_what_failed(site: Path) -> None:
    index = site / "index.html"
    assert addresses(index) == ["lake-xx_invented-_things_of_i_-2024-01-01-abababab/thing.html"]
    text = index.read_text(encoding="utf-8")
    assert "xx_invented, 2024-01-01" in text
    assert "../things of &lt;i&gt;" in text
    assert QUOTING.name in text


def test_results_say_which_gate_and_what_failed(pages: Path) -> None:
    results = json.loads((pages / data_docs.RESULTS).read_text())
    assert results["register"] == "xx_invented"
    (page,) = results["pages"]
    assert page["checked_n"] == len(page["failed"]) == sum(one.kind == "data" for one in (*SUITE, QUOTING))


def test_pages_are_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    for _ in range(2):
        gate.run(_things(("a", None, "red", None)), SUITE, stage="graph", pages=tmp_path / "pages")
    assert [path.name for path in tmp_path.iterdir()] == ["pages"]


def test_assertions_alone_write_no_page(tmp_path: Path) -> None:
    assertions = tuple(suites.declared(THING))
    rows = gate.run(_things(("a", None, "green", None)), assertions, stage="graph", pages=tmp_path / "pages")
    assert rows.filter(~pl.col("passed"))["expectation"].to_list() == [
        "thing values are in their vocabularies"
    ]
    assert list(tmp_path.iterdir()) == []


def test_without_pages_the_index_says_so(tmp_path: Path) -> None:
    index = data_docs.write_site(tmp_path / "site", [], title="Release 000001-abc", synthetic=True)
    text = index.read_text(encoding="utf-8")
    assert "No pages are kept" in text
    assert "SYNTHETIC" in text


def test_vendored_files_take_the_place_of_addresses_and_the_rest_is_gone() -> None:
    page = (
        '<head><link rel="stylesheet" href="https://cdn.example/4.3.1/css/bootstrap.min.css"/>'
        '<link rel="stylesheet" href="https://cdn.example/all.min.css">'
        '<script src="https://cdn.example/jquery-3.7.1.min.js"></script>'
        '<script src="https://cdn.example/vega@5" crossorigin="anonymous">\n</script>'
        "<script>inline()</script>"
        "<style>img {background: url('https://logo.example/dark.png') 0 0; width: 9px}</style></head>"
        '<a href="../../../index.html"><img src="https://logo.example/logo.png?d=1"></a>'
        '<a href="../../../index.html">Home</a> <a href="#part">part</a>'
        '<a href="../../expectations/suite.html">suite</a> <a href="https://news.example/">news</a>'
        '<footer><a href="https://news.example/">Subscribe</a></footer>'
    )
    assert data_docs.offline(page) == (
        '<head><link rel="stylesheet" href="../static/bootstrap.min.css">'
        '<script src="../static/jquery.min.js"></script>'
        "<script>inline()</script><style>img { width: 9px}</style>"
        '<link rel="stylesheet" href="../static/undertow.css">\n</head>'
        '<a href="../index.html">Home</a> <a href="#part">part</a>suite news'
    )


def test_a_label_is_a_plain_name() -> None:
    about = About("lake", "xx_invented", "../" + "d" * 300, "2024-01-01", "ab" * 32)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,120}", about.label)
    assert About("graph").label == "graph"


def test_a_folder_may_be_named_from_where_the_process_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    gate.run(_things(("a", None, "red", None)), SUITE, stage="graph", pages=Path("pages"))
    assert (tmp_path / "pages" / "thing.html").is_file()
