"""An indicator: a page and two queries.

An indicator is one module `<code>_<slug>.py` in `transforms/indicators/` that sets `INDICATOR`. Its docstring
is its page, with the sections of PAGE_SECTIONS. To add one, add a file; nothing else is edited.

`states` gives one row per candidate subject and sub-type: subject_id, state (flagged, not_flagged,
not_assessable), reason (a key of `reasons`, or null), subtype (null, or what distinguishes two flags of one
subject), value, unit, threshold, peer_n. Further columns may be named in the sentence. `evidence` gives, for
flagged subjects, subject_id, role, statement_id and field (`<statement table>.<column>`): every fact that the
flag rests on.

Parameters are bound by name (`$n`, `$days`); `$as_of` is always available. Shares are per cent.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from types import ModuleType
from typing import Literal

from transforms.errors import DeclarationError

State = Literal["flagged", "not_flagged", "not_assessable"]
SubjectType = Literal["legal_entity", "title", "transaction", "property", "address", "control_group"]

STATES: tuple[State, ...] = ("flagged", "not_flagged", "not_assessable")
# The state of a subject with several sub-types is the one with the smallest number.
STRENGTH: Mapping[State, int] = {"flagged": 0, "not_assessable": 1, "not_flagged": 2}
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
    """The declaration of an indicator.

    - `negatives_need`: registers whose complete edition a `not_flagged` rests on. If one is missing
      (`missing:<register>`), an extract (`extract:<register>`), or rejected a record that may speak of the
      subject (`rejected:<register>`), the engine turns `not_flagged` into `not_assessable`. A flag stays a
      flag.
    - `negatives_reach`: a `not_flagged` also rests on the PSC records of every entity above; a rejected
      record that may speak of one of these counts like the subject's own.
    - `rests_on_absence`: sub-types of flags that say that something is absent; they are treated like
      `not_flagged`.
    - `evidence_by_subtype`: `evidence` also gives `subtype`, and a row belongs to the flag of that sub-type
      only.
    - `marks`: name of a mark -> query giving subject_id. The graph carries each mark upward into
      `graph_reach`.
    - `sentence`: a str.format template over the columns of `states` and `subject_name`.
    - `reasons`: code -> plain words, for the column `reason`.
    - `data_quality`: a flag says that the register contradicts itself. It is shown in a case, opens none, and
      does not count as a family.
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
    """Section name -> text. Raises DeclarationError if a section is missing or out of order."""
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
    """Every indicator by code, with its page: one for each module of `transforms.indicators`."""
    import transforms.indicators as package

    names = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    declared = [_declared(importlib.import_module(f"{package.__name__}.{name}")) for name in names]
    return {indicator.code: indicator for indicator in declared}


def _declared(module: ModuleType) -> Indicator:
    name = module.__name__.rpartition(".")[2]
    indicator = getattr(module, "INDICATOR", None)
    if not isinstance(indicator, Indicator) or not name.startswith(
        indicator.code.lower().replace("-", "_") + "_"
    ):
        raise DeclarationError(
            f"transforms/indicators/{name}.py must set INDICATOR with the code that its file name begins with"
        )
    page = inspect.getdoc(module) or ""
    page_sections(page)
    return replace(indicator, page=page)
