"""Natural persons, offices, disqualifications, and which records are about one party, of any kind."""

from transforms.model.statements import (
    DISQUALIFICATION_STATEMENT,
    ENTITY_STATEMENT,
    INTEREST_STATEMENT,
    PERSON_STATEMENT,
    RELATIONSHIP_STATEMENT,
    Column,
    Table,
)

PERSON = Table(
    "person",
    "Natural persons named in records. A person is never the subject of a flag.",
    (
        Column("person_id", "text", "Keyed hash; the same in every release.", privacy="personal"),
        PERSON_STATEMENT["person_type"],
        PERSON_STATEMENT["full_name"],
        PERSON_STATEMENT["birth_year"],
        PERSON_STATEMENT["birth_month"],
        Column(
            "statements_n",
            "integer",
            "Statements resolved to this person in all editions in force and history; a record counts "
            "once for each edition that has it (v_resolution lists them).",
            unit="statements",
        ),
        PERSON_STATEMENT["statement_id"],
    ),
    ("person_id",),
)

OFFICES = ("boardMember", "boardChair", "seniorManagingOfficial")

OFFICER = Table(
    "officer",
    "Seats on a board and management posts, as stated in the registers and lists in force. No share, vote or "
    "control follows from an office. Partners and shareholders are in v_interest. If a register is queried "
    "company by company, persons without a row may also hold an office.",
    (
        Column("officer_id", "text", "Id of the office's interest, as in v_interest."),
        Column("company_id", "text", "The entity of the office."),
        Column("party_id", "text", "Who holds the office.", privacy="personal"),
        RELATIONSHIP_STATEMENT["party_kind"],
        Column("role", "text", "The office, as a type of interest of BODS 0.4.", values=OFFICES),
        INTEREST_STATEMENT["native_code"],
        Column(
            "from_on",
            "date",
            "First day in office.",
            null="not stated, or a part of the date is not known",
            unit="day",
        ),
        Column(
            "to_on",
            "date",
            "Last day in office.",
            null="in office, or the last day is not known: see is_open",
            unit="day",
        ),
        Column("is_open", "boolean", "In office at the release's date."),
        Column(
            "is_left_censored",
            "boolean",
            "In office by from_on, and appointed before: the day is that of an annual return.",
        ),
        RELATIONSHIP_STATEMENT["register"],
        RELATIONSHIP_STATEMENT["dataset"],
        RELATIONSHIP_STATEMENT["edition"],
        RELATIONSHIP_STATEMENT["record"],
        RELATIONSHIP_STATEMENT["statement_id"],
    ),
    ("officer_id",),
)

DIRECTED_SET = Table(
    "directed_set",
    "Sets of at least two active entities that have the same director.",
    (
        Column("directed_set_id", "text", "`DS-` and the director's id."),
        Column("subject_id", "text", "An entity of the set."),
        Column("director_id", "text", "Director of all of them.", privacy="personal"),
        RELATIONSHIP_STATEMENT["statement_id"],
    ),
    ("directed_set_id", "subject_id"),
)

DISQUALIFICATION = Table(
    "disqualification",
    "Who may not be a director of a company, and companies of which the party may be one nevertheless. Data "
    "on criminal offences: empty unless a purpose of the home allows disqualifications.",
    (
        Column("party_id", "text", "The party.", privacy="personal"),
        DISQUALIFICATION_STATEMENT["party_kind"],
        DISQUALIFICATION_STATEMENT["person_number"],
        DISQUALIFICATION_STATEMENT["kind"],
        DISQUALIFICATION_STATEMENT["company_name"],
        DISQUALIFICATION_STATEMENT["valid_from"],
        DISQUALIFICATION_STATEMENT["valid_to"],
        Column("is_open", "boolean", "It holds at the release's date.", privacy="personal"),
        DISQUALIFICATION_STATEMENT["register"],
        DISQUALIFICATION_STATEMENT["dataset"],
        DISQUALIFICATION_STATEMENT["edition"],
        DISQUALIFICATION_STATEMENT["record"],
        DISQUALIFICATION_STATEMENT["party_statement_id"],
        DISQUALIFICATION_STATEMENT["statement_id"],
    ),
    ("statement_id",),
)

