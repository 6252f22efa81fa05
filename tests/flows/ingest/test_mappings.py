"""Files of an authority, read by a mapping in the home: shipped mappings, bad input, what is refused."""

import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from flows.cli.app import exit_code
from flows.home import mappings
from flows.home.settings import Home
from flows.ingest import lake
from flows.ingest.editions import select
from flows.ingest.landing import LandedEdition, look
from flows.ingest.parse import ingest
from flows.night.runner import safe_errors
from flows.night.stages.lake import parse_edition
from transforms.errors import BlockedEdition, RunFailed, UsageError
from transforms.model.register import registers

EXAMPLES = Path(mappings.__file__).parent / "examples"
GB_HEADER = (
    "Transaction No,Payment Date,Amount,Supplier Name,Supplier No,Supplier Type,Company Reg No,VAT Reg No,"
    "Bank Account,Bank Check,Invoice No,Description,Cost Centre,Batch,Posted By"
)
GB_LINE = (
    "T1,04/05/2026,1234.50,Zed Works Limited,V1,Trade,9000001,,GB33BUKB20201555555555,Called back,INV-1,"
    "Repairs,Highways,B,X"
)
NL_HEADER = [
    "Boekstuknummer",
    "Betaaldatum",
    "Bedrag",
    "Naam crediteur",
    "Crediteurnummer",
    "Soort crediteur",
    "KvK-nummer",
    "Btw-nummer",
    "IBAN",
    "Factuurnummer",
    "Omschrijving",
    "Taakveld",
    "Boekjaar",
]


