"""A small invented release for `undertow check`, published as a night publishes one."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl

from flows.home.settings import Home
from flows.release import build, publish
from tests.flows.release_tables import known_if_empty
from transforms.model.register import register_roles
from transforms.model.statements import Column
from transforms.model.views import ABOUT, RELEASE_TABLES
from transforms.values.addresses import with_address

DAY = date(2026, 6, 1)
ALDER, BIRCH, CEDAR_ONE, CEDAR_TWO = (f"GB-COH-0900000{n}" for n in (1, 2, 3, 4))
DIJK, SOCIETY, NUMBERED, STRANGER = "NL-KVK-27123456", "UT-E-5ec1e7", "GB-COH-00007724", "UT-E-57a9e1"
TYPED = "GB-COH-02345678"  # a company's number that anybody would type
JOHN, OTHER_JOHN, MARY = "UT-P-0001", "UT-P-0002", "UT-P-0003"
ALDER_TITLE, BIRCH_TITLE = "GB-HMLR-ZT100001", "GB-HMLR-ZT100002"
SCRIPT = "<script>document.documentElement.dataset.pwned=1</script> LTD"
FORMULA = "=CMD|'/C CALC'!A1 LIMITED"
TURNED = "TREVENEN \u202eDTL SGNIDLOH\u202c"
QUOTED = "O'BRIEN'S \"A.B.C.\" CAFÉ & SONS LIMITED"
HOSTILE = {f"GB-COH-0900001{n}": name for n, name in enumerate((SCRIPT, FORMULA, TURNED, QUOTED))}
OFFICE = "4 Mill Lane, Zedton, ZT1 3DB"
_DEFAULTS: Mapping[str, object] = {
    "text": "x",
    "texts": [],
    "date": DAY,
    "integer": 1,
    "boolean": False,
    "share": 0,
    "money": 0,
    "number": 0.0,
    "timestamp": datetime(2026, 6, 1),
}

Rows = dict[str, list[dict[str, object]]]


def unit(address: str) -> str:
    """Id of an address's unit, as the lake gives it."""
    keyed = with_address(pl.DataFrame({"line": [address]}), lines=[pl.col("line")])
    return str(keyed["a_address_id"].item())


def entity(entity_id: str, name: str, **more: object) -> dict[str, object]:
    return {
        "entity_id": entity_id,
        "name": name,
        "entity_type": "registeredEntity",
        "in_register": entity_id.startswith("GB-COH-0900"),
        "jurisdiction": "gb",
        **more,
    }


def company(company_id: str, name: str, **more: object) -> dict[str, object]:
    return {
        "company_id": company_id,
        "name": name,
        "status": "active",
        "is_active": True,
        "status_native": "Active",
        **more,
    }


def flag(
    flag_id: str, indicator: str, subject_id: str, subject_type: str, state: str = "flagged", **more: object
) -> dict[str, object]:
    is_unknown = state == "not_assessable"
    why = "not assessable, because no number is stated" if is_unknown else "is like that"
    explanation = f"{subject_id}: {why}."
    return {
        "flag_id": flag_id,
        "indicator": indicator,
        "family": indicator[:3],
        "lane": "look" if more.get("weak") else "act",
        "subject_id": subject_id,
        "subject_type": subject_type,
        "state": state,
        "explanation": explanation,
        **more,
    }


