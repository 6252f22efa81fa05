"""Run every shell command of README.md and docs/, in the order of the site's navigation.

Each `sh` block is run from the root of the checkout. A command that stands on several pages runs once. The
first command that fails ends the run with its file and line."""

import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    """README.md, then the pages of the navigation that are not generated."""
    navigation = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]["nav"]
    return [ROOT / "README.md", *(ROOT / "docs" / name for name in page_names(navigation))]


def page_names(entries: object) -> Iterator[str]:
    if isinstance(entries, str):
        yield entries
    elif isinstance(entries, dict):
        for entry in entries.values():
            yield from page_names(entry)
    elif isinstance(entries, list):
        for entry in entries:
            yield from page_names(entry)


def commands(text: str) -> Iterator[tuple[int, str]]:
    """Line number and text of each command. A command continues on the next line while a quote or a
    here-document is open.
    """
    for block in BLOCK.finditer(text):
        pending: list[str] = []
        for number, line in enumerate(block[1].splitlines(), start=text[: block.start(1)].count("\n") + 1):
            pending.append(line)
            command = "\n".join(pending)
            parsed = subprocess.run(["bash", "-n", "-c", command], capture_output=True, check=False)
            if parsed.returncode == 0 and not parsed.stderr:  # bash only warns of an open here-document
                yield number - len(pending) + 1, command
                pending = []
        if pending:
            raise SystemExit(f"line {number}: a quote or here-document is not closed")


def main() -> int:
    done = {""}
    for path in pages():
        name = path.relative_to(ROOT)
        for line, command in commands(path.read_text(encoding="utf-8")):
            if command.strip() in done:
                continue
            done.add(command.strip())
            print(f"\n-- {name}:{line}: {command}", flush=True)
            started = time.monotonic()
            code = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", command], cwd=ROOT, check=False
            ).returncode
            print(f"-- {time.monotonic() - started:.0f} s", flush=True)
            if code:
                print(f"{name}:{line}: this command ended with {code}", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
