"""The audit log, `state/audit.jsonl`: who looked up which subject, when, for which purpose, on which release.

An entry is written before the answer is shown; if it cannot be written, nothing is shown. A body holds `at`
(UTC), `uid`, `user`, `sudo_uid` if sudo ran the command, `command`, `purpose`, `release`, `asked` and `shown`
(lists of subjects). A legal entity, title, address, case or flag is recorded by its id. A natural person, and
any free text, is recorded as a hash under `secrets/subjects.key` (`h:` and 32 hex digits): with the key,
somebody who knows a name can check whether it was looked up; without it nobody can.

A user who may not write to `state/` gets no answer about named subjects. Analysts run `undertow check` as the
user of the nightly run through sudo, which records who asked (`sudo_uid`). Members of the database's group
can read it without this command; SECURITY.md says so.
"""

import hashlib
import hmac
import os
import pwd
import re
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime

from flows.home.durable import write_bytes_durably
from flows.home.settings import STATE_DIRECTORY_MODE, Home, sudo_uid
from flows.journal import chain
from flows.journal.entries import Chain
from transforms.errors import RunFailed

AUDIT = "audit"
KEY_FILE = "subjects.key"
KEY_BYTES = 32
# Ids that name no natural person: a person's begins with UT-P-.
OPEN_ID = re.compile(r"^(?!UT-P-)[A-Za-z0-9._:/+-]{1,80}$")


def log(home: Home) -> Chain:
    return Chain(home.state, AUDIT)


def judgement_log(home: Home) -> Chain:
    """The chain of `judgements`, whose hashes are made with the same key. Verifying it needs no more."""
    return Chain(home.state, "judgements")


def record(
    home: Home,
    command: str,
    *,
    purpose: str,
    terms: Iterable[str],
    shown: Iterable[str] = (),
    release: str,
    by: str = "",
) -> None:
    """Write one entry. `terms`: what was typed; `shown`: ids of the release; `by`: who asked through the
    review app. Raises RunFailed if it cannot be written.
    """
    key, known = subject_key(home), frozenset(shown)
    body = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        **who(),
        "command": command,
        "purpose": purpose,
        "release": release,
        **({"by": by} if by else {}),
        "asked": [subject(key, text) if text in known else keyed(key, text) for text in terms],
        "shown": sorted({subject(key, text) for text in known}),
    }
    chain.append(log(home), body)


def who() -> dict[str, int | str]:
    """User id and name by the operating system, and who called sudo if sudo runs this."""
    sudo = sudo_uid()
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
    """An id of the release unchanged; a natural person's id, or other text, as its keyed hash."""
    return text if OPEN_ID.match(text) else keyed(key, text)


def keyed(key: bytes, text: str) -> str:
    """`h:` and 32 hex digits: HMAC-SHA-256 of the text in capitals, one space between words."""
    words = " ".join(text.upper().split()).encode("utf-8", "surrogatepass")
    return "h:" + hmac.new(key, words, hashlib.sha256).hexdigest()[:32]


def subject_key(home: Home) -> bytes:
    """The key of this home's subject hashes, created at first use. Raises RunFailed, also if the key was
    lost.
    """
    path = home.secrets / KEY_FILE
    try:
        if not path.exists():
            for hashed in (log(home).path, judgement_log(home).path, home.state / "review.sqlite"):
                if hashed.exists():
                    raise RunFailed(
                        f"{path}: missing, and {hashed} holds hashes made with it; "
                        "restore the key from a backup"
                    )
            for folder in (home.state, home.secrets):
                folder.mkdir(parents=True, exist_ok=True, mode=STATE_DIRECTORY_MODE)
            write_bytes_durably(path, secrets.token_bytes(KEY_BYTES), mode=0o600)
        return path.read_bytes()
    except OSError as error:
        raise RunFailed(
            f"{path}: {error.strerror}; nothing is shown that cannot be recorded in {log(home).path}. "
            f"{chain.CANNOT_WRITE}"
        ) from None
