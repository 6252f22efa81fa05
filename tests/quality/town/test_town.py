"""The synthetic town: native formats, unique numbers, agreeing totals, same bytes for the same seed, no
accidental hits.
"""

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import networkx as nx
import numpy as np
import polars as pl
import pytest

from quality.town import TownFacts, gone, write, write_town
from quality.town.companies.block import OFFICE_SEATS_MAX, form_counts
from quality.town.companies.columns import finished
from quality.town.gone import EARLIER
from quality.town.land import overseas_titles
from quality.town.parts import native
from quality.town.parts.dates import EDITION
from quality.town.parts.names import RESERVED_MODULUS, RESERVED_RESIDUE, slots
from quality.town.parts.places import AREA
from quality.town.parts.wordlists import table
from quality.town.people.records import NO_OWNER, NO_OWNER_PARTNERSHIP
from transforms.errors import UsageError
from transforms.model.parsing import conform
from transforms.model.register import Edition, registers
from transforms.readers import read
from transforms.values.addresses import with_address
from transforms.values.countries import country_code
from transforms.values.names import company_name_key
from transforms.values.vocabulary import lookup

REAL = Path("../shared/registers/landing_gb")
SIZE, BARE_SIZE, SEED = 2000, 3000, 7


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> TownFacts:
    return write_town(tmp_path_factory.mktemp("town"), companies=SIZE, seed=SEED)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> TownFacts:
    """A town of several blocks without any plant."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(write, "BLOCK", 900)
        patch.setattr("quality.town.plants.plants", dict)
        patch.setattr(write, "plants", dict)
        patch.setattr("quality.town.affairs.AFFAIRS", ())
        return write_town(tmp_path_factory.mktemp("bare"), companies=BARE_SIZE, seed=SEED)


def _companies(facts: TownFacts) -> pl.DataFrame:
    frame = pl.read_csv(facts.landing / write.FILES["companies"].name, infer_schema=False)
    return frame.rename({name: name.strip() for name in frame.columns})


def _psc(facts: TownFacts) -> list[dict]:
    with (facts.landing / write.FILES["psc"].name).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _titles(facts: TownFacts) -> list[list[str]]:
    with (facts.landing / write.FILES["titles"].name).open(encoding="utf-8", newline="") as handle:
        return list(csv.reader(handle, strict=True))


def _hashes(facts: TownFacts) -> dict[str, str]:
    files = [*sorted(facts.landing.iterdir()), facts.truth_file]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


# --- formats ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "real"),
    [
        (native.COMPANY_HEADER, "BasicCompanyDataAsOneFile-2026-05-01.csv"),
        (native.TITLE_HEADER, "CCOD_FULL_2024_12.csv"),
        (",".join(overseas_titles.COLUMNS), "OCOD_FULL_2024_12.csv"),
    ],
)
def test_header_is_the_publishers(header: str, real: str) -> None:
    path = REAL / real
    if not path.is_file():
        pytest.skip(f"{real} is not in ../shared/registers")
    with path.open(encoding="utf-8", newline="") as handle:
        assert header == handle.readline().rstrip("\r\n")


def test_psc_keys_are_the_publishers(town: TownFacts) -> None:
    path = REAL / "persons-with-significant-control-snapshot-2024-12-01.txt"
    if not path.is_file():
        pytest.skip(f"{path.name} is not in ../shared/registers")
    with path.open(encoding="utf-8") as lines:
        real = [json.loads(line) for line in lines]
    written = {
        kind: _keys(record for record in _psc(town) if record["data"]["kind"] == kind)
        for kind in {record["data"]["kind"] for record in real}
    }
    for kind, keys in written.items():
        theirs = _keys(record for record in real if record["data"]["kind"] == kind)
        assert keys, kind
        # Newer than the sample: identity verification (2025). Optional parts that the few real records of a
        # kind lack.
        unknown = {
            key
            for key in keys - theirs
            if not key.startswith(
                ("data.identity_verification_details", "data.address.", "data.identification.")
            )
        }
        assert unknown <= {"data.ceased_on", "data.is_sanctioned"}, (kind, unknown)


def _keys(records: Iterable[dict]) -> set[str]:
    keys: set[str] = set()

    def walk(value: object, path: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, f"{path}.{key}" if path else key)
        else:
            keys.add(path)

    for record in records:
        walk(record, "")
    return keys


def test_company_lines_are_quoted_throughout_and_have_55_fields(town: TownFacts) -> None:
    lines = (town.landing / write.FILES["companies"].name).read_text(encoding="utf-8").split("\n")
    assert lines[-1] == ""
    assert lines[0] == native.COMPANY_HEADER
    assert all(line.startswith('"') and line.endswith('"') for line in lines[1:-1])
    assert {len(row) for row in csv.reader(lines[:-1], strict=True)} == {55}
    assert len(lines) - 2 == town.counts["companies"]


def test_title_lines_have_35_fields_crlf_and_a_row_count(town: TownFacts) -> None:
    raw = (town.landing / write.FILES["titles"].name).read_bytes()
    rows = _titles(town)
    assert raw.count(b"\n") == raw.count(b"\r\n") == len(rows)
    assert {len(row) for row in rows[:-1]} == {35}
    assert rows[-1] == ["Row Count:", str(town.counts["titles"])]
    assert len(rows) - 2 == town.counts["titles"]
    assert b'""' not in raw.replace(b'"""', b"")  # quoted where needed only: no empty field in quotes


