"""The newest date of the one field that a register names for the editions whose file names have no date (DESIGN.md, "Editions").

The bytes are searched, not parsed: a landing is looked at every night, and most files in it are in the lake already.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Protocol

from transforms.errors import DeclarationError
from transforms.register import JsonLines, Register

STEP_BYTES = 4 << 20
KEY_AND_VALUE_BYTES_MAX = 1 << 10  # (own) of a key, the white space around its colon, and a day


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def newest_day(register: Register, stream: Readable) -> date | None:
    """Newest full date of `register.edition_field`; of a date and time its day. None where no record has one, or no field is named.

    A key of the field's last name counts wherever it stands in a record, so a register names a key that its format has in one
    place only. A key inside a text does not count, because its quotes are escaped there. Raises DeclarationError where the
    register is no JSON.
    """
    if not register.edition_field:
        return None
    if not isinstance(register.reader, JsonLines):
        raise DeclarationError(f"register {register.name}: edition_field is read from JSON only; build it for this reader")
    key = re.escape(register.edition_field.rsplit(".", 1)[-1].encode())
    pattern = re.compile(rb'"' + key + rb'"\s*:\s*"(\d{4}-\d{2}-\d{2})(?=["T ])')
    newest, tail = None, b""
    while block := stream.read(STEP_BYTES):
        text = tail + block
        days = [day for found in set(pattern.findall(text)) if (day := _day(found)) is not None]
        newest = max([*days, *([newest] if newest else [])], default=None)
        tail = text[-KEY_AND_VALUE_BYTES_MAX:]
    return newest


def _day(text: bytes) -> date | None:
    try:
        return date.fromisoformat(text.decode())
    except ValueError:
        return None
