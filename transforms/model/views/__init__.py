"""What a release holds: one declaration for tables, views, COMMENTs, `v_dictionary` and the release gate.

Every `Table` named `x` is a mart or result `x` and is shown as `v_x` (`Table.view`); its columns are the
columns of the view. A column that a statement declares is taken from there, so that each meaning stands once.
One module a subject; modules here import `transforms.model` only.
"""

from collections.abc import Mapping

from transforms.model.statements import Table
from transforms.model.views.addresses import ADDRESS, ADDRESS_ALIAS, ADDRESS_CLASSES, AREA, NO_DISTRICT_KNOWN
from transforms.model.views.cases import CASE, CASE_ALIAS, CASE_CHANGE, CASE_LINK, CASE_MEMBER
from transforms.model.views.companies import COMPANY, ENTITY
from transforms.model.views.facts import (
    BINDING_REGIME,
    FACT_VIEWS,
    FUND_FORM,
    HOME_AREA,
    HOME_COUNTRY,
    HOME_LIMIT,
    HOME_SCHEME,
    MARK,
    OFFSHORE_COUNTRY,
    OUT_OF_EDITION,
    OWNERSHIP_GAP,
    REGISTER_ROLE,
    REJECTED_SUBJECT,
    RELEASE_DAY,
    ROLE_HELD,
    SALE_PERIOD,
    TRUST_COMPANY,
)
from transforms.model.views.flags import DWELLING, EVIDENCE, FLAG, INDICATOR_VIEW, PRECISION, VERDICT
from transforms.model.views.flow_patterns import FLOW_PATTERN, FLOW_PATTERN_GAP, FLOW_PATTERN_MEMBER
from transforms.model.views.groups import GROUP_RELATION
from transforms.model.views.lists import EXEMPT, EXEMPT_CLASSES, LISTING, SCREENING
from transforms.model.views.money import ACCOUNT, CHARGE, COMPANY_NAME, FLOW, RATE, SUBSIDY
from transforms.model.views.network import CHAIN, CYCLE, EDGE, GROUP_PART, LAYERS, NETWORK, REACH, SCC
from transforms.model.views.operations import (
    ALARM,
    DICTIONARY,
    EDITION_VIEW,
    FINDING_VIEW,
    GATE_VIEW,
    REGISTER_VIEW,
    REJECT_VIEW,
    RELEASE_VIEW,
    RUN_VIEW,
    UNRECOGNISED_VIEW,
)
from transforms.model.views.ownership import (
    BENEFICIAL_OWNER,
    CASCADE,
    CASCADE_REGIMES,
    CASCADE_SETS,
    CASCADE_WAYS,
    CONTRADICTION,
    CONTRADICTIONS,
    CONTROL,
    CONTROL_GROUP,
    CONTROL_KINDS,
    CONTROL_VERDICTS,
    INTEGRATED,
    INTEREST,
    NONE_FOUND_REASONS,
    OWNER_BASES,
    OWNER_VERDICTS,
    REGIMES,
    RELATIONSHIP,
)
from transforms.model.views.people import PARTY_ALIAS, PERSON, RESOLUTION, RESOLUTION_CHANGE, RESOLUTION_LINK
from transforms.model.views.permits import PERMIT, SEAT_HELD
from transforms.model.views.procurement import AWARD, BID, TENDER
from transforms.model.views.property import (
    PREMISES,
    PRICE_INDEX,
    PROPERTY,
    PROPRIETORSHIP,
    TITLE,
    TITLE_ADDRESS,
    TRANSACTION,
)

# Facts of the night: equal inputs give equal rows.
MARTS: Mapping[str, Table] = {
    table.name: table
    for table in (
        COMPANY,
        ENTITY,
        PERSON,
        ADDRESS,
        ADDRESS_ALIAS,
        TITLE,
        TITLE_ADDRESS,
        PROPRIETORSHIP,
        RELATIONSHIP,
        INTEREST,
        RESOLUTION,
        AREA,
        TRANSACTION,
        PROPERTY,
        PRICE_INDEX,
        EXEMPT,
        LISTING,
        SCREENING,
        REGISTER_ROLE,
        HOME_COUNTRY,
        HOME_AREA,
        HOME_LIMIT,
        HOME_SCHEME,
        BINDING_REGIME,
        RELEASE_DAY,
        ROLE_HELD,
        OWNERSHIP_GAP,
        REJECTED_SUBJECT,
        OUT_OF_EDITION,
        SALE_PERIOD,
        OFFSHORE_COUNTRY,
        FUND_FORM,
        TRUST_COMPANY,
        FLOW,
        SUBSIDY,
        CHARGE,
        COMPANY_NAME,
        ACCOUNT,
        RATE,
        TENDER,
        AWARD,
        BID,
        PERMIT,
        SEAT_HELD,
        PREMISES,
        GROUP_RELATION,
        MARK,
    )
}

