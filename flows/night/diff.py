"""Who gained or lost ownership, control or beneficial-owner status between two dates.

Both dates are computed from the home's lake and from the same editions: those known on one day. Nothing is
landed, published or kept; the work folder is removed. `compare` is pure and takes the graph tables of both
dates.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from flows.home import progress
from flows.home.mappings import hashes, own_registers
from flows.home.settings import Home
from flows.ingest.editions import newest_date
from flows.ingest.lake import manifests
from flows.night.night import Night, new_night
from flows.night.runner import safe_errors, work_session
from flows.night.stages.editions import choose_editions
from flows.night.stages.graph import compute_graph
from flows.night.stages.marts import build_marts
from flows.night.stages.resolve import resolve_parties
from flows.night.stages.screening import screen_lists
from transforms.errors import UsageError, as_typed
from transforms.model.statements import Column, Table
from transforms.model.views import BENEFICIAL_OWNER, CONTROL, INTEGRATED

GRAPH_SHARE = 4  # (own) of the time for a date, where every other stage has 1
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
        Column("subject_name", "text", "Name of the entity, as in v_entity.", null="none known"),
        Column(
            "party_name",
            "text",
            "Name of the party, as in v_entity.",
            null="none known, or a natural person",
        ),
    ),
    ("subject_id", "what", "scope", "party_id"),
)


@dataclass(frozen=True)
class Comparison:
    """How a graph table is compared.

    `scope`: the row's scope. `state`: the columns whose values are compared, and `text`: that state as text.
    `has_status`: whether the row gives the party a status at all.
    """

    table: Table
    what: str
    scope: pl.Expr
    state: tuple[str, ...]
    text: pl.Expr
    has_status: pl.Expr


def _number(column: str) -> pl.Expr:
    """A share without trailing zeros."""
    return pl.col(column).cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")


def _interval() -> pl.Expr:
    opening = pl.when("share_min_exclusive").then(pl.lit("(")).otherwise(pl.lit("["))
    closing = pl.when("share_max_declared_exclusive").then(pl.lit(")")).otherwise(pl.lit("]"))
    return pl.concat_str(opening, _number("share_min"), pl.lit(", "), _number("share_max_declared"), closing)


COMPARISONS: tuple[Comparison, ...] = (
    Comparison(
        INTEGRATED,
        "ownership",
        pl.col("basis"),
        ("share_min", "share_max_declared", "share_min_exclusive", "share_max_declared_exclusive"),
        _interval(),
        pl.lit(True),
    ),
    Comparison(
        CONTROL,
        "control",
        pl.lit(""),
        ("verdict", "kind"),
        pl.concat_str("verdict", pl.lit(" "), "kind"),
        pl.lit(True),
    ),
    Comparison(
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
    """`rows` as DIFFERENCE. `known_at`: only editions up to it are used; None where none is dated."""

    before: date
    after: date
    known_at: date | None
    rows: pl.DataFrame

    @property
    def counts(self) -> pl.DataFrame:
        """what, change, rows: how many rows."""
        return self.rows.group_by("what", "change").agg(pl.len().alias("rows")).sort("what", "change")


# --- comparing ----------------------------------------------------------------------------------------------


def compare(
    before: Mapping[str, pl.LazyFrame], after: Mapping[str, pl.LazyFrame], entities: pl.LazyFrame
) -> pl.DataFrame:
    """Rows of DIFFERENCE in key order. `before` and `after`: the tables of COMPARISONS by name, as declared.
    `entities` (entity_id, name): legal entities and arrangements; no other party is named.

    Rows that are the same on both dates, and rows without status on both, are left out.
    """
    rows = pl.concat(
        _differences(comparison, before[comparison.table.name], after[comparison.table.name])
        for comparison in COMPARISONS
    )
    return DIFFERENCE.conformed(_with_names(rows, entities)).sort(DIFFERENCE.key)


def _with_names(rows: pl.DataFrame, entities: pl.LazyFrame) -> pl.DataFrame:
    """The rows with subject_name and party_name."""
    ends = [rows.select(entity_id=f"{end}_id") for end in ("subject", "party")]
    in_rows = pl.concat(ends).unique().lazy()
    names = (
        entities.select("entity_id", "name")
        .join(in_rows, on="entity_id", how="semi")
        .collect(engine="streaming")
    )
    for end in ("subject", "party"):
        named = names.rename({"entity_id": f"{end}_id", "name": f"{end}_name"})
        rows = rows.join(named, on=f"{end}_id", how="left")
    return rows


def _differences(comparison: Comparison, before: pl.LazyFrame, after: pl.LazyFrame) -> pl.DataFrame:
    """Only rows that differ are joined by their key, so that a large table is never held in memory whole."""
    key = ("subject_id", "party_id", "scope")
    sides = [
        side.filter(pl.col("party_id").is_not_null()).select(
            "subject_id", "party_id", comparison.scope.alias("scope"), *comparison.state
        )
        for side in (before, after)
    ]
    old, new = (
        side.join(other, on=(*key, *comparison.state), how="anti")
        .select(*key, comparison.text.alias("text"), comparison.has_status.alias("has_status"))
        .collect(engine="streaming")
        for side, other in (sides, reversed(sides))
    )
    joined = old.join(new, on=key, how="full", coalesce=True, suffix="_after")
    had, has = (pl.col(name).fill_null(False) for name in ("has_status", "has_status_after"))
    change = (
        pl.when(had & has).then(pl.lit("changed")).when(has).then(pl.lit("gained")).otherwise(pl.lit("lost"))
    )
    return joined.filter(had | has).select(
        "subject_id",
        "party_id",
        pl.lit(comparison.what).alias("what"),
        "scope",
        pl.col("text").alias("before"),
        pl.col("text_after").alias("after"),
        change.alias("change"),
    )


# --- the two dates ------------------------------------------------------------------------------------------


def difference(
    home: Home, before: date, after: date, *, known_at: date | None = None, subject: str | None = None
) -> Difference:
    """Compute both dates in the home's work folder, under its lock, and compare them.

    `subject`: only rows about this entity. Raises UsageError (dates out of order, nothing held, an unknown
    subject, a wrong mapping), ReleaseBlocked where the graph gate of a date fails, and what a run raises:
    LockHeld, RunFailed.
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
    first, second = (
        new_night(home, home.landing, as_of=day, known_at=known, synthetic=synthetic)
        for day in (before, after)
    )
    first.mappings = second.mappings = hashes(own_registers(home))
    work = first.work
    first.run_id, second.run_id = f"{work.name}/from", f"{work.name}/to"
    with work_session(home, "diff", work), safe_errors("diff"):
        # Both dates use the same editions, so one resolution and one check of the subject serve both.
        days = ((first, None), (second, first.table("resolution")))
        for night, resolution in progress.steps("diff", days, len(days)):
            _compute_facts(night, resolution=resolution)
            _check_subject(subject, night.table("entity"))
        entities = pl.scan_parquet(second.table("entity"))
        rows = compare(_tables(first, subject), _tables(second, subject), entities)
        return Difference(before, after, known, rows)


