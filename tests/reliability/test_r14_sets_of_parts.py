"""R14: a set of numbered parts that is not whole, or is changed while it is read, is refused, and the
message says which part.
"""

import os
import random
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from unittest.mock import patch

import pytest

from flows.home.settings import Home
from flows.ingest import lake, parse
from flows.ingest.edition_checks import check_set
from flows.ingest.landing import LandedEdition, look
from flows.night.night import Night, new_night
from flows.night.stages.lake import fill_lake
from flows.night.stages.land import land
from tests.conftest import Tier
from tests.native_files import FORMS
from transforms.errors import BlockedEdition
from transforms.model.register import Register, registers
from transforms.readers import Batch

pytestmark = pytest.mark.reliability("R14")

ROWS_A_PART = 3


class Parts:
    """A set of parts of one register, by its publisher's names. `other_day`: the name of a part of another
    edition.
    """

    def __init__(self, form: str, name: str, other_day: tuple[str, str], parts: int) -> None:
        self.form, self.name, self._other_day, self.parts = FORMS[form], name, other_day, parts

    def file_name(self, part: int, parts: int | None = None, *, other_day: bool = False) -> str:
        name = self.name.format(part=part, parts=parts or self.parts)
        return name.replace(*self._other_day) if other_day else name

    def contents(self, part: int) -> bytes:
        rows = [self.form.row(part * ROWS_A_PART + number) for number in range(ROWS_A_PART)]
        return self.form.file(rows, records=self.parts * ROWS_A_PART)

    def files(self) -> dict[str, bytes]:
        return {self.file_name(part): self.contents(part) for part in range(1, self.parts + 1)}


SETS: Mapping[str, Parts] = {
    "companies": Parts(
        "companies", "BasicCompanyData-2026-06-01-part{part}_{parts}.csv", ("2026-06-01", "2026-05-01"), 7
    ),
    "psc": Parts("psc", "psc-snapshot-2026-06-01_{part}of{parts}.txt", ("2026-06-01", "2026-06-02"), 26),
    "prices": Parts("prices", "pp-2018-part{part}.csv", ("2018", "2019"), 2),
}


# To be read often: a part is a file, and each is opened by itself.
SMALLER: Mapping[str, Parts] = {
    "psc": Parts("psc", "psc-snapshot-2026-06-01_{part}of{parts}.txt", ("2026-06-01", "2026-06-02"), 4)
}
SMALLEST: Mapping[str, Parts] = {
    "companies": Parts(
        "companies", "BasicCompanyData-2026-06-01-part{part}_{parts}.csv", ("2026-06-01", "2026-05-01"), 3
    ),
    "psc": Parts("psc", "psc-snapshot-2026-06-01_{part}of{parts}.txt", ("2026-06-01", "2026-06-02"), 3),
}


def _landed(folder: Path, files: Mapping[str, bytes]) -> list[LandedEdition]:
    folder.mkdir(parents=True)
    for name, contents in files.items():
        (folder / name).write_bytes(contents)
    return list(look(folder, registers()).editions)


def _refusals(editions: list[LandedEdition]) -> list[tuple[str, str]]:
    refusals = []
    for edition in editions:
        try:
            check_set(edition)
        except BlockedEdition as fault:
            refusals.append((fault.code, str(fault)))
    return refusals


# --- a part that is missing, repeated or of another day ---------------------------------------------------


def _dropped(parts: Parts, part: int) -> dict[str, bytes]:
    files = parts.files()
    del files[parts.file_name(part)]
    return files


def _other_bytes(parts: Parts, part: int) -> dict[str, bytes]:
    """The part's number twice, the second time with other bytes and under the other way to write its name."""
    name = (
        parts.file_name(part)
        .replace("psc-", "persons-with-significant-control-")
        .replace("Data-", "DataAsOneFile-")
        .replace(".csv", " again.csv", parts.parts == 2)
    )
    return {**parts.files(), name: parts.contents(part + 100)}


