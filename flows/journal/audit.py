"""The audit log, `state/audit.jsonl`: who asked for which named subject, when, for which purpose, on which release.

An entry is written before the answer is shown, and where it cannot be written there is no answer. The chain and its canonical
form are in `flows.journal.chain`. A body holds: `at` (UTC), `uid`, `user`, `sudo_uid` where sudo ran the command, `command`, `purpose`,
`release`, `asked` and `shown`, lists of subjects. A legal entity, title, address, case or flag stands by its id; a natural person and
whatever was typed freely by a hash under `secrets/subjects.key` (`h:` and 32 hex digits): with the key, somebody who knows a name can find
out whether it was asked for; without it nobody can. A body of the kind `gap` is the chain's own: what stood before it was cut off.

A user who may not write to `state/` gets no answer from commands on named subjects. What a user may write alone, that user may also
remove, so there is no log of their own for them: the operator lets analysts run `undertow check` as the nightly's user through sudo, which
keeps who asked (`sudo_uid`). The database itself is read without this command by whoever is in its group; SECURITY says so.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import pwd
import re
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from flows.home import settings
from flows.home.durable import write_bytes_durably
from flows.home.settings import Home
from flows.journal import chain, judgement_log
from flows.journal.chain import Chain
from transforms.errors import RunFailed

AUDIT = "audit"
KEY_FILE = "subjects.key"
KEY_BYTES = 32
# Ids that name no natural person: a person's begins with UT-P-.
OPEN_ID = re.compile(r"^(?!UT-P-)[A-Za-z0-9._:/+-]{1,80}$")


def log(home: Home) -> Chain:
    return Chain(home.state, AUDIT)


def record(
    home: Home, command: str, *, purpose: str, asked: Iterable[str], shown: Iterable[str] = (), release: str
) -> None:
    """Write one entry. `asked`: what was typed; `shown`: ids of the release. Raises RunFailed where it cannot be written: then nothing is shown."""
    key, known = subject_key(home), frozenset(shown)
    body = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        **who(),
        "command": command,
        "purpose": purpose,
        "release": release,
        "asked": [subject(key, one) if one in known else keyed(key, one) for one in asked],
        "shown": sorted({subject(key, one) for one in known}),
    }
    chain.append(log(home), body)


def who() -> dict[str, int | str]:
    """uid and name of the user by the operating system, and who called sudo, where that is how this runs."""
    sudo = settings.sudo_uid()
    return {
        "uid": os.getuid(),
        "user": _user_name(os.getuid()),
        **({"sudo_uid": sudo, "sudo_user": _user_name(sudo)} if sudo is not None else {}),
    }


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return ""


def subject(key: bytes, text: str) -> str:
    """An id of the release as it is; a natural person's, or what has not the form of an id, as its keyed hash."""
    return text if OPEN_ID.match(text) else keyed(key, text)


def keyed(key: bytes, text: str) -> str:
    """`h:` and 32 hex digits: HMAC-SHA-256 of the text in capitals, one space between words."""
    return (
        "h:"
        + hmac.new(
            key, " ".join(text.upper().split()).encode("utf-8", "surrogatepass"), hashlib.sha256
        ).hexdigest()[:32]
    )


def subject_key(home: Home) -> bytes:
    """The key of this home's subject hashes, made at its first use. Raises RunFailed, also where it is gone: what was hashed with it is found by no other."""
    path = home.secrets / KEY_FILE
    try:
        if not path.exists():
            _refuse_another_key(home, path)
            _make(home, path)
        return path.read_bytes()
    except OSError as error:
        raise RunFailed(
            f"{path}: {error.strerror}; nothing is shown that cannot be written to {log(home).path}. {chain.CANNOT_WRITE}"
        ) from None


def _refuse_another_key(home: Home, path: Path) -> None:
    hashed = next((one.path for one in (log(home), judgement_log.log(home)) if one.path.exists()), None)
    if hashed is not None:
        raise RunFailed(
            f"{path}: is gone, and {hashed} holds hashes that no other key gives; restore it from a backup"
        )


def _make(home: Home, path: Path) -> None:
    for folder in (home.state, home.secrets):
        folder.mkdir(parents=True, exist_ok=True, mode=settings.STATE_DIRECTORY_MODE)
    write_bytes_durably(path, secrets.token_bytes(KEY_BYTES), mode=0o600)
