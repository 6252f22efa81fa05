"""A payment run judged before it goes out, by the rules of the night, on the release of the demo."""

import csv
from pathlib import Path

import pytest

from flows.check.payments import PaymentRun, check_payments
from flows.night.keys import DEMO_ID_KEY
from flows.release.store import open_current
from quality.town.accounts import iban
from quality.town.council import LEDGER_COLUMNS
from tests.flows.demo import Demo
from transforms.errors import UsageError
from transforms.language import in_language

RUN = "harrowmere-creditors-2026-06-09.csv"
type Row = dict[str, str]


def judged(demo: Demo, folder: Path, *rows: Row, name: str = RUN, off: str = "") -> PaymentRun:
    """`off`: an indicator that the night did not assess."""
    file = folder / name
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, LEDGER_COLUMNS)
        writer.writeheader()
        writer.writerows({**row, "Line": f"N{nth}"} for nth, row in enumerate(rows))
    connection = open_current(demo.home)
    connection.execute(
        f"create temp view v_indicator as from undertow.main.v_indicator where code <> '{off}'"
    )
    try:
        return check_payments(demo.home, connection, file, DEMO_ID_KEY)
    finally:
        connection.close()


@pytest.fixture(scope="module")
def booked(demo: Demo) -> list[Row]:
    """Lines of the ledger that the release holds, paid and of companies."""
    [file] = (demo.home.landing / "town" / "landing").glob("harrowmere-creditors-*.csv")
    with file.open(encoding="utf-8", newline="") as source:
        return [row for row in csv.DictReader(source) if row["Status"] == "Paid" and row["Company No"]]


def planned(row: Row, gbp: str, **changes: str) -> Row:
    bare = {**row, "Bank Account": "", "Bank Check": "", "Invoice": ""}
    return {**bare, "Status": "Planned", "Payment Date": "09/06/2026", "Amount": gbp, **changes}


def shown(run: PaymentRun) -> set[tuple[str, str, str]]:
    return set(run.held.select("payee_id", "indicator", "lane").rows())


def payer_of(row: Row) -> str:
    return f"GB-COH-{row['Company No']}"


def test_what_the_run_itself_makes_wrong_is_held(demo: Demo, booked: list[Row], tmp_path: Path) -> None:
    """An account changed, an account shared with another supplier, an invoice paid again."""
    apart = [row for row in booked if [one["Company No"] for one in booked].count(row["Company No"]) == 1]
    [changed, shared, *_] = [row for row in apart if row["Bank Account"]]
    [again, *_] = [row for row in booked if row["Invoice"] == "2026-18"]
    run = judged(
        demo,
        tmp_path,
        planned(changed, "12000.00", **{"Bank Account": iban("NEWONE00")}),
        planned(shared, "20.00", **{"Bank Account": iban("NEWONE00")}),
        planned(again, again["Amount"], Invoice="INV 2026.00018"),
        {**planned(again, "x"), "Supplier": "Zed Nobody Limited", "Company No": ""},
        {**planned(again, "30.00"), "Supplier": "Zed Nobody Limited", "Company No": ""},
    )
    assert (run.lines_n, run.known_n, run.rejected_n) == (4, 3, 1)
    assert shown(run) >= {
        (payer_of(changed), "PUB-180", "act"),
        (payer_of(changed), "PUB-170", "act"),
        (payer_of(shared), "PUB-170", "act"),
        (payer_of(again), "PUB-190", "act"),
    }
    assert not {(payer_of(shared), "PUB-180", "act"), (payer_of(changed), "PUB-190", "act")} & shown(run)
    account = {"Bank Account": iban("NEWONE00")}
    with in_language("nl"):
        run = judged(demo, tmp_path, planned(changed, "12000.00", **account))
    assert " krijgt op 9 juni 2026 12.000 GBP betaald " in " ".join(run.held["explanation"])
    run = judged(demo, tmp_path, planned(changed, "12000.00", **account), off="PUB-180")
    assert run.known_n == 1 and (payer_of(changed), "PUB-180", "act") not in shown(run)


