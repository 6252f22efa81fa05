"""Pythons with packages that the tests' own must not have."""

import subprocess
import sys
from pathlib import Path

import pytest

OLD_DUCKDB = "1.2.2"  # the oldest that must open a release


def python_with_old_duckdb(folder: Path) -> Path:
    """Skips the test where it cannot be installed."""
    return python_with(folder, "--only-binary", ":all:", f"duckdb=={OLD_DUCKDB}")


def python_with(folder: Path, *packages: str) -> Path:
    """A Python in `folder` with packages that pip is given, made once. Skips the test where they cannot be
    installed.
    """
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(folder)],
            [str(python), "-m", "pip", "install", "-q", *packages],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
            if done.returncode:
                pytest.skip(
                    f"{packages[-1]} could not be installed: "
                    f"{(done.stderr or done.stdout).strip().splitlines()[-1]}"
                )
        (folder / "complete").touch()
    return python
