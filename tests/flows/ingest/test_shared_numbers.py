"""Records that share a number and are not the same: each is loaded, and an exact repeat is ignored once."""

from pathlib import Path

import polars as pl

from flows.ingest.landing import look
from flows.ingest.parse import ingest
from tests.register_cases import CASES
from transforms.model.register import registers


def loaded(folder: Path, name: str, contents: str, table: str) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The rows of a table, in the order of the file, and why records were ignored. None is rejected."""
    (folder / "landing").mkdir(parents=True)
    (folder / "landing" / name).write_text(contents, encoding="utf-8")
    [edition] = look(folder / "landing", registers()).editions
    facts = ingest(edition, folder / "work", "key", account_key=b"k").facts
    assert facts.rows_add_up and facts.rows_rejected == 0
    rows = pl.read_parquet(folder / "work" / f"{table}.parquet").sort("record_no")
    assert rows["statement_id"].is_unique().all()
    return rows, facts.ignored_reasons


def header_of(register: str, name: str) -> str:
    return (CASES / register / "typical" / name).read_text(encoding="utf-8").splitlines()[0]


def test_two_lines_of_one_number_in_a_ledger_are_two_payments(tmp_path: Path) -> None:
    header = header_of("ledger", "ledger-2026-05.csv")
    line = (
        "Zedborough Council,gb,GBP,L1,paid,2026-05-04,{amount},Zed Works Limited,,V1,,,,,INV-1,Repairs,Roads"
    )
    amounts = ("1200.50", "80.00", "80.00")
    text = "\n".join([header, *(line.format(amount=amount) for amount in amounts)]) + "\n"
    flows, ignored = loaded(tmp_path, "ledger-2026-05.csv", text, "flow_statement")
    assert flows["amount"].cast(pl.String).to_list() == ["1200.50", "80.00"]
    assert ignored == ("duplicate: 1",)


def test_what_becomes_of_a_permit_is_kept_record_by_record(tmp_path: Path) -> None:
    header = header_of("permits", "permits-2026-06-01.csv")
    record = "Zedborough Council,gb,Z/1,premises licence,{},10 High Street,,,ZT1 2AB,Zedborough,Zed Ltd,,,,,,"
    text = "\n".join(
        [header, record.format("applied,2021-03-01,"), record.format("granted,2021-03-01,2021-05-02")]
    )
    permits, ignored = loaded(tmp_path, "permits-2026-06-01.csv", f"{text}\n", "permit_statement")
    assert permits["state"].to_list() == ["applied", "granted"]
    assert ignored == ()


def test_a_payment_split_over_lines_of_one_transaction_is_counted_in_full(tmp_path: Path) -> None:
    header = header_of("gb_council_spend", "zed_spend_2026-01.csv")
    line = "http://zed/1,Zedshire County Council,Schools,{},16/01/2026,26-1,{},Zedton Care Ltd,"
    lines = (line.format("Rent", 700), line.format("Heating", 90), line.format("Heating", 90))
    text = "\n".join([header, *lines]) + "\n"
    flows, ignored = loaded(tmp_path, "zed_spend_2026-01.csv", text, "flow_statement")
    assert flows["amount"].cast(pl.String).to_list() == ["700.00", "90.00"]
    assert ignored == ("duplicate: 1",)


TWO_ACCOUNTS = ("NL91ABNA0417164300", "NL20INGB0001234567")


def test_statements_of_two_accounts_with_one_reference_are_both_loaded(tmp_path: Path) -> None:
    message = ":20:ZED1\n:25:{}\n:28C:1/1\n:60F:C260131EUR10,00\n:62F:C260201EUR10,00\n-\n"
    text = "".join(message.format(account) for account in TWO_ACCOUNTS)
    accounts, _ = loaded(tmp_path / "mt940", "zed.sta", text, "account_statement")
    assert accounts["account_id"].n_unique() == 2
    statement = "<Stmt><Id>1</Id><Acct><Id><IBAN>{}</IBAN></Id><Ccy>EUR</Ccy></Acct></Stmt>"
    message = (
        f"<BkToCstmrStmt>{''.join(statement.format(account) for account in TWO_ACCOUNTS)}</BkToCstmrStmt>"
    )
    text = f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">{message}</Document>'
    accounts, _ = loaded(tmp_path / "camt", "zed.xml", text, "account_statement")
    assert accounts["account_id"].n_unique() == 2
    assert not accounts["record"].str.contains("|".join(TWO_ACCOUNTS)).any()


def test_statements_of_a_bank_with_one_reference_are_all_loaded_and_a_repeat_once(tmp_path: Path) -> None:
    message = ":20:STARTUMSE\n:25:37040044/0532013000\n:28C:00000/001\n:60F:{}\n{}:62F:{}\n-\n"
    line = ":61:2602020202D20,00NTRFNONREF\n:86:fee\n"
    first = message.format("C260202EUR100,00", line, "C260202EUR80,00")
    same_day = message.format("C260202EUR80,00", line, "C260202EUR60,00")
    next_day = message.format("C260203EUR60,00", "", "C260204EUR60,00")
    text = first + same_day + next_day + first
    accounts, ignored = loaded(tmp_path, "zed.sta", text, "account_statement")
    assert accounts["opening"].cast(pl.String).to_list() == ["100.00", "80.00", "60.00"]
    assert ignored == ("duplicate: 1",)
