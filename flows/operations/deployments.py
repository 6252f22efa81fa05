"""The work pool, the deployments and the automations of prefect.yaml, put on the Prefect server by
`undertow serve`; and the parameters of deployments.
"""

import shlex
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from importlib.metadata import files
from pathlib import Path

from flows.home import settings
from flows.home.settings import Home
from transforms.errors import RunFailed, UsageError

WORK_POOL = "undertow"
DEPLOYED_SECONDS_MAX = 120.0


def prefect_file() -> Path:
    """Path of prefect.yaml. Raises RunFailed."""
    return shipped("prefect.yaml")


def shipped(name: str) -> Path:
    """A file in the root of the project: beside the package in a checkout, otherwise where the wheel put it.
    Raises RunFailed.
    """
    packaged = (file for file in files("undertow") or () if file.name == name)
    installed = (Path(str(file.locate())) for file in packaged)
    candidates = (Path(__file__).parents[2] / name, *installed)
    if (file := next((path for path in candidates if path.is_file()), None)) is None:
        raise RunFailed(
            f"{name} is neither beside the package nor among the installed files; reinstall the package"
        )
    return file


def deploy(environment: Mapping[str, str], home: Home) -> None:
    """Create the work pool if there is none (a paused one stays paused), and the deployments. Raises
    RunFailed.
    """
    with_command = {
        **environment,
        "UNDERTOW_NIGHT_COMMAND": f"{shlex.quote(sys.executable)} -m prefect.engine",
    }
    _run_module(environment, home, "prefect", "work-pool", "create", WORK_POOL, "--type", "process")
    deploying = ("prefect", "deploy", "--all", "--prefect-file", str(prefect_file()))
    _run_module(with_command, home, *deploying, fault="the deployment of prefect.yaml failed")


def notify(environment: Mapping[str, str], home: Home) -> None:
    """Install the automations on the server if there is an address for their messages. Raises RunFailed."""
    if settings.notify_url() is not None:
        fault = "the automations of prefect.yaml cannot be put on the server"
        _run_module(environment, home, "flows.operations.notifications", fault=fault)


def _run_module(environment: Mapping[str, str], home: Home, *arguments: str, fault: str = "") -> None:
    """Run `python -m …`. `fault`: the error if it fails; without `fault` a failure does not matter."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            env=environment,
            cwd=home.prefect,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=DEPLOYED_SECONDS_MAX,
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        raise RunFailed(
            f"`python -m {' '.join(arguments[:2])}` took longer than {DEPLOYED_SECONDS_MAX:.0f} s; try again"
        ) from None
    if fault and done.returncode:
        raise RunFailed(f"{fault}:\n{done.stdout.decode(errors='replace').strip()}")


# --- parameters of deployments ----------------------------------------------------------------------------


def absolute(parameter: str, path: str) -> Path:
    """Raises UsageError for a path that depends on the working folder."""
    if not Path(path).is_absolute():
        raise UsageError(
            f"parameter {parameter}: {path!r} is not an absolute path, and a worker runs in a temporary "
            "folder; deploy with absolute paths"
        )
    return Path(path)


def day(parameter: str, value: str | None) -> date | None:
    """Raises UsageError."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise UsageError(f"parameter {parameter}: not a date; write it as 2026-01-31") from None
