"""SQL of this package, one statement a file."""

from importlib.resources import files


def sql(name: str) -> str:
    """The text of `<name>.sql`."""
    return (files(__name__) / f"{name}.sql").read_text(encoding="utf-8")
