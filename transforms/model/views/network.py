"""The shape of the ownership network: links, rings, chains and layers."""

from transforms.model.statements import INTEREST_STATEMENT, Column, Table

EDGE = Table(
    "graph_edge",
    "The ownership network: pairs of holder and held entity with an open interest, component by "
    "component. Each pair has one interest. The macros closure and path read it.",
    (
        Column(
            "component_no",
            "integer",
            "Number of the weakly connected component: the same for all parties that are linked in any "
            "way; valid in this release only.",
            unit="number",
        ),
        Column("subject_id", "text", "The entity held."),
        Column("party_id", "text", "The holder.", privacy="personal"),
        Column(
            "interest_id",
            "text",
            "The interest with the greatest least share.",
            null="the register names the holder, but not the right",
        ),
        Column("statement_id", "text", "Relationship statement of that interest.", privacy="open"),
        INTEREST_STATEMENT["basis"].optional("the register names the holder, but not the right"),
        INTEREST_STATEMENT["share_min"].optional("the interest has no share, or the share is not stated"),
        INTEREST_STATEMENT["share_max"].optional("the interest has no share, or the share is not stated"),
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
            "Longest chain to a top holder; a strongly connected set counts as one step.",
            unit="steps",
        ),
        Column(
            "closure_n", "integer", "Parties above the entity, without the entity itself.", unit="parties"
        ),
        Column("closure_entities_n", "integer", "Legal entities among them.", unit="entities"),
        Column(
            "foreign_id",
            "text",
            "Nearest legal entity above that is incorporated in another country.",
            null="none known",
        ),
        Column("foreign_depth_n", "integer", "Steps to that entity.", null="none known", unit="steps"),
    ),
    ("subject_id",),
)

SCC = Table(
    "graph_scc",
    "Strongly connected sets of the network: at least two legal entities, or one that holds itself.",
    (
        Column("subject_id", "text", "Legal entity in the set."),
        Column("scc_id", "text", "Legal entity with the smallest id in the set."),
        Column("size_n", "integer", "Legal entities in the set.", unit="entities"),
        Column("holds_itself", "boolean", "The entity has an interest in itself."),
    ),
    ("subject_id",),
)

CYCLE = Table(
    "graph_cycle",
    "The shortest cycle through each entity, as the interests that prove it. For a cycle of more than "
    "500 steps, only that of the set's scc_id is listed.",
    (
        Column("subject_id", "text", "The entity."),
        Column(
            "position",
            "integer",
            "Step of the cycle, from 1; the first step is an interest that the entity holds.",
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
    "For each entity and mark, the marked parties above it.",
    (
        Column("subject_id", "text", "The entity."),
        Column(
            "mark", "text", "Mark declared by an indicator, or natural_person, protected_party, legal_entity."
        ),
        Column("nearest_id", "text", "Nearest marked party above.", privacy="personal"),
        Column("depth", "integer", "Steps to it.", unit="steps"),
        Column("n", "integer", "Marked parties above, without the subject itself.", unit="parties"),
        Column("all_tops", "boolean", "Every top holder above carries the mark."),
    ),
    ("subject_id", "mark"),
)

LAYERS = Table(
    "graph_layers",
    "Longest chain of legal entities above each entity; a strongly connected set counts as one step. "
    "Entities without such a chain are not listed.",
    (
        Column("subject_id", "text", "The entity."),
        Column(
            "layers_n",
            "integer",
            "Legal entities on the longest chain above; persons and arrangements do not count.",
            unit="entities",
        ),
        Column(
            "via_id",
            "text",
            "The entity itself, or the member of its strongly connected set at which the chain begins.",
        ),
        Column("holder_id", "text", "First party on the chain: the holder of via_id."),
    ),
    ("subject_id",),
)

CHAIN = Table(
    "graph_chain",
    "For each entity and mark that can be blocked, the nearest marked party on a chain that passes no "
    "blocking party (a listed company, a state or a fund).",
    (
        Column("subject_id", "text", "The entity."),
        Column(
            "mark",
            "text",
            "Mark that an indicator declares together with a mark of the same name and _blocks.",
        ),
        Column("nearest_id", "text", "Nearest marked party above on such a chain.", privacy="personal"),
        Column("depth", "integer", "Steps to it.", unit="steps"),
        Column(
            "is_every_chain",
            "boolean",
            "Every chain to a top holder, or to a blocking party, passes a marked party.",
        ),
    ),
    ("subject_id", "mark"),
)

GROUP_PART = Table(
    "graph_group_part",
    "The parts that a large control group (50 entities or more) falls into without its controller: "
    "entities related by holdings, or by a common holder.",
    (
        Column("control_group_id", "text", "The control group."),
        Column("subject_id", "text", "Entity in the group."),
        Column(
            "part_id",
            "text",
            "Entity with the smallest id to which it is related without the controller; the entity itself if "
            "there is none.",
        ),
    ),
    ("control_group_id", "subject_id"),
)
