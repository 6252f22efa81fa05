"""Notification as a task of a Prefect flow, retried if a receiver could not be reached.

Only flows import this module, which imports Prefect.
"""

from pathlib import Path

from prefect import State, task

from flows.home.settings import Home
from flows.night.runner import safe_errors
from flows.operations.telling import tell
from flows.operations.telling.matters import End
from transforms.errors import RunFailed, UsageError

TELL_AGAIN_SECONDS = [30.0, 300.0]  # (own) pauses before a receiver is tried again


def tell_as_task(home: Home, end: End | None = None) -> None:
    """Notify receivers of what is due. The task's state is returned, not raised: notifying changes no run."""
    if tell.has_receivers(home):
        notify(str(home.root), end, return_state=True)


def _can_change(_task: object, _run: object, state: State[object]) -> bool:
    """Retry only if it can help: a wrong setting stays wrong; a receiver may be back."""
    return not isinstance(state.result(raise_on_failure=False), UsageError)


@task(
    name="notify",
    persist_result=False,
    retries=len(TELL_AGAIN_SECONDS),
    retry_delay_seconds=TELL_AGAIN_SECONDS,
    retry_condition_fn=_can_change,
)
def notify(home: str, end: End | None) -> int:
    """Notify the receivers in notify.toml. Returns how many got a message.

    Raises RunFailed, and is retried, if one could not be notified; the others are not notified twice.
    """
    with safe_errors("notify"):
        outcomes = tell.tell(Home(Path(home)), end)
    tell.warn(outcomes)
    if failed := [outcome.receiver for outcome in outcomes if outcome.state == "failed"]:
        raise RunFailed(
            f"not told: {', '.join(failed)}; `undertow notify` tries again, and so does every run"
        )
    return sum(outcome.state == "sent" for outcome in outcomes)
