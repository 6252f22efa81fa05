"""Run every command of the README, in order, from the root of the checkout: its first two lines, then each shell block.

The two forms of one command (`.uv/bin/uv` on a bare machine, `uv` where it is installed) are the same command: it runs
once, in the form that stands first. A command that fails ends the run with its line number.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRST_LINES = re.compile(r"\A((?:    .*\n)+)")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(text: str) -> Iterator[tuple[int, str]]:
    """Line number and text of each command; a command goes on while its quotes are open."""
    for found in (*FIRST_LINES.finditer(text), *BLOCK.finditer(text)):
        first = text[: found.start(1)].count("\n") + 1
        pending: list[str] = []
        for number, line in enumerate(found[1].splitlines(), start=first):
            pending.append(line.removeprefix("    ") if not pending else line)
            whole = "\n".join(pending)
            if subprocess.run(["bash", "-n", "-c", whole], capture_output=True, check=False).returncode == 0:
                yield number - len(pending) + 1, whole
                pending = []


def main() -> int:
    path = f"{os.environ['PATH']}{os.pathsep}{ROOT / '.uv' / 'bin'}"  # so that `uv` is found where only the first line brought it
    done: set[str] = set()
    for line, command in commands((ROOT / "README.md").read_text(encoding="utf-8")):
        same = command.replace(".uv/bin/uv", "uv").split(" && ")[-1]
        if same in done:
            continue
        done.add(same)
        print(f"\n-- README line {line}: {command}", flush=True)
        started = time.monotonic()
        result = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=ROOT,
            env={**os.environ, "PATH": path},
            check=False,
        )
        print(f"-- {time.monotonic() - started:.0f} s", flush=True)
        if result.returncode:
            print(f"README line {line}: this command ended with {result.returncode}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
