"""Of all pairs of two records the strongest is shown, the smaller record first."""

from pathlib import Path

from flows.home import warehouse
from transforms.resolution.links import write_entity_links

RESOLVED_SQL = """
create temp view resolved as
select * from (
    values
        ('1-e', 'GB-1', 'a', 'x'),
        ('2-e', 'GB-1', 'a', 'y'),
        ('3-e', 'GB-2', 'b', 'x'),
        ('4-e', 'GB-2', 'b', 'x')
) as r(statement_id, party_id, register, record)
"""
PAIRS_SQL = """
create temp table company_pair as
select * from (
    values
        ('3-e', '1-e', 0.5e0, 'candidate'),
        ('2-e', '1-e', 0.95e0, 'distinct'),
        ('2-e', '3-e', 0.97e0, 'postcode'),
        ('4-e', '2-e', 0.99e0, 'unit'),
        ('3-e', '4-e', 0.99e0, 'unit')
) as p(statement_id, other_statement_id, score, evidence)
"""
LINKS_SQL = "select * exclude (register, other_register) from entity_link order by record, other_record"


def links(work: Path, *refused: tuple[str, str, str]) -> list[tuple[object, ...]]:
    with warehouse.connect(work) as connection:
        connection.execute(RESOLVED_SQL)
        connection.execute(PAIRS_SQL)
        write_entity_links(connection, refused)
        return connection.sql(LINKS_SQL).fetchall()


def test_the_strongest_pair_of_two_records_is_shown(tmp_path: Path) -> None:
    """b x stands in two editions, which are no pair."""
    assert links(tmp_path) == [
        ("x", "x", "candidate", None, 0.5, None, ["evidence|candidate|0"]),
        ("x", "y", "joined", None, 0.95, None, ["evidence|distinct|0"]),
        ("y", "x", "candidate", None, 0.99, None, ["evidence|unit|0"]),
    ]


def test_a_refused_judgement_stands_above_what_joined(tmp_path: Path) -> None:
    assert ("x", "y", "refused", "judged", 1.0, None, []) in links(tmp_path, ("1-e", "2-e", "judged"))
