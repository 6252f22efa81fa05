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

import tomllib
from pathlib import Path

from pydantic import ValidationError

from flows.home.authority import fault
from flows.home.settings import Home
from transforms.errors import RunFailed, UsageError
from transforms.formats.mapped import mapped
from transforms.model.mapping import FileMapping
from transforms.model.register import Register, registers


def folder(home: Home) -> Path:
    return home.root / "mappings"


def own_registers(home: Home) -> tuple[Register, ...]:
    """The registers as the home's mappings read them. Raises UsageError, RunFailed."""
    mappings = map(read_mapping, sorted(folder(home).glob("*.toml")))
    return tuple(mapped(registers()[mapping.register_name], mapping) for mapping in mappings)


def read_mapping(path: Path) -> FileMapping:
    """Raises UsageError, which names the file and the key, or RunFailed."""
    try:
        declared = tomllib.loads(path.read_text(encoding="utf-8"))
        return FileMapping.model_validate({**declared, "name": path.stem})
    except OSError as error:
        raise RunFailed(f"{path}: {error.strerror}; let this user read it") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not TOML ({error}); correct it") from None
    except ValidationError as error:
        raise UsageError(f"{path}: {fault(error)}; correct it") from None
