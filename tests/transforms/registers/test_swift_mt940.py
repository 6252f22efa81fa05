"""A message that cannot be read is rejected, and no log shows its lines."""

from pathlib import Path

import pytest

from tests.landings import CANARY
from tests.register_cases import run
from transforms.registers.swift_mt940 import REGISTER

MESSAGE = f"""\
:20:ZED0001
:25:NL91ABNA0417164300
:28C:1/1
:60F:C260202EUR100,00
:61:2602020202X10,00NTRFNONREF
{CANARY}
:62F:C260202EUR90,00
-
"""


def test_a_line_that_cannot_be_read_is_not_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "zed.txt"
    path.write_text(MESSAGE)
    made = run(REGISTER, path)
    assert made.rejected["code"].to_list() == ["not_mt940"]
    assert CANARY not in caplog.text
