"""Nights on the town's files, one of them changed."""

import io
import shutil
import zipfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from flows.home.settings import Home
from flows.ingest.editions import EditionInUse
from flows.night.night import Night, new_night
from flows.night.stages.lake import fill_lake
from flows.night.stages.land import land
from tests import landings
from tests.flows import bods_statements as bods
from tests.landings import CANARY, RECORDS, REGISTERS, file_name, lines, text

LATIN_1 = "é".encode("latin-1")


@cache
def _sound_home() -> tuple[TemporaryDirectory[str], Home]:
    """A home whose lake has the sound files of `landings.write`, made once: their gates take most of a
    night's time.
    """
    folder = TemporaryDirectory()
    night = night_on(Path(folder.name), landings.write(Path(folder.name) / "landing"), from_scratch=True)
    assert [facts.rows_loaded for facts in night.editions.with_status("in_force")] == [RECORDS] * len(
        REGISTERS
    )
    return folder, night.home


def night_on(tmp_path: Path, landing: Path, *, from_scratch: bool = False) -> Night:
    """The first two stages on a new home.

    What is sound in the landing was read by an earlier night, unless `from_scratch`.
    """
    home = Home(tmp_path / "home")
    home.prepare()
    for register in () if from_scratch else REGISTERS:
        file = landing / file_name(register)
        if file.exists() and file.read_bytes() == text(lines(register)):
            for folder in (
                *_sound_home()[1].lake.glob(f"*/register={register}"),
                _sound_home()[1].lake / "manifests" / register,
            ):
                shutil.copytree(folder, home.lake / folder.relative_to(_sound_home()[1].lake))
    night = new_night(home, landing)
    night.work.mkdir(parents=True)
    land(night)
    fill_lake(night)
    return night


def edition_of(night: Night, register: str) -> EditionInUse:
    return next(edition for edition in night.editions.all if edition.facts.register == register)


def rejects_of(night: Night) -> list[tuple[str, str, int]]:
    frame = pl.read_parquet(night.table("reject"))
    assert CANARY not in frame.write_csv()
    return [(row["register"], row["code"], row["record_no"]) for row in frame.iter_rows(named=True)]


BAD = 7  # index of the record that is broken


def place_of(number: int) -> int:
    """Index of the record that the kind of this number breaks: each has sound neighbours."""
    return BAD - 4 + 4 * number


def with_each(rows: list[bytes], first: int, changes: Iterable[Callable[[bytes], bytes]]) -> bytes:
    """A file of these lines, of which each change has broken one.

    `first`: index of the first record's line.
    """
    broken = list(rows)
    for number, change in enumerate(changes):
        at = first + place_of(number)
        broken[at] = change(rows[at])
        assert broken[at] != rows[at], number
    return text(broken)


def zipped(contents: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(bods.FILE, contents)
    return packed.getvalue()
