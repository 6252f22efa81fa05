"""Pythons with packages that the tests' own must not have."""

import os
import subprocess
import sys
from pathlib import Path
from shutil import rmtree

import pytest

OLD_DUCKDB = "1.2.2"  # the oldest that must open a release


def python_with_old_duckdb(folder: Path) -> Path:
    """Skips the test where it cannot be installed."""
    return python_with(folder, "--only-binary", ":all:", f"duckdb=={OLD_DUCKDB}")


def python_with(folder: Path, *packages: str) -> Path:
    """A Python in `folder` with packages that pip is given, made once. Skips the test where they cannot be
    installed.
    """
    if not (folder / "bin").exists():
        own = folder.with_name(f"{folder.name}-{os.getpid()}")  # other workers make it at the same time
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(own)],
            [str(own / "bin" / "python"), "-m", "pip", "install", "-q", *packages],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
            if done.returncode:
                pytest.skip(
                    f"{packages[-1]} could not be installed: "
                    f"{(done.stderr or done.stdout).strip().splitlines()[-1]}"
                )
        try:
            own.rename(folder)
        except OSError:  # another worker was first
            rmtree(own)
    return folder / "bin" / "python"
