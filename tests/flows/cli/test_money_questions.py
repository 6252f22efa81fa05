"""The questions of docs/how-to/money.md and finbench.md: each runs on the demo's release."""

import re
from pathlib import Path

import polars as pl
import pytest

from flows.home.warehouse import query
from flows.release.store import current_release
from tests.flows.demo import Demo
from transforms.model.statements import Table
from transforms.model.views import FACT_VIEWS

PAGES = Path(__file__).resolve().parents[3] / "docs" / "how-to"
BLOCK = re.compile(r"^```sql\n(.*?)^```", re.MULTILINE | re.DOTALL)
QUESTION = re.compile(r"^-- (\d+)\. (.+)\n((?:(?!-- ).+\n)+)", re.MULTILINE)
CARE, CONSULTANT = "GB-COH-15664525", "GB-COH-15931341"
LENDER, ESTATES = "GB-COH-12952061", "GB-COH-16035069"


def blocks(page: str) -> list[str]:
    return BLOCK.findall((PAGES / page).read_text(encoding="utf-8"))


TEN = {int(number): sql for number, _, sql in QUESTION.findall("".join(blocks("money.md")))}
TWELVE = dict(enumerate(blocks("finbench.md"), start=1))
# The town has no subsidies and few awards; nothing in the affair closes a ring.
MAY_BE_EMPTY = {("money", 4), ("money", 9), ("finbench", 4)}


def answer(demo: Demo, sql: str) -> pl.DataFrame:
    frame = pl.from_arrow(query(current_release(demo.home), sql.rstrip().rstrip(";")))
    assert isinstance(frame, pl.DataFrame)
    return frame


def test_there_are_ten_and_twelve() -> None:
    assert list(TEN) == list(range(1, 11)) and len(TWELVE) == 12


@pytest.mark.parametrize(
    ("page", "number"), [*(("money", n) for n in TEN), *(("finbench", n) for n in TWELVE)]
)
def test_it_answers_and_in_one_order(demo: Demo, page: str, number: int) -> None:
    sql = {"money": TEN, "finbench": TWELVE}[page][number]
    first = answer(demo, sql)
    assert not first.is_empty() or (page, number) in MAY_BE_EMPTY
    assert first.equals(answer(demo, sql))


def test_the_care_firms_money_is_followed_to_the_terrace(demo: Demo) -> None:
    bought = answer(demo, TEN[8])
    assert bought.filter(payee_id=CARE)["buyer"].to_list() == [ESTATES]
    back = answer(demo, TEN[6])
    assert {CONSULTANT} == {*back.filter(payer_id=CARE)["through_id"]}
    assert {LENDER} == {*back.filter(payer_id=CARE)["back_to"]}
    paths = answer(demo, TWELVE[3]).filter(path_no=1)
    assert paths["payee_id"].to_list() == [CONSULTANT, LENDER, ESTATES]
    longest = answer(demo, TWELVE[5])["way"].to_list()[0]
    assert longest == " > ".join((CARE, CONSULTANT, LENDER, ESTATES))


def test_sums_are_those_of_the_affair(demo: Demo) -> None:
    assert answer(demo, TWELVE[6]).rows() == [(LENDER, 3, 220_500, 300_000)]
    ((payers, payees, share),) = answer(demo, TWELVE[7]).rows()
    assert (payers, payees, round(float(share), 3)) == (1, 1, round(240_000 / 220_500, 3))
    assert [row[0] for row in answer(demo, TWELVE[12]).rows()] == [CONSULTANT]


def test_suppliers_received_what_public_bodies_paid_them_each_line_once(demo: Demo) -> None:
    paid = answer(
        demo,
        "select payee_id, sum(amount) as paid from v_flow "
        "where payer_kind = 'public' and status = 'paid' and payee_id is not null group by payee_id",
    )
    totals = dict(paid.iter_rows())
    for number in (3, 7):
        assert {id_: totals[id_] for id_ in answer(demo, TEN[number]).to_series()} == dict(
            answer(demo, TEN[number]).select(pl.first(), "received").iter_rows()
        )
    groups, owners = (answer(demo, TEN[number]) for number in (1, 2))
    assert sorted(groups["received"]) == sorted(owners["received"]) and not owners.is_empty()
    for owner, _, received in owners.iter_rows():
        owned = answer(
            demo,
            "select distinct subject_id from v_beneficial_owner "
            f"where party_id = '{owner}' and verdict = 'CERTAIN'",
        )
        assert received == sum(totals.get(id_, 0) for id_ in owned["subject_id"])


def test_contracts_won_are_awards_that_stand(demo: Demo) -> None:
    won = answer(demo, TEN[9].replace("limit 10", ""))
    stands = answer(
        demo, "select sum(amount) as amount from v_award where status = 'active' and supplier_id is not null"
    )
    assert won["awarded"].sum() == stands["amount"].item() > 0


@pytest.mark.parametrize("view", [view for view in FACT_VIEWS if view.key], ids=lambda view: view.view)
def test_a_fact_view_has_its_key_once(demo: Demo, view: Table) -> None:
    key = ", ".join(f'"{name}"' for name in view.key)
    repeated = answer(demo, f"select {key} from {view.view} group by {key} having count(*) > 1")
    assert repeated.is_empty()
