"""`undertow resolve` on a home of real registers: pairs shown, judged, explained, each with purpose and
audit; and what the next night makes of it.
"""

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from flows.cli import resolve as forms
from flows.cli.app import exit_code
from flows.home.settings import Home
from flows.home.warehouse import query
from flows.journal import audit, chain, judgements
from flows.release import manifests, party_log, recovery, store
from flows.review.pairs import one_pair, uncertain
from tests import landings
from tests.few_indicators import assess
from tests.landings import PSC, RECORDS, company_number, psc_record, text, totals

pytestmark = pytest.mark.nightly

HOSTILE = "Bea \u202e\x1b[31m Quillfeather"
AGENT = {
    "premises": "71-75",
    "address_line_1": "Shelton Street",
    "locality": "London",
    "postal_code": "WC2H 9JQ",
    "country": "England",
}
HOUSE = {
    "premises": "9",
    "address_line_1": "High Street",
    "locality": "Zedton",
    "postal_code": "ZT1 2AB",
    "country": "England",
}


def _person(index: int, name: str, forename: str, middle: str | None, address: dict[str, str]) -> bytes:
    elements = {
        "forename": forename,
        "surname": "Quillfeather",
        **({"middle_name": middle} if middle else {}),
    }
    return psc_record(
        index, name=name, name_elements=elements, date_of_birth={"month": 9, "year": 1961}, address=address
    )


def _records() -> list[bytes]:
    rows = [psc_record(n) for n in range(RECORDS)]
    rows[0] = _person(0, "Bea Quillfeather", "Bea", "Zephyrine", HOUSE)
    rows[1] = _person(1, HOSTILE, "Bea", None, AGENT)
    rows[2] = _person(2, "Bea Quillfaether", "Bea", "Zephyrine", {**HOUSE, "premises": "4"})
    rows[SAME_AS_FIRST] = _person(SAME_AS_FIRST, "Bea Quillfeather", "Bea", "Zephyrine", HOUSE)
    return [*rows, totals(RECORDS)]


# A record written as the first is, and so one party with it, which nothing weighed.
SAME_AS_FIRST = 7


def _end(n: int) -> list[str]:
    return [PSC, f"/company/{company_number(n)}/persons-with-significant-control/individual/invented{n}"]


@pytest.fixture(autouse=True, scope="module")
def few_indicators() -> Iterator[None]:
    """No test here looks at a flag."""
    with pytest.MonkeyPatch.context() as patch:
        assess(patch, "DEC-010", "OWN-010")
        yield


@pytest.fixture(scope="module")
def one_night(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("resolve") / "home")
    landings.write(made.root.parent / "landing", {PSC: text(_records())})
    assert _night(made) == 0
    assert (
        exit_code(
            [
                "purpose",
                "add",
                "permits",
                "--title",
                "Permits",
                "--legal-basis",
                "An invented act",
                "--home",
                str(made.root),
            ]
        )
        == 0
    )
    return made


@pytest.fixture
def home(tmp_path: Path, one_night: Home) -> Home:
    """A copy, because judgements stay: tests are in no order."""
    return _copied(one_night, tmp_path / "made")


