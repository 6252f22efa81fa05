"""Flags, the facts they rest on, and the indicators."""

from transforms.model.indicator import STATES
from transforms.model.statements import ENTITY_STATEMENT, Column, Table

FLAG = Table(
    "flag",
    "States of indicators: every flagged and every not assessable subject. A flag is an indication, "
    "not a finding.",
    (
        Column(
            "flag_id", "text", "Hash of indicator, subject and discriminator; stable from night to night."
        ),
        Column("indicator", "text", "Code of the indicator."),
        Column("family", "text", "First three letters of the code."),
        Column("weak", "boolean", "Never opens a case alone."),
        Column("subject_id", "text", "What the flag is about; never a natural person."),
        Column("subject_type", "text", "Kind of subject."),
        Column("subject_name", "text", "Name or address of the subject.", null="none known"),
        Column(
            "state",
            "text",
            "flagged or not_assessable (not_flagged is counted only, in v_indicator).",
            values=STATES,
        ),
        Column("reason", "text", "Why it is not assessable, or a sub-reason.", null="none needed"),
        Column("subtype", "text", "Kind of flag, where an indicator tells several apart.", null="one kind"),
        Column("value", "number", "The measured value.", null="nothing to measure"),
        Column("unit", "text", "Unit of value and threshold.", null="nothing to measure"),
        Column("threshold", "number", "The parameter it was compared with.", null="no threshold"),
        Column("peer_n", "integer", "Peers compared with.", null="no peer group", unit="subjects"),
        Column("parameters", "text", "Parameters used, as JSON."),
        Column("explanation", "text", "One sentence with the numbers in it.", privacy="personal"),
        Column(
            "case_id",
            "text",
            "Case the flag belongs to.",
            null=(
                "not assessable; or weak or of a register's own faults, and beside no flag that opens a "
                "case; or about a price record or dwelling of which no legal entity is or was proprietor"
            ),
        ),
        Column("area_name", "text", "District of the subject.", null="not known"),
        Column("area_code", "text", "Official code of the district.", null="not known"),
        Column("as_of", "date", "Date of the facts.", unit="day"),
        Column(
            "first_seen_on",
            "date",
            "By the editions held: the first day of each fact in v_evidence, on which its record said "
            "the same in the same place; of them the latest. What is missing from a register is no "
            "fact, and has no day here.",
            unit="day",
            null="not assessable",
        ),
    ),
    ("flag_id",),
)

EVIDENCE = Table(
    "evidence",
    "The facts a flag rests on, down to the source record.",
    (
        Column("flag_id", "text", "The flag."),
        Column("position", "integer", "Order of the fact, from 1.", unit="position"),
        Column("role", "text", "What the fact is to the flag."),
        ENTITY_STATEMENT["register"],
        ENTITY_STATEMENT["edition"],
        ENTITY_STATEMENT["file_sha256"],
        ENTITY_STATEMENT["record"],
        Column("field", "text", "Canonical field: statement table and column."),
        Column("value", "text", "Its value, as text.", null="the record leaves it blank", privacy="personal"),
        Column("statement_id", "text", "The statement.", privacy="open"),
        Column(
            "stale_since",
            "date",
            "Date of its edition, where a newer delivery was blocked.",
            null="not stale",
            unit="day",
            privacy="open",
        ),
    ),
    ("flag_id", "position"),
)

INDICATOR_VIEW = Table(
    "indicator",
    "The indicators of this release, with their three counts.",
    (
        Column("code", "text", "Code.", privacy="open"),
        Column("title", "text", "Short name.", privacy="open"),
        Column("family", "text", "Family.", privacy="open"),
        Column("weak", "boolean", "Never opens a case alone.", privacy="open"),
        Column(
            "data_quality",
            "boolean",
            "Its flags say that a register contradicts itself: they show in a case, open none and "
            "count as no family.",
            privacy="open",
        ),
        Column("subject_type", "text", "Kind of subject.", privacy="open"),
        Column("n_flagged", "integer", "Subjects flagged.", unit="subjects", privacy="open"),
        Column(
            "n_not_flagged", "integer", "Subjects assessed and not flagged.", unit="subjects", privacy="open"
        ),
        Column(
            "n_not_assessable",
            "integer",
            "Subjects that could not be assessed.",
            unit="subjects",
            privacy="open",
        ),
        Column(
            "base_rate",
            "number",
            "Flagged of assessed.",
            unit="share",
            null="nothing was assessable",
            privacy="open",
        ),
        Column("parameters", "text", "Parameters used, as JSON.", privacy="open"),
        Column("source", "text", "Where the indicator comes from.", privacy="open"),
        Column(
            "page", "text", "Its page: condition, method, exclusions, explanations, source.", privacy="open"
        ),
        Column(
            "rule_sha256",
            "text",
            "Version of the rule: SHA-256 of its declaration (queries, parameters, words), and of the "
            "marts and macros it was evaluated on.",
            privacy="open",
        ),
    ),
    ("code",),
)
