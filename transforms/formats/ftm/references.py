"""References between FollowTheMoney records: the parties of a link, and the parties that use an address."""

import polars as pl

from transforms.errors import BlockedEdition
from transforms.formats.ftm import codes
from transforms.formats.ftm.values import first, native
from transforms.model.parsing import rejections, without

# Kind of link → properties of its two ends: the holder, and what is held.
ENDS = {
    "ownership": ("owner", "asset"),
    "control": ("controller", "controlled"),
    "directorship": ("director", "organization"),
}

ADDRESS_TEXTS = ("full", "street", "street2", "city", "postalCode", "region", "state", "postOfficeBox")
LINKS = (*ENDS, "occupancy", "sanction")


def refuse_operations(frame: pl.DataFrame) -> None:
    operations = frame.filter(pl.col("op").is_not_null() & pl.col("schema").is_null())
    if operations.height:
        raise BlockedEdition(
            "ftm_delta",
            f"register ftm_entities: record {operations['record_no'][0]} is a change (ADD, MOD, DEL) "
            "to an earlier file; fetch the publisher's entities.ftm.json, which is complete",
        )


def _ends(which: int) -> pl.Expr:
    """The ids at the first (0) or second (1) end of a link of any type; null if there is no such end."""
    ends = {**ENDS, "occupancy": ("holder", "post"), "sanction": ("entity",)}
    return pl.coalesce(
        pl.when(pl.col("record_type") == record_type).then(native(names[which]))
        for record_type, names in ends.items()
        if which < len(names)
    )


def typed(frame: pl.DataFrame) -> pl.DataFrame:
    """Add record_type, and the ends `first_end`, `second_end` of links."""
    return frame.with_columns(codes.record_type(pl.col("schema")).alias("record_type")).with_columns(
        _ends(0).alias("first_end"), _ends(1).alias("second_end")
    )


def rejected(typed: pl.DataFrame) -> pl.DataFrame:
    """REJECT_SCHEMA, one row a record: the first fault in this order."""
    linked, held = pl.col("record_type").is_in(LINKS), pl.col("record_type").is_in([*ENDS])
    several = pl.any_horizontal(pl.col(end).list.n_unique() > 1 for end in ("first_end", "second_end"))
    faults = (
        (pl.col("id").is_null(), "missing_value", "id"),
        (pl.col("schema").is_null(), "missing_value", "schema"),
        (linked & (pl.col("first_end").list.len().fill_null(0) == 0), "missing_value", "properties"),
        (held & (pl.col("second_end").list.len().fill_null(0) == 0), "missing_value", "properties"),
        (held & several, "several_parties", "properties"),
    )
    return rejections(typed, faults)


def kept(frame: pl.DataFrame) -> pl.DataFrame:
    """Each record's id, type and references, and what the records that refer to it need: its topics, the name
    of its office.
    """
    refuse_operations(frame)
    every = typed(frame)
    records = without(every, rejected(every))
    office = pl.when(pl.col("record_type") == "position").then(pl.coalesce(first(native("name")), "caption"))
    is_party = pl.col("record_type").is_in(codes.PARTIES)
    has_address = pl.any_horizontal(first(native(name)).is_not_null() for name in ADDRESS_TEXTS)
    return records.select(
        "record_no",
        pl.col("id").alias("key"),
        "record_type",
        pl.col("first_end").list.unique().list.sort().alias("first_refs"),
        first("second_end").alias("second_ref"),
        pl.when(is_party).then(native("topics")).alias("topics"),
        office.alias("office"),
        pl.when(is_party).then(native("addressEntity")).alias("addresses"),
        ((pl.col("record_type") == "address") & ~has_address).alias("is_blank"),
    )


