"""Cases for review: their members, the links between them, and where earlier ids lead."""

from transforms.model.statements import Column, Table
from transforms.model.subjects import SUBJECT_KINDS

CASE = Table(
    "review_case",
    "Cases for review: flagged subjects that are linked by ownership, control, property or a linking "
    "address. They stand in review order, without a score. A weak or data-quality flag opens no case. A "
    "sale or dwelling is in a case only where a legal entity is or was proprietor.",
    (
        Column(
            "case_id",
            "text",
            "UT-C- and the id of the earliest flag that opens a case (anchor_flag_id). v_case_alias says "
            "where the ids of earlier releases lead.",
        ),
        Column(
            "position",
            "integer",
            "Place in the review order, from 1: by number of families, then rarity, then earliest flag.",
            unit="position",
        ),
        Column(
            "title",
            "text",
            "Subject of the earliest flag, and what was flagged, in words. Facts that rest on candidates "
            "of screening alone are called not confirmed. Never a natural person's name.",
        ),
        Column(
            "families_n",
            "integer",
            "Number of independent indicator families among its flags; data-quality flags do not count.",
            unit="families",
        ),
        Column("families", "texts", "The families, in alphabetical order."),
        Column("indicators", "texts", "Codes of all indicators among its flags."),
        Column(
            "rarity",
            "number",
            "Sum over the families of -log10 of the base rate of the family's rarest indicator in the case.",
            unit="decades",
        ),
        Column(
            "flags_n", "integer", "Flags in the case, weak and data-quality flags included.", unit="flags"
        ),
        Column("subjects_n", "integer", "Flagged subjects.", unit="subjects"),
        Column("members_n", "integer", "Flagged subjects, and the parties that link them.", unit="members"),
        Column(
            "area_name",
            "text",
            "District that most of its flags name.",
            null="no flag of the case has a known district",
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
            "A party, title or address with more links than this linked nobody here; lower than usual "
            "where the case would have become too large.",
            unit="links",
        ),
        Column("as_of", "date", "Date of the facts.", unit="day"),
    ),
    ("case_id",),
    shown_as="v_case",  # CASE is a word of SQL
)

CASE_MEMBER = Table(
    "case_member",
    "Members of each case: flagged subjects, and the parties, titles and addresses that link them.",
    (
        Column("case_id", "text", "The case."),
        Column("subject_id", "text", "The member."),
        Column(
            "subject_type",
            "text",
            "Kind of member; a natural person only ever links.",
            values=(*SUBJECT_KINDS, "person"),
        ),
        Column(
            "subject_name", "text", "Name or address of the member.", null="none known, or a natural person"
        ),
        Column(
            "role",
            "text",
            "flagged: it has a flag. linking: it links flagged members.",
            values=("flagged", "linking"),
        ),
        Column("flags_n", "integer", "Flags it has.", unit="flags"),
    ),
    ("case_id", "subject_id"),
)

CASE_LINK = Table(
    "case_link",
    "Links between the members of a case, each with a statement that proves it.",
    (
        Column("case_id", "text", "The case."),
        Column(
            "from_id",
            "text",
            "Holder, proprietor, entity with its seat there, title of a property, or property of a sale.",
        ),
        Column("to_id", "text", "Entity held, title, address unit, property, or sale."),
        Column("kind", "text", "What the link is.", values=("ownership", "control", "property", "address")),
        Column(
            "certainty",
            "text",
            "certain: a register states it, by official number or in one record. possible: by influence, "
            "an unknown right, a share that may be zero, a number that no held register confirms, or a "
            "former proprietor.",
            values=("certain", "possible"),
        ),
        Column(
            "statement_id",
            "text",
            "The statement that proves it.",
            null="it follows from the graph",
            privacy="open",
        ),
    ),
    ("case_id", "from_id", "to_id", "kind"),
)

CASE_ALIAS = Table(
    "case_alias",
    "The case that the id of an earlier release's case now leads to, through all releases since. Ids of "
    "present cases and of closed cases are not listed. Not part of the content hash, because it depends "
    "on earlier releases.",
    (
        Column("previous_case_id", "text", "The id in the earlier release."),
        Column(
            "case_id",
            "text",
            "The case of this release. If several qualify: the one with the earliest flag, else with "
            "most of the flags or subjects, else the first in review order.",
        ),
        Column(
            "reason",
            "text",
            "The first change. renamed: the earliest flag was cleared or has another id, or an earlier "
            "flag was raised. merged: the case became part of another. split: the case fell apart, and "
            "no part kept the id.",
            values=("renamed", "merged", "split"),
        ),
        Column(
            "shared",
            "text",
            "flags: at every step some flags stayed the same. subjects: at one step no flag stayed, but "
            "the case had flags on the same subjects.",
            values=("flags", "subjects"),
        ),
        Column("last_release_id", "text", "Last release in which a case had the id.", privacy="open"),
    ),
    ("previous_case_id",),
)
