"""The town's watch lists: FollowTheMoney JSON lines, as OpenSanctions writes them. Nobody on them exists, nor
do the offices that list them, nor the country of Zedland.

The town's own listed parties come from elsewhere: their surnames are none of the town's, so that nobody of
the town is a candidate by chance. They have what real lists have: aliases, names in Cyrillic and Greek,
offices with their positions, sanctions with their acts, debarments, relatives. The archive of leaks has
offshore entities of planted owners only."""

from collections.abc import Mapping, Sequence
from typing import BinaryIO
from zipfile import ZipFile, ZipInfo

import numpy as np
import polars as pl

from quality.town.companies.block import Block
from quality.town.parts import native
from quality.town.parts.dates import EDITION
from transforms.formats import icij

# Lists of two regimes, told by their words (vocabulary sanctions_regimes). Only the owners of the hotel are
# on the one that binds a British council: a borough with many such owners would be hard to believe.
FOREIGN, BINDING = "synthetic_us_state_list", "synthetic_uk_sanctions_list"
AUTHORITIES = {
    FOREIGN: "Sanctions Office of the United States",
    BINDING: "Sanctions Office of the United Kingdom",
}  # there are none of these names
LEAK_COLUMNS = ("node_id", "name", "ibcRUC", "jurisdiction_description")
LEAK = "Papers of the town"
SEEN = f"{EDITION.isoformat()}T04:00:00"
LISTED_PER_COMPANIES = 40  # companies of the town to one background record of a list
# Latin, and the same name in another script.
FORENAMES = (
    ("Dmitrij", "Дмитрий"),
    ("Svetlana", "Светлана"),
    ("Bogdan", "Богдан"),
    ("Ljudmila", "Людмила"),
    ("Kosmas", "Κοσμάς"),
    ("Evdokia", "Ευδοκία"),
    ("Timofej", "Тимофей"),
    ("Zoja", "Зоя"),
)
SURNAMES = (
    ("Zedovskij", "Зедовский"),
    ("Karazin-Zed", "Каразин-Зед"),
    ("Zedopoulos", "Ζεδόπουλος"),
    ("Vorzedin", "Ворзедин"),
    ("Zedmanov", "Зедманов"),
    ("Kazedoglu", "Казедоглу"),
)
OFFICES = (
    "Minister of Works of Zedland",
    "Member of the Assembly of Zedland",
    "Governor of the Zedland Central Bank",
    "Mayor of Zedgrad",
)
TRADES = ("Shipping", "Metals", "Trading House", "Mining", "Logistics")
KINDS = ("sanctioned", "exposed", "company", "debarred", "relative")
KIND_WEIGHTS = (0.3, 0.4, 0.15, 0.1, 0.05)


def record(
    identifier: str,
    schema: str,
    caption: str,
    properties: Mapping[str, Sequence[str]],
    *,
    dataset: str = FOREIGN,
) -> dict[str, str]:
    """One row of the file: a FollowTheMoney record as a line of JSON. Properties without values are left
    out.
    """
    filled = {name: list(values) for name, values in sorted(properties.items()) if values}
    line = {
        "id": identifier,
        "caption": caption,
        "schema": schema,
        "properties": filled,
        "referents": [],
        "datasets": [dataset],
        "first_seen": SEEN,
        "last_seen": SEEN,
        "last_change": SEEN,
        "target": schema in ("Person", "Company", "Organization"),
    }
    return native.json_line(line)


def sanction(
    identifier: str, party: str, *, start: str = "2022-03-15", end: str = "", dataset: str = FOREIGN
) -> dict[str, str]:
    """A Sanction record of a party."""
    ended, authority = {"endDate": [end]} if end else {}, AUTHORITIES[dataset]
    return record(
        f"{identifier}-s",
        "Sanction",
        authority,
        {
            "entity": [party],
            "authority": [authority],
            "program": ["The Zedland (Sanctions) Regulations"],
            "startDate": [start],
            **ended,
        },
        dataset=dataset,
    )


def office(identifier: str, holder: str, title: str, *, end: str = "") -> list[dict[str, str]]:
    """An Occupancy and its Position."""
    ended = {"endDate": [end]} if end else {}
    return [
        record(
            f"{identifier}-o",
            "Occupancy",
            title,
            {"holder": [holder], "post": [f"{identifier}-post"], "startDate": ["2021"], **ended},
        ),
        record(f"{identifier}-post", "Position", title, {"name": [title], "country": ["zz"]}),
    ]


