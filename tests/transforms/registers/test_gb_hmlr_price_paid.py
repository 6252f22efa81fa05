"""Price paid: recognition, edition dates, units as titles have them, and the real files where they are."""

import io
import random
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.register_cases import run
from transforms.errors import BlockedEdition
from transforms.formats.plain_units import is_house_in_street, plain_unit
from transforms.model.parsing import conform
from transforms.model.register import Edition, Recognised
from transforms.readers import edition_dates, read
from transforms.readers.edition_dates import newest_day
from transforms.registers.gb_hmlr_price_paid import (
    FIELDS,
    NATIVE_COLUMNS,
    REGISTER,
    REPORT_COLUMNS,
    recognise,
)
from transforms.values.addresses import with_address
from transforms.values.addresses.postcodes import uk_postcode

FIXTURES = Path("tests/fixtures/registers/gb_hmlr_price_paid")
CASES = {case.name: next(case.glob("*.csv")) for case in sorted(FIXTURES.iterdir())}
REAL = Path("../shared/registers")
EDITION = Edition("gb_hmlr_price_paid", "pp-complete", "2026-05-29", "0" * 64)
ID = "11111111-AAAA-4BBB-8CCC-0000000000"
NATIVE = (
    f'"{{{ID}0A}}","185000","2026-04-17 00:00","ZT1 2AB","T","N","F","12","","HIGH '
    'STREET","","ZEDTON","ZEDTON","ZEDSHIRE","A","A"'
)
REPORT = (
    f'"{ID}0A","185000","2026-04-17","ZT1 2AB","T","N","F","","12","HIGH '
    'STREET","","ZEDTON","ZEDTON","ZEDSHIRE","A","http://example.org/1"'
)
HEADER = ",".join(REPORT_COLUMNS)
SEED = 20261124


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sales.csv"
    path.write_text(text)
    return path


def test_statement_ids_differ_between_editions() -> None:
    frame = conform(next(read(REGISTER, CASES["native"])).frame, FIELDS)[0]
    ids = [
        REGISTER.parse(frame, Edition(EDITION.register, EDITION.dataset, label, "0" * 64)).tables[
            "transaction_statement"
        ]["statement_id"]
        for label in "ab"
    ]
    assert not set(ids[0]) & set(ids[1])


# --- the two forms ----------------------------------------------------------------------------------------


@pytest.mark.sample(5)
@pytest.mark.parametrize(
    "text",
    [
        NATIVE,
        REPORT,
        f"{HEADER}\n{REPORT}",
        f"{HEADER}{REPORT}",
        f"{HEADER}\r\n{REPORT}\r\n",
        f"\ufeff{HEADER}{REPORT}",
        f"\ufeff{NATIVE}",
        f"\n\n{REPORT}",
        '"' + '","'.join(REPORT_COLUMNS) + f'"\n{REPORT}',
        REPORT.replace('"', ""),
        NATIVE.replace('"', ""),
    ],
)
def test_every_form_gives_the_same_sale(text: str, tmp_path: Path) -> None:
    parsed, rejected, *_ = run(REGISTER, written(tmp_path, text))
    assert rejected.is_empty()
    [row] = parsed.tables["transaction_statement"].to_dicts()
    assert (row["transaction_id"], row["paon"], row["saon"], row["transferred_on"], row["record_no"]) == (
        f"GB-PPD-{ID}0A",
        "12",
        None,
        date(2026, 4, 17),
        1,
    )


def test_a_record_on_the_headers_line_is_the_first_and_stands_at_its_own_byte(tmp_path: Path) -> None:
    second = REPORT.replace("0A", "0B")
    [batch] = read(REGISTER, written(tmp_path, f"{HEADER}{REPORT}\n{second}\n"))
    assert batch.records_in == 2
    assert batch.frame["byte_offset"].to_list() == [len(HEADER), len(HEADER) + len(REPORT) + 1]
    assert batch.frame["byte_length"].to_list() == [len(REPORT), len(second)]


def test_a_header_with_another_column_is_read_by_its_names(tmp_path: Path) -> None:
    text = f"{HEADER},record_status\n{REPORT},C\n"
    parsed, *_ = run(REGISTER, written(tmp_path, text))
    assert parsed.tables["transaction_statement"]["record_status"].to_list() == ["changed"]


