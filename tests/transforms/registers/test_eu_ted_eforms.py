"""Result notices of TED: the publisher's own examples, and what is no result notice."""

from pathlib import Path

import pytest

from tests.register_cases import run
from transforms.errors import BlockedEdition
from transforms.readers import read
from transforms.registers.eu_ted_eforms import REGISTER, declined, recognise

REAL = Path("../shared/registers/ted")
# Example → tenders, bids and awards read by hand; a bid or award has a row for each party.
ROWS = {
    "can_24_minimal.xml": (1, 1, 1),
    "can_24_maximal.xml": (2, 4, 3),
    "can_24_no_tenders.xml": (1, 0, 0),
    "can_25_withheld.xml": (1, 1, 1),
    "can-modif_24_value.xml": (0, 0, 0),
}


@pytest.mark.parametrize("name", ROWS)
def test_the_publishers_examples_are_read_without_unknown_elements(name: str) -> None:
    path = REAL / name
    if not path.exists():
        pytest.skip(f"{name} is not in ../shared/registers/ted")
    assert recognise(name, path.read_bytes()[: 64 << 10]) is not None
    made = run(REGISTER, path)
    tables = [made.parsed.tables[f"{kind}_statement"] for kind in ("tender", "bid", "award")]
    assert tuple(table.height for table in tables) == ROWS[name]
    assert made.rejected.height == 0
    assert made.findings.height == 0
    assert made.ignored["reason"].to_list() == (["modification"] if "modif" in name else [])


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b'<?xml version="1.0"?><ContractNotice xmlns="urn:x">', "before the result"),
        (b'<n:PriorInformationNotice xmlns:n="urn:x">', "before the result"),
        (b"<TED_EXPORT DOC_ID='1'>", "before eForms"),
        (b'<ContractAwardNotice xmlns="urn:x">', ""),
        (b"<Document>", ""),
    ],
)
def test_other_notices_are_declined_by_name(head: bytes, reason: str) -> None:
    assert reason in declined("notice.xml", head)
    assert (recognise("notice.xml", head) is None) == (b"ContractAwardNotice" not in head)


def test_a_notice_with_a_document_type_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notice.xml"
    path.write_text(
        '<!DOCTYPE x [<!ENTITY a "aaaa">]><ContractAwardNotice><ID>&a;</ID></ContractAwardNotice>'
    )
    with pytest.raises(BlockedEdition, match="DOCTYPE"):
        list(read(REGISTER, path))