def test_psc_totals_agree_with_the_records(town: TownFacts) -> None:
    records = _psc(town)
    kinds = Counter(record["data"]["kind"] for record in records[:-1])
    totals = records[-1]["data"]
    assert totals["kind"] == "totals#persons-of-significant-control-snapshot"
    assert totals["statements_count"] == kinds[native.STATEMENT_KIND] == town.counts["statements"]
    assert totals["exemptions_count"] == kinds[native.EXEMPTIONS_KIND] == town.counts["exemptions"]
    assert (
        totals["persons_of_significant_control_count"]
        == kinds.total() - town.counts["statements"] - town.counts["exemptions"]
        == town.counts[write.PARTIES]
    )


def test_psc_links_are_unique_and_name_their_company(town: TownFacts) -> None:
    records = _psc(town)[:-1]
    links = [record["data"]["links"]["self"] for record in records]
    assert len(set(links)) == len(links)
    assert all(
        link.startswith(f"/company/{record['company_number']}/")
        for link, record in zip(links, records, strict=True)
    )


def test_every_register_loads_every_record(town: TownFacts) -> None:
    """But for the council's own files, which a mapping reads, and an archive, which is unpacked before."""
    loaded: Counter[str] = Counter()
    by_mapping = (write.FILES["ledger"].name, write.FILES["permits"].name, write.FILES["leaks"].name)
    dates = {
        write.EARLIER_FILE: EARLIER,
        **write.OLDER,
        **dict.fromkeys(
            (
                write.FILES["sales"].name,
                write.FILES["listed"].name,
                write.FILES["accounts"].name,
                write.FILES["rates"].name,
            )
        ),
    }
    for name, register in registers().items():
        for path in sorted(path for path in town.landing.iterdir() if path.name not in by_mapping):
            recognised = register.recognise(path.name, path.read_bytes()[: 1 << 16])
            if recognised is None:
                continue
            assert recognised.edition_date == dates.get(path.name, EDITION)
            for batch in read(register, path):
                good, unfit, unknown = conform(batch.frame, register.fields)
                result = register.parse(
                    good, Edition(name, recognised.dataset, EDITION.isoformat(), "0" * 64)
                )
                for rejected in (batch.rejects, unfit, result.rejected):
                    assert rejected.is_empty(), rejected
                for findings in (batch.findings, unknown, result.findings):
                    assert findings.is_empty(), findings
                # A watch list has records that say nothing of their own, and officers lines about companies.
                beside = (
                    batch.ignored.filter(reason="company")
                    if path.name == write.FILES["officers"].name
                    else None
                )
                ignored = result.ignored if path.name == write.FILES["listed"].name else beside
                loaded[path.name] += result.records.height + (0 if ignored is None else ignored.height)
    own = {
        write.FILES["companies"].name: town.counts["companies"],
        write.FILES["psc"].name: town.counts[write.PARTIES]
        + town.counts["statements"]
        + town.counts["exemptions"],
        write.FILES["titles"].name: town.counts["titles"],
    }
    more = {name: records for name, records in town.more.items() if name not in by_mapping}
    assert loaded == {**own, **more}


# --- the earlier edition, and titles from abroad ----------------------------------------------------------


