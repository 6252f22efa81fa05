"""PRP-090: titles of companies of one person. The town has no register of deeds that name both sides, nor an
earlier edition of its titles, so nobody is known to have left one.
"""

from datetime import date

from quality.town.plant import ALL_SHARES, Draw, Plant, Planted, Truth, person_owner, title, title_id
from quality.town.plants._records import SINCE


def _of_one_person(draw: Draw) -> Planted:
    person = draw.person()
    buyers = [draw.company() for _ in range(3)]
    rows = [title(draw, [buyer], date(2021, 5, 10), price_gbp=90_000) for buyer in buyers]
    truth = [Truth(title_id(row), "not_flagged", "nobody is known to have left it") for row in rows]
    owned = [person_owner(buyer, person, ALL_SHARES, SINCE) for buyer in buyers]
    return Planted(buyers, owned, rows, truth)


PLANT = Plant((_of_one_person,))
