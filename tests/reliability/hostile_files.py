"""Files that somebody could put into a landing folder to hurt the night, and what must become of each.

`python -m tests.reliability.hostile_files FOLDER` takes every sub-folder of FOLDER as a landing of its own,
one after the other in one process,
and writes a line of JSON about each: what became of it, processor time, and memory beyond what the process
held before."""

import bz2
import gzip
import io
import json
import lzma
import os
import random
import socket
import stat
import struct
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

from flows.ingest.landing import look
from flows.night.stages.lake import parse_edition
from tests.native_files import FORMS
from transforms.errors import BlockedEdition
from transforms.model.register import registers

EVIL = "undertow-evil"
MIB = 1 << 20
CSV, PSC, TITLES = "BasicCompanyDataAsOneFile-2020-01-01", "psc-snapshot-2020-01-01", "CCOD_FULL_2020_01"
BOMB_BYTES = 256 * MIB


@dataclass(frozen=True)
class Hostile:
    """A file (or what passes for one) of a landing. made: its bytes. at: what puts it at a path, where it is
    more than bytes.

    becomes: `named` (not recognised, with a reason), the code of a blocked edition, `rejected` (some of its
    records are, all are accounted for) or `loads`."""

    file_name: str | bytes
    made: Callable[[], bytes]
    becomes: str
    at: Callable[[Path], object] | None = None


XML_BOMB: bytes = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]><l>&a9;</l>"
)


# --- archives ---------------------------------------------------------------------------------------------


def _noise(bytes_n: int) -> bytes:
    return random.Random(20260601).randbytes(bytes_n)


def _sound(name: str = "companies", records: int = 5) -> bytes:
    return FORMS[name].file(FORMS[name].rows(records))


def _zip(
    members: Mapping[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]],
    method: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, contents in members.items() if isinstance(members, Mapping) else members:
            archive.writestr(name, contents)
    return packed.getvalue()


def _special(name: str, mode: int, contents: bytes = b"/etc/passwd") -> bytes:
    info = zipfile.ZipInfo(name)
    info.external_attr = (mode | 0o777) << 16
    return _zip([(info, contents)])


