"""Stage release: publish the release just built."""

from flows.night.night import Counts, Night
from flows.pages.release import NIGHT as REPORT_PAGE
from flows.release import manifests, publish, store


def release(night: Night) -> Counts:
    """Name the release, move its pages beside the others, and point `current` to it
    (`flows.release.publish`).

    From that moment the run has its release, even if it is interrupted.
    """
    release_id = str(manifests.of_release(night.built_folder)["release_id"])
    try:
        publish.publish(night.home, night.built_folder, report=night.report_folder)
    finally:
        if store.is_current(night.home, release_id):
            night.release_id, night.report = release_id, night.home.reports / release_id / REPORT_PAGE
    for step in ("build", "report"):  # the next release is another, and pages name persons
        night.memory.forget(step)
    return {"release": night.release_id}
