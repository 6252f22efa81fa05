"""Parameters of deployments."""

from datetime import date
from pathlib import Path

from transforms.errors import UsageError


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
