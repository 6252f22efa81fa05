"""Transfers between accounts: read for a purpose only; in euro by the last rate; a party is its account.

One night reads the statements of all tests that ask for `money`. Each test has accounts of its own: those of
its banks, whose codes are its own.
"""

import re
from datetime import date
from itertools import zip_longest
from pathlib import Path

import polars as pl
import pytest

from flows.night.night import Night
from tests.landings import (
    COMPANIES,
    PURPOSE,
    company_row,
    file_name,
    file_of,
    home_with,
    lake_night,
    land_files,
    mart,
    resolved_night,
)
from transforms.errors import UsageError
from transforms.values.accounts import iban_of

ALLOWED = f'{PURPOSE}allows = ["transfers"]\n'
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
FILES = {"HI-Zed_Trans.csv": TRANSFERS.encode(), "eurofxref-hist.csv": RATES.encode()}
REGISTER = "amlworld_transactions"


def test_transfers_are_read_for_a_purpose_that_allows_them_only(tmp_path: Path) -> None:
    files = land_files(tmp_path / "landing", FILES)
    night = lake_night(home_with(tmp_path / "home", PURPOSE), files, as_of=date(2026, 6, 1))
    (blocked,) = night.blocked
    assert (blocked.register, blocked.blocked_code) == (REGISTER, "no_purpose")
    assert "--allows transfers" in blocked.blocked_message and night.exit_code == 5


def test_where_nothing_else_is_there_it_is_an_error_of_use(tmp_path: Path) -> None:
    files = land_files(tmp_path / "landing", {"HI-Zed_Trans.csv": TRANSFERS.encode()})
    with pytest.raises(UsageError, match="purpose add"):
        lake_night(home_with(tmp_path / "home", PURPOSE), files, as_of=date(2026, 6, 1))


def test_what_was_read_is_left_out_once_no_purpose_allows_it(tmp_path: Path) -> None:
    files = land_files(tmp_path / "landing", FILES)
    where = home_with(tmp_path / "home", ALLOWED)
    in_force = lake_night(where, files).editions.with_status("in_force")
    assert [facts.rows_loaded for facts in in_force if facts.register == REGISTER] == [3]
    (where.root / "undertow.toml").write_text(PURPOSE, encoding="utf-8")
    assert mart(resolved_night(where, files), "flow").height == 0


def test_amounts_are_in_euro_by_the_last_rate_and_parties_are_accounts(money: Night) -> None:
    first, second, third = sorted(
        mart(money, "flow").filter(register=REGISTER).iter_rows(named=True),
        key=lambda row: int(str(row["record"])),
    )
    assert [float(str(row["amount_eur"])) for row in (first, second)] == [110.0, 80.0]
    assert third["amount_eur"] is None
    assert (second["received_currency"], float(str(second["received_eur"]))) == ("EUR", 80.0)
    assert first["received"] is None
    assert first["payer_id"] == second["payee_id"] and str(first["payer_id"]).startswith("account:zz:10:")
    accounts = mart(money, "account").filter(pl.col("account_id").str.starts_with("account:zz:1"))
    assert accounts["is_held"].all() and accounts.height == 3


# --- statements of account ----------------------------------------------------------------------------------


def iban(bank: str) -> str:
    return iban_of("NL", f"{bank}0417164300")


def line(day: int, mark: str, about: str, amount: int = 100, reference: str = "") -> str:
    """`mark`: C or D. Without a reference, lines of a day are told apart by nothing."""
    return f":61:2602{day:02}02{day:02}{mark}{amount},00NTRFNONREF{reference}\n:86:{about}\n"


def other(bank: str, name: str = "Marlow PLC") -> str:
    """The other side of a line."""
    return f"/IBAN/{iban(bank)}/NAME/{name}/REMI/x"


def statement(
    account: str,
    lines: str,
    *,
    name: str = "Z1",
    days: tuple[str, str] = ("260131", "260228"),
    opening: int = 1000,
) -> str:
    """`account`: as written."""
    moved = sum(
        int(amount) if mark == "C" else -int(amount)
        for mark, amount in re.findall(r"^:61:\d{10}([CD])(\d+)", lines, re.MULTILINE)
    )
    return (
        f":20:{name}\n:25:{account}\n:28C:1/1\n:60F:C{days[0]}EUR{opening},00\n"
        f"{lines}:62F:C{days[1]}EUR{opening + moved},00\n-\n"
    )


def stated_at(table: pl.DataFrame, *banks: str) -> pl.DataFrame:
    """What statements of accounts at these banks say."""
    return table.filter(pl.col("record").str.contains_any([f":{bank.lower()}:" for bank in banks]))


