"""What a purge searches for, and that it finds it in every form that a file of a home may hold it in."""

import io
import json
import random
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import markupsafe
import polars as pl
import pytest

from flows.accountability import purge, search, subject
from flows.accountability.subject import Plan, Subject
from flows.home.settings import Home
from flows.night.night import Night
from tests import landings
from tests.landings import PSC, RECORDS, psc_record, text, totals
from transforms.errors import RunFailed


def rejected(name: str) -> bytes:
    """A line of the quarantine: a record's bytes stand in it as one character each."""
    return json.dumps({"raw": f"x,{name},y".encode().decode("latin-1")}).encode()


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("Ann O'Brien", b"<p>" + str(markupsafe.escape("Ann O'Brien")).encode()),  # &#39;, as Jinja writes it
        ("Ann O'Brien", b"<p>Ann O&#x27;Brien"),
        ('Ann "Nan" Brown', str(markupsafe.escape('Ann "Nan" Brown')).encode()),
        ("José Núñez", rejected("José Núñez")),
        ("José Núñez", json.dumps({"name": "José Núñez"}).encode()),
        ("Ann Brown", "ANN BROWN".encode("utf-16-le")),
    ],
)
def test_a_name_is_found_as_files_hold_it(tmp_path: Path, name: str, held: bytes) -> None:
    (tmp_path / "file").write_bytes(b"\n" + held)
    assert search.search(Home(tmp_path), [name]).hits == {"file": 1}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Hans Weiß", "HANS WEISS"),
        ("Hans WEISS", "Herr Hans  Weiß"),
        ("Νίκος Παππάς", "ΝΊΚΟΣ ΠΑΠΠΆΣ"),
        ("Ann Brown", "ann brown"),
    ],
)
def test_a_value_is_found_in_any_case(tmp_path: Path, name: str, value: str) -> None:
    pl.DataFrame({"name": [value, "another"]}).write_parquet(tmp_path / "f.parquet", compression="zstd")
    hits = search._in_values(pl.DataFrame({"name": [value, "another"]}), (name,), ())
    assert hits == 1 and "f.parquet" in search.search(Home(tmp_path), [name]).hits


def test_it_finds_what_matching_everywhere_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also across the pieces that a file is looked through in, at its ends, and where forms overlap."""
    monkeypatch.setattr(search, "PIECE_BYTES", 7)
    draw, path = random.Random(47), tmp_path / "file"
    found_n = 0
    for _ in range(400):
        forms = [bytes(draw.choices(b"abAB\xc3 ", k=draw.randint(2, 9))) for _ in range(draw.randint(1, 5))]
        over = [form + b"a" for form in forms[: draw.randint(0, 2)]]
        data = b"".join(
            draw.choice([*forms, *over, bytes(draw.choices(b"abAB\xc3 ", k=3))])
            for _ in range(draw.randint(0, 8))
        )
        path.write_bytes(data)
        pattern = re.compile(
            rb"(%s)|%s" % (search._any_of(over) or rb"(?!)", search._any_of(forms)), re.IGNORECASE
        )
        everywhere_n = sum(match.lastindex is None for match in pattern.finditer(data))
        assert search.count_in_bytes(path, forms, over) == everywhere_n, f"seed 47: {forms} {over} {data!r}"
        found_n += everywhere_n
    assert found_n > 500


def packed(text: str) -> bytes:
    """As an office program writes a text."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document>{text}</w:document>")
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "is_seen", "is_readable"),
    [
        (packed("Ann O&#39;Brien asked"), True, True),
        (packed("<w:t>Ann </w:t></w:r><w:r><w:t>O&apos;Brien</w:t>"), True, True),
        (packed("Ann Brown"), False, True),
        (b"To Ann O'Brien", True, True),
        (b"%PDF-1.7 \xe2\xe3", False, False),
        (packed("Ann O&#39;Brien")[40:], False, False),  # damaged
    ],
)
def test_documents_of_an_office_program_are_searched(
    tmp_path: Path, data: bytes, is_seen: bool, is_readable: bool
) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert bool(search.search(Home(tmp_path), ["Ann O'Brien"]).hits) is is_seen
    assert search.is_readable(path) is is_readable