def test_who_may_not_be_paid_comes_first(demo: Demo, booked: list[Row], tmp_path: Path) -> None:
    connection = open_current(demo.home)
    [gone] = connection.sql(
        "select company_id, name from company where dissolved_on < date '2026-06-09' order by 1 limit 1"
    ).fetchall()
    [listed] = connection.sql(
        "select subject_id, subject_name from v_flag where indicator = 'LNK-010' and lane = 'stop' "
        "and state = 'flagged' and subject_id like 'GB-COH-%' order by 1 limit 1"
    ).fetchall()
    connection.close()
    run = judged(
        demo,
        tmp_path,
        planned(booked[0], "10.00"),
        planned(booked[0], "10.00", **{"Company No": gone[0].removeprefix("GB-COH-"), "Supplier": gone[1]}),
        planned(booked[0], "10.00", **{"Company No": "", "Supplier": listed[1].title()}),
    )
    assert {(gone[0], "PUB-020", "stop"), (listed[0], "LNK-010", "stop")} <= shown(run)
    lanes = run.held["lane"].to_list()
    assert lanes == sorted(lanes, key=["stop", "act", "look", "data"].index)


def test_an_ordinary_payment_is_not_held_and_the_release_stays_as_it_is(
    demo: Demo, booked: list[Row], tmp_path: Path
) -> None:
    [ordinary, *_] = [row for row in booked if row["Invoice"] == "2026-18"]
    run = judged(demo, tmp_path, planned(ordinary, "31.00", Invoice="7-31"))
    assert run.known_n == 1 and shown(run) == set()
    connection = open_current(demo.home)
    [rows] = connection.sql("select count(*) from v_flow where invoice = '7-31'").fetchall()
    connection.close()
    assert rows == (0,)


def test_a_present_name_counts_from_the_day_on_which_it_was_taken(
    demo: Demo, booked: list[Row], tmp_path: Path
) -> None:
    connection = open_current(demo.home)
    [renamed] = connection.sql(
        "select name, strftime(named_on - 1, '%d/%m/%Y'), strftime(named_on, '%d/%m/%Y') from company "
        "where named_on > incorporated_on and name like '% LIMITED' and dissolved_on is null "
        "and name in (select name from company group by name having count(*) = 1) order by 1 limit 1"
    ).fetchall()
    connection.close()
    name, before, after = renamed
    lines = [
        planned(booked[0], "10.00", **{"Supplier": name, "Company No": "", "Payment Date": day})
        for day in (before, after)
    ]
    run = judged(demo, tmp_path, *lines)
    assert (run.lines_n, run.known_n) == (2, 1)


def test_a_paid_line_that_the_release_holds_counts_once(
    demo: Demo, booked: list[Row], tmp_path: Path
) -> None:
    """As where the ledger is exported from the beginning of the year, with the run at its end."""
    [file] = (demo.home.landing / "town" / "landing").glob("harrowmere-creditors-*.csv")
    [invoiced] = [row for row in booked if row["Invoice"] == "2026-18"]
    line = ["N1", "Planned", "09/06/2026", "55.00", invoiced["Supplier"], "", invoiced["Company No"]]
    whole = tmp_path / RUN
    whole.write_text(file.read_text("utf-8") + ",".join([*line, "", "", "2026-77", ""]) + "\n", "utf-8")
    connection = open_current(demo.home)
    try:
        run = check_payments(demo.home, connection, whole, DEMO_ID_KEY)
    finally:
        connection.close()
    assert run.lines_n == 8 and (payer_of(invoiced), "PUB-190", "act") not in shown(run)


def test_a_supplier_known_by_its_number_has_the_name_of_its_register(
    demo: Demo, booked: list[Row], tmp_path: Path
) -> None:
    """A name without a legal form is not kept, as it may be a person's."""
    accounts = [row["Bank Account"] for row in booked]
    [one, other, *_] = [row for row in booked if accounts.count(row["Bank Account"]) == 1]
    account = {"Bank Account": iban("NEWTWO00"), "Supplier": "Zed Nails"}
    run = judged(demo, tmp_path, planned(one, "20.00", **account), planned(other, "20.00", **account))
    assert shown(run) >= {(payer_of(row), "PUB-170", "act") for row in (one, other)}
    assert {*run.held["payee"]} == {one["Supplier"], other["Supplier"]}


def test_a_number_beside_the_name_of_another_company_is_a_slip(
    demo: Demo, booked: list[Row], tmp_path: Path
) -> None:
    lines = [planned(booked[0], "20.00", Supplier=name) for name in ("Xyqz Ltd", booked[0]["Supplier"])]
    run = judged(demo, tmp_path, *lines)
    assert (run.lines_n, run.known_n) == (2, 1)


def test_a_file_that_no_mapping_names_is_refused(demo: Demo, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no mapping of this home reads a ledger of that name"):
        judged(demo, tmp_path, name="run.csv")
    with pytest.raises(UsageError, match="there is no such file"):
        check_payments(demo.home, open_current(demo.home), tmp_path / "nowhere.csv", DEMO_ID_KEY)