@pytest.fixture(scope="module")
def merged(one_night: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The first two judged to be one person, and a night after it."""
    made = _copied(one_night, tmp_path_factory.mktemp("merged") / "made")
    assert resolve(made, "--judge", *_end(1), *_end(0), "positive", "--by", "AB", "--note", "one desk") == 0
    assert _night(made) == 0
    return made


@pytest.fixture(scope="module")
def split(merged: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """That taken back, and another night."""
    made = _copied(merged, tmp_path_factory.mktemp("split") / "made")
    assert resolve(made, "--judge", *_end(0), *_end(1), "unsure", "--by", "CD") == 0
    assert _night(made) == 0
    return made


def _copied(home: Home, folder: Path) -> Home:
    """A home and its landing folder, in another folder."""
    shutil.copytree(home.root.parent, folder, symlinks=True)
    return Home(folder / "home")


def _night(home: Home) -> int:
    return exit_code(["run", "--landing", str(home.root.parent / "landing"), "--home", str(home.root)])


def resolve(home: Home, *arguments: str, purpose: str | None = "permits") -> int:
    return exit_code(
        ["resolve", *arguments, "--home", str(home.root), *(["--purpose", purpose] if purpose else [])]
    )


def audited(home: Home) -> list[dict[str, object]]:
    entries = chain.walk(audit.log(home), chain.Walk(audit.log(home).origin))
    return [dict(entry.body) for entry in entries if entry.body["command"] == "resolve"]


def party(home: Home, n: int) -> str:
    [row] = query(
        store.current_release(home),
        f"select distinct party_id from v_resolution where record = '{_end(n)[1]}'",
    ).to_pylist()
    return str(row["party_id"])


def content(home: Home) -> str:
    return str(manifests.of_release(store.current_release(home))["content_sha256"])


def test_nothing_is_shown_or_judged_without_a_purpose(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UNDERTOW_PURPOSE", raising=False)
    before = len(audited(home))
    for command in (
        ["--list"],
        ["--judge", *_end(0), *_end(1), "positive", "--by", "AB"],
        ["--explain", *_end(0), *_end(1)],
        ["--by", "AB"],
    ):
        assert resolve(home, *command, purpose=None) == 2
        assert "UNDERTOW_PURPOSE" in capsys.readouterr().err
    assert len(audited(home)) == before and not audit.judgement_log(home).path.exists()


def test_the_list_has_candidates_and_hides_scores(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert resolve(home, "--list", "--format", "json") == 0
    output = capsys.readouterr().out
    pairs = json.loads(output)
    ends = [{(row["register"], row["record"]), (row["other_register"], row["other_record"])} for row in pairs]
    assert {tuple(_end(0)), tuple(_end(1))} in ends
    assert "score" not in output and "bits" not in output
    assert resolve(home, "--list", "--format", "csv", "--show-scores") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [float(row["score"]) for row in rows if row["outcome"] == "candidate"] and len(rows) == len(pairs)
    assert resolve(home, "--list", "--limit", "1") == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert resolve(home, "--list", "--format", "parquet") == 2
    capsys.readouterr()
    assert exit_code(["resolve", "--help"]) == 0
    offered = capsys.readouterr().out
    assert "table|csv|json" in offered and "parquet" not in offered
    shown = audited(home)[-1]["shown"]
    assert isinstance(shown, list) and shown and all(str(one).startswith("h:") for one in shown)


def test_a_pair_stands_side_by_side_with_nothing_that_a_terminal_obeys(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs_n = _uncertain_n(home, capsys)
    assert resolve(home) == 2
    assert "--by" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO("what\n" + "s\n" * pairs_n))
    assert resolve(home, "--by", "AB") == 0
    output = capsys.readouterr().out
    assert output.count("Pair ") == pairs_n and f"0 judged, of {pairs_n} pairs." in output
    assert "\x1b" not in output and "\u202e" not in output and "<U+001B>" in output
    assert re.search(r"^name .*≠ differs *$", output, re.MULTILINE) and re.search(
        r"^born +1961-09 +1961-09 += *$", output, re.MULTILINE
    )
    assert "score" not in output and "%" not in output
    assert not audit.judgement_log(home).path.exists()
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert resolve(home, "--by", "AB", "--show-scores") == 0
    output = capsys.readouterr().out
    assert output.count("Pair ") == 1 and "score 0." in output


def test_what_is_no_key_and_no_whole_word_is_asked_again(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = ["not sure", "perhaps not", "no", "yes", "pn", "", "unsure?", "Quite", " UNSURE ", "n", "quit"]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(typed) + "\n"))
    assert resolve(home, "--by", "AB") == 0
    assert capsys.readouterr().out.count(forms.ONE_OF_THEM) == 8
    assert [one.verdict for one in judgements.every(home)] == ["unsure", "negative"]


def _uncertain_n(home: Home, capsys: pytest.CaptureFixture[str]) -> int:
    assert resolve(home, "--list", "--format", "json") == 0
    return len(json.loads(capsys.readouterr().out))


def test_a_waterfall_adds_up_to_the_weight(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert resolve(home, "--explain", *_end(1), *_end(0), "--format", "json") == 0
    printed = json.loads(capsys.readouterr().out)
    bits = [step["bits"] for step in printed["steps"]]
    assert [step["comparison"] for step in printed["steps"]][:3] == ["prior", "forename", "surname"]
    assert sum(bits) == pytest.approx(printed["weight_bits"], abs=0.05) and printed["steps"][-1][
        "total_bits"
    ] == pytest.approx(sum(bits), abs=1e-6)
    assert 1 / (1 + 2 ** -printed["weight_bits"]) == pytest.approx(printed["score"], abs=1e-4)
    assert resolve(home, "--explain", *_end(0), *_end(1)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(re.match(r"birth +month +\+\d+\.\d\d +[+-]\d+\.\d\d +\++ *$", line) for line in lines)
    assert any(re.match(r"prior +-\d+\.\d\d +-\d+\.\d\d +-+ *$", line) for line in lines) and lines[
        -1
    ].startswith("total")
    assert lines[0] == "These are two parties now; each may be the other."
    assert resolve(home, "--explain", *_end(0), *_end(1), "--format", "csv") == 0
    header, first = capsys.readouterr().out.splitlines()[:2]
    assert header == "outcome,reason,verdict,by,comparison,agrees,bits,total,drawn" and first.startswith(
        "candidate,"
    )
    assert resolve(home, "--explain", *_end(0), *_end(SAME_AS_FIRST), "--format", "csv") == 0
    header, first = capsys.readouterr().out.splitlines()[:2]
    assert (
        header == "outcome,reason,verdict,by,why,field,one record,the other,compared"
        and first.startswith("joined,")
        and "are equal" in first
    )
    assert resolve(home, "--explain", *_end(0), *_end(5)) == 2
    assert "were not weighed" in capsys.readouterr().err
    assert resolve(home, "--explain", *_end(0), PSC, "nowhere") == 2
    assert "no party record of the release" in capsys.readouterr().err


def test_records_that_an_equal_key_joins_are_explained_by_what_is_equal(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    same = _end(SAME_AS_FIRST)
    assert party(home, 0) == party(home, SAME_AS_FIRST)
    assert resolve(home, "--explain", *_end(0), *same) == 0
    output = capsys.readouterr().out
    assert "No weights" in output and "name, month of birth and address are equal" in output
    assert re.search(r"^born +1961-09 +1961-09 += *$", output, re.MULTILINE)
    assert resolve(home, "--explain", *_end(0), *same, "--format", "json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["outcome"], printed["methods"], printed["weight_bits"]) == (
        "joined",
        ["name_birth_address"] * 2,
        None,
    ) and {"name", "born", "address"} <= set(printed["agree"])
    # What was weighed between the first of them and a third is why that third is one with both.
    assert resolve(home, "--explain", *_end(0), *_end(2), "--format", "json") == 0
    of_first = json.loads(capsys.readouterr().out)
    assert resolve(home, "--explain", *_end(2), *same, "--format", "json") == 0
    of_same = json.loads(capsys.readouterr().out)
    assert (
        of_first["outcome"] == of_same["outcome"] == "joined" and of_same["steps"] == of_first["steps"] != []
    )
    assert {of_same["record"], of_same["other_record"]} == {_end(2)[1], same[1]}


def test_an_explained_pair_says_what_came_of_it_and_what_was_judged(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of two pairs judged to be one, one is joined, and births refuse the other."""
    assert resolve(home, "--judge", *_end(0), *_end(1), "positive", "--by", "AB") == 0
    assert resolve(home, "--judge", *_end(0), *_end(3), "positive", "--by", "CD") == 0
    assert _night(home) == 0
    capsys.readouterr()
    assert resolve(home, "--explain", *_end(0), *_end(1)) == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["These are one party now.", "Judged positive by AB."]
    assert resolve(home, "--explain", *_end(0), *_end(3)) == 0
    assert capsys.readouterr().out.splitlines()[:3] == [
        "These are two parties now; a limit keeps them apart: births exclude each other.",
        "Judged positive by CD.",
        "No weights: the two were judged, and not weighed.",
    ]
    assert resolve(home, "--explain", *_end(0), *_end(3), "--format", "csv") == 0
    assert all(
        line.startswith('refused,birth,positive,CD,"No weights')
        for line in capsys.readouterr().out.splitlines()[1:]
    )


def test_where_there_is_nothing_it_says_so_and_csv_has_its_header(
    one_night: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.cli.resolve.uncertain", lambda *_: [])
    for form, nothing, header in (
        (
            "--list",
            "no uncertain pairs",
            "register,record,other_register,other_record,party_id,other_party_id,outcome,reason,verdict,by",
        ),
        (
            "--history",
            "no merges or splits",
            "as_of,release_id,previous_party_id,party_id,change,reason,records_n",
        ),
    ):
        for format, output in (("table", nothing), ("csv", header), ("json", "[]")):
            assert resolve(one_night, form, "--format", format) == 0
            assert capsys.readouterr().out.splitlines() == [output]


def test_records_that_a_number_joins_are_explained_and_what_nobody_could_tell_of_them_comes_first(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    number = company_number(0)
    holder = ["gb_coh_companies", number, "gb_hmlr_ccod", "ZT100000 proprietor 1"]
    assert resolve(home, "--explain", *holder, "--format", "json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert set(printed["methods"]) == {"identifier", "identifier_and_name"} and printed["outcome"] == "joined"
    for pair in (holder, [*_end(0), *_end(SAME_AS_FIRST)], [*_end(0), *_end(5)]):
        assert resolve(home, "--judge", *pair, "unsure", "--by", "AB") == 0
    capsys.readouterr()
    assert resolve(home, "--list", "--format", "json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["verdict"] for row in rows[:4]] == ["unsure"] * 3 + [None]
    assert {(frozenset({row["record"], row["other_record"]}), row["outcome"]) for row in rows[:3]} == {
        (frozenset({number, "ZT100000 proprietor 1"}), "joined"),
        (frozenset({_end(0)[1], _end(SAME_AS_FIRST)[1]}), "joined"),
        (frozenset({_end(0)[1], _end(5)[1]}), "apart"),
    }


def test_what_is_judged_holds_from_the_next_night_until_it_is_taken_back(
    home: Home, merged: Home, split: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, plain = content(home), party(home, 0)
    namesake = party(home, 1)
    assert plain != namesake and query(store.current_release(home), "from v_resolution_change").num_rows == 0
    assert resolve(home, "--judge", *_end(0), *_end(1), "perhaps", "--by", "AB") == 2
    assert resolve(home, "--judge", *_end(0), *_end(1), "positive") == 2
    assert not audit.judgement_log(home).path.exists()
    assert resolve(home, "--judge", *_end(1), *_end(0), "positive", "--by", "AB", "--note", "one desk") == 0
    assert "next run" in capsys.readouterr().out and content(home) == before
    assert party(merged, 0) == party(merged, 1) == plain and content(merged) != before
    release = store.current_release(merged)
    [change] = query(
        release, "select party_id, previous_party_id, record, change, reason, score from v_resolution_change"
    ).to_pylist()
    assert change == {
        "party_id": plain,
        "previous_party_id": namesake,
        "record": _end(1)[1],
        "change": "merged",
        "reason": "judgement",
        "score": 1.0,
    }
    assert query(release, "select previous_party_id, party_id, change from v_party_alias").to_pylist() == [
        {"previous_party_id": namesake, "party_id": plain, "change": "merged"}
    ]
    # Unsure: as the model says, and first in the list; asked again, it may be decided.
    home = _copied(split, home.root.parents[1] / "split")
    assert content(home) == before
    changes = query(
        store.current_release(home),
        "select party_id, previous_party_id, change, reason from v_resolution_change",
    ).to_pylist()
    assert changes == [
        {"party_id": namesake, "previous_party_id": plain, "change": "split", "reason": "judgement_withdrawn"}
    ]
    assert query(
        store.current_release(home), "select previous_party_id, party_id from v_party_alias"
    ).to_pylist() == [{"previous_party_id": plain, "party_id": namesake}]
    capsys.readouterr()
    monkeypatch.setattr("sys.stdin", io.StringIO("n\nq\n"))
    assert resolve(home, "--by", "EF") == 0
    assert "Judged unsure by CD." in capsys.readouterr().out
    assert [(one.verdict, one.by) for one in judgements.every(home)] == [
        ("positive", "AB"),
        ("unsure", "CD"),
        ("negative", "EF"),
    ]
    assert resolve(home, "--list", "--format", "json") == 0
    listed = [{row["record"], row["other_record"]} for row in json.loads(capsys.readouterr().out)]
    assert {_end(0)[1], _end(1)[1]} not in listed


def test_where_who_is_who_is_as_it_was_the_aliases_stay_and_no_party_is_compared(
    merged: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = _copied(merged, tmp_path / "again")
    aliases = query(store.current_release(home), "from v_party_alias")
    assert aliases.num_rows == 1
    monkeypatch.setattr(party_log, "changes_and_aliases", lambda *_: pytest.fail("compared"))
    assert _night(home) == 0
    last = store.current_release(home)
    assert last != store.current_release(merged) and query(last, "from v_party_alias") == aliases
    assert query(last, "from v_resolution_change").num_rows == 0


def test_a_place_on_a_title_is_judged_with_the_name_there(home: Home) -> None:
    places = ["gb_hmlr_ccod", "ZT100000 proprietor 1", "gb_hmlr_ccod", "ZT100001 proprietor 1"]
    assert resolve(home, "--judge", *places, "unsure", "--by", "AB") == 0
    assert resolve(home, "--judge", *_end(0), *_end(1), "unsure", "--by", "AB") == 0
    of_places, of_persons = (
        chain_entry.body
        for chain_entry in chain.walk(audit.judgement_log(home), chain.Walk(audit.judgement_log(home).origin))
    )
    assert (
        all(len(str(one)) == judgements.HASH_DIGITS for one in of_places["names"])
        and "names" not in of_persons
    )  # type: ignore[attr-defined]
    assert "ZEDTON TRADER" not in audit.judgement_log(home).path.read_text()


def test_merges_and_splits_are_told_of_releases_that_are_gone_and_a_purge_takes_a_persons_out(
    split: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = _copied(split, tmp_path / "split")
    plain, namesake = party(home, 0), party(home, 1)
    recovery.remove(home, store.published_folders(home))  # but for the one in force
    capsys.readouterr()
    assert resolve(home, "--history", purpose=None) == 2
    capsys.readouterr()
    assert resolve(home, "--history", "--format", "json") == 0
    lines = json.loads(capsys.readouterr().out)
    assert [
        (line["change"], line["reason"], line["previous_party_id"], line["party_id"], line["records_n"])
        for line in lines
    ] == [
        ("split", "judgement_withdrawn", plain, namesake, 1),
        ("merged", "judgement", namesake, plain, 1),
    ]
    assert lines[0]["release_id"] > lines[1]["release_id"] and audited(home)[-1]["shown"]
    kept = home.state / party_log.HISTORY
    [path] = kept.iterdir()
    assert (
        path.stem == lines[1]["release_id"]
        and "individual" not in path.read_text()
        and path.stat().st_mode & 0o777 == 0o600
    )
    assert exit_code(["purge", namesake, "--home", str(home.root), "--purpose", "permits", "--yes"]) == 0
    assert not any(namesake in path.read_text() for path in kept.iterdir())


def test_what_led_to_a_purged_person_goes_with_it_and_what_others_were_stays(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    folder = home.state / party_log.HISTORY
    folder.mkdir()
    changed = {"000001-a": [("Z", "A"), ("Y", "X")], "000002-b": [("A", "B"), ("B", "C"), ("C", "D")]}
    for name, pairs in changed.items():
        (folder / f"{name}.jsonl").write_text(
            "".join(json.dumps({"previous_party_id": old, "party_id": new}) + "\n" for old, new in pairs)
        )
    assert party_log.forget(home, ["B"]) == 3
    left = [json.loads(line) for path in sorted(folder.iterdir()) for line in path.read_text().splitlines()]
    assert [(line["previous_party_id"], line["party_id"]) for line in left] == [("Y", "X"), ("C", "D")]


# Twelve records, of which the first was weighed against each other, and joined by its name with the last.
EDITION_SQL = (
    "create view v_edition as select 'zed' as register, 'e' as edition, 'in_force' as status, "
    "date '2026-06-01' as edition_date"
)
RECORDS_SQL = f"""
{EDITION_SQL};
create view v_resolution as
select 'zed' as register, 'r' || n as record, 'UT-' || n as party_id, null::text as candidate_id,
    'record' as method, 0.0 as score, 'e' as edition, 's' || n as statement_id
from range(12) t(n);
create view v_resolution_link as
select 'zed' as register, 'r0' as record, 'zed' as other_register, 'r' || n as other_record, if(n = 11,
    'joined', 'candidate') as outcome, null::text as reason,
       1 - n / 100 as score, null::double as weight_bits, if(n = 11, ['evidence|unit|0'], []) as steps
from range(1, 12) t(n)
"""


def test_what_nobody_could_tell_is_listed_however_little_it_weighs(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    connection = duckdb.connect()
    connection.execute(RECORDS_SQL)
    judgements.judge(home, ("zed", "r10"), ("zed", "r0"), "unsure", by="AB", purpose="permits")
    judgements.judge(home, ("zed", "r0"), ("zed", "r1"), "negative", by="AB", purpose="permits")
    assert [(pair.other[1], pair.verdict) for pair in uncertain(connection, home, 2)] == [
        ("r10", "unsure"),
        ("r2", None),
    ]
    pair = one_pair(connection, home, ("zed", "r11"), ("zed", "r0"))
    assert (pair.outcome, forms.unweighed(pair)) == (
        "joined",
        "No weights: name, country and the unit of an address agree.",
    )


def test_persons_and_entities_take_turns(tmp_path: Path) -> None:
    """Scores of the one are all above those of the other, and would fill the list."""
    home = Home(tmp_path / "home")
    home.prepare()
    connection = duckdb.connect()
    connection.execute(EDITION_SQL)
    connection.execute("""
        create view v_resolution as
        select 'zed' as register, k || n as record, if(k = 'p', 'UT-P-', 'UT-E-') || k || n as party_id,
            null::text as candidate_id, 'record' as method,
               0.0 as score, 'e' as edition, k || n as statement_id
        from range(12) t(n), (values ('p'), ('e')) kind(k);
        create view v_resolution_link as
        select 'zed' as register, k || '0' as record, 'zed' as other_register, k || n as other_record,
            if(n % 2 = 0, 'joined', 'candidate') as outcome,
               null::text as reason, if(k = 'p', 0.9, 0.5) + n / 1000 as score, null::double as weight_bits,
                   []::text[] as steps
        from range(1, 12) t(n), (values ('p'), ('e')) kind(k)
    """)
    listed = [pair.other[1] for pair in uncertain(connection, home, 8)]
    assert listed == ["p11", "e11", "p9", "e9", "p7", "e7", "e2", "p2"]


def test_a_number_that_was_corrected_is_no_pair_any_more(tmp_path: Path) -> None:
    """Stated of each in June with another name than the holder's. a1 is corrected in July, a2 is not; a3 was
    right in a file without a date, which is the oldest; a4 is gone; a5 is in two lists that are both in
    force."""
    home = Home(tmp_path / "home")
    home.prepare()
    connection = duckdb.connect()
    connection.execute("""
        create view v_edition as from (values
            ('zed', 'sha-01', 'history', null), ('zed', '2026-06-01', 'history', date '2026-06-01'), ('zed',
                '2026-07-01', 'in_force', date '2026-07-01'),
            ('list', '2026-06-01', 'in_force', date '2026-06-01'), ('list', '2026-06-20', 'in_force',
                date '2026-06-20'),
            ('co', '2026-06-01', 'history', date '2026-06-01'), ('co', '2026-07-01', 'in_force',
                date '2026-07-01')
        ) t(register, edition, status, edition_date);
        create view v_resolution as from (values
            ('zed', 'a1', 'UT-E-1', 'N-21', 'record', 0.0, '2026-06-01', 's1'), ('zed', 'a1', 'N-23', null,
                'identifier_and_name', 1.0, '2026-07-01', 's2'),
            ('zed', 'a2', 'UT-E-2', 'N-21', 'record', 0.0, '2026-06-01', 's3'), ('zed', 'a2', 'UT-E-2',
                'N-21', 'record', 0.0, '2026-07-01', 's4'),
            ('zed', 'a3', 'N-23', null, 'identifier_and_name', 1.0, 'sha-01', 's7'), ('zed', 'a3', 'UT-E-3',
                'N-21', 'record', 0.0, '2026-07-01', 's8'),
            ('zed', 'a4', 'UT-E-4', 'N-21', 'record', 0.0, '2026-06-01', 's9'), ('zed', 'a4', 'N-23', null,
                'identifier_and_name', 1.0, 'sha-01', 's10'),
            ('list', 'a5', 'UT-E-5', 'N-21', 'record', 0.0, '2026-06-01', 's11'), ('list', 'a5', 'UT-E-6',
                null, 'record', 0.0, '2026-06-20', 's12'),
            ('co', '21', 'N-21', null, 'identifier', 1.0, '2026-06-01', 's5'), ('co', '21', 'N-21', null,
                'identifier', 1.0, '2026-07-01', 's6')
        ) t(register, record, party_id, candidate_id, method, score, edition, statement_id);
        create view v_resolution_link as
        select register, record, '' as other_register, '' as other_record, '' as outcome, '' as reason,
            0.0 as score, 0.0 as weight_bits, []::text[] as steps
        from v_resolution where false
    """)
    pairs = [(pair.one[1], pair.other[1], pair.outcome) for pair in uncertain(connection, home, 8)]
    assert sorted(pairs) == [(record, "21", "candidate") for record in ("a2", "a3", "a4", "a5")]
