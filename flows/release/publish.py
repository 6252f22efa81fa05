"""Make a built release current, or an earlier one current again.

Publication is one rename of the symlink `current` (`make_current`). Everything before it happens where no
reader looks, so a kill at any moment leaves `current` on a whole release. The next run completes what a kill
interrupted (`flows.release.recovery`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import structlog

from flows.home import durable
from flows.home.settings import RELEASE_FILE_MODE, Home
from flows.journal import ledger
from flows.journal.entries import Body, Head, following
from flows.release import manifests, store
from flows.release.build import RELEASE_FOLDER_MODE
from flows.release.recovery import mark_published, prune, settle
from transforms.errors import RunFailed, UsageError, as_typed

log = structlog.get_logger()


def publish(home: Home, built: Path, *, report: Path | None = None) -> str:
    """Make a built release the current one and return its id.

    Keeps RELEASES_KEPT releases and the current one.

    `report`: the folder of its pages. They move to `reports/<id>` before the switch, so no release is current
    without them. Raises RunFailed, and the old release stays current. A failure after the switch is only
    logged: the new release is current, and the next run does the rest.
    """
    manifests.verify(built)
    manifest = manifests.read(built)
    release_id = str(manifest["release_id"])
    entry, head = _ledger_entry(home, manifest)
    with manifests.disk_errors(f"publishing release {release_id}"):
        for path in built.rglob("*"):
            path.chmod(RELEASE_FOLDER_MODE if path.is_dir() else RELEASE_FILE_MODE)
        built.chmod(RELEASE_FOLDER_MODE)
        durable.replace_durably(built, home.releases / release_id)
        if report is not None:
            durable.replace_durably(report, home.reports / release_id)
        with log_once_current(home, release_id):
            make_current(home, release_id, entry, head)
            prune(home)
    return release_id


def _ledger_entry(home: Home, manifest: Mapping[str, object]) -> tuple[Body, Head]:
    """The entry that the manifest promises.

    Raises RunFailed if it does not follow the ledger's last entry.
    """
    ledger.make_ready(home)
    promised = ledger.promised(manifest)
    if promised is None or following(ledger.head(home), promised[0])[0] != promised[1]:
        raise RunFailed(
            f"release {manifest['release_id']}: the ledger has changed since the release was built, "
            "so its entry does not follow; run again"
        )
    return promised


def make_current(home: Home, release_id: str, entry: Body, promised: Head | None = None) -> None:
    """Point `current` to the release, enter that into the ledger, and mark the old and the new release as
    published.

    A release without that mark that is not current has never been published.
    """
    current = store.current_target(home)
    if current is not None and current.is_dir():
        mark_published(current)
    durable.symlink_durably(home.current, f"{home.releases.name}/{release_id}")
    ledger.add(home, entry, promised)
    mark_published(home.releases / release_id)


@contextmanager
def log_once_current(home: Home, release_id: str) -> Iterator[None]:
    """Raise a failure before `current` points to the release; log one after that."""
    try:
        yield
    except (OSError, RunFailed) as error:
        if not store.is_current(home, release_id):
            raise
        reason = manifests.disk_reason(error) if isinstance(error, OSError) else str(error)
        log.error(
            "published",
            release=release_id,
            message=f"release {release_id} is in force; the next run completes its publication: {reason}",
        )


# --- rollback -----------------------------------------------------------------------------------------------


def rollback(home: Home, to: str | None = None) -> str:
    """Make the release before the current one, or the named one, current. Returns its id.

    Call with the lock held.

    Raises UsageError if there is none, and RunFailed if its bytes differ from its manifest (`current` stays).
    A failure after the switch is logged.
    """
    target = _target(home, to)
    manifests.verify(target)
    with manifests.disk_errors(f"rolling back to release {target.name}"):
        try:
            settle(home)
        except OSError:  # the release being left cannot be read; that must not keep it current
            ledger.make_ready(home)
        with log_once_current(home, target.name):
            make_current(home, target.name, {"kind": "rollback", "release_id": target.name})
    return target.name


def _target(home: Home, to: str | None) -> Path:
    published, current = store.published_folders(home), store.current_target(home)
    if to is not None:
        named = [folder for folder in published if folder.name == to]
        fault = f"release {as_typed(to)} is not among those kept; `undertow releases` lists them"
    else:
        last = store.sequence(current.name) if current is not None else 0
        named = [folder for folder in published if store.sequence(folder.name) < last]
        fault = "there is no earlier release; `undertow releases` lists those kept"
    if not named:
        raise UsageError(fault)
    return named[-1]
