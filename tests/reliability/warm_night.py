"""A process that has imported all that a night imports, and runs `undertow` in a forked child for each order
it is given.

Importing costs more processor time than a small night, and hundreds of nights are killed here. The parent
uses neither polars nor DuckDB, so that it has none of their threads when it forks: DuckDB is imported and
never called, and what uses polars on import is left to the child.

Orders and answers are JSON, one a line: {"arguments", "stdout", "stderr", "indicators", "fault" or null,
"armed_at_stage", "killed_at_cpu_s" or null} → {"exit_code" or null, "signal", "cpu_s"}. `fault`: the
arguments of fault_arm in disk_faults.c, which is preloaded. `watched`: a file that gets a line for each
edition parsed, each step that was run, and each stage with its processor time and the calls noted so far;
`killed_after_stage`: that stage, or "admit" for the first edition in the lake. `indicators`: codes of those
that are assessed, none for all. `armed_at_stage`: the fault is armed as that stage begins ("": at once)."""

import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

POLL_S = 0.002


def main() -> None:
    _import()
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)


IMPORTED = (
    "duckdb",
    "igraph",
    "jinja2",
    "networkx",
    "orjson",
    "pyarrow.fs",
    "pyarrow.parquet",
    "pydantic.dataclasses",
    "rich.traceback",
    "scipy.sparse",
    "structlog.dev",
    "flows.cli.app",
    "graphs.arrays.components",
    "quality.validation",
)
PAGES = ("case.html.j2", "night.html.j2")


def _import() -> None:
    from transforms import reports

    for name in IMPORTED:
        import_module(name)
    for page in PAGES:
        reports.environment().get_template(page)


def _answer(order: dict[str, Any]) -> dict[str, object]:
    if (child := os.fork()) == 0:
        os._exit(_night(order))
    _kill_at(child, order["killed_at_cpu_s"])
    _, status, used = os.wait4(child, 0)
    return {
        "exit_code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        "cpu_s": used.ru_utime + used.ru_stime,
    }


def _night(order: dict[str, Any]) -> int:
    for number, name in ((0, os.devnull), (1, order["stdout"]), (2, order["stderr"])):
        opened = os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    from flows.cli.app import exit_code

    if order["indicators"]:
        _assess(order["indicators"])
    if order["watched"]:
        _watch(
            Path(order["watched"]), order["killed_after_stage"], order["fault"][-1] if order["fault"] else ""
        )
    if order["fault"] is not None:
        _arm_at(order["armed_at_stage"], order["fault"])
    try:
        return exit_code(order["arguments"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _assess(codes: Sequence[str]) -> None:
    """Let the night assess these indicators only."""
    from flows.night.stages import flags
    from transforms.model.indicator import indicators

    chosen = {code: indicators()[code] for code in codes}
    flags.indicators = lambda: chosen  # type: ignore[attr-defined]


def _arm_at(stage_name: str, fault: Sequence[Any]) -> None:
    """Arm the fault as the stage begins, or at once."""
    from flows.night import runner
    from flows.night.night import Counts, Night, Stage

    def arm() -> None:
        folder, how, number, failing_with, after, log = fault
        ctypes.CDLL(None).fault_arm(
            folder.encode(), how.encode(), ctypes.c_long(number), failing_with, after.encode(), log.encode()
        )

    def armed(stage: Stage) -> Stage:
        def run(night: Night) -> Counts:
            arm()
            return stage.run(night)

        return replace(stage, run=run)

    if stage_name:
        runner.STAGES = tuple(armed(stage) if stage.name == stage_name else stage for stage in runner.STAGES)
    else:
        arm()


def _watch(file: Path, killed_after: str, calls: str) -> None:
    """Have every stage, edition and step that was run noted as it ends; of a stage also how many lines there
    are in the file `calls`.
    """
    from flows.ingest import lake
    from flows.night import memory, runner
    from flows.night.night import Counts, Night, Stage

    def note(name: str, **fact: object) -> None:
        with file.open("a") as out:
            out.write(json.dumps(fact) + "\n")
        if name and name == killed_after:
            os.kill(os.getpid(), signal.SIGKILL)

    ended: list[str] = []

    def noted(stage: Stage) -> Callable[[Night], Counts]:
        def run(night: Night) -> Counts:
            if (
                killed_after in ended
            ):  # as the next stage begins: by then it is written down that the one before is done
                os.kill(os.getpid(), signal.SIGKILL)
            before = time.process_time()
            counts = stage.run(night)
            ended.append(stage.name)
            calls_n = len(Path(calls).read_text().splitlines()) if calls and Path(calls).exists() else 0
            note(
                stage.name if stage is last else "",
                stage=stage.name,
                cpu_s=time.process_time() - before,
                calls_n=calls_n,
            )
            return counts

        return run

    def admitting(*given: Any) -> Any:
        facts = admit(*given)
        note("admit", parsed=facts.key)
        return facts

    def keeping(folder: Path, *given: Any) -> None:
        keep(folder, *given)
        note("", step=folder.name)

    admit, lake.admit = lake.admit, admitting
    keep, memory._keep = memory._keep, keeping
    last = runner.STAGES[-1]
    runner.STAGES = tuple(replace(stage, run=noted(stage)) for stage in runner.STAGES)


def _kill_at(child: int, cpu_s: float | None) -> None:
    """kill −9 once the child has used that much processor time, which a busy machine does not move."""
    while cpu_s is not None and os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if _used_s(child) >= cpu_s:
            os.kill(child, signal.SIGKILL)
            return
        time.sleep(POLL_S)


def _used_s(child: int) -> float:
    """Nanoseconds on a processor, of all its threads, by the scheduler's own account."""
    total = 0
    for thread in Path(f"/proc/{child}/task").iterdir():
        try:
            total += int((thread / "schedstat").read_text().split()[0])
        except OSError:
            continue
    return total / 1e9


if __name__ == "__main__":
    main()
