"""An indicator: a folder of plain files, found by its name.

`transforms/indicators/<code>_<slug>/` holds

- `indicator.toml`: the declaration, with the keys of `Indicator`;
- `states.sql`: one row for each subject and sub-type: subject_id and state (flagged, not_flagged,
  not_assessable). Optional: reason (a key of `reasons`), subtype (what distinguishes two flags of one
  subject), value, unit, threshold, peer_n, and lane (if flags of one indicator have different lanes). Missing
  columns are null. The sentence may use further columns;
- `evidence.sql`: for flagged subjects, subject_id, role, statement_id and field (`<statement
  table>.<column>`): every fact that the flag rests on;
- `page.md`: its page, with the sections of PAGE_SECTIONS;
- `nl.toml` and `page.nl.md`: its texts in Dutch (`transforms.model.translation`); optional for an authority's
  own indicator;
- any other `.sql`: a table that both queries, and other such tables, may read by the file's name (after
  `from` or `join`). If both queries read it, a run computes it once.

Queries read marts, fact views and graph tables. Parameters are bound by name (`$n`, `$days`); `$as_of` is
always available. Shares are per cent. Reasons that several indicators share are in `reasons.toml`.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from transforms.errors import DeclarationError
from transforms.model.languages import DUTCH, Language
from transforms.model.register import Role
from transforms.model.subjects import SubjectType
from transforms.model.translation import DUTCH_SECTIONS, Text, Translation

State = Literal["flagged", "not_flagged", "not_assessable"]
Lane = Literal["stop", "act", "look", "data"]

LANES: tuple[Lane, ...] = ("stop", "act", "look", "data")  # in review order
STATES: tuple[State, ...] = ("flagged", "not_flagged", "not_assessable")
# The state of a subject with several sub-types is the one with the smallest number.
STRENGTH: Mapping[State, int] = {"flagged": 0, "not_assessable": 1, "not_flagged": 2}
STATE_COLUMNS = ("subject_id", "state", "reason", "subtype", "value", "unit", "threshold", "peer_n")
FAMILIES = ("OWN", "DEC", "ROL", "ADR", "LIF", "PRP", "LNK", "PUB", "FLW", "PRM", "ARE", "LOC")
PAGE_SECTIONS = tuple(DUTCH_SECTIONS)
DECLARATION, STATES_FILE, EVIDENCE_FILE, PAGE = "indicator.toml", "states.sql", "evidence.sql", "page.md"
DUTCH_TEXTS, DUTCH_PAGE = "nl.toml", "page.nl.md"
STATES_STEP, EVIDENCE_STEP = "states", "evidence"  # the last two of an indicator's steps
# Parts that are files of their own, and not keys of indicator.toml.
OWN_FILES: Mapping[str, str] = {
    "states": STATES_FILE,
    "evidence": EVIDENCE_FILE,
    "page": PAGE,
    "dutch": DUTCH_TEXTS,
    "steps": "<table>.sql",
}


class Parameter(BaseModel):
    """A threshold: its default, its unit, and the source of the default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern="^[a-z][a-z_]*$")]
    default: int | float
    unit: Text
    source: Text


