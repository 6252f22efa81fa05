"""What a check searches for each kind of subject, and the roles of the registers searched."""

from collections.abc import Mapping
from dataclasses import dataclass

from transforms.model.register import Role


@dataclass(frozen=True)
class Search:
    """One thing looked for: the section of its rows, and the roles of the registers it rests on."""

    section: str
    words: str
    roles: tuple[Role, ...]


_EVERY: tuple[Role, ...] = ("companies", "owners", "titles", "prices")
_FLAGS = (
    Search("flags", "flags of any indicator", _EVERY),
    Search("not_assessable", "indicators that could not be assessed", _EVERY),
    Search("cases", "cases for review", _EVERY),
)
_PLACE = (
    Search("seated", "companies seated there", ("companies",)),
    Search("titles_at", "titles there", ("titles",)),
    Search("sales", "sales there", ("prices",)),
    Search("permits_at", "permits and licences for premises there, also those refused", ("permits",)),
    *_FLAGS,
)
# What is looked for, by kind of subject.
SEARCHES: Mapping[str, tuple[Search, ...]] = {
    "legal_entity": (
        Search("interests", "declared interests in it, open now", ("owners",)),
        Search("declarations", "declarations that name no interest", ("owners",)),
        Search("ownership", "owners, directly and through others", ("owners",)),
        Search("control", "who controls it", ("owners",)),
        Search("holdings", "what it owns, controls or directs", ("owners", "officers")),
        Search("titles", "titles that it, or what it controls, holds or held", ("titles",)),
        Search(
            "money",
            "what it was paid, granted, awarded and lent",
            ("payments", "subsidies", "charges", "awards"),
        ),
        Search("permits", "permits and licences that it asked for, finances, lets or manages", ("permits",)),
        Search("insolvency", "insolvency or liquidation", ("insolvency", "companies")),
        Search("attachments", "attachments on its titles, or against it", ("charges", "titles")),
        Search(
            "identity_checks",
            "owners or directors whose identity is verified, or due to be",
            ("owners", "officers"),
        ),
        Search("watch_list", "watch-list candidates for it and the parties around it", ("lists",)),
        *_FLAGS,
    ),
    "person": (
        Search("holdings", "what the person holds, controls or directs", ("owners", "officers")),
        Search("owner_of", "entities of which the person is or may be a beneficial owner", ("owners",)),
        Search("watch_list", "watch-list candidates", ("lists",)),
    ),
    "control_group": (Search("members", "entities in it", ("owners",)), *_FLAGS),
    "title": (
        Search("proprietors", "proprietors that are legal entities", ("titles",)),
        Search("attachments", "attachments on it", ("charges", "titles")),
        *_FLAGS,
    ),
    "address": _PLACE,
    "property": _PLACE,
    "postcode": _PLACE,
}