def _compute_facts(night: Night, *, resolution: Path | None = None) -> None:
    """The stages from resolve to graph, on what the lake holds.

    `resolution`: of the other date, reused.
    """

    def resolve(night: Night) -> None:
        if resolution is None:
            resolve_parties(night)
        else:
            shutil.copyfile(resolution, night.table("resolution"))

    stages: Mapping[str, Callable[[Night], object]] = {
        "editions": choose_editions,
        "resolve": resolve,
        "marts": build_marts,
        "screening": screen_lists,
        "graph": compute_graph,
    }
    shares = dict.fromkeys(stages, 1) | {"graph": GRAPH_SHARE}
    what, total = f"facts on {night.as_of_asked}", sum(shares.values())
    for stage in progress.steps(what, stages, total, name=str, size=shares.__getitem__):
        stages[stage](night)


def _check_subject(subject: str | None, entities: Path) -> None:
    """Raise UsageError for an unknown id: a typing error must not look like "nothing changed"."""
    if subject is None:
        return
    if pl.scan_parquet(entities).filter(pl.col("entity_id") == subject).head(1).collect().is_empty():
        raise UsageError(
            f"--subject {as_typed(subject)}: no record held here is about an entity with that id; "
            "`undertow sql` on v_entity finds ids"
        )


def _tables(night: Night, subject: str | None) -> dict[str, pl.LazyFrame]:
    """The compared tables by name; only the rows about one entity if `subject` names it."""
    tables = {
        comparison.table.name: pl.scan_parquet(night.table(comparison.table.name))
        for comparison in COMPARISONS
    }
    if subject is None:
        return tables
    return {name: rows.filter(pl.col("subject_id") == subject) for name, rows in tables.items()}