def person(identifier: str, rng: np.random.Generator, topics: Sequence[str]) -> dict[str, str]:
    """A person from elsewhere, drawn."""
    forename, surname = FORENAMES[rng.integers(len(FORENAMES))], SURNAMES[rng.integers(len(SURNAMES))]
    name, other = (f"{forename[k]} {surname[k]}" for k in (0, 1))
    born = f"{rng.integers(1940, 1995)}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}"
    alias = [f"{surname[0].upper()}, {forename[0]}"] if rng.random() < 0.6 else []
    return record(
        identifier,
        "Person",
        name,
        {
            "name": [name, other] if rng.random() < 0.7 else [name],
            "alias": alias,
            "birthDate": [born],
            "topics": topics,
        },
    )


def _background(identifier: str, rng: np.random.Generator) -> list[dict[str, str]]:
    """One listed party with what belongs to it."""
    kind = KINDS[int(np.searchsorted(np.cumsum(KIND_WEIGHTS), rng.random()))]
    if kind == "exposed":
        title = OFFICES[rng.integers(len(OFFICES))]
        return [
            person(identifier, rng, ["role.pep"]),
            *office(identifier, identifier, title, end="2019-06-30" if rng.random() < 0.3 else ""),
        ]
    if kind == "company":
        name = f"{SURNAMES[rng.integers(len(SURNAMES))][0]} {TRADES[rng.integers(len(TRADES))]} LLC"
        number = str(rng.integers(100_000_000, 999_999_999))
        row = record(
            identifier,
            "Company",
            name,
            {"name": [name], "jurisdiction": ["zz"], "registrationNumber": [number], "topics": ["sanction"]},
        )
        return [row, sanction(identifier, identifier)]
    if kind == "debarred":
        return [person(identifier, rng, ["debarment"]), sanction(identifier, identifier)]
    if kind == "relative":
        other = person(f"{identifier}-r", rng, ["role.rca"])
        tie = record(
            f"{identifier}-f",
            "Family",
            "brother",
            {"person": [identifier], "relative": [f"{identifier}-r"], "relationship": ["brother"]},
        )
        return [person(identifier, rng, ["role.pep"]), other, tie]
    return [person(identifier, rng, ["sanction"]), sanction(identifier, identifier)]


def drawn(block: Block, rng: np.random.Generator) -> pl.DataFrame:
    """Listed parties in proportion to the block; nobody of the town is among them, so no flag rests on
    them.
    """
    first = -(-block.start // LISTED_PER_COMPANIES)
    last = -(-(block.start + block.size) // LISTED_PER_COMPANIES)
    rows = [row for number in range(first, last) for row in _background(f"zed-{number:06d}", rng)]
    return pl.DataFrame(rows, schema={"line": pl.String})


# --- leaks ------------------------------------------------------------------------------------------------


def node(nth: int, name: str, number: str, country: str) -> dict[str, str]:
    """An offshore entity with its registration number."""
    return dict(zip(LEAK_COLUMNS, (str(90_000_000 + nth), name, number, country), strict=True))


def write_leak(rows: pl.DataFrame, file: BinaryIO) -> None:
    """The whole archive, of the block that has planted entities."""
    if rows.is_empty():
        return
    with ZipFile(file, "w") as archive:
        for table in icij.FULL:
            archive.writestr(ZipInfo(f"{table}.csv"), _table(table, rows if table == icij.ENTITIES else None))


def _table(table: str, rows: pl.DataFrame | None) -> str:
    """A table has one row at least, of nobody of the town."""
    columns = icij.COLUMNS[table]
    names = list(columns)
    filler = {name: "1" for name in names if name.startswith("node_id")} | {"name": "Nobody of the town"}
    filler |= {"rel_type": "same_name_as", "sourceID": LEAK, "node_id_end": "2"}
    stated = rows.to_dicts() if rows is not None else [filler]
    each = [{name: row.get(name, "") for name in names} for row in stated]
    return pl.DataFrame(each, schema=dict.fromkeys(names, pl.String)).write_csv()
