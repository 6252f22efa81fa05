"""The town's truth about who is who: every kind of group is there, labelled as it was made, and the file
is a function of the seed.
"""

import json
from pathlib import Path

import polars as pl
import pytest

from quality.town import TownFacts, write, write_town
from quality.town.identities import KINDS, NOTE, WHO, groups, planted
from quality.town.parts.places import town_map
from quality.town.plant import Draw

SIZE, SEED = 800, 5


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> TownFacts:
    return write_town(tmp_path_factory.mktemp("town"), companies=SIZE, seed=SEED)


def _who(facts: TownFacts) -> pl.DataFrame:
    return pl.read_csv(facts.truth_file.with_name(write.WHO_FILE), infer_schema=False)


def test_every_kind_is_made_and_labelled_by_its_name() -> None:
    made = groups(Draw(town_map(400), SEED), 4 * len(KINDS), SEED)
    assert len({group.kind for group in made}) == len(KINDS)
    for group in made:
        persons = {whose for whose, _ in group.records}
        several = group.kind.startswith("other_") or group.kind == "same_couple"
        assert (len(persons) == 2) == several, group.kind
        written = [tuple(sorted(person.items())) for _, person in group.records]
        if group.kind != "other_namesake_at_agent":  # the one kind of which the records say the same
            assert len(set(written)) == len(written), group.kind


def test_records_of_a_couple_stand_on_two_companies_with_both_of_them() -> None:
    draw = Draw(town_map(400), SEED)
    couples = [group for group in groups(draw, len(KINDS), SEED) if group.kind == "same_couple"]
    rows = planted(draw, couples).psc
    holders = {
        company: [row[WHO] for row in rows if row["company_number"] == company]
        for company in {row["company_number"] for row in rows}
    }
    assert sorted(holders.values()) == [["G0-a", "G0-b"], ["G0-a", "G0-b"]]
    assert {row[NOTE] for row in rows} == {"same_couple"}


@pytest.mark.nightly
def test_truth_names_records_that_are_in_the_register_once(town: TownFacts) -> None:
    who = _who(town)
    with (town.landing / write.FILES["psc"].name).open(encoding="utf-8") as lines:
        links = {
            record["data"]["links"]["self"] for record in map(json.loads, lines) if "links" in record["data"]
        }
    assert who.columns == list(write.WHO_COLUMNS)
    assert who["record"].n_unique() == who.height > SIZE
    assert set(who["record"]) <= links
    hard = who.filter(pl.col("note").is_not_null())
    assert hard["note"].n_unique() == len(KINDS)


@pytest.mark.nightly
def test_truth_is_a_function_of_the_seed(town: TownFacts, tmp_path: Path) -> None:
    again, other = (write_town(tmp_path / str(seed), companies=SIZE, seed=seed) for seed in (SEED, SEED + 1))
    assert (
        again.truth_file.with_name(write.WHO_FILE).read_bytes()
        == town.truth_file.with_name(write.WHO_FILE).read_bytes()
    )
    assert not _who(other).equals(_who(town))
