"""Make an earlier release current again."""

from pathlib import Path

from flows.home.settings import Home
from flows.journal import ledger
from flows.release import manifests, store
from flows.release.publish import log_once_current, make_current
from flows.release.recovery import settle
from transforms.errors import UsageError, as_typed


def rollback(home: Home, to: str | None = None) -> str:
    """Make the release before the current one, or the named one, current. Returns its id.

    Call with the lock held.

    Raises UsageError where there is none, and RunFailed where its bytes are not those of its manifest
    (`current` stays). A failure after the flip is logged.
    """
    target = _target(home, to)
    manifests.verify(target)
    with manifests.disk_errors(f"rolling back to release {target.name}"):
        try:
            settle(home)
        except OSError:  # the release that is left cannot be read; that must not keep it current
            ledger.make_ready(home)
        with log_once_current(home, target.name):
            make_current(home, target.name, {"kind": "rollback", "release_id": target.name})
    return target.name


def _target(home: Home, to: str | None) -> Path:
    published, current = store.published_folders(home), store.current_target(home)
    if to is not None:
        for folder in published:
            if folder.name == to:
                return folder
        raise UsageError(f"release {as_typed(to)} is not among those kept; `undertow releases` lists them")
    if current is not None:
        for folder in reversed(published):
            if store.sequence(folder.name) < store.sequence(current.name):
                return folder
    raise UsageError("there is no earlier release; `undertow releases` lists those kept")
