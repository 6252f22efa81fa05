"""How long a stand of the Dutch land register takes from the file to the lake, and its memory, beside the
standard library that merely walks it.

    python -m tests.benchmarks.brk [--objects 50000] [--walk]

Invented: parcels with an outline, an address, a deed and a holder, every third of them a company. One run of
each, in processor seconds; memory is the most that this process had. Prints; checks nothing."""

import argparse
import os
import resource
import time
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

os.environ.setdefault("POLARS_MAX_THREADS", "1")

from flows.ingest.landing import look
from flows.ingest.parse import ingest
from tests.brk_files import (
    address,
    company,
    deed,
    held,
    natural_person,
    parcel,
    placed,
    price,
    right,
    snapshot,
    stand,
    unit,
)
from transforms.model.register import registers

OUTLINE = (
    "<OnroerendeZaak:begrenzingPerceel><gml:posList>"
    + "132102.546 415776.501 " * 12
    + "</gml:posList></OnroerendeZaak:begrenzingPerceel>"
)


def _object(n: int) -> str:
    is_company = n % 3 == 0
    holder = (
        company(61, f"Kadeveem {n} B.V.", "Besloten Vennootschap", kvk=f"{20_000_000 + n}")
        if is_company
        else natural_person(61, f"Invented {n}")
    )
    return snapshot(
        parcel(f"999{n:07}70000", n, OUTLINE + price("250000", 2020)),
        placed(31),
        right(11),
        held(21, 11, 61, natural=not is_company, deeds=[51]),
        holder,
        address(31, f"Kade {n // 40}straat", n % 400 + 1, f"{1000 + n % 8999}AB", f"099920{n:010}"),
        unit(f"099901{n:010}", 31),
        deed(51, "2020-03-01", "250000"),
    )


def _write(path: Path, objects: int) -> None:
    text = stand(*(_object(n) for n in range(1, objects + 1)))
    path.write_bytes(text.replace(b" xmlns:xsi", b' xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:xsi', 1))


def _walk(path: Path) -> float:
    """Seconds that the standard library takes to walk the same file."""
    began = time.process_time()
    for _, element in ElementTree.iterparse(path):
        if element.tag.endswith("}KadastraalObjectSnapshot"):
            element.clear()
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--objects", type=int, default=50_000)
    parser.add_argument("--walk", action="store_true", help="also walk it with the standard library")
    given = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "landing").mkdir()
        path = folder / "landing" / "GEBKX02-20260601-1.xml"
        # In a process of its own, so that the memory of writing it is not counted.
        writer = get_context("spawn").Process(target=_write, args=(path, given.objects))
        writer.start()
        writer.join()
        [edition] = look(folder / "landing", registers()).editions
        began = time.process_time()
        facts = ingest(edition, folder / "work", "key").facts
        seconds = time.process_time() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        walked = _walk(path) if given.walk else None
        print(f"{facts.rows_in:,} records, {path.stat().st_size / 1e6:.0f} MB")
        print(f"to the lake {seconds:.0f} s, {seconds / facts.rows_in * 1e6:.0f} microseconds a record")
        print(f"at most {peak:.0f} MiB of memory" + (f"; walked {walked:.0f} s" if walked else ""))


if __name__ == "__main__":
    main()
