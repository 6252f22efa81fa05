"""GLEIF's files: recognised by name and content, offered by its API, and read in three forms."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import orjson
import polars as pl

from transforms.formats.file_names import header_columns
from transforms.model.layout import JsonLines, OtherForm, SourceField, XmlRecords
from transforms.model.register import BATCH_COLUMNS, Recognised
from transforms.model.source import Finder, Offer, Source

PUBLISHES = "https://goldencopy.gleif.org/api/v2/golden-copies/publishes?per_page=1"
LICENCE = "Creative Commons Zero 1.0"
FULL = "golden-copy"
_NAME = re.compile(
    r"(\d{4})(\d{2})(\d{2})(?:-\d{4})?-gleif-(?:goldencopy|concatenated-file)-([a-z0-9]+)-?([a-z-]*)"
)


@dataclass(frozen=True)
class Product:
    """A kind of file. `code`: in file names and in the API. `columns`: two columns of the CSV file that no
    other product has. `record`: path of a record in the XML file. `keys`: first and second key of a record in
    the JSON file.
    """

    code: str
    columns: tuple[str, str]
    record: str
    keys: tuple[str, str]


def recogniser(product: Product) -> Callable[[str, bytes], Recognised | None]:
    """A function that recognises the files of a product."""
    is_xml = re.compile(rb"<(?:\w+:)?%b[\s>]" % product.record.split(".")[0].encode())
    first, second = (key.encode() for key in product.keys)
    is_json = re.compile(
        rb'\s*\{\s*"\w+"\s*:\s*\[\s*\{\s*"%b"\s*:\s*\{.{1,200}?"%b"' % (first, second), re.DOTALL
    )

    def recognise(file_name: str, head: bytes) -> Recognised | None:
        """By the content, in any of the forms. The date is in the publisher's file name."""
        text = head.removeprefix(b"\xef\xbb\xbf")
        is_csv = set(product.columns) <= header_columns(text)
        if not (is_csv or is_xml.search(text[:2000]) or is_json.match(text)):
            return None
        match = _NAME.match(file_name)
        if match is None or match[4] != product.code:
            return Recognised(FULL, None)
        published = date(int(match[1]), int(match[2]), int(match[3]))
        is_delta = any(word in match[5] for word in ("day", "week", "month"))
        return Recognised(match[5].strip("-") if is_delta else FULL, published)

    return recognise


def source(product: Product, *, on_request: bool = False) -> Source:
    return Source(PUBLISHES, offers=_offers(product.code), on_request=on_request)


def _offers(code: str) -> Finder:
    """Finds the whole file of the newest publication as CSV. Only one a day, because the name has no time."""

    def offers(body: bytes, _address: str) -> Sequence[Offer]:
        listed = orjson.loads(body)["data"]
        newest = listed[0] if isinstance(listed, list) else listed
        day = date.fromisoformat(newest["publish_date"][:10])
        file = newest[code]["full_file"]["csv"]
        name = f"{day:%Y%m%d}-gleif-goldencopy-{code}-{FULL}.csv.zip"
        return [Offer(file["url"], name, day, size=int(file["size"]))]

    return offers


# --- forms ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Path:
    """A value in JSON and XML. `name`: dotted path. `column`: column of the CSV file, if it is not `name`.
    `repeats`: path of the element that may repeat; the CSV file has a column for each, numbered from 1.
    `attribute`: of the element at `name`. `ignored`: why it is not used.
    """

    name: str
    column: str = ""
    repeats: str = ""
    attribute: str = ""
    ignored: str = ""

    @property
    def in_csv(self) -> str:
        return self.column or self.name

    def in_json(self) -> str:
        return f"{self.name}.@{self.attribute}" if self.attribute else f"{self.name}.$"

    def in_xml(self) -> str:
        return f"{self.name}@{self.attribute}" if self.attribute else self.name


def other_forms(
    product: Product,
    paths: Sequence[Path],
    ignored: Mapping[str, str],
    attributes: Mapping[str, str],
    repeats_max: int,
) -> tuple[OtherForm, OtherForm]:
    """The JSON and the XML form. `ignored`: whole elements, and why. `attributes`: unused attributes in JSON;
    XML needs no declaration of them.
    """
    lists = tuple(dict.fromkeys(path.repeats for path in paths if path.repeats))
    # The fast pass only reads lists of flat objects.
    flat = tuple(each for each in lists if all(path.name == each for path in paths if path.repeats == each))

    def fields(named: Callable[[Path], str], more: Mapping[str, str]) -> tuple[SourceField, ...]:
        of_list = {f"{each}.@xml:lang" for each in lists}
        return (
            *(
                SourceField(named(path), "texts" if path.repeats else "text", path.ignored, required=False)
                for path in paths
            ),
            *(
                SourceField(name, "texts" if name in of_list else "text", why, required=False)
                for name, why in more.items()
            ),
        )

    def spread(named: Callable[[Path], str]) -> Callable[[pl.DataFrame], pl.DataFrame]:
        return lambda frame: _in_columns(frame, paths, named, repeats_max)

    json = JsonLines(packages=True, array_at=("records", "relations", "exceptions"), object_lists=flat)
    return (
        OtherForm(rb"\s*[\[{]", json, fields(Path.in_json, {**ignored, **attributes}), spread(Path.in_json)),
        OtherForm(
            rb"\s*<",
            XmlRecords(product.record, lists=lists),
            fields(Path.in_xml, ignored),
            spread(Path.in_xml),
        ),
    )


def _in_columns(
    frame: pl.DataFrame, paths: Sequence[Path], named: Callable[[Path], str], repeats_max: int
) -> pl.DataFrame:
    """The records in the columns of the CSV file, which has `repeats_max` columns for repeated values."""
    columns = []
    for path in (path for path in paths if not path.ignored):
        if not path.repeats:
            columns.append(pl.col(named(path)).alias(path.in_csv))
            continue
        for number in range(1, repeats_max + 1):
            value = pl.col(named(path)).list.get(number - 1, null_on_oob=True)
            columns.append(value.alias(path.in_csv.format(n=number)))
    return frame.select(*BATCH_COLUMNS, *columns)