def landed(
    folder: Path, example: str, name: str, contents: bytes, *changes: tuple[str, str]
) -> LandedEdition:
    """The one edition of a file that an example mapping, perhaps changed, reads."""
    home = Home(folder / "home")
    place = mappings.folder(home)
    place.mkdir(parents=True, exist_ok=True)
    text = (EXAMPLES / f"{example}.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (place / f"{example}.toml").write_text(text, encoding="utf-8")
    landing = folder / "landing"
    landing.mkdir(parents=True, exist_ok=True)
    (landing / name).write_bytes(contents)
    [edition] = look(landing, registers(), date.max, mappings.own_registers(home)).editions
    return edition


def read(folder: Path, edition: LandedEdition) -> lake.Ingested:
    ingested = ingest(edition, folder / "work", lake.lake_key(edition), account_key=b"k")
    assert ingested.facts.rows_add_up
    return ingested


def flows(ingested: lake.Ingested) -> pl.DataFrame:
    return pl.read_parquet(ingested.folder / "flow_statement.parquet").sort("record_no")


def british(folder: Path, *lines: str, encoding: str = "cp1252", header: str = GB_HEADER) -> LandedEdition:
    contents = "\r\n".join((header, *lines)).encode(encoding)
    return landed(folder, "creditors_gb", "creditor-payments-2026-05.csv", contents)


def workbook(folder: Path, rows: Sequence[Sequence[object]], sheet: str = "Betalingen") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(list(row))
    path = folder / "made.xlsx"
    book.save(path)
    return path.read_bytes()


def test_a_british_ledger_is_read_line_by_line(tmp_path: Path) -> None:
    edition = british(
        tmp_path,
        GB_LINE,
        'T2,05/05/2026,"£1,234.50",Café Zed Ltd,V2,,SC12345,,,,INV-2,Coffee,Parks,B,X',
        "T3,05/05/2026,(20.00),Zed Works Limited,V1,Trade,NULL,,,,INV-1,Credit,Highways,B,X",
        "T4,05/05/2026,0.00,Jane Example,V3,Individual,,,GB33BUKB20201555555555,,,Foster care,Care,B,X",
        "T5,05/05/2026,10.00,REDACTED,,,,,,,,,Care,B,X",
        'T6,05/05/2026,"1.234,50",Zed Works Limited,V1,Trade,,,,,INV-3,Repairs,Highways,B,X',
        "T7,31/02/2026,10.00,Zed Works Limited,V1,Trade,,,,,INV-3,Repairs,Highways,B,X",
        "T8,05/05/2026,10.00,Zed Works Limited,V1,Trade,,,,,INV-3,Repairs,Highways,B,X",
        "T9,05/05/2026,10.00,Zed Works Limited,V1,Trade,,,,,INV-3,Repairs,Highways,B,X",
        ",,,,,,,,,,,,,,",
        'Total,,"2,469.00",,,,,,,,,,,,',
    )
    assert (edition.register.name, edition.dataset, edition.label) == ("ledger", "creditors_gb", "2026-05-01")
    ingested = read(tmp_path, edition)
    assert flows(ingested).select(
        "record_no", "amount", "payee_name", "payee_kind", "payee_number", "payee_ref"
    ).rows() == [
        (1, pl.Series([1234.5]).cast(pl.Decimal(18, 2))[0], "Zed Works Limited", "company", "09000001", "V1"),
        (2, pl.Series([1234.5]).cast(pl.Decimal(18, 2))[0], "Café Zed Ltd", "company", "SC012345", "V2"),
        (3, pl.Series([-20.0]).cast(pl.Decimal(18, 2))[0], "Zed Works Limited", "company", None, "V1"),
        (4, pl.Series([0.0]).cast(pl.Decimal(18, 2))[0], None, "unclassified", None, None),
        (5, pl.Series([10.0]).cast(pl.Decimal(18, 2))[0], None, "unnamed", None, None),
        (8, pl.Series([10.0]).cast(pl.Decimal(18, 2))[0], "Zed Works Limited", "company", None, "V1"),
        (9, pl.Series([10.0]).cast(pl.Decimal(18, 2))[0], "Zed Works Limited", "company", None, "V1"),
    ]
    rejected = pl.read_parquet(ingested.folder / "reject.parquet").sort("record_no")
    assert rejected.select("record_no", "code", "field").rows() == [
        (6, "not_a_number", "Amount"),
        (7, "impossible_date", "Payment Date"),
    ]
    assert ingested.facts.ignored_reasons == ("empty_row: 1", "total_row: 1")
    assert flows(ingested)["account_note"].to_list() == ["confirmed", *[None] * 6]
    accounts = flows(ingested)["payee_account"].to_list()
    assert str(accounts[0]).startswith("account:gb:bukb:") and not any(accounts[1:])  # no natural person's
    assert set(flows(ingested)["payer_id"]) == {"body:harrowmere_borough_council"}


def test_a_column_that_the_mapping_does_not_name_is_reported_by_name(tmp_path: Path) -> None:
    edition = british(tmp_path, f"{GB_LINE},Y", header=f"{GB_HEADER},Approved By")
    findings = pl.read_parquet(read(tmp_path, edition).folder / "finding.parquet")
    assert findings.select("code", "value", "rows_n").rows() == [("unknown_field", "Approved By", 1)]


def test_a_file_without_a_column_that_the_mapping_names_is_refused(tmp_path: Path) -> None:
    edition = british(tmp_path, GB_LINE, header=GB_HEADER.replace("Amount", "Net"))
    with pytest.raises(BlockedEdition, match=r"lacks the column 'Amount'.*mappings/creditors_gb\.toml"):
        read(tmp_path, edition)


@pytest.mark.parametrize(
    ("day", "style"),
    [("20-Jun-13", "DD-Mon-YY"), ("2026-05-04", "YYYY-MM-DD"), ("05/13/2026", "MM/DD/YYYY")],
)
def test_another_style_of_dates_refuses_the_file_by_line_and_column(
    tmp_path: Path, day: str, style: str
) -> None:
    edition = british(tmp_path, GB_LINE, GB_LINE.replace("04/05/2026", day).replace("T1", "T2"))
    with pytest.raises(BlockedEdition, match=rf"line 3 \(record 2\), column 'Payment Date' .* {style}, "):
        read(tmp_path, edition)


def test_a_dutch_payment_run_is_read_from_a_spreadsheet(tmp_path: Path) -> None:
    rows = [
        ["Betaalrun gemeente Havermonde"],
        [],
        NL_HEADER,
        [
            1,
            datetime(2026, 6, 4),
            1234.5,
            "Zed Bouw B.V.",
            77,
            "bedrijf",
            1345678,
            None,
            "F1",
            "Werk",
            "W",
            2026,
        ],
        [
            2,
            "04-06-2026",
            "1.000,05",
            "Zed Bouw B.V.",
            77,
            "bedrijf",
            "01345678",
            None,
            "F2",
            "Werk",
            "W",
            2026,
        ],
        [],
        [3, "04-06-2026", "12.50", "Zed Bouw B.V.", 77, "bedrijf", None, None, None, "F3", "Werk", "W", 2026],
        [4, "04-06-2026", 7, "J. Voorbeeld", 78, "particulier", None, None, None, None, "Pgb", "Z", 2026],
        ["Totaal", None, 2254.55],
    ]
    edition = landed(tmp_path, "creditors_nl", "betaalrun 2026-06-04.xlsx", workbook(tmp_path, rows))
    assert (edition.dataset, edition.label) == ("creditors_nl-planned", "2026-06-04")
    ingested = read(tmp_path, edition)
    paid = flows(ingested)
    assert [str(amount) for amount in paid["amount"]] == ["1234.50", "1000.05", "7.00"]
    assert paid["flowed_on"].unique().to_list() == [date(2026, 6, 4)]
    assert paid["payee_number"].to_list() == ["01345678", "01345678", None]
    assert paid["payee_name"].to_list() == ["Zed Bouw B.V.", "Zed Bouw B.V.", None]
    assert set(paid["status"]) == {"planned"} and paid["record"].to_list() == ["1", "2", "4"]
    rejected = pl.read_parquet(ingested.folder / "reject.parquet")
    assert rejected.select("record_no", "code", "field").rows() == [(3, "not_a_number", "Bedrag")]
    assert ingested.facts.ignored_reasons == ("total_row: 1",)


def test_a_sheet_that_is_not_there_and_a_damaged_workbook_are_refused(tmp_path: Path) -> None:
    contents = workbook(tmp_path, [NL_HEADER], sheet="Blad1")
    edition = landed(tmp_path, "creditors_nl", "betaalrun 2026-06-04.xlsx", contents)
    with pytest.raises(BlockedEdition, match="no sheet 'Betalingen'"):
        read(tmp_path, edition)
    edition = landed(tmp_path, "creditors_nl", "betaalrun 2026-06-04.xlsx", contents[: len(contents) // 2])
    with pytest.raises(BlockedEdition, match="damaged or cut short"):
        read(tmp_path, edition)


def test_parquet_is_read_as_csv_is(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "Zaaknummer": [7],
            "Soort vergunning": ["verblijf"],
            "Status": ["Geweigerd"],
            "Datum aanvraag": [date(2025, 5, 1)],
            "Datum besluit": [datetime(2025, 9, 3)],
            "Straat": ["Dokstraat"],
            "Huisnummer": [8],
            "Toevoeging": [None],
            "Postcode": ["1234AB"],
            "Plaats": ["Havermonde"],
            "Aanvrager": ["Zed Beds B.V."],
            "KvK aanvrager": [1345678.0],
            "Financier": ["J. Voorbeeld"],
            "KvK financier": [None],
            "Verhuurder": ["Zed Kade B.V."],
            "KvK verhuurder": ["01345679"],
            "Verhuurder in weigering": [True],
        },
        schema_overrides={"Toevoeging": pl.String, "KvK financier": pl.String},
    )
    path = tmp_path / "made.parquet"
    frame.write_parquet(path)
    changes = (('format = "csv"', 'format = "parquet"'), ('"vergunningen*.csv"', '"vergunningen*.parquet"'))
    edition = landed(tmp_path, "permits_nl", "vergunningen-2026-06-01.parquet", path.read_bytes(), *changes)
    ingested = read(tmp_path, edition)
    [permit] = pl.read_parquet(ingested.folder / "permit_statement.parquet").to_dicts()
    assert (permit["state"], permit["applied_on"], permit["decided_on"]) == (
        "refused",
        date(2025, 5, 1),
        date(2025, 9, 3),
    )
    assert (permit["applicant_number"], permit["lessor_in_refusal"]) == ("01345678", True)
    assert (permit["financier_kind"], permit["financier_name"]) == ("unclassified", None)
    [premises] = pl.read_parquet(ingested.folder / "address_statement.parquet").to_dicts()
    assert premises["unit_key"] == "1234 AB|nl|8" and premises["role"] == "premises"


LEDGER_OF_PARQUET = (
    ('format = "csv"', 'format = "parquet"'),
    ('"creditor-payments-*.csv"', '"creditor-payments-*.parquet"'),
)


@pytest.mark.parametrize("kind", [pl.Date, pl.Datetime("us")])
def test_a_payment_on_a_day_that_is_none_is_rejected(tmp_path: Path, kind: pl.DataType) -> None:
    """DuckDB and PostgreSQL write `infinity` as the largest number."""
    lines = [GB_LINE, GB_LINE.replace("T1", "T2")]
    frame = pl.DataFrame([line.split(",") for line in lines], schema=GB_HEADER.split(","), orient="row")
    infinity = pl.Series([2**31 - 1], dtype=pl.Int32) if kind == pl.Date else pl.Series([2**63 - 1])
    days = pl.concat([pl.Series([date(2026, 5, 4)]).cast(kind), infinity.cast(kind)])
    frame.with_columns(days.alias("Payment Date")).write_parquet(tmp_path / "made.parquet")
    contents = (tmp_path / "made.parquet").read_bytes()
    edition = landed(
        tmp_path, "creditors_gb", "creditor-payments-2026-05.parquet", contents, *LEDGER_OF_PARQUET
    )
    ingested = read(tmp_path, edition)
    assert (ingested.facts.rows_loaded, ingested.facts.rows_rejected) == (1, 1)
    assert flows(ingested)["flowed_on"].to_list() == [date(2026, 5, 4)]


def test_a_panic_of_polars_blocks_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def panic(*_: object) -> None:
        raise pl.exceptions.PanicException("a value of a record")

    edition = british(tmp_path, GB_LINE)
    with monkeypatch.context() as patch, pytest.raises(BlockedEdition, match="PanicException") as blocked:
        patch.setattr("flows.ingest.parse._parsed", panic)
        parse_edition(edition, tmp_path / "work", "key", synthetic=False)
    assert blocked.value.code == "parser_error" and "a value" not in str(blocked.value)
    with pytest.raises(RunFailed, match="PanicException"), safe_errors("marts"):
        panic()
    monkeypatch.setattr("flows.cli.app.app", lambda **_: panic())
    assert exit_code(["sql"]) == 4


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('register = "ledger"', 'register = "payroll"', "register:"),
        ('dates = "DD/MM/YYYY"', 'dates = "D/M/Y"', "dates: it must be one of"),
        ('decimal = "."', 'decimal = ";"', "decimal:"),
        ('line = "Transaction No"', 'number = "Transaction No"', r"columns\.number: there is no such field"),
        ('amount = "Amount"', "", r"columns\.amount: missing"),
        ('"Posted By"]', '"Amount"]', "ignore: 'Amount' is named under columns too"),
        ('Bank = "conduit"', 'Bank = "lender"', r"codes\.payee_class\.Bank: it must be one of public"),
        ('line = "Transaction No"', 'line = "record_no"', r"columns\.line: this column name is reserved"),
        ("register =", "register", "not TOML"),
    ],
)
def test_a_wrong_mapping_is_refused_by_file_and_key(tmp_path: Path, old: str, new: str, fault: str) -> None:
    with pytest.raises(UsageError, match=rf"creditors_gb\.toml: .*{fault}"):
        landed(tmp_path, "creditors_gb", "creditor-payments-2026-05.csv", b"", (old, new))


