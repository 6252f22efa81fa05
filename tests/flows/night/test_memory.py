"""A step is taken over only where nothing that it reads has changed, and byte for byte or not at all."""

import errno
import os
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import polars as pl
import pytest

from flows.home import warehouse
from flows.night import memory
from flows.night.memory import AS_BEFORE, Memory
from flows.night.night import Night
from flows.night.stages import resolve, screening
from flows.night.tables import show_own_registers
from transforms.model.statements import STATEMENT_TABLES
from transforms.model.views import MARTS

RESOLUTION = Path(str(files("transforms.resolution")))
SOURCES = sorted(path for path in RESOLUTION.rglob("*") if path.suffix in (".py", ".sql"))


class Run:
    """One night with two steps: `doubled` reads `numbers`, `summed` reads `doubled`."""

    def __init__(self, root: Path, name: str, numbers: list[int], *, rule: object = None) -> None:
        self.tables, self.ran = root / name, list[str]()
        self.memory = Memory(root / "kept", lambda table: self.tables / f"{table}.parquet")
        self.memory.know("numbers", pl.DataFrame({"n": numbers}))
        self.tables.mkdir()
        self.counts = [
            self._step("doubled", "numbers", ",".join(str(2 * n) for n in sorted(set(numbers))), rule),
            self._step("summed", "doubled", str(2 * sum(set(numbers))), None),
        ]

    def _step(self, name: str, reads: str, content: str, rule: object) -> object:
        def work() -> dict[str, int | str]:
            self.ran.append(name)
            (self.tables / f"{name}.parquet").write_text(content)
            return {"rows": len(content)}

        return self.memory.step(name, [reads], [name], work, rule=rule)

    @property
    def written(self) -> dict[str, str]:
        return {path.stem: path.read_text() for path in self.tables.iterdir()}


def test_the_same_inputs_are_not_computed_again(tmp_path: Path) -> None:
    first, second = (Run(tmp_path, name, [1, 2]) for name in ("first", "second"))
    assert (first.ran, second.ran) == (["doubled", "summed"], [])
    assert (first.written, first.counts) == (second.written, second.counts)
    assert second.memory.done == {"doubled": AS_BEFORE, "summed": AS_BEFORE}


def test_a_new_input_is_named_and_all_that_rests_on_it_is_computed(tmp_path: Path) -> None:
    Run(tmp_path, "first", [1, 2])
    second = Run(tmp_path, "second", [1, 3])
    assert second.ran == ["doubled", "summed"] and second.written["summed"] == "8"
    assert second.memory.done == {"doubled": "changed: numbers", "summed": "changed: doubled"}


def test_a_step_that_comes_out_the_same_changes_nothing_after_it(tmp_path: Path) -> None:
    Run(tmp_path, "first", [1, 2])
    assert Run(tmp_path, "second", [2, 1, 1]).ran == ["doubled"]


def test_another_parameter_is_another_rule(tmp_path: Path) -> None:
    Run(tmp_path, "first", [1], rule={"as_of": "2026-06-01"})
    second = Run(tmp_path, "second", [1], rule={"as_of": "2026-06-02"})
    assert second.memory.done["doubled"] == "code or parameters changed" and second.ran == ["doubled"]