def settled(kept: pl.DataFrame) -> pl.DataFrame:
    """One row for each record: record_no, fate (null: loaded) and its references.

    first_refs, first_kinds, party_topics: ids, kinds (person, entity) and topics of the parties at a link's
    first end, as lists of equal length. second_ref, second_kind, office: of its second end. A kind is null if
    the record is missing, and other if it is not a party. is_subject: a link has this record at its second
    end. referrers: ids of the parties that refer to an address.
    """
    known = kept.unique("key", keep="first", maintain_order=True)
    kinds = known.select(
        "key",
        pl.when(pl.col("record_type").is_in(codes.PARTIES))
        .then("record_type")
        .otherwise(pl.lit("other"))
        .alias("kind"),
    )
    of_second = known.select(pl.col("key").alias("second_ref"), pl.col("office").alias("post"))
    subjects = (
        kept.filter(pl.col("record_type").is_in([*ENDS]))
        .select(pl.col("second_ref").alias("key"), pl.lit(True).alias("is_subject"))
        .unique()
    )
    judged = (
        kept.select("record_no", "key", "record_type", "second_ref", "is_blank")
        .join(_first_parties(kept, known, kinds), on="record_no", how="left", maintain_order="left")
        .join(
            kinds.rename({"key": "second_ref", "kind": "second_kind"}),
            on="second_ref",
            how="left",
            maintain_order="left",
        )
        .join(of_second, on="second_ref", how="left", maintain_order="left")
        .join(subjects, on="key", how="left", maintain_order="left")
        .join(_referrers(known), on="key", how="left", maintain_order="left")
    )
    return judged.select(
        "record_no",
        _fate().alias("fate"),
        "first_refs",
        "first_kinds",
        "party_topics",
        "second_ref",
        "second_kind",
        pl.col("post").alias("office"),
        pl.col("is_subject").fill_null(False),
        "referrers",
    )


def _first_parties(kept: pl.DataFrame, known: pl.DataFrame, kinds: pl.DataFrame) -> pl.DataFrame:
    """record_no; first_refs, first_kinds, party_topics of the parties at the first end; has_other,
    has_person: whether a record there is not a party, or is a person."""
    described = (
        kept.filter(pl.col("first_refs").list.len() > 0)
        .select("record_no", pl.col("first_refs").alias("key"))
        .explode("key")
        .join(kinds, on="key", how="left", maintain_order="left")
        .join(known.select("key", "topics"), on="key", how="left", maintain_order="left")
    )
    is_party = pl.col("kind").is_in(codes.PARTIES).fill_null(False)
    return described.group_by("record_no", maintain_order=True).agg(
        pl.col("key").filter(is_party).alias("first_refs"),
        pl.col("kind").filter(is_party).alias("first_kinds"),
        pl.col("topics").filter(is_party).alias("party_topics"),
        (pl.col("kind") == "other").any().alias("has_other"),
        (pl.col("kind") == "person").any().alias("has_person"),
    )


def _referrers(known: pl.DataFrame) -> pl.DataFrame:
    """key of each address record; referrers: sorted ids of the parties that refer to it."""
    each = (
        known.filter(pl.col("addresses").list.len() > 0)
        .select(pl.col("key").alias("party"), pl.col("addresses").alias("key"))
        .explode("key")
        .unique()
    )
    return (
        each.sort("key", "party").group_by("key", maintain_order=True).agg(pl.col("party").alias("referrers"))
    )


def _fate() -> pl.Expr:
    """Why a record does not become a statement; null if it does."""
    kind, nobody = pl.col("record_type"), pl.col("first_refs").list.len().fill_null(0) == 0
    linked, held = kind.is_in(LINKS), kind.is_in([*ENDS])
    fates = {
        "unknown_schema": kind == codes.UNKNOWN,
        "ignored_schema": kind == codes.IGNORED,
        "read_with_its_occupancies": kind == "position",
        "address_of_nobody": (kind == "address") & (pl.col("referrers").is_null() | pl.col("is_blank")),
        "no_party": (linked & nobody & pl.col("has_other")) | (held & (pl.col("second_kind") == "other")),
        "missing_party": (linked & nobody) | (held & pl.col("second_kind").is_null()),
        "person_as_subject": held & (pl.col("second_kind") == "person"),
        "office_of_no_person": (kind == "occupancy") & ~pl.col("has_person"),
    }
    return pl.coalesce(pl.when(condition).then(pl.lit(name)) for name, condition in fates.items())
