"""The sources of a home: what registers declare, with the changes in `<home>/sources.toml`.

[gb_hmlr_price_paid]
url = "http://127.0.0.1:8000/pp-complete.csv"   # instead of the publisher's address
enabled = false                                 # not fetched unless named
[bods]
enabled = true                                  # one that is fetched on request only
[gb_council_spend]
urls = ["https://…/march.csv"]                  # addresses of files, for a register of many publishers
[gb_coh_charges]
numbers = ["01234567"]                          # what is asked for, one file each
[eu_ted_eforms]
numbers = ["202600001"]                         # of files that are numbered through: where to begin
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import BaseModel, Field

from flows.home.settings import Home
from flows.home.toml_files import read_toml
from transforms.errors import UsageError
from transforms.model.register import Register, registers
from transforms.model.source import Source

SOURCES_FILE = "sources.toml"


Address = Annotated[str, Field(pattern=r"^https?://\S+$")]


class Override(BaseModel, frozen=True, extra="forbid", strict=True):
    """A table of the file."""

    url: Address | None = None
    urls: list[Address] = []
    login_url: Address | None = None
    numbers: list[str] = []
    enabled: bool = True


@dataclass(frozen=True)
class Wanted:
    """A register with the source from which this home fetches it. numbers: requested, one file each."""

    register: Register
    source: Source
    numbers: tuple[str, ...] = ()
    enabled: bool = True


def sources(home: Home) -> Mapping[str, Wanted]:
    """Every register that can be fetched here, by name. Raises UsageError, naming the wrong key."""
    overrides = read_toml(home.root / SOURCES_FILE, dict[str, Override])
    if unknown := sorted(overrides.keys() - registers().keys()):
        raise UsageError(
            f"{home.root / SOURCES_FILE}: no register is called {unknown[0]}; see `undertow registers`"
        )
    wanted = {}
    for name, register in registers().items():
        override = overrides.get(name, Override())
        source = _source(register, override)
        if source is not None:
            enabled = override.enabled and (name in overrides or not source.on_request)
            wanted[name] = Wanted(register, source, tuple(override.numbers), enabled)
    return wanted


def _source(register: Register, override: Override) -> Source | None:
    """None if the register has no address, neither its own nor one in the file."""
    source = register.source
    if override.urls:
        first, *more = override.urls
        return replace(source or Source(first), url=first, more=tuple(more), names=())
    if source is None and override.url is None:
        return None
    source = source or Source("")
    if "{number}" in source.url and not override.numbers:
        return None
    if override.url is not None:
        source = replace(source, url=override.url, more=())
    return replace(source, login_url=override.login_url or source.login_url)
