"""Evidence proves the numbers of a sentence, and is bounded where the network above an entity is large."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from tests.indicator_cases import AS_OF, CASES, load
from transforms.flags.states import given_sql
from transforms.model.indicator import indicators

type Link = tuple[str, str]  # (held, holder)
LINKS_MAX = 100  # links of a chain or ring that are listed
BY_ENTITY = 4  # further rows of a ring: the entity's own links
NO_OWNER = "no-individual-or-entity-with-signficant-control"


@pytest.fixture
def new_case(tmp_path: Path) -> Path:
    """A file for a case that a test writes."""
    return tmp_path / "case.txt"


def _case(
    case: Path, links: Sequence[Link], *, declares_nobody: Iterable[str] = (), offshore: Iterable[str] = ()
) -> Path:
    """A case of UK companies of which each link is an interest of three quarters at least."""
    ids = sorted({party for link in links for party in link})
    elsewhere = set(offshore)
    _write(
        case,
        "entity",
        "entity_id,name,entity_type,jurisdiction,in_register,statement_id",
        [f"{i},{i} Ltd,registeredEntity,{'je' if i in elsewhere else 'gb'},true,e{i}" for i in ids],
    )
    _write(
        case,
        "company",
        "company_id,legal_form_class,is_active,must_declare_owners,statement_id,register,edition",
        [f"{i},company,true,true,c{i},gb_coh_companies,{AS_OF}" for i in ids],
    )
    held = [f"{held},{holder},entity,,,2019-01-01,true,r{held}{holder},e{holder}" for held, holder in links]
    lines = [f"{i},,unspecified,{NO_OWNER},no_owner,2019-01-01,true,s{i}," for i in declares_nobody]
    _write(
        case,
        "relationship",
        "subject_id,party_id,party_kind,declaration_code,declaration_class,valid_from,is_open,statement_id,party_statement_id",
        [*held, *lines],
    )
    shares = [
        f"i{held}{holder},r{held}{holder},{held},{holder},shares,unknown,75,100,true"
        for held, holder in links
    ]
    _write(
        case,
        "interest",
        "interest_id,statement_id,subject_id,party_id,basis,reach,share_min,share_max,is_open",
        shares,
    )
    return case


def _write(case: Path, table: str, header: str, rows: Sequence[str]) -> None:
    """Add a table to the file of a case."""
    with case.open("a", encoding="utf-8") as file:
        file.write("\n".join((f"# {table}", header, *rows, "", "")))


def _run(case: Path, code: str) -> tuple[dict[str, float | None], list[tuple[str, str, str]]]:
    """Value of each flagged subject, and (subject, statement, field) of the evidence of these."""
    indicator = indicators()[code]
    rows: list[list[tuple[object, ...]]] = []
    with load(case) as connection:
        for query, columns in (
            (given_sql(indicator.states), "subject_id, value, state"),
            (indicator.evidence, "subject_id, statement_id, field"),
        ):
            values = indicator.bound_values(query, AS_OF)
            rows.append(connection.execute(f"select {columns} from ({query})", values).fetchall())
    flagged = {
        str(subject): None if value is None else float(str(value))
        for subject, value, state in rows[0]
        if state == "flagged"
    }
    return flagged, [
        (str(subject), str(statement), str(field))
        for subject, statement, field in rows[1]
        if subject in flagged
    ]


def _sentence(case: Path, code: str) -> str:
    """The sentence of the one state."""
    indicator = indicators()[code]
    values = indicator.bound_values(indicator.states, AS_OF)
    with load(case) as connection:
        result = connection.execute(indicator.states, values)
        names, rows = [column[0] for column in result.description], result.fetchall()
    [state] = [dict(zip(names, row, strict=True)) for row in rows]
    return indicator.sentence.format_map({**state, "subject_name": "Somebody Ltd"})


def _links(evidence: Iterable[tuple[str, str, str]]) -> Counter[str]:
    """Distinct relationships in the evidence of each subject."""
    return Counter(
        subject
        for subject, _ in {
            (subject, statement)
            for subject, statement, field in evidence
            if field == "relationship_statement.subject_id"
        }
    )


def _chain(length: int) -> list[Link]:
    """C001 holds C000, C002 holds C001, and so on."""
    return [(f"C{k:03d}", f"C{k + 1:03d}") for k in range(length)]


@pytest.mark.nightly
@pytest.mark.parametrize("code", ["DEC-010", "OWN-030", "OWN-040", "OWN-050"])
def test_of_a_long_chain_a_hundred_links_are_listed(code: str, new_case: Path) -> None:
    length = 150
    top = f"C{length:03d}"
    flagged, evidence = _run(_case(new_case, _chain(length), declares_nobody=(top,), offshore=(top,)), code)
    links = _links(evidence)
    assert len(flagged) >= length - 5
    assert max(links.values()) == LINKS_MAX
    if code in ("DEC-010", "OWN-050"):
        assert links["C000"] == LINKS_MAX


@pytest.mark.nightly
@pytest.mark.parametrize("code", ["OWN-010", "OWN-020"])
@pytest.mark.parametrize("length", [150, 510])
def test_of_a_long_ring_a_hundred_links_are_listed_and_the_entitys_own(
    code: str, length: int, new_case: Path
) -> None:
    ring = [*_chain(length - 1), (f"C{length - 1:03d}", "C000")]
    flagged, evidence = _run(_case(new_case, ring), code)
    assert set(flagged) == {held for held, _ in ring}
    most = (
        2 * LINKS_MAX if code == "OWN-020" else LINKS_MAX
    )  # OWN-020 lists the set, and the ring through the entity
    assert max(_links(evidence).values()) <= most + BY_ENTITY
    own = {(subject, statement) for subject, statement, _ in evidence}
    assert all((held, f"r{held}{holder}") in own for held, holder in ring)


def test_every_entity_counted_above_is_in_the_evidence(new_case: Path) -> None:
    """A is held by B and C; B by D; C by E, and E by F: five entities above, of which the shortest way to a
    top shows two.
    """
    flagged, evidence = _run(
        _case(new_case, [("A", "B"), ("A", "C"), ("B", "D"), ("C", "E"), ("E", "F")]), "OWN-030"
    )
    named = {
        statement
        for subject, statement, field in evidence
        if subject == "A" and field == "entity_statement.name"
    }
    assert (flagged["A"], named) == (5, {"eB", "eC", "eD", "eE", "eF"})


def test_every_layer_counted_is_in_the_evidence(new_case: Path) -> None:
    flagged, evidence = _run(_case(new_case, _chain(8)), "OWN-050")
    named = {
        statement
        for subject, statement, field in evidence
        if subject == "C000" and field == "entity_statement.name"
    }
    assert flagged["C000"] == len(named) == 8


def test_every_member_of_a_loop_is_in_the_evidence(new_case: Path) -> None:
    """Two rings of three that share C: five members, of which the shortest ring through A shows three."""
    flagged, evidence = _run(
        _case(new_case, [("A", "B"), ("B", "C"), ("C", "A"), ("C", "D"), ("D", "E"), ("E", "C")]), "OWN-020"
    )
    named = {
        statement
        for subject, statement, field in evidence
        if subject == "A" and field == "entity_statement.name"
    }
    assert (flagged["A"], named) == (5, {"eA", "eB", "eC", "eD", "eE"})


@pytest.mark.parametrize(
    ("code", "case", "stated", "gone"),
    [("LIF-020", "hit_on_the_boundaries", "F", "A"), ("LIF-070", "hit_gone_and_still_on_title", "D", "A")],
)
def test_a_stated_day_of_dissolution_is_in_the_evidence(code: str, case: str, stated: str, gone: str) -> None:
    _, evidence = _run(CASES / code / f"{case}.txt", code)
    dated = {subject for subject, _, field in evidence if field == "entity_statement.dissolved_on"}
    assert stated in dated and gone not in dated


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("case", "chains"),
    [
        ("all_chains_not_told_from_an_extract", set()),
        ("one_chain_and_all_chains", {"C", "D", "O"}),
        ("all_chains_not_told_beside_a_rejected_record", {"F"}),
        ("all_chains_not_told_beside_a_right_not_known", {"C", "F"}),
    ],
)
def test_every_chain_is_told_where_the_register_proves_it(case: str, chains: set[str]) -> None:
    indicator = indicators()["OWN-040"]
    with load(CASES / indicator.code / f"hit_{case}.txt") as connection:
        rows = connection.execute(f"select subject_id, every_chain from ({indicator.states})").fetchall()
    assert {subject for subject, every_chain in rows if every_chain} == chains


def test_every_interest_that_makes_the_figure_is_in_the_evidence(new_case: Path) -> None:
    """P holds more than 50 and less than 75 per cent of H, and H of C, which is on the title: P has less than
    56.25, and no rounded figure below that is true.
    """
    _write(
        new_case,
        "entity",
        "entity_id,name,entity_type,jurisdiction,in_register,statement_id",
        [f"{i},{i} Ltd,registeredEntity,gb,true,e{i}" for i in "CH"],
    )
    _write(
        new_case,
        "company",
        "company_id,name,status,legal_form_class,is_active,statement_id",
        [f"{i},{i} Ltd,active,company,true,c{i}" for i in "CH"],
    )
    _write(new_case, "person", "person_id,person_type,full_name,statement_id", ["P,knownPerson,Person P,xP"])
    _write(
        new_case,
        "title",
        "title_id,tenure,additional_proprietors,register,edition,statement_id",
        ["T,freehold,false,gb_hmlr_ccod,2026-06-01,tT"],
    )
    _write(
        new_case,
        "proprietorship",
        "title_id,position,party_id,proprietor_name,added_on,method,register,edition,statement_id,party_statement_id",
        ["T,1,C,C Ltd,2010-01-04,identifier_and_name,gb_hmlr_ccod,2026-06-01,s1,ps1"],
    )
    _write(
        new_case,
        "relationship",
        "statement_id,subject_id,party_id,party_kind,is_open,party_statement_id",
        ["r1,C,H,entity,true,eH", "r2,H,P,person,true,xP"],
    )
    _write(
        new_case,
        "interest",
        "interest_id,statement_id,subject_id,party_id,basis,reach,share_min,share_max,share_min_exclusive,share_max_exclusive,is_open",
        [
            f"i{held}{holder},{statement},{held},{holder},shares,direct,50,75,true,true,true"
            for statement, held, holder in (("r1", "C", "H"), ("r2", "H", "P"))
        ],
    )
    flagged, evidence = _run(new_case, "PRP-050")
    assert flagged == {"T": 56.25}
    assert {(statement, field) for _, statement, field in evidence} >= {
        ("iCH", "interest_statement.share_max"),
        ("iHP", "interest_statement.share_max"),
        ("eH", "entity_statement.name"),
        ("xP", "person_statement.full_name"),
    }
    assert "can together be less than 56.25 per cent (one is known; flagged below 75)" in _sentence(
        new_case, "PRP-050"
    )


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("price", "text"),
    [("950", "£950"), ("22000", "£22,000"), ("1234567.89", "£1,234,568"), ("1000000007", "£1,000,000,007")],
)
def test_a_price_in_a_sentence_has_its_thousands_apart(new_case: Path, price: str, text: str) -> None:
    _write(
        new_case,
        "company",
        "company_id,name,accounts_category,is_active,is_residents_company,statement_id",
        ["C,C Ltd,DORMANT,true,false,c1"],
    )
    _write(new_case, "title", "title_id,price_paid_gbp,statement_id", [f"T,{price},t1"])
    _write(
        new_case,
        "proprietorship",
        "title_id,position,party_id,added_on,statement_id,party_statement_id",
        ["T,1,C,2001-01-04,s1,p1"],
    )
    assert (
        _sentence(new_case, "LIF-030")
        == "Somebody Ltd files dormant accounts and holds 1 title that counts: "
        f"the highest price paid is {text}."
    )


@pytest.mark.parametrize(
    ("z", "text"), [(3.5, "more than 3.5 (flagged above 3.5)"), (3, "3.50 (flagged above 3.0)")]
)
def test_a_score_just_above_the_threshold_is_not_rounded_to_it(z: float, text: str) -> None:
    indicator = indicators()["PRP-040"]
    with load(CASES / "PRP-040" / "hit_twenty_sales_in_the_quarter.txt") as connection:
        result = connection.execute(
            f"select * from ({indicator.states}) where subject_id = 'GB-PPD-X1'",
            {"z": z, "n": 20, "floor": 0.05},
        )
        state = dict(zip([column[0] for column in result.description], result.fetchall()[0], strict=True))
    assert 3.5 < state["value"] < 3.505 and f"modified z-score {text}." in indicator.sentence.format_map(
        {**state, "subject_name": "1 Zed Street"}
    )


def test_each_regime_is_worded_with_its_own_verdict_and_way(new_case: Path) -> None:
    """X may be listed, appoints the board of A and holds 25 to 50 per cent of it: EU and UK by control, OFAC
    only at the most that is declared.
    """
    _write(
        new_case,
        "entity",
        "entity_id,name,entity_type,jurisdiction,statement_id",
        ["A,A Ltd,registeredEntity,gb,eA"],
    )
    _write(new_case, "company", "company_id,name,is_active,statement_id", ["A,A Ltd,true,cA"])
    _write(new_case, "person", "person_id,person_type,statement_id", ["X,knownPerson,pX", "L,knownPerson,pL"])
    _write(
        new_case,
        "relationship",
        "statement_id,subject_id,party_id,party_kind,is_open,party_statement_id",
        ["r1,A,X,person,true,pX"],
    )
    _write(
        new_case,
        "interest",
        "interest_id,statement_id,subject_id,party_id,basis,share_min,share_max,share_min_exclusive,is_open,reach",
        ["i1,r1,A,X,shares,25,50,true,true,unknown", "i2,r1,A,X,board,,,false,true,unknown"],
    )
    _write(
        new_case,
        "listing",
        "party_id,party_kind,list_name,topic,listing_class,is_open,register,statement_id,party_statement_id",
        ["L,person,Zed List,sanction,sanction,true,ftm_entities,l1,pL"],
    )
    _write(
        new_case,
        "screening",
        "party_id,listed_party_id,party_kind,score,is_strong,party_statement_id,listed_statement_id",
        ["X,L,person,1,true,pX,pL"],
    )
    assert _sentence(new_case, "LNK-010").startswith(
        "Somebody Ltd would be owned or controlled by sanctioned parties by the rule of the European "
        "Union (by votes or the board), "
        "the United Kingdom (by votes or the board), and might be by the rule of OFAC (counted share "
        "may reach 50.00 per cent), if a candidate"
    )
