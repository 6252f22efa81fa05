"""Run every shell command of README.md and docs/, in the order of the site's navigation.

Each `sh` block is run from the root of the checkout. A command that stands on several pages runs once. Those
of README run first and alone, then those of the pages, in lanes: pages of BESIDE have homes of their own.
The first command that fails ends the run with its file and line."""

import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
# Pages whose nights are in homes of their own, data/first-night and data/own.
BESIDE = (("operators.md", "install.md"), ("own-indicators.md", "sharing.md"))
FAILED: list[str] = []
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


class Step(NamedTuple):
    path: Path
    line: int
    command: str

    @property
    def place(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}"


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


def steps() -> list[Step]:
    """Every command, where it stands first."""
    found: dict[str, Step] = {}
    for path in pages():
        for line, command in commands(path.read_text(encoding="utf-8")):
            found.setdefault(command.strip(), Step(path, line, command))
    return [step for text, step in found.items() if text]


def run(steps: list[Step], *, alone: bool = False) -> None:
    """Run them one after the other, until one fails here or in another lane.

    `alone`: what a command says is shown while it runs, else in one piece after it has ended.
    """
    for step in steps:
        if FAILED:
            return
        if alone:
            print(f"\n-- {step.place}: {step.command}", flush=True)
        started = time.monotonic()
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", step.command],
            cwd=ROOT,
            check=False,
            text=True,
            stdout=None if alone else subprocess.PIPE,
            stderr=None if alone else subprocess.STDOUT,
        )
        if ran.returncode:
            FAILED.append(f"{step.place}: this command ended with {ran.returncode}")
        said = "" if alone else f"\n-- {step.place}: {step.command}\n{ran.stdout}"
        print(f"{said}-- {time.monotonic() - started:.0f} s", flush=True)


def main() -> int:
    every = steps()
    readme = [step for step in every if step.path.parent == ROOT]
    beside = [[step for step in every if step.path.name in names] for names in BESIDE]
    others = [step for step in every if not any(step in lane for lane in (readme, *beside))]
    run(readme, alone=True)
    with ThreadPoolExecutor() as lanes:
        list(lanes.map(run, [*beside, others]))
    print(*FAILED, sep="\n", file=sys.stderr)
    return int(bool(FAILED))


if __name__ == "__main__":
    sys.exit(main())