GRAPH_TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        INTEGRATED,
        CONTROL,
        CONTROL_GROUP,
        BENEFICIAL_OWNER,
        NETWORK,
        CONTRADICTION,
        EDGE,
        SCC,
        CYCLE,
        REACH,
        LAYERS,
        CHAIN,
        GROUP_PART,
        CASCADE,
        FLOW_PATTERN,
        FLOW_PATTERN_MEMBER,
        FLOW_PATTERN_GAP,
    )
}

RESULTS: Mapping[str, Table] = {
    table.name: table
    for table in (
        RESOLUTION_LINK,
        FLAG,
        EVIDENCE,
        DWELLING,
        CASE,
        CASE_MEMBER,
        CASE_LINK,
        INDICATOR_VIEW,
        REGISTER_VIEW,
        EDITION_VIEW,
        REJECT_VIEW,
        FINDING_VIEW,
        GATE_VIEW,
        UNRECOGNISED_VIEW,
    )
}

# About this release itself, so outside its content hash.
ABOUT: Mapping[str, Table] = {
    table.name: table
    for table in (
        RELEASE_VIEW,
        RUN_VIEW,
        ALARM,
        RESOLUTION_CHANGE,
        PARTY_ALIAS,
        CASE_ALIAS,
        CASE_CHANGE,
        VERDICT,
        PRECISION,
        DICTIONARY,
    )
}

RELEASE_TABLES: Mapping[str, Table] = {**MARTS, **GRAPH_TABLES, **RESULTS, **ABOUT}

__all__ = (
    "ABOUT",
    "ACCOUNT",
    "ADDRESS",
    "ADDRESS_ALIAS",
    "ADDRESS_CLASSES",
    "ALARM",
    "AREA",
    "AWARD",
    "BENEFICIAL_OWNER",
    "BID",
    "BINDING_REGIME",
    "CASCADE",
    "CASCADE_REGIMES",
    "CASCADE_SETS",
    "CASCADE_WAYS",
    "CASE",
    "CASE_ALIAS",
    "CASE_CHANGE",
    "CASE_LINK",
    "CASE_MEMBER",
    "CHAIN",
    "CHARGE",
    "COMPANY",
    "COMPANY_NAME",
    "CONTRADICTION",
    "CONTRADICTIONS",
    "CONTROL",
    "CONTROL_GROUP",
    "CONTROL_KINDS",
    "CONTROL_VERDICTS",
    "CYCLE",
    "DICTIONARY",
    "DWELLING",
    "EDGE",
    "EDITION_VIEW",
    "ENTITY",
    "EVIDENCE",
    "EXEMPT",
    "EXEMPT_CLASSES",
    "FACT_VIEWS",
    "FINDING_VIEW",
    "FLAG",
    "FLOW",
    "FLOW_PATTERN",
    "FLOW_PATTERN_GAP",
    "FLOW_PATTERN_MEMBER",
    "FUND_FORM",
    "GATE_VIEW",
    "GRAPH_TABLES",
    "GROUP_PART",
    "GROUP_RELATION",
    "HOME_AREA",
    "HOME_COUNTRY",
    "HOME_LIMIT",
    "HOME_SCHEME",
    "INDICATOR_VIEW",
    "INTEGRATED",
    "INTEREST",
    "LAYERS",
    "LISTING",
    "MARK",
    "MARTS",
    "NETWORK",
    "NONE_FOUND_REASONS",
    "NO_DISTRICT_KNOWN",
    "OFFSHORE_COUNTRY",
    "OUT_OF_EDITION",
    "OWNERSHIP_GAP",
    "OWNER_BASES",
    "OWNER_VERDICTS",
    "PARTY_ALIAS",
    "PERMIT",
    "PERSON",
    "PRECISION",
    "PREMISES",
    "PRICE_INDEX",
    "PROPERTY",
    "PROPRIETORSHIP",
    "RATE",
    "REACH",
    "REGIMES",
    "REGISTER_ROLE",
    "REGISTER_VIEW",
    "REJECTED_SUBJECT",
    "REJECT_VIEW",
    "RELATIONSHIP",
    "RELEASE_DAY",
    "RELEASE_TABLES",
    "RELEASE_VIEW",
    "RESOLUTION",
    "RESOLUTION_CHANGE",
    "RESOLUTION_LINK",
    "RESULTS",
    "ROLE_HELD",
    "RUN_VIEW",
    "SALE_PERIOD",
    "SCC",
    "SCREENING",
    "SEAT_HELD",
    "SUBSIDY",
    "TENDER",
    "TITLE",
    "TITLE_ADDRESS",
    "TRANSACTION",
    "TRUST_COMPANY",
    "UNRECOGNISED_VIEW",
    "VERDICT",
)
