"""How long an extract of addresses and buildings takes from the archive to the lake, and its memory, beside
the standard library that merely walks it.

    python -m tests.benchmarks.bag [--homes 330000] [--walk]

Invented: for each home an address, a unit and a building with an outline, in documents of 10,000 objects.
One run of each, in processor seconds; memory is the most that this process had. Prints; checks nothing."""

import argparse
import os
import resource
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

os.environ.setdefault("POLARS_MAX_THREADS", "1")

from flows.ingest.landing import look
from flows.ingest.parse import ingest
from tests import bag_files
from transforms.model.register import registers
from transforms.readers import archives

IN_DOCUMENT = 10_000
NOW = bag_files.period("2015-03-01")
OUTLINE = "<O:geometrie><gml:Polygon>" + "204670.209 445500.0 0.0 " * 12 + "</gml:Polygon></O:geometrie>"


def _documents(objects: Iterator[str]) -> Iterator[list[str]]:
    while document := [each for _, each in zip(range(IN_DOCUMENT), objects, strict=False)]:
        yield document


def _extract(homes: int) -> bytes:
    numbers = range(1, homes + 1)
    streets = homes // 40 + 1
    return bag_files.extract(
        {
            "WPL": [[bag_files.town(1, NOW, "Zeehaven")]],
            "OPR": _documents(bag_files.street(n, NOW, f"Kade {n}straat") for n in range(1, streets + 1)),
            "NUM": _documents(
                bag_files.designation(
                    n, NOW, house=n % 400 + 1, postcode=f"{1000 + n % 8999}AB", street=n // 40 + 1
                )
                for n in numbers
            ),
            "VBO": _documents(bag_files.unit(n, NOW) for n in numbers),
            "LIG": [[]],
            "STA": [[]],
            "PND": _documents(bag_files.building(n, NOW + OUTLINE, year=1900 + n % 120) for n in numbers),
        }
    )


def _write(path: Path, homes: int) -> None:
    path.write_bytes(_extract(homes))


def _walk(path: Path) -> float:
    """Seconds that the standard library takes to walk the same documents, one by one."""
    began = time.process_time()
    reader = registers()["nl_bag"]
    with archives.opened(path, reader.documents_in) as file:
        parser, count = None, 0
        while piece := file.read(archives.STEP_BYTES):
            for nth, part in enumerate(piece.split(b"<?xml")):
                if nth or parser is None:
                    parser = ElementTree.XMLPullParser(["end"])
                if part:
                    parser.feed(b"<?xml" + part if nth else part)
                for _, element in parser.read_events():
                    count += 1
                    if element.tag.endswith("}bagObject"):
                        element.clear()
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--homes", type=int, default=330_000)
    parser.add_argument("--walk", action="store_true", help="also walk it with the standard library")
    given = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "landing").mkdir()
        path = folder / "landing" / "lvbag-extract-nl.zip"
        # In a process of its own, so that the memory of writing it is not counted.
        writer = get_context("spawn").Process(target=_write, args=(path, given.homes))
        writer.start()
        writer.join()
        walked = _walk(path) if given.walk else None
        [edition] = look(folder / "landing", registers()).editions
        began = time.process_time()
        facts = ingest(edition, folder / "work", "key").facts
        seconds = time.process_time() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{facts.rows_in:,} records, {path.stat().st_size / 1e6:.0f} MB packed")
        print(f"to the lake {seconds:.0f} s, {seconds / facts.rows_in * 1e6:.0f} microseconds a record")
        print(f"at most {peak:.0f} MiB of memory" + (f"; walked {walked:.0f} s" if walked else ""))


if __name__ == "__main__":
    main()
