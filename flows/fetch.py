"""Fetch publishers' files, as a Prefect flow: a mapped task for each register.

It does the same as `undertow fetch`. The entrypoint is dotted, `flows.fetch.fetch`. A register that fails is
retried with growing pauses, without delaying the others.
"""

from flows.home import logs, settings

settings.set_prefect_environment()

from prefect import State, flow, task, unmapped  # noqa: E402  (the environment has to be set first)
from prefect.artifacts import create_table_artifact  # noqa: E402
from prefect.states import Completed  # noqa: E402
from prefect.tasks import exponential_backoff  # noqa: E402

from flows.fetching.rounds import Result, chosen, fetch_one  # noqa: E402
from flows.home.processes import keep_private  # noqa: E402
from flows.night.runner import safe_errors  # noqa: E402
from flows.night.telling import tell_as_task  # noqa: E402
from flows.operations.deployments import absolute  # noqa: E402
from transforms.errors import RunFailed  # noqa: E402

SOME_FAILED = "FetchedButForSome"  # name of the state of a run in which a register could not be fetched
RETRIES, FIRST_PAUSE_SECONDS = 3, 60  # (own)


@flow(name="fetch", persist_result=False, result_serializer="json")
def fetch(home: str, registers: list[str] | None = None) -> int | State[int]:
    """Fetch registers, by default all that can be. Returns how many files are new. `home` is absolute.

    The state of a run in which some could not be fetched is named SOME_FAILED. Raises UndertowError.
    """
    with safe_errors("fetch"):
        logs.configure()
        keep_private()
        where = settings.Home(absolute("home", home))
        names = [wanted.register.name for wanted in chosen(where, registers or [])]
        states = one.map(unmapped(str(where.root)), names, return_state=True)
    results = [
        state.result() if state.is_completed() else Result(name, "failed")
        for name, state in zip(names, states, strict=True)
    ]
    rows = [{"register": each.register, "state": each.state, "files": len(each.files)} for each in results]
    create_table_artifact(rows, key="fetched", description="What was fetched; `undertow fetch` says why not.")
    new_n = sum(len(each.files) for each in results)
    failed = [failure for each in results for failure in each.failures]
    if not any(failed):
        return new_n
    tell_as_task(where)
    if all(failed):
        raise RunFailed("no register could be fetched; `undertow fetch` says why")
    return Completed(name=SOME_FAILED, message="some registers could not be fetched", data=new_n)


@task(
    persist_result=False,
    retries=RETRIES,
    retry_delay_seconds=exponential_backoff(backoff_factor=FIRST_PAUSE_SECONDS),
    retry_jitter_factor=0.5,
)
def one(home: str, name: str) -> Result:
    """Fetch one register."""
    with safe_errors("fetch"):
        where = settings.Home(absolute("home", home))
        (wanted,) = chosen(where, [name])
        result = fetch_one(where, wanted)
        if result.may_pass:
            raise RunFailed(result.message)  # which is tried again; a file that was refused stays refused
    return result