def amounts(money: Night, *banks: str) -> list[int]:
    return stated_at(mart(money, "flow"), *banks)["amount"].cast(int).sort().to_list()


ZEBEDEE = line(1, "D", "/IBAN/BE68539007547034/NAME/Zebedee Quillfeather/REMI/x", 50, "//B2")
# Neither statement names its own holder: each is known by what the other says of the account.
PAID = line(1, "D", other("INGB", "Zed Mills PLC"), reference="//B1") + ZEBEDEE
TWICE = (
    statement(iban("KNAB"), PAID),
    statement(
        iban("INGB"), line(1, "C", other("KNAB", "Zed Care Limited"), reference="//B1") + ZEBEDEE, name="Z2"
    ),
    statement(iban("KNAB"), PAID, name="Z9"),
)


def test_a_statement_handed_over_twice_and_a_transfer_stated_by_both_sides_count_once(money: Night) -> None:
    flows = stated_at(mart(money, "flow"), "KNAB", "INGB")
    assert sorted(float(str(amount)) for amount in flows["amount"]) == [50, 50, 100]
    (between,) = flows.filter(amount=100).iter_rows(named=True)
    assert (between["payer_id"], between["payee_id"]) == ("GB-COH-09000001", "GB-COH-09000002")
    assert "Zebedee" not in flows.write_csv()
    repeats = stated_at(mart(money, "flow_repeat"), "KNAB", "INGB")
    assert repeats.group_by("reason").len().sort("reason").rows() == [
        ("delivered_twice", 2),
        ("in_payers_statement", 1),
    ]


# The payer's bank and the payee's; reference and account as the payer's bank writes them; the IBAN.
OWN_NAMES = (
    ("37040044", "INGC", "Z1", "37040044/532013000", "DE89370400440532013000"),
    ("ABNA", "INGD", "ABN AMRO BANK NV", "417164300", iban("ABNA")),
    ("RABO", "INGE", "Z1", f"ABNANL2AXXX/{iban('RABO')}", iban("RABO")),
)


def named_otherwise(payee: str, reference: str, written: str, known_as: str) -> tuple[str, str]:
    received = line(1, "C", f"/IBAN/{known_as}/NAME/Marlow PLC/REMI/x", reference="//B1")
    return (
        statement(written, line(1, "D", other(payee), reference="//B1") + ZEBEDEE, name=reference),
        statement(iban(payee), received + ZEBEDEE),
    )


@pytest.mark.parametrize(("payer", "payee"), [banks[:2] for banks in OWN_NAMES])
def test_a_statement_names_its_own_account_as_other_statements_name_it(
    money: Night, payer: str, payee: str
) -> None:
    assert amounts(money, payer, payee) == [50, 50, 100]


B1, B2, B3 = (line(day, "D", other("OTHR"), reference=f"//B{day}") for day in (1, 2, 5))
SHORT = {"lines": B1 + B2 + B2, "days": ("260131", "260202")}
OVERLAPS = (
    (statement(iban("OVRA"), **SHORT), statement(iban("OVRA"), B1 + B2 + B2 + B3, name="Z2")),
    (  # goes on where SHORT ended
        statement(iban("OVRB"), **SHORT),
        statement(iban("OVRB"), B2 + B3, name="Z2", days=("260202", "260228"), opening=700),
    ),
)


@pytest.mark.parametrize(
    ("bank", "days", "reasons"), [("OVRA", [1, 2, 2, 5], {"in_two_files"}), ("OVRB", [1, 2, 2, 2, 5], set())]
)
def test_a_line_in_two_statements_of_overlapping_days_counts_once(
    money: Night, bank: str, days: list[int], reasons: set[str]
) -> None:
    assert stated_at(mart(money, "flow"), bank)["flowed_on"].dt.day().sort().to_list() == days
    assert set(stated_at(mart(money, "flow_repeat"), bank)["reason"]) == reasons


RETURNED = statement(
    iban("BACK"),
    line(1, "D", other("OTHR")) + line(3, "C", f"/RTRN/AC04{other('OTHR')}") + line(4, "C", other("OTHR")),
    days=("260131", "260204"),
)


def test_a_returned_transfer_is_cancelled(money: Night) -> None:
    paid, returned, received = stated_at(mart(money, "flow"), "BACK").sort("flowed_on").iter_rows(named=True)
    assert (paid["cancelled_by"], returned["cancels"]) == (returned["flow_id"], paid["flow_id"])
    assert (received["cancels"], received["cancelled_by"]) == (None, None)


