"""The same work for many names: on the workers of a Spark cluster, one task per name, or one after
another.
"""

import pickle
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any

import pyarrow as pa

from flows.home import progress
from flows.spark.session import session

# What a task returns: its position in the order, and the pickled result or error.
OUTCOME = "id bigint, outcome binary"


def on_workers[T](what: str, names: Iterable[str], work: Callable[[str], T], /) -> Generator[T, None, None]:
    """The results of `work`, in the order of `names` (see `flows.night.night.Each`).

    `work` is pickled with everything it refers to and sent to the workers, so it may not refer to a
    connection or a lock. Spark runs it again if a worker is lost, so it must be repeatable. An error that it
    raises is raised here, with the same message.
    """
    in_order = list(names)

    def task(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            outcomes = [_outcome(work, in_order[place]) for place in batch["id"].to_numpy().tolist()]
            yield pa.record_batch([batch["id"], pa.array(outcomes, pa.binary())], names=["id", "outcome"])

    if not in_order:
        return
    tasks = session().range(0, len(in_order), 1, len(in_order))
    rows = tasks.mapInArrow(task, OUTCOME).toArrow().sort_by("id").to_pylist()
    for row in progress.steps(what, rows, len(rows)):
        done = pickle.loads(row["outcome"])
        if isinstance(done, Exception):
            raise done
        yield done


def one_at_a_time[T](
    what: str, names: Iterable[str], work: Callable[[str], T], /
) -> Generator[T, None, None]:
    """The results of `work`, in the order of `names`, computed on the driver one after another. For
    indicators, whose steps are views of the same session and whose rows go to the same folder.

    """
    in_order = list(names)
    yield from progress.steps(what, map(work, in_order), len(in_order))


def _outcome[T](work: Callable[[str], T], name: str) -> bytes:
    """The pickled result or error of `work`. The text of the error stays within the run, as without Spark."""
    done: Any
    try:
        done = work(name)
    except Exception as error:
        done = error
    return pickle.dumps(done)
