"""The shape of the ownership network: links, rings, chains and layers."""

from transforms.model.statements import INTEREST_STATEMENT, Column, Table

EDGE = Table(
    "graph_edge",
    "Pairs of holder and held with an open interest of the closure, component by component, each with "
    "one interest that stands for it: the network that the macros closure and path walk on.",
    (
        Column(
            "component_no",
            "integer",
            "Weakly connected component: the same for all parties that are linked at all; a number of "
            "this release only.",
            unit="number",
        ),
        Column("subject_id", "text", "The entity held."),
        Column("party_id", "text", "The holder."),
        Column(
            "interest_id",
            "text",
            "The interest with the largest minimum.",
            null="the register states the holder and not by what right",
        ),
        Column("statement_id", "text", "Relationship statement of that interest.", privacy="open"),
        INTEREST_STATEMENT["basis"].optional("the register states the holder and not by what right"),
        INTEREST_STATEMENT["share_min"].optional("the interest has no share, or it is not stated"),
        INTEREST_STATEMENT["share_max"].optional("the interest has no share, or it is not stated"),
    ),
    ("component_no", "subject_id", "party_id"),
    shown_as="v_closure_edge",
)

NETWORK = Table(
    "graph_network",
    "The network above each entity that has one.",
    (
        Column("subject_id", "text", "The entity."),
        Column(
            "depth_n",
            "integer",
            "Longest chain to a top holder, in the condensation: a strongly connected set is one step.",
            unit="steps",
        ),
        Column("closure_n", "integer", "Parties above it, itself excluded.", unit="parties"),
        Column("closure_entities_n", "integer", "Legal entities among them.", unit="entities"),
        Column(
            "foreign_id",
            "text",
            "Nearest legal entity above it that is incorporated in another country.",
            null="none known",
        ),
        Column("foreign_depth_n", "integer", "Steps to that entity.", null="none known", unit="steps"),
    ),
    ("subject_id",),
)

SCC = Table(
    "graph_scc",
    "Strongly connected sets of the closure graph: at least two legal entities, or one that holds itself.",
    (
        Column("subject_id", "text", "Legal entity in the set."),
        Column("scc_id", "text", "Smallest legal entity of the set."),
        Column("size_n", "integer", "Legal entities in the set.", unit="entities"),
        Column("holds_itself", "boolean", "It has an interest in itself."),
    ),
    ("subject_id",),
)

CYCLE = Table(
    "graph_cycle",
    "For each entity in a cycle, the shortest cycle through it, as the interests that prove it. Cycles "
    "of more than 500 steps are listed for the set's scc_id only.",
    (
        Column("subject_id", "text", "The entity."),
        Column(
            "position",
            "integer",
            "Step of the cycle, from 1, starting with the interest held by the entity.",
            unit="steps",
        ),
        Column("party_id", "text", "Holder at this step."),
        Column("held_id", "text", "Entity held at this step."),
        Column("statement_id", "text", "Relationship statement of the step.", privacy="open"),
    ),
    ("subject_id", "position"),
)

REACH = Table(
    "graph_reach",
    "For each entity and mark, what its closure upward reaches.",
    (
        Column("subject_id", "text", "The entity."),
        Column(
            "mark", "text", "Mark declared by an indicator, or natural_person, protected_party, legal_entity."
        ),
        Column("nearest_id", "text", "Nearest marked party above."),
        Column("depth", "integer", "Steps to it.", unit="steps"),
        Column("n", "integer", "Marked parties in the closure, without the subject.", unit="parties"),
        Column("all_tops", "boolean", "Every top of the closure carries the mark."),
    ),
    ("subject_id", "mark"),
)

LAYERS = Table(
    "graph_layers",
    "Longest chain of legal entities above each entity, in the condensation: a strongly connected set "
    "is one step. Entities without one are not listed.",
    (
        Column("subject_id", "text", "The entity."),
        Column(
            "layers_n",
            "integer",
            "Legal entities on the longest chain above it: persons and arrangements do not count.",
            unit="entities",
        ),
        Column(
            "via_id",
            "text",
            "The entity itself; of a strongly connected set whose chain begins at another member, that "
            "member.",
        ),
        Column("holder_id", "text", "First party on that chain: the holder of via_id."),
    ),
    ("subject_id",),
)

CHAIN = Table(
    "graph_chain",
    "For each entity and barred mark, the nearest marked party on a chain that passes no holder of the "
    "mark's companion (a listed, state or fund holder).",
    (
        Column("subject_id", "text", "The entity."),
        Column(
            "mark",
            "text",
            "Mark declared by an indicator together with a companion of the same name and _blocks.",
        ),
        Column("nearest_id", "text", "Nearest marked party above, on such chains."),
        Column("depth", "integer", "Steps to it.", unit="steps"),
        Column(
            "is_every_chain",
            "boolean",
            "No chain leads to a top, or to a holder that bars it, without a marked party on it.",
        ),
    ),
    ("subject_id", "mark"),
)

GROUP_PART = Table(
    "graph_group_part",
    "What large control groups (50 entities or more) fall into without their controller: entities "
    "related to each other by holding, or by another holder.",
    (
        Column("control_group_id", "text", "The control group."),
        Column("subject_id", "text", "Entity in the group."),
        Column(
            "part_id",
            "text",
            "Smallest entity of the group that it is related to without the controller; itself where "
            "there is none.",
        ),
    ),
    ("control_group_id", "subject_id"),
)
