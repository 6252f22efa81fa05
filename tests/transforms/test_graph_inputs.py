"""What the graph is told of the parties, and so why no beneficial owner is found."""

from pathlib import Path

from tests.indicator_cases import load

# Of each company one holder, of whom nothing else is known.
HOLDERS = """\
# entity
entity_id,name,entity_type,jurisdiction,in_register,statement_id
MINISTER,Secretary of State for Transport,legalEntity,,false,e1
MUSEUM,Museum,legalEntity,,false,e2
OF-MINISTER,Alpha Ltd,registeredEntity,gb,true,e3
OF-CHARITY,Beta Ltd,registeredEntity,gb,true,e4
ABROAD,Gamma GmbH,registeredEntity,de,false,e5
OF-ABROAD,Delta Ltd,registeredEntity,gb,true,e6
GONE,Epsilon Ltd,registeredEntity,gb,false,e7
OF-GONE,Zeta Ltd,registeredEntity,gb,true,e8

# exempt
entity_id,exempt_class,statement_id
MINISTER,state,e1
MUSEUM,charity,e2

# interest
interest_id,statement_id,subject_id,party_id,basis,interest_type,reach,share_min,share_max,is_open
i1,r1,OF-MINISTER,MINISTER,shares,shareholding,unknown,75,100,true
i2,r2,OF-CHARITY,MUSEUM,shares,shareholding,unknown,75,100,true
i3,r3,OF-ABROAD,ABROAD,shares,shareholding,unknown,75,100,true
i4,r4,OF-GONE,GONE,shares,shareholding,unknown,75,100,true
"""


def test_who_is_public_ends_the_search_whatever_form_is_stated_and_only_abroad_is_foreign(
    tmp_path: Path,
) -> None:
    case = tmp_path / "holders.txt"
    case.write_text(HOLDERS, encoding="utf-8")
    with load(case) as connection:
        rows = connection.execute(
            "select subject_id, reason from graph_ubo where regime = 'UK' and subject_id like 'OF-%'"
        ).fetchall()
    assert dict(rows) == {
        "OF-MINISTER": "state",
        "OF-CHARITY": "no_register_entry",
        "OF-ABROAD": "foreign_register_not_held",
        "OF-GONE": "no_register_entry",
    }
