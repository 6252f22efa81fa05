"""Companies on real registers, where they are at hand: how many records join, and that those looked at by
hand are right. Names of persons are not printed.
"""

from pathlib import Path

import polars as pl
import pytest

from flows.home.settings import Home
from flows.night.stages.resolve import resolve_parties
from tests.landings import lake_night, mart
from transforms.resolution.companies.matching import TOGETHER
from transforms.resolution.companies.names import with_company_name

REAL = Path("../shared/registers")
LANDING = REAL / "landing_gb"
pytestmark = pytest.mark.skipif(
    not LANDING.is_dir(), reason="the register files of the neighbouring folder are not here"
)

# Looked at by hand: proprietors in Penryn that state no usable number, and how many titles each holds at one
# address.
HOLDERS = {
    "LIVEWEST HOMES LIMITED": 48,
    "OCEAN HOUSING LIMITED": 5,
    "CHURCH COMMISSIONERS FOR ENGLAND": 2,
    "THE CORNWALL COUNCIL": 54,
}
SUPPLIERS = [
    "BRITISH TELECOMMUNICATIONS",
    "CORNWALL COUNCIL",
    "ENTERPRISE RENT A CAR UK",
    "SANCTUARY HOUSING ASSOCIATION",
    "WALES AND WEST UTILITIES",
    "WESTWARD HOUSING GROUP",
]
OVERSEAS_PARADISE_MIN = 169  # found by name alone when the files were put together


def keys(names: pl.Series, country: str = "gb") -> pl.DataFrame:
    """core, form, is_distinct of the distinct names."""
    return with_company_name(
        pl.DataFrame({"name": names.drop_nulls().unique().sort()}).with_columns(
            pl.lit(country).alias("country")
        )
    )


@pytest.fixture(scope="module")
def resolution(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """The resolution with name, role and number as stated, of the real landing folder."""
    night = lake_night(Home(tmp_path_factory.mktemp("real")), LANDING)
    resolve_parties(night)
    named = pl.concat(
        [
            pl.scan_parquet(path).select("statement_id", "name", "role", "identifier_native")
            for path in sorted(night.home.lake.rglob("entity_statement/**/*.parquet"))
        ]
    )
    return mart(night, "resolution").join(named.collect(), on="statement_id", how="inner")


@pytest.mark.nightly
def test_both_overseas_proprietors_of_penryn_have_their_entry(resolution: pl.DataFrame) -> None:
    proprietors = resolution.filter(pl.col("register") == "gb_hmlr_ocod")
    assert set(proprietors["candidate_id"]) == {"GB-COH-OE017904", "GB-COH-OE022094"}
    assert set(proprietors["score"]) == {1.0}


@pytest.mark.nightly
def test_titles_of_one_proprietor_without_a_usable_number_are_one_partys(resolution: pl.DataFrame) -> None:
    """Each set found has one name and states one number at most; and the sets looked at by hand are whole."""
    sets = resolution.filter(pl.col("method") == TOGETHER)["party_id"].unique()
    members = resolution.filter(pl.col("party_id").is_in(sets.implode()))
    by_party = members.group_by("party_id").agg(
        pl.col("name").unique().alias("names"),
        pl.len(),
        pl.col("identifier_native").drop_nulls().n_unique().alias("numbers"),
    )
    assert by_party["names"].list.len().max() == 1 and int(by_party["numbers"].cast(pl.Int64).max()) <= 1  # type: ignore[arg-type]
    sizes = {names[0]: size for names, size in by_party.select("names", "len").iter_rows()}
    assert {name: sizes.get(name) for name in HOLDERS} == HOLDERS


@pytest.mark.nightly  # on every commit names alone, below, and invented files in test_resolution_companies
def test_nothing_of_the_real_files_is_joined_to_an_entry_of_another_name(resolution: pl.DataFrame) -> None:
    entries = resolution.filter(pl.col("method") == "identifier").select(
        "party_id", pl.col("name").alias("entry")
    )
    joined = resolution.filter(pl.col("method").is_in(["name_and_address", "name_and_jurisdiction"])).join(
        entries, on="party_id", how="left"
    )
    cores = [
        keys(joined[column].fill_null(""))["core"].unique().sort().to_list() for column in ("name", "entry")
    ]
    assert cores[0] == cores[1]


def test_proprietors_of_penryn_are_suppliers_of_devon_by_name() -> None:
    """Every one of half a year, looked at by hand: no other name of either side is alike by 0.88.

    What the council redacts has no key.
    """
    titles = pl.read_csv(LANDING / "CCOD_FULL_2024_12.csv", infer_schema=False)
    files = sorted((REAL / "public_money/devon").glob("DCCSpendingOver500_2024*.csv"))
    suppliers = pl.concat(
        [
            pl.read_csv(path, infer_schema=False, encoding="utf8-lossy", truncate_ragged_lines=True).select(
                pl.nth(_supplier_column(path)).alias("name")
            )
            for path in files
        ]
    )
    proprietors = keys(pl.concat([titles[f"Proprietor Name ({n})"] for n in range(1, 5)]))
    paid = keys(suppliers["name"])
    assert (
        not paid.filter(pl.col("name").str.to_uppercase().str.strip_chars() == "REDACTED PERSONAL DATA")[
            "core"
        ]
        .drop_nulls()
        .len()
    )
    both = (
        proprietors.filter(pl.col("core").is_not_null())
        .join(paid, on="core", how="semi")["core"]
        .unique()
        .sort()
        .to_list()
    )
    assert both == SUPPLIERS


def _supplier_column(path: Path) -> int:
    header = pl.read_csv(path, n_rows=1, infer_schema=False, encoding="utf8-lossy").columns
    return next(n for n, name in enumerate(header) if "supplier" in name.lower() and "name" in name.lower())


def test_overseas_entities_have_a_paradise_name_and_keep_it_with_the_form_off() -> None:
    overseas = pl.read_parquet(REAL / "gb_coh/overseas_entities/uk_ch_overseas_entities.parquet")
    paradise = pl.read_csv(REAL / "icij/2018_paradise/reduced_Entity.csv", infer_schema=False)
    known, leaked = keys(overseas["name"]), keys(paradise["eName"])
    both = known.join(leaked, on=("core", "form"), how="inner", nulls_equal=True).filter(
        pl.col("core").is_not_null()
    )
    assert both["core"].n_unique() >= OVERSEAS_PARADISE_MIN