def _repeated(parts: Parts, part: int) -> dict[str, bytes]:
    """The bytes of the part before it (of the last one for the first)."""
    return {**parts.files(), parts.file_name(part): parts.contents(part - 1 or parts.parts)}


def _of_another_day(parts: Parts, part: int) -> dict[str, bytes]:
    return {**_dropped(parts, part), parts.file_name(part, other_day=True): parts.contents(part)}


FAULTS: Mapping[str, tuple[Callable[[Parts, int], dict[str, bytes]], str, int]] = {
    "dropped": (_dropped, "missing_part", 1),
    "its number twice": (_other_bytes, "repeated_part", 1),
    "the bytes of another": (_repeated, "repeated_part", 1),
    "of another day": (_of_another_day, "missing_part", 2),
}


@pytest.mark.nightly
@pytest.mark.parametrize("name", SETS)
def test_a_whole_set_of_parts_is_one_edition_and_loads(name: str, tmp_path: Path) -> None:
    parts = SETS[name]
    [edition] = _landed(tmp_path / "landing", parts.files())
    read = parse.ingest(edition, tmp_path / "work", "key")
    assert (read.facts.rows_loaded, read.facts.rows_rejected, read.facts.completeness) == (
        parts.parts * ROWS_A_PART,
        0,
        "complete",
    )


