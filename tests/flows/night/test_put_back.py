"""Nights after which a file, or the mapping that reads it, is again what it was before."""

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.accountability import purge
from flows.home import mappings
from flows.home.settings import Home
from flows.ingest import lake
from flows.night import diff
from flows.night.night import Night
from flows.night.stages.editions import choose_editions
from tests.landings import lake_night
from transforms.errors import UsageError

EXAMPLE = (Path(mappings.__file__).parent / "examples" / "creditors_gb.toml").read_text(encoding="utf-8")
HEADER = (
    "Transaction No,Payment Date,Amount,Supplier Name,Supplier No,Supplier Type,Company Reg No,VAT Reg No,"
    "Bank Account,Bank Check,Invoice No,Description,Cost Centre,Batch,Posted By"
)
LINE = (
    "T1,04/{month}/2026,{amount},Zed Works Limited,V1,Trade,9000001,,GB33BUKB20201555555555,Called back,"
    "INV-1,Repairs,Highways,B,X"
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    write_mapping(home, EXAMPLE)
    return home


def write_mapping(home: Home, text: str, name: str = "creditors_gb") -> None:
    """The home's only mapping."""
    shutil.rmtree(mappings.folder(home), ignore_errors=True)
    mappings.folder(home).mkdir()
    (mappings.folder(home) / f"{name}.toml").write_text(text, encoding="utf-8")


def write_ledger(home: Home, amount: str, month: str = "05") -> Path:
    path = home.landing / f"creditor-payments-2026-{month}.csv"
    path.write_text(f"{HEADER}\n{LINE.format(month=month, amount=amount)}\n", encoding="utf-8")
    return path


def night(home: Home, known_at: date | None = None) -> Night:
    done = lake_night(home, home.landing, known_at=known_at)
    shutil.rmtree(done.work)
    return done


def amounts(night: Night) -> list[float]:
    """Of the payments in force."""
    files = lake.table_files(night.home, "flow_statement", night.editions.with_status("in_force"))
    return sorted(float(amount) for file in files for amount in pl.read_parquet(file)["amount"])


def test_a_ledger_that_is_put_back_is_in_force_again(home: Home) -> None:
    write_ledger(home, "1.00")
    assert amounts(night(home)) == [1]
    write_ledger(home, "9.00")
    assert amounts(night(home)) == [9]
    path = write_ledger(home, "1.00")
    arrivals = [facts.arrival for facts in lake.manifests(home)]
    assert amounts(night(home, known_at=date(2026, 6, 1))) == [1]
    assert [facts.arrival for facts in lake.manifests(home)] == arrivals  # of an earlier date: not kept
    assert amounts(night(home)) == amounts(night(home)) == [1]
    path.unlink()
    write_ledger(home, "2.00", "06")
    assert amounts(night(home)) == [1, 2]  # also once it is cleared away


def test_a_purge_and_a_comparison_use_the_editions_of_the_last_night(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file and a mapping that were put back: what they had replaced is in the lake too."""
    for amount in ("1.00", "9.00", "1.00"):
        write_ledger(home, amount)
        night(home)
    wrong = EXAMPLE.replace('payee_number = "Company Reg No"\n', "").replace(
        "ignore = [", 'ignore = ["Amount", '
    )
    write_mapping(home, wrong.replace('amount = "Amount"', 'amount = "Company Reg No"'))
    assert amounts(night(home)) == [9000001]
    write_mapping(home, EXAMPLE)
    assert amounts(night(home)) == [1]
    used: list[list[float]] = []

    def choose(night: Night, **_: object) -> None:
        choose_editions(night)
        used.append(amounts(night))

    monkeypatch.setattr(diff, "_compute_facts", choose)
    monkeypatch.setattr(diff, "compare", lambda *_: pl.DataFrame())
    monkeypatch.setattr(diff, "_tables", lambda *_: {})
    diff.difference(home, date(2026, 5, 1), date(2026, 6, 1))
    rebuilt = purge._as_in_release(home, {"synthetic": False})
    rebuilt.work.mkdir()
    choose(rebuilt)
    assert used == [[1]] * 3
    write_mapping(home, "register = 1")
    with pytest.raises(UsageError):
        purge._as_in_release(home, {"synthetic": False})


def test_a_ledger_whose_mapping_was_renamed_counts_once(home: Home) -> None:
    """Also where its last file is no longer in the landing folder, and where the old name comes back."""
    march, _, may = (write_ledger(home, f"{month}.00", f"0{month}") for month in (3, 4, 5))
    assert amounts(night(home)) == [3, 4, 5]
    may.unlink()
    write_mapping(home, EXAMPLE, "ledger_gb")
    assert amounts(night(home)) == [3, 4, 5]
    write_ledger(home, "33.00", "03")
    assert amounts(night(home)) == [4, 5, 33]
    write_mapping(home, EXAMPLE)
    assert amounts(night(home)) == [4, 5, 33]
    march.unlink()
    assert amounts(night(home)) == [4, 5, 33]
