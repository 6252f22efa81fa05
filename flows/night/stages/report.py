"""Stage report.

Render the pages of the release just built, so that a failing page stops the publication.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from flows.home import warehouse
from flows.home.durable import file_sha256
from flows.home.settings import case_pages_a_night
from flows.ingest import lake
from flows.night.night import BUILT, DOCS, PAGES, Counts, Night
from flows.pages.case import render_first_cases
from flows.pages.night import render_night
from flows.pages.site import write_site
from flows.pages.site.boundaries import outline_files
from flows.release import manifests, store
from quality import data_docs
from transforms.language import in_language

MEMORY_SHARE = 0.4  # (own) the rows of 500 cases of a country take half of 8 GiB in Python


def report(night: Night) -> Counts:
    """Write the Data Docs, the page of the run, those of the first cases, and the site around them, in the
    home's language.
    """
    written = partial(_written, night)
    return night.memory.step("report", [BUILT], [DOCS, PAGES], written, rule=parameters(night))


def parameters(night: Night) -> Sequence[object]:
    """What the pages depend on beside the release."""
    outlines = [(path.name, _sha256(path)) for path in outline_files(night.home.areas)]
    return night.areas, night.authority.language, case_pages_a_night(), outlines


def _sha256(path: Path) -> str:
    """Empty if the file cannot be read: the page reports that, and no night stops."""
    try:
        return file_sha256(path)
    except OSError:
        return ""


def _written(night: Night) -> Counts:
    with (
        in_language(night.authority.language),
        warehouse.open_release(
            night.built_folder, spill=night.work / "spill", memory_share=MEMORY_SHARE
        ) as connection,
    ):
        index = _write_data_docs(night)
        page = render_night(
            connection, night.report_folder, areas=night.areas, data_docs=index, has_site=True
        )
        case_pages = render_first_cases(connection, night.report_folder, areas=night.areas)
        site = write_site(
            connection,
            night.report_folder,
            areas=night.areas,
            data_docs=index,
            boundaries=night.home.areas,
        )
    return {"bytes": page.stat().st_size, "case_pages": len(case_pages), **site}


def _write_data_docs(night: Night) -> str:
    """Put the pages of all gates into the release: editions in force and blocked editions, graph and release.

    Returns the address of their index, as seen from the page of the run once both are published.
    """
    release_id = manifests.of_release(night.built_folder)["release_id"]
    gates = [
        *(lake.data_docs_folder(night.home, facts) for facts in night.editions.with_status("in_force")),
        *sorted((night.work / "blocked").glob(f"*/{lake.DATA_DOCS}")),
        night.data_docs("graph"),
        night.data_docs("release"),
    ]
    title = f"Release {release_id}, as of {night.as_of}"
    index = data_docs.write_site(
        night.built_folder / store.DATA_DOCS, gates, title=title, synthetic=night.synthetic
    )
    return f"../../{night.home.releases.name}/{release_id}/{store.DATA_DOCS}/{index.name}"
