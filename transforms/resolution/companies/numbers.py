"""What is compared of a number that a record states and that no scheme has read: the number as its country's
register writes it. Row-local.

| country | written | compared as |
|---|---|---|
| be | `0403.170.701`, `BE0403170701`, `403170701` | ten digits (Crossroads Bank for Enterprises) |
| nl | `KvK 34012345`, `04012345`, `4012345` | eight digits (Chamber of Commerce) |
| de | `HRB 128456`, `HRB128456 B`, `HRB 128.456` | part of the register and digits; the court beside it |
| gb | `62758518` | no number, if Companies House has not issued it yet (`is_beyond_gb_coh`) |
| other | `B 48.291`, `048291` | capitals and digits, leading zeros off |

A filler is no number, nor is a text without a digit (ONBEKEND, INCONNU). In Germany each court numbers for
itself, from one up: HRB 128456 of Berlin and HRB 128456 of Munich are two companies.
"""

import polars as pl

from transforms.model.sql import Connection, frame, read_sql
from transforms.values.identifiers import is_beyond_gb_coh, is_placeholder, tidy_number
from transforms.values.names import folded

BE_DIGITS, NL_DIGITS = 10, 8
# Leading zeros are lost, so fewer digits are padded; letters around them are a prefix, or name the register.
BE_NUMBER = r"^[A-Z]*([0-9]{9,10})[A-Z]*$"
NL_NUMBER = r"^[A-Z]*([0-9]{5,8})(?:0000)?[A-Z]*$"  # of the company itself; its seat had four zeros more
# Parts of the German registers: of companies (A, B), cooperatives, partnerships and associations.
_DE_PART = r"\b(HR *[AB]|GN *R|GS *R|PR|VR)[^A-Z0-9]*"
DE_NUMBER = rf"{_DE_PART}0*([0-9]+)"
# Letters behind the number: a court's, where one court of a state has taken in others.
DE_LETTERS = rf"{_DE_PART}[0-9]+ *([A-Z]{{1,2}})\b"
PER_COURT = ("de",)  # countries whose courts number for themselves
# (own) Towns of the courts that keep a commercial register or kept one: the word that tells them. As all
# words here, with umlauts as letters without dots.
COURT_TOWNS = (
    "FREIBURG",
    "MANNHEIM",
    "STUTTGART",
    "ULM",
    "AMBERG",
    "ANSBACH",
    "ASCHAFFENBURG",
    "AUGSBURG",
    "BAMBERG",
    "BAYREUTH",
    "COBURG",
    "DEGGENDORF",
    "FURTH",
    "HOF",
    "INGOLSTADT",
    "KEMPTEN",
    "LANDSHUT",
    "MEMMINGEN",
    "MUNCHEN",
    "NURNBERG",
    "PASSAU",
    "REGENSBURG",
    "SCHWEINFURT",
    "STRAUBING",
    "TRAUNSTEIN",
    "WEIDEN",
    "WURZBURG",
    "BERLIN",
    "COTTBUS",
    "FRANKFURT",
    "NEURUPPIN",
    "POTSDAM",
    "BREMEN",
    "BREMERHAVEN",
    "HAMBURG",
    "HERSFELD",
    "HOMBURG",
    "DARMSTADT",
    "ESCHWEGE",
    "FRIEDBERG",
    "FRITZLAR",
    "FULDA",
    "GIESSEN",
    "HANAU",
    "KASSEL",
    "KONIGSTEIN",
    "KORBACH",
    "LIMBURG",
    "MARBURG",
    "OFFENBACH",
    "WETZLAR",
    "WIESBADEN",
    "NEUBRANDENBURG",
    "ROSTOCK",
    "SCHWERIN",
    "STRALSUND",
    "AURICH",
    "BRAUNSCHWEIG",
    "GOTTINGEN",
    "HANNOVER",
    "HILDESHEIM",
    "LUNEBURG",
    "OLDENBURG",
    "OSNABRUCK",
    "STADTHAGEN",
    "TOSTEDT",
    "WALSRODE",
    "AACHEN",
    "ARNSBERG",
    "OYNHAUSEN",
    "BIELEFELD",
    "BOCHUM",
    "BONN",
    "COSFELD",
    "DORTMUND",
    "DUISBURG",
    "DUSSELDORF",
    "ESSEN",
    "GELSENKIRCHEN",
    "GUTERSLOH",
    "HAGEN",
    "HAMM",
    "ISERLOHN",
    "KLEVE",
    "KOLN",
    "KREFELD",
    "LEMGO",
    "MONCHENGLADBACH",
    "MUNSTER",
    "NEUSS",
    "PADERBORN",
    "RECKLINGHAUSEN",
    "SIEGBURG",
    "SIEGEN",
    "STEINFURT",
    "WUPPERTAL",
    "KREUZNACH",
    "KAISERSLAUTERN",
    "KOBLENZ",
    "LANDAU",
    "LUDWIGSHAFEN",
    "MAINZ",
    "MONTABAUR",
    "TRIER",
    "WITTLICH",
    "ZWEIBRUCKEN",
    "SAARBRUCKEN",
    "CHEMNITZ",
    "DRESDEN",
    "LEIPZIG",
    "DESSAU",
    "HALLE",
    "MAGDEBURG",
    "STENDAL",
    "FLENSBURG",
    "KIEL",
    "LUBECK",
    "PINNEBERG",
    "ERFURT",
    "GERA",
    "JENA",
    "MEININGEN",
    "MUHLHAUSEN",
)
# (own) Courts under another name.
COURTS = {
    "CHARLOTTENBURG": "BERLIN",
    "MUNICH": "MUNCHEN",
    "COLOGNE": "KOLN",
    "NUREMBERG": "NURNBERG",
    "HANOVER": "HANNOVER",
    "BRUNSWICK": "BRAUNSCHWEIG",
    "COBLENZ": "KOBLENZ",
    "FRANKFORT": "FRANKFURT",
}
ON_THE_ODER = "FRANKFURT ODER"
# (own) Letters behind a number: B is Charlottenburg's own, which is Berlin's only one.
LETTERS = {
    "B": "BERLIN",
    "HB": "BREMEN",
    "CB": "COTTBUS",
    "FF": ON_THE_ODER,
    "NP": "NEURUPPIN",
    "P": "POTSDAM",
    "FL": "FLENSBURG",
    "HL": "LUBECK",
    "KI": "KIEL",
    "PI": "PINNEBERG",
}
# What says that a court's name follows, and (own) words beside it that are of no name.
_SAYS_COURT = (
    r"\b(?:AMTSGERICHTS?|REGISTERGERICHTS?|(?:LOCAL|DISTRICT|MUNICIPAL|COUNTY|REGISTRY|REGISTER) COURT)\b"
)
_NO_COURT = (
    r"\b(?:AMTSGERICHTS?|[A-Z]*REGISTERS?|[A-Z]*REGISTERGERICHTS?|GERICHTS?|REGISTRY|REGISTRAR|REGISTRIES"
    r"|COMMERCIAL|TRADE|BUSINESS|PUBLIC|COMMON|PORTAL|STATES?|CHAMBER|COMMERCE|COMPANY|COMPANIES|HOUSE"
    r"|LOCAL|DISTRICT|MUNICIPAL|COUNTY|COURTS?|LAW|THE|AND|FOR|DES|DER|DEM|DIE|DAS|BEIM|BEI|VON|ABTEILUNG|ABT"
    r"|SITZ|HRA|HRB|GNR|GSR|NUMBER|GERMANY?|DEUTSCHLAND|FEDERAL|REPUBLIC|BUNDES[A-Z]*|GMBH)\b"
)


