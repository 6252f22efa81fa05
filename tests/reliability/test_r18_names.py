"""R18: names of all scripts go through each register byte by byte, no character is replaced, search forms
are stable, and machine output gives them back.
"""

import csv
import io
import json
import random
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.cli.output import print_as
from flows.exports.table import Format
from tests.conftest import Tier
from tests.native_files import FORMS, Form, ingested, statements
from transforms.values.names import company_name_key

pytestmark = pytest.mark.reliability("R18")

# First and last letter of blocks: Latin with marks, Greek, Cyrillic, Armenian, Hebrew, Arabic, Devanagari,
# Thai, Georgian, Ethiopic, kana, CJK, Hangul, emoji.
SCRIPTS = (
    (0x61, 0x7A),
    (0xC0, 0x17F),
    (0x391, 0x3C9),
    (0x410, 0x44F),
    (0x561, 0x586),
    (0x5D0, 0x5EA),
    (0x621, 0x64A),
    (0x905, 0x939),
    (0xE01, 0xE2E),
    (0x10D0, 0x10F0),
    (0x1200, 0x1246),
    (0x30A1, 0x30FA),
    (0x4E00, 0x9FA5),
    (0xAC00, 0xD7A3),
    (0x1F600, 0x1F64F),
)
ODDITIES = (
    "\u0301",
    "\u0308\u0323",
    "\u200d",
    "\u200f",
    "\u202e",
    "\u2066",
    "\u2019",
    "'",
    "\u02bc",
    "´",
    "\u00ad",
    "\u200b",
    "\ufeff",
    "\u00a0",
    "ß",
    "İ",
    "ı",
    "ﬁ",
    "Ⅷ",
    "Å",
    "👩‍👩‍👧‍👦",
    "🇿🇼",
    "\u2028",
    "\u0085",
    "–",
    "“",
    "€",
    "Ÿ",
    ";",
    "|",
    "\\",
    "&",
    "<b>",
    "=1+1",
    "@x",
    "{0}",
    "%s",
    "\u0378",
)


def _name(number: int, chance: random.Random) -> str:
    """A name of its own, in one script, with an oddity within; the number keeps any two apart."""
    first, last = chance.choice(SCRIPTS)
    word = "".join(chr(chance.randint(first, last)) for _ in range(chance.randint(2, 12)))
    at = chance.randrange(1, len(word))
    return f"{word[:at]}{chance.choice(ODDITIES)}{word[at:]} {number}"


# Form → what stands for the name in its n-th row, and the table and column that keep it.
NAMED: dict[str, tuple[Callable[[int], str], str, str]] = {
    "companies": (lambda n: f"ZEDTON TRADER {n} LIMITED", "entity_statement", "name"),
    "psc": (lambda _n: "Mr Zebedee Quillfeather", "person_statement", "full_name"),
    "ccod": (lambda n: f"ZEDTON TRADER {n} LIMITED", "entity_statement", "name"),
    "ocod": (lambda n: f"ZEDTON TRADER {n} LIMITED", "entity_statement", "name"),
    "prices": (lambda _n: "MILL LANE", "address_statement", "address_text"),
    "reported prices": (lambda _n: "MILL LANE", "address_statement", "address_text"),
    "ftm": (lambda n: f"Zebedee Quillfeather {n // 4}", "person_statement", "full_name"),
    "bods": (lambda _n: "Zebedee Quillfeather", "person_statement", "full_name"),
}


def _named(form: Form, number: int, name: str) -> bytes | None:
    """The row with this name; None where the row has no such name. Where the form writes JSON, half of the
    names are written with escapes.
    """
    old = NAMED[form.name][0](number).encode()
    row = form.row(number)
    if old not in row:
        return None
    in_quotes = form.is_json or b'"' + old + b'"' in row
    text = json.dumps(name, ensure_ascii=number % 2 == 0)[1:-1] if form.is_json else name
    return row.replace(old, (text if in_quotes else f'"{text}"').encode())


@pytest.mark.sample(1)
@pytest.mark.parametrize("name", FORMS)
def test_names_of_all_scripts_are_kept_byte_by_byte(
    name: str, tmp_path: Path, tier: Tier, figure: Callable[[str], None]
) -> None:
    form, chance = FORMS[name], random.Random(f"20260601 {name}")
    rows, names, number = [], [], 0
    while len(names) < tier.pick(ci=1_000, nightly=10_000):
        made = _name(number, chance)
        row = _named(form, number, made)
        rows.append(form.row(number) if row is None else row)
        names += [] if row is None else [made]
        number += 1
    read = ingested(tmp_path, form, form.file(rows))
    assert (read.facts.rows_loaded, read.facts.rows_rejected) == (len(rows), 0)
    _, table, column = NAMED[name]
    kept = statements(read)[table].sort("record_no")
    values = [value for value in kept[column].to_list() if value is not None]
    if column == "address_text":
        lost = [
            made
            for made in names
            if not any(
                made.split()[0] in value for value in values[: len(names)] if made.rsplit(" ", 1)[1] in value
            )
        ]
        assert len(values) == len(names) and not lost[:1]
    else:
        assert [value for value in values if value in set(names)] == names
    assert not [value for value in values if "\ufffd" in value]
    figure(f"{name}: {len(names)} names kept byte by byte, 0 replacement characters")


def test_search_forms_are_stable(tier: Tier, figure: Callable[[str], None]) -> None:
    """The key of a key is that key, and how a name is composed makes no difference to it."""
    chance = random.Random("20260601 keys")
    names = pl.Series(
        "name", [_name(number, chance) for number in range(tier.pick(ci=1_000, nightly=10_000))]
    )
    keys = pl.select(company_name_key(pl.lit(names)).alias("key"))["key"]
    again = pl.select(company_name_key(pl.lit(keys)).alias("key"))["key"]
    unstable = pl.DataFrame({"key": keys, "again": again}).filter(pl.col("key").ne_missing(pl.col("again")))
    assert unstable.height == 0, unstable.head(3)
    figure(f"{len(names)} search forms stable")


def test_machine_output_gives_every_name_back(
    tier: Tier, capsysbinary: pytest.CaptureFixture[bytes], figure: Callable[[str], None]
) -> None:
    """CSV, JSON and Parquet of `undertow sql`, with line ends and quotes in names as well."""
    chance = random.Random("20260601 output")
    names = [
        _name(number, chance) + chance.choice(("", '"', "\n", '",\r\n"', "\t", "\x1b[31m", ""))
        for number in range(tier.pick(ci=1_000, nightly=10_000))
    ]
    table = pa.table({"name": names, "n": list(range(len(names)))})
    for format in (Format.csv, Format.json, Format.parquet):
        print_as(table, format)
        raw = capsysbinary.readouterr().out
        assert _parsed(raw, format) == names, format
    figure(f"{len(names)} names through CSV, JSON and Parquet: all given back")


def _parsed(raw: bytes, format: Format) -> list[str]:
    if format is Format.csv:
        return [row[0] for row in list(csv.reader(io.StringIO(raw.decode(), newline="")))[1:]]
    if format is Format.json:
        return [row["name"] for row in json.loads(raw)]
    return [str(value) for value in pq.read_table(io.BytesIO(raw))["name"].to_pylist()]
