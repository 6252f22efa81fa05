"""Thirty nights of the town, in which owners change: what was judged and is unchanged does not return, and
what grew does. What is new is computed here from the releases by themselves, without the store.
"""

import json
import random
import shutil
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from flows.cli.app import exit_code
from flows.home.settings import Home
from flows.home.warehouse import Connection
from flows.release import store
from flows.review import acts, cases
from flows.review.acts import By, Given
from flows.review.desk import Desk
from flows.review.rules import User
from quality.town.write import FILES, write_town
from tests.few_indicators import assess

pytestmark = pytest.mark.nightly

INDICATORS = ("OWN-010", "OWN-020", "OWN-030", "OWN-040", "DEC-010", "DEC-020", "DEC-030", "ROL-010")
FIRST = date(2026, 6, 1)
READERS = (User("ann", "reviewer"), User("bob", "reviewer"))
FLAGS_SQL = """
select f.flag_id, f.case_id, n.rule_sha256, e.role, e.register, e.record, e.field, e.value
from v_flag f
join v_indicator n on n.code = f.indicator
left join v_evidence e using (flag_id)
where f.case_id is not null
"""

type Facts = frozenset[tuple[object, ...]]
type Judged = tuple[str, Facts]  # version of the rule, and the facts


@pytest.fixture(autouse=True, scope="module")
def few_indicators() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        assess(patch, *INDICATORS, act=INDICATORS)
        yield


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.prepare()
    write_town(tmp_path / "town", companies=150, seed=3)
    shutil.copytree(tmp_path / "town", made.landing, dirs_exist_ok=True)
    return made


def owners_change(home: Home, night: int, chance: random.Random) -> None:
    """Land an owners' snapshot of the next day, in which some statements are of another company."""
    [newest] = sorted(home.landing.rglob("persons-with-significant-control-snapshot-*.txt"))[-1:]
    lines = [json.loads(line) for line in newest.read_text(encoding="utf-8").splitlines()]
    numbers = [line["company_number"] for line in lines if "company_number" in line]
    for line in chance.sample([line for line in lines if "company_number" in line], 60):
        line["company_number"] = chance.choice(numbers)
    name = FILES["psc"].name.replace(FIRST.isoformat(), (FIRST + timedelta(days=night)).isoformat())
    texts = (json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    (newest.parent / name).write_text("".join(texts), encoding="utf-8")


def flags_now(connection: Connection) -> tuple[dict[str, Judged], dict[str, str]]:
    """(flag → rule and facts, flag → case), as the release has them."""
    facts: dict[str, set[tuple[object, ...]]] = {}
    versions, of_case = dict[str, str](), dict[str, str]()
    for flag_id, case_id, version, *fact in connection.execute(FLAGS_SQL).fetchall():
        facts.setdefault(flag_id, set()).add(tuple(fact))
        versions[flag_id], of_case[flag_id] = version, case_id
    return {one: (versions[one], frozenset(facts[one])) for one in facts}, of_case


def is_new(flag_id: str, now: Mapping[str, Judged], judged: Mapping[str, Judged]) -> bool:
    before = judged.get(flag_id)
    return before is None or before[0] != now[flag_id][0] or not now[flag_id][1] <= before[1]


def _nights(home: Home, nights_n: int) -> int:
    """Judge every case of the queue each night; returns how many came back."""
    chance, judged, back_n = random.Random(11), dict[str, Judged](), 0
    for night in range(nights_n):
        if night % 3:  # each third night brings nothing
            owners_change(home, night, chance)
        assert exit_code(["run", "--landing", str(home.landing), "--home", str(home.root)]) in (0, 5)
        with store.open_current(home) as connection:
            desk = Desk(home, connection, FIRST + timedelta(days=night))
            now, of_case = flags_now(connection)
            expected = {of_case[one] for one in now if is_new(one, now, judged)}
            rows = {row.case_id: row for row in cases.queue(desk, READERS[0])}
            assert rows.keys() == expected
            for case_id, row in rows.items():
                new = {one for one, its in of_case.items() if its == case_id and is_new(one, now, judged)}
                if row.shown == cases.BACK:
                    back_n += 1
                    assert {one.flag_id for one in row.new} == new
                for reader in READERS:
                    if not cases.case_view(desk, reader, case_id, purpose="demo").refusal:
                        acts.judge(desk, By(reader, "demo"), case_id, Given("confirmed", "unexplained"))
            assert not cases.queue(desk, READERS[0])
            judged |= now
    return back_n


def test_three_nights(home: Home) -> None:
    assert _nights(home, 3)


def test_thirty_nights(home: Home) -> None:
    assert _nights(home, 30) > 10