def _zip_bomb() -> bytes:
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(f"{CSV}.csv", "w") as member,
    ):
        for _ in range(BOMB_BYTES // MIB):
            member.write(bytes(MIB))
    return packed.getvalue()


def _gzip_bomb(members: int = 1) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    one = b"".join(packer.compress(bytes(MIB)) for _ in range(BOMB_BYTES // MIB // members)) + packer.flush()
    return one * members


def _patched(archive: bytes, signature: bytes, offset: int, value: int) -> bytes:
    """The archive with a 32-bit field of its first header of this kind changed."""
    at = archive.index(signature) + offset
    return archive[:at] + struct.pack("<I", value) + archive[at + 4 :]


def _lying(offset: int, value: int) -> bytes:
    """Central directory: 16 CRC, 20 packed size, 24 size, 42 place of the local header."""
    return _patched(_zip({f"{CSV}.csv": _sound()}), b"PK\x01\x02", offset, value)


def _overlapping() -> bytes:
    """Two entries of the directory over one stretch of the file."""
    archive = bytearray(_zip({f"{CSV}.csv": _sound(), "b.csv": _sound(records=6)}))
    second = archive.index(b"PK\x01\x02", archive.index(b"PK\x01\x02") + 4)
    archive[second + 42 : second + 46] = struct.pack("<I", 0)
    return bytes(archive)


def _encrypted() -> bytes:
    archive = bytearray(_zip({f"{CSV}.csv": _sound()}))
    archive[6] |= 1
    archive[archive.index(b"PK\x01\x02") + 8] |= 1
    return bytes(archive)


def _tar() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        info = tarfile.TarInfo(f"../../{EVIL}")
        info.size = 4
        archive.addfile(info, io.BytesIO(b"evil"))
    return packed.getvalue()


def _twice() -> bytes:
    one, other = zipfile.ZipInfo(f"{CSV}.csv"), zipfile.ZipInfo(f"{CSV}.csv")
    return _zip([(one, _sound()), (other, _sound(records=6))])


ARCHIVES: Mapping[str, Hostile] = {
    "zip bomb": Hostile(f"{CSV}.zip", _zip_bomb, "bad_archive"),
    "gzip bomb": Hostile("zed.ftm.json.gz", _gzip_bomb, "bad_archive"),
    "gzip bomb of 64 members": Hostile("zed.ftm.json.gz", lambda: _gzip_bomb(64), "bad_archive"),
    "zip in a zip": Hostile(
        f"{CSV}.zip", lambda: _zip({f"{CSV}.csv": _zip({"a.csv": _sound()})}), "bad_archive"
    ),
    "zip in a zip, by name": Hostile(f"{CSV}.zip", lambda: _zip({"inner.zip": _sound()}), "bad_archive"),
    "gzip in a gzip": Hostile(
        "zed.ftm.json.gz", lambda: gzip.compress(gzip.compress(_sound("ftm"))), "bad_archive"
    ),
    "gzip of a tar": Hostile("zed.ftm.tar.gz", lambda: gzip.compress(_tar()), "named"),
    "overlapping members": Hostile(f"{CSV}.zip", _overlapping, "bad_archive"),
    "size too small": Hostile(f"{CSV}.zip", lambda: _lying(24, 10), "bad_archive"),
    "size too large": Hostile(f"{CSV}.zip", lambda: _lying(24, 0xFFFFFF00), "loads"),
    "packed size too small": Hostile(f"{CSV}.zip", lambda: _lying(20, 10), "bad_archive"),
    "packed size too large": Hostile(f"{CSV}.zip", lambda: _lying(20, 0x7FFFFFFF), "bad_archive"),
    "place beyond the file": Hostile(f"{CSV}.zip", lambda: _lying(42, 0x7FFFFFFF), "bad_archive"),
    "wrong checksum": Hostile(f"{CSV}.zip", lambda: _lying(16, 1), "bad_archive"),
    "climbing name": Hostile(f"{CSV}.zip", lambda: _zip({f"../../{EVIL}.csv": _sound()}), "bad_archive"),
    "climbing name, backslashes": Hostile(
        f"{CSV}.zip", lambda: _zip({f"..\\..\\{EVIL}.csv": _sound()}), "bad_archive"
    ),
    "absolute name": Hostile(f"{CSV}.zip", lambda: _zip({f"/tmp/{EVIL}.csv": _sound()}), "bad_archive"),
    "drive letter": Hostile(f"{CSV}.zip", lambda: _zip({f"C:\\{EVIL}.csv": _sound()}), "bad_archive"),
    "NUL in a name": Hostile(
        f"{CSV}.zip",
        lambda: _zip({f"{CSV}.csvXevil": _sound()}).replace(b".csvXevil", b".csv\0evil"),
        "bad_archive",
    ),
    "line end in a name": Hostile(f"{CSV}.zip", lambda: _zip({f"{CSV}\n.csv": _sound()}), "bad_archive"),
    "escape in a name": Hostile(f"{CSV}.zip", lambda: _zip({"\x1b[2J.csv": _sound()}), "bad_archive"),
    "symlink member": Hostile(f"{CSV}.zip", lambda: _special(f"{CSV}.csv", stat.S_IFLNK), "bad_archive"),
    "device member": Hostile(f"{CSV}.zip", lambda: _special(f"{CSV}.csv", stat.S_IFBLK), "bad_archive"),
    "pipe member": Hostile(f"{CSV}.zip", lambda: _special(f"{CSV}.csv", stat.S_IFIFO), "bad_archive"),
    "a name twice": Hostile(f"{CSV}.zip", _twice, "bad_archive"),
    "a name twice but for its case": Hostile(
        f"{CSV}.zip", lambda: _zip({"a.csv": _sound(), "A.CSV": _sound()}), "bad_archive"
    ),
    "two members": Hostile(
        f"{CSV}.zip", lambda: _zip({"a.csv": _sound(), "b.csv": _sound(records=6)}), "archive_members"
    ),
    "2,000 members": Hostile(
        f"{CSV}.zip", lambda: _zip({f"{n}.csv": b"" for n in range(2000)}), "bad_archive"
    ),
    "encrypted": Hostile(f"{CSV}.zip", _encrypted, "bad_archive"),
    "packed with LZMA": Hostile(
        f"{CSV}.zip", lambda: _zip({f"{CSV}.csv": _sound()}, zipfile.ZIP_LZMA), "bad_archive"
    ),
    "packed with bzip2": Hostile(
        f"{CSV}.zip", lambda: _zip({f"{CSV}.csv": _sound()}, zipfile.ZIP_BZIP2), "bad_archive"
    ),
    "no member": Hostile(f"{CSV}.zip", lambda: _zip({}), "bad_archive"),
    "no byte": Hostile(f"{CSV}.zip", bytes, "bad_archive"),
    "cut zip": Hostile(f"{CSV}.zip", lambda: _zip({f"{CSV}.csv": _sound()})[:-40], "bad_archive"),
    "cut gzip": Hostile("zed.ftm.json.gz", lambda: gzip.compress(_sound("ftm"))[:-40], "bad_archive"),
    "gzip with a wrong checksum": Hostile(
        "zed.ftm.json.gz", lambda: gzip.compress(_sound("ftm"))[:-8] + bytes(8), "bad_archive"
    ),
    "gzip with a tail": Hostile(
        "zed.ftm.json.gz", lambda: gzip.compress(_sound("ftm")) + b"tail", "bad_archive"
    ),
    "nothing but a zip's head": Hostile(f"{CSV}.zip", lambda: b"PK\x03\x04" + _noise(2000), "bad_archive"),
    "bzip2 under a zip's name": Hostile(f"{CSV}.zip", lambda: bz2.compress(_sound()), "bad_archive"),
    "xz under a register's name": Hostile(f"{CSV}.csv", lambda: lzma.compress(_sound()), "wrong_header"),
    "tar under a register's name": Hostile(f"{CSV}.csv", _tar, "wrong_header"),
    "a zip after a table": Hostile(
        f"{CSV}.csv", lambda: _sound() + _zip({f"../{EVIL}.csv": _sound()}), "rejected"
    ),
    "a zip after an image": Hostile(
        f"{CSV}.zip", lambda: b"\x89PNG\r\n\x1a\n" + bytes(500) + _zip({f"{CSV}.csv": _sound()}), "loads"
    ),
    "an image under a register's name": Hostile(
        f"{CSV}.csv", lambda: b"\x89PNG\r\n\x1a\n" + _noise(5000), "not_utf8"
    ),
}


# --- JSON -------------------------------------------------------------------------------------------------


def _psc(*lines: bytes) -> bytes:
    """Lines among sound records; the publisher's total counts them all."""
    form = FORMS["psc"]
    return form.file([*form.rows(3), *lines, form.row(3)])


def _with_number(number: bytes) -> bytes:
    return FORMS["psc"].row(0).replace(b'"year": 1970', b'"year": ' + number)


def _ftm(*lines: bytes) -> bytes:
    return b"".join(line + b"\n" for line in (*FORMS["ftm"].rows(4), *lines, FORMS["ftm"].row(4)))


JSON: Mapping[str, Hostile] = {
    "100,000 levels": Hostile(
        f"{PSC}.txt", lambda: _psc(b'{"a":' * 100_000 + b"1" + b"}" * 100_000), "rejected"
    ),
    "4 million open brackets": Hostile(f"{PSC}.txt", lambda: _psc(b"[" * 4_000_000), "rejected"),
    "4 million open brackets of a package": Hostile(
        "zedland.bods.json", lambda: b"[" * 4_000_000, "broken_package"
    ),
    "a line of 60 MB": Hostile(
        f"{PSC}.txt", lambda: _psc(b'{"a": "' + b"y" * (60 * MIB) + b'"}'), "rejected"
    ),
    "60 MB without a line end": Hostile("zed.ftm.json", lambda: b'{"id": "' + b"y" * (60 * MIB), "rejected"),
    "1e999999": Hostile(f"{PSC}.txt", lambda: _psc(_with_number(b"1e999999")), "rejected"),
    "1e-999999": Hostile(f"{PSC}.txt", lambda: _psc(_with_number(b"1e-999999")), "rejected"),
    "10,000 digits": Hostile(f"{PSC}.txt", lambda: _psc(_with_number(b"9" * 10_000)), "rejected"),
    "5 million digits": Hostile(f"{PSC}.txt", lambda: _psc(_with_number(b"9" * 5_000_000)), "rejected"),
    "NaN and Infinity": Hostile(
        f"{PSC}.txt", lambda: _psc(_with_number(b"NaN"), _with_number(b"-Infinity")), "rejected"
    ),
    "lone surrogates, escaped": Hostile(
        f"{PSC}.txt",
        lambda: _psc(FORMS["psc"].row(9).replace(b'"Mr ', b'"\\ud800\\udc00\\udbff ')),
        "rejected",
    ),
    "lone surrogates, raw": Hostile(
        f"{PSC}.txt", lambda: _psc(FORMS["psc"].row(9).replace(b'"Mr ', b'"\xed\xa0\x80 ')), "rejected"
    ),
    "a NUL, escaped": Hostile(
        f"{PSC}.txt", lambda: _psc(FORMS["psc"].row(9).replace(b'"Mr ', b'"\\u0000 ')), "rejected"
    ),
    "UTF-16": Hostile(f"{PSC}.txt", lambda: _sound("psc").decode().encode("utf-16"), "rejected"),
    "UTF-32": Hostile("zed.ftm.json", lambda: _sound("ftm").decode().encode("utf-32"), "rejected"),
    "20 MB of NUL": Hostile(f"{PSC}.txt", lambda: bytes(20 * MIB), "rejected"),
    "nothing but line ends": Hostile(f"{PSC}.txt", lambda: b"\n" * 10_000_000, "empty_file"),
    "nothing but blanks": Hostile(f"{PSC}.txt", lambda: b" " * 10_000_000, "empty_file"),
    "an object of 300,000 keys": Hostile(
        "zed.ftm.json", lambda: _ftm(json.dumps({f"k{n}": n for n in range(300_000)}).encode()), "rejected"
    ),
    "a key 300,000 times": Hostile(
        "zed.ftm.json", lambda: _ftm(b"{" + b'"id":"a",' * 300_000 + b'"id":"a"}'), "rejected"
    ),
    "a key of 5 MB": Hostile(
        "zed.ftm.json",
        lambda: _ftm(b'{"id": "k", "schema": "Person", "properties": {}, "' + b"k" * 5_000_000 + b'": 1}'),
        "loads",
    ),
    "a list of a million": Hostile(
        "zed.ftm.json",
        lambda: _ftm(
            b'{"id": "l", "schema": "Person", "properties": {"name": [' + b'"a",' * 1_000_000 + b'"b"]}}'
        ),
        "loads",
    ),
    "100,000 empty objects": Hostile(
        "zedland.bods.json", lambda: b"[" + b"{}," * 100_000 + b"{}]", "rejected"
    ),
    "100,000 lines of one byte": Hostile(f"{PSC}.txt", lambda: b"{\n" * 100_000, "rejected"),
    "quotes and backslashes": Hostile(
        "zedland.bods.json", lambda: b'[{"a": "' + b'\\"' * 4_000_000 + b'"}]', "rejected"
    ),
    "an XML bomb under a register's name": Hostile(f"{PSC}.txt", lambda: XML_BOMB, "truncated"),
}


# --- delimited text ---------------------------------------------------------------------------------------


def _companies(*lines: bytes) -> bytes:
    form = FORMS["companies"]
    return form.file([*form.rows(3), *lines, form.row(3)])


DELIMITED: Mapping[str, Hostile] = {
    "a quoted field without an end": Hostile(
        f"{CSV}.csv", lambda: _companies(b'"' + b"y" * (50 * MIB)), "rejected"
    ),
    "a quoted field over 200,000 lines": Hostile(
        f"{CSV}.csv", lambda: _companies(b'"' + b"yyyyyyy\n" * 200_000), "rejected"
    ),
    "a million columns in a row": Hostile(f"{CSV}.csv", lambda: _companies(b"," * 1_000_000), "rejected"),
    "a million columns in the header": Hostile(
        f"{CSV}.csv", lambda: b"a," * 1_000_000 + b"a\n" + b"," * 1_000_000 + b"\n", "wrong_header"
    ),
    "a header of 60 MB": Hostile(f"{CSV}.csv", lambda: b"a" * (60 * MIB), "wrong_header"),
    "nothing but quotes": Hostile(f"{CSV}.csv", lambda: _companies(b'"' * 5_000_000), "rejected"),
    "a quote on each of 100,000 lines": Hostile(
        f"{CSV}.csv", lambda: _companies(b'"a\n' * 100_000), "rejected"
    ),
    "nothing but commas": Hostile(
        f"{TITLES}.csv", lambda: FORMS["ccod"].file([b"," * 10_000_000]), "rejected"
    ),
    "nothing but CR": Hostile(f"{CSV}.csv", lambda: _companies(b"\r" * 5_000_000), "rejected"),
    "NUL in every field": Hostile(
        f"{CSV}.csv",
        lambda: _companies(*[row.replace(b'""', b'"\0"') for row in FORMS["companies"].rows(200)]),
        "rejected",
    ),
    "no header, random bytes": Hostile(f"{TITLES}.csv", lambda: _noise(200_000), "not_utf8"),
    "a header and no record": Hostile(f"{CSV}.csv", lambda: FORMS["companies"].file([]), "empty_file"),
    "prices of 10,000 digits": Hostile(
        "pp-2018.csv",
        lambda: FORMS["prices"].file(
            [
                *FORMS["prices"].rows(3),
                FORMS["prices"].row(4).replace(b'"152000"', b'"' + b"9" * 10_000 + b'"'),
            ]
        ),
        "rejected",
    ),
    "a price of 1e99": Hostile(
        "pp-2018.csv",
        lambda: FORMS["prices"].file(
            [*FORMS["prices"].rows(3), FORMS["prices"].row(4).replace(b'"152000"', b'"1e99"')]
        ),
        "rejected",
    ),
    "a formula for a name": Hostile(
        f"{CSV}.csv",
        lambda: _companies(FORMS["companies"].row(9).replace(b'"ZEDTON TRADER', b'"=cmd|/c calc!A1 ZEDTON')),
        "loads",
    ),
    "a year of 9 digits": Hostile(
        f"{CSV}.csv",
        lambda: _companies(FORMS["companies"].row(9).replace(b"01/03/2015", b"01/03/201500000")),
        "rejected",
    ),
    "a total of 10,000 digits": Hostile(
        f"{TITLES}.csv",
        lambda: FORMS["ccod"].file(FORMS["ccod"].rows(4))[:-2] + b"9" * 10_000 + b"\n",
        "loads",
    ),
    "a part of a hundred million": Hostile(
        "BasicCompanyData-2020-01-01-part1_99999999.csv", _sound, "missing_part"
    ),
}


# --- names, and what is no file ---------------------------------------------------------------------------

XXE = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY f SYSTEM "file:///etc/passwd">]><l>&f;</l>'


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server, chdir(path.parent):  # a socket's path may have 107 bytes
        server.bind(path.name)


def _device(path: Path) -> None:
    """As root; else a pipe once more."""
    try:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5))  # /dev/zero never ends
    except PermissionError:
        os.mkfifo(path)


