"""Transfers between accounts: read for a purpose only; in euro by the last rate; a party is its account."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.night.night import new_night
from flows.night.stages.lake import fill_lake
from flows.night.stages.land import land
from tests.landings import (
    COMPANIES,
    PURPOSE,
    company_row,
    file_name,
    file_of,
    home_with,
    land_files,
    mart,
    resolved_night,
)
from transforms.errors import UsageError

HEADER = (
    "Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,Amount Paid,"
    "Payment Currency,Payment Format,Is Laundering"
)
TRANSFERS = f"""\
{HEADER}
2026/05/01 00:20,10,Z1,11,Z2,110.00,US Dollar,110.00,US Dollar,Wire,0
2026/05/03 00:20,11,Z2,10,Z1,80.00,Euro,88.00,US Dollar,Wire,0
2026/05/03 00:20,11,Z2,12,Z3,80.00,Yen,80.00,Yen,Wire,0
"""
RATES = "Date,USD,JPY,\n2026-05-02,1.1,N/A,\n2026-04-30,1.0,N/A,\n"


def landing(folder: Path) -> Path:
    return land_files(folder, {"HI-Zed_Trans.csv": TRANSFERS.encode(), "eurofxref-hist.csv": RATES.encode()})


def test_transfers_are_read_for_a_purpose_that_allows_them_only(tmp_path: Path) -> None:
    files = landing(tmp_path / "landing")
    night = new_night(home_with(tmp_path / "home", PURPOSE), files, as_of=date(2026, 6, 1))
    land(night)
    fill_lake(night)
    (blocked,) = night.blocked
    assert (blocked.register, blocked.blocked_code) == ("amlworld_transactions", "no_purpose")
    assert "--allows transfers" in blocked.blocked_message and night.exit_code == 5


def test_where_nothing_else_is_there_it_is_an_error_of_use(tmp_path: Path) -> None:
    files = land_files(tmp_path / "landing", {"HI-Zed_Trans.csv": TRANSFERS.encode()})
    night = new_night(home_with(tmp_path / "home", PURPOSE), files, as_of=date(2026, 6, 1))
    land(night)
    with pytest.raises(UsageError, match="purpose add"):
        fill_lake(night)


def test_what_was_read_is_left_out_once_no_purpose_allows_it(tmp_path: Path) -> None:
    files = landing(tmp_path / "landing")
    where = home_with(tmp_path / "home", f'{PURPOSE}allows = ["transfers"]\n')
    assert mart(resolved_night(where, files), "flow").height == 3
    (where.root / "undertow.toml").write_text(PURPOSE, encoding="utf-8")
    assert mart(resolved_night(where, files), "flow").height == 0


def test_amounts_are_in_euro_by_the_last_rate_and_parties_are_accounts(tmp_path: Path) -> None:
    night = resolved_night(
        home_with(tmp_path / "home", f'{PURPOSE}allows = ["transfers"]\n'), landing(tmp_path / "landing")
    )
    first, second, third = sorted(
        mart(night, "flow").iter_rows(named=True), key=lambda row: int(str(row["record"]))
    )
    assert [float(str(row["amount_eur"])) for row in (first, second)] == [110.0, 80.0]
    assert third["amount_eur"] is None
    assert (second["received_currency"], float(str(second["received_eur"]))) == ("EUR", 80.0)
    assert first["received"] is None
    assert first["payer_id"] == second["payee_id"] and str(first["payer_id"]).startswith("account:zz:10:")
    accounts = mart(night, "account")
    assert accounts["is_held"].all() and accounts.height == 3


MESSAGES = """\
:20:{name}
:25:{account}
:28C:1/1
:60F:C260131EUR1000,00
:61:2602010201{mark}100,00NTRFNONREF//B1
:86:/IBAN/{other}/NAME/{holder}/REMI/x
:61:2602010201D50,00NTRFNONREF//B2
:86:/IBAN/BE68539007547034/NAME/Zebedee Quillfeather/REMI/x
:62F:C260202EUR{closing},00
-
"""
PAYER, PAYEE = "NL91ABNA0417164300", "NL20INGB0001234567"


def test_a_statement_handed_over_twice_and_a_transfer_stated_by_both_sides_count_once(tmp_path: Path) -> None:
    payer = MESSAGES.format(
        name="Z1", account=PAYER, mark="D", other=PAYEE, holder="Zed Mills PLC", closing=850
    )
    payee = MESSAGES.format(
        name="Z2", account=PAYEE, mark="C", other=PAYER, holder="Zed Care Limited", closing=1050
    )
    files = {
        "a.txt": payer.encode(),
        "again.txt": payer.replace("Z1", "Z9").encode(),
        "b.txt": payee.encode(),
    }
    companies = [
        company_row(0, {"CompanyName": "ZED CARE LTD"}),
        company_row(1, {"CompanyName": "ZED MILLS PLC"}),
    ]
    files[file_name(COMPANIES)] = file_of(COMPANIES, companies)
    night = resolved_night(
        home_with(tmp_path / "home", f'{PURPOSE}allows = ["transfers"]\n'),
        land_files(tmp_path / "landing", files),
    )
    flows = mart(night, "flow")
    assert sorted(float(str(amount)) for amount in flows["amount"]) == [50, 50, 100]
    (between,) = flows.filter(amount=100).iter_rows(named=True)
    # Neither statement names its own holder: each is known by what the other says of the account.
    assert (between["payer_id"], between["payee_id"]) == ("GB-COH-09000001", "GB-COH-09000002")
    assert "Zebedee" not in flows.write_csv()
    repeats = mart(night, "flow_repeat")
    assert repeats.group_by("reason").len().sort("reason").rows() == [
        ("delivered_twice", 2),
        ("in_payers_statement", 1),
    ]


@pytest.mark.parametrize(
    ("reference", "written", "iban"),
    [
        ("Z1", "37040044/532013000", "DE89370400440532013000"),
        ("ABN AMRO BANK NV", "417164300", "NL91ABNA0417164300"),
        ("Z1", "ABNANL2AXXX/NL91ABNA0417164300", "NL91ABNA0417164300"),
    ],
)
def test_a_statement_names_its_own_account_as_other_statements_name_it(
    tmp_path: Path, reference: str, written: str, iban: str
) -> None:
    payer = MESSAGES.format(
        name=reference, account=written, mark="D", other=PAYEE, holder="Zed Mills PLC", closing=850
    )
    payee = MESSAGES.format(
        name="Z2", account=PAYEE, mark="C", other=iban, holder="Zed Care Limited", closing=1050
    )
    files = {
        "a.txt": payer.encode(),
        "b.txt": payee.encode(),
        file_name(COMPANIES): file_of(COMPANIES, [company_row(0, {})]),
    }
    night = resolved_night(
        home_with(tmp_path / "home", f'{PURPOSE}allows = ["transfers"]\n'),
        land_files(tmp_path / "landing", files),
    )
    assert mart(night, "flow")["amount"].cast(int).sort().to_list() == [50, 50, 100]


STATEMENT = """\
:20:{name}
:25:NL91ABNA0417164300
:28C:1/1
:60F:C{since}EUR{opening},00
{lines}:62F:C{until}EUR{closing},00
-
"""
LINE = """\
:61:{day}D100,00NTRFNONREF//{reference}
:86:/IBAN/NL20INGB0001234567/NAME/Zed Mills PLC/REMI/x
"""


B1, B2, B3 = (
    LINE.format(day=day, reference=name)
    for day, name in (("2602010201", "B1"), ("2602020202", "B2"), ("2602050205", "B3"))
)
SHORT = ("260131", "260202", 1000, 700, B1 + B2 + B2)
LONG = ("260131", "260228", 1000, 600, B1 + B2 + B2 + B3)
NEXT = ("260202", "260228", 700, 500, B2 + B3)  # goes on where SHORT ended


@pytest.mark.parametrize(("other", "days"), [(LONG, [1, 2, 2, 5]), (NEXT, [1, 2, 2, 2, 5])])
def test_a_line_in_two_statements_of_overlapping_days_counts_once(
    tmp_path: Path, other: tuple[str, str, int, int, str], days: list[int]
) -> None:
    names = ("since", "until", "opening", "closing", "lines")
    files = {
        f"{name}.txt": STATEMENT.format(name=name, **dict(zip(names, values, strict=True))).encode()
        for name, values in (("Z1", SHORT), ("Z2", other))
    }
    files[file_name(COMPANIES)] = file_of(COMPANIES, [company_row(0, {})])
    night = resolved_night(
        home_with(tmp_path / "home", f'{PURPOSE}allows = ["transfers"]\n'),
        land_files(tmp_path / "landing", files),
    )
    assert mart(night, "flow")["flowed_on"].dt.day().sort().to_list() == days
    assert set(mart(night, "flow_repeat")["reason"]) == ({"in_two_files"} if other == LONG else set())


def test_a_returned_transfer_is_cancelled(tmp_path: Path) -> None:
    lines = """\
