"""What each indicator can say in each country: by the tables that its query reads, and the roles of the
registers that fill them."""

from collections.abc import Iterator, Mapping

import sqlglot
from sqlglot import exp

from transforms.model.indicator import Indicator, indicators
from transforms.model.register import WORLD, registers

TERRITORIES: Mapping[str, str] = {"gb": "United Kingdom", "nl": "Netherlands", "be": "Belgium"}
# Role → the tables that its registers fill.
TABLES: Mapping[str, str] = {
    "companies": "company ended_company company_name entity owned_entity address seat_held seat_change",
    "owners": "interest interest_fact relationship ownership_gap company_tie control_period mark marked "
    "opaque_vehicle group_interest",
    "officers": "officer directed_set",
    "titles": "proprietorship title title_address holding handover",
    "prices": "transaction sale sale_period price_index",
    "charges": "charge charge_on_title",
    "disqualifications": "disqualification",
    "insolvency": "insolvency insolvent_company",
    "awards": "tender bid award contracting_process price_gap process_outcome procurement_fence "
    "procurement_measure",
    "lists": "listing listing_fact listed_party listable_entity screening graph_cascade",
    "transfers": "flow_pattern flow_pattern_member",
    "payments": "flow",
    "ledger": "account",
    "permits": "permit",
    "subsidies": "subsidy",
    "premises": "premises",
    "groups": "group_relation",
    # Vocabularies, settings of the home, and what is made of several registers.
    "": "binding_regime edition_in_use exempt "
    "fund_form holder_here home_area home_country home_limit home_scheme "
    "offshore_country out_of_edition person property purpose_word register_role rejected_subject "
    "release_day resolution role_held trust_company valuation",
}
# Roles that an indicator uses where they are held, and does without elsewhere.
OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "FLW-040": ("payments",),  # it reads the transfers among them
    "FLW-060": ("subsidies",),
    "LIF-030": ("payments",),
    "OWN-090": ("officers", "premises", "prices"),
    "PRM-010": ("charges", "officers"),
    "PUB-010": ("awards",),
    "PUB-030": ("awards",),
}
# What the roles alone would get wrong: code and territory → what holds.
ELSE: Mapping[tuple[str, str], str] = dict.fromkeys(
    (("PRP-090", "gb"), ("PRP-140", "gb")), "not assessable: no register says who sold at a price"
)
ROLE_OF_TABLE = {table: role for role, tables in TABLES.items() for table in tables.split()}


def rows() -> Iterator[tuple[str, ...]]:
    """Code and title, the roles, and what holds in each of TERRITORIES. Raises SystemExit for a table that
    has no role in TABLES.
    """
    for indicator in indicators().values():
        roles = roles_read(indicator)
        verdicts = [
            ELSE.get((indicator.code, territory)) or _verdict(roles, territory) for territory in TERRITORIES
        ]
        yield f"{indicator.code} {indicator.title}", ", ".join(roles), *verdicts


def roles_read(indicator: Indicator) -> list[str]:
    query = sqlglot.parse_one(indicator.states, read="duckdb")
    own = {cte.alias_or_name for cte in query.find_all(exp.CTE)}
    tables = {table.name for table in query.find_all(exp.Table)} - own - {""}
    unknown = sorted(name for name in tables - ROLE_OF_TABLE.keys() if not name.startswith("graph_"))
    if unknown:
        raise SystemExit(f"{indicator.code} reads {unknown[0]}, which has no role in .ci/territories.py")
    roles = {ROLE_OF_TABLE.get(name, "owners") for name in tables} | set(indicator.negatives_need)
    if indicator.subject_type == "title":
        roles.add("titles")  # a fact view may read them
    return sorted(roles - {"", *OPTIONAL.get(indicator.code, ())})


def _verdict(roles: list[str], territory: str) -> str:
    whole, in_part = _published(territory)
    world_whole, world_in_part = _published(WORLD)
    gaps = set(roles) - whole - world_whole
    verdicts = {
        "nobody publishes": gaps - in_part - world_in_part,
        "own files only": gaps & world_in_part - in_part,
        "in part": gaps & in_part,
    }
    return (
        "; ".join(f"{words}: {', '.join(sorted(missing))}" for words, missing in verdicts.items() if missing)
        or "works"
    )


def _published(territory: str) -> tuple[set[str], set[str]]:
    """Roles that registers of a territory hold in full, and in part."""
    there = [register for register in registers().values() if register.territory == territory]
    return (
        {role for register in there for role in register.roles},
        {role for register in there for role in register.partial_roles},
    )
