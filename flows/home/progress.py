"""Progress of long work: the step, the share done and an estimate of the time left.

Work goes through its steps with `steps`. A command that may take long does its work within `shown`, which
draws on standard error if that is a terminal. Elsewhere nothing is printed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Timer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

SHOWN_AFTER_SECONDS = 2.0
SPEED_PERIOD_SECONDS = 24 * 3600.0  # all steps count for the estimate: one may take many minutes

_display: ContextVar[Progress | None] = ContextVar("display", default=None)


@contextmanager
def shown(what: str = "") -> Iterator[None]:
    """Show the steps of the work within, if it takes longer than SHOWN_AFTER_SECONDS.

    `what`: shown with the time passed, for work that does not know its steps.
    """
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    display = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
        speed_estimate_period=SPEED_PERIOD_SECONDS,
    )
    if what:
        display.add_task(what, total=None, left="")
    timer = Timer(SHOWN_AFTER_SECONDS, display.start)
    timer.daemon = True
    token = _display.set(display)
    timer.start()
    try:
        yield
    finally:
        _display.reset(token)
        timer.cancel()
        timer.join()  # it may be starting the display now
        display.stop()


def steps[T](
    what: str,
    items: Iterable[T],
    total: float,
    *,
    name: Callable[[T], str] | None = None,
    size: Callable[[T], float] = lambda _: 1,
) -> Iterator[T]:
    """The items, each a step that is done when the next one is asked for.

    `total`: the sum of their sizes. `name`: of the step, shown while it is done. `size`: the step's share of
    the work, where steps differ.
    """
    display = _display.get()
    if display is None:
        yield from items
        return
    task = display.add_task(what, total=total, left="left")
    display.advance(task, 0)  # the estimate counts from here
    try:
        for item in items:
            if name is not None:
                display.update(task, description=f"{what}: {name(item)}")
            yield item
            display.advance(task, size(item))
    finally:
        display.remove_task(task)