BATCH = statement(iban("BTCH"), line(2, "D", "/TRCD/00200/PREF/run 7", 200), days=("260202", "260202"))
DETAILED = (
    "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.02'><BkToCstmrStmt><Stmt><Id>Z2</Id>"
    f"<Acct><Id><IBAN>{iban('BTCH')}</IBAN></Id></Acct>"
    + "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt>"
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-02-02</Dt></Dt></Bal>"
        for code, amount in (("OPBD", 1000), ("CLBD", 800))
    )
    + "<Ntry><Amt Ccy='EUR'>200</Amt>"
    "<CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-02-02</Dt></BookgDt><NtryDtls>"
    + "".join(
        f"<TxDtls><AmtDtls><TxAmt><Amt Ccy='EUR'>100</Amt></TxAmt></AmtDtls><RltdPties><Cdtr><Nm>{name}</Nm>"
        "</Cdtr></RltdPties></TxDtls>"
        for name in ("Marlow PLC", "Quill Limited")
    )
    + "</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"
)


def test_a_statement_delivered_with_and_without_the_details_of_a_batch_counts_once(money: Night) -> None:
    """One of the same account in another currency is another statement."""
    flows = stated_at(mart(money, "flow"), "BTCH")
    rows = flows.select("currency", pl.col("amount").cast(int)).sort("currency").rows()
    assert rows == [("EUR", 100), ("EUR", 100), ("USD", 200)]


def of_both_sides(payer: str, debits: str, payee: str, credits: str) -> tuple[str, str]:
    days = ("260201", "260203")
    return (
        statement(iban(payer), debits, days=days),
        statement(iban(payee), credits, name="Z2", days=days),
    )


# What the payee's statement says of the one transfer, and what counts.
UNNAMED = {
    "A": ("{unnamed}", [100]),
    "B": ("{named}", [100]),
    "C": ("{named}{unnamed}", [100, 100]),  # the second is somebody else's
    "D": ("{unnamed}{unnamed}", [100, 100, 100]),  # either may be meant
}


def not_naming_the_payer(of_test: str, written: str) -> tuple[str, str]:
    payer, payee = f"PAY{of_test}", f"GOT{of_test}"
    named, unnamed = line(2, "C", other(payer)), line(2, "C", "invoice 7")
    received = written.format(named=named, unnamed=unnamed)
    return of_both_sides(payer, line(2, "D", other(payee), reference="//B1"), payee, received)


@pytest.mark.parametrize("of_test", UNNAMED)
def test_a_transfer_counts_once_if_the_payees_statement_does_not_name_the_payer(
    money: Night, of_test: str
) -> None:
    assert amounts(money, f"PAY{of_test}", f"GOT{of_test}") == UNNAMED[of_test][1]


DEBITS_UNNAMED = {
    debits: of_both_sides(
        f"DEB{debits}",
        line(2, "D", "invoice 7") * debits,
        f"CRE{debits}",
        line(2, "C", other(f"DEB{debits}")),
    )
    for debits in (1, 2)
}


@pytest.mark.parametrize(("debits", "payees"), [(1, {"cre1"}), (2, set())])
def test_the_payees_statement_says_who_a_payer_paid(money: Night, debits: int, payees: set[str]) -> None:
    """If only one line of the payer's has that day and amount."""
    flows = stated_at(mart(money, "flow"), f"DEB{debits}", f"CRE{debits}")
    assert flows["amount"].cast(int).to_list() == [100] * debits
    assert {str(payee).split(":")[2] for payee in flows["payee_id"].drop_nulls()} == payees


# The statements of each test, one for each file.
STATEMENTS = (
    TWICE,
    *(named_otherwise(*case) for _payer, *case in OWN_NAMES),
    *OVERLAPS,
    (RETURNED,),
    (BATCH, BATCH.replace("EUR", "USD")),
    *(not_naming_the_payer(of_test, written) for of_test, (written, _amounts) in UNNAMED.items()),
    *DEBITS_UNNAMED.values(),
)


@pytest.fixture(scope="module")
def money(tmp_path_factory: pytest.TempPathFactory) -> Night:
    folder = tmp_path_factory.mktemp("money")
    companies = [
        company_row(n, {"CompanyName": name}) for n, name in enumerate(("ZED CARE LTD", "ZED MILLS PLC"))
    ]
    nth = ("".join(texts) for texts in zip_longest(*STATEMENTS, fillvalue=""))
    files = {
        **FILES,
        **{f"{number}.txt": statements.encode() for number, statements in enumerate(nth)},
        "batch.xml": DETAILED.encode(),
        file_name(COMPANIES): file_of(COMPANIES, companies),
    }
    return resolved_night(home_with(folder / "home", ALLOWED), land_files(folder / "landing", files))
