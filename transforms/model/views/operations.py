"""What was read, checked and built: registers, editions, rejected records, gates, the run and the release."""

from transforms.model.statements import Column, Table

REGISTER_VIEW = Table(
    "register",
    "The registers that this release can read.",
    (
        Column("register", "text", "Name of the register, as used throughout this database.", privacy="open"),
        Column("title", "text", "Publisher's name of the product.", privacy="open"),
        Column("publisher", "text", "Who publishes it.", privacy="open"),
        Column("territory", "text", "Two letters of a country, or `world`.", privacy="open"),
        Column("licence", "text", "Licence.", privacy="open"),
        Column("cadence", "text", "How often it appears.", privacy="open"),
        Column("kind", "text", "snapshot, series or delta.", privacy="open"),
        Column("url", "text", "Where it is published.", privacy="open"),
        Column(
            "edition_in_force", "text", "Edition in force in this release.", null="none held", privacy="open"
        ),
        Column(
            "stale_since",
            "date",
            "Date of the oldest edition in force for which a newer delivery was blocked.",
            null="not stale",
            unit="day",
            privacy="open",
        ),
    ),
    ("register",),
)

EDITION_VIEW = Table(
    "edition",
    "Every edition read, and its records: rows_in = rows_loaded + rows_rejected + rows_ignored.",
    (
        Column("register", "text", "Register.", privacy="open"),
        Column("dataset", "text", "Data set.", privacy="open"),
        Column("edition", "text", "ISO date, or sha-<12>.", privacy="open"),
        Column(
            "edition_date",
            "date",
            "Date of the edition.",
            null="the publisher dates nothing",
            unit="day",
            privacy="open",
        ),
        Column(
            "status",
            "text",
            "What it is used for.",
            values=("in_force", "history", "superseded", "blocked"),
            privacy="open",
        ),
        Column(
            "completeness",
            "text",
            "complete, or extract: something shows that the edition is not whole.",
            values=("complete", "extract"),
            privacy="open",
        ),
        Column("completeness_reason", "text", "Why.", privacy="open"),
        Column(
            "declared_rows",
            "integer",
            "Number of records that the publisher states.",
            null="no total published",
            unit="records",
            privacy="open",
        ),
        Column("file_name", "text", "Name of the file, or of its first part.", privacy="open"),
        Column("file_sha256", "text", "SHA-256 of the file, or of its parts' hashes.", privacy="open"),
        Column("file_bytes", "integer", "Size as delivered.", unit="bytes", privacy="open"),
        Column("rows_in", "integer", "Physical records, header excluded.", unit="records", privacy="open"),
        Column("rows_loaded", "integer", "Records that became statements.", unit="records", privacy="open"),
        Column("rows_rejected", "integer", "Records quarantined.", unit="records", privacy="open"),
        Column(
            "rows_ignored",
            "integer",
            "Trailers, totals, duplicates, and kinds of records that are not read; see `ignored_reasons`.",
            unit="records",
            privacy="open",
        ),
        Column(
            "ignored_reasons",
            "texts",
            "Why records were ignored, each reason with its number of records.",
            privacy="open",
        ),
        Column(
            "earlier_parser",
            "boolean",
            "True if it was read by an earlier version of the program, because the file is no longer in the "
            "landing folder. Put the file back to have it read again.",
            privacy="open",
        ),
        Column(
            "rows_suppressed",
            "integer",
            "Loaded records of purged persons; they are kept without personal data, like a protected record.",
            unit="records",
            privacy="open",
        ),
        Column("blocked_code", "text", "Why it is not used.", null="not blocked", privacy="open"),
        Column(
            "blocked_message",
            "text",
            "Why it is not used and what to do.",
            null="not blocked",
            privacy="open",
        ),
        Column(
            "stale_since",
            "date",
            "Date of the edition in force, if a newer edition, or a later file of the same edition, was "
            "blocked.",
            null="not stale",
            unit="day",
            privacy="open",
        ),
    ),
    ("register", "dataset", "edition", "file_sha256"),
)

