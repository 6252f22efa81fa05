"""Signing in at an OpenID Connect provider: a fake one on loopback, which can be made to lie."""

import base64
import json
import secrets
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from flows.home.settings import Home
from flows.review import users
from flows.web.app import review_app
from flows.web.provider import Provider, provider_of
from tests.flows.web.browser import PASSWORD
from tests.flows.web.conftest import Clock
from transforms.errors import UsageError

CLIENT, SECRET, ADDRESS = "undertow", "a secret of the client", "http://127.0.0.1:8300"


@cache
def key(name: str) -> RSAKey | OctKey:
    """Made at the first use."""
    if name == "password":
        return OctKey.import_key("a password of nobody, and long enough", {"kid": "one"})
    return RSAKey.generate_key(2048, {"kid": "one"})


class FakeProvider:
    """`claims`: what its next token says instead. `document`: what its description says instead."""

    def __init__(self) -> None:
        self.claims: dict[str, object] = {}
        self.document: dict[str, object] = {}
        self.key = "own"
        self.algorithm = "RS256"
        self._codes: dict[str, dict[str, str]] = {}
        fake = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                pages = {"/.well-known/openid-configuration": fake.described, "/keys": fake.keys}
                self.reply(pages[self.path]())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                fields = {name: values[0] for name, values in parse_qs(body).items()}
                self.reply(fake.tokens(fields, self.headers.get("authorization", "")))

            def reply(self, answer: dict[str, object] | None) -> None:
                self.send_response(200 if answer is not None else 400)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def described(self) -> dict[str, object]:
        paths = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        addresses = {name: self.issuer + path for name, path in paths.items()}
        return {"issuer": self.issuer, **addresses, **self.document}

    def keys(self) -> dict[str, object]:
        return dict(KeySet([key("own")]).as_dict(private=False))

    def authorize(self, address: str) -> dict[str, str]:
        """What the browser brings back after the user signed in."""
        parameters = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert parameters["response_type"] == "code" and parameters["code_challenge_method"] == "S256"
        assert "openid" in parameters["scope"].split() and len(parameters["nonce"]) > 40
        code = secrets.token_hex()
        self._codes[code] = parameters
        return {"code": code, "state": parameters["state"]}

    def tokens(self, fields: dict[str, str], login: str) -> dict[str, object] | None:
        parameters = self._codes.pop(fields["code"], None)
        if (
            parameters is None
            or login != f"Basic {base64.b64encode(f'{CLIENT}:{SECRET}'.encode()).decode()}"
            or create_s256_code_challenge(fields["code_verifier"]) != parameters["code_challenge"]
            or fields["redirect_uri"] != parameters["redirect_uri"] != f"{ADDRESS}/sign-in/back"
        ):
            return None
        now = int(time.time())
        claims = {
            **{"iss": self.issuer, "sub": "1", "aud": parameters["client_id"], "iat": now, "exp": now + 300},
            **{"nonce": parameters["nonce"], "preferred_username": "otto", "role": "administrator"},
            **self.claims,
        }
        header = {"alg": self.algorithm, "kid": "one"}
        kept = {name: value for name, value in claims.items() if value is not None}
        return {"id_token": jwt.encode(header, kept, key(self.key), [self.algorithm])}


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    fake = FakeProvider()
    yield fake
    fake.server.shutdown()
    fake.server.server_close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home without a release: an auditor and a user who is disabled."""
    home = Home(tmp_path_factory.mktemp("openid"))
    home.prepare()
    for name in ("otto", "gone"):
        users.add(home, name, "auditor", by=users.operator(), password=PASSWORD)
    users.disable(home, "gone", by=users.operator())
    (home.secrets / "sign-in").write_text(SECRET + "\n", encoding="utf-8")
    return home


@pytest.fixture
def provider(desk: Home, fake: FakeProvider, clock: Clock) -> Provider:
    (desk.root / "undertow.toml").write_text(
        f'[sign_in]\nissuer = "{fake.issuer}"\nclient_id = "{CLIENT}"\naddress = "{ADDRESS}"\n',
        encoding="utf-8",
    )
    provider = provider_of(desk, clock)
    assert provider is not None
    return provider


@pytest.fixture
def app(desk: Home, provider: Provider, clock: Clock) -> ASGIApp:
    return review_app(desk, secure=False, provider=provider, clock=clock)


def browser(app: ASGIApp) -> TestClient:
    return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


def test_signing_in_and_out(app: ASGIApp, fake: FakeProvider) -> None:
    client = browser(app)
    page = client.get("/sign-in").text
    assert 'href="/sign-in/begin"' in page and "password" not in page
    left = client.get("/sign-in/begin")
    assert left.status_code == 303 and left.headers["location"].startswith(f"{fake.issuer}/authorize?")
    assert "SameSite=lax" in left.headers["set-cookie"] and "HttpOnly" in left.headers["set-cookie"]
    brought = fake.authorize(left.headers["location"])
    back = client.get("/sign-in/back", params=brought)
    assert back.status_code == 200 and back.headers["refresh"] == "0; url=/"
    assert client.get("/audit").status_code == 200
    assert client.get("/users").status_code == 403  # the role is ours, whatever the token says
    assert client.get("/sign-in/back", params=brought).status_code == 400  # a state counts once
    token = client.get("/audit").text.partition('name="csrf" value="')[2].partition('"')[0]
    assert client.post("/sign-out", data={"csrf": token}).headers["location"] == "/sign-in"
    assert client.get("/audit").headers["location"] == "/sign-in"
    brought = fake.authorize(client.get("/sign-in/begin").headers["location"])
    back = client.get("/sign-in/back", params=brought)
    assert back.headers["refresh"] == "0; url=/audit"  # the page that was asked for


def signed_in(app: ASGIApp, fake: FakeProvider, **brought: str) -> tuple[int, str]:
    """Status and page of a sign-in. There is a session after it only where it succeeded."""
    client = browser(app)
    back = client.get(
        "/sign-in/back",
        params={**fake.authorize(client.get("/sign-in/begin").headers["location"]), **brought},
    )
    assert (client.get("/audit").status_code == 200) == (back.status_code == 200)
    return back.status_code, back.text


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": "another", "azp": CLIENT},
        {"aud": [CLIENT, "another"]},
        {"azp": "another"},
        {"aud": None},
        {"iss": "https://another.example"},
        {"iss": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iat": 9_000_000_000},
        {"preferred_username": None},
        {"preferred_username": ["otto"]},
    ],
    ids=str,
)
def test_a_token_that_does_not_hold_is_refused(
    app: ASGIApp, fake: FakeProvider, claims: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    fake.claims = claims
    status, page = signed_in(app, fake)
    assert status == 403 and "was not accepted" in page
    assert "otto" not in page + "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("signed_by", "algorithm"), [("another", "RS256"), ("password", "HS256"), ("own", "none")]
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_wrong_signature_is_refused(
    app: ASGIApp, fake: FakeProvider, signed_by: str, algorithm: str
) -> None:
    fake.key, fake.algorithm = signed_by, algorithm
    status, page = signed_in(app, fake)
    assert status == 403 and "was not accepted" in page


@pytest.mark.parametrize("name", ["nobody", "gone", "Otto", ""])
def test_an_unknown_or_disabled_user_is_refused(
    app: ASGIApp, fake: FakeProvider, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.claims = {"preferred_username": name}
    status, page = signed_in(app, fake)
    assert status == 403 and "You have no account here, or it is disabled." in page
    assert "gone" not in "".join(capsys.readouterr())


def test_a_state_of_another_browser_or_an_old_one_is_refused(
    app: ASGIApp, fake: FakeProvider, clock: Clock
) -> None:
    brought = fake.authorize(browser(app).get("/sign-in/begin").headers["location"])
    for client in (browser(app), browser(app)):
        assert client.get("/sign-in/back", params=brought).status_code == 400
        client.get("/sign-in/begin")
    assert client.get("/sign-in/back", params=brought).status_code == 400
    assert signed_in(app, fake, state="") == signed_in(app, fake, state="invented")
    late = browser(app)
    brought = fake.authorize(late.get("/sign-in/begin").headers["location"])
    try:
        clock.ahead += timedelta(minutes=11)
        answer = late.get("/sign-in/back", params=brought)
        assert answer.status_code == 400 and "Begin again" in answer.text
    finally:
        clock.ahead = timedelta()


def test_a_code_that_is_wrong_or_missing_is_refused(app: ASGIApp, fake: FakeProvider) -> None:
    assert signed_in(app, fake, code="invented")[0] == 503
    assert signed_in(app, fake, code="", error="access_denied")[0] == 403


@pytest.mark.parametrize(
    "document",
    [{"issuer": "https://another.example"}, {"token_endpoint": "http://another.example"}, {"jwks_uri": None}],
    ids=str,
)
def test_a_description_that_cannot_be_trusted_is_refused(
    app: ASGIApp, fake: FakeProvider, document: dict[str, object]
) -> None:
    fake.document = document
    answer = browser(app).get("/sign-in/begin")
    assert answer.status_code == 503 and "does not answer as it should" in answer.text


def test_a_provider_that_is_down_is_said(app: ASGIApp, fake: FakeProvider) -> None:
    fake.server.shutdown()
    fake.server.server_close()
    answer = browser(app).get("/sign-in/begin")
    assert answer.status_code == 503 and "does not answer as it should" in answer.text


def test_passwords_do_not_count_beside_a_provider(app: ASGIApp) -> None:
    client = browser(app)
    for path in ("/sign-in", "/set-password"):
        answer = client.post(path, data={"name": "otto", "password": PASSWORD})
        assert answer.status_code == 403 and "Passwords are not used here" in answer.text
    assert client.get("/set-password").status_code == 403


@pytest.mark.usefixtures("provider")
def test_the_settings(desk: Home, clock: Clock) -> None:
    path = desk.root / "undertow.toml"
    stated = path.read_text(encoding="utf-8")
    (desk.secrets / "sign-in").rename(desk.secrets / "elsewhere")
    with pytest.raises(UsageError, match="the client secret"):
        provider_of(desk, clock)
    (desk.secrets / "elsewhere").rename(desk.secrets / "sign-in")
    path.write_text(stated.replace("http://127.0.0.1", "http://town.example"), encoding="utf-8")
    with pytest.raises(UsageError, match="issuer"):
        provider_of(desk, clock)
    path.unlink()
    assert provider_of(desk, clock) is None
    assert browser(review_app(desk, secure=False)).get("/sign-in/begin").status_code == 404