class Indicator(BaseModel):
    """The declaration of an indicator.

    - `lane`: what a flag is for, unless the column `lane` of `states` says otherwise: stop, act, look (shown
      beside others, opens no case alone), data (the register contradicts itself; never opens a case and
      never counts as a family).
    - `negatives_need`: roles whose complete register a `not_flagged` rests on, in the subject's territory.
      The engine turns `not_flagged` into `not_assessable` if that register is missing (`missing:<register>`)
      or an extract (`extract:<register>`), if no register there publishes the role (`not_published:<role>`),
      or if a record that may be about the subject was rejected (`rejected:<register>`). A flag stays a flag.
    - `negatives_reach`: a `not_flagged` also rests on the owners' records of every entity above; a rejected
      record that may be about one of these counts like the subject's own.
    - `rests_on_absence`: sub-types of flags for something that is absent; they are treated like
    `not_flagged`.
    - `evidence_by_subtype`: `evidence` also has the column `subtype`, and a row belongs only to the flag of
      that sub-type.
    - `marks`: names of the marks that it reads in `graph_reach` and `graph_chain`.
    - `steps`: name → query of each table of the folder that both queries read, then of `states` and
      `evidence`. Each may read the results before it. The fields `states` and `evidence` are complete
      queries.
    - `sentence`: a str.format template over the columns of `states` and `subject_name`.
    - `reasons`: code → plain words, for the column `reason`.
    - `law`: for flags of lane stop, the law that may forbid dealing with the subject, and who can license it.
    - `ask_next`: what an officer asks the party, each a question with the documents that answer it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, Field(pattern=r"^[A-Z]{3}-\d{3}$")]
    title: Text
    lane: Lane
    subject_type: SubjectType
    negatives_need: tuple[Role, ...] = ()
    negatives_reach: bool = False
    parameters: tuple[Parameter, ...] = ()
    sentence: Text
    reasons: Mapping[str, str] = Field(default_factory=dict)
    subtypes: Mapping[str, str] = Field(default_factory=dict)
    rests_on_absence: tuple[str, ...] = ()
    evidence_by_subtype: bool = False
    marks: tuple[str, ...] = ()
    ordinary_explanations: Annotated[tuple[Text, ...], Field(min_length=1)]
    what_would_clear_it: Text
    ask_next: tuple[Text, ...] = ()
    law: str = ""
    source: Text
    states: Text
    evidence: Text
    steps: Mapping[str, str] = Field(default_factory=dict)
    page: str = ""
    dutch: Translation | None = None

    @property
    def family(self) -> str:
        return self.code[:3]

    @property
    def weak(self) -> bool:
        return self.lane == "look"

    @property
    def data_quality(self) -> bool:
        return self.lane == "data"

    def texts(self, language: Language) -> "Indicator | Translation":
        """Its texts in a language; English if it has no translation."""
        return self.dutch if language == DUTCH and self.dutch is not None else self

    def parameter_values(self) -> dict[str, int | float]:
        return {parameter.name: parameter.default for parameter in self.parameters}

    def bound_values(self, query: str, as_of: date) -> dict[str, object]:
        """Values of the parameters that a query uses. DuckDB refuses parameters that it does not use."""
        values = {**self.parameter_values(), "as_of": as_of}
        return {name: value for name, value in values.items() if re.search(rf"\${name}\b", query)}

    def with_values(self, query: str, as_of: date) -> str:
        """The query with the values of its parameters filled in, to run in any client."""
        for name, value in self.bound_values(query, as_of).items():
            literal = f"date '{value}'" if isinstance(value, date) else str(value)
            query = re.sub(rf"\${name}\b", literal, query)
        return query


def page_sections(page: str, headings: Iterable[str] = PAGE_SECTIONS) -> dict[str, str]:
    """Section name in English → text. `headings`: the names of the ten sections in the page's language.
    Raises DeclarationError if a section is missing or out of order.
    """
    needed = tuple(headings)
    pattern = re.compile(rf"^## ({'|'.join(map(re.escape, needed))})\n", re.MULTILINE)
    pieces = pattern.split(page)
    names = tuple(pieces[1::2])
    if names != needed:
        raise DeclarationError(
            f"page has sections {', '.join(names) or 'none'}; it needs {', '.join(needed)}, in "
            "that order, each as a heading with ##"
        )
    return {name: text.strip() for name, text in zip(PAGE_SECTIONS, pieces[2::2], strict=True)}


@cache
def indicators() -> Mapping[str, Indicator]:
    """Every indicator by code: one for each folder of `transforms/indicators`."""
    root = files("transforms.indicators")
    folders = sorted(
        # What Python wrote as root, with a closed umask, may be a folder that this user may not enter.
        (each for each in root.iterdir() if each.name != "__pycache__" and (each / DECLARATION).is_file()),
        key=lambda folder: folder.name,
    )
    return {indicator.code: indicator for indicator in map(read_indicator, folders)}


@cache
def shared_reasons(file: str = "reasons.toml") -> Mapping[str, str]:
    """Code → plain words of the reasons that several indicators share."""
    return tomllib.loads((files("transforms.indicators") / file).read_text(encoding="utf-8"))


def read_indicator(folder: Traversable) -> Indicator:
    """The indicator in a folder. Raises DeclarationError with the file and the key."""
    texts = {name: _text(folder, name) for name in (STATES_FILE, EVIDENCE_FILE, PAGE)}
    declared = _toml(folder, DECLARATION)
    if own := sorted(OWN_FILES.keys() & declared.keys()):
        raise DeclarationError(f"{folder.name}/{DECLARATION}: {own[0]} is a file of its own, not a key")
    declared["reasons"] = {**shared_reasons(), **declared.get("reasons", {})}
    tables = _own_tables(folder)
    states, evidence = texts[STATES_FILE], texts[EVIDENCE_FILE]
    both = _named(tables, states).keys() & _named(tables, evidence).keys()
    apart = {name: sql for name, sql in tables.items() if name not in both}
    steps = {name: sql for name, sql in tables.items() if name in both}
    steps |= {STATES_STEP: states, EVIDENCE_STEP: evidence}
    try:
        indicator = Indicator(
            **declared,
            states=with_tables(tables, states),
            evidence=with_tables(tables, evidence),
            steps={name: with_tables(apart, sql) for name, sql in steps.items()},
            page=texts[PAGE],
        )
    except ValidationError as error:
        raise DeclarationError(_first_fault(folder.name, DECLARATION, Indicator, error)) from None
    if not folder.name.startswith(indicator.code.lower().replace("-", "_") + "_"):
        raise DeclarationError(
            f"{folder.name}: its folder's name must begin with its code, as in "
            f"{indicator.code.lower().replace('-', '_')}_<slug>"
        )
    _check_page(folder.name, PAGE, indicator.page, PAGE_SECTIONS)
    return indicator.model_copy(update={"dutch": _dutch(folder, indicator)})


def _dutch(folder: Traversable, indicator: Indicator) -> Translation | None:
    """The texts in Dutch; None if there are none. Raises DeclarationError, as `read_indicator`."""
    if not (folder / DUTCH_TEXTS).is_file():
        return None
    declared = {"page": _text(folder, DUTCH_PAGE), **_toml(folder, DUTCH_TEXTS)}
    declared["reasons"] = {**shared_reasons("reasons.nl.toml"), **declared.get("reasons", {})}
    try:
        dutch = Translation(**declared)
    except ValidationError as error:
        raise DeclarationError(_first_fault(folder.name, DUTCH_TEXTS, Translation, error)) from None
    for key in ("reasons", "subtypes"):
        if apart := sorted(getattr(dutch, key).keys() ^ getattr(indicator, key).keys()):
            raise DeclarationError(
                f"{folder.name}/{DUTCH_TEXTS}: {key}: {apart[0]} is missing here or in {DECLARATION}"
            )
    for key in ("ordinary_explanations", "ask_next", "law"):
        english, translated = getattr(indicator, key), getattr(dutch, key)
        if bool(english) != bool(translated) or (key != "law" and len(english) != len(translated)):
            raise DeclarationError(
                f"{folder.name}/{DUTCH_TEXTS}: {key}: it needs as many texts as in {DECLARATION}"
            )
    _check_page(folder.name, DUTCH_PAGE, dutch.page, DUTCH_SECTIONS.values())
    return dutch


def _toml(folder: Traversable, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(folder, name))
    except tomllib.TOMLDecodeError as error:
        raise DeclarationError(f"{folder.name}/{name}: not valid TOML: {error}") from None


def _check_page(folder: str, name: str, page: str, headings: Iterable[str]) -> None:
    try:
        page_sections(page, headings)
    except DeclarationError as error:
        raise DeclarationError(f"{folder}/{name}: {error}") from None


def _text(folder: Traversable, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DeclarationError(
            f"{folder.name}/{name}: cannot be read ({type(error).__name__}); an indicator is a folder of "
            f"{DECLARATION}, {STATES_FILE}, {EVIDENCE_FILE} and {PAGE}"
        ) from None


def _own_tables(folder: Traversable) -> dict[str, str]:
    """Name → query of the other `.sql` files in a folder, each after those that it reads."""
    names = sorted({file.name for file in folder.iterdir()} - {STATES_FILE, EVIDENCE_FILE})
    tables = {name.removesuffix(".sql"): _text(folder, name) for name in names if name.endswith(".sql")}
    read = {  # a recursive one reads itself
        name: [one for one in tables if one != name and re.search(rf"\b(?:from|join)\s+{one}\b", sql)]
        for name, sql in tables.items()
    }
    try:
        return {name: tables[name] for name in TopologicalSorter(read).static_order()}
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise DeclarationError(f"{folder.name}: tables that read each other: {circle}") from None


def with_tables(tables: Mapping[str, str], query: str) -> str:
    """`query` with the `tables` that it needs, directly or indirectly, as CTEs before it."""
    used = _named(tables, query)
    if not used:
        return query
    named = ",\n".join(f"{name} as (\n{sql})" for name, sql in used.items())
    if own := re.match(r"(?:--.*\n)*with\s+(recursive\s)?", query):
        return f"with {own[1] or ''}{named},\n{query[own.end() :]}"
    return f"with {named}\n{query}"


def _named(tables: Mapping[str, str], query: str) -> dict[str, str]:
    """Those of `tables` that `query` needs, directly or indirectly."""
    read, used = query, dict[str, str]()
    for name, sql in reversed([*tables.items()]):
        if re.search(rf"\b{name}\b", read):
            read, used = f"{read}\n{sql}", {name: sql, **used}
    return used


def _first_fault(folder: str, file: str, model: type[BaseModel], error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False)
    # An unknown key may be a misspelled required key, so report it first.
    first = next((fault for fault in faults if fault["type"] == "extra_forbidden"), faults[0])
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        allowed = ", ".join(name for name in model.model_fields if name not in OWN_FILES)
        return f"{folder}/{file}: there is no key {key}; allowed are {allowed}"
    return f"{folder}/{OWN_FILES.get(key, file)}: {key}: {first['msg']}"
