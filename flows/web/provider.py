"""Signing in at an OpenID Connect provider: authorization code flow with PKCE, state and nonce.

Source: OpenID Connect Core 1.0, section 3.1; OpenID Connect Discovery 1.0; RFC 7636. The token only says who
somebody is; `flows.review.users` says what they may do.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from threading import Lock

import httpx2
import orjson
import structlog
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ClaimError, JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ValidationError

from flows.home.authority import SignIn, WebAddress, authority
from flows.home.settings import Home, secret
from flows.web.sessions import KEYS_MAX, Clock

log = structlog.get_logger()
SECRET_FILE = "sign-in"
BEGUN_FOR = timedelta(minutes=10)  # (own) between leaving for the provider and coming back
TIMEOUT_SECONDS = 5.0  # (own) of one request to the provider
CLOCKS_DIFFER_SECONDS = 60  # (own) between the provider's and ours
ALGORITHMS = ("RS256", "PS256", "ES256")  # signatures by a key that only the provider has


class Refused(Exception):
    """A sign-in that is not accepted. `key`: of the words for the user; `status`: of the answer."""

    def __init__(self, key: str, status: int) -> None:
        super().__init__(key)
        self.key, self.status = key, status


class Described(BaseModel):
    """The parts of the provider's discovery document that are used."""

    issuer: str
    authorization_endpoint: WebAddress
    token_endpoint: WebAddress
    jwks_uri: WebAddress


@dataclass(frozen=True)
class Begun:
    """A sign-in that has left for the provider."""

    nonce: str
    verifier: str
    at: datetime


class Provider:
    """The provider of a home. Its description is read once, its keys at every sign-in."""

    def __init__(self, settings: SignIn, client_secret: str, clock: Clock) -> None:
        self._settings, self._secret, self._clock = settings, client_secret, clock
        self._begun, self._lock = dict[str, Begun](), Lock()
        self._back = f"{settings.address.rstrip('/')}/sign-in/back"

    def begin(self) -> tuple[str, str]:
        """Where to send the browser, and the state that it has to bring back. Raises Refused."""
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        address = prepare_grant_uri(
            self._described.authorization_endpoint,
            self._settings.client_id,
            "code",
            self._back,
            "openid profile email",
            state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        with self._lock:
            self._begun[state] = Begun(nonce, verifier, self._clock())
            while len(self._begun) > KEYS_MAX:
                del self._begun[next(iter(self._begun))]
        return str(address), state

    def name_of(self, state: str, code: str) -> str:
        """Who signed in, by the claim of the settings. A state counts once. Raises Refused."""
        with self._lock:
            begun = self._begun.pop(state, None)
        if begun is None or self._clock() - begun.at > BEGUN_FOR:
            raise Refused("openid.again", 400)
        if not code:  # the user cancelled, or the provider refused
            raise Refused("openid.refused", 403)
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "code_verifier": begun.verifier,
        }
        try:
            answer = self._response_body("POST", self._described.token_endpoint, fields)
            keys = KeySet.import_key_set(orjson.loads(self._response_body("GET", self._described.jwks_uri)))
            id_token = str(orjson.loads(answer)["id_token"])  # the access token is not used
            claims = self._verified(id_token, keys, begun.nonce)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            claim = error.claim if isinstance(error, ClaimError) else ""
            log.warning("sign-in refused", kind=type(error).__name__, where=claim)
            raise Refused("openid.refused", 403) from None
        name = claims.get(self._settings.claim)
        if not isinstance(name, str):
            log.warning("sign-in refused", kind="the token lacks the claim", where=self._settings.claim)
            raise Refused("openid.refused", 403)
        return name

    def _verified(self, id_token: str, keys: KeySet, nonce: str) -> Mapping[str, object]:
        """The claims of an ID token that is valid by section 3.1.3.7. Raises JoseError."""
        token = jwt.decode(id_token, keys, list(ALGORITHMS))
        claims = CodeIDToken(
            token.claims,
            token.header,
            {"iss": {"value": self._settings.issuer}, "aud": {"value": self._settings.client_id}},
            {"nonce": nonce, "client_id": self._settings.client_id},
        )
        claims.validate(now=int(self._clock().timestamp()), leeway=CLOCKS_DIFFER_SECONDS)
        return dict(claims)

    @cached_property
    def _described(self) -> Described:
        body = self._response_body(
            "GET", f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        )
        try:
            described = Described.model_validate_json(body)
        except ValidationError as error:
            fields = ", ".join(str(fault["loc"][0]) for fault in error.errors() if fault["loc"])
            raise self._unreached("the discovery document cannot be used", fields) from None
        if described.issuer != self._settings.issuer:
            raise self._unreached("the discovery document is of another issuer", "issuer")
        return described

    def _response_body(self, method: str, address: str, fields: Mapping[str, str] | None = None) -> bytes:
        """The answer to a request; a request with fields carries the client's secret. No redirect is
        followed.
        """
        login = (self._settings.client_id, self._secret) if fields is not None else None
        try:
            response = httpx2.request(method, address, data=fields, auth=login, timeout=TIMEOUT_SECONDS)
            response.raise_for_status()
        except httpx2.HTTPStatusError as error:
            raise self._unreached(f"the provider answers {error.response.status_code}", address) from None
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise self._unreached(type(error).__name__, address) from None
        return response.content

    @staticmethod
    def _unreached(kind: str, where: str) -> Refused:
        log.warning("sign-in impossible", kind=kind, where=where)
        return Refused("openid.unreached", 503)


def provider_of(home: Home, clock: Clock) -> Provider | None:
    """The provider in the settings; None if users sign in here. Raises UsageError."""
    settings = authority(home).sign_in
    if settings is None:
        return None
    (client_secret,) = secret(home, SECRET_FILE, "the client secret")
    return Provider(settings, client_secret.strip(), clock)
