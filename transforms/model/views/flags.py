"""Flags, the facts they rest on, the indicators, and what reviewers decided."""

from transforms.model.indicator import LANES, STATES
from transforms.model.statements import ENTITY_STATEMENT, Column, Table
from transforms.model.views.addresses import NO_DISTRICT_KNOWN

NO_DUTCH = "an authority's own indicator without texts in Dutch"

FLAG = Table(
    "flag",
    "Results of the indicators: every flagged subject and every subject that is not assessable. A flag "
    "is an indication, not a finding.",
    (
        Column("flag_id", "text", "Hash of indicator, subject and sub-type; the same in every release."),
        Column("indicator", "text", "Code of the indicator."),
        Column("family", "text", "First three letters of the code."),
        Column(
            "lane",
            "text",
            "Purpose of the flag: stop (check before you pay, grant or sign), act (a reviewer reads it), "
            "look (shown beside others), data (a register contradicts itself). If not assessable: the "
            "indicator's.",
            values=LANES,
        ),
        Column("weak", "boolean", "Its lane is look: it never opens a case alone."),
        Column("subject_id", "text", "What the flag is about; never a natural person."),
        Column("subject_type", "text", "Kind of subject."),
        Column("subject_name", "text", "Name or address of the subject.", null="none known"),
        Column(
            "state",
            "text",
            "flagged or not_assessable (not_flagged is only counted, in v_indicator).",
            values=STATES,
        ),
        Column("reason", "text", "Why it is not assessable, or a further reason.", null="none needed"),
        Column("subtype", "text", "Kind of flag, if an indicator has several.", null="one kind"),
        Column("value", "number", "The measured value.", null="nothing to measure, or not assessable"),
        Column("unit", "text", "Unit of value and threshold.", null="nothing to measure, or not assessable"),
        Column(
            "threshold",
            "number",
            "The parameter with which the indicator compares values, also if this row has no value.",
            null="no threshold",
        ),
        Column("peer_n", "integer", "Peers compared with.", null="no peer group", unit="subjects"),
        Column("parameters", "text", "Parameters used, as JSON."),
        Column("explanation", "text", "One sentence with the numbers in it.", privacy="personal"),
        Column(
            "explanation_nl",
            "text",
            "The same sentence in Dutch.",
            null=NO_DUTCH,
            privacy="personal",
        ),
        Column(
            "case_id",
            "text",
            "Case the flag belongs to.",
            null=(
                "not assessable; or of lane look or data without a related flag that opens a case; or nobody "
                "in its case is in the districts of v_home_area"
            ),
        ),
        Column(
            "area_name",
            "text",
            "District of the subject; for a legal entity, that of its registered office, else where it holds "
            "most titles; for a control group, where most of its entities are seated.",
            null="not known",
        ),
        Column("area_code", "text", "Official code of the district.", null="not known"),
        Column("as_of", "date", "Date of the facts.", unit="day"),
        Column(
            "first_seen_on",
            "date",
            "The latest of these dates: for each fact in v_evidence, the date of the first edition held in "
            "which the same record states the same. Absence from a register is not a fact and has no date "
            "here.",
            unit="day",
            null="not assessable",
        ),
    ),
    ("flag_id",),
)

EVIDENCE = Table(
    "evidence",
    "The facts that each flag rests on, with their source records.",
    (
        Column("flag_id", "text", "The flag."),
        Column("position", "integer", "Place of the fact in the flag, from 1.", unit="position"),
        Column("role", "text", "Role of the fact in the flag."),
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
            "Date of the edition, if a newer delivery was blocked.",
            null="not stale",
            unit="day",
            privacy="open",
        ),
    ),
    ("flag_id", "position"),
)

DWELLING = Table(
    "dwelling",
    "Counts of the indicators, by district and without addresses, for dwellings that no legal entity holds "
    "or held, and their sales.",
    (
        Column("indicator", "text", "Code of the indicator.", privacy="open"),
        Column("area_name", "text", f"District; {NO_DISTRICT_KNOWN} if no record states it.", privacy="open"),
        Column("area_code", "text", "Official code of the district.", null="not known", privacy="open"),
        Column("flagged_n", "integer", "How many meet the condition.", unit="subjects"),
        Column("not_flagged_n", "integer", "Of them do not.", unit="subjects"),
        Column("not_assessable_n", "integer", "How many could not be assessed.", unit="subjects"),
    ),
    ("indicator", "area_name"),
)

INDICATOR_VIEW = Table(
    "indicator",
    "The indicators of this release, with their three counts.",
    (
        Column("code", "text", "Code.", privacy="open"),
        Column("title", "text", "Short name.", privacy="open"),
        Column("title_nl", "text", "Short name in Dutch.", null=NO_DUTCH, privacy="open"),
        Column("family", "text", "Family.", privacy="open"),
        Column(
            "lane",
            "text",
            "Lane of its flags, unless a flag has another: stop, act, look, data.",
            values=LANES,
            privacy="open",
        ),
        Column("weak", "boolean", "Its lane is look: a flag never opens a case alone.", privacy="open"),
        Column(
            "data_quality",
            "boolean",
            "Its flags say that a register contradicts itself. They are shown in a case, but open none "
            "and do not count as a family.",
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
            "n_dwellings_flagged",
            "integer",
            "Dwellings that no legal entity holds or held, and their sales, that meet the condition. They "
            "are in no other count here and in no row of v_flag (see v_dwelling).",
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
            "law",
            "text",
            "For its flags of lane stop: the law that may forbid dealing with the subject, and who can "
            "license it.",
            null="none of its flags is of lane stop",
            privacy="open",
        ),
        Column(
            "law_nl",
            "text",
            "The same in Dutch.",
            null=f"none of its flags is of lane stop, or {NO_DUTCH}",
            privacy="open",
        ),
        Column(
            "ask_next",
            "texts",
            "What to ask the party next, each a question with the documents that answer it.",
            privacy="open",
        ),
        Column("ask_next_nl", "texts", "The same in Dutch.", null=NO_DUTCH, privacy="open"),
        Column(
            "page", "text", "Its page: condition, method, exclusions, explanations, source.", privacy="open"
        ),
        Column("page_nl", "text", "Its page in Dutch.", null=NO_DUTCH, privacy="open"),
        Column(
            "rule_sha256",
            "text",
            "Version of the rule: SHA-256 of its declaration (queries, parameters, texts) and of the "
            "marts and macros that they rest on.",
            privacy="open",
        ),
    ),
    ("code",),
)

