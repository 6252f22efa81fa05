"""Office for National Statistics, Postcode Directory (ONSPD): the district of every present or former
postcode of the United Kingdom.

One record is one postcode. It becomes one area statement (`a`, located by the postcode). Column names contain
the year of their geography (`lad25cd`), so most change from edition to edition. Postcodes of the Channel
Islands and the Isle of Man, and those without a place, are in no district and are ignored.

The publisher's archive has many files: land the one `Data/ONSPD_<month>_<year>_UK.csv`, packed or not.
"""

import re

import polars as pl

from transforms.formats.file_names import month_in_name
from transforms.model.parsing import located, parsed, rejections, statement, without
from transforms.model.register import Delimited, Edition, Parsed, Recognised, Register, SourceField
from transforms.model.statements import AREA_STATEMENT
from transforms.values.addresses.postcodes import uk_postcode

DISTRICT = r"^[EWSN][0-9]{8}$"
NO_DISTRICT = r"^[EWSN]99999999$|^[LM]"  # the publisher's pseudo codes
YEARS = range(11, 41)  # of geographies: from the census of 2011, and far enough ahead


def _yearly(stem: str, ending: str = "cd") -> tuple[str, ...]:
    """The names that a column may have, by year."""
    return tuple(f"{stem}{year}{ending}" for year in YEARS)


def _unused(name: str, *also: str) -> SourceField:
    return SourceField(
        name, required=False, also=also, ignored="only the district of a postcode is used, not other areas"
    )


FIELDS = (
    SourceField("pcds", mandatory=True),
    SourceField("lad", also=("oslaua", "laua", *_yearly("lad"))),
    _unused("pcd7", "pcd"),
    _unused("pcd8", "pcd2"),
    SourceField("dointr", required=False, ignored="the district does not depend on when a postcode began"),
    SourceField("doterm", required=False, ignored="a record may have a postcode that is no longer used"),
    _unused("usrtypind", "usertype"),
    _unused("east1m", "oseast1m"),
    _unused("north1m", "osnrth1m"),
    _unused("gridind", "osgrdind"),
    _unused("lat"),
    _unused("long"),
    _unused("cty", "oscty", *_yearly("cty")),
    _unused("ced", *_yearly("ced")),
    _unused("wd", "osward", "ward", *_yearly("wd")),
    _unused("parncp", "parish", *_yearly("parncp"), *_yearly("par")),
    _unused("hlth", "oshlthau", "hlthau", *_yearly("hlth"), *_yearly("hlthau")),
    _unused("nhser", *_yearly("nhser")),
    _unused("ctry", *_yearly("ctry")),
    _unused("rgn", "gor", *_yearly("rgn")),
    _unused("streg"),
    _unused("pcon", *_yearly("pcon")),
    _unused("eer"),
    _unused("teclec", *_yearly("teclec")),
    _unused("ttwa", *_yearly("ttwa")),
    _unused("pct"),
    _unused("itl", "nuts", *_yearly("itl")),
    _unused("statsward"),
    _unused("casward"),
    _unused("park", "npark", *_yearly("npark")),
    *(
        _unused(f"{area}{census}", f"{area}{census}cd")
        for area in ("oa", "lsoa", "msoa")
        for census in ("01", "11", "21")
    ),
    _unused("wz11", "wz11cd"),
    _unused("sicbl", "ccg", *_yearly("sicbl"), *_yearly("ccg")),
    _unused("bua", *_yearly("bua"), *_yearly("bua", "")),
    _unused("buasd11"),
    *(_unused(f"ru{census}ind", f"ur{census}ind", f"ruc{census}ind") for census in ("01", "11", "21")),
    *(_unused(f"oac{census}", f"oac{census}ind") for census in ("01", "11", "21")),
    _unused("lep1", *_yearly("lep", "cd1")),
    _unused("lep2", *_yearly("lep", "cd2")),
    _unused("pfa", *_yearly("pfa")),
    _unused("imd", *_yearly("imd", "ind")),
    _unused("calncv", *_yearly("cal")),
    _unused("icb", "stp", *_yearly("icb"), *_yearly("stp")),
)


def recognise(file_name: str, _head: bytes) -> Recognised | None:
    """By the publisher's file name, which has the month."""
    named = re.fullmatch(r"ONSPD_[A-Z]{3}_20\d{2}_UK\.(?:csv|zip)", file_name, re.IGNORECASE)
    return Recognised("postcodes", month_in_name(file_name)) if named else None


def declined(file_name: str, _head: bytes) -> str:
    if not re.match(r"ONSPD_", file_name, re.IGNORECASE):
        return ""
    return "another file of the postcode directory; put its Data/ONSPD_<month>_<year>_UK.csv here"


def parse(frame: pl.DataFrame, edition: Edition) -> Parsed:
    """Area statements of one batch. Rejects: not_a_postcode, not_a_district. Ignores: no_district."""
    placed = frame.with_columns(uk_postcode(pl.col("pcds")).alias("postcode"))
    has_none = pl.col("lad").is_null() | pl.col("lad").str.contains(NO_DISTRICT)
    rejected = rejections(
        placed,
        [
            (pl.col("postcode").is_null(), "not_a_postcode", "pcds"),
            (~pl.col("lad").str.contains(f"{DISTRICT}|{NO_DISTRICT}"), "not_a_district", "lad"),
        ],
    )
    good = without(placed, rejected)
    ignored = good.filter(has_none).select("record_no", pl.lit("no_district").alias("reason"))
    records = located(good.filter(~has_none), pl.col("postcode"), edition)
    areas = statement(
        records, AREA_STATEMENT, edition, "a", postcode=pl.col("postcode"), district=pl.col("lad")
    )
    return parsed(records, {AREA_STATEMENT.name: areas}, rejected=rejected, ignored=ignored)


REGISTER = Register(
    name="gb_onspd",
    title="Postcodes of the United Kingdom and their districts (ONSPD)",
    publisher="Office for National Statistics",
    territory="gb",
    url="https://geoportal.statistics.gov.uk/search?q=ONSPD",
    licence="Open Government Licence 3.0; contains OS, Royal Mail and National Statistics data",
    cadence="quarterly",
    overdue_days=150,
    kind="snapshot",
    identifier_scheme="GB-POSTCODE",
    expected_rows="2,700,000 (2026)",
    description="The district of every present or former postcode.",
    roles=("areas",),
    reader=Delimited(),
    fields=FIELDS,
    tables=(AREA_STATEMENT,),
    recognise=recognise,
    declined=declined,
    parse=parse,
)
