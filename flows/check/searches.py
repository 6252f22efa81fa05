"""What a check looks for about each kind of subject, and in which registers."""

from collections.abc import Mapping
from dataclasses import dataclass

from transforms.model.register import Role, registers


@dataclass(frozen=True)
class Search:
    """One thing looked for: the section of its rows, and the registers it rests on."""

    section: str
    words: str
    registers: tuple[str, ...]


def _with_role(role: Role) -> tuple[str, ...]:
    """Registers with the role: those that hold all of it first."""
    declared = registers().values()
    whole = (register.name for register in declared if role in register.roles)
    return (*whole, *(register.name for register in declared if role in register.partial_roles))


COMPANIES = tuple(register.name for register in registers().values() if "companies" in register.roles)
HOLDERS, TITLES = _with_role("owners"), _with_role("titles")
PRICES, LISTS = _with_role("prices"), _with_role("lists")
MONEY = tuple(
    register for role in ("payments", "subsidies", "charges", "awards") for register in _with_role(role)
)
PERMITS, INSOLVENCY, CHARGES = _with_role("permits"), _with_role("insolvency"), _with_role("charges")
_EVERY = (*COMPANIES, *HOLDERS, *TITLES, *PRICES)
_FLAGS = (
    Search("flags", "flags of any indicator", _EVERY),
    Search("not_assessable", "indicators that could not be assessed", _EVERY),
    Search("cases", "cases for review", _EVERY),
)
_PLACE = (
    Search("seated", "companies seated there", COMPANIES),
    Search("titles_at", "titles there", TITLES),
    Search("sales", "sales there", PRICES),
    Search("permits_at", "permits and licences for premises there, also those refused", PERMITS),
    *_FLAGS,
)
# What is looked for, by kind of subject.
SEARCHES: Mapping[str, tuple[Search, ...]] = {
    "legal_entity": (
        Search("interests", "declared interests in it, open now", HOLDERS),
        Search("declarations", "declarations that name no interest", HOLDERS),
        Search("ownership", "owners, directly and through others", HOLDERS),
        Search("control", "who controls it", HOLDERS),
        Search("holdings", "what it owns or controls", HOLDERS),
        Search("titles", "titles that it, or what it controls, holds or held", TITLES),
        Search("money", "what it was paid, granted, awarded and lent", MONEY),
        Search("permits", "permits and licences that it asked for, finances, lets or manages", PERMITS),
        Search("insolvency", "insolvency or liquidation", INSOLVENCY),
        Search("attachments", "attachments on its titles, or against it", (*CHARGES, *TITLES)),
        Search(
            "identity_checks",
            "owners or directors whose identity is verified, or due to be",
            (*HOLDERS, *_with_role("officers")),
        ),
        Search("watch_list", "watch-list candidates for it and the parties around it", LISTS),
        *_FLAGS,
    ),
    "person": (
        Search("holdings", "what the person holds or controls", HOLDERS),
        Search("owner_of", "entities of which the person is or may be a beneficial owner", HOLDERS),
        Search("watch_list", "watch-list candidates", LISTS),
    ),
    "control_group": (Search("members", "entities in it", HOLDERS), *_FLAGS),
    "title": (
        Search("proprietors", "proprietors that are legal entities", TITLES),
        Search("attachments", "attachments on it", (*CHARGES, *TITLES)),
        *_FLAGS,
    ),
    "address": _PLACE,
    "property": _PLACE,
    "postcode": _PLACE,
}
