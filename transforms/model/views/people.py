"""Natural persons, and which records speak of one party: of persons, companies and entities alike."""

from transforms.model.statements import ENTITY_STATEMENT, PERSON_STATEMENT, Column, Table

PERSON = Table(
    "person",
    "Natural persons named in records. Never a subject of a flag.",
    (
        Column("person_id", "text", "Keyed hash; stable from night to night.", privacy="personal"),
        PERSON_STATEMENT["person_type"],
        PERSON_STATEMENT["full_name"],
        PERSON_STATEMENT["birth_year"],
        PERSON_STATEMENT["birth_month"],
        Column(
            "statements_n",
            "integer",
            "Statements resolved to this person, of all editions in force and history: a record counts "
            "once for each edition that has it (v_resolution has register and record of each).",
            unit="statements",
        ),
        PERSON_STATEMENT["statement_id"],
    ),
    ("person_id",),
)

RESOLUTION = Table(
    "resolution",
    "Which party each party record was resolved to, and how: a row for each record of every edition "
    "that is in force or history.",
    (
        Column("party_id", "text", "The party."),
        ENTITY_STATEMENT["register"],
        ENTITY_STATEMENT["edition"],
        ENTITY_STATEMENT["record"],
        Column("statement_id", "text", "Entity or person statement of the record.", privacy="open"),
        Column(
            "method",
            "text",
            "identifier: the register's own number; identifier_and_name: number and name agree; "
            "identifier_unverified: no register held to compare, or name and VAT number, or name and "
            "the number of a register abroad, agree with those of a record that states the number; "
            "name_and_address: no number, name, country and address agree; name_and_jurisdiction: no "
            "number, one company of that name in the country; records_agree: no usable number of the "
            "record, and it is one with others by name, country and VAT number, address, or number of "
            "a register there; name_birth_address: person, another record has the same; linkage: "
            "person, by a weight of what agrees although records differ; judgement: a person judged "
            "the record to be of this party; record: no match of its own: it stands alone, or is the "
            "same record in another edition or register, or others were judged to be of its party.",
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
            "1 for an identifier; of linkage, the probability; of a company without a number, how sure "
            "the rule is, or the score of the candidate that it has; else the similarity of names, 0 "
            "to 1.",
            unit="share",
        ),
        Column(
            "candidate_id",
            "text",
            "A candidate, not a match: the party whose number is stated and whose name does not agree "
            "(score 0), of an overseas proprietor, the overseas entity of that name and country (score "
            "1) or a like one (below 1); of another company without a number, the one of that name in "
            "its country (0.5); or, of a person, the likeliest other one (of method record, score is "
            "its probability).",
            null="none",
        ),
    ),
    ("statement_id",),
)

LINK_OUTCOMES = ("joined", "candidate", "refused")

LINK_REASONS = ("judged", "size", "birth", "forename", "middle_name", "identifiers", "kind")

RESOLUTION_LINK = Table(
    "resolution_link",
    "Pairs of records that were weighed as one party, or of companies without a usable number that "
    "their name joined; what came of each, and why. `undertow resolve` shows them.",
    (
        Column("register", "text", "Register of one record.", privacy="open"),
        ENTITY_STATEMENT["record"],
        Column("other_register", "text", "Register of the other.", privacy="open"),
        Column("other_record", "text", "The register's own locator of the other record.", privacy="open"),
        Column(
            "outcome",
            "text",
            "joined: one party; candidate: too little for that; refused: a limit of clusters, or a "
            "judgement, keeps them apart.",
            values=LINK_OUTCOMES,
        ),
        Column(
            "reason",
            "text",
            "The limit: judged to be of two; too many ways of writing (size); births, forenames, "
            "middle names or official numbers that exclude each other, also of records that hang "
            "together only through others; a person and an entity (kind).",
            null="nothing was refused",
            values=LINK_REASONS,
        ),
        Column(
            "score",
            "number",
            "Probability that the two are one; of companies, how sure the rule is; 1 for a judgement "
            "that was refused.",
            unit="share",
            privacy="personal",
        ),
        Column(
            "weight_bits",
            "number",
            "Log odds of that, base 2.",
            null="not weighed: judged, written alike, or companies",
            unit="bits",
            privacy="personal",
        ),
        Column(
            "steps",
            "texts",
            "What the weight is made of: comparison, level and bits, parted by |; the prior first. Of "
            "companies: what agrees beside the name (unit, postcode or number; distinct or unstated: "
            "the name tells companies apart, its country is stated or that of the address). Of persons "
            "that are written alike and were not weighed: key.",
            privacy="personal",
        ),
    ),
    ("register", "record", "other_register", "other_record"),
)

PARTY_CHANGES = ("merged", "split", "moved", "renamed")

RESOLUTION_CHANGE = Table(
    "resolution_change",
    "Records whose party has another id than in the release before this one: every merge and split. "
    "Outside the content hash, as it depends on that release.",
    (
        Column("previous_party_id", "text", "The party in the release before."),
        Column("party_id", "text", "The party now."),
        ENTITY_STATEMENT["register"],
        ENTITY_STATEMENT["record"],
        Column(
            "change",
            "text",
            "merged: records of several parties are one now; split: those of one are several; moved: "
            "both; renamed: the earliest record is another.",
            values=PARTY_CHANGES,
        ),
        Column(
            "reason",
            "text",
            "Of a merge, the method that holds the record to its party now (v_resolution); of a split, "
            "the limit that was met, judgement_withdrawn where the judgement that joined them was "
            "taken back or is on a record that is gone, or no_link_left where records or rules have "
            "changed; of a record that moved, both: that of the merge, a semicolon, and that of the "
            "split; earliest_record of a new name.",
        ),
        Column("method", "text", "How the record is resolved now.", values=RESOLUTION["method"].values),
        Column("score", "number", "Of that, as in v_resolution.", unit="share"),
    ),
    ("previous_party_id", "party_id", "register", "record"),
)

PARTY_ALIAS = Table(
    "party_alias",
    "Where the id of a party that merged or was split leads now, through all releases since. Outside "
    "the content hash, as it depends on those.",
    (
        Column("previous_party_id", "text", "The id as it was noted; after a split it may be a party still."),
        Column("party_id", "text", "A party of this release that holds records of it."),
        Column("change", "text", "What happened first.", values=PARTY_CHANGES),
        Column(
            "last_release_id", "text", "Last release in which the id stood for all of it.", privacy="open"
        ),
    ),
    ("previous_party_id", "party_id"),
)