def _deep_folder(path: Path) -> None:
    deepest = path.joinpath(*["d"] * 200)
    deepest.mkdir(parents=True)
    (deepest / f"{CSV}.csv").write_bytes(_sound())


def _link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def _sparse(path: Path) -> None:
    path.touch()
    os.truncate(path, 8 << 30)


def _colliding(path: Path) -> None:
    path.write_bytes(_sound("ccod"))
    path.with_name(path.name.lower()).write_bytes(_sound("ccod", 6))


NAMES: Mapping[str, Hostile] = {
    "a name with a line end": Hostile("x\ny.csv", _sound, "loads"),
    "a name with escapes": Hostile("\x1b[2J\x1b]0;x\x07.csv", _sound, "loads"),
    "a name from right to left": Hostile("\u202evsc.exe\u202c\u200b.csv", _sound, "loads"),
    "a name of 255 bytes": Hostile("n" * 251 + ".csv", _sound, "loads"),
    "a name that is no UTF-8": Hostile(b"n\xff\xfe.csv", _sound, "loads"),
    "a name of patterns": Hostile("*[a-z]?{x}.csv", _sound, "loads"),
    "a name of SQL": Hostile("x'); drop table t; --.csv", _sound, "loads"),
    "a name like an option": Hostile("--home=x.csv", _sound, "loads"),
    "a name of templates": Hostile("{0.__class__}%s%n$(id)`id`.csv", _sound, "loads"),
    "a name that shell and web know": Hostile("<script>alert(1)<%2fscript>&.csv", _sound, "loads"),
    "names that collide but for their case": Hostile(f"{TITLES}.csv", bytes, "loads", _colliding),
    "a folder 200 deep": Hostile("deep", bytes, "loads", _deep_folder),
    "a folder with a register's name": Hostile(f"{CSV}.csv", bytes, "nothing", Path.mkdir),
    "a pipe": Hostile(f"{CSV}.csv", bytes, "named", os.mkfifo),
    "a socket": Hostile("s.csv", bytes, "named", _socket),
    "a device": Hostile(f"{PSC}.txt", bytes, "named", _device),
    "a link to a file outside": Hostile(f"{CSV}.csv", bytes, "named", _link("/etc/passwd")),
    "a link to itself": Hostile(f"{CSV}.csv", bytes, "named", _link(f"{CSV}.csv")),
    "a link to the root": Hostile("root", bytes, "named", _link("/")),
    "a file of 8 GB of nothing": Hostile("nothing.bin", bytes, "named", _sparse),
    "an XML bomb": Hostile("bomb.xml", lambda: XML_BOMB, "named"),
    "an XML file that names another": Hostile("xxe.xml", lambda: XXE, "named"),
    "an XML file of 30 MB": Hostile("long.xml", lambda: b"<l>" + b"<a>" * 10_000_000, "named"),
    "an executable": Hostile("run.sh", lambda: b"#!/bin/sh\ntouch /tmp/" + EVIL.encode(), "named"),
    "a pickle": Hostile("p.pkl", lambda: b"cos\nsystem\n(S'touch /tmp/" + EVIL.encode() + b"'\ntR.", "named"),
}

