"""The settings of persons for Splink's Spark backend: the same file, its conditions in Spark's words. Nothing here imports Spark.

Spark needs Splink's own functions for Damerau-Levenshtein and Jaro-Winkler: the jar that Splink ships (`splink.backends.spark.similarity_jar_location`), and Java 17.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

# DuckDB's name of a function and Spark's, of those that the conditions use and that differ.
FUNCTIONS: Mapping[str, str] = {
    "jaro_winkler_similarity": "jaro_winkler",
    "suffix": "endswith",
    "list_has_any": "arrays_overlap",
    "list_contains": "array_contains",
    "len": "size",
}
_CALLED = re.compile(rf"\b({'|'.join(FUNCTIONS)})\(")


def for_spark(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with every condition in Spark's words. m, u, levels and blocks stay as they are."""
    made = copy.deepcopy(dict(settings))
    made["sql_dialect"] = "spark"
    for rule in made["blocking_rules_to_generate_predictions"]:
        rule["sql_dialect"] = "spark"
    for comparison in made["comparisons"]:
        for level in comparison["comparison_levels"]:
            level["sql_condition"] = _CALLED.sub(
                lambda called: f"{FUNCTIONS[called[1]]}(", level["sql_condition"]
            )
    return made
