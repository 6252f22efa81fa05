"""What was read, checked and built: registers, editions, rejected records, gates, the run and the release."""

from transforms.model.statements import Column, Table

EDITION_STATUSES = ("in_force", "history", "superseded", "blocked")

REGISTER_VIEW = Table(
    "register",
    "The registers this release knows how to read.",
    (
        Column("register", "text", "Name, as everywhere in this database.", privacy="open"),
        Column("title", "text", "Publisher's name of the product.", privacy="open"),
        Column("publisher", "text", "Who publishes it.", privacy="open"),
        Column("territory", "text", "ISO 3166 code.", privacy="open"),
        Column("licence", "text", "Licence.", privacy="open"),
        Column("cadence", "text", "How often it appears.", privacy="open"),
        Column("kind", "text", "snapshot, series or delta.", privacy="open"),
        Column("url", "text", "Where it is published.", privacy="open"),
        Column("edition_in_force", "text", "Edition used in this release.", null="none held", privacy="open"),
        Column(
            "stale_since",
            "date",
            "Date of the oldest edition in force of which a newer delivery was blocked.",
            null="not stale",
            unit="day",
            privacy="open",
        ),
    ),
    ("register",),
)

EDITION_VIEW = Table(
    "edition",
    "Every edition read, and what became of its records: rows_in = rows_loaded + rows_rejected + "
    "rows_ignored.",
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
        Column("status", "text", "What it is used for.", values=EDITION_STATUSES, privacy="open"),
        Column(
            "completeness",
            "text",
            "Whether anything contradicts that it is whole.",
            values=("complete", "extract"),
            privacy="open",
        ),
        Column("completeness_reason", "text", "Why.", privacy="open"),
        Column(
            "declared_rows",
            "integer",
            "Records the publisher says it has.",
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
            "Trailers, totals, duplicates, and records of kinds that are not read: `ignored_reasons` "
            "says which.",
            unit="records",
            privacy="open",
        ),
        Column(
            "ignored_reasons", "texts", "Why records were ignored, each reason with how many.", privacy="open"
        ),
        Column(
            "earlier_parser",
            "boolean",
            "Read by an earlier version of the program, as the file is in the landing folder no more: "
            "put it there again to have it read anew.",
            privacy="open",
        ),
        Column(
            "rows_suppressed",
            "integer",
            "Of the loaded: records of purged persons, kept as a protected record is.",
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
            "Date of the edition in force, where a newer one, or a later file of the same one, was blocked.",
            null="not stale",
            unit="day",
            privacy="open",
        ),
    ),
    ("register", "dataset", "edition", "file_sha256"),
)

REJECT_VIEW = Table(
    "reject",
    "Records that were quarantined. The raw record is never here.",
    (
        Column("register", "text", "Register.", privacy="open"),
        Column("dataset", "text", "Data set.", privacy="open"),
        Column("edition", "text", "Edition.", privacy="open"),
        Column("code", "text", "Why.", privacy="open"),
        Column("field", "text", "Native field at fault.", null="the whole record", privacy="open"),
        Column("locator", "text", "Part, record and byte where it stands.", privacy="open"),
        Column("file_sha256", "text", "SHA-256 of the edition's file.", privacy="open"),
        Column("record_no", "integer", "Position in the edition, from 1.", unit="records", privacy="open"),
    ),
    ("register", "dataset", "edition", "file_sha256", "record_no"),
)

FINDING_VIEW = Table(
    "finding",
    "What was met and not known: categories, fields, number prefixes. Loaded as they are, and named here.",
    (
        Column("register", "text", "Register.", privacy="open"),
        Column("dataset", "text", "Data set.", privacy="open"),
        Column("edition", "text", "Edition.", privacy="open"),
        Column("code", "text", "unknown_category, unknown_field, unknown_prefix …", privacy="open"),
        Column("field", "text", "Native field.", privacy="open"),
        Column("value", "text", "The category, key or prefix met.", null="blank"),
        Column("rows_n", "integer", "Records with it.", unit="records", privacy="open"),
        Column("file_sha256", "text", "SHA-256 of the edition's file.", privacy="open"),
    ),
    ("register", "dataset", "edition", "file_sha256", "code", "field", "value"),
)

GATE_VIEW = Table(
    "gate",
    "Every expectation checked, by stage.",
    (
        Column(
            "stage", "text", "lake, graph or release.", values=("lake", "graph", "release"), privacy="open"
        ),
        Column("register", "text", "Register.", null="not about one register", privacy="open"),
        Column(
            "dataset",
            "text",
            "Data set; a file that is landed under two names may be two.",
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
            "Only editions dated up to it were used.",
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
            "ledger_head",
            "text",
            "Head of the ledger with this release's entry, which holds all earlier ones (`undertow "
            "audit verify`).",
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
        Column("engine", "text", "plain or prefect.", values=("plain", "prefect"), privacy="open"),
    ),
    ("run_id",),
)

ALARM = Table(
    "alarm",
    "Registers that are not renewed, a release that was damaged, and lists that others may have taken "
    "the place of, as the night found it; outside the content hash, as it depends on the nights before.",
    (
        Column("register", "text", "Register; `release` where a release was damaged.", privacy="open"),
        Column("dataset", "text", "Data set; the id of a damaged release.", privacy="open"),
        Column(
            "kind",
            "text",
            "Whether deliveries are refused, or do not come, or the release that was in force had been "
            "damaged, or an edition names none of the lists of the one before.",
            values=("blocked", "overdue", "damaged", "other_lists"),
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
            "Nights in a row, this one among them.",
            null="not counted in nights",
            unit="nights",
            privacy="open",
        ),
        Column("message", "text", "What it is and what to do.", privacy="open"),
    ),
    ("register", "dataset", "kind"),
)

UNRECOGNISED_VIEW = Table(
    "unrecognised_file",
    "Files of the landing folder that belong to no register, and why.",
    (
        Column("file_name", "text", "Path within the landing folder.", privacy="open"),
        Column("reason", "text", "Why it was not read.", privacy="open"),
        Column("file_bytes", "integer", "Size.", unit="bytes", privacy="open"),
    ),
    ("file_name",),
)

DICTIONARY = Table(
    "dictionary",
    "Every view, table macro and column: the manual.",
    (
        Column("view", "text", "View, or table macro.", privacy="open"),
        Column("column", "text", "Column; blank for the view or macro itself.", privacy="open"),
        Column("type", "text", "DuckDB type; VIEW or MACRO where there is no column.", privacy="open"),
        Column("unit", "text", "Unit.", privacy="open"),
        Column("description", "text", "Meaning, and what a null means.", privacy="open"),
        Column("privacy", "text", "open, entity or personal.", privacy="open"),
    ),
    ("view", "column"),
)
