"""Stands of the Dutch land register: exact shares, nothing of natural persons, who sold; real stands."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from flows.home.settings import Home
from flows.ingest import parse
from flows.ingest.landing import look
from tests.brk_files import address, company, deed, held, parcel, placed, price, right, snapshot, stand, unit
from tests.landings import land_files, mart, resolved_night
from tests.native_files import landed
from tests.register_cases import assert_declared, cases, native_file, run
from transforms.errors import BlockedEdition
from transforms.model.register import registers
from transforms.registers.nl_brk import declined

REAL = Path(__file__).resolve().parents[4] / "shared" / "registers" / "nl" / "brk2"
BRK = registers()["nl_brk"]
PERSON, BSN, HOME_OF_ONE = "Invented Person", "999999990", "Dorpsstraat"
PARCEL = "99900000170000"


def test_nothing_of_a_natural_person_becomes_a_row() -> None:
    (case,) = cases(BRK)
    text = native_file(case).read_text(encoding="utf-8")
    outcome = run(BRK, native_file(case))
    rows = str([table.to_dicts() for table in outcome.parsed.tables.values()])
    assert [word for word in (PERSON, BSN, HOME_OF_ONE) if word not in text] == []
    assert [word for word in (PERSON, BSN, HOME_OF_ONE) if word in rows] == []
    titles = outcome.parsed.tables["title_statement"]
    assert titles.filter("additional_proprietors")["price_paid_eur"].null_count() == 3


def test_shares_stay_exact_and_a_joint_share_counts_once() -> None:
    (case,) = cases(BRK)
    rows = run(BRK, native_file(case)).parsed.tables["proprietorship_statement"]
    joint = rows.filter(pl.col("title_id") == "NL-BRK-99900000370000").unique(
        pl.coalesce("joint_share_id", "statement_id")
    )
    parts = joint.select("share_numerator", "share_denominator").rows()
    assert sum(Fraction(*part) for part in parts) == 1
    third = rows.filter(pl.col("title_id") == "NL-BRK-99900000210001")
    assert third.select("share_numerator", "share_denominator").rows() == [(1, 3)]


def test_a_change_is_not_read_and_a_cut_or_hostile_stand_is_blocked(tmp_path: Path) -> None:
    whole = stand(snapshot(parcel(PARCEL, 1)))
    change = whole.replace(b"product-stand", b"product-mutatie")
    landing = look(land_files(tmp_path / "change", {"MUTKX02-ABG00F1-20260601-1.xml": change}), registers())
    assert [file.reason for file in landing.unrecognised] == [declined("", change)]
    doctype = whole.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>', 1)
    for name, contents, fault in (("cut", whole[:-30], "not well-formed"), ("doctype", doctype, "DOCTYPE")):
        edition = landed(tmp_path / name, "GEBKX02-1.xml", contents)
        assert (edition.dataset, edition.label) == ("gemeente-0999", "2026-06-01")
        with pytest.raises(BlockedEdition, match=fault):
            parse.ingest(edition, tmp_path / f"{name}-work", "key")


@pytest.mark.nightly
def test_of_two_stands_the_earlier_one_says_who_sold(tmp_path: Path) -> None:
    """And a title joins the register of addresses, and what stands on it in answers about mortgages."""
    files = {
        f"GEBKX02-{day}.xml": stand(_shed(number, name, total, bought), day=day)
        for day, number, name, total, bought in (
            ("2026-05-01", "90010055", "Vreemd Vastgoed B.V.", "900000", "2020-02-03"),
            ("2026-06-01", "90010066", "Wissel Handel B.V.", "980000", "2026-05-12"),
        )
    }
    night = resolved_night(Home(tmp_path / "home"), land_files(tmp_path / "landing", files), date(2026, 6, 2))
    held_by = mart(night, "proprietorship").sort("added_on")
    assert held_by.select("party_id", "added_on", "ended_on", "right_kind", "deed_sum_eur").rows() == [
        ("NL-KVK-90010055", date(2020, 2, 3), date(2026, 6, 1), "ownership", 900_000),
        ("NL-KVK-90010066", date(2026, 5, 12), None, "ownership", 980_000),
    ]
    [title] = mart(night, "title").to_dicts()
    assert (title["title_id"], title["territory"], title["price_paid_eur"]) == (
        f"NL-BRK-{PARCEL}",
        "nl",
        980_000,
    )
    assert (title["price_paid_gbp"], title["cadastral_name"]) == (None, "Zeehaven B 1")
    [at] = mart(night, "title_address").to_dicts()
    assert (at["object_id"], at["property_id"] is not None) == ("NL-BAG-0999010000000007", True)


def _shed(kvk: str, name: str, total: str, bought: str) -> str:
    return snapshot(
        parcel(PARCEL, 1, price(total, int(bought[:4]))),
        placed(31),
        right(11),
        held(21, 11, 61, deeds=[51]),
        company(61, name, "Besloten Vennootschap", kvk=kvk),
        address(31, "Steenkade", 7, "9901AB", "0999200000000007"),
        unit("0999010000000007", 31),
        deed(51, bought, total),
    )


def test_real_stands_are_read() -> None:
    paths = sorted(REAL.glob("stand-*.xml"))
    if not paths:
        pytest.skip("../shared/registers/nl/brk2 is not there: no real stand was read")
    loaded, reasons = 0, []
    for path in paths:
        outcome = run(BRK, path)
        assert (outcome.records_n, outcome.rejected.height, outcome.findings.height) == (1, 0, 0), path.name
        assert_declared(BRK, outcome.parsed)
        loaded += outcome.parsed.records.height
        reasons += outcome.ignored["reason"].to_list()
    assert (loaded, reasons) == (2, ["natural_person"] * 3)
    for path in (*REAL.glob("mutatie-*.xml"), *REAL.glob("vervallen-*.xml")):
        head = path.read_bytes()[: 64 << 10]
        assert BRK.recognise(path.name, head) is None and "order a stand" in declined(path.name, head)
