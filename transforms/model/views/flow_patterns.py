"""Money patterns, and what the search for them left out."""

from transforms.model.statements import Column, Table

SEVERAL = "in several currencies, and no rate of one is held"

FLOW_PATTERN = Table(
    "flow_pattern",
    "Money patterns: round trips, cycles, scatter-gather, fans, pass-throughs. They are found among the "
    "transfers and payments whose parties are both known, without public bodies, banks and other conduits. A "
    "mortgage or a sale of a title is no payment of its own here; the transfer for it is.",
    (
        Column("pattern_id", "text", "FP- and a hash of its payments; stable as long as they are the same."),
        Column("indicator", "text", "Code of the indicator that it belongs to.", privacy="open"),
        Column(
            "kind",
            "text",
            "Kind of pattern. ordered, windowed: a cycle of three or more hops in time order, or in any "
            "order within the time limit; return: a cycle of two hops.",
            values=(
                "round_trip",
                "ordered",
                "windowed",
                "return",
                "scatter_gather",
                "gather_scatter",
                "fan_out",
                "fan_in",
                "pass_through",
            ),
        ),
        Column(
            "party_id",
            "text",
            "Party at its beginning or in its middle: the first payer of a round trip or cycle, the source "
            "of a scatter-gather, the middle of a gather-scatter, the party of a fan or pass-through.",
        ),
        Column("end_id", "text", "Party with which it ends.", null="it ends with several, or with party_id"),
        Column("first_on", "date", "Day of its first payment.", unit="day"),
        Column("last_on", "date", "Day of its last payment.", unit="day"),
        Column(
            "hops_n",
            "integer",
            "Number of hops. All payments from one party to another on one day in one currency are one hop.",
            unit="hops",
        ),
        Column("parties_n", "integer", "Parties in it.", unit="parties"),
        Column(
            "amount",
            "money",
            "Amount at the beginning: the first hop, or what the source paid, the middle received, or the "
            "party of a fan or pass-through paid or received.",
            null=SEVERAL,
            unit="currency",
        ),
        Column("currency", "text", "ISO 4217 code.", null=SEVERAL),
        Column(
            "arrived",
            "money",
            "Amount at the end: the last hop, or what the sink received, or the middle or party paid on.",
            null=f"a fan; or {SEVERAL}",
            unit="arrived_currency",
        ),
        Column("arrived_currency", "text", "ISO 4217 code.", null=f"a fan; or {SEVERAL}"),
        Column(
            "is_held",
            "boolean",
            "All payments of party_id are held: the statements of all its accounts, or a set of all "
            "transfers.",
        ),
        Column(
            "is_private",
            "boolean",
            "party_id is an account whose holder may be a natural person (of a round trip or cycle: all its "
            "parties are). Such a pattern is counted, and has no flag.",
        ),
    ),
    ("pattern_id",),
)

FLOW_PATTERN_MEMBER = Table(
    "flow_pattern_member",
    "Payments of the patterns, in order.",
    (
        FLOW_PATTERN["pattern_id"].renamed("pattern_id", "The pattern."),
        Column("position", "integer", "Place of the hop in it, from 1.", unit="position"),
        Column("flow_id", "text", "A payment of that hop."),
        Column(
            "role",
            "text",
            "hop: in a round trip or cycle. in, out: to or from the party in the middle; in a "
            "scatter-gather, out is paid by the source, in to the sink.",
            values=("hop", "in", "out"),
        ),
    ),
    ("pattern_id", "position", "flow_id"),
)

FLOW_PATTERN_GAP = Table(
    "flow_pattern_gap",
    "What the search for patterns left out, by indicator.",
    (
        FLOW_PATTERN["indicator"].renamed("indicator", "Code of the indicator."),
        Column("position", "integer", "Number of the row.", unit="position"),
        Column(
            "reason",
            "text",
            "dense: a party had too many payments to examine, so patterns with it may be missing. "
            "no_rate: amounts in two currencies were not compared, because no rate was held.",
            values=("dense", "no_rate"),
        ),
        Column("party_id", "text", "The party.", null="not about one party"),
        Column("first_on", "date", "From which day.", null="not about one party", unit="day"),
        Column("last_on", "date", "Up to which day.", null="not about one party", unit="day"),
        Column(
            "size_n",
            "integer",
            "Lower bound of the payments or paths that continued one payment; comparisons not made.",
            unit="payments",
        ),
    ),
    ("indicator", "position"),
)
