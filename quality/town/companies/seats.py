"""Where companies had their seats before: what older editions of the company register say of those that
moved.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from quality.town.parts.places import Address
from quality.town.plant import Company, LaterFact

REGISTER = "seats"


def moved(company_id: str, day: date, before: Address) -> LaterFact:
    """A move to the company's address of today."""
    was = {"from": before.line1, "post_town": before.post_town, "postcode": before.postcode}
    return LaterFact(REGISTER, day, {"company": company_id, **was})


def seats_on(day: date, companies: Sequence[Company], later: Sequence[LaterFact]) -> list[Company]:
    """The companies that had another seat on this day, with its native columns."""
    by_id = {company.id: company for company in companies}
    return [
        replace(
            by_id[fact.facts["company"]],
            columns={
                "RegAddress.AddressLine1": fact.facts["from"],
                "RegAddress.PostTown": fact.facts["post_town"],
                "RegAddress.PostCode": fact.facts["postcode"],
            },
        )
        for fact in later
        if fact.register == REGISTER and day < fact.day
    ]