@pytest.mark.parametrize(
    ("text", "code"), [("", "empty_file"), (HEADER, "empty_file"), ("price,day\n1,2\n", "missing_column")]
)
def test_what_is_no_price_file_is_refused(text: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(BlockedEdition) as refused:
        list(read(REGISTER, written(tmp_path, text)))
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ("2026-04-17 00:00", "2026-02-31 00:00", "impossible_date", "deed_date"),
        ("2026-04-17 00:00", "2026-04-17 13:30", "impossible_date", "deed_date"),
        ('"185000"', '"a lot"', "not_a_number", "price_paid"),
        ('"185000"', '""', "missing_value", "price_paid"),
        ("4BBB", "4BB", "not_an_id", "unique_id"),
        ('"HIGH STREET",', "", "wrong_columns", ""),
    ],
)
def test_a_bad_record_is_rejected_and_its_neighbours_load(
    old: str, new: str, code: str, field: str, tmp_path: Path
) -> None:
    rows = [NATIVE.replace("0A}", f"0{letter}}}") for letter in "ABC"]
    rows[1] = rows[1].replace(old, new)
    parsed, rejected, *_ = run(REGISTER, written(tmp_path, "\n".join(rows)))
    assert rejected.select("record_no", "code", "field").rows() == [(2, code, field)]
    assert parsed.records["record_no"].to_list() == [1, 3]


def test_an_unknown_category_is_a_finding_and_no_known_one(tmp_path: Path) -> None:
    row = NATIVE.replace('"T","N","F"', '"X","Q","Z"').replace('"A","A"', '"C","M"')
    parsed, rejected, findings, *_ = run(REGISTER, written(tmp_path, row))
    [sale] = parsed.tables["transaction_statement"].to_dicts()
    assert rejected.is_empty() and findings.height == 5
    assert (
        sale["property_type"],
        sale["is_new_build"],
        sale["tenure"],
        sale["category"],
        sale["record_status"],
    ) == (
        "unknown",
        None,
        "unknown",
        "unknown",
        "unknown",
    )


def test_an_addition_and_a_change_of_one_sale_are_two_records(tmp_path: Path) -> None:
    parsed, *_ = run(
        REGISTER,
        written(
            tmp_path,
            "\n".join([NATIVE, NATIVE.replace('"A","A"', '"A","C"'), NATIVE.replace('"A","A"', '"A","D"')]),
        ),
    )
    assert parsed.records["record"].to_list() == [f"{ID}0A", f"{ID}0A C", f"{ID}0A D"]
    assert parsed.tables["transaction_statement"]["transaction_id"].n_unique() == 1


# --- recognition and edition ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pp-complete.csv", Recognised("pp-complete", None)),
        ("PP-COMPLETE.zip", Recognised("pp-complete", None)),
        ("pp-2019.csv", Recognised("pp-2019", None)),
        ("pp-2019-part1.csv", Recognised("pp-2019", None, 1, 2)),
        ("pp-2019-part2.csv", Recognised("pp-2019", None, 2, 2)),
        ("pp-monthly-update.txt", Recognised("pp-monthly-update", None)),
        ("pp-monthly-update-new-version.csv", Recognised("pp-monthly-update", None)),
        ("pp-monthly-update-2026-05.csv", Recognised("pp-monthly-update", date(2026, 5, 1))),
        ("pp-monthly-update 2026-05-29.csv", Recognised("pp-monthly-update", date(2026, 5, 29))),
        ("ppd_data.csv", Recognised("ppd_data", None)),
        ("ppd_data_bury.csv", Recognised("ppd_data_bury", None)),
        ("ppd_data (1).csv", Recognised("ppd_data (1)", None)),
        ("zedton_2019.csv", Recognised("zedton_2019", None)),
        ("zedton 2020-02-30.csv", Recognised("zedton", None)),
    ],
)
@pytest.mark.parametrize("text", [NATIVE, REPORT, HEADER + REPORT])
def test_recognition(name: str, expected: Recognised, text: str) -> None:
    assert recognise(name, text.encode()) == expected


