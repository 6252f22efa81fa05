"""The authority's settings, in `<home>/undertow.toml`.

    name = "Harrowmere Borough Council"
    contact = "corrections@town.example"    # whom anybody named on a page may write to
    areas = ["Harrowmere"]              # districts by name or official code; none: nothing is limited
    binding_regimes = ["UK", "UN"]      # sanctions regimes; default: those of the registers' countries
    approval_limit = 10000              # what one officer may order alone, or without quotations
    exempt_schemes = ["Culture plan"]   # subsidies that are no aid within the ceiling for small aid
    archive_gib = 100                   # disk for what publishers keep for a time only
    language = "nl"                     # of pages, the review app and what commands print; default "en"

    four_eyes = "always"                # two readers for every case; default "needed" (flows.review.rules)
    due_days = 20                       # working days to read a case (a candidate's: one; PUB-180: none)
    legal_term_days = 56                # in which an application has to be decided
    unjudged_days = 180                 # without new evidence, after which a case that nobody judged goes
    sample_percent = 10                 # of all cases, drawn by lot: what v_precision rests on
    precision_min = 30                  # per cent; an indicator surely below it raises an alarm

    review_minutes = 25                 # that a reading takes, by own estimate; for practice sheets

    [[legal_basis]]                     # of an indicator from another authority, which is off without it
    indicator = "LOC-010"
    text = "Article 7a of our by-law"

    [[switched_off]]                    # an indicator that is not assessed, and why
    indicator = "PRP-040"
    reason = "Precision 12 per cent of 80 cases"
    since = 2026-11-01

    [sign_in]                           # reviewers sign in at an OpenID Connect provider (flows.web.provider)
    issuer = "https://login.town.example/realms/town"
    client_id = "undertow"
    address = "https://undertow.town.example"   # of the review app, as browsers see it
    claim = "preferred_username"        # what the user's name here is compared with

    [[purpose]]                         # see flows.accountability.access

A home without the file has no name, no areas and the default regimes.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from flows.home.settings import Home
from flows.home.toml_files import read_toml
from transforms.errors import UsageError
from transforms.language import set_language
from transforms.model.indicator import indicators
from transforms.model.languages import ENGLISH, Language

SETTINGS_FILE = "undertow.toml"
UNNAMED = "this authority"
DEMO_PURPOSE = "demo"  # of synthetic homes
# What a person types for a log: one line, without characters that hide or turn text.
ONE_LINE = r"^[^\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+$"
CODE_PATTERN = r"^[a-z][a-z0-9_-]{1,31}$"

Text = Annotated[str, Field(pattern=ONE_LINE, min_length=1, max_length=300)]
# TLS, or this machine.
WebAddress = Annotated[
    str, Field(pattern=r"^(https://[^\s/?#@]+|http://(127\.0\.0\.1|localhost)(:\d+)?)(/[^\s#]*)?$")
]
Regime = Literal["UK", "UN", "EU", "US", "NL", "BE", "CH", "FR", "CA", "AU", "UA"]


class Purpose(BaseModel, frozen=True, extra="forbid", strict=True):
    """A purpose for which named subjects may be looked up. `code` is given to commands and kept in the audit
    log. `allows`: what is read or listed only for this purpose: statements of bank accounts (`transfers`),
    disqualified directors (`disqualifications`), the entities of the Dutch trade register in which one
    natural person has a part (`functions`), and everything held about one natural person (`access`).
    `keep_days`: how long a verdict for it is kept. `own_secrecy`: notes for it are shown for it only.
    """

    code: Annotated[str, Field(pattern=CODE_PATTERN)]
    title: Text
    legal_basis: Text
    area: Text | None = None
    desk: Text | None = None
    allows: list[Literal["transfers", "functions", "disqualifications", "access"]] = []
    keep_days: Annotated[int, Field(gt=0)] | None = None
    own_secrecy: bool = False


class SwitchedOff(BaseModel, frozen=True, extra="forbid", strict=True):
    """An indicator that this authority does not want assessed."""

    indicator: Annotated[str, Field(pattern=r"^[A-Z]{3}-\d{3}$")]
    reason: Text
    since: date


class LegalBasis(BaseModel, frozen=True, extra="forbid", strict=True):
    """The legal basis for using an indicator that came from another authority with a practice sheet."""

    indicator: Annotated[str, Field(pattern=r"^[A-Z]{3}-\d{3}$")]
    text: Text


class SignIn(BaseModel, frozen=True, extra="forbid", strict=True):
    """The OpenID Connect provider at which reviewers sign in. `address`: of the app, as browsers see it.
    `claim`: the claim of the ID token that holds the user's name here; users must not be able to change it.
    """

    issuer: WebAddress
    client_id: Text
    address: WebAddress
    claim: Text = "preferred_username"


class Authority(BaseModel, frozen=True, extra="forbid", strict=True):
    """The settings file. `areas`: districts for which the authority is responsible. `binding_regimes`: empty
    for the default of the registers' countries (vocabulary `binding_regimes`). `approval_limit`: from this
    sum an order needs quotations or a second signature, in the currency of the authority's payments.
    `exempt_schemes`: words in the names of schemes whose grants do not count towards the ceiling for small
    aid. `archive_gib`: the archive's maximum size in GiB; the oldest editions are deleted first. For the
    review settings see `flows.review`. Their numbers are this project's own, except `legal_term_days`:
    article 4:13 of the Dutch general act on administrative law, eight weeks unless another act says
    otherwise.
    """

    name: Text = UNNAMED
    contact: Text | None = None
    areas: list[Text] = []
    binding_regimes: list[Regime] = []
    approval_limit: Annotated[int, Field(gt=0)] | None = None
    exempt_schemes: list[Text] = []
    language: Language = ENGLISH
    archive_gib: Annotated[int, Field(gt=0)] = 100  # (own) six weeks of daily owners, or years of the firsts
    four_eyes: Literal["needed", "always"] = "needed"
    due_days: Annotated[int, Field(gt=0)] = 20
    legal_term_days: Annotated[int, Field(gt=0)] = 56
    unjudged_days: Annotated[int, Field(gt=0)] = 180
    sample_percent: Annotated[int, Field(ge=0, le=100)] = 10
    precision_min: Annotated[int, Field(gt=0, le=100)] | None = None
    review_minutes: Annotated[int, Field(gt=0, le=10_000)] | None = None
    legal_basis: list[LegalBasis] = []
    switched_off: list[SwitchedOff] = []
    purpose: list[Purpose] = []
    sign_in: SignIn | None = None

    @property
    def purposes_open(self) -> frozenset[str]:
        """Purposes whose notes and files are shown under every purpose. An undeclared purpose is not among
        them.
        """
        return frozenset({"", *(one.code for one in self.purpose if not one.own_secrecy)})


def authority(home: Home) -> Authority:
    """The settings of a home. Raises UsageError, which names the wrong field, or RunFailed."""
    path = home.root / SETTINGS_FILE
    settings = read_toml(path, Authority)
    for fault in (*_repeated_purposes(settings), *_unknown_indicators(home, settings)):
        raise UsageError(f"{path}: {fault}")
    return settings


def _repeated_purposes(settings: Authority) -> Iterator[str]:
    codes = [DEMO_PURPOSE, *(one.code for one in settings.purpose)]
    for number, code in enumerate(codes):
        if code in codes[:number]:
            yield (
                f"purpose.{number - 1}.code: {code} is declared twice, or is `{DEMO_PURPOSE}`, which is "
                "reserved for synthetic homes; give it another code"
            )


def _unknown_indicators(home: Home, settings: Authority) -> Iterator[str]:
    """Of the home's own indicators, also those that are left out are known."""
    for number, one in enumerate(settings.switched_off):
        own = home.indicators.glob(f"{one.indicator.lower().replace('-', '_')}_*")
        if one.indicator not in indicators() and not any(own):
            yield (
                f"switched_off.{number}.indicator: no indicator is called {one.indicator}; correct it "
                "(`undertow indicators` lists them), or remove the entry"
            )


def speak(home: Home, chosen: Language | None = None) -> Language:
    """Set the language from now on; the default is the home's. Raises UsageError, as above."""
    language = chosen or authority(home).language
    set_language(language)
    return language
