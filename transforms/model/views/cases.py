"""Cases for review: their members, the links between them, and where earlier ids lead."""

from transforms.model.statements import Column, Table

MEMBER_TYPES = ("legal_entity", "title", "transaction", "property", "address", "control_group", "person")

MEMBER_ROLES = ("flagged", "linking")

LINK_KINDS = ("ownership", "control", "property", "address")

LINK_CERTAINTIES = ("certain", "possible")

CASE = Table(
    "review_case",
    "Cases for review: flagged subjects joined through ownership, control, property and address units "
    "that may link. In review order; never one score. A weak flag opens none, nor does a fault of a "
    "register's own records; a price record or dwelling is in one only where a legal entity is or was "
    "proprietor.",
    (
        Column(
            "case_id",
            "text",
            "UT-C- and the id of its earliest flag that opens a case (anchor_flag_id). Where an id of "
            "an earlier release leads is in v_case_alias.",
        ),
        Column(
            "position",
            "integer",
            "Place in the review order, from 1: number of families, then rarity, then earliest flag.",
            unit="position",
        ),
        Column(
            "title",
            "text",
            "Subject of the earliest flag, and what was flagged, in words; what only candidates of "
            "screening give is called not confirmed. Never a natural person's name.",
        ),
        Column(
            "families_n",
            "integer",
            "Independent families of indicators among its flags; data-quality flags count as none.",
            unit="families",
        ),
        Column("families", "texts", "Those families, in alphabetical order."),
        Column("indicators", "texts", "Codes of all indicators among its flags."),
        Column(
            "rarity",
            "number",
            "Sum over the families of -log10 of the base rate, each once, by its rarest indicator here.",
            unit="decades",
        ),
        Column("flags_n", "integer", "Flags in it, weak and data-quality ones included.", unit="flags"),
        Column("subjects_n", "integer", "Flagged subjects.", unit="subjects"),
        Column("members_n", "integer", "Flagged subjects and the parties between them.", unit="members"),
        Column(
            "area_name",
            "text",
            "District that most of its flags name.",
            null="no flag of it has a known district",
        ),
        Column(
            "area_code",
            "text",
            "Official code of that district.",
            null="no district, or its name is not in the area vocabulary",
        ),
        Column("anchor_flag_id", "text", "Its earliest flag that opens a case."),
        Column("first_seen_on", "date", "First-seen date of its earliest flag.", unit="day"),
        Column("newest_flag_on", "date", "First-seen date of its newest flag.", unit="day"),
        Column(
            "links_max_n",
            "integer",
            "A party, title or address with more links than this joined nobody here; lower than usual "
            "where the case would have been too large.",
            unit="links",
        ),
        Column("as_of", "date", "Date of the facts.", unit="day"),
    ),
    ("case_id",),
    shown_as="v_case",  # CASE is a word of SQL
)

CASE_MEMBER = Table(
    "case_member",
    "Who and what is in a case: flagged subjects, and the parties, titles and addresses between them.",
    (
        Column("case_id", "text", "The case."),
        Column("subject_id", "text", "The member."),
        Column(
            "subject_type",
            "text",
            "Kind of member; a natural person is only ever linking.",
            values=MEMBER_TYPES,
        ),
        Column(
            "subject_name", "text", "Name or address of the member.", null="none known, or a natural person"
        ),
        Column(
            "role",
            "text",
            "flagged: it has a flag; linking: it stands between flagged members.",
            values=MEMBER_ROLES,
        ),
        Column("flags_n", "integer", "Flags it has.", unit="flags"),
    ),
    ("case_id", "subject_id"),
)

CASE_LINK = Table(
    "case_link",
    "What joins the members of a case, with a statement that says so.",
    (
        Column("case_id", "text", "The case."),
        Column(
            "from_id",
            "text",
            "Holder, proprietor, seated entity, title of a property, or property of a sale.",
        ),
        Column("to_id", "text", "Entity held, title, address unit, property, or sale."),
        Column("kind", "text", "What the link is.", values=LINK_KINDS),
        Column(
            "certainty",
            "text",
            "certain: a register states it, by official number or in one record; possible: by "
            "influence, an unknown right, a share that may be nothing, a number that no register held "
            "could confirm, or a proprietor who left.",
            values=LINK_CERTAINTIES,
        ),
        Column(
            "statement_id",
            "text",
            "The statement that says so.",
            null="it follows from the graph",
            privacy="open",
        ),
    ),
    ("case_id", "from_id", "to_id", "kind"),
)

CASE_CHANGES = ("renamed", "merged", "split")

CASE_ALIAS = Table(
    "case_alias",
    "Where the id of a case of an earlier release leads now, through all releases since. An id that a "
    "case has is not here, nor one whose case closed. Outside the content hash, as it depends on those "
    "releases.",
    (
        Column("previous_case_id", "text", "The id as it was noted."),
        Column(
            "case_id",
            "text",
            "The case of this release that it leads to: of several the one with its earliest flag, "
            "else with most of its flags or subjects, else the first in review order.",
        ),
        Column(
            "reason",
            "text",
            "What happened first. renamed: its earliest flag was cleared or has another id, or an "
            "earlier one was raised; merged: the case was one with another then; split: it fell apart, "
            "and neither part kept the id.",
            values=CASE_CHANGES,
        ),
        Column(
            "shared",
            "text",
            "flags: every step on the way was by flags that stood on; subjects: at one none of its "
            "flags did, and the case had flags on the same subjects.",
            values=("flags", "subjects"),
        ),
        Column("last_release_id", "text", "Last release in which a case had the id.", privacy="open"),
    ),
    ("previous_case_id",),
)