@pytest.mark.parametrize("name", ["sales.csv", "pp-19.csv", "applications.csv", "xpp-2019.csv"])
@pytest.mark.parametrize("head", [b"", b"id,price\n1,2\n", f'"{ID}0A","name","2026-04-17"\n'.encode()])
def test_other_files_are_not_recognised(name: str, head: bytes) -> None:
    assert recognise(name, head) is None


@pytest.mark.parametrize("step", [64, 1000, 4 << 20])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f"{NATIVE}\n{NATIVE.replace('2026-04-17', '2026-05-29')}\n"
            f"{NATIVE.replace('2026-04-17', '2025-12-31')}\n",
            date(2026, 5, 29),
        ),
        (NATIVE, date(2026, 4, 17)),
        (f"{HEADER}{REPORT}", date(2026, 4, 17)),
        (f"\ufeff{HEADER}\r\n{REPORT}\r\n", date(2026, 4, 17)),
        (REPORT.replace('"', ""), date(2026, 4, 17)),
        (f"{NATIVE}\n{NATIVE.replace('HIGH STREET', '2027-01-01')}\n", date(2026, 4, 17)),  # another column
        (f"{NATIVE}\n{NATIVE.replace('2026-04-17', '2026-13-45')}\n", date(2026, 4, 17)),  # no date
        ("post,deed_date\n1,2026-04-17\n2,2026-05-01\n", date(2026, 5, 1)),  # by the file's own header
        (HEADER, None),
        ("", None),
        ("a,b\n1,2026-01-01\n", None),
    ],
)
def test_newest_day_of_transfer(
    text: str, expected: date | None, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edition_dates, "STEP_BYTES", step)
    monkeypatch.setattr(edition_dates, "HEADER_STEP_BYTES", 512)
    assert newest_day(REGISTER, io.BytesIO(text.encode())) == expected


def test_a_day_still_to_come_dates_no_edition() -> None:
    text = f"{NATIVE}\n{NATIVE.replace('2026-04-17', '2202-01-31')}\n".encode()
    assert newest_day(REGISTER, io.BytesIO(text), date(2026, 4, 17)) == date(2026, 4, 17)
    assert newest_day(REGISTER, io.BytesIO(text), date(2026, 4, 16)) is None


# --- units ------------------------------------------------------------------------------------------------

PAONS = (
    "7",
    "12A",
    "150",
    "THE HOLLIES",
    "MILL HOUSE",
    "STAGE HOUSE, 16",
    "ROSE COTTAGE",
    "FLAT A, 64",
    "139 - 145",
    "APARTMENT HOUSE",
    "1 AND 2",
    "O'BRIENS",
    "ST JOHNS HOUSE",
    "BLOCK B",
    "0",
    "UNKNOWN",
    "NOT KNOWN",
    None,
)
SAONS = (
    None,
    None,
    None,
    None,
    "FLAT 3",
    "APARTMENT 12",
    "FLAT 4B",
    "3",
    "GROUND FLOOR FLAT",
    "FLAT",
    "UNIT 2",
    "A",
)
STREETS = (
    "HIGH STREET",
    "ST JOHN'S ROAD",
    "CHURCH ROAD NORTH",
    "THE AVENUE",
    "SAINT MARYS CLOSE",
    "A ROAD",
    "LONDON ROAD WEST",
    "MOUNT PLEASANT",
    "MILL LANE HEAD",
    "LOW ST",
    "FLAT LANE",
    "KING EDWARD VII STREET",
    "CHAPEL-LANE",
    "OLD GARDENS",
    "NO MANS LAND",
    "HOUSE LANE",
    "FIRST FLOOR WAY",
    "KINGS MEWS",
    None,
)