REJECT_VIEW = Table(
    "reject",
    "Rejected (quarantined) records. The raw record is never stored here.",
    (
        Column("register", "text", "Register.", privacy="open"),
        Column("dataset", "text", "Data set.", privacy="open"),
        Column("edition", "text", "Edition.", privacy="open"),
        Column("code", "text", "Why.", privacy="open"),
        Column("field", "text", "Native field at fault.", null="the whole record", privacy="open"),
        Column("locator", "text", "Part, record and byte offset of the record.", privacy="open"),
        Column("file_sha256", "text", "SHA-256 of the edition's file.", privacy="open"),
        Column("record_no", "integer", "Position in the edition, from 1.", unit="records", privacy="open"),
    ),
    ("register", "dataset", "edition", "file_sha256", "record_no"),
)

FINDING_VIEW = Table(
    "finding",
    "Unknown categories, fields and number prefixes in the editions. They are loaded as they are, and "
    "listed here.",
    (
        Column("register", "text", "Register.", privacy="open"),
        Column("dataset", "text", "Data set.", privacy="open"),
        Column("edition", "text", "Edition.", privacy="open"),
        Column("code", "text", "unknown_category, unknown_field, unknown_prefix …", privacy="open"),
        Column("field", "text", "Native field.", privacy="open"),
        Column("value", "text", "The unknown category, field or prefix.", null="blank"),
        Column("rows_n", "integer", "Records with it.", unit="records", privacy="open"),
        Column("file_sha256", "text", "SHA-256 of the edition's file.", privacy="open"),
    ),
    ("register", "dataset", "edition", "file_sha256", "code", "field", "value"),
)

GATE_VIEW = Table(
    "gate",
    "Every expectation that was checked, by stage.",
    (
        Column(
            "stage", "text", "lake, graph or release.", values=("lake", "graph", "release"), privacy="open"
        ),
        Column("register", "text", "Register.", null="not about one register", privacy="open"),
        Column(
            "dataset",
            "text",
            "Data set; a file that is delivered under two names may be in two.",
            null="not about one edition",
            privacy="open",
        ),
        Column("edition", "text", "Edition.", null="not about one edition", privacy="open"),
        Column(
            "file_sha256",
            "text",
            "SHA-256 of the edition's file.",
            null="not about one edition",
            privacy="open",
        ),
        Column("table_name", "text", "Table checked.", privacy="open"),
        Column("expectation", "text", "What was expected.", privacy="open"),
        Column(
            "severity", "text", "Whether a failure blocks.", values=("blocking", "warning"), privacy="open"
        ),
        Column("passed", "boolean", "Outcome.", privacy="open"),
        Column("rows_n", "integer", "Rows that failed it.", unit="rows", privacy="open"),
        Column(
            "example", "text", "Locator of one of them.", null="passed, or not about rows", privacy="open"
        ),
    ),
    ("stage", "register", "dataset", "edition", "file_sha256", "table_name", "expectation"),
)

RELEASE_VIEW = Table(
    "release",
    "This release. One row.",
    (
        Column("release_id", "text", "Sequence number and content hash.", privacy="open"),
        Column("as_of", "date", "Date of the facts.", unit="day", privacy="open"),
        Column(
            "known_at",
            "date",
            "Only editions dated on or before this day were used.",
            null="every edition held was used",
            unit="day",
            privacy="open",
        ),
        Column(
            "content_sha256",
            "text",
            "Hash over every table's rows; equal inputs give equal hashes.",
            privacy="open",
        ),
        Column("code_version", "text", "Version of undertow.", privacy="open"),
        Column("synthetic", "boolean", "True for the demonstration town.", privacy="open"),
        Column(
            "previous_release_id",
            "text",
            "The previous release, with which cases are compared in v_case_change.",
            null="there is none, or it cannot be read",
            privacy="open",
        ),
        Column(
            "ledger_head",
            "text",
            "Head of the ledger at this release's entry, which covers all earlier entries (`undertow "
            "audit verify`).",
            privacy="open",
        ),
        Column(
            "authority",
            "text",
            "Authority that made it, from its settings.",
            null="not in the settings",
            privacy="open",
        ),
        Column(
            "contact",
            "text",
            "Contact for anybody named in it, from the settings.",
            null="not in the settings",
            privacy="open",
        ),
    ),
    ("release_id",),
)

