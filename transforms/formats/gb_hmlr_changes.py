"""Files of changes of HM Land Registry's ownership files (CCOD_COU, OCOD_COU).

An edition is a full file (part 1) and the files of changes of the months after it, in their order. One brings
the whole record of each title that was changed, as it was (D) and as it is (A). D comes before A, whichever
stands first. Records that were taken away are kept, with their day: they say who left a title, and when.
"""

import polars as pl

from transforms.formats.gb_hmlr import DATE_FORMAT
from transforms.model.parsing import rejections, without
from transforms.model.register import IGNORED_SCHEMA, Edition, Index, SourceField

CHANGE, CHANGED_ON = "Change Indicator", "Change Date"
ADDED, REMOVED = "A", "D"
FIELDS = (
    SourceField(CHANGE, "category", known=(ADDED, REMOVED), required=False),
    SourceField(CHANGED_ON, "date", date_format=DATE_FORMAT, required=False),
)


def changes_in(frame: pl.DataFrame) -> pl.DataFrame:
    """title, part_no: each title that a file of changes names."""
    changes = frame.filter(pl.col(CHANGE).is_in([ADDED, REMOVED]))
    return changes.select(pl.col("Title Number").alias("title"), "part_no")


def last_changes(changes: pl.DataFrame) -> pl.DataFrame:
    """title, last_part_no: the last file that names it. What an earlier one says of it no longer holds."""
    return changes.group_by("title").agg(pl.col("part_no").max().alias("last_part_no")).sort("title")


CHANGES = Index(changes_in, last_changes, of_updates=True)


def judged(frame: pl.DataFrame, edition: Edition) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The records that count, with removed_on; those rejected; those ignored."""
    is_change, is_known = pl.col("part_no") > 1, pl.col(CHANGE).is_in([ADDED, REMOVED]).fill_null(False)
    is_removed = (pl.col(CHANGE) == REMOVED).fill_null(False)
    rejected = rejections(
        frame,
        [
            (is_change & ~is_known, "unknown_change", CHANGE),
            (is_change & is_removed & pl.col(CHANGED_ON).is_null(), "missing_value", CHANGED_ON),
        ],
    )
    good = without(frame, rejected).with_columns(pl.when(is_removed).then(CHANGED_ON).alias("removed_on"))
    if edition.index is None:
        return good, rejected, pl.DataFrame(schema=IGNORED_SCHEMA)
    later = good.join(
        edition.index, left_on="Title Number", right_on="title", how="left", maintain_order="left"
    )
    is_replaced = (pl.col("last_part_no") > pl.col("part_no")).fill_null(False) & ~is_removed
    ignored = later.filter(is_replaced).select("record_no", pl.lit("changed_later").alias("reason"))
    return later.filter(~is_replaced).drop("last_part_no"), rejected, ignored
