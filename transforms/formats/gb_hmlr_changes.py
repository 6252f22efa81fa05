"""Files of changes to HM Land Registry's ownership files (CCOD_COU, OCOD_COU).

An edition is a full file (part 1) and the files of changes of the following months, in order. A file of
changes has the whole former (D) and new (A) record of each changed title. D is applied before A, in whatever
order they are in the file. Deleted records are kept with their day, because they say who left a title, and
when.
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
    """title, part_no: each title in a file of changes."""
    changes = frame.filter(pl.col(CHANGE).is_in([ADDED, REMOVED]))
    return changes.select(pl.col("Title Number").alias("title"), "part_no")


def last_changes(changes: pl.DataFrame) -> pl.DataFrame:
    """title, last_part_no: the last file of changes with the title, which replaces all earlier records."""
    return changes.group_by("title").agg(pl.col("part_no").max().alias("last_part_no")).sort("title")


CHANGES = Index(changes_in, last_changes, of_updates=True)


def judged(frame: pl.DataFrame, edition: Edition) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The valid records, with removed_on; the rejected ones; and the ignored ones."""
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
