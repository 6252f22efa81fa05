"""The manifest of a release: its content, its seal, and whether the databases match it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from flows.home import durable
from flows.home.warehouse import AREA_DATABASE, RELEASE_DATABASE
from flows.journal.entries import canonical
from transforms.errors import RunFailed

MANIFEST = "manifest.json"
REMEDY = "run `undertow rollback`, or restore the folder from a backup"


def write(folder: Path, manifest: Mapping[str, object]) -> None:
    """Write the manifest with its seal."""
    sealed = {**manifest, "seal": seal(manifest)}
    durable.write_bytes_durably(folder / MANIFEST, json.dumps(sealed, indent=1, sort_keys=True).encode())


def read(release: Path) -> dict[str, object]:
    """Raises OSError if the file cannot be read, RunFailed if it is not a manifest."""
    try:
        manifest = json.loads((release / MANIFEST).read_bytes())
    except ValueError:
        manifest = None
    if not isinstance(manifest, dict):
        raise RunFailed(f"release {release.name}: {MANIFEST} is not a manifest; {REMEDY}")
    return manifest


def of_release(release: Path) -> dict[str, object]:
    """The manifest in a release's folder. Raises RunFailed if it cannot be read."""
    with disk_errors(f"release {release.name}"):
        return read(release)


def seal(manifest: Mapping[str, object]) -> str:
    """SHA-256 of the canonical manifest without its seal, so that a changed manifest is recognised."""
    return hashlib.sha256(
        canonical({name: value for name, value in manifest.items() if name != "seal"})
    ).hexdigest()


def is_sealed(manifest: Mapping[str, object]) -> bool:
    """Whether the manifest is as it was written. A manifest of an earlier version has no seal."""
    try:
        return "seal" not in manifest or manifest["seal"] == seal(manifest)
    except TypeError:  # a float, which no manifest has
        return False


def sound(release: Path) -> dict[str, object]:
    """The manifest; empty if it is missing or was changed, so that it vouches for nothing."""
    try:
        manifest = read(release)
    except (FileNotFoundError, RunFailed):
        return {}
    return manifest if is_sealed(manifest) else {}


def reference(release: Path) -> dict[str, object] | None:
    """What the next manifest says about this release; None if its own manifest is not sound."""
    if sound(release).get("release_id") != release.name:
        return None
    return {"release_id": release.name, "manifest_sha256": durable.file_sha256(release / MANIFEST)}


def database_facts(database: Path) -> dict[str, object]:
    return {"name": database.name, "sha256": durable.file_sha256(database), "bytes": database.stat().st_size}


def verify(release: Path) -> None:
    """Compare a release's databases with its manifest.

    Raises RunFailed if a database is missing or has other bytes, or if the manifest was changed.
    """
    with disk_errors(f"release {release.name}"):
        manifest = read(release)
        _verify_database(release, RELEASE_DATABASE, manifest.get("database"))
        if manifest.get("area") is not None:
            _verify_database(release, AREA_DATABASE, manifest["area"])
    if not is_sealed(manifest):
        raise RunFailed(f"release {release.name}: {MANIFEST} was changed after it was written; {REMEDY}")


def _verify_database(release: Path, name: str, stated: object) -> None:
    facts = database_facts(release / name)
    if not isinstance(stated, dict) or any(stated.get(key) != value for key, value in facts.items()):
        raise RunFailed(f"release {release.name}: {name} has other bytes than its manifest says; {REMEDY}")


def disk_reason(error: OSError) -> str:
    return f"{error.filename or 'the disk'}: {error.strerror} (errno {error.errno})"


@contextmanager
def disk_errors(action: str) -> Iterator[None]:
    """Turn an OSError into RunFailed: one line with the path and what the system says."""
    try:
        yield
    except OSError as error:
        raise RunFailed(f"{action}: {disk_reason(error)}; put that right and run again") from None