:61:2602010201D100,00NTRFNONREF
:86:/IBAN/NL20INGB0001234567/NAME/Zed Mills PLC/REMI/x
:61:2602030203C100,00NTRFNONREF
:86:/RTRN/AC04/IBAN/NL20INGB0001234567/NAME/Zed Mills PLC/REMI/x
:61:2602040204C100,00NTRFNONREF
:86:/IBAN/NL20INGB0001234567/NAME/Zed Mills PLC/REMI/x
"""
    statement = STATEMENT.format(
        name="Z1", since="260131", until="260204", opening=1000, closing=1100, lines=lines
    )
    files = {
        "Z1.txt": statement.encode(),
        file_name(COMPANIES): file_of(COMPANIES, [company_row(0, {})]),
    }
    night = resolved_night(
        home_with(tmp_path / "home", f'{PURPOSE}allows = ["transfers"]\n'),
        land_files(tmp_path / "landing", files),
    )
    paid, returned, received = mart(night, "flow").sort("flowed_on").iter_rows(named=True)
    assert (paid["cancelled_by"], returned["cancels"]) == (returned["flow_id"], paid["flow_id"])
    assert (received["cancels"], received["cancelled_by"]) == (None, None)


def test_a_statement_delivered_with_and_without_the_details_of_a_batch_counts_once(tmp_path: Path) -> None:
    """One of the same account in another currency is another statement."""
    batch = ":61:2602020202D200,00NTRFNONREF\n:86:/TRCD/00200/PREF/run 7\n"
    short = STATEMENT.format(
        name="Z1", since="260202", until="260202", opening=1000, closing=800, lines=batch
    )
    both = "".join(
        f"<TxDtls><AmtDtls><TxAmt><Amt Ccy='EUR'>100</Amt></TxAmt></AmtDtls><RltdPties><Cdtr><Nm>{name}</Nm>"
        "</Cdtr></RltdPties></TxDtls>"
        for name in ("Zed Mills PLC", "Zed Care Limited")
    )
    balances = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt>"
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-02-02</Dt></Dt></Bal>"
        for code, amount in (("OPBD", 1000), ("CLBD", 800))
    )
    detailed = (
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.02'><BkToCstmrStmt><Stmt><Id>Z2</Id>"
        f"<Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id></Acct>{balances}<Ntry><Amt Ccy='EUR'>200</Amt>"
        "<CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-02-02</Dt></BookgDt><NtryDtls>"
        f"{both}</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"
    )
    files = {
        "Z1.txt": short.encode(),
        "Z2.xml": detailed.encode(),
        "Z3.txt": short.replace("EUR", "USD").encode(),
        file_name(COMPANIES): file_of(COMPANIES, [company_row(0, {})]),
    }
    night = resolved_night(
        home_with(tmp_path / "home", f'{PURPOSE}allows = ["transfers"]\n'),
        land_files(tmp_path / "landing", files),
    )
    amounts = mart(night, "flow").select("currency", pl.col("amount").cast(int)).sort("currency").rows()
    assert amounts == [("EUR", 100), ("EUR", 100), ("USD", 200)]


def flows_of_both_sides(tmp_path: Path, debits: str, credits: str) -> pl.DataFrame:
    """The mart of payments, with the payer's and the payee's statement of the same days."""
    days = {"since": "260201", "until": "260203"}
    closings = (1000 - 100 * debits.count(":61:"), 1000 + 100 * credits.count(":61:"))
    payer, payee = (
        STATEMENT.format(name=name, opening=1000, closing=closing, lines=lines, **days)
        for name, closing, lines in zip(("Z1", "Z2"), closings, (debits, credits), strict=True)
    )
    files = {
        "Z1.txt": payer.encode(),
        "Z2.txt": payee.replace(f":25:{PAYER}", f":25:{PAYEE}").encode(),
        file_name(COMPANIES): file_of(COMPANIES, [company_row(0, {})]),
    }
    night = resolved_night(
        home_with(tmp_path / "home", f'{PURPOSE}allows = ["transfers"]\n'),
        land_files(tmp_path / "landing", files),
    )
    return mart(night, "flow")


@pytest.mark.parametrize(
    ("written", "amounts"),
    [
        ("{unnamed}", [100]),
        ("{named}", [100]),
        ("{named}{unnamed}", [100, 100]),  # the second is somebody else's
        ("{unnamed}{unnamed}", [100, 100, 100]),  # either may be meant
    ],
)
def test_a_transfer_counts_once_if_the_payees_statement_does_not_name_the_payer(
    tmp_path: Path, written: str, amounts: list[int]
) -> None:
    named = f":61:2602020202C100,00NTRFNONREF\n:86:/IBAN/{PAYER}/NAME/Zed Mills PLC/REMI/x\n"
    unnamed = ":61:2602020202C100,00NTRFNONREF\n:86:invoice 7\n"
    received = written.format(named=named, unnamed=unnamed)
    debit = LINE.format(day="2602020202", reference="B1")
    flows = flows_of_both_sides(tmp_path, debit, received)
    assert flows["amount"].cast(int).to_list() == amounts


@pytest.mark.parametrize(("debits", "is_known"), [(1, True), (2, False)])
def test_the_payees_statement_says_who_a_payer_paid(tmp_path: Path, debits: int, is_known: bool) -> None:
    """If only one line of the payer's has that day and amount."""
    unnamed = ":61:2602020202D100,00NTRFNONREF\n:86:invoice 7\n" * debits
    credit = f":61:2602020202C100,00NTRFNONREF\n:86:/IBAN/{PAYER}/NAME/Zed Mills PLC/REMI/x\n"
    flows = flows_of_both_sides(tmp_path, unnamed, credit)
    assert flows["amount"].cast(int).to_list() == [100] * debits
    payees = {str(payee).split(":")[2] for payee in flows["payee_id"].drop_nulls()}
    assert payees == ({"ingb"} if is_known else set())
