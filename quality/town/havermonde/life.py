"""The ordinary town: businesses with boards and holdings, their parcels, and banks' mortgages on them."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from quality.town.havermonde.draw import PortDraw
from quality.town.havermonde.facts import (
    BV,
    INDUSTRY,
    NV,
    OFFICE,
    PARTNER,
    PARTNERSHIP,
    SOLE_SHAREHOLDER,
    Business,
    Office,
    Parcel,
    Place,
    Port,
)
from quality.town.parts.dates import EDITION

FOUNDED = (date(1996, 1, 2), date(2025, 3, 28))
HOLDING_TRADES = ("Holding", "Beheer")
SHARED_SEAT, HOME_SEAT, SHED_SEAT = 0.2, 0.4, 0.15
OWNED_BY_HOLDING, OWNED_BY_PERSON = 0.4, 0.3  # of the other companies
ENDED, BANKRUPT = 0.05, 0.015
HAS_PARCEL, HAS_MORTGAGE, IS_VALUED = 0.4, 0.6, 0.9
YEARS = np.arange(2014, 2027)
OFTENER = np.where(YEARS == 2025, 4.0, 1.0)  # the year in which the affair needs other sales
MIDDLE_PRICE_EUR, GROWTH = 420_000, 1.03  # in the first year, and a year
HOMES_OF_PEOPLE = 0.2  # parcels of natural persons only, for each company
BANKS = ("Duinbank N.V.", "Zeelandsche Hypotheekbank N.V.")


def life(draw: PortDraw, companies: int) -> Port:
    businesses: list[Business] = []
    for _ in range(companies):
        businesses.append(_business(draw, businesses))
    parcels = [
        _parcel(draw, owner)
        for owner in businesses
        if owner.form in (BV, NV) and not owner.ended_on and draw.rng.random() < HAS_PARCEL
    ]
    homes = [
        draw.parcel(draw.place(), draw.holding(None, draw.day(*FOUNDED), None))
        for _ in range(int(companies * HOMES_OF_PEOPLE))
    ]
    banks = [draw.business(date(1990, 1, 2), name=name, form=NV) for name in BANKS]
    mortgages = [
        draw.mortgage(
            banks[int(draw.rng.integers(len(banks)))],
            _rounded(_price(parcel) * draw.rng.uniform(0.4, 0.9)),
            parcel,
        )
        for parcel in parcels
        if draw.rng.random() < HAS_MORTGAGE
    ]
    values = [
        (parcel.place, _rounded(_price(parcel) * draw.rng.uniform(0.95, 1.1)))
        for parcel in parcels
        if draw.rng.random() < IS_VALUED
    ]
    return Port([*businesses, *banks], [*parcels, *homes], mortgages, values=values)


def _business(draw: PortDraw, before: list[Business]) -> Business:
    founded_on = draw.day(*FOUNDED)
    business = draw.business(founded_on, form="", place=_seat(draw, before))
    if business.form == PARTNERSHIP:
        partners = tuple(Office(PARTNER, founded_on, person=draw.person()) for _ in range(2))
        return replace(business, board=partners)
    if business.form == BV:
        business = replace(business, board=(*business.board, *_sole_shareholder(draw, business, before)))
    draws = draw.rng.random(2)
    if draws[0] < ENDED and founded_on < date(2020, 1, 1):
        business = replace(business, ended_on=draw.day(date(2023, 1, 2), date(2026, 5, 20)))
    elif draws[1] < BANKRUPT:
        business = replace(business, bankrupt_on=draw.day(date(2025, 4, 1), date(2026, 5, 20)))
    return business


def _seat(draw: PortDraw, before: list[Business]) -> Place:
    kind = draw.rng.random()
    if kind < SHARED_SEAT and before:
        return before[int(draw.rng.integers(len(before)))].place
    if kind < SHARED_SEAT + HOME_SEAT:
        return draw.place()
    if kind < SHARED_SEAT + HOME_SEAT + SHED_SEAT:
        return draw.place("port", (INDUSTRY, OFFICE), floor_m2=900)
    return draw.office()


def _sole_shareholder(draw: PortDraw, business: Business, before: list[Business]) -> list[Office]:
    kind = draw.rng.random()
    if business.trade not in HOLDING_TRADES and kind < OWNED_BY_HOLDING:
        holdings = [
            one
            for one in before
            if one.trade in HOLDING_TRADES and not one.ended_on and one.founded_on <= business.founded_on
        ]
        if holdings:
            owner = holdings[int(draw.rng.integers(len(holdings)))]
            return [Office(SOLE_SHAREHOLDER, business.founded_on, business=owner)]
    if kind > 1 - OWNED_BY_PERSON:
        return [Office(SOLE_SHAREHOLDER, business.founded_on, person=business.board[0].person)]
    return []


def _parcel(draw: PortDraw, owner: Business) -> Parcel:
    """Bought when the company was more than a year old, from somebody who is not named."""
    year = int(draw.rng.choice(YEARS, p=OFTENER / OFTENER.sum()))
    first = max(date(year, 1, 2), owner.founded_on + timedelta(days=400))
    last = max(date(year, 12, 20), first + timedelta(days=200))
    day = draw.day(first, min(last, EDITION - timedelta(days=12)))
    price = MIDDLE_PRICE_EUR * GROWTH ** (day.year - 2014) * float(np.exp(draw.rng.normal(0, 0.45)))
    place = draw.place("port", (INDUSTRY,), built=int(draw.rng.integers(1920, 2012)), floor_m2=600)
    before = draw.holding(None, date(1999, 6, 14), None)
    bought = draw.holding(owner, day, _rounded(price))
    return draw.parcel(place, before, bought, by_rsin=draw.rng.random() < 0.1)


def _price(parcel: Parcel) -> int:
    return parcel.holdings[-1].sum_eur or 0


def _rounded(eur: float) -> int:
    return int(round(eur, -3))