RUN_VIEW = Table(
    "run",
    "The run that built this release. One row.",
    (
        Column("run_id", "text", "Id of the run.", privacy="open"),
        Column("started_at", "timestamp", "Start, UTC.", privacy="open", unit="UTC"),
        Column("built_at", "timestamp", "End of the build, UTC.", privacy="open", unit="UTC"),
        Column(
            "engine", "text", "plain, prefect or spark.", values=("plain", "prefect", "spark"), privacy="open"
        ),
    ),
    ("run_id",),
)

ALARM = Table(
    "alarm",
    "Alarms of the run: overdue or refused registers, a damaged release, and lists that may have been "
    "replaced by others. Not part of the content hash, because it depends on earlier runs.",
    (
        Column(
            "register",
            "text",
            "Register; `release` for a damaged release; or an indicator.",
            privacy="open",
        ),
        Column(
            "dataset",
            "text",
            "Data set; the id of a damaged release, or an indicator's version.",
            privacy="open",
        ),
        Column(
            "kind",
            "text",
            "blocked: deliveries are refused. overdue: no usable delivery came. damaged: the release in "
            "force was damaged. other_lists: an edition has none of the lists of the previous one. "
            "imprecise: the precision of an indicator is below the authority's bound.",
            values=("blocked", "overdue", "damaged", "other_lists", "imprecise"),
            privacy="open",
        ),
        Column(
            "since",
            "date",
            "Date of the edition in force.",
            null="no dated edition is in force, or a release was damaged",
            unit="day",
            privacy="open",
        ),
        Column(
            "nights_n",
            "integer",
            "Consecutive runs with this alarm, including this one.",
            null="not counted in nights",
            unit="nights",
            privacy="open",
        ),
        Column("message", "text", "What is wrong, and what to do.", privacy="open"),
    ),
    ("register", "dataset", "kind"),
)

UNRECOGNISED_VIEW = Table(
    "unrecognised_file",
    "Files in the landing folder that belong to no register, and why.",
    (
        Column("file_name", "text", "Path within the landing folder.", privacy="open"),
        Column("reason", "text", "Why it was not read.", privacy="open"),
        Column("file_bytes", "integer", "Size.", unit="bytes", privacy="open"),
    ),
    ("file_name",),
)

FETCHED = Table(
    "fetched",
    "Files that `undertow fetch` downloaded, with their address and time. Files put into the landing folder "
    "by hand are not listed. Not part of the content hash.",
    (
        Column("register", "text", "Code of the register.", privacy="open"),
        Column(
            "file_name", "text", "Name of the file as in `v_edition`; each part of a set.", privacy="open"
        ),
        Column(
            "file_sha256",
            "text",
            "SHA-256 of the file, as in `v_edition` and `v_evidence`, except for sets of several parts.",
            privacy="open",
        ),
        Column("url", "text", "Address, without a query string.", privacy="open"),
        Column("licence", "text", "Licence declared for the register at that time.", privacy="open"),
        Column("retrieved_at", "timestamp", "When it was fetched, UTC.", privacy="open", unit="UTC"),
    ),
    ("register", "file_name", "file_sha256", "retrieved_at"),
)

DICTIONARY = Table(
    "dictionary",
    "Every view, table macro and column, with its meaning.",
    (
        Column("view", "text", "View, or table macro.", privacy="open"),
        Column("column", "text", "Column; blank for the view or macro itself.", privacy="open"),
        Column("type", "text", "DuckDB type; VIEW or MACRO if there is no column.", privacy="open"),
        Column("unit", "text", "Unit.", privacy="open"),
        Column("description", "text", "Meaning of the column, and of a null.", privacy="open"),
        Column("privacy", "text", "open, entity or personal.", privacy="open"),
    ),
    ("view", "column"),
)