def test_plain_units_are_those_of_the_general_method() -> None:
    """Whatever is put together is what `with_address` makes of the same address."""
    dice = random.Random(SEED)
    rows = [(dice.choice(PAONS), dice.choice(SAONS), dice.choice(STREETS)) for _ in range(8000)]
    frame = pl.DataFrame(rows, schema=["paon", "saon", "street"], orient="row")
    columns = (pl.col("paon"), pl.col("street"), pl.col("saon"))
    given = frame.with_columns(
        plain_unit(*columns).alias("plain"), is_house_in_street(*columns).alias("is_house")
    )
    general = with_address(
        given,
        lines=[pl.col("saon"), pl.col("paon"), pl.col("street")],
        country=pl.lit("gb"),
        postcode_text=pl.lit("ZT1 2AB"),
    )
    plain_units = general.filter(pl.col("plain").is_not_null())
    differs = pl.concat_str(pl.lit("ZT1 2AB|"), "plain").ne_missing(pl.col("a_unit_key"))
    wrong = plain_units.filter(differs).unique().select("paon", "saon", "street", "plain", "a_unit_key")
    assert wrong.is_empty(), f"seed {SEED}: {wrong.rows()[:5]}"
    houses = general.filter("is_house")
    assert (
        houses["a_unit_key"]
        == pl.Series(houses.select(pl.format("ZT1 2AB|{} {}", "paon", "street")).to_series())
    ).all()
    assert plain_units.height > 500 and houses.height > 80, f"seed {SEED}"


def test_a_parsed_unit_is_that_of_the_general_method(tmp_path: Path) -> None:
    dice = random.Random(SEED + 1)
    rows = [
        NATIVE.replace("0A}", f"{n:02X}}}")
        .replace('"12",""', f'"{dice.choice(PAONS) or ""}","{dice.choice(SAONS) or ""}"')
        .replace('"HIGH STREET"', f'"{dice.choice(STREETS) or ""}"')
        for n in range(250)
    ]
    parsed, rejected, *_ = run(REGISTER, written(tmp_path, "\n".join(rows)))
    sales, addresses = parsed.tables["transaction_statement"], parsed.tables["address_statement"]
    numbered = (
        pl.col("paon").str.contains("[0-9][A-Z]?$") & pl.col("street").is_not_null()
    )  # 16 MILL LANE, but THE HOLLIES, MILL LANE
    house = (
        pl.when(numbered)
        .then(pl.concat_str("paon", pl.lit(" "), "street"))
        .otherwise(pl.concat_str("paon", "street", separator=", ", ignore_nulls=True))
    )
    general = with_address(
        sales,
        lines=[pl.col("saon"), house],
        locality=pl.col("town"),
        country=pl.lit("gb"),
        postcode_text=pl.col("postcode"),
    )
    kept = ~sales["paon"].fill_null("").str.contains(" AND ")  # a list of units has none
    assert rejected.is_empty() and addresses.height == 250
    assert addresses["unit_key"].filter(kept).to_list() == general["a_unit_key"].filter(kept).to_list(), (
        f"seed {SEED + 1}"
    )
    assert addresses["unit_key"].null_count() > 0
    assert addresses["address_id"].str.contains("^UT-A-[0-9a-f]{16}$").sum() == addresses["unit_key"].count()


@pytest.mark.sample(5)
@pytest.mark.parametrize(
    ("paon", "saon", "kind", "has_unit"),
    [
        ("LAND ADJOINING 9", "", "O", False),
        ("LAND AT", "", "O", False),
        ("5 AND 7", "", "T", False),
        ("5, 7 AND 9", "", "O", False),
        ("9", "FLATS 1 AND 2", "F", False),
        ("9", "", "O", True),
        ("HORSE AND GROOM", "", "O", True),
        ("13 - 15", "", "T", True),
        ("UNIT 3", "", "O", True),
        ("MILL HOUSE, 16", "FLAT 3", "F", True),
        ("", "", "T", False),
    ],
)
def test_land_and_lists_have_no_unit(paon: str, saon: str, kind: str, has_unit: bool, tmp_path: Path) -> None:
    row = NATIVE.replace('"T","N"', f'"{kind}","N"').replace('"12",""', f'"{paon}","{saon}"')
    parsed, *_ = run(REGISTER, written(tmp_path, row))
    [address] = parsed.tables["address_statement"].to_dicts()
    assert (address["unit_key"] is not None, address["address_id"] is not None) == (has_unit, has_unit)
    assert address["address_text"].endswith("HIGH STREET, ZEDTON, ZT1 2AB")


