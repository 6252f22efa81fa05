"""Tables as JSON."""

import json
import math

import pyarrow as pa

from flows.exports.table import Format, table_bytes


def test_a_number_that_is_none_is_null_in_json() -> None:
    table = pa.table({"share": [0.5, math.nan, -math.inf], "shares": [[1.0], [math.nan, 2.0], None]})
    text = table_bytes(table, Format.json).decode()
    assert json.loads(text, parse_constant=lambda word: f"no JSON: {word}") == [
        {"share": 0.5, "shares": [1.0]},
        {"share": None, "shares": [None, 2.0]},
        {"share": None, "shares": None},
    ]