@pytest.mark.sample(1)
@pytest.mark.parametrize("name", SETS)
def test_a_set_that_is_not_whole_is_refused_and_the_part_is_named(
    name: str, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    """Every fault on every part in its turn."""
    parts, named_n = SETS[name], 0
    for fault, (make, code, editions_n) in FAULTS.items():
        for part in range(1, parts.parts + 1):
            editions = _landed(tmp_path / fault / f"{part}", make(parts, part))
            refused = _refusals(editions)
            assert (
                [refused_code for refused_code, _ in refused] == [code] * editions_n == [code] * len(editions)
            ), (
                fault,
                part,
            )
            assert any(
                f"part {part} of {parts.parts}" in message
                or f" {part} of {parts.parts} have" in message
                or f"parts {part} and " in message
                for _, message in refused
            )
            assert all(parts.form.register in message for _, message in refused)
            named_n += 1
    cases_n = len(FAULTS) * parts.parts
    figure(f"{name}: {named_n} of {cases_n} sets of {parts.parts} parts refused, the part named")


def test_parts_that_disagree_on_their_number_are_refused(tmp_path: Path) -> None:
    for name, parts in SETS.items():
        if parts.parts > 2:  # the prices' names do not say how many there are
            files = {**_dropped(parts, 2), parts.file_name(2, parts.parts + 1): parts.contents(2)}
            [(code, message)] = _refusals(_landed(tmp_path / name, files))
            assert code == "part_count" and f"2 of {parts.parts + 1}" in message


# --- a file that changes while its set is read ------------------------------------------------------------


def _appended(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\n")


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _in_place(path: Path) -> None:
    """As many bytes, others, and the time of the last write put back."""
    time.sleep(0.02)  # more than one tick of the clock that the file system uses
    before = path.stat()
    with path.open("r+b") as file:
        whole = file.read()
        file.seek(0)
        file.write(whole.replace(b"ZEDTON", b"YEDTON").replace(b"Zedton", b"Yedton"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _replaced(path: Path) -> None:
    """A download that is renamed over it, as publishers' clients do."""
    other = path.with_name("other.part")
    other.write_bytes(path.read_bytes().replace(b"ZEDTON", b"YEDTON"))
    other.replace(path)


def _linked(path: Path) -> None:
    """The same bytes behind a link."""
    aside = path.with_name("aside.part")
    path.replace(aside)
    path.symlink_to(aside)


WHILE_READ: Mapping[str, Callable[[Path], None]] = {
    "appended": _appended,
    "cut": _cut,
    "in place": _in_place,
    "replaced": _replaced,
    "taken away": Path.unlink,
    "linked": _linked,
}


def _reading(during: Callable[[], None], at_part: int) -> Callable[..., Iterator[Batch]]:
    """The reader, with something that happens once the first batch of a part is read."""
    read = parse.read

    def reading(
        register: Register, path: Path, *, part_no: int = 1, first_record_no: int = 1
    ) -> Iterator[Batch]:
        for number, batch in enumerate(
            read(register, path, part_no=part_no, first_record_no=first_record_no)
        ):
            yield batch
            if (number, part_no) == (0, at_part):
                during()

    return reading


@pytest.mark.nightly
@pytest.mark.parametrize("name", SETS)
def test_a_file_of_a_set_that_changes_while_it_is_read_is_refused(
    name: str, tmp_path: Path, tier: Tier, figure: Callable[[str], None]
) -> None:
    """Any part, changed while any part is read: one read already, the one at hand, one still to come."""
    parts = ({**SETS, **SMALLER} if tier.is_nightly else {**SETS, **SMALLEST})[name]
    chance, turns_n, named_n = random.Random(f"20260601 {name}"), tier.pick(ci=3, nightly=20), 0
    for kind, change in WHILE_READ.items():
        for turn in range(turns_n):
            at_part = chance.randint(1, parts.parts)
            victim = (chance.randint(1, at_part), at_part, chance.randint(at_part, parts.parts))[turn % 3]
            [edition] = _landed(tmp_path / kind / f"{turn}", parts.files())
            path = tmp_path / kind / f"{turn}" / parts.file_name(victim)
            with (
                patch(
                    "flows.ingest.parse.read",
                    _reading(lambda change=change, path=path: change(path), at_part),
                ),
                pytest.raises(BlockedEdition) as refused,
            ):  # type: ignore[misc]  # bound at once
                parse.ingest(edition, tmp_path / kind / f"work {turn}", "key")
            message = str(refused.value)
            assert refused.value.code == "changed_while_read", (kind, turn)
            assert (
                f"part {victim} of {parts.parts}" in message
                and parts.file_name(victim) in message
                and parts.form.register in message
            )
            named_n += 1
    figure(
        f"{name}: {named_n} of {len(WHILE_READ) * turns_n} changes during the read refused, the part named"
    )


def test_a_file_changed_before_it_is_parsed_is_refused(tmp_path: Path) -> None:
    form = FORMS["companies"]
    path = tmp_path / "landing" / form.file_name
    path.parent.mkdir()
    path.write_bytes(form.file(form.rows(5)))
    [edition] = look(path.parent, registers()).editions
    _in_place(path)
    with pytest.raises(BlockedEdition, match="changed or taken away"):
        parse.ingest(edition, tmp_path / "work", "key")


def test_a_changed_file_blocks_its_register_for_a_night_and_the_next_one_reads_it(tmp_path: Path) -> None:
    home, landing = Home(tmp_path / "home"), tmp_path / "landing"
    home.prepare()
    for name in ("companies", "ccod"):
        _write(landing / FORMS[name].file_name, FORMS[name].file(FORMS[name].rows(40)))
    path = landing / FORMS["companies"].file_name
    seen: list[int] = []

    def once() -> None:
        if not seen:
            seen.append(1)
            _replaced(path)

    with patch("flows.ingest.parse.read", _reading(once, 1)):
        night = _lake(home, landing)
    statuses = {
        edition.facts.register: (edition.status, edition.facts.blocked_code) for edition in night.editions.all
    }
    # Which of the two was read when the file changed does not matter: only the changed one is refused.
    assert statuses == {
        "gb_coh_companies": ("blocked", "changed_while_read"),
        "gb_hmlr_ccod": ("in_force", None),
    }
    assert night.exit_code == 5 and {facts.register for facts in lake.manifests(home)} == {"gb_hmlr_ccod"}
    again = _lake(home, landing)
    assert [(edition.facts.register, edition.status) for edition in again.editions.all] == [
        ("gb_coh_companies", "in_force"),
        ("gb_hmlr_ccod", "in_force"),
    ]


def _write(path: Path, contents: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(contents)


def _lake(home: Home, landing: Path) -> Night:
    night = new_night(home, landing)
    night.work.mkdir(parents=True)
    land(night)
    fill_lake(night)
    return night