def _earlier(facts: TownFacts) -> pl.DataFrame:
    frame = pl.read_csv(facts.landing / write.EARLIER_FILE, infer_schema=False)
    return frame.rename({name: name.strip() for name in frame.columns})


def test_the_earlier_edition_has_todays_older_companies_and_those_that_left(bare: TownFacts) -> None:
    now, then = _companies(bare), _earlier(bare)
    founded = pl.col("IncorporationDate").str.to_date("%d/%m/%Y")
    older = now.filter(founded < EARLIER)
    assert older.height < now.height
    gone = then.join(now, on="CompanyNumber", how="anti")
    assert (
        then.join(gone, on="CompanyNumber", how="anti")
        .sort("CompanyNumber")
        .equals(older.sort("CompanyNumber"))
    )
    assert then["CompanyNumber"].is_unique().all()
    assert 0.004 * BARE_SIZE < gone.height < 0.012 * BARE_SIZE
    assert gone.filter(founded >= EARLIER).is_empty()
    assert not set(gone["CompanyName"]) & set(now["CompanyName"])


def test_blocks_of_the_earlier_edition_share_no_number() -> None:
    days = np.full(200, np.datetime64("2019-05-06"))
    blocks = [set(gone._numbers(days, number, 7).tolist()) for number in range(7)]
    assert [len(numbers) for numbers in blocks] == [200] * 7
    assert len(set.union(*blocks)) == 1400
    assert all(value % RESERVED_MODULUS == RESERVED_RESIDUE for value in set.union(*blocks))


def test_titles_from_abroad_are_the_towns_overseas_entities(bare: TownFacts) -> None:
    with (bare.landing / write.FILES["overseas_titles"].name).open(encoding="utf-8", newline="") as handle:
        header, *rows, trailer = list(csv.reader(handle, strict=True))
    assert (
        trailer == ["Row Count:", str(len(rows))] and len(header) == 39 and {len(row) for row in rows} == {39}
    )
    assert len(rows) == bare.more[write.FILES["overseas_titles"].name]
    assert len(rows) == int(bare.counts["titles"] * overseas_titles.SHARE_OF_TITLES)
    titles = pl.DataFrame(rows, schema=header, orient="row")
    assert titles["Title Number"].is_unique().all() and not set(titles["Title Number"]) & {
        row[0] for row in _titles(bare)
    }
    keyed = titles.select(
        company_name_key(pl.col("Proprietor Name (1)")).alias("name"),
        country_code(pl.col("Country Incorporated (1)")).alias("country"),
    )
    entities = _companies(bare).filter(pl.col("CompanyNumber").str.starts_with("OE"))
    known = entities.select(
        company_name_key(pl.col("CompanyName")).alias("name"),
        country_code(pl.col("CountryOfOrigin")).alias("country"),
    )
    assert keyed.null_count().sum_horizontal().item() == 0
    assert keyed.join(known, on=["name", "country"], how="anti").is_empty()
    assert titles["Tenure"].value_counts().height == 2


# --- same seed, any size ----------------------------------------------------------------------------------


@pytest.mark.nightly
def test_same_seed_gives_the_same_bytes_and_another_seed_others(town: TownFacts, tmp_path: Path) -> None:
    again = write_town(tmp_path / "again", companies=SIZE, seed=SEED)
    other = write_town(tmp_path / "other", companies=SIZE, seed=SEED + 1)
    assert _hashes(again) == _hashes(town)
    planted_only = {write.FILES["rates"].name, write.FILES["tenders"].name, write.FILES["subsidies"].name}
    drawn = {path.name for path in town.landing.iterdir()} - planted_only
    assert all(_hashes(other)[name] != _hashes(town)[name] for name in drawn)


@pytest.mark.nightly
@pytest.mark.parametrize("size", [1, 2, 37, 200])
def test_any_size_is_written_whole(size: int, tmp_path: Path) -> None:
    facts = write_town(tmp_path, companies=size, seed=3)
    planted = facts.counts["companies"] - size
    assert planted > 300
    assert _companies(facts).height == facts.counts["companies"]
    of_psc = (facts.counts[what] for what in (write.PARTIES, "statements", "exemptions"))
    assert len(_psc(facts)) == sum(of_psc) + 1
    assert len(_titles(facts)) == facts.counts["titles"] + 2