def test_other_code_computes_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Run(tmp_path, "first", [1])
    monkeypatch.setattr(memory, "code_sha256", lambda: "other code")
    assert Run(tmp_path, "second", [1]).ran == ["doubled", "summed"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda kept: (kept / "doubled" / "doubled.parquet").unlink(),
        lambda kept: (kept / "doubled" / "doubled.parquet").write_text("2,5"),
        lambda kept: (kept / "doubled" / "step.json").write_text("{"),
        lambda kept: (kept / "doubled" / "step.json").write_text('{"of": "another version"}'),
    ],
    ids=["gone", "other bytes", "cut record", "other version"],
)
def test_what_is_not_as_it_was_left_is_computed_again(
    tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    first = Run(tmp_path, "first", [1, 2])
    damage(tmp_path / "kept")
    second = Run(tmp_path, "second", [1, 2])
    assert second.ran == ["doubled"] and second.written["doubled"] == "2,4"
    assert second.counts == first.counts


def test_a_step_that_cannot_be_removed_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not that its folder is there when it is written."""

    def failing(path: str, **_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO), path)

    Run(tmp_path, "first", [1, 2])
    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", failing)
        with pytest.raises(OSError, match="Input/output error"):
            Run(tmp_path, "second", [3])
    assert Run(tmp_path, "third", [3]).ran == ["doubled", "summed"]


def test_what_is_read_is_asked_only_of_a_new_rule(tmp_path: Path) -> None:
    names: list[str] = []

    def reads() -> list[str]:
        names.append("reads")
        return ["numbers"]

    for rule, number, done in ((1, 1, "new"), (1, 1, ""), (1, 2, "changed: numbers"), (2, 2, "code or")):
        one = Memory(tmp_path / "kept")
        one.know("numbers", str(number))
        one.step("summed", reads, [], dict, rule=rule)
        assert one.done["summed"].startswith(done) and (done or not one.done["summed"])
    assert len(names) == 2


BY_REGISTER = ("address_statement", "edition_in_use", "reject_mention")
STATED = {"companies": ("entity_statement", "address_statement"), "sales": ("address_statement",), "old": ()}
SHOWN = {
    "own addresses": ({"entity_statement"}, True, "companies old", "companies old"),
    "all addresses": ({"entity_statement"}, False, "companies old sales", "companies old sales"),
    "no statements": ({"company"}, True, "companies old sales", "companies old sales"),
    "sales": ({"transaction_statement"}, True, "old", "old"),
}


@pytest.mark.parametrize("case", SHOWN)
def test_a_step_sees_the_registers_whose_statements_it_reads(tmp_path: Path, case: str) -> None:
    """An edition of an earlier version ("old") does not say what it states, so it is always seen."""
    reads, own_addresses, addresses, editions = SHOWN[case]
    usable = [SimpleNamespace(register=name, tables=tables) for name, tables in STATED.items()]
    night = cast(Night, SimpleNamespace(editions=SimpleNamespace(usable=usable)))
    with warehouse.connect(tmp_path) as connection:
        for name in BY_REGISTER:
            connection.execute(f"create table {name} as select unnest({list(STATED)}) as register")
        read = show_own_registers(night, connection, {*reads, *BY_REGISTER}, own_addresses=own_addresses)
        seen = [
            " ".join(sorted(row[0] for row in connection.execute(f"from {name}").fetchall()))
            for name in BY_REGISTER
        ]
    assert seen == [addresses, editions, editions]
    if case == "own addresses":
        parts = [f"{name} of {register}" for name in BY_REGISTER for register in ("companies", "old")]
        assert read == sorted([*parts, "entity_statement"])


def test_what_a_step_returned_is_known_before_it_is_run(tmp_path: Path) -> None:
    def later(numbers: list[int]) -> Memory:
        last = Memory(tmp_path / "kept", lambda table: tmp_path / table)
        last.know("numbers", pl.DataFrame({"n": numbers}))
        return last

    assert later([1]).returned("counted", ["numbers"]) is None  # never run
    later([1]).step("counted", ["numbers"], [], lambda: {"rows": 1})
    last = later([1])
    assert last.returned("counted", ["numbers"]) == {"rows": 1} and last.done == {"counted": AS_BEFORE}
    assert later([2]).returned("counted", ["numbers"]) is None
    assert Memory().returned("counted", ["numbers"]) is None


def test_steps_that_a_night_no_longer_has_are_removed(tmp_path: Path) -> None:
    Run(tmp_path, "first", [1])
    (tmp_path / "kept" / "of-an-indicator-gone").mkdir()
    Run(tmp_path, "second", [1]).memory.forget_others()
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == ["doubled", "summed"]


def test_without_a_folder_everything_is_computed(tmp_path: Path) -> None:
    ran: list[int] = []
    for _ in range(2):
        Memory().step(
            "once", ["unknown"], ["table"], lambda: {"rows": len(ran)} if ran.append(1) is None else {}
        )
    assert len(ran) == 2 and not list(tmp_path.iterdir())


PACKAGES = {
    "resolve": (resolve.READS, [path for path in SOURCES if "lists" not in path.parts]),
    "screening": (screening.READS, [path for path in SOURCES if "lists" in path.parts]),
}


@pytest.mark.parametrize("stage", PACKAGES)
def test_what_a_stage_reads_is_all_that_its_code_names(stage: str) -> None:
    reads, sources = PACKAGES[stage]
    words = {word for path in sources for word in re.findall(r"[a-z_]+", path.read_text(encoding="utf-8"))}
    tables = {
        *STATEMENT_TABLES,
        *(MARTS if stage == "screening" else ()),
        "edition_in_use",
        "address_class_list",
    }
    assert words & tables - {"screening"} <= set(reads)
