"""The canonical model: what a register's records become, declared once.

Lake schemas, release columns, COMMENTs, `v_dictionary` and the gates' suites are all generated from these
declarations. The terms are those of the Beneficial Ownership Data Standard 0.4: a *statement* is what one
source record says about an entity, a person, or the relationship between a subject and an interested party.

Shapes: `Table.schema` maps column name to polars dtype in declaration order.
Units: shares are per cent, 0 to 100, DECIMAL(12,9); money is DECIMAL(18,2) with the currency in the name;
dates are days; a period holds over [valid_from, valid_to).
Source: https://standard.openownership.org/en/0.4.0/.
"""

from collections.abc import Mapping

from transforms.model.statements.insolvency import DISQUALIFICATION_STATEMENT, INSOLVENCY_STATEMENT
from transforms.model.statements.lists import LISTING_CLASSES, LISTING_STATEMENT
from transforms.model.statements.money import (
    ACCOUNT_NOTES,
    ACCOUNT_STATEMENT,
    CHARGE_STATEMENT,
    FLOW_STATEMENT,
    FLOW_STATUSES,
    PAYEE_KINDS,
    RATE_STATEMENT,
    SUBSIDY_STATEMENT,
)
from transforms.model.statements.ownership import (
    BASES,
    DECLARATION_CLASSES,
    GROUP_STATEMENT,
    INTEREST_STATEMENT,
    REACHES,
    RELATIONSHIP_STATEMENT,
    UNSPECIFIED_REASONS,
)
from transforms.model.statements.parties import (
    ENTITY_STATEMENT,
    ENTITY_TYPES,
    IDENTIFIER_STATEMENT,
    LEGAL_FORM_CLASSES,
    NAME_KINDS,
    NAME_STATEMENT,
    PERSON_STATEMENT,
    PERSON_TYPES,
    PROVENANCE,
    STATUSES,
)
from transforms.model.statements.premises import (
    DESIGNATION_STATEMENT,
    PERMIT_PARTIES,
    PERMIT_STATEMENT,
    PERMIT_STATES,
    PREMISES_STATEMENT,
    PREMISES_USES,
    VALUATION_STATEMENT,
)
from transforms.model.statements.procurement import (
    AWARD_STATEMENT,
    AWARD_STATUSES,
    BID_STATEMENT,
    BID_STATUSES,
    PROCUREMENT_METHODS,
    TENDER_STATEMENT,
)
from transforms.model.statements.property import (
    ADDRESS_STATEMENT,
    AREA_STATEMENT,
    PROPERTY_TYPES,
    PROPRIETORSHIP_STATEMENT,
    TITLE_STATEMENT,
    TRANSACTION_STATEMENT,
)
from transforms.model.statements.tables import DUCKDB_TYPES, POLARS_TYPES, Column, DType, Table

STATEMENT_TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        ENTITY_STATEMENT,
        PERSON_STATEMENT,
        RELATIONSHIP_STATEMENT,
        INTEREST_STATEMENT,
        ADDRESS_STATEMENT,
        TITLE_STATEMENT,
        PROPRIETORSHIP_STATEMENT,
        TRANSACTION_STATEMENT,
        LISTING_STATEMENT,
        NAME_STATEMENT,
        IDENTIFIER_STATEMENT,
        FLOW_STATEMENT,
        SUBSIDY_STATEMENT,
        CHARGE_STATEMENT,
        ACCOUNT_STATEMENT,
        RATE_STATEMENT,
        TENDER_STATEMENT,
        AWARD_STATEMENT,
        BID_STATEMENT,
        PERMIT_STATEMENT,
        AREA_STATEMENT,
        PREMISES_STATEMENT,
        VALUATION_STATEMENT,
        DESIGNATION_STATEMENT,
        GROUP_STATEMENT,
        INSOLVENCY_STATEMENT,
        DISQUALIFICATION_STATEMENT,
    )
}

__all__ = (
    "ACCOUNT_NOTES",
    "ACCOUNT_STATEMENT",
    "ADDRESS_STATEMENT",
    "AREA_STATEMENT",
    "AWARD_STATEMENT",
    "AWARD_STATUSES",
    "BASES",
    "BID_STATEMENT",
    "BID_STATUSES",
    "CHARGE_STATEMENT",
    "DECLARATION_CLASSES",
    "DESIGNATION_STATEMENT",
    "DISQUALIFICATION_STATEMENT",
    "DUCKDB_TYPES",
    "ENTITY_STATEMENT",
    "ENTITY_TYPES",
    "FLOW_STATEMENT",
    "FLOW_STATUSES",
    "GROUP_STATEMENT",
    "IDENTIFIER_STATEMENT",
    "INSOLVENCY_STATEMENT",
    "INTEREST_STATEMENT",
    "LEGAL_FORM_CLASSES",
    "LISTING_CLASSES",
    "LISTING_STATEMENT",
    "NAME_KINDS",
    "NAME_STATEMENT",
    "PAYEE_KINDS",
    "PERMIT_PARTIES",
    "PERMIT_STATEMENT",
    "PERMIT_STATES",
    "PERSON_STATEMENT",
    "PERSON_TYPES",
    "POLARS_TYPES",
    "PREMISES_STATEMENT",
    "PREMISES_USES",
    "PROCUREMENT_METHODS",
    "PROPERTY_TYPES",
    "PROPRIETORSHIP_STATEMENT",
    "PROVENANCE",
    "RATE_STATEMENT",
    "REACHES",
    "RELATIONSHIP_STATEMENT",
    "STATEMENT_TABLES",
    "STATUSES",
    "SUBSIDY_STATEMENT",
    "TENDER_STATEMENT",
    "TITLE_STATEMENT",
    "TRANSACTION_STATEMENT",
    "UNSPECIFIED_REASONS",
    "VALUATION_STATEMENT",
    "Column",
    "DType",
    "Table",
)
