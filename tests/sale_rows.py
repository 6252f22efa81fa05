"""Small invented price files in the publisher's native form."""

from collections.abc import Iterable

from transforms.registers.gb_hmlr_price_paid import NATIVE_COLUMNS

PRICES = "gb_hmlr_price_paid"


def sale_id(index: int) -> str:
    return f"22222222-AAAA-4BBB-8CCC-{index:012X}"


def sale_row(index: int, **given: str) -> bytes:
    """A sale of 1, 2, 3 … Mill Lane. `given`: native columns by name, over those of the invented sale."""
    values = {
        "unique_id": f"{{{sale_id(index)}}}",
        "price_paid": str(150_000 + 500 * index),
        "deed_date": "2018-05-04 00:00",
        "postcode": "ZT1 3DB",
        "property_type": "T",
        "new_build": "N",
        "estate_type": "F",
        "paon": str(index + 1),
        "saon": "",
        "street": "MILL LANE",
        "locality": "",
        "town": "ZEDTON",
        "district": "ZEDTON",
        "county": "ZEDSHIRE",
        "transaction_category": "A",
        "record_status": "A",
        **given,
    }
    return ",".join(f'"{values[name]}"' for name in NATIVE_COLUMNS).encode()


def price_file(rows: Iterable[bytes]) -> bytes:
    return b"".join(row + b"\n" for row in rows)
