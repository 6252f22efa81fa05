"""Indicators need roles, not registers: three registers of an invented country, found in a folder of the
tests, make the indicators speak about its companies and titles without any other edit.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

import transforms.registers as package
from flows.cli.app import exit_code
from tests.few_indicators import assess
from transforms.model.register import registers

ZEDLAND = Path(__file__).parents[2] / "fixtures" / "zedland"
AS_OF = "2026-06-01"
# Number, name, status, since, until.
COMPANIES = (
    ("1", "Ring One", "active", "2015-01-01", ""),
    ("2", "Ring Two", "active", "2015-01-01", ""),
    ("3", "Chain Foot", "active", "2015-01-01", ""),
    ("4", "Chain Top", "active", "2015-01-01", ""),
    ("5", "Silent", "active", "2015-01-01", ""),
    ("6", "Gone", "dissolved", "2015-01-01", "2020-01-01"),
    ("7", "Small Owner", "active", "2015-01-01", ""),
    ("8", "Whole Owner", "active", "2015-01-01", ""),
    ("9", "Young", "active", "2026-05-20", ""),
)
# Company, owner, number of an owner that is a company, share.
OWNERS = (
    ("1", "Ring Two", "2", "100"),
    ("2", "Ring One", "1", "100"),
    ("3", "Chain Top", "4", "100"),
    ("7", "Zora Zed", "", "40"),
    ("8", "Zeno Zed", "", "100"),
)
# Title, proprietor, its number.
TITLES = (("T6", "Gone", "6"), ("T7", "Small Owner", "7"), ("T8", "Whole Owner", "8"))
# Indicator, whom it flags, whom it does not.
SPEAK = (
    ("OWN-010", {"ZZ-REG-1", "ZZ-REG-2"}, {"ZZ-REG-3", "ZZ-REG-8"}),
    ("OWN-030", {"ZZ-REG-3"}, {"ZZ-REG-7", "ZZ-REG-8"}),
    ("DEC-040", {"ZZ-REG-4", "ZZ-REG-5"}, {"ZZ-REG-3", "ZZ-REG-9"}),
    ("LIF-070", {"ZZ-REG-6"}, {"ZZ-REG-7", "ZZ-REG-8"}),
    ("PRP-050", {"ZZ-LAND-T7"}, {"ZZ-LAND-T8"}),
)


@pytest.fixture(scope="module")
def flags(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, str]]]:
    """Indicator -> subject -> `flagged`, or why it is not assessable, of a night on Zedland's registers;
    `roles` -> role -> gap. What is not flagged has no row.
    """
    folder = tmp_path_factory.mktemp("zedland")
    landing = folder / "landing"
    landing.mkdir()
    write(landing / "zz_companies.csv", "number,name,status,since,until", COMPANIES)
    write(landing / "zz_owners.csv", "company,owner,owner_number,share", OWNERS, since=True)
    write(landing / "zz_titles.csv", "title,proprietor,number", TITLES, added=True)
    with pytest.MonkeyPatch.context() as patch:
        assess(patch, *(code for code, _flagged, _near_misses in SPEAK))
        patch.setattr(package, "__path__", [*package.__path__, str(ZEDLAND)])
        registers.cache_clear()
        try:
            home = folder / "home"
            assert exit_code(["run", "--landing", str(landing), "--home", str(home)]) == 0
            with duckdb.connect(str(home / "current" / "undertow.duckdb"), read_only=True) as release:
                rows = release.execute("select indicator, subject_id, state, reason from v_flag").fetchall()
                gaps = release.execute("select role, gap from v_role_held where territory = 'zz'").fetchall()
        finally:
            registers.cache_clear()
    states: dict[str, dict[str, str]] = {"roles": dict(gaps)}
    for indicator, subject, state, reason in rows:
        states.setdefault(indicator, {})[subject] = state if state == "flagged" else reason
    yield states


def write(
    file: Path, header: str, rows: tuple[tuple[str, ...], ...], *, since: bool = False, added: bool = False
) -> None:
    dated = [*(["since"] if since else []), *(["added"] if added else []), "as_of"]
    tail = [*(["2016-01-01"] * (len(dated) - 1)), AS_OF]
    lines = [",".join([header, *dated]), *(",".join([*row, *tail]) for row in rows)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize(("indicator", "flagged", "near_misses"), SPEAK)
def test_registers_of_another_country_make_the_indicators_speak_about_it(
    flags: dict[str, dict[str, str]], indicator: str, flagged: set[str], near_misses: set[str]
) -> None:
    stored = flags.get(indicator, {})
    assert flagged <= {subject for subject, state in stored.items() if state == "flagged"}
    assert {subject: stored[subject] for subject in near_misses if subject in stored} == {}


def test_what_no_register_of_the_country_publishes_is_named_by_its_role(
    flags: dict[str, dict[str, str]],
) -> None:
    gaps = flags["roles"]
    assert gaps["companies"] is gaps["owners"] is gaps["titles"] is None
    assert gaps["prices"] == "not_published:prices"
    assert gaps["lists"] == "missing:ftm_entities"  # of the whole world
