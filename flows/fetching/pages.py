"""Pages, logins and signed addresses through httpx2, with retries and the publisher's limit on requests."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx2
import stamina

from flows.home.settings import Home, secret
from transforms.errors import RunFailed
from transforms.model.source import Source

ATTEMPTS = 4
RETRY_SECONDS_MAX = 30.0  # between attempts
TIMEOUT_SECONDS = 60.0
BODY_BYTES_MAX = 64 << 20
WAIT_SECONDS_MAX = 600.0  # (own) a server that requires a longer wait is retried at the next fetch
BUSY = frozenset({429, 500, 502, 503, 504})
FORBIDDEN, MISSING = 403, 404


# As OpenSSL (httpx2) and rustls (obstore) say it.
UNTRUSTED = ("CERTIFICATE_VERIFY_FAILED", "InvalidCertificate")
TRUST_IT = (
    "its certificate is not one that this machine trusts; check the address, and where a proxy of yours "
    "signs with its own authority, set SSL_CERT_FILE to a file with the system's certificates and that one"
)

# obstore's words; httpx2 has an error for it.
UNREACHED_MARK = "kind: Connect"
WANTS_KEY = "the server wants a key or a login"
UNREACHED = "cannot be reached; check the address, and this machine's way to the internet"

stamina.instrumentation.set_on_retry_hooks([])  # its log shows whole addresses, with the keys in them


class Missing(RunFailed):
    """The server has no such file or page."""


class _Busy(Exception):
    """The server asks to come back later."""


class Pages:
    """A session with one publisher."""

    def __init__(self, client: httpx2.Client, source: Source) -> None:
        self._client, self._source = client, source
        self._earliest = 0.0

    def get(self, url: str) -> bytes:
        """The body of a page. Raises RunFailed, Missing if there is no such page."""
        return self._body("GET", url)

    def signed(self, url: str) -> str:
        """The address in the JSON at `url`, under the keys of `signed_at`."""
        value: object = httpx2.Response(200, content=self._body("GET", url)).json()
        for key in self._source.signed_at.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        if not isinstance(value, str):
            raise RunFailed(
                f"{place(url)}: answers without {self._source.signed_at}; check the key and the licence"
            )
        return value

    def log_in(self, home: Home) -> None:
        user, password = secret(home, self._source.login, "the user", "the password")
        fields = dict(zip(self._source.login_fields, (user, password), strict=True))
        page = self._body("POST", self._source.login_url, fields)
        if self._source.login_fields[1].encode() in page:  # the form again
            where = f"{place(self._source.login_url)}: the login was refused"
            raise RunFailed(
                f"{where}; put user and password, in two lines, into secrets/{self._source.login}"
            )

    def cookies(self) -> Mapping[str, str]:
        jar = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._client.cookies.jar)
        return {"Cookie": jar} if jar else {}

    def _body(self, method: str, url: str, fields: Mapping[str, str] | None = None) -> bytes:
        retrying = stamina.RetryingCaller(attempts=ATTEMPTS, timeout=None, wait_max=RETRY_SECONDS_MAX)
        try:
            return retrying(_may_pass, self._once, method, url, fields)
        except _Busy:
            raise RunFailed(
                f"{place(url)}: the server is busy; it is tried again at the next fetch"
            ) from None
        except httpx2.HTTPError as error:
            what = UNREACHED if is_unreached(error) else _why(error)
            problem = TRUST_IT if is_untrusted(error) else f"{what}; it is tried again at the next fetch"
            fault = Missing if _is_missing(error) else RunFailed
            raise fault(f"{place(url)}: {problem}") from None

    def wait(self) -> None:
        """Wait until the publisher's limit allows the next request."""
        time.sleep(max(0.0, self._earliest - time.monotonic()))
        self._earliest = time.monotonic() + 60.0 / self._source.requests_a_minute

    def _once(self, method: str, url: str, fields: Mapping[str, str] | None) -> bytes:
        self.wait()
        response = self._client.request(method, url, data=fields)
        pause = self._source.forbidden_seconds if response.status_code == FORBIDDEN else 1.0
        if response.status_code in BUSY or (response.status_code == FORBIDDEN and pause):
            wait = response.headers.get("Retry-After", "")
            seconds = float(wait) if wait.isdigit() else pause
            self._earliest = time.monotonic() + min(seconds, WAIT_SECONDS_MAX)
            raise _Busy
        response.raise_for_status()
        if len(response.content) > BODY_BYTES_MAX:
            raise RunFailed(
                f"{place(url)}: is no page but a file of {len(response.content)} bytes; check the address"
            )
        return response.content


def _why(error: httpx2.HTTPError) -> str:
    if not isinstance(error, httpx2.HTTPStatusError):
        return type(error).__name__
    status = error.response.status_code
    if status in (401, FORBIDDEN):
        return f"{WANTS_KEY}; check the one in secrets/, and that its licence was accepted"
    return f"the server answers {status}; check the address"


def _is_missing(error: httpx2.HTTPError) -> bool:
    return isinstance(error, httpx2.HTTPStatusError) and error.response.status_code == MISSING


def _may_pass(error: Exception) -> bool:
    return isinstance(error, httpx2.TransportError | _Busy) and not is_untrusted(error)


def is_untrusted(error: BaseException) -> bool:
    """Whether the server's certificate was refused."""
    return any(word in str(error) for word in UNTRUSTED)


def is_unreached(error: BaseException) -> bool:
    """Whether no server answers at all: its name is unknown, or nobody listens there."""
    is_page = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
    return is_page or UNREACHED_MARK in str(error)


@contextmanager
def session(home: Home, source: Source, user_agent: str) -> Iterator[Pages]:
    """Pages with the key of the source, logged in if it requires that."""
    headers = {"User-Agent": user_agent, **key_header(home, source)}
    # A key in a header of its own would go to whatever host a redirect names; only Authorization is dropped.
    follows = not source.key or source.key_header == "Authorization"
    with httpx2.Client(headers=headers, timeout=TIMEOUT_SECONDS, follow_redirects=follows) as client:
        pages = Pages(client, source)
        if source.login:
            pages.log_in(home)
        yield pages


def key_header(home: Home, source: Source) -> Mapping[str, str]:
    if not source.key:
        return {}
    (key,) = secret(home, source.key, "the key")
    return {source.key_header: key.strip()}


def place(url: str) -> str:
    """The address without its query and without a login, which may hold a secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
