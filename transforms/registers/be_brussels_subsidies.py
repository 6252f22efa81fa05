"""City of Brussels: the subsidies that it granted, year by year.

There is one file a year, an array of objects. One object is one subsidy and becomes

| statement | part | locator |
|---|---|---|
| subsidy | `g` | the number of the object in its file |

The keys change from year to year, and some contain the year. Amounts are numbers, or texts such as
`2.000,00`. The KBO number has lost its leading zero. A beneficiary without a number is known by name only.
Sole traders have KBO numbers too, so name and purpose are kept only if the name cannot be that of a natural
person (`transforms.values.payees`). The declaration is at the end.
"""

import re
from datetime import date

import orjson
import polars as pl

from transforms.formats.ledgers import amount_of
from transforms.model.parsing import located, parsed, rejections, statement, without
from transforms.model.register import Edition, JsonLines, Parsed, Recognised, Register, SourceField
from transforms.model.source import Offer, Source
from transforms.model.statements import SUBSIDY_STATEMENT
from transforms.values.identifiers import BE_KBO, be_kbo
from transforms.values.payees import NAMED_KINDS, payee_kind

FUNDER = "body:ville_de_bruxelles"
YEARS = range(2015, 2041)
_KBO = "le_numero_de_bce_du_beneficiaire_de_la_subvention_kbo_nummer_van_de_begunstigde_van_de_subsidie"
_BENEFICIARY = "nom_du_beneficiaire_de_la_subvention_naam_begunstigde_van_de_subsidie"
_FIRST = "l_annee_de_debut_d_octroi_de_la_subvention_beginjaar_waarin_de_subsidie_wordt_toegekend"
_LAST = "l_annee_de_fin_d_octroi_de_la_subvention_eindjaar_waarin_de_subsidie_wordt_toegekend"
# Meaning of a column → the keys that it had in different years.
KEYS = {
    "beneficiary": ("beneficiaire_begunstigde", _BENEFICIARY),
    "number": (_KBO, "numero_bce_kbo_nummer"),
    "name": ("nom_de_la_subvention_naam_van_de_subsidie", "nom_du_subside_naam_subsidie"),
    "purpose": (
        "l_objet_de_la_subvention_doel_van_de_subsidie",
        "objet_du_subside_doel_van_de_subsidie",
    ),
    "article": ("article_complet_volledig_artikel", "article_budgetaire_begrotingsartikel"),
    "granted": ("montant_octroye_toegekend_bedrag",),
    "budgeted": tuple(
        key
        for year in YEARS
        for key in (
            f"montant_prevu_au_budget_{year}_bedrag_voorzien_op_begroting_{year}",
            f"budget_{year}_begroting_{year}",
        )
    ),
    "first_year": (_FIRST, "annee_budgetaire_debut_octroi_begroting_jaar_begin_toekenning"),
    "last_year": (_LAST, "annee_budgetaire_fin_octroi_begroting_jaar_einde_van_toekenning"),
}
FIELDS: tuple[SourceField, ...] = (
    *(SourceField(key, required=False) for keys in KEYS.values() for key in keys),
    SourceField("ville_de_bruxelles_stad_brussel", ignored="the city's own name", required=False),
)
THOUSANDS = r"^-?\d{1,3}(?:\.\d{3})+$"  # without decimals: 2.000 is two thousand
_COLUMNS = re.compile(r"[a-z_]*beneficiaire[a-z_]*begunstigde")
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")


def offers(body: bytes, address: str) -> list[Offer]:
    """Datasets of one year that have the columns of a subsidy in the portal's catalogue, each as JSON.

    Source: Explore API 2.1 of Opendatasoft.
    """
    every = []
    for entry in orjson.loads(body).get("results", []):
        columns = " ".join(field["name"] for field in entry.get("fields", []))
        year = _YEAR.search(entry["dataset_id"])
        if year and _COLUMNS.search(columns):
            url = f"{address.partition('?')[0]}/{entry['dataset_id']}/exports/json"
            every.append(Offer(url, f"subsidies-{year[1]}.json"))
    return every


def recognise(file_name: str, head: bytes) -> Recognised | None:
    """By the columns of the beneficiary and the year of the grant, in both languages. The year is the
    edition.
    """
    if not re.search(rb'"[a-z_]*beneficiaire[a-z_]*begunstigde', head) or b"kbo_nummer" not in head:
        return None
    year = _YEAR.search(file_name)
    return Recognised(
        f"subsidies-{year[1]}" if year else "subsidies", date(int(year[1]), 1, 1) if year else None
    )


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Subsidy statements of one batch. A record without a beneficiary or with an invalid amount is
    rejected."""
    named = frame.with_columns(pl.coalesce(*keys).alias(meaning) for meaning, keys in KEYS.items())
    amount = pl.coalesce("granted", "budgeted")
    typed = named.with_columns(
        amount_of(
            pl.when(amount.str.contains(THOUSANDS))
            .then(amount.str.replace_all(".", "", literal=True))
            .otherwise(amount)
        ).alias("sum"),
        be_kbo(pl.col("number")).alias("kbo"),
    )
    rejected = rejections(
        typed,
        [
            (pl.col("beneficiary").is_null(), "missing_value", KEYS["beneficiary"][0]),
            (amount.is_not_null() & pl.col("sum").is_null(), "not_a_number", KEYS["granted"][0]),
        ],
    )
    good = located(without(typed, rejected), pl.col("record_no").cast(pl.String), edition)
    kind = payee_kind(pl.col("beneficiary"))
    is_kept = kind.is_in(NAMED_KINDS)
    subsidies = statement(
        good,
        SUBSIDY_STATEMENT,
        edition,
        "g",
        funder_id=pl.lit(FUNDER),
        payee_kind=pl.when(is_kept | pl.col("kbo").is_null()).then(kind).otherwise(pl.lit("company")),
        payee_name=pl.when(is_kept).then(pl.col("beneficiary")),
        payee_scheme=pl.when(pl.col("kbo").is_not_null()).then(pl.lit(BE_KBO)),
        payee_number=pl.col("kbo"),
        scheme=pl.col("name"),
        purpose=pl.when(is_kept).then(pl.col("purpose")),
        category=pl.col("article"),
        granted=pl.col("sum"),
        currency=pl.lit("EUR"),
        first_year=pl.col("first_year").cast(pl.Int64, strict=False),
        last_year=pl.col("last_year").cast(pl.Int64, strict=False),
    )
    return parsed(good, {SUBSIDY_STATEMENT.name: subsidies}, rejected=rejected)


REGISTER = Register(
    name="be_brussels_subsidies",
    title="Subsidies of the City of Brussels",
    publisher="City of Brussels",
    territory="be",
    url="https://opendata.brussels.be/",
    licence="Open data licence of the City of Brussels",
    cadence="yearly",
    kind="series",
    whole_period=r"subsidies-\d{4}",
    identifier_scheme=BE_KBO,
    expected_rows="1,200 to 1,400 a year (2019 to 2024)",
    description="Each subsidy: beneficiary with its enterprise number, purpose, amount and years.",
    partial_roles=("subsidies",),
    source=Source(
        "https://opendata.brussels.be/api/explore/v2.1/catalog/datasets"
        "?limit=100&where=search(%22subsides%22)%20or%20search(%22subventions%22)",
        offers=offers,
        as_page=True,  # the portal writes an export while it sends it
    ),
    reader=JsonLines(packages=True),
    fields=FIELDS,
    tables=(SUBSIDY_STATEMENT,),
    recognise=recognise,
    parse=parse,
)
