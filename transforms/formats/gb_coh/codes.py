"""Codes and wording of Companies House: natures of control, statements, kinds of record, descriptions of
owners.

The lists are `vocabulary/gb_psc_*.csv`; this module gives them types. How the codes are interpreted:

- Bands are those of Schedule 1A to the Companies Act 2006: "more than 25 but not more than 50", "more than 50
  but less than 75", "75 or more", so (25, 50], (50, 75), [75, 100]. The publisher's long descriptions say
  "more than 75%" for the last one; its short descriptions, the Act and the forms say "75% or more", which
  applies.
- An overseas entity's "more than 25 percent" is (25, 100].
- With a code "as trust", "as firm" or "as control over …" the trustees or members hold, not the person: see
  `VIAS`.
- An overseas entity that is "registered owner as nominee" holds land for the person. That is no share, vote
  or influence in the entity itself: basis `unknown`, BODS `nominator`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import polars as pl

from transforms.model.statements import POLARS_TYPES
from transforms.values.countries import country_code
from transforms.values.names import collapsed, folded, for_each_distinct
from transforms.values.vocabulary import vocabulary

UNKNOWN_INTEREST_TYPE = "unknownInterest"  # BODS 0.4, for a code that the vocabulary does not have

# Names of the United Kingdom's registrar in place_registered or legal_authority. The whole text must match:
# Gibraltar's registrar calls itself Companies House too, and the Isle of Man has a Companies Act 2006.
UK_REGISTRAR = (
    r"^(?:THE )?(?:UK |UNITED KINGDOM |BRITISH )?(?:REGISTRAR OF COMPANIES(?: AT)? )?COMPAN(?:Y|IES) HOUSE"
    r"(?: (?:IN|OF|FOR|AT|AND|UK|UNITED KINGDOM|GB|GREAT BRITAIN|ENGLAND|WALES|SCOTLAND|NORTHERN "
    r"IRELAND|LONDON|CARDIFF|EDINBURGH|BELFAST))*$"
    r"|^(?:THE )?REGIST(?:ER|RAR) OF COMPANIES (?:IN |OF |FOR )?(?:UK|UNITED KINGDOM|ENGLAND|WALES"
    r"|ENGLAND AND WALES|SCOTLAND|NORTHERN IRELAND|CARDIFF|EDINBURGH|BELFAST)$"
)


@dataclass(frozen=True)
class Via:
    """An unnamed arrangement between the declared person and the subject.

    `part`: prefix of its statements' ids. `holder_*`: the person's interest in it. `joint`: the joint group
    of arrangements that may be the same one ("" if none can be). The register never identifies a trust, so
    all trusts of one subject share a joint group and count once; this can only lower a lower bound."""

    part: str
    entity_type: str
    holder_interest_type: str
    holder_basis: str
    joint: str


VIAS: Mapping[str, Via] = {
    "influence_over_trust": Via("t", "arrangement", "otherInfluenceOrControl", "influence", "trust"),
    "influence_over_firm": Via("f", "arrangement", "otherInfluenceOrControl", "influence", "firm"),
    "trustee_of_trust": Via("tt", "arrangement", "trustee", "influence", "trust"),
    "member_of_firm": Via("mf", "arrangement", "otherInfluenceOrControl", "influence", "firm"),
    # "as a nominee for another entity of which this person is a registered beneficial owner"
    "owner_of_nominator": Via("n", "unknownEntity", UNKNOWN_INTEREST_TYPE, "unknown", ""),
}


@cache
def natures() -> pl.DataFrame:
    """Natures of control, one row for each code.

    Columns: code, form, basis, interest_type, share_min and share_max (Decimal, per cent, null if there is
    no share), share_min_exclusive, share_max_exclusive (Boolean), via (a key of VIAS, null for the person's
    own interest).
    """
    share = POLARS_TYPES["share"]
    return vocabulary("gb_psc_natures").select(
        "code",
        "form",
        "basis",
        "interest_type",
        pl.col("share_min", "share_max").cast(share),
        pl.col("share_min_exclusive", "share_max_exclusive") == "true",
        "via",
    )


@cache
def statements() -> pl.DataFrame:
    """Codes of statements, exemptions and protected records: code, record_type, declaration_class,
    unspecified_reason (null: neutral).
    """
    return vocabulary("gb_psc_statements").drop("source", "checked_on")


def statement_codes(record_type: str) -> tuple[str, ...]:
    """Codes of one record_type: statement, exemption or super_secure."""
    return tuple(statements().filter(pl.col("record_type") == record_type)["code"])


@cache
def kinds() -> pl.DataFrame:
    """Kinds of record: kind, record_type, regime, party_kind, entity_type, regime_start (Date)."""
    return (
        vocabulary("gb_psc_kinds")
        .drop("source", "checked_on")
        .with_columns(pl.col("regime_start").str.to_date("%Y-%m-%d"))
    )


@cache
def regime_starts() -> Mapping[str, date]:
    """First day of each regime: `psc`, and `roe` for overseas entities."""
    return dict(kinds().select("regime", "regime_start").drop_nulls().unique().iter_rows())


def is_left_censored(day: pl.Expr, regime_start: pl.Expr) -> pl.Expr:
    """Whether a holding may have begun before the day that is stated: one on or before the regime's first
    day. For an overseas entity only the first day itself, because the day is when somebody became an owner.
    """
    is_earlier = (day < regime_start) & (regime_start != regime_starts()["roe"])
    return ((day == regime_start) | is_earlier).fill_null(False)


def plain_words(text: pl.Expr) -> pl.Expr:
    """Capitals without accents, & as AND, and one space in place of any other character that is not a letter
    or digit; null if nothing is left.
    """
    return collapsed(folded(text).str.replace_all("&", " AND ").str.replace_all(r"[^\p{L}\p{N}]+", " "))


def classified(legal_form: pl.Series) -> pl.DataFrame:
    """Classes of owners' legal forms, which are free text: legal_form_class (never null), entity_type (null
    unless it is a state's).

    The first matching pattern of `gb_psc_legal_forms` decides. Each distinct text is classified once.
    """
    texts = pl.DataFrame({"text": legal_form})
    distinct = (
        texts.unique()
        .with_columns(plain_words(pl.col("text")).alias("words"))
        .with_columns(_first_match("legal_form_class"), _first_match("entity_type"))
    )
    return texts.join(distinct, on="text", how="left", nulls_equal=True, maintain_order="left").select(
        pl.col("legal_form_class").fill_null("unknown"), "entity_type"
    )


def _first_match(column: str) -> pl.Expr:
    """Value of `column` in the first row whose pattern matches. It may be null on purpose (not a state), so
    row numbers are coalesced, not values."""
    rows = vocabulary("gb_psc_legal_forms").select("pattern", column)
    return (
        pl.coalesce(
            pl.when(pl.col("words").str.contains(pattern)).then(pl.lit(n))
            for n, pattern in enumerate(rows["pattern"])
        )
        .replace_strict(dict(enumerate(rows[column])), default=None, return_dtype=pl.String)
        .alias(column)
    )


def is_in_uk_register(country: pl.Expr, place: pl.Expr, authority: pl.Expr) -> pl.Expr:
    """Whether an owner's description means that its number is from Companies House. Never null.

    A known country decides alone. Otherwise the place of the register or the authority must name the United
    Kingdom or its registrar; the authority does not count if the place is in another known country.
    """
    place_code = country_code(place)
    words = (for_each_distinct(plain_words, text) for text in (country, place, authority))
    named = pl.any_horizontal(text.str.contains(UK_REGISTRAR).fill_null(False) for text in words)
    named |= (country_code(authority) == "gb").fill_null(False)
    at_home = (place_code == "gb").fill_null(False) | (named & place_code.fill_null("gb").eq("gb"))
    return pl.coalesce(country_code(country) == "gb", at_home)
