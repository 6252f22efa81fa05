"""The oldest DuckDB that must open a release."""

import subprocess
import sys
from pathlib import Path

import pytest

OLD_DUCKDB = "1.2.2"


def python_with_old_duckdb(folder: Path) -> Path:
    """A Python with DuckDB 1.2.2 in `folder`, made once. Skips the test where it cannot be installed."""
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(folder)],
            [str(python), "-m", "pip", "install", "-q", "--only-binary", ":all:", f"duckdb=={OLD_DUCKDB}"],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
            if done.returncode:
                pytest.skip(
                    f"DuckDB {OLD_DUCKDB} could not be installed: "
                    f"{(done.stderr or done.stdout).strip().splitlines()[-1]}"
                )
        (folder / "complete").touch()
    return python
