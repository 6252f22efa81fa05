"""A browser without JavaScript: it keeps cookies, and fills in the forms of the page that it shows."""

import re
from html.parser import HTMLParser

from starlette.testclient import TestClient
from starlette.types import ASGIApp

from flows.home.settings import Home
from flows.review import users

PASSWORD = "correct horse battery"
RANDOM = re.compile(r'name="(csrf|key)" value="[^"]*"')


class Forms(HTMLParser):
    """Action → hidden fields of each form of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self._open: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = self.forms.setdefault(values.get("action", "").partition("#")[0], {})
        elif tag == "input" and values.get("type") == "hidden":
            self._open[values["name"]] = values.get("value", "")


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


class Browser:
    """One user's browser. `page`: the text of the last answer; `status`: its code."""

    def __init__(self, app: ASGIApp, name: str = "", base: str = "http://127.0.0.1") -> None:
        self.client = TestClient(app, base_url=base, follow_redirects=False, raise_server_exceptions=False)
        self.name, self.page, self.status, self.address = name, "", 0, ""
        if name:
            self.get("/sign-in")
            hidden = Forms(self.page).forms["/sign-in"]
            answer = self.client.post("/sign-in", data={**hidden, "name": name, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
            self.get("/audit")  # the cheapest page with the app around it, also where it is refused

    def get(self, address: str) -> str:
        """Follows redirects."""
        answer = self.client.get(address)
        for _ in range(5):
            if answer.status_code != 303:
                break
            address = answer.headers["location"]
            answer = self.client.get(address)
        self.page, self.status, self.address = answer.text, answer.status_code, address
        self.headers = answer.headers
        return self.page

    def send(self, action: str, **fields: str | list[str]) -> str:
        """Send a form of the page, with its hidden fields."""
        hidden = Forms(self.page).forms[action]
        return self.post(
            action, {**hidden, **{name.replace("__", "-"): value for name, value in fields.items()}}
        )

    def post(self, action: str, fields: dict[str, str | list[str]]) -> str:
        answer = self.client.post(action, data=fields)
        self.page, self.status, self.headers = answer.text, answer.status_code, answer.headers
        if answer.status_code == 303:
            return self.get(answer.headers["location"])
        return self.page

    def case(self, case_id: str) -> str:
        """Open a case, and say for which purpose where that is asked."""
        self.get(f"/cases/{case_id}.html")
        if f'action="/cases/{case_id}/purpose"' in self.page:
            self.send(f"/cases/{case_id}/purpose", purpose="demo")
        assert self.status == 200, self.page
        return self.page

    def judge(self, case_id: str, choice: str = "no-concern/explained", **fields: str | list[str]) -> str:
        self.case(case_id)
        return self.send(f"/cases/{case_id}/verdict", choice=choice, **fields)

    @property
    def plain(self) -> str:
        """The page without the tokens that are new each time."""
        return RANDOM.sub("", self.page)


def with_users(home: Home, **roles: str) -> None:
    for name, role in roles.items():
        users.add(home, name, role, by=users.operator(), password=PASSWORD)
