"""Run every shell block of the README, in order, in one shell each, from the root of the checkout.

The first line of the README bootstraps uv on a machine that has none; where uv is already there, its own form is used.
A block that fails ends the run with its line number.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def main() -> int:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    path = f"{ROOT / '.uv' / 'bin'}{os.pathsep}{os.environ['PATH']}"  # blocks after the first say `uv`, wherever it is
    for found in BLOCK.finditer(text):
        line = text[: found.start()].count("\n") + 2
        print(f"\n-- README line {line}\n{found[1].rstrip()}", flush=True)
        result = subprocess.run(["bash", "-euo", "pipefail", "-c", found[1]], cwd=ROOT, env={**os.environ, "PATH": path}, check=False)
        if result.returncode:
            print(f"README line {line}: this block ended with {result.returncode}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
