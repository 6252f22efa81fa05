"""Headless Chromium, driven through its DevTools protocol: what a page runs, shows and asks for."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

CHROMIUM = "chromium"
START_SECONDS_MAX = 90
PAGE_SECONDS_MAX = 60
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
    "--mute-audio",
)
DOMAINS = ("Page", "Network", "Runtime", "Debugger")


@dataclass
class Seen:
    """Of one page: scripts compiled, dialogs opened, addresses asked for beyond the page itself, and its
    title when it was loaded.
    """

    scripts: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    title: str = ""


def is_there() -> bool:
    return shutil.which(CHROMIUM) is not None


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """A tab of a browser with an empty profile, ended with all its children."""
    with started(profile) as address, tab(address) as only:
        yield only


@contextmanager
def started(profile: Path) -> Iterator[str]:
    """A browser with an empty profile, ended with all its children: the address for `tab`."""
    process = subprocess.Popen(
        [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        port = _port(profile / "DevToolsActivePort")
        yield f"ws://127.0.0.1:{port[0]}{port[1]}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def tab(address: str) -> Iterator[Browser]:
    """A tab with cookies of its own, as if another person sat there."""
    with connect(address, max_size=None) as socket:
        yield Browser(socket)


def _port(path: Path) -> Sequence[str]:
    until = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < until:
        lines = path.read_text().split() if path.exists() else []
        if len(lines) == 2:
            return lines
        time.sleep(0.05)
    raise TimeoutError(f"Chromium did not start within {START_SECONDS_MAX} s")


class Browser:
    """One tab, used for page after page."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._number = 0
        self._events: list[dict[str, Any]] = []
        context = self._call("Target.createBrowserContext", {})["browserContextId"]
        target = self._call("Target.createTarget", {"url": "about:blank", "browserContextId": context})[
            "targetId"
        ]
        self._session: str | None = self._call(
            "Target.attachToTarget", {"targetId": target, "flatten": True}
        )["sessionId"]
        for domain in DOMAINS:
            self._call(f"{domain}.enable", {})

    def visit(self, page: Path) -> Seen:
        """Load a page from the disk and wait until it is loaded."""
        return self.open(page.resolve().as_uri())

    def open(self, address: str) -> Seen:
        """Load a page and wait until it is loaded."""
        self._events.clear()
        loader = self._call("Page.navigate", {"url": address})["loaderId"]
        self._until_loaded()
        return self._seen(address, loader)

    def _seen(self, address: str, loader: str) -> Seen:
        title = self._call("Page.getNavigationHistory", {})
        seen = Seen(title=str(title["entries"][title["currentIndex"]]["title"]))
        for event in self._events:
            self._note(event, seen, address, loader)
        return seen

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression on the page, awaited; its policy does not hold for it."""
        given = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        done = self._call("Runtime.evaluate", given)
        if "exceptionDetails" in done:
            raise RuntimeError(str(done["exceptionDetails"]))
        return done["result"].get("value")

    def resize(self, width: int, height: int = 900) -> None:
        """Show pages as wide as this, in CSS pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._call("Emulation.setDeviceMetricsOverride", size)

    def press(self, key: str, code: int, text: str = "", *, leaves: bool = False) -> None:
        """Press and release a key, by its name and code in the DevTools protocol. `leaves`: another page is
        loaded by it, and waited for.
        """
        self._events.clear()
        given = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self._call("Input.dispatchKeyEvent", {"type": "keyDown", "text": text, **given})
        self._call("Input.dispatchKeyEvent", {"type": "keyUp", **given})
        if leaves:
            self._until_loaded()

    def type(self, text: str) -> None:
        """Into whatever has the focus."""
        self._call("Input.insertText", {"text": text})

    def leave(self, expression: str) -> Seen:
        """Evaluate an expression that makes the page load another, and wait for that. That page is among the
        addresses asked for; the expression, a script without address, is not among the scripts.
        """
        self._events.clear()
        self.evaluate(expression)
        self._until_loaded()
        seen = self._seen("", "")
        seen.scripts = [one for one in seen.scripts if one]
        return seen

    def without_policy(self, *, on: bool) -> None:
        """Show the pages after this one as if they had no content security policy."""
        self._call("Page.setBypassCSP", {"enabled": on})

    def pdf(self) -> bytes:
        """The page as it is printed."""
        return base64.b64decode(self._call("Page.printToPDF", {"printBackground": False})["data"])

    def print_mode(self, *, on: bool) -> None:
        """Show the page as it is printed."""
        self._call("Emulation.setEmulatedMedia", {"media": "print" if on else ""})

    def picture(self) -> bytes:
        """What the window shows, as PNG."""
        return base64.b64decode(self._call("Page.captureScreenshot", {"format": "png"})["data"])

    def cookies(self) -> dict[str, str]:
        """Of the page's server."""
        return {one["name"]: one["value"] for one in self._call("Network.getCookies", {})["cookies"]}

    def _note(self, event: dict[str, Any], seen: Seen, address: str, loader: str) -> None:
        given = event.get("params", {})
        match event["method"]:
            case "Debugger.scriptParsed":
                seen.scripts.append(str(given.get("url")))
            case "Page.javascriptDialogOpening":
                seen.dialogs.append(str(given["message"]))
            case "Network.requestWillBeSent" if (
                given["request"]["url"] != address or given["loaderId"] != loader
            ):
                seen.requests.append(str(given["request"]["url"]))

    def _until_loaded(self) -> None:
        until = time.monotonic() + PAGE_SECONDS_MAX
        looked = 0
        while time.monotonic() < until:
            for event in self._events[looked:]:
                if event["method"] == "Page.javascriptDialogOpening":
                    self._call("Page.handleJavaScriptDialog", {"accept": False})
                if event["method"] == "Page.loadEventFired":
                    return
            looked = len(self._events)
            self._receive(until - time.monotonic())
        raise TimeoutError(f"a page was not loaded within {PAGE_SECONDS_MAX} s")

    def _call(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        self._number += 1
        session = getattr(self, "_session", None)
        self._socket.send(
            json.dumps(
                {
                    "id": self._number,
                    "method": method,
                    "params": params,
                    **({"sessionId": session} if session else {}),
                }
            )
        )
        wanted = self._number
        while True:
            message = self._receive(PAGE_SECONDS_MAX)
            if message.get("id") == wanted:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return dict(message["result"])
            if (
                message.get("method") == "Page.javascriptDialogOpening"
            ):  # a dialog holds every answer back until it is closed
                self._number += 1
                self._socket.send(
                    json.dumps(
                        {
                            "id": self._number,
                            "method": "Page.handleJavaScriptDialog",
                            "params": {"accept": False},
                            "sessionId": session,
                        }
                    )
                )

    def _receive(self, seconds: float) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._socket.recv(timeout=seconds))
        if "method" in message:
            self._events.append(message)
        return message
