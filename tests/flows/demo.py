"""The demo's home, made once for all workers: its night is the same for each, and one of the longest."""

import fcntl
import io
import os
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from flows.cli.app import exit_code
from flows.home.settings import Home


@dataclass(frozen=True)
class Demo:
    """A town of 300 companies through one night, and what the command printed.

    Nobody changes it: who needs to, copies it.
    """

    home: Home
    output: str


def made_once(folder: Path) -> Demo:
    """The demo under `folder`, made by whichever process comes first; the others wait for it."""
    folder.mkdir(exist_ok=True)
    home, output = Home(folder / "home"), folder / "said.txt"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not output.exists():
            command = ["demo", "--companies", "300", "--seed", "1", "--home", str(home.root)]
            with patch.dict(os.environ), redirect_stdout(io.StringIO()) as out:
                os.environ.pop("PREFECT_API_URL", None)
                assert exit_code(command) == 0
            output.write_text(out.getvalue(), encoding="utf-8")
    return Demo(home, output.read_text(encoding="utf-8"))
