"""A round over several registers: one round at a time, and the result for each register."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from flows.fetching import manifest
from flows.fetching.fetch import fetch
from flows.fetching.manifest import Attempt
from flows.fetching.sources import Wanted, sources
from flows.home import disk
from flows.home.lock import alone
from flows.home.settings import Home
from transforms.errors import BlockedEdition, RunFailed, UndertowError, UsageError, place
from transforms.model.register import registers

AT_ONCE = 4  # (own) registers; each has its own publisher


@dataclass(frozen=True)
class Result:
    """state: new, unchanged or failed. files: landed now. message: why it failed, and what to do. may_pass: a
    failure that may be over in some minutes. is_part: only some of a list of numbers failed.
    """

    register: str
    state: str
    files: tuple[str, ...] = ()
    message: str = ""
    may_pass: bool = False
    is_part: bool = False

    @property
    def failures(self) -> tuple[bool, ...]:
        """The result if it failed; for a partly failed list of numbers, both results."""
        return (True, False) if self.is_part else (self.state == "failed",)


def chosen(home: Home, names: Sequence[str]) -> Sequence[Wanted]:
    """The named registers, otherwise every enabled one whose key or login, if it needs one, is here.

    Raises UsageError for a register that cannot be fetched here.
    """
    known = sources(home)
    if strange := [name for name in names if name not in registers()]:
        raise UsageError(f"{strange[0]}: no such register; `undertow registers` lists them")
    if unknown := [name for name in names if name not in known]:
        raise UsageError(
            f"{unknown[0]}: has no address to fetch; give one in {home.root}/sources.toml, or put its files "
            "into the landing folder"
        )
    if names:
        return [known[name] for name in names]
    return [wanted for wanted in known.values() if wanted.enabled and _has_secrets(home, wanted)]


def _has_secrets(home: Home, wanted: Wanted) -> bool:
    needed = [name for name in (wanted.source.key, wanted.source.login) if name]
    return all(home.credential(name).is_file() for name in needed)


def fetch_all(
    home: Home, wanted: Sequence[Wanted], *, any_size: bool = False, again: bool = False
) -> Sequence[Result]:
    """Fetch registers, some in parallel. A register that fails does not affect the others."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda each: fetch_one(home, each, any_size=any_size, again=again), wanted))


def fetch_one(home: Home, wanted: Wanted, *, any_size: bool = False, again: bool = False) -> Result:
    """The result of fetching the register, also recorded in `state/fetch-attempts.jsonl`."""
    result = _fetched(home, wanted, any_size=any_size, again=again)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    manifest.add_attempt(home, Attempt(result.register, now, result.state, result.message))
    return result


def _fetched(home: Home, wanted: Wanted, *, any_size: bool, again: bool) -> Result:
    name = wanted.register.name
    try:
        # Other registers and a night may continue meanwhile.
        with alone(home.state / "fetching" / f"{name}.lock", wait=False):
            landed = fetch(home, wanted, any_size=any_size, again=again)
    except (BlockedEdition, UndertowError) as fault:
        return Result(name, "failed", message=str(fault), may_pass=isinstance(fault, RunFailed))
    except BlockingIOError:
        return Result(name, "failed", message=f"{name}: another fetch of it is running; wait for it to end")
    except OSError as error:
        what = f"{name}: {disk.fault(error)}; make room, or let this user write"
        return Result(name, "failed", message=what)
    except Exception as error:  # a page in an unexpected form; its text may hold anything
        what = f"unexpected {type(error).__name__} at {place(error)}"
        return Result(name, "failed", message=f"{name}: {what}; check the address, or report this line")
    if landed.fault:
        return Result(name, "failed", landed.files, landed.fault, is_part=True)
    return Result(name, "new" if landed.files else "unchanged", landed.files)
