"""Who gained or lost ownership, control or beneficial-owner status between two dates.

Both dates are computed from the lake of the home, from the same editions: those known on one day. Nothing is landed, published or
kept: the work is under `work/<run>/` and removed. `compare` is pure and takes the graph tables of both dates.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from flows.home.settings import Home
from flows.ingest.editions import newest_date
from flows.ingest.lake import manifests
from flows.night.night import Night, new_night
from flows.night.runner import at_work, said_safely
from flows.night.stages.editions import choose_editions
from flows.night.stages.graph import compute_graph
from flows.night.stages.marts import build_marts
from flows.night.stages.resolve import resolve_parties
from flows.night.stages.screening import screen_lists
from transforms.errors import UsageError, as_typed
from transforms.model.statements import Column, Table
from transforms.model.views import BENEFICIAL_OWNER, CONTROL, INTEGRATED

CHANGES = ("gained", "lost", "changed")
DIFFERENCE = Table(
    "difference",
    "Rows of ownership, control and beneficial owners that are not the same on two dates.",
    (
        Column("subject_id", "text", "The entity owned or controlled."),
        Column("party_id", "text", "The holder, controller or beneficial owner.", privacy="personal"),
        Column(
            "what", "text", "What it gained or lost.", values=("ownership", "control", "beneficial_owner")
        ),
        Column("scope", "text", "Basis of ownership, or regime of a beneficial owner; blank for control."),
        Column(
            "before",
            "text",
            "Interval of the declared shares in per cent, or verdict, on the first date.",
            null="nothing on that date",
        ),
        Column("after", "text", "The same on the second date.", null="nothing on that date"),
        Column(
            "change",
            "text",
            "A verdict of UNDECLARED or EXCLUDED is no status: from and to one of these is lost and gained.",
            values=CHANGES,
        ),
    ),
    ("subject_id", "what", "scope", "party_id"),
)


@dataclass(frozen=True)
class Compared:
    """How a graph table is compared: `scope` (a column, or none), the columns whose values are its state, that state as text, and which rows count."""

    table: Table
    what: str
    scope: pl.Expr
    state: tuple[str, ...]
    text: pl.Expr
    counts: pl.Expr


def _number(column: str) -> pl.Expr:
    """A share without the zeros at its end."""
    return pl.col(column).cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")


def _interval() -> pl.Expr:
    opens = pl.when("share_min_exclusive").then(pl.lit("(")).otherwise(pl.lit("["))
    closes = pl.when("share_max_declared_exclusive").then(pl.lit(")")).otherwise(pl.lit("]"))
    return pl.concat_str(opens, _number("share_min"), pl.lit(", "), _number("share_max_declared"), closes)


COMPARED: tuple[Compared, ...] = (
    Compared(
        INTEGRATED,
        "ownership",
        pl.col("basis"),
        ("share_min", "share_max_declared", "share_min_exclusive", "share_max_declared_exclusive"),
        _interval(),
        pl.lit(True),
    ),
    Compared(
        CONTROL,
        "control",
        pl.lit(""),
        ("verdict", "kind"),
        pl.concat_str("verdict", pl.lit(" "), "kind"),
        pl.lit(True),
    ),
    Compared(
        BENEFICIAL_OWNER,
        "beneficial_owner",
        pl.col("regime"),
        ("verdict",),
        pl.col("verdict"),
        pl.col("verdict").is_in(("CERTAIN", "POSSIBLE")),
    ),
)


@dataclass(frozen=True)
class Difference:
    """`rows` as DIFFERENCE. `known_at`: only editions dated up to it were used, for both dates; None where none held is dated."""

    before: date
    after: date
    known_at: date | None
    rows: pl.DataFrame

    @property
    def counts(self) -> pl.DataFrame:
        """what, change, rows: counted."""
        return self.rows.group_by("what", "change").agg(pl.len().alias("rows")).sort("what", "change")


# --- comparing ------------------------------------------------------------------------------------------------------


def compare(before: Mapping[str, pl.LazyFrame], after: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """Rows of DIFFERENCE in key order. Both: the tables of COMPARED by name, each in its declared schema.

    A row that is the same on both dates, and one without status on both, is left out. Only what differs is ever joined by its key.
    """
    found = [_differences(of, before[of.table.name], after[of.table.name]) for of in COMPARED]
    return DIFFERENCE.conformed(pl.concat(found)).sort(DIFFERENCE.key)


def _differences(of: Compared, before: pl.LazyFrame, after: pl.LazyFrame) -> pl.DataFrame:
    key = ("subject_id", "party_id", "scope")
    sides = [
        side.filter(pl.col("party_id").is_not_null()).select(
            "subject_id", "party_id", of.scope.alias("scope"), *of.state
        )
        for side in (before, after)
    ]
    old, new = (
        mine.join(other, on=(*key, *of.state), how="anti")
        .select(*key, of.text.alias("text"), of.counts.alias("counts"))
        .collect(engine="streaming")
        for mine, other in (sides, reversed(sides))
    )
    joined = old.join(new, on=key, how="full", coalesce=True, suffix="_after")
    had, has = (pl.col(name).fill_null(False) for name in ("counts", "counts_after"))
    return joined.filter(had | has).select(
        "subject_id",
        "party_id",
        pl.lit(of.what).alias("what"),
        "scope",
        pl.col("text").alias("before"),
        pl.col("text_after").alias("after"),
        pl.when(had & has)
        .then(pl.lit("changed"))
        .when(has)
        .then(pl.lit("gained"))
        .otherwise(pl.lit("lost"))
        .alias("change"),
    )


# --- the two nights -------------------------------------------------------------------------------------------------


def difference(
    home: Home, before: date, after: date, *, known_at: date | None = None, subject: str | None = None
) -> Difference:
    """Compute both dates in the home's work folder, under its lock, and compare them. `subject`: only rows about this entity.

    Raises UsageError (dates out of order, nothing held, an unknown subject), ReleaseBlocked where the graph gate of a date fails,
    and what a run raises: LockHeld, RunFailed.
    """
    if not before < after:
        raise UsageError(f"--from {before} is not before --to {after}; give the earlier day first")
    held = manifests(home)
    if not held:
        raise UsageError(
            f"{home.root}: no edition has been read here; run `undertow run --landing DIR` first"
        )
    synthetic = all(facts.synthetic for facts in held)
    known = known_at or newest_date(facts for facts in held if facts.synthetic == synthetic)
    nights = [
        new_night(home, home.landing, as_of=day, known_at=known, synthetic=synthetic)
        for day in (before, after)
    ]
    work = nights[0].work
    for night, part in zip(nights, ("from", "to"), strict=True):
        night.run_id = f"{work.name}/{part}"
    with at_work(home, "diff", work), said_safely("diff"):
        return Difference(before, after, known, _rows(nights, subject))


def _rows(nights: Sequence[Night], subject: str | None) -> pl.DataFrame:
    first, second = nights
    _compute_facts(first)
    _known_subject(subject, first.table("entity"))  # of both: the editions are the same
    _compute_facts(second, resolution=first.table("resolution"))
    old, new = (
        {of.table.name: _about(pl.scan_parquet(night.table(of.table.name)), subject) for of in COMPARED}
        for night in nights
    )
    return compare(old, new)


def _compute_facts(night: Night, *, resolution: Path | None = None) -> None:
    """The stages from lake to graph, on what the lake holds. `resolution`: of a run over the same editions, used again."""
    choose_editions(night)
    if resolution is None:
        resolve_parties(night)
    else:
        shutil.copyfile(resolution, night.table("resolution"))
    build_marts(night)
    screen_lists(night)
    compute_graph(night)


def _known_subject(subject: str | None, entities: Path) -> None:
    """A typing error must not read as "nothing changed"."""
    if (
        subject is not None
        and pl.scan_parquet(entities).filter(pl.col("entity_id") == subject).head(1).collect().is_empty()
    ):
        raise UsageError(
            f"--subject {as_typed(subject)}: no record held here is about an entity of that id; `undertow sql` on v_entity finds ids"
        )


def _about(rows: pl.LazyFrame, subject: str | None) -> pl.LazyFrame:
    """The rows about one entity; all of them where none is named."""
    return rows if subject is None else rows.filter(pl.col("subject_id") == subject)