# What reviewers decided about flags, and how often each indicator was right in the random sample.
VERDICT = Table(
    "verdict",
    "Decided verdicts of reviewers on flags, the last on each. It never has a first reader's verdict before "
    "the second has read, or a note. Not part of the content hash, because it depends on what people did.",
    (
        Column("case_id", "text", "Id of the case when it was decided; see v_case_alias for its present id."),
        Column("indicator", "text", "Code of the indicator."),
        Column("subject_id", "text", "What the flags are about; never a natural person."),
        Column(
            "outcome",
            "text",
            "confirmed: the facts are right and no ordinary explanation fits, which is not a finding of "
            "guilt. no-concern. cannot-judge: not the same as no-concern.",
            values=("confirmed", "no-concern", "cannot-judge"),
        ),
        Column("reason", "text", "Code of the reason of the last reader, such as explained or PRP-030/1."),
        Column("decided_on", "date", "Day of the decision, UTC.", unit="day"),
        Column("readings_n", "integer", "Persons who read it.", unit="persons"),
        Column("done", "texts", "What was done, by codes such as question or refused."),
        Column(
            "version",
            "text",
            "Version of the rule that was judged, as in v_indicator.rule_sha256.",
            privacy="open",
        ),
    ),
    ("case_id", "indicator", "subject_id"),
)

PRECISION = Table(
    "precision",
    "How often an indicator was right: the confirmed cases among the decided cases of a random sample. Cases "
    "that reviewers chose themselves do not count. Recall is not estimated. Not part of the content hash, "
    "because it depends on what people did.",
    (
        Column("indicator", "text", "Code of the indicator.", privacy="open"),
        Column("version", "text", "Version of its rule, as in v_indicator.rule_sha256.", privacy="open"),
        Column(
            "reviewed_n",
            "integer",
            "Cases of the sample in which its flags were confirmed or of no concern.",
            unit="cases",
            privacy="open",
        ),
        Column("confirmed_n", "integer", "Of these, confirmed.", unit="cases", privacy="open"),
        Column(
            "cannot_judge_n",
            "integer",
            "Cases of the sample that could not be judged; they are in no other count.",
            unit="cases",
            privacy="open",
        ),
        Column(
            "low",
            "number",
            "Lower bound of the 95 per cent interval (Wilson) of the share confirmed.",
            null="nothing was reviewed",
            unit="per cent",
            privacy="open",
        ),
        Column(
            "high",
            "number",
            "Upper bound of that interval.",
            null="nothing was reviewed",
            unit="per cent",
            privacy="open",
        ),
    ),
    ("indicator", "version"),
)

# Which articles of law a municipality may use on a flag.
POWER_KINDS = ("integrity", "licensing", "procurement", "planning", "taxation", "registers", "sharing")
_NO_DUTCH = "not of a territory whose law is in Dutch"


def _text(name: str, description: str, null: str = "") -> Column:
    return Column(name, "text", description, null=null, privacy="open")


POWER = Table(
    "power",
    "Articles of law that a municipality may use on flags of an indicator, by territory. Not legal advice. "
    "Not part of the content hash, because a home corrects and marks them.",
    (
        _text("indicator", "Code of the indicator."),
        Column("position", "integer", "Place in the indicator's list.", unit="place", privacy="open"),
        _text("power_id", "Id of the article."),
        _text("territory", "Country whose law it is, by its code in lower case; gb is England and Wales."),
        Column("kind", "text", "Field of law.", values=POWER_KINDS, privacy="open"),
        _text("law", "Name of the law."),
        _text("article", "Articles of it."),
        _text("says", "What they say, in a sentence."),
        _text("who", "Who may use them."),
        _text("ask", "What may be asked under them."),
        _text("share", "What may be shared, and with whom."),
        _text("says_nl", "What they say, in Dutch.", _NO_DUTCH),
        _text("who_nl", "Who may use them, in Dutch.", _NO_DUTCH),
        _text("ask_nl", "What may be asked under them, in Dutch.", _NO_DUTCH),
        _text("share_nl", "What may be shared, and with whom, in Dutch.", _NO_DUTCH),
        _text("source", "Page of the official publisher."),
        Column(
            "read_on",
            "date",
            "When the authors of these words read the law, or guidance or commentary on it.",
            unit="day",
            privacy="open",
        ),
        _text(
            "checked_by",
            "Person with legal knowledge who compared it with the law in force.",
            "not yet checked by a person",
        ),
        Column(
            "checked_on",
            "date",
            "When that was.",
            null="not yet checked by a person",
            unit="day",
            privacy="open",
        ),
    ),
    ("indicator", "position"),
)