@pytest.mark.parametrize("size", [0, -5, write.COMPANIES_MAX + 1])
def test_a_size_outside_the_registers_is_refused(size: int, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--companies"):
        write_town(tmp_path, companies=size)
    assert not list(tmp_path.iterdir())


@pytest.mark.nightly
def test_a_block_holds_no_more_than_its_companies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is held at once is one block: that is why five million are written in the memory of 25,000."""
    monkeypatch.setattr(write, "BLOCK", 500)
    heights: list[int] = []

    def spy(core: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
        heights.append(core.height)
        return finished(core, rng)

    monkeypatch.setattr(write, "finished", spy)
    facts = write_town(tmp_path, companies=1700, seed=1)
    planted = facts.counts["companies"] - 1700
    # Of each block its companies, those of the plants (all in the first block), and those that are gone.
    own, of_plants, gone = heights[0::3], heights[1::3], heights[2::3]
    assert (own, of_plants) == ([500, 500, 500, 200], [planted, 0, 0, 0])
    assert len(gone) == 4 and all(0 < height < 500 for height in gone)


# --- content ----------------------------------------------------------------------------------------------


@pytest.mark.sample(1)
@pytest.mark.parametrize("which", ["town", "bare"])
def test_numbers_titles_and_names_are_unique(which: str, request: pytest.FixtureRequest) -> None:
    facts: TownFacts = request.getfixturevalue(which)
    companies = _companies(facts)
    assert companies["CompanyNumber"].n_unique() == companies.height
    assert set(companies["CompanyNumber"].str.len_chars()) == {8}
    uk = companies.filter(pl.col("CompanyCategory") != "Overseas Entity")
    assert uk["CompanyName"].n_unique() == uk.height
    numbers = [row[0] for row in _titles(facts)[1:-1]]
    assert len(set(numbers)) == len(numbers)


def test_only_companies_on_top_of_the_town_have_reserved_numbers(bare: TownFacts) -> None:
    digits = _companies(bare)["CompanyNumber"].str.extract(r"(\d+)$").cast(pl.Int64)
    assert (digits % RESERVED_MODULUS == RESERVED_RESIDUE).sum() == bare.counts["companies"] - BARE_SIZE > 5


def test_numbers_rise_with_the_day_of_incorporation(bare: TownFacts) -> None:
    english = _companies(bare).filter(pl.col("CompanyNumber").str.contains(r"^\d{8}$")).sort("CompanyNumber")
    days = english["IncorporationDate"].str.to_date("%d/%m/%Y")
    assert days.is_sorted()
    assert days.max() <= EDITION
    assert days.dt.year().n_unique() > 40


def test_legal_forms_have_the_declared_shares() -> None:
    counts = dict(zip(table("forms")["form"], form_counts(200_000).tolist(), strict=True))
    assert sum(counts.values()) == 200_000
    assert counts["llp"] == 2000
    private = sum(
        count for form, count in counts.items() if form in ("ltd", "residents_ltd", "ltd_sc", "ltd_ni")
    )
    assert 0.9 < private / 200_000 < 0.96


@pytest.mark.parametrize("companies", [200_000, pytest.param(write.COMPANIES_MAX, marks=pytest.mark.nightly)])
def test_the_largest_town_fits_the_numbers_of_every_series(companies: int) -> None:
    totals = (
        pl.DataFrame({"series": table("forms")["series"], "n": form_counts(companies)})
        .group_by("series")
        .agg(pl.col("n").sum())
    )
    for series, total in totals.iter_rows():
        number, _ = slots(series, np.arange(total), total, np.random.default_rng(1))
        assert np.unique(number).size == total, series
        assert not (number % RESERVED_MODULUS == RESERVED_RESIDUE).any(), series


def test_addresses_are_in_no_real_postcode_area(bare: TownFacts) -> None:
    companies = (
        _companies(bare)
        .filter(~pl.col("CompanyNumber").str.contains("^(OE|FC)"))
        .filter(pl.col("RegAddress.PostCode") != "")
    )
    areas = Counter(companies["RegAddress.PostCode"].str.extract(r"^([A-Z]+)"))
    assert set(areas) <= {AREA, "CF"}  # CF: the registrar's default address
    assert areas[AREA] > 2500


def test_spellings_and_gaps_are_as_in_registers(town: TownFacts) -> None:
    companies = _companies(town)
    lines = companies["RegAddress.AddressLine1"]
    assert lines.str.contains(r" ST$").sum() > 10
    assert lines.str.contains(r"^\d+, ").sum() > 10
    assert companies["RegAddress.PostCode"].str.contains(r"^ZT\d+[A-Z]{2}$").sum() > 10
    assert (companies["RegAddress.PostCode"] == "").sum() > 3
    rows = _titles(town)[1:-1]
    numbers = [row[10] for row in rows]
    assert sum(number.isdigit() and len(number) < 8 for number in numbers) > 100
    assert any(" " in number.strip() for number in numbers)
    assert sum(row[33] == "" for row in rows) >= 1
    assert sum(row[15] != "" for row in rows) > 5
    assert {"7431", "28914R", "IP17702R"} <= set(numbers)
    assert sum(row[6] == "" for row in rows) > 50


def test_every_kind_of_owner_record_occurs(town: TownFacts) -> None:
    records = [record["data"] for record in _psc(town)]
    kinds = {record["kind"] for record in records}
    assert kinds == {*native.LINKS, native.EXEMPTIONS_KIND, "totals#persons-of-significant-control-snapshot"}
    natures = {code for record in records for code in record.get("natures_of_control", ())}
    assert any("as-trust" in code for code in natures)
    assert any(code.endswith("limited-liability-partnership") for code in natures)
    assert sum("ceased_on" in record for record in records) > 100
    stated = [
        record["identification"] for record in records if record["kind"].startswith("corporate-entity-person")
    ]
    assert any("registration_number" not in identification for identification in stated)
    assert any(len(identification.get("registration_number", "")) < 8 for identification in stated)


def test_the_hub_holds_more_companies_than_anyone(bare: TownFacts) -> None:
    holders = Counter(
        record["data"]["name"].replace(" Ltd", " Limited")
        for record in _psc(bare)[:-1]
        if record["data"]["kind"] == "corporate-entity-person-with-significant-control"
    )
    assert holders.most_common(1)[0][0] == "Harrowmere Ground Rents Limited"


# --- no accidental hits -----------------------------------------------------------------------------------


def test_holdings_of_the_town_itself_make_no_ring(bare: TownFacts) -> None:
    numbers = set(_companies(bare)["CompanyNumber"])
    graph = nx.DiGraph()
    for record in _psc(bare)[:-1]:
        holder = record["data"].get("identification", {}).get("registration_number", "").strip().zfill(8)
        if holder in numbers:
            graph.add_edge(holder, record["company_number"])
    assert graph.number_of_edges() > 100
    assert nx.dag_longest_path_length(graph) >= 3  # chains, and an error if it were cyclic


@pytest.mark.nightly
def test_no_address_of_the_town_itself_is_a_mass_registration(bare: TownFacts) -> None:
    companies = (
        _companies(bare)
        .with_columns(pl.all().replace("", None))
        .filter(pl.col("RegAddress.PostCode").fill_null("") != "CF14 8LH")
    )
    lines = [pl.col("RegAddress.AddressLine1"), pl.col("RegAddress.AddressLine2")]
    keyed = with_address(
        companies,
        lines=lines,
        locality=pl.col("RegAddress.PostTown"),
        country=pl.lit("gb"),
        postcode_text=pl.col("RegAddress.PostCode"),
    )
    largest = keyed.filter(pl.col("a_address_id").is_not_null()).group_by("a_address_id").len()["len"].max()
    assert 10 < largest <= OFFICE_SEATS_MAX + 5  # an office, and perhaps a neighbour


def test_some_are_silent_unnamed_or_at_the_default_address(bare: TownFacts) -> None:
    records = _psc(bare)[:-1]
    codes = [record["data"].get("statement") for record in records if "ceased_on" not in record["data"]]
    assert any(code in (NO_OWNER, NO_OWNER_PARTNERSHIP) for code in codes)
    classes = lookup("gb_psc_statements", "code", "declaration_class")
    assert any(code and classes[code] == "undisclosed" for code in codes)
    companies = _companies(bare)
    assert (companies["RegAddress.AddressLine1"] == "PO BOX 4385").any()
    assert set(companies["CompanyNumber"]) - {record["company_number"] for record in records}


def test_a_town_without_plants_has_no_truth(bare: TownFacts) -> None:
    assert bare.truth == 0
    assert bare.plants == ()
