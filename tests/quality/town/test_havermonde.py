"""Havermonde: native files that every register reads, numbers that nobody has, the same bytes for the same
seed, and marts in which a lender and a proprietor are the company that they name.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from flows.cli.app import exit_code
from flows.home.settings import Home
from flows.operations.evaluation import measure_indicators
from flows.release.store import open_current
from quality.evaluation import FLAGGED, NOT_ASSESSABLE, NOT_FLAGGED
from quality.town import TownFacts
from quality.town.havermonde import write_port
from quality.town.havermonde.draw import PortDraw
from quality.town.havermonde.facts import SOLE_TRADER, Port
from quality.town.havermonde.plants import port_planted, port_plants
from quality.town.havermonde.quay import quay
from quality.town.havermonde.write import BUILDINGS_FILE, COMPANIES_MAX, EARLIER, PERMITS_FILE, STAND_FILES
from tests.landings import mart, marts_night
from transforms.errors import UsageError
from transforms.model.parsing import conform
from transforms.model.register import Edition, registers
from transforms.model.sql import frame
from transforms.readers import read
from transforms.values.identifiers import nl_bag, nl_kvk, nl_rsin

SIZE, SEED = 40, 3


@pytest.fixture(scope="module")
def port() -> Port:
    draw = PortDraw(SEED)
    return quay(draw) + port_planted(draw)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> TownFacts:
    return write_port(tmp_path_factory.mktemp("port"), companies=SIZE, seed=SEED)


def _hashes(facts: TownFacts) -> dict[str, str]:
    files = [*sorted(facts.landing.iterdir()), facts.truth_file]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_same_seed_gives_the_same_bytes_and_another_seed_others(written: TownFacts, tmp_path: Path) -> None:
    again, other = (write_port(tmp_path / str(seed), companies=SIZE, seed=seed) for seed in (SEED, SEED + 1))
    assert _hashes(again) == _hashes(written)
    assert all(
        _hashes(other)[name] != of_name for name, of_name in _hashes(written).items() if "BAG" not in name
    )


def test_every_register_loads_every_record_but_those_of_natural_persons(written: TownFacts) -> None:
    """But for the permits, which a mapping reads."""
    counts = Counter[str]()
    dutch = {name: one for name, one in registers().items() if one.territory == "nl"}
    for name, register in dutch.items():
        for path in sorted(path for path in written.landing.iterdir() if path.name != PERMITS_FILE):
            if (recognised := register.recognise(path.name, _head(path))) is None:
                continue
            for batch in read(register, path):
                good, unfit, unknown = conform(batch.frame, register.fields)
                result = register.parse(good, Edition(name, recognised.dataset, "2026-06-01", "0" * 64))
                for wrong in (
                    batch.rejects,
                    unfit,
                    result.rejected,
                    batch.findings,
                    unknown,
                    result.findings,
                ):
                    assert wrong.is_empty(), (path.name, wrong)
                counts[path.name] += result.records.height
                reasons = set(result.ignored["reason"].to_list())
                assert reasons <= {"natural_person", "used_in_addresses"}, path.name
    assert counts.keys() == {path.name for path in written.landing.iterdir()} - {PERMITS_FILE}
    assert all(counts.values())


def _head(path: Path) -> bytes:
    """As landing sees it: of an archive, the name of what is in it is seen too."""
    return b"" if path.name == BUILDINGS_FILE else path.read_bytes()[: 1 << 16]


def test_numbers_are_right_and_nobody_has_them(port: Port) -> None:
    stated = pl.DataFrame(
        [(one.kvk, one.rsin, one.place.object, one.place.designation) for one in port.businesses],
        schema=["kvk", "rsin", "object", "designation"],
        orient="row",
    )
    read_back = stated.select(
        nl_kvk(pl.col("kvk")).alias("kvk"),
        nl_rsin(pl.col("rsin")).alias("rsin"),
        nl_bag(pl.col("object")).str.strip_prefix("NL-BAG-").alias("object"),
        nl_bag(pl.col("designation")).str.strip_prefix("NL-BAG-").alias("designation"),
    )
    assert read_back.equals(stated)
    assert stated["kvk"].is_unique().all() and stated["rsin"].is_unique().all()
    assert stated["kvk"].str.starts_with("00").all()
    assert {one.place.postcode[4:] for one in port.businesses} <= {"SA", "SD", "SS"}


def test_every_plant_has_three_hits_and_three_near_misses() -> None:
    """Where no register is complete a near miss is not assessable."""
    for code, plant in port_plants().items():
        draw = PortDraw(SEED)
        truth = [row for part in plant.parts for row in part(draw).truth]
        counts = Counter(row.expected for row in truth)
        assert counts[FLAGGED] >= 3, code
        assert counts[NOT_FLAGGED] + counts[NOT_ASSESSABLE] >= 3, code
        assert all(row.note for row in truth)


def test_no_subject_is_in_the_truth_twice(port: Port) -> None:
    assert max(Counter((row.indicator, row.subject_id) for row in port.truth).values()) == 1


@pytest.mark.parametrize("size", [0, COMPANIES_MAX + 1])
def test_a_size_without_names_is_refused(size: int, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--companies"):
        write_port(tmp_path, companies=size)
    assert not list(tmp_path.iterdir())


# --- marts (in small: a lender by its RSIN in tests/transforms/marts/test_charge.py) ---------------------


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, pl.DataFrame]]:
    folder = tmp_path_factory.mktemp("marts")
    facts = write_port(folder / "port", companies=5, seed=SEED)
    (facts.landing / PERMITS_FILE).unlink()
    night = marts_night(Home(folder / "home"), facts.landing)
    yield {
        name: mart(night, name) for name in ("charge", "proprietorship", "transaction", "company", "title")
    }


@pytest.mark.nightly
def test_a_lender_named_by_its_rsin_is_the_company_in_the_trade_register(
    marts: dict[str, pl.DataFrame], port: Port
) -> None:
    lenders = {
        parcel.id: mortgage.lender.id
        for mortgage in port.mortgages
        for parcel in mortgage.parcels
        if mortgage.lender in port.businesses
    }
    parties = dict(
        marts["charge"].filter(pl.col("title_id").is_in(list(lenders))).select("title_id", "lender_id").rows()
    )
    assert parties == lenders and lenders


@pytest.mark.nightly
def test_a_proprietor_named_by_its_rsin_is_the_company_too(
    marts: dict[str, pl.DataFrame], port: Port
) -> None:
    held = marts["proprietorship"].filter(pl.col("ended_on").is_null())
    owners = dict(held.select("title_id", "party_id").rows())
    by_rsin = [parcel for parcel in port.parcels if parcel.by_rsin]
    assert by_rsin
    for parcel in by_rsin:
        owner = parcel.holdings[-1].holders[0]
        assert owner is not None and owners[parcel.id] == owner.id


@pytest.mark.nightly
def test_both_deeds_of_the_shed_are_sales_and_its_dealer_has_left(
    marts: dict[str, pl.DataFrame], port: Port
) -> None:
    shed = port.parcels[0]
    sales = marts["transaction"].filter(title_id=shed.id).sort("transferred_on")
    assert sales["transaction_id"].to_list() == [shed.sale_id(1), shed.sale_id(2)]
    assert sales.select("price", "currency", "category", "property_type", "is_new_build").rows() == [
        (980_000, "EUR", "standard", "other", False),
        (1_450_000, "EUR", "standard", "other", False),
    ]
    assert sales["price_gbp"].is_null().all()
    dealer, buyer = (held.holders[0] for held in shed.holdings[1:])
    ended = marts["proprietorship"].filter(title_id=shed.id).select("party_id", "ended_on").rows()
    assert dealer and buyer
    assert {party: ended_on is not None for party, ended_on in ended} == {dealer.id: True, buyer.id: False}


@pytest.mark.nightly
def test_a_half_that_was_sold_is_no_standard_sale(marts: dict[str, pl.DataFrame], port: Port) -> None:
    halves = [parcel for parcel in port.parcels if len(parcel.holdings[-1].holders) == 2]
    sold = marts["transaction"].filter(pl.col("transaction_id").is_in([one.sale_id() for one in halves]))
    assert sold["category"].to_list() == ["additional"]


@pytest.mark.nightly
def test_natural_persons_are_neither_companies_nor_proprietors(
    marts: dict[str, pl.DataFrame], written: TownFacts
) -> None:
    text = (written.landing / STAND_FILES[EARLIER]).read_text(encoding="utf-8")
    assert "NatuurlijkPersoonRef" in text
    assert SOLE_TRADER not in marts["company"]["legal_form"].to_list()
    assert marts["title"].height < marts["proprietorship"].height + marts["title"].height
    assert marts["proprietorship"]["party_id"].is_not_null().all()


# --- a night ----------------------------------------------------------------------------------------------


@pytest.mark.nightly
def test_the_demo_of_the_port_finds_what_was_planted_and_nothing_else_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path / "home")
    assert exit_code(["demo", "--town", "nl", "--home", str(home.root)]) == 0
    measures, absent = measure_indicators(home)
    assert absent.is_empty()
    assert set(measures["indicator"]) == set(port_plants())
    assert measures["precision"].to_list() == [1.0] * len(port_plants()) == measures["recall"].to_list()
    with open_current(home) as connection:
        flags = frame(connection, "select subject_id, case_id from v_flag where state = 'flagged'")
    truth = pl.read_csv(home.landing / "town" / "truth.csv").filter(
        pl.col("note").str.starts_with("quay: ") & (pl.col("expected") == FLAGGED)
    )
    assert truth.join(flags, on="subject_id")["case_id"].n_unique() == 1
    assert measures["not_assessable_n"].equals(measures["not_assessable_agree_n"].rename("not_assessable_n"))
    assert exit_code(["demo", "--home", str(home.root)]) == 2
    assert "the other town" in capsys.readouterr().err
