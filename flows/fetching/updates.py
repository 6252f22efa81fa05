"""Registers that publish updates beside each full file: the changes since the previous extract.

The full file is fetched once, then the updates. The full file is fetched again if one of them is no longer
available, and after a month of updates, because everything that is read for an edition is in the landing
folder.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import takewhile

from transforms.errors import BlockedEdition
from transforms.model.register import registers
from transforms.model.source import Offer, Source

UPDATES_MAX = 31  # (own) since a full file


def needed(register: str, source: Source, offers: Sequence[Offer], here: Collection[str]) -> Sequence[Offer]:
    """The offered files to fetch next. here: names of the files fetched before.

    Raises BlockedEdition: extract_gap, if the updates do not continue from what is here and no full file is
    offered.
    """
    fulls = {source.number_in(offer.name): offer for offer in offers if not is_update(source, offer.name)}
    updates = {source.number_in(offer.name): offer for offer in offers if is_update(source, offer.name)}
    last = max((source.number_in(name) for name in here), default=0)
    last_full = max((source.number_in(name) for name in here if not is_update(source, name)), default=0)
    newest, full = max((*fulls, *updates)), max(fulls, default=0)
    further = _while_there(range(last + 1, newest + 1), updates) if last_full else []
    is_whole = last + len(further) >= newest and newest - last_full <= UPDATES_MAX
    if full > last and not (last_full and is_whole):
        return [fulls[full], *_while_there(range(full + 1, newest + 1), updates)]
    if newest > last and not further:
        raise BlockedEdition(
            "extract_gap",
            f"{register}: extract {last} is here and {newest} is offered, without a full file or the update "
            f"to extract {last + 1}; get a full file, and put it into the landing folder",
        )
    return further


def _while_there(numbers: Iterable[int], updates: Mapping[int, Offer]) -> Sequence[Offer]:
    return [updates[number] for number in takewhile(lambda number: number in updates, numbers)]


def is_update(source: Source | None, name: str) -> bool:
    """Whether a file is read with the full file before it."""
    return bool(source and source.updates and re.search(source.updates, name))


def is_update_of(register: str, name: str) -> bool:
    """The same by the register's name."""
    known = registers().get(register)
    return is_update(known.source if known else None, name)
