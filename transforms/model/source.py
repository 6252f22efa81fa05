"""Where a register's files are fetched: part of its declaration. Nothing is fetched here."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urljoin

import orjson


@dataclass(frozen=True)
class Offer:
    """A file that a publisher offers.

    `name`: under which it is landed. `edition`: its date, as far as the offer tells. `size`: in bytes;
    `checksum`: algorithm and hex digits (`sha1:…`), where the publisher states them.
    """

    url: str
    name: str
    edition: date | None = None
    part: int = 1
    parts: int = 1
    size: int | None = None
    checksum: str = ""


type Finder = Callable[[bytes, str], Sequence[Offer]]


@dataclass(frozen=True)
class Source:
    """`url`: of a page that lists the files, if `offers` reads it; else of the file itself, or one with
    `{number}` for each of a list. `more`: addresses of further files. `names`: of the files at fixed
    addresses, in their order; the last part of the address where there is none. `offers(body, address)`:
    the files that the page offers. `next_page(body)`: address of the page after this one, where the
    pages are themselves what is landed; "" at the end. `next_numbers(number)`: of files that are
    numbered through, the numbers that may follow that of the last file here, in the order in which they
    are tried; the first `{number}` of the list is where the first fetch begins. `name_of_number`: name
    of the file with that `{number}`. `key`: file in `secrets/` with what the header `key_header` says.
    `login`: file in `secrets/` with a user and a password in two lines, put into the form at `login_url`
    under these names. `signed_at`: key of the address in the JSON that an offer's own address answers
    with. `requests_a_minute`: that the publisher asks for. `forbidden_seconds`: how long to wait where it
    answers 403 to too many requests; 0 where that means a key or a login. `size_band`: least and most of
    the last edition's size. `on_request`: fetched only by homes whose `sources.toml` names the register.
    `kept_days`: how long the publisher keeps an edition, which Undertow therefore archives; None where
    anybody can have it later too. `numbered`: regular expression for the number of an edition in its file's
    name, as its group, where the publisher counts them without a gap; or its groups `year` and `month`, of
    a publisher with an edition for each month. `updates`: regular expression for the
    name of a file that is read with the full file before it and the updates between (`numbered` as well).
    `total`: key under which an answer on a number says how many `items` it has in all; where its first page
    has fewer, the others are asked for with `start_index`.
    """

    url: str
    more: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    offers: Finder | None = None
    next_page: Callable[[bytes], str] | None = None
    next_numbers: Callable[[str], Sequence[str]] | None = None
    name_of_number: str = "{number}.json"
    key: str = ""
    key_header: str = "Authorization"
    login: str = ""
    login_url: str = ""
    login_fields: tuple[str, str] = ("j_username", "j_password")
    signed_at: str = ""
    requests_a_minute: int = 60
    forbidden_seconds: float = 0.0
    size_band: tuple[float, float] = (0.75, 1.5)
    on_request: bool = False
    kept_days: int | None = None
    numbered: str = ""
    updates: str = ""
    total: str = ""

    def number_in(self, name: str) -> int:
        """The number of an edition in its file's name; 0 for none."""
        match = re.search(self.numbered, name)
        if match is None:
            return 0
        month = match.groupdict()
        return 12 * int(month["year"]) + int(month["month"]) if month else int(match[1])


def linked(pattern: str, *, newest: bool = True) -> Finder:
    """Offers of the links of a page whose last part is `pattern`, with the named groups `date` (year, month
    and perhaps day with - or _ between), and for a set `part` and `parts`. newest: of the newest date only.

    """
    link = re.compile(rf"""href\s*=\s*["']?([^"'>\s]*?({pattern}))["'>\s]""")

    def offers(body: bytes, address: str) -> Sequence[Offer]:
        every = {match[2]: _offer(match, address) for match in link.finditer(body.decode("utf-8", "replace"))}
        last = max((offer.edition for offer in every.values() if offer.edition), default=None)
        return [offer for offer in every.values() if not newest or offer.edition == last]

    return offers


def _offer(match: re.Match[str], address: str) -> Offer:
    groups = match.groupdict()
    day = None
    if groups.get("date"):
        parts = [int(part) for part in re.split(r"[-_]", groups["date"])]
        day = date(parts[0], parts[1], parts[2] if len(parts) > 2 else 1)
    return Offer(
        urljoin(address, match[1]),
        match[2],
        day,
        int(groups.get("part") or 1),
        int(groups.get("parts") or 1),
    )


def next_link(body: bytes) -> str:
    """Address of the next page of an OCDS package, under `links.next`."""
    links = orjson.loads(body).get("links") or {}
    return str(links.get("next") or "")