def test_a_mapping_is_named_as_a_data_set_is(tmp_path: Path) -> None:
    path = mappings.folder(Home(tmp_path)) / "Creditors 2026.toml"
    path.parent.mkdir()
    path.write_text((EXAMPLES / "creditors_gb.toml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"Creditors 2026\.toml: name: "):
        mappings.own_registers(Home(tmp_path))


def test_a_file_that_two_mappings_name_is_left_alone(tmp_path: Path) -> None:
    home, landing = Home(tmp_path / "home"), tmp_path / "landing"
    mappings.folder(home).mkdir(parents=True)
    landing.mkdir()
    for name in ("one", "two"):
        text = (EXAMPLES / "creditors_gb.toml").read_text(encoding="utf-8")
        (mappings.folder(home) / f"{name}.toml").write_text(text, encoding="utf-8")
    (landing / "creditor-payments-2026-05.csv").write_text(f"{GB_HEADER}\n{GB_LINE}\n", encoding="utf-8")
    [unread] = look(landing, registers(), date.max, mappings.own_registers(home)).unrecognised
    assert unread.reason.startswith("claimed by mappings/one.toml and mappings/two.toml")


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (64 << 20))
    contents = (tmp_path / "bomb.xlsx").read_bytes()
    edition = landed(tmp_path, "creditors_nl", "betaalrun 2026-06-04.xlsx", contents)
    with pytest.raises(BlockedEdition, match="unpacks to more than"):
        read(tmp_path, edition)


def test_of_two_readings_of_one_file_that_by_the_mapping_of_today_counts(tmp_path: Path) -> None:
    """Also where the mapping went back to what it was: the earlier reading is in the lake already."""
    name, contents = "creditor-payments-2026-05.csv", f"{GB_HEADER}\n{GB_LINE}\n".encode()
    first = landed(tmp_path / "a", "creditors_gb", name, contents)
    second = landed(tmp_path / "b", "creditors_gb", name, contents, ('Trade = "company"', 'Trade = "public"'))
    assert lake.lake_key(first) != lake.lake_key(second) and first.sha256 == second.sha256
    held = [
        replace(read(folder, edition).facts, arrival=arrival)
        for arrival, (folder, edition) in enumerate(((tmp_path / "a", first), (tmp_path / "b", second)), 1)
    ]
    for edition in (first, second):
        [used] = select(held, [], None, [edition.mapping]).with_status("in_force")
        assert used.mapping == edition.mapping
    [used] = select(held, [], None, []).with_status("in_force")
    assert used.mapping == second.mapping
