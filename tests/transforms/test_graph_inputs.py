"""What the graph is told of parties and interests, and what follows from it."""

from pathlib import Path

from tests.indicator_cases import load

# Of each company one holder, of whom nothing else is known, or a statement that names none.
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
OF-PROTECTED,Eta Ltd,registeredEntity,gb,true,e9
OF-NONE,Theta Ltd,registeredEntity,gb,true,e10

# exempt
entity_id,exempt_class,statement_id
MINISTER,state,e1
MUSEUM,charity,e2

# relationship
subject_id,party_kind,declaration_class,unspecified_reason,is_open,is_office,statement_id
OF-PROTECTED,unspecified,protected,interestedPartyExemptFromDisclosure,true,false,r5
OF-NONE,unspecified,exempt,subjectExemptFromDisclosure,true,false,r6

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
        "OF-PROTECTED": "protected",
        "OF-NONE": "exempt",
    }


# R11 and R21, which has ended, state a band; R12 and R22 name the same owner and no share. R3 is one record
# with two classes of shares, of one of which the share is not stated. R41 and R42 are direct and indirect. R5
# states the whole, and that it is not paid up.
REPEATED = """\
# entity
entity_id,name,entity_type,jurisdiction,in_register,statement_id
X,Alpha Ltd,registeredEntity,gb,true,e1
Y,Beta Ltd,registeredEntity,gb,true,e2
Z,Gamma Ltd,registeredEntity,gb,true,e3
A,Delta Ltd,registeredEntity,gb,true,e4
B,Epsilon Ltd,registeredEntity,gb,true,e5
C,Zeta BV,registeredEntity,nl,true,e6

# interest
interest_id,statement_id,subject_id,party_id,basis,interest_type,reach,share_min,share_max,is_open
i11,R11,Y,X,shares,shareholding,unknown,75,100,true
i12,R12,Y,X,shares,shareholding,unknown,,,true
i21,R21,Z,X,shares,shareholding,unknown,75,100,false
i22,R22,Z,X,shares,shareholding,unknown,,,true
i31,R3,A,X,shares,shareholding,direct,10,10,true
i32,R3,A,X,shares,shareholding,direct,,,true
i41,R41,B,X,shares,shareholding,direct,,,true
i42,R42,B,X,shares,shareholding,indirect,20,20,true
i51,R5,C,X,shares,shareholding,direct,100,100,true
i52,R5,C,X,shares,shareholding,direct,,,true
"""


def test_a_record_without_a_share_says_nothing_beside_another_that_states_it(tmp_path: Path) -> None:
    case = tmp_path / "repeated.txt"
    case.write_text(REPEATED, encoding="utf-8")
    with load(case) as connection:
        shares = connection.execute(
            "select subject_id, share_min, share_max_declared from graph_integrated order by subject_id"
        ).fetchall()
        controls = connection.execute(
            "select subject_id, verdict from graph_control order by subject_id"
        ).fetchall()
    assert shares == [("A", 0, 100), ("B", 20, 100), ("C", 100, 100), ("Y", 75, 100), ("Z", 0, 100)]
    assert dict(controls) == {
        "A": "POSSIBLE",
        "B": "POSSIBLE",
        "C": "CERTAIN",
        "Y": "CERTAIN",
        "Z": "POSSIBLE",
    }
