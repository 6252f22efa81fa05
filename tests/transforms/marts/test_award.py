"""Tenders, awards and bids: the newest record counts, nothing counts twice, parties are known or nobody."""

import json

import pytest

from flows.home.settings import Home
from tests.landings import COMPANIES, company_row, file_name, file_of, land_files, mart, resolved_night

NUMBER = "GB-COH-0900000"
ZED, TWICE = {"id": "s1", "name": "Zed Roads Ltd"}, {"id": "s2", "name": "ZED TWICE LIMITED"}
STATED = {"id": "s3", "name": "Zelda Zedson", "identifier": {"scheme": "GB-COH", "id": "9000004"}}
NOBODY = {"id": "s4", "name": "Zelda Zedson"}


def _award(
    number: str, status: str, amount: int, *suppliers: dict[str, object], day: str = "2026-04-01"
) -> object:
    value = {"amount": amount, "currency": "GBP"}
    return {"id": number, "status": status, "date": day, "value": value, "suppliers": list(suppliers)}


def _release(day: str, method: str, *awards: object, bids: tuple[object, ...] = ()) -> dict[str, object]:
    return {
        "ocid": "ocds-zed-1",
        "id": f"r-{day}",
        "date": f"{day}T00:00:00Z",
        "tag": ["award"],
        "buyer": {"name": "Zed Borough Council"},
        "tender": {"id": "t", "procurementMethod": method, "numberOfTenderers": 2},
        "awards": list(awards),
        "bids": {"details": list(bids)},
    }


OLDER = _release("2026-04-02", "open", _award("a", "pending", 100, ZED), _award("b", "active", 7, TWICE))
NEWER = _release(
    "2026-05-02",
    "selective",
    _award("a", "active", 120, ZED, STATED, NOBODY),
    bids=({"id": "1", "status": "valid", "date": "2026-03-01", "tenderers": [ZED]},),
)
# A second buyer uses the same process; its notice repeats neither deadline nor number of bidders.
OTHER = _release("2026-04-20", "open", _award("d", "active", 9, ZED)) | {
    "buyer": {"name": "Zedshire Council"},
    "tender": {"id": "t"},
}
OLDER["tender"] = {
    **{"id": "t", "procurementMethod": "open", "numberOfTenderers": 2, "title": "Resurfacing"},
    "tenderPeriod": {"startDate": "2026-01-01T09:00:00Z", "endDate": "2026-02-01T12:00:00Z"},
}
LATE = _release("2026-03-02", "limited", _award("c", "active", 1, ZED, day="2004-01-01"))


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, object]]]:
    folder = tmp_path_factory.mktemp("award")
    names = ("ZED ROADS LIMITED", "ZED TWICE LIMITED", "THE ZED TWICE LTD", "ZED STATED LIMITED")
    companies = [company_row(index, {"CompanyName": name}) for index, name in enumerate(names)]
    files = {
        file_name(COMPANIES): file_of(COMPANIES, companies),
        # The amendment is in an earlier file than what it amends.
        "first.jsonl": f"{json.dumps(NEWER)}\n{json.dumps(LATE)}\n".encode(),
        "second.json": json.dumps({"releases": [OLDER, OLDER, OTHER]}).encode(),
    }
    night = resolved_night(Home(folder / "home"), land_files(folder / "landing", files))
    return {name: list(mart(night, name).iter_rows(named=True)) for name in ("tender", "award", "bid")}


def test_the_newest_record_on_a_process_counts(marts: dict[str, list[dict[str, object]]]) -> None:
    [tender] = marts["tender"]
    assert (tender["process_id"], tender["method"]) == ("ocds-zed-1", "selective")
    assert tender["buyer_id"] == "body:zed_borough_council"


def test_a_later_notice_that_states_no_deadline_keeps_it(marts: dict[str, list[dict[str, object]]]) -> None:
    [tender] = marts["tender"]
    assert (str(tender["opens_at"]), str(tender["closes_at"])) == (
        "2026-01-01 09:00:00",
        "2026-02-01 12:00:00",
    )
    assert (tender["title"], tender["bidders_n"]) == ("Resurfacing", 2)


def test_the_buyer_of_an_award_is_that_of_its_own_record(marts: dict[str, list[dict[str, object]]]) -> None:
    buyers = {str(row["award_id"])[-1]: row["buyer_id"] for row in marts["award"]}
    zed = "body:zed_borough_council"
    assert buyers == {"a": zed, "b": zed, "c": zed, "d": "body:zedshire_council"}


def test_each_award_counts_once_with_its_newest_state(marts: dict[str, list[dict[str, object]]]) -> None:
    rows = [(row["award_id"], row["position"], row["status"], row["amount"]) for row in marts["award"]]
    assert [(*row[:3], None if row[3] is None else int(str(row[3]).split(".")[0])) for row in rows] == [
        ("ocds-zed-1/a", 1, "active", 120),
        ("ocds-zed-1/a", 2, "active", None),
        ("ocds-zed-1/a", 3, "active", None),
        ("ocds-zed-1/b", 1, "active", 7),
        ("ocds-zed-1/c", 1, "active", 1),
        ("ocds-zed-1/d", 1, "active", 9),
    ]


def test_a_supplier_is_known_by_number_or_name_on_that_day(marts: dict[str, list[dict[str, object]]]) -> None:
    known = [(str(row["award_id"])[-1], row["supplier_id"], row["method"]) for row in marts["award"]]
    assert known == [
        ("a", f"{NUMBER}1", "full_name"),
        ("a", f"{NUMBER}4", "number"),
        ("a", None, None),
        ("b", None, None),  # two companies have the name
        ("c", None, None),  # awarded before it was founded
        ("d", f"{NUMBER}1", "full_name"),
    ]
    assert [row["supplier_name"] for row in marts["award"]][2] is None


def test_a_bidder_is_known_on_the_day_of_the_bid(marts: dict[str, list[dict[str, object]]]) -> None:
    [bid] = marts["bid"]
    assert (bid["bid_id"], bid["bidder_id"], bid["status"]) == ("ocds-zed-1/1", f"{NUMBER}1", "valid")