def test_a_zip_that_grows_too_long_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(packed("Ann Brown" * 1000))
    monkeypatch.setattr(search, "UNPACKED_BYTES_MAX", 1000)
    assert search.search(Home(tmp_path), ["Ann Brown"]).hits == {} and not search.is_readable(path)


def test_what_a_database_takes_over_from_its_log_meanwhile_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, its_log = tmp_path / "review.sqlite", tmp_path / "review.sqlite-wal"
    database.write_bytes(b"nobody")
    its_log.write_bytes(b"Ann Brown")

    def steps(_what: str, paths: Sequence[Path], _number: int) -> Iterator[Path]:
        for path in paths:
            yield path
            if path == database:
                its_log.replace(database)

    monkeypatch.setattr(search.progress, "steps", steps)
    proof = search.search(Home(tmp_path), ["Ann Brown"])
    assert proof.hits == {"review.sqlite": 1} and proof.files_n == 1


def test_a_publishers_file_is_searched_where_it_is_packed(tmp_path: Path) -> None:
    home, path = Home(tmp_path / "home"), tmp_path / "persons.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("persons.txt", "somebody else and Ann Brown\n" * 100)
    forms = list(search.encoded_forms("Ann Brown"))
    assert not search.count_in_bytes(path, forms)
    assert subject._names_person(home, path, forms)
    assert not subject._names_person(home, path, list(search.encoded_forms("Ann Green")))
    assert not any(home.work.iterdir())


def test_publishers_own_files_are_left_to_the_operator(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for folder in (home.landing, home.archive, home.state):
        folder.mkdir()
        (folder / "file").write_text(landings.CANARY, encoding="utf-8")
    assert search.search(home, [landings.CANARY]).hits == {"state/file": 1}


def test_a_name_within_the_name_of_another_is_searched_for_and_the_other_passed_over(tmp_path: Path) -> None:
    """A name that another record bears whole, or among other words, is not the purged person's alone."""
    home = Home(tmp_path / "home")
    others = {0: "Mr John Smithson", 1: "Mary Øst Limited", 2: "Ann-John Smith"}
    rows = [
        psc_record(n, name=others[n], name_elements={"surname": others[n]}) if n in others else psc_record(n)
        for n in range(RECORDS)
    ]
    landings.lake_night(home, landings.write(tmp_path / "landing", {PSC: text([*rows, totals(RECORDS)])}))
    terms, borne = purge._own_terms(home, Subject("UT-P-1", ((PSC, "/a/1"),), ("John Smith", "Mary Øst")))
    assert terms == ("UT-P-1", "/a/1", "John Smith")
    assert {"John Smithson", "Ann-John Smith"} <= set(borne) and not [word for word in borne if "Øst" in word]
    assert search.search(home, terms, borne).hits == {}
    (home.reports / "page.html").write_text("<p>JOHN SMITHSON and John Smith, Ann-John Smith")
    assert search.search(home, terms, borne).hits == {"reports/page.html": 1}


def test_a_purge_is_of_the_areas_of_the_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They decide which cases open."""
    manifest = {"as_of": "2026-06-01", "known_at": None, "synthetic": False, "areas": ["PENWITH"]}
    monkeypatch.setattr(purge.store, "current_release", lambda _home: tmp_path)
    monkeypatch.setattr(purge.manifests, "of_release", lambda _folder: manifest)
    begun: list[object] = []

    def new_night(*_: object, areas: object, **__: object) -> Night:
        begun.append(areas)
        raise RunFailed("far enough")

    monkeypatch.setattr(purge, "new_night", new_night)
    whom = Subject("UT-P-1", ((PSC, "/a/1"),), ("John Smith",))
    with pytest.raises(RunFailed, match="far enough"):
        purge.purge(Home(tmp_path), Plan(whom, 1, (), (), 0), purpose="erasure")
    assert begun == [["PENWITH"]]
