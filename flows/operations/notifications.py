"""Install the automations of prefect.yaml on the Prefect server of PREFECT_API_URL, each once: for a night
that is late, or whose process has gone. A night reports everything else itself (`flows.operations.telling`).

Run as `python -m flows.operations.notifications`, with UNDERTOW_NOTIFY_URL set: `prefect automation create`
makes a second automation each time, and its file has to name the id of the block with the address.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import yaml  # type: ignore[import-untyped]  # the library has no types of its own
from pydantic import SecretStr

from flows.home import settings
from flows.operations.deployments import prefect_file

settings.set_prefect_environment()

from prefect.automations import Automation  # noqa: E402  (the environment has to be set first)
from prefect.blocks.webhook import Webhook  # noqa: E402
from prefect.types import SecretDict  # noqa: E402

BLOCK = "undertow-notify"
# From versions up to 0.2.0: a night now sends these itself.
RETIRED = ("undertow-blocked-register", "undertow-night-failed")


def put_automations(url: str) -> list[str]:
    """The names of the automations that the server now has. One of the same name is replaced; RETIRED go.

    `url`: gets a POST with a JSON object whose `text` is the message.
    """
    # Prefect names no type for a payload that is text.
    headers = SecretDict({"Content-Type": "application/json"})
    block = Webhook(url=SecretStr(url), headers=headers).save(BLOCK, overwrite=True)
    declared = yaml.safe_load(prefect_file().read_text(encoding="utf-8"))["automations"]
    for name in RETIRED:
        with suppress(ValueError):  # it is not there
            retired: Any = Automation.read(name=name)
            retired.delete()
    for automation in declared:
        actions = [{**action, "block_document_id": block} for action in automation["actions"]]
        _put({**automation, "actions": actions})
    return [automation["name"] for automation in declared]


def _put(automation: Mapping[str, Any]) -> None:
    """Update the automation of this name, or create it."""
    try:
        known: Any = Automation.read(name=automation["name"])
    except ValueError:
        Automation(**automation).create()
    else:
        Automation(id=known.id, **automation).update()


if __name__ == "__main__":
    if (url := settings.notify_url()) is None:
        raise SystemExit("UNDERTOW_NOTIFY_URL is not set; give the address that gets the messages")
    print(", ".join(put_automations(url)))