def highest_first_digit(connection: Connection) -> str | None:
    """Highest first digit of the UK company numbers of eight digits held; None where none is."""
    digit: str | None = frame(connection, read_sql(__package__, "highest_first_digit")).item()
    return digit


def national_number(native: pl.Expr, country: pl.Expr, highest_digit: str | None) -> pl.Expr:
    """The number for comparison; null where none is stated. `highest_digit`: of `highest_first_digit`."""
    tidy, text = tidy_number(native), _in_one(native)
    read = (
        pl.when(country == "be")
        .then(tidy.str.extract(BE_NUMBER).str.zfill(BE_DIGITS))
        .when(country == "nl")
        .then(tidy.str.extract(NL_NUMBER).str.zfill(NL_DIGITS))
        .when(country == "de")
        .then(text.str.extract(DE_NUMBER, 1).str.replace_all(" ", "") + text.str.extract(DE_NUMBER, 2))
    )
    number = pl.coalesce(read, tidy.str.strip_chars_start("0"))
    is_beyond = (country == "gb") & is_beyond_gb_coh(number, highest_digit)
    says = (
        tidy.str.contains("[0-9]")
        & ~is_placeholder(native)
        & ~is_placeholder(number)
        & ~is_beyond.fill_null(False)
    )
    return pl.when(says).then(number)


def _in_one(native: pl.Expr) -> pl.Expr:
    """Capitals, each number in one: `HRB 12.345` and `HRB 12 345` are HRB 12345. What stands behind the
    number is then a part of it, and joins nothing.
    """
    text = native.str.to_uppercase()
    for _ in range(
        2
    ):  # each match takes both digits, and of three single ones the second is the first of the next
        text = text.str.replace_all(r"([0-9])[.'’ ]+([0-9])", "$1$2")
    return text.str.replace_all(r"([0-9]),([0-9]{3})\b", "$1$2")


def register_court(register: pl.Expr, native: pl.Expr, country: pl.Expr) -> pl.Expr:
    """The court whose number it is: its town; null where none is told, and where a country has one register.

    `register`: the register's name as stated, `native`: the number as stated, which may name the court too. A
    text that names none of COURT_TOWNS tells a court only where it says that it names one (Amtsgericht
    Zedstadt); one that names two tells neither.
    """
    number = _in_one(native)
    town = pl.coalesce(
        _court_town(register),
        _court_town(number.str.replace(DE_NUMBER, " ")),
        number.str.extract(DE_LETTERS, 2).replace_strict(LETTERS, default=None, return_dtype=pl.String),
    )
    return pl.when(country.is_in(PER_COURT)).then(town)


def _court_town(text: pl.Expr) -> pl.Expr:
    """Umlauts are spelled in two ways, and stand here as the letter without its dots."""
    plain = folded(text)
    words = (
        plain.str.replace_all(r"([AOU])E", "$1")
        .str.extract_all(r"[A-Z]{3,}")
        .list.eval(pl.element().replace(COURTS))
    )
    towns = words.list.eval(pl.element().filter(pl.element().is_in(COURT_TOWNS))).list.unique()
    town = pl.when(towns.list.len() == 1).then(towns.list.first())
    on_the_oder = (town == "FRANKFURT") & words.list.contains("ODER")
    other = (
        plain.str.replace_all(_NO_COURT, " ")
        .str.replace_all(r"([AOU])E", "$1")
        .str.extract_all(r"[A-Z]{3,}")
        .list.unique()
        .list.sort()
        .list.join(" ")
    )
    unknown = pl.when((towns.list.len() == 0) & plain.str.contains(_SAYS_COURT)).then(other.replace("", None))
    return pl.when(on_the_oder).then(pl.lit(ON_THE_ODER)).otherwise(pl.coalesce(town, unknown))
