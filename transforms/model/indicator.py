"""An indicator: a page, and two queries.

An indicator is one module in `transforms/indicators/`, found by its file `<code>_<slug>.py`; it sets
`INDICATOR`, and its docstring is its page, in the section order of `PAGE_SECTIONS`. Adding one edits nothing
else.

`states` gives one row for every candidate subject: subject_id, state (flagged, not_flagged, not_assessable),
reason (a key of `reasons`, null where the state needs none), subtype (null, or what tells two flags of one
subject apart), value, unit, threshold, peer_n. Further columns are free: the sentence may use them.
`evidence` gives, for flagged subjects, subject_id, role, statement_id, field: every fact the flag rests on,
`field` as `<statement table>.<column>`.

Parameters are bound by name: `$n`, `$days`; `$as_of` is always there. Shares are per cent, dates days.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Literal

from transforms.errors import DeclarationError

State = Literal["flagged", "not_flagged", "not_assessable"]
SubjectType = Literal["legal_entity", "title", "transaction", "property", "address", "control_group"]

STATES: tuple[State, ...] = ("flagged", "not_flagged", "not_assessable")
STRENGTH: Mapping[State, int] = {
    "flagged": 0,
    "not_assessable": 1,
    "not_flagged": 2,
}  # of several states of one subject (sub-types), the smallest is its state
STATE_COLUMNS = ("subject_id", "state", "reason", "subtype", "value", "unit", "threshold", "peer_n")
EVIDENCE_COLUMNS = ("subject_id", "role", "statement_id", "field")
FAMILIES = ("OWN", "DEC", "ROL", "ADR", "LIF", "PRP", "LNK", "PUB", "FLW", "PRM", "ARE")
PAGE_SECTIONS = (
    "Condition",
    "Method",
    "Why it is a red flag",
    "Unit",
    "Parameters",
    "Exclusions",
    "Ordinary explanations",
    "What would clear it",
    "Not assessable when",
    "Source",
)


@dataclass(frozen=True)
class Parameter:
    """A threshold: its default, unit and where the default comes from."""

    name: str
    default: int | float
    unit: str
    source: str


@dataclass(frozen=True)
class Indicator:
    """The declaration.

    `negatives_need`: registers whose complete edition a `not_flagged` rests on. Where one is missing or an
    extract, the flags stage turns not_flagged into not_assessable (`missing:<register>`,
    `extract:<register>`), and where a rejected record speaks of the subject (`rejected:<register>`); a flag
    stays a flag. `negatives_reach`: a `not_flagged` rests on the records of every entity above too; a
    rejected one of the PSC register that may speak of one counts as the subject's own. `rests_on_absence`:
    sub-types of flags that say what is *not* there; treated as `not_flagged` is. `evidence_by_subtype`:
    `evidence` gives `subtype` too, and each row is for the flag of that sub-type alone. `marks`: mark name →
    query giving subject_id; graphs propagates each up the closure into `graph_reach`. `sentence` and
    `not_assessable_sentence` are str.format templates over the columns of `states`. `reasons`: code → plain
    words, for `reason`. `data_quality`: a flag says that the register contradicts itself; it shows in a case,
    opens none and counts as no family.
    """

    code: str
    title: str
    weak: bool
    subject_type: SubjectType
    negatives_need: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    states: str
    evidence: str
    sentence: str
    reasons: Mapping[str, str]
    ordinary_explanations: tuple[str, ...]
    what_would_clear_it: str
    source: str
    subtypes: Mapping[str, str] = field(default_factory=dict)
    rests_on_absence: tuple[str, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    data_quality: bool = False
    evidence_by_subtype: bool = False
    negatives_reach: bool = False
    page: str = ""

    @property
    def family(self) -> str:
        return self.code[:3]

    def parameter_values(self) -> dict[str, int | float]:
        return {parameter.name: parameter.default for parameter in self.parameters}

    def bound_values(self, query: str, as_of: date) -> dict[str, object]:
        """Values of the parameters that a query names; DuckDB refuses one that it does not."""
        values = {**self.parameter_values(), "as_of": as_of}
        return {name: value for name, value in values.items() if re.search(rf"\${name}\b", query)}


def page_sections(page: str) -> dict[str, str]:
    """Section name → text of an indicator's page. Raises DeclarationError where a section is missing or out
    of order.
    """
    pattern = re.compile(rf"^({'|'.join(map(re.escape, PAGE_SECTIONS))})\n-+\n", re.MULTILINE)
    pieces = pattern.split(page)
    names = tuple(pieces[1::2])
    if names != PAGE_SECTIONS:
        raise DeclarationError(
            f"page has sections {', '.join(names) or 'none'}; it needs {', '.join(PAGE_SECTIONS)}, in "
            "that order, each underlined with dashes"
        )
    return {name: text.strip() for name, text in zip(names, pieces[2::2], strict=True)}


@cache
def indicators() -> Mapping[str, Indicator]:
    """Every indicator, by code, with its page, found by folder."""
    import transforms.indicators as package

    found: dict[str, Indicator] = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda module: module.name):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        found_indicator = _declared(module, info.name)
        found[found_indicator.code] = found_indicator
    return found


def _declared(module: object, module_name: str) -> Indicator:
    from dataclasses import replace

    indicator = getattr(module, "INDICATOR", None)
    if not isinstance(indicator, Indicator) or not module_name.startswith(
        indicator.code.lower().replace("-", "_") + "_"
    ):
        raise DeclarationError(
            f"transforms/indicators/{module_name}.py must set INDICATOR with the code its file name "
            "begins with"
        )
    page = inspect.getdoc(module) or ""
    page_sections(page)
    return replace(indicator, page=page)
