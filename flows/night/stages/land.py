"""Stage landing: list the files of the landing folder and check that the disk has room."""

from datetime import date
from pathlib import Path

from flows.fetching import archive
from flows.home import disk
from flows.home.mappings import hashes, own_registers
from flows.ingest import lake
from flows.ingest.landing import look
from flows.night.night import Counts, Night
from flows.night.stages.editions import held_editions
from flows.release import store
from transforms.errors import UsageError
from transforms.model.register import registers


def land(night: Night) -> Counts:
    """List what is in the landing folder.

    Raises UsageError (exit code 2) if no register recognises a file, or the folder is the home, RunFailed (4)
    if the disk is too small.
    """
    if night.landing_folder == night.home.root:  # otherwise every file in it would be listed as not read
        raise UsageError(
            f"--landing {night.landing_folder}: is the home itself; "
            f"name the folder with the publishers' files, such as {night.home.landing}"
        )
    # The synthetic town has one fixed month, whatever day it is written on.
    today = date.max if night.synthetic else night.started_at.date()
    own = own_registers(night.home)
    night.mappings = hashes(own)
    night.landing = look(night.landing_folder, registers(), today, own, _archived(night))
    if not night.landing.editions:
        raise UsageError(
            f"--landing {night.landing_folder}: no register recognises a file there; "
            "`undertow registers` lists what is read"
        )
    night.room_needed = _room_needed(night)
    disk.require(night.home.root, night.room_needed - _interrupted_bytes(night))
    return {"editions": len(night.landing.editions), "not_recognised": len(night.landing.unrecognised)}


def _archived(night: Night) -> Path | None:
    """A folder with what publishers said on the day of `--known-at` or `--as-of`, from the archive.

    None for a run on everything that is held.
    """
    if night.known_at is None or night.synthetic:
        return None
    folder = night.work / "archived"
    folder.mkdir(parents=True, exist_ok=True)
    archive.lay_out(night.home, night.known_at, folder, night.landing_folder)
    return folder


def _room_needed(night: Night) -> int:
    """The most bytes that this run takes, from the files to parse and the size of the last release."""
    held = {facts.key for facts in held_editions(night)}
    unread_bytes = sum(
        disk.unpacked_bytes(file.path, file.size_bytes)
        for edition in night.landing.editions
        if lake.lake_key(edition, synthetic=night.synthetic) not in held
        for file in edition.files
    )
    return disk.needed_bytes(unread_bytes, store.current_bytes(night.home))


def _interrupted_bytes(night: Night) -> int:
    """Bytes of the release that an interrupted run built, and of its pages: they are reused or deleted."""
    folders = (night.kept / step for step in ("build", "report"))
    return sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())
