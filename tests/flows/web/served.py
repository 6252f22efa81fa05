"""The review app as its own process, and officers who sit before it in Chromium."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.home.settings import Home
from flows.review import users
from tests.flows.prefect_servers import HOST, free_port
from tests.reliability.browser import Browser, Seen

PASSWORD = "four words of a song"
START_SECONDS_MAX = 90
RANDOM = "input[name=csrf], input[name=key]"  # new on every page


def copied(demo: Home, folder: Path, roles: dict[str, str], *, is_linked: bool = False) -> Home:
    """What the app needs of the demo's home, with these users. `is_linked`: the releases are not copied."""
    for name in ("state", "secrets") if is_linked else ("releases", "state", "secrets"):
        shutil.copytree(demo.root / name, folder / name, symlinks=True)
    if is_linked:
        (folder / "releases").symlink_to(demo.releases.resolve())
    shutil.copy(demo.root / "current", folder / "current", follow_symlinks=False)
    home = Home(folder)
    for name, role in roles.items():
        users.add(home, name, role, by=users.operator(), password=PASSWORD)
    return home


class Server:
    """`undertow review` on a free port. It can be killed and started again."""

    def __init__(self, home: Home) -> None:
        self.home, self.port = home, free_port()
        self.start()

    @property
    def base(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        command = ["review", "--home", str(self.home.root), "--port", str(self.port)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "flows.cli.app", *command], stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < until and self._process.poll() is None:
            try:
                socket.create_connection((HOST, self.port)).close()
            except ConnectionRefusedError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError(f"the review app did not start within {START_SECONDS_MAX} s")

    @property
    def processor_seconds(self) -> float:
        """What the process has taken, in steps of a hundredth."""
        times = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """As a power cut would: it can do nothing more."""
        self._process.kill()
        self._process.wait()


@contextmanager
def served(home: Home) -> Iterator[Server]:
    server = Server(home)
    try:
        yield server
    finally:
        server.kill()


class Officer:
    """A user at a tab of Chromium, who sees only what stands on the page."""

    def __init__(self, tab: Browser, base: str, name: str) -> None:
        self.tab, self.base, self.name = tab, base, name

    def sign_in(self) -> None:
        self.open("/sign-in")
        self.fill("#name", self.name)
        self.fill("#password", PASSWORD)
        self.send("/sign-in")

    def open(self, address: str) -> Seen:
        """Sign in first where that is asked."""
        seen = self.tab.open(self.base + address)
        if address != "/sign-in" and self.has("/sign-in"):
            self.sign_in()
            seen = self.tab.open(self.base + address)
        return seen

    def case(self, case_id: str) -> None:
        """Open a case, and choose a purpose where that is asked."""
        self.open(f"/cases/{case_id}.html")
        if self.has(ask := f"/cases/{case_id}/purpose"):
            self.fill("#purpose", "demo")
            self.send(ask)

    def judge(self, case_id: str, choice: str, note: str = "") -> str:
        """Record a verdict on the page that is open; returns the page after it."""
        self.pick(choice)
        self.fill("#verdict-note", note)
        self.send(f"/cases/{case_id}/verdict")
        return self.text()

    # --- the page -------------------------------------------------------------------------------------------

    def has(self, action: str) -> bool:
        return bool(self.tab.evaluate(f"!!{_form(action)}"))

    def fill(self, field: str, value: str) -> None:
        self.tab.evaluate(f"{_one(field)}.value = {json.dumps(value)}")

    def pick(self, value: str) -> None:
        """A button or box of the verdict's form."""
        self.tab.evaluate(f"{_one(f'input[value="{value}"]')}.checked = true")

    def send(self, action: str) -> Seen:
        """Press the button of a form, and wait for the page after it."""
        return self.tab.leave(f"{_form(action)}.querySelector('button').click()")

    def text(self, selector: str = "body") -> str:
        """The words that are to be seen."""
        return str(self.tab.evaluate(f"{_one(selector)}.innerText"))

    def source(self) -> str:
        """The page as it came, without what is new on every page."""
        forget = f"document.querySelectorAll('{RANDOM}').forEach(one => one.value = '')"
        self.tab.evaluate(f"{forget}; true")
        return str(self.tab.evaluate("document.documentElement.outerHTML"))

    def hidden(self, action: str) -> dict[str, str]:
        """The hidden fields of a form."""
        fields = (
            f"[...{_form(action)}.querySelectorAll('input[type=hidden]')].map(one => [one.name, one.value])"
        )
        return dict(self.tab.evaluate(fields))


def _one(selector: str) -> str:
    return f"document.querySelector({json.dumps(selector)})"


def _form(action: str) -> str:
    """A form by its address; what comes after # in it is where the page is shown."""
    return _one(f'form[action="{action}"], form[action^="{action}#"]')