def rows() -> Rows:
    names = {
        ALDER: "ALDER FARM LIMITED",
        BIRCH: "THE BIRCH & SONS (UK) LTD",
        CEDAR_ONE: "CEDAR TRADING LIMITED",
        CEDAR_TWO: "Cedar Trading Ltd.",
        TYPED: "RUNNEL MARSH LIMITED",
        **HOSTILE,
    }
    others = {
        DIJK: "Dijk Vastgoed B.V.",
        SOCIETY: "POLTAIR SOCIETY LIMITED",
        NUMBERED: "NUMBERED COMPANY LIMITED",
        STRANGER: "ELDER STRANGER LIMITED",
    }
    office = unit(OFFICE)
    return {
        "entity": [entity(identifier, name) for identifier, name in {**names, **others}.items()],
        "company": [
            company(
                identifier,
                name,
                former_names=["OLD BARN LIMITED"] if identifier == ALDER else [],
                address_id=office if identifier in (ALDER, CEDAR_ONE) else None,
            )
            for identifier, name in names.items()
        ],
        "address": [
            {
                "address_id": office,
                "address_text": OFFICE,
                "postcode": "ZT1 3DB",
                "country": "gb",
                "address_class": "agent",
                "active_seats_n": 2,
            }
        ],
        "person": [
            {
                "person_id": JOHN,
                "person_type": "knownPerson",
                "full_name": "Mr John Paul Smith",
                "birth_year": 1970,
                "birth_month": 5,
            },
            {
                "person_id": OTHER_JOHN,
                "person_type": "knownPerson",
                "full_name": "John Smith",
                "birth_year": 1980,
                "birth_month": None,
            },
            {
                "person_id": MARY,
                "person_type": "knownPerson",
                "full_name": "Mary-Ann O'Neill",
                "birth_year": None,
                "birth_month": None,
            },
        ],
        "interest": [
            {
                "interest_id": "i1",
                "statement_id": "r1",
                "subject_id": ALDER,
                "party_id": JOHN,
                "interest_type": "shareholding",
                "basis": "shares",
                "share_min": 75,
                "share_max": 100,
                "is_open": True,
            },
            {
                "interest_id": "i2",
                "statement_id": "r2",
                "subject_id": BIRCH,
                "party_id": ALDER,
                "interest_type": "shareholding",
                "basis": "shares",
                "share_min": 50,
                "share_max": 75,
                "share_min_exclusive": True,
                "is_open": True,
            },
        ],
        "relationship": [
            {
                "subject_id": CEDAR_ONE,
                "party_id": None,
                "declaration_code": "no-individual-or-entity-with-signficant-control",
                "statement_id": "r3",
                "is_open": True,
            }
        ],
        "graph_integrated": [
            {
                "party_id": JOHN,
                "subject_id": ALDER,
                "basis": "shares",
                "share_min": 75,
                "share_max_declared": 100,
                "share_max": 100,
            },
            {
                "party_id": JOHN,
                "subject_id": BIRCH,
                "basis": "shares",
                "share_min": Decimal("37.5"),
                "share_max_declared": 75,
                "share_max": 90,
            },
            {
                "party_id": ALDER,
                "subject_id": BIRCH,
                "basis": "shares",
                "share_min": 50,
                "share_max_declared": 75,
                "share_max": 75,
                "share_min_exclusive": True,
            },
        ],
        "graph_control": [
            {"party_id": JOHN, "subject_id": ALDER, "verdict": "CERTAIN", "kind": "control"},
            {"party_id": ALDER, "subject_id": BIRCH, "verdict": "CERTAIN", "kind": "control"},
        ],
        "graph_control_group": [
            {"control_group_id": f"CG-{JOHN}", "subject_id": subject, "controller_id": JOHN}
            for subject in (ALDER, BIRCH)
        ],
        "graph_ubo": [
            {
                "subject_id": ALDER,
                "party_id": JOHN,
                "regime": "AMLR",
                "verdict": "CERTAIN",
                "basis": "ownership",
                "share_min": 75,
                "share_max_declared": 100,
                "share_max": 100,
                "witness": ["i1"],
            },
            {
                "subject_id": CEDAR_ONE,
                "party_id": None,
                "regime": "AMLR",
                "verdict": "NONE_FOUND",
                "reason": "nothing_declared",
            },
            {
                "subject_id": CEDAR_ONE,
                "party_id": None,
                "regime": "UK",
                "verdict": "NONE_FOUND",
                "reason": "nothing_declared",
            },
        ],
        "title": [
            {
                "title_id": ALDER_TITLE,
                "address_text": "1 High Street, Zedton (ZT1 2AB)",
                "area_name": "HARROWMERE",
                "area_code": "E07000001",
                "price_paid_gbp": 250_000,
            },
            {
                "title_id": BIRCH_TITLE,
                "address_text": "2 High Street, Elsewhere",
                "area_name": "PENWITH",
                "area_code": None,
            },
        ],
        "proprietorship": [
            {
                "title_id": ALDER_TITLE,
                "position": 1,
                "party_id": ALDER,
                "proprietor_name": "ALDER FARMS LTD",
                "statement_id": "s1",
                "ended_on": None,
                "method": "identifier_and_name",
            },
            {
                "title_id": BIRCH_TITLE,
                "position": 1,
                "party_id": BIRCH,
                "proprietor_name": "BIRCH AND SONS (UK)",
                "statement_id": "s2",
                "ended_on": None,
                "method": "identifier_and_name",
            },
            {
                "title_id": BIRCH_TITLE,
                "position": 2,
                "party_id": SOCIETY,
                "proprietor_name": "POLTAIR SOCIETY LIMITED",
                "number_native": "7724",
                "statement_id": "s3",
                "ended_on": None,
                "method": "record",
            },
            {
                "title_id": BIRCH_TITLE,
                "position": 3,
                "party_id": STRANGER,
                "proprietor_name": "ELDER STRANGER LIMITED",
                "number_native": "9000001",
                "statement_id": "s4",
                "ended_on": DAY,
                "method": "record",
            },
        ],
        "resolution": [
            {
                "party_id": STRANGER,
                "statement_id": "p4",
                "method": "record",
                "candidate_id": ALDER,
                "score": 0.0,
            }
        ],
        "flag": [
            flag("f1", "OWN-010", ALDER, "legal_entity", case_id="UT-C-f1"),
            flag("f2", "PRP-010", ALDER_TITLE, "title", weak=True),
            flag("f3", "DEC-010", ALDER, "legal_entity", "not_assessable", reason="no_number"),
            flag("f4", "OWN-020", BIRCH, "legal_entity"),
            flag("f5", "ADR-010", office, "address"),
        ],
        "evidence": [
            {
                "flag_id": "f1",
                "position": position,
                "role": "held_entity",
                "field": "interest_statement.share_min",
                "value": "75",
                "register": "gb_coh_psc",
                "file_sha256": "9f2c" * 16,
            }
            for position in (1, 2)
        ],
        "indicator": [
            {"code": code, "title": title, "parameters": "{}"}
            for code, title in (
                ("ADR-010", "Mass registration"),
                ("DEC-010", "No owner declared"),
                ("OWN-010", "Circular ownership"),
                ("OWN-020", "Ownerless loop"),
                ("PRP-010", "Newly founded buyer"),
            )
        ],
        "review_case": [
            {
                "case_id": "UT-C-f1",
                "lane_flag_id": "f1",
                "title": "ALDER FARM LIMITED: circular ownership",
                "families": ["OWN"],
                "indicators": ["OWN-010"],
            }
        ],
        "case_member": [
            {"case_id": "UT-C-f1", "subject_id": ALDER, "subject_type": "legal_entity", "role": "flagged"}
        ],
        "screening": [
            {
                "party_id": JOHN,
                "listed_party_id": "UT-P-0009",
                "party_kind": "person",
                "score": 0.97,
                "reason": "all name parts and the month of birth agree",
                "is_strong": True,
            }
        ],
        "listing": [
            {
                "party_id": "UT-P-0009",
                "party_kind": "person",
                "listed_name": "SMITH, John Paul",
                "list_name": "Invented sanctions",
                "topic": "sanction",
                "statement_id": "l1",
                "is_open": True,
            }
        ],
        "register": [
            {"register": "gb_coh_companies", "title": "Company data", "edition_in_force": "2026-06-01"},
            {"register": "gb_coh_psc", "title": "Significant control", "edition_in_force": "2026-06-01"},
            {"register": "gb_hmlr_ccod", "title": "Titles of UK companies", "edition_in_force": "2026-05-01"},
            {"register": "gb_hmlr_ocod", "title": "Titles of overseas companies", "edition_in_force": None},
        ],
        "register_role": register_roles().to_dicts(),
        "edition": [
            {
                "register": "gb_coh_companies",
                "dataset": "companies",
                "edition": "2026-06-01",
                "status": "in_force",
                "completeness": "complete",
                "stale_since": None,
                "blocked_code": None,
                "rows_rejected": 0,
            },
            {
                "register": "gb_coh_psc",
                "dataset": "psc",
                "edition": "2026-06-01",
                "status": "in_force",
                "completeness": "extract",
                "completeness_reason": "the publisher's total is 5 and the file has 2 records",
                "stale_since": None,
                "rows_rejected": 3,
            },
            {
                "register": "gb_hmlr_ccod",
                "dataset": "ccod",
                "edition": "2026-05-01",
                "status": "in_force",
                "completeness": "complete",
                "stale_since": date(2026, 5, 1),
                "rows_rejected": 0,
            },
        ],
    }


def published(
    folder: Path, given: Mapping[str, Sequence[Mapping[str, object]]] | None = None, *, synthetic: bool = True
) -> Home:
    """A home whose current release holds the rows; a column not given is null where it may be, else a plain
    value.
    """
    home = Home(folder)
    home.prepare()
    tables, work = given or rows(), home.work / "run"
    work.mkdir()
    paths = {}
    for name, table in RELEASE_TABLES.items():
        if name not in ABOUT:
            filled = [
                {column.name: row.get(column.name, _default(column)) for column in table}
                for row in tables.get(name, ())
            ]
            paths[name] = work / f"{name}.parquet"
            pl.DataFrame(filled, schema=table.schema, strict=False).write_parquet(paths[name])

    moment = datetime(2026, 6, 2, tzinfo=UTC)
    facts = build.ReleaseFacts(
        as_of=DAY,
        code_version="0.1.0",
        synthetic=synthetic,
        run_id="r",
        started_at=moment,
        built_at=moment,
        engine="plain",
    )
    publish.publish(home, build.build_release(home, work, paths, facts, recall=known_if_empty(tables)))
    return home


def _default(column: Column) -> object:
    if column.nullable:
        return None
    return column.values[0] if column.values else _DEFAULTS[column.dtype]