@pytest.mark.parametrize(
    ("paon", "saon", "kind", "same_as_flat"),
    [
        ("12", "2", "F", True),
        ("MILL HOUSE, 16", "2", "F", True),
        ("THE HOLLIES", "2", "F", True),
        ("12", "2", "O", False),
        ("12", "2A", "F", False),
        ("12", "A 2", "F", False),
    ],
)
def test_a_flats_number_needs_no_word(
    paon: str, saon: str, kind: str, same_as_flat: bool, tmp_path: Path
) -> None:
    rows = [
        NATIVE.replace("0A}", f"0{n}}}")
        .replace('"T","N"', f'"{kind}","N"')
        .replace('"12",""', f'"{paon}","{text}"')
        for n, text in enumerate((saon, "FLAT 2"))
    ]
    addresses = run(REGISTER, written(tmp_path, "\n".join(rows)))[0].tables["address_statement"]
    assert (addresses["unit_key"].n_unique() == 1) is same_as_flat
    assert addresses["address_text"][0].startswith(f"{saon}, ")  # as the record writes it


@pytest.mark.sample(5)
@pytest.mark.parametrize(
    "text", ["ZT1 2AB", "zt1 2ab", "ZT12AB", " ZT1  2AB ", "ZT1 2A", "", "ABROAD", "ZT11AA"]
)
def test_postcodes_are_written_one_way(text: str, tmp_path: Path) -> None:
    parsed, *_ = run(REGISTER, written(tmp_path, NATIVE.replace('"ZT1 2AB"', f'"{text}"')))
    expected = pl.DataFrame({"p": [text]}).select(uk_postcode(pl.col("p"))).item()
    assert parsed.tables["address_statement"]["postcode"].to_list() == [expected]
    assert parsed.tables["transaction_statement"]["postcode"].to_list() == [expected or text.strip() or None]


# --- real files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "dataset", "newest", "records"),
    [
        ("landing_gb/pp-2019.csv", "pp-2019", date(2019, 12, 20), 15_374),
        (
            "gb_hmlr/ppd_greater_manchester_2019.csv",
            "ppd_greater_manchester_2019",
            date(2019, 12, 20),
            15_374,
        ),
        ("gb_hmlr/ppd_merton_wimbledon.csv", "ppd_merton_wimbledon", date(2020, 2, 20), 13_193),
        ("gb_hmlr/pp-monthly-update-new-version_sample15.csv", "pp-monthly-update", date(2021, 12, 9), 15),
    ],
)
def test_real_files_load_whole(name: str, dataset: str, newest: date, records: int) -> None:
    path = REAL / name
    if not path.is_file():
        pytest.skip(f"{name} is not in ../shared/registers")
    assert recognise(path.name, path.read_bytes()[: 1 << 16]) == Recognised(dataset, None)
    with path.open("rb") as file:
        assert newest_day(REGISTER, file) == newest
    parsed, rejected, findings, *_ = run(REGISTER, path)
    assert (parsed.records.height, rejected.height, findings.height) == (records, 0, 0)
    assert parsed.tables["address_statement"].height == records
    assert parsed.tables["address_statement"]["unit_key"].null_count() <= 3


def test_the_two_forms_of_one_year_agree() -> None:
    """Greater Manchester 2019, native and from the report builder."""
    paths = [REAL / "landing_gb/pp-2019.csv", REAL / "gb_hmlr/ppd_greater_manchester_2019.csv"]
    if not all(path.is_file() for path in paths):
        pytest.skip("the price files are not in ../shared/registers")
    native, report = (run(REGISTER, path)[0] for path in paths)
    facts = [
        "transaction_id",
        "price_gbp",
        "transferred_on",
        "paon",
        "saon",
        "street",
        "tenure",
        "category",
        "property_type",
        "is_new_build",
        "postcode",
    ]
    assert (
        native.tables["transaction_statement"]
        .select(facts)
        .sort("transaction_id")
        .equals(report.tables["transaction_statement"].select(facts).sort("transaction_id"))
    )
    assert (
        native.tables["address_statement"]["unit_key"].to_list()
        == report.tables["address_statement"]["unit_key"].to_list()
    )
    assert len(NATIVE_COLUMNS) == len(REPORT_COLUMNS) == 16
