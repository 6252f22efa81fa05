"""`undertow evaluate --linkage`: the table on a small town, its options, and that the shipped settings are
those that training gives.
"""

import json
from functools import partial
from pathlib import Path

import pytest

from flows.cli.app import exit_code
from flows.night import linkage
from transforms.resolution.persons.linkage import settings
from transforms.resolution.persons.model import BLOCKS, COMPARISONS, untrained


@pytest.mark.nightly
def test_the_table_has_both_methods_and_reaches_its_aims_on_a_town(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(linkage, "linkage_table", partial(linkage.linkage_table, companies=600, seed=3))
    assert exit_code(["evaluate", "--linkage", "--json"]) == 0
    rows = {(row["set"], row["method"]): row for row in json.loads(capsys.readouterr().out)}
    assert rows.keys() == {
        *(
            (f"town_{kind}", method)
            for kind in ("persons", "hard_persons")
            for method in ("undertow", "splink 5")
        ),
        ("town_companies", "undertow"),
    }
    ours = rows["town_persons", "undertow"]
    assert ours["records_n"] > 600 and ours["precision"] >= 0.99 and ours["recall"] >= 0.95
    assert rows["town_hard_persons", "undertow"]["precision"] >= 0.99
    assert rows["town_companies", "undertow"]["precision"] >= 0.99
    assert rows["town_persons", "splink 5"]["records_n"] == ours["records_n"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--data", "."],
        ["--train", "x.json"],
        ["--linkage", "--data", "no-such-folder"],
        ["--linkage", "--truth", "x.csv"],
        ["--linkage", "--train", "no-such-folder/x.json"],
    ],
)
def test_options_that_do_not_go_together_are_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["evaluate", *arguments]) == 2
    assert arguments[-2].removeprefix("--") in capsys.readouterr().err


def test_shipped_settings_compare_what_the_model_declares() -> None:
    """m and u are trained; what is compared, and from which blocks, is declared once and shipped as it is."""
    shipped, declared = settings(), untrained()
    for key in (
        "blocking_rules_to_generate_predictions",
        "additional_columns_to_retain",
        "retain_matching_columns",
        "unique_id_column_name",
    ):
        assert shipped[key] == declared[key], key
    assert len(shipped["blocking_rules_to_generate_predictions"]) == len(BLOCKS)
    kept = ("sql_condition", "label_for_charts", "tf_adjustment_column")
    for ours, theirs in zip(declared["comparisons"], shipped["comparisons"], strict=True):
        assert ours["output_column_name"] == theirs["output_column_name"]
        levels, trained = ours["comparison_levels"], theirs["comparison_levels"]
        assert [{name: level.get(name) for name in kept} for level in levels] == [
            {name: level.get(name) for name in kept} for level in trained
        ]
        assert all(
            0 < level["m_probability"] <= 1 and 0 < level["u_probability"] <= 1 for level in trained[1:]
        )
    assert [one["output_column_name"] for one in shipped["comparisons"]] == list(COMPARISONS)


@pytest.mark.nightly
def test_training_again_gives_the_settings_that_are_shipped(tmp_path: Path) -> None:
    linkage.train(tmp_path / "again.json")
    assert json.loads((tmp_path / "again.json").read_text(encoding="utf-8")) == settings()
