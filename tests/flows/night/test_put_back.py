"""Nights after which a file, or the mapping that reads it, is again what it was before."""

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.home import mappings
from flows.home.settings import Home
from flows.ingest import lake
from flows.night.night import Night
from tests.landings import lake_night

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
