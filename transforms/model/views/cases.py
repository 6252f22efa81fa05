"""Cases for review: their members, the links between them, and what earlier ids became."""

from transforms.model.indicator import LANES
from transforms.model.statements import Column, Table
from transforms.model.subjects import SUBJECT_KINDS

CASE_LANES = tuple(lane for lane in LANES if lane != "data")

CASE = Table(
    "review_case",
    "Cases for review: flagged subjects that are linked by ownership, control, property or a linking "
    "address. They are in review order, without a score. A flag of lane stop or act opens a case, and so "
    "do look flags of two families on one control group; a flag of lane data opens none. A sale or dwelling "
    "is in a case only if a legal entity is or was proprietor.",
    (
        Column(
            "case_id",
            "text",
            "UT-C- and the id of the earliest flag that opens a case (anchor_flag_id). v_case_alias says "
            "what the ids of earlier releases became.",
        ),
        Column(
            "lane",
            "text",
            "The gravest lane of its flags. stop: check before you pay, grant or sign. act: a reviewer "
            "should read it. look: look flags of two families on one control group.",
            values=CASE_LANES,
        ),
        Column(
            "position",
            "integer",
            "Place in the review order, from 1: by lane, number of families and rarity; then cases whose "
            "lane rests on a candidate of screening come last; then by the earliest flag.",
            unit="position",
        ),
        Column(
            "position_reason",
            "text",
            "The reason for its place, in words: its lane and what put it there, its place in the lane, and "
            "what decides within the lane.",
        ),
        Column(
            "title",
            "text",
            "Subject of the flag that gives the case its lane, and what was flagged, in words, the gravest "
            "first. Facts that rest on candidates of screening alone are called not confirmed. Never a "
            "natural person's name.",
        ),
        Column(
            "families_n",
            "integer",
            "Number of independent indicator families among its flags; flags of lane data do not count.",
            unit="families",
        ),
        Column("families", "texts", "The families, in alphabetical order."),
        Column("indicators", "texts", "Codes of all indicators among its flags."),
        Column(
            "rarity",
            "number",
            "Sum over the families of -log10 of the base rate of the family's rarest indicator in the case. "
            "Money patterns are recorded only if found, so their rate is the number found, assessable or "
            "not, divided by the number of legal entities.",
            unit="decades",
        ),
        Column("flags_n", "integer", "Flags in the case, of every lane.", unit="flags"),
        Column("subjects_n", "integer", "Flagged subjects.", unit="subjects"),
        Column("members_n", "integer", "Flagged subjects, and the parties that link them.", unit="members"),
        Column(
            "area_name",
            "text",
            "District of most of its flags.",
            null="no flag of the case has a known district",
        ),
        Column(
            "area_code",
            "text",
            "Official code of that district.",
            null="no district, or its name is not in the area vocabulary",
        ),
        Column("anchor_flag_id", "text", "Its earliest flag that opens a case; it names the case."),
        Column(
            "lane_flag_id",
            "text",
            "The earliest flag that gives the case its lane; one on a candidate of screening only if there "
            "is no other.",
        ),
        Column("first_seen_on", "date", "First-seen date of its earliest flag.", unit="day"),
        Column("newest_flag_on", "date", "First-seen date of its newest flag.", unit="day"),
        Column(
            "links_max_n",
            "integer",
            "Parties, titles and addresses with more links than this linked nobody in this case; lower than "
            "usual if the case would have become too large.",
            unit="links",
        ),
        Column("as_of", "date", "Date of the facts.", unit="day"),
    ),
    ("case_id",),
    shown_as="v_case",  # CASE is reserved in SQL
)

CASE_MEMBER = Table(
    "case_member",
    "Members of each case: flagged subjects, and the parties, titles and addresses that link them.",
    (
        Column("case_id", "text", "The case."),
        Column("subject_id", "text", "The member.", privacy="personal"),
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
            "Holder, proprietor, entity that has its seat there, applied for a permit there or bid in that "
            "process, title of a property, property of a sale, or party of a money pattern.",
            privacy="personal",
        ),
        Column(
            "to_id",
            "text",
            "Entity held, title, address unit, property, sale, contracting process, or pattern.",
        ),
        Column(
            "kind",
            "text",
            "What the link is.",
            values=("ownership", "control", "property", "address", "permit", "money", "award"),
        ),
        Column(
            "certainty",
            "text",
            "certain: a register states it, by official number or in one record. possible: by influence, "
            "an unknown right, a share that may be zero, a party known by its name or by a number that no "
            "held register confirms, or a former proprietor.",
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

CASE_CHANGE = Table(
    "case_change",
    "What became of cases since the previous release: new, changed and gone ones. A case in which nothing "
    "changed is not listed. Not part of the content hash, because it depends on earlier releases.",
    (
        Column("case_id", "text", "The case; if it is gone, its id in the previous release."),
        Column(
            "change",
            "text",
            "new: it shares no flag and no flagged subject with an earlier case. changed: flags were raised "
            "or cleared in it, or it has another lane. gone: no case now has its flags or subjects.",
            values=("new", "changed", "gone"),
        ),
        Column("title", "text", "Title of the case; if it is gone, the title it had."),
        Column(
            "lane",
            "text",
            "Lane of the case; if it is gone, the lane it had.",
            null="gone, and the previous release is of version 0.1 or 0.2, whose cases had no lanes",
            values=CASE_LANES,
        ),
        Column(
            "lane_before",
            "text",
            "Its lane in the previous release; if several cases merged, the gravest.",
            null="the case is new, or the previous release is of version 0.1 or 0.2 and had no lanes",
            values=CASE_LANES,
        ),
        Column("flags_raised_n", "integer", "Flags in it that no case had before.", unit="flags"),
        Column("flags_cleared_n", "integer", "Its former flags that are in no case now.", unit="flags"),
        Column(
            "area_name",
            "text",
            "District of the case.",
            null="no flag of the case has a known district",
        ),
    ),
    ("case_id",),
)

# --- themes -------------------------------------------------------------------------------------------------

_THEME = Column("theme", "text", "The theme, such as catering.", privacy="open")

THEME = Table(
    "theme",
    "Themes, such as catering or the car trade, with the industry classes of each.",
    (
        _THEME,
        Column("title", "text", "Its name.", privacy="open"),
        Column("title_nl", "text", "Its name in Dutch.", privacy="open"),
        Column("nace_class", "text", "Class of NACE Rev. 2, four digits.", privacy="open"),
        Column("meaning", "text", "What the class is.", privacy="open"),
    ),
    ("theme", "nace_class"),
)
THEME_INDICATOR = Table(
    "theme_indicator",
    "The indicators that count for a theme.",
    (
        _THEME,
        Column("indicators", "text", "Code of an indicator, or the letters of a family.", privacy="open"),
    ),
    ("theme", "indicators"),
)
COMPANY_THEME = Table(
    "company_theme",
    "Companies with an industry code of a theme.",
    (Column("company_id", "text", "The company."), _THEME),
    ("company_id", "theme"),
)
CASE_THEME = Table(
    "case_theme",
    "Themes of the cases: a company of the theme is a member, and a flag is of an indicator of the theme.",
    (Column("case_id", "text", "The case."), _THEME),
    ("case_id", "theme"),
)
