"""The home's key for ids."""

import secrets

from flows.home.durable import write_bytes_durably
from flows.home.settings import STATE_DIRECTORY_MODE, Home
from flows.release import store
from transforms.errors import RunFailed

ID_KEY_BYTES = 32
DEMO_ID_KEY = b"undertow synthetic town, no secret"[:ID_KEY_BYTES]


def id_key(home: Home, *, synthetic: bool) -> bytes:
    """The key for ids of natural persons and of bank accounts: created once for a home, and fixed for the
    demo.

    Raises RunFailed if this user may not read it, or if a home that has published real registers has lost its
    key, because every person would get a new id.
    """
    if synthetic:
        return DEMO_ID_KEY
    path = home.secrets / "id.key"
    try:
        if not path.exists():
            if store.is_real(home):
                raise RunFailed(
                    f"{path}: is missing, and with another key every natural person would get another id "
                    "than in the releases kept; restore it from a backup, or give a new --home"
                )
            path.parent.mkdir(parents=True, exist_ok=True, mode=STATE_DIRECTORY_MODE)
            write_bytes_durably(path, secrets.token_bytes(ID_KEY_BYTES), mode=0o600)
        return path.read_bytes()
    except PermissionError:
        raise RunFailed(f"{path}: this user may not read it; run as the user of the nightly run") from None
