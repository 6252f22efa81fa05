"""The mappings of a home: how the authority's own files are read, one TOML file each in `<home>/mappings/`.

    register = "ledger"                  # or "permits"
    authority = "Harrowmere Borough Council"
    files = "creditors-*.csv"            # any text for *
    country = "gb"
    currency = "GBP"
    dates = "DD/MM/YYYY"                 # the one style of the file
    decimal = "."
    ignore = ["Batch"]                   # columns that are not read

    [columns]                            # field = "column of the file"
    paid_on = "Payment date"

`transforms.model.mapping` lists all keys.
"""

from collections.abc import Iterable
from pathlib import Path

from flows.home.settings import Home
from flows.home.toml_files import read_toml
from transforms.formats.mapped import mapped
from transforms.model.mapping import FileMapping
from transforms.model.register import Register, registers


def folder(home: Home) -> Path:
    return home.root / "mappings"


def own_registers(home: Home) -> tuple[Register, ...]:
    """The registers as the home's mappings read them. Raises UsageError, which names the file and the key, or
    RunFailed.
    """
    files = sorted(folder(home).glob("*.toml"))
    mappings = (read_toml(file, FileMapping, name=file.stem) for file in files)
    return tuple(mapped(registers()[mapping.register_name], mapping) for mapping in mappings)


def hashes(own: Iterable[Register]) -> tuple[str, ...]:
    """SHA-256 of the mappings of registers from `own_registers`."""
    return tuple(register.mapping.sha256 for register in own if register.mapping)
