"""Where companies had their seats before: what older editions of the company register say of those that
moved.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from quality.town.parts.places import Address
from quality.town.plant import Company


def moved(company: Company, day: date, before: Address) -> tuple[Company, date]:
    """The company in the seat that it had before this day."""
    seat = {
        "RegAddress.AddressLine1": before.line1,
        "RegAddress.PostTown": before.post_town,
        "RegAddress.PostCode": before.postcode,
    }
    return replace(company, columns=seat), day


def seats_on(day: date, moved: Sequence[tuple[Company, date]]) -> list[Company]:
    """The companies that had another seat on this day, with its native columns."""
    return [company for company, moved_on in moved if day < moved_on]
