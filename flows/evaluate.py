"""Precision and recall of each indicator of the release in force, as a Prefect flow.

The same as `undertow evaluate`. The entrypoint is dotted, `flows.evaluate.evaluate`.
"""

from flows.home import logs, settings

settings.set_prefect_environment()

from prefect import State, flow, task  # noqa: E402  (the environment has to be set first)
from prefect.artifacts import create_table_artifact  # noqa: E402
from prefect.states import Completed  # noqa: E402

from flows.home.processes import keep_private  # noqa: E402
from flows.night.runner import safe_errors  # noqa: E402
from flows.operations.deployments import absolute  # noqa: E402
from flows.operations.evaluation import measure_indicators, truth_file  # noqa: E402

NO_TRUTH = "NothingToCompareWith"


@flow(name="evaluate", persist_result=False, result_serializer="json")
def evaluate(home: str, truth: str | None = None) -> int | State[int]:
    """Measure the indicators. Returns how many were measured.

    `truth`: CSV with columns indicator, subject_id and expected; default that of the synthetic town. Both
    paths are absolute. The state of a run without such a file is named NO_TRUTH. Raises UndertowError.
    """
    with safe_errors("evaluate"):
        logs.configure()
        keep_private()
        where = settings.Home(absolute("home", home))
        path = truth_file(where, absolute("truth", truth) if truth else None)
        if not path.is_file():
            return Completed(name=NO_TRUTH, message=f"there is no {path.name}", data=0)
        return measure(str(where.root), str(path))


@task(persist_result=False)
def measure(home: str, truth: str) -> int:
    """Show precision and recall by indicator."""
    with safe_errors("measure"):
        measures, absent = measure_indicators(settings.Home(absolute("home", home)), absolute("truth", truth))
    description = f"Precision and recall. Rows about subjects that are not in the release: {absent.height}."
    create_table_artifact(measures.to_dicts(), key="measures", description=description)
    return measures.height