RESOLUTION = Table(
    "resolution",
    "The party that each party record was resolved to, and how: one row for each record of every edition "
    "in force or history.",
    (
        Column("party_id", "text", "The party.", privacy="personal"),
        ENTITY_STATEMENT["register"],
        ENTITY_STATEMENT["edition"],
        ENTITY_STATEMENT["record"],
        Column("statement_id", "text", "Entity or person statement of the record.", privacy="open"),
        Column(
            "method",
            "text",
            "identifier: the register's own number. identifier_and_name: number and name agree. "
            "identifier_unverified: no register is held to compare the number with, or the name and a "
            "VAT or foreign register number agree with a record that states the company number. "
            "name_and_address: no number; name, country and address agree. name_and_jurisdiction: no "
            "number; one company has that name in the country. records_agree: no usable number; the "
            "record agrees with others in name, country, and VAT number, address or foreign register "
            "number. name_birth_address: a person; another record has the same name, birth and address. "
            "linkage: a person; the records differ, and their weighted agreement is high enough. "
            "judgement: a reviewer decided that the record is this party's. record: no match; the record "
            "stands alone, is the same record in another edition or register, or others were judged to "
            "belong to its party.",
            values=(
                "identifier",
                "identifier_and_name",
                "identifier_unverified",
                "name_and_address",
                "name_and_jurisdiction",
                "records_agree",
                "name_birth_address",
                "linkage",
                "judgement",
                "record",
            ),
        ),
        Column(
            "score",
            "number",
            "1 for an identifier; for linkage, the probability; for a company without a number, how "
            "reliable the rule is, or the score of its candidate; otherwise the similarity of the names, "
            "0 to 1.",
            unit="share",
        ),
        Column(
            "candidate_id",
            "text",
            "A candidate, not a match. The party whose number is stated but whose name does not agree "
            "(score 0); for an overseas proprietor, the overseas entity of that name and country (score "
            "1) or a similar one (below 1); for another company without a number, the company of that "
            "name in its country (0.5); for a person, the most likely other person (method record; the "
            "score is the probability).",
            null="none",
            privacy="personal",
        ),
    ),
    ("statement_id",),
)

RESOLUTION_LINK = Table(
    "resolution_link",
    "Pairs of records that were compared as one party, and companies without a usable number that were "
    "matched by name: the outcome of each pair, and why. `undertow resolve` shows them.",
    (
        Column("register", "text", "Register of the first record.", privacy="open"),
        ENTITY_STATEMENT["record"],
        Column("other_register", "text", "Register of the second record.", privacy="open"),
        Column("other_record", "text", "The register's own locator of the second record.", privacy="open"),
        Column(
            "outcome",
            "text",
            "joined: one party. candidate: too little evidence to join. refused: a limit on clusters, or "
            "a judgement, keeps them apart.",
            values=("joined", "candidate", "refused"),
        ),
        Column(
            "reason",
            "text",
            "The limit. judged: a reviewer decided that they are two parties. size: too many different "
            "spellings. birth, forename, middle_name, identifiers: values that exclude each other, also "
            "between records that are linked only through others. kind: a person and an entity.",
            null="nothing was refused",
            values=("judged", "size", "birth", "forename", "middle_name", "identifiers", "kind"),
        ),
        Column(
            "score",
            "number",
            "Probability that the two are one party; for companies, how reliable the rule is; 1 for a "
            "judgement that was refused.",
            unit="share",
            privacy="personal",
        ),
        Column(
            "weight_bits",
            "number",
            "Log odds of that probability, base 2.",
            null="not weighed: judged, written alike, or companies",
            unit="bits",
            privacy="personal",
        ),
        Column(
            "steps",
            "texts",
            "How the weight is made up: comparison, level and bits, separated by |, the prior first. For "
            "companies, what agrees besides the name: unit, postcode or number; `distinct`: the name is "
            "distinctive, and its country is stated; `unstated`: the same, with the country taken from "
            "the address. For persons who are written alike and were not weighed: `key`.",
            privacy="personal",
        ),
    ),
    ("register", "record", "other_register", "other_record"),
)

PARTY_CHANGES = ("merged", "split", "moved", "renamed")

RESOLUTION_CHANGE = Table(
    "resolution_change",
    "Records whose party has a different id than in the previous release: every merge and split. Not "
    "part of the content hash, because it depends on that release.",
    (
        Column("previous_party_id", "text", "The party in the previous release.", privacy="personal"),
        Column("party_id", "text", "The party now.", privacy="personal"),
        ENTITY_STATEMENT["register"],
        ENTITY_STATEMENT["record"],
        Column(
            "change",
            "text",
            "merged: several parties became one. split: one party became several. moved: both. renamed: "
            "the party's earliest record changed, and with it the id.",
            values=PARTY_CHANGES,
        ),
        Column(
            "reason",
            "text",
            "For a merge, the method that now holds the record to its party (v_resolution). For a split, "
            "the limit that was reached; judgement_withdrawn, where the judgement that joined the "
            "records was withdrawn or concerns a record that is gone; or no_link_left, where records or "
            "rules changed. For a record that moved, the reason of the merge and that of the split, "
            "separated by a semicolon. For a new name, earliest_record.",
        ),
        Column("method", "text", "How the record is resolved now.", values=RESOLUTION["method"].values),
        Column("score", "number", "Score of that method, as in v_resolution.", unit="share"),
    ),
    ("previous_party_id", "party_id", "register", "record"),
)

PARTY_ALIAS = Table(
    "party_alias",
    "The party that the id of a merged or split party now leads to, through all releases since. Not part "
    "of the content hash, because it depends on earlier releases.",
    (
        Column(
            "previous_party_id",
            "text",
            ("The id in the earlier release; after a split it may still be the id of a party."),
            privacy="personal",
        ),
        Column("party_id", "text", "A party of this release that holds records of it.", privacy="personal"),
        Column("change", "text", "The first change.", values=PARTY_CHANGES),
        Column(
            "last_release_id",
            "text",
            "Last release in which the id stood for the whole party.",
            privacy="open",
        ),
    ),
    ("previous_party_id", "party_id"),
)
