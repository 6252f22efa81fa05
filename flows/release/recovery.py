"""What a killed run leaves behind, and releases that are no longer kept.

Call everything here with the lock held.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

import structlog

from flows.home import durable
from flows.home.processes import is_of_live_command
from flows.home.settings import RELEASE_FILE_MODE, RELEASES_KEPT, Home
from flows.journal import ledger
from flows.release import manifests
from flows.release.alarms import Damage
from flows.release.store import PUBLISHED, RELEASE_NAME, children, current_target, discard, published_folders
from transforms.errors import RunFailed

log = structlog.get_logger()


def clean_leftovers(home: Home) -> Damage | None:
    """Remove what killed runs left; returns what is wrong with the current release.

    Leftovers are work folders except those of commands that are still running, releases that were never
    current, half-removed ones, and temporary names. Call it before this run makes its work folder.
    Raises RunFailed.
    """
    with manifests.disk_errors("cleaning up after an earlier run"):
        for path in children(home.work):
            if not is_of_live_command(path):
                discard(path)
        for path in children(home.releases):
            if path.name.startswith("."):
                discard(path)
        settle(home)
        damage = _damage(home)
        published = published_folders(home)
        for path in children(home.releases):
            if RELEASE_NAME.match(path.name) and path not in published:
                # Pages first: without the release, nothing shows that they belong to none.
                discard(home.reports / path.name)
                _remove([path])
        discard(home.current.with_name(f".{home.current.name}.part"))
        prune(home)
    return damage


def settle(home: Home) -> None:
    """Complete what a kill between the switch and the mark left undone: the ledger's entry, and the mark.

    A damaged manifest promises no entry, so the ledger is not compared with it. Raises OSError if it cannot
    be read.
    """
    current = current_target(home)
    if current is not None and current.is_dir():
        is_marked = (current / PUBLISHED).exists()
        try:
            manifest = manifests.read(current)
            ledger.promised(manifest)
        except FileNotFoundError:
            pass  # `_damage` reports it
        except (RunFailed, KeyError, TypeError, ValueError):
            _warn(current, f"{manifests.MANIFEST}: is not a manifest; the ledger is not compared with it")
        else:
            ledger.settle(home, current, manifest, is_marked=is_marked)
        mark_published(current)
    ledger.make_ready(home)


def _damage(home: Home) -> Damage | None:
    """What is wrong with the current release. It is logged and stops no run, because the next release
    replaces it.
    """
    current = current_target(home)
    if current is None:
        return None
    try:
        if not current.is_dir():
            raise RunFailed(f"release {current.name}: its folder is missing; {manifests.REMEDY}")
        manifests.verify(current)
    except RunFailed as error:
        _warn(current, f"{error}; this run goes on and publishes the next release")
        reason = str(error).removeprefix(f"release {current.name}: ").split("; ")[0]
        return Damage(current.name, reason.replace(f"{home.root}/", ""))
    return None


def _warn(current: Path, message: str) -> None:
    log.warning("release in force", release=current.name, message=message)


def mark_published(release: Path) -> None:
    if not (release / PUBLISHED).exists():
        durable.write_bytes_durably(release / PUBLISHED, b"", mode=RELEASE_FILE_MODE)


def prune(home: Home) -> None:
    """Remove releases beyond those kept, and pages without a release: they name persons."""
    current = current_target(home)
    _remove(path for path in published_folders(home)[:-RELEASES_KEPT] if path != current)
    for pages in children(home.reports):
        if RELEASE_NAME.match(pages.name) and not (home.releases / pages.name).exists():
            discard(pages)


def remove(home: Home, folders: Iterable[Path]) -> None:
    """Remove releases, except the current one."""
    current = current_target(home)
    with manifests.disk_errors("removing releases"):
        _remove(folder for folder in folders if folder != current)


def _remove(releases: Iterable[Path]) -> None:
    """Hide a release with one rename, then delete it: a kill leaves a hidden folder, never half a release."""
    for release in releases:
        hidden = release.with_name(f".{release.name}")
        release.rename(hidden)
        shutil.rmtree(hidden)