HOSTILE: Mapping[str, Hostile] = {**ARCHIVES, **JSON, **DELIMITED, **NAMES}


def put(hostile: Hostile, folder: Path) -> None:
    """The file in a landing folder of its own."""
    folder.mkdir(parents=True)
    path = folder / os.fsdecode(hostile.file_name)
    if hostile.at is not None:
        hostile.at(path)
    else:
        path.write_bytes(hostile.made())


# --- the child --------------------------------------------------------------------------------------------


def became(landing: Path, work: Path) -> Iterator[dict[str, object]]:
    """What became of each file of a landing: not recognised, blocked, or read."""
    landing_found = look(landing, registers())
    for unread in landing_found.unrecognised:
        yield {"became": "named", "said": unread.reason}
    for number, edition in enumerate(landing_found.editions):
        try:
            facts = parse_edition(edition, work / f"{number}", "key", synthetic=False).facts
        except BlockedEdition as fault:
            yield {"became": fault.code, "said": str(fault)}
            continue
        adds_up = facts.rows_add_up and facts.rows_in > 0
        yield {
            "became": "rejected" if facts.rows_rejected else "loads",
            "loaded": facts.rows_loaded,
            "adds_up": adds_up,
            "said": "",
        }


def _memory_mib(key: str) -> float:
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(key)]
    return int(line.split()[1]) / 1024


def main(folder: Path) -> None:
    became_of_first = list(
        became(folder / "warm", folder.parent / "work" / "warm")
    )  # what a first file takes once: imports, thread pools
    assert [one["became"] for one in became_of_first] == ["loads"]
    for landing in sorted(path for path in folder.iterdir() if path.name != "warm"):
        Path("/proc/self/clear_refs").write_text("5")  # the high-water mark begins again
        before_mib = _memory_mib("VmRSS")
        outcomes = list(became(landing, folder.parent / "work" / landing.name))
        extra_mib = _memory_mib("VmHWM") - before_mib
        print(json.dumps({"file": landing.name, "outcomes": outcomes, "extra_mib": extra_mib}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
