"""Data Docs: pages of Great Expectations that show which checks ran on the data. They work without network.

Great Expectations writes a page for each table (`validation`). Its pages load style sheets and scripts from
some 16 addresses; `offline` replaces those that a page needs by the files in `quality/static`, and removes
the rest. `write_site` collects the pages of all gates of a run, with an index.
"""

import json
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal

from transforms.reports import render

Stage = Literal["lake", "graph", "release"]

INDEX = "index.html"
RESULTS = "results.json"  # beside the pages of a gate, with what the index shows of them
STATIC = "static"
# File name at the end of an address in a page of Great Expectations → the file in `quality/static` that
# replaces it.
VENDORED = {
    "bootstrap.min.css": "bootstrap.min.css",
    "bootstrap.min.js": "bootstrap.bundle.min.js",
    "jquery-3.7.1.min.js": "jquery.min.js",
}
DARK = "(prefers-color-scheme: dark)"
OWN_STYLE = '<link rel="stylesheet" href="../static/undertow.css">\n</head>'

_LOADED = re.compile(r"<link\b[^>]*>|<script\b[^>]*\bsrc=[^>]*>\s*</script>|<img\b[^>]*>")
_ADDRESS = re.compile(r"""(?:src|href)=["']([^"']*)["']""")
_LINK = re.compile(r"""<a\b[^>]*\bhref=["']([^"']*)["'][^>]*>(.*?)</a>""", re.DOTALL)
_BACKGROUND = re.compile(r"""background:\s*url\(["']?https?:[^;]*;""")
_FOOTER = re.compile(r"<footer>.*?</footer>", re.DOTALL)


@dataclass(frozen=True)
class About:
    """The gate that pages are about. If its stage is `lake`, also the edition."""

    stage: Stage
    register: str | None = None
    dataset: str | None = None
    edition: str | None = None
    file_sha256: str | None = None

    @property
    def label(self) -> str:
        """The name of the gate's folder, safe for a path: `lake-gb_coh_psc-psc-2026-06-01-0a1b2c3d`."""
        sha256 = (self.file_sha256 or "")[:8]
        parts = (self.stage, self.register, self.dataset, self.edition, sha256)
        return "-".join(re.sub(r"[^A-Za-z0-9_-]+", "_", part)[:34] for part in parts if part)


@dataclass(frozen=True)
class Page:
    """The page of a table. `failed`, `warned`: names of its failed expectations that block and that only
    warn.
    """

    table: str
    checked_n: int
    failed: tuple[str, ...]
    warned: tuple[str, ...]

    @property
    def file(self) -> str:
        return f"{self.table}.html"


def offline(page: str) -> str:
    """A page of Great Expectations that loads nothing but the files beside it."""
    page = _LOADED.sub(lambda match: _from_static(match[0]), page)
    page = _LINK.sub(lambda match: _link(match[0], match[1], match[2]), page)
    # The dark theme is disabled: it would need another style sheet.
    page = _BACKGROUND.sub("", _FOOTER.sub("", page)).replace(DARK, "not all")
    return page.replace("</head>", OWN_STYLE, 1)


def _from_static(tag: str) -> str:
    address = match[1] if (match := _ADDRESS.search(tag)) else ""
    file = VENDORED.get(address.rpartition("/")[2])
    if file is None:
        return ""
    if tag.startswith("<link"):
        return f'<link rel="stylesheet" href="../{STATIC}/{file}">'
    return f'<script src="../{STATIC}/{file}"></script>'


def _link(tag: str, address: str, text: str) -> str:
    """Keeps links within the page, corrects links to the index, and replaces other links by their text."""
    if address.startswith("#"):
        return tag
    is_to_index = address.endswith(f"/{INDEX}") and text.strip()
    return f'<a href="../{INDEX}">{text}</a>' if is_to_index else text


def write_results(folder: Path, about: About, pages: Sequence[Page]) -> None:
    """Write to `folder` what the index shows of its pages."""
    results = {**asdict(about), "pages": [asdict(page) for page in pages]}
    (folder / RESULTS).write_text(json.dumps(results, indent=1), encoding="utf-8")


def write_site(folder: Path, gates: Iterable[Path], *, title: str, synthetic: bool = False) -> Path:
    """Copy the pages of `gates` into `folder`, which must not exist, and write the index. Returns its path.

    A gate without pages, as earlier versions wrote it, is left out.
    """
    folder.mkdir(parents=True)
    with as_file(files("quality") / STATIC) as static:
        shutil.copytree(static, folder / STATIC, copy_function=shutil.copyfile)
    listed = []
    for gate in gates:
        if (gate / RESULTS).is_file():
            about, pages = _read_results(gate)
            shutil.copytree(gate, folder / about.label, copy_function=shutil.copyfile, dirs_exist_ok=True)
            listed.append((about, pages))
    index = render("data_docs.html.j2", title=title, gates=listed, synthetic=synthetic)
    (folder / INDEX).write_text(index, encoding="utf-8")
    return folder / INDEX


def _read_results(gate: Path) -> tuple[About, list[Page]]:
    results = json.loads((gate / RESULTS).read_text(encoding="utf-8"))
    pages = [
        Page(page["table"], page["checked_n"], tuple(page["failed"]), tuple(page["warned"]))
        for page in results.pop("pages")
    ]
    return About(**results), pages
