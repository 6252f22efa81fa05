"""Where a register's files are fetched, as a part of its declaration. Nothing is fetched here."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urljoin

import orjson


@dataclass(frozen=True)
class Offer:
    """A file that a publisher offers.

    `name`: name under which it is landed. `edition`: its date, if the offer states it. `size` (bytes) and
    `checksum` (algorithm and hex digits, `sha1:…`): if the publisher states them.
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
    """Where and how the files of a register are fetched.

    Addresses. `url`: of a page that lists the files, if `offers` is set; else of the file, or a template with
    `{number}` for each of a list. `more`: addresses of further files. `names`: names of the files at fixed
    addresses, in order; the default is the last part of the address. `offers(body, address)`: the files that
    the page offers. `next_page(body)`: address of the next page, if the pages themselves are landed; "" at
    the end. `next_numbers(number)`: for consecutively numbered files, the numbers that may follow that of the
    last file held, in the order in which they are tried; the first fetch begins with the first `{number}` of
    the list. `name_of_number`: name of the file with that `{number}`. `signed_at`: key of the signed address
    in the JSON answer of an offer's address. `total`: key of the number of all `items` in an answer about a
    number; if its first page has fewer, the others are fetched with `start_index`. `as_page`: a small file
    whose server states no length is fetched in one piece, like a page or an answer on a number.

    Access. `key`: file in `secrets/` with the value of the header `key_header`. `login`: file in `secrets/`
    with user and password on two lines, and the names of their fields in the form at `login_url`.
    `requests_a_minute`: limit set by the publisher. `forbidden_seconds`: how long to wait after an answer 403
    for too many requests; 0 if 403 means a wrong key or login. `on_request`: fetched only by homes whose
    `sources.toml` names the register.

    Editions. `size_band`: lowest and highest size relative to the last edition. `kept_days`: how long the
    publisher keeps an edition, which Undertow therefore archives; None if it stays available. `numbered`:
    regular expression for the file name, whose group is the edition's number (if the publisher numbers them
    without gaps), or whose groups are `year` and `month` (if there is one for each month). `updates`: regular
    expression for the name of a file that is read together with the last full file and the updates in between
    (needs `numbered`).
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
    as_page: bool = False

    def number_in(self, name: str) -> int:
        """The number of an edition in its file's name; 0 if it has none."""
        match = re.search(self.numbered, name)
        if match is None:
            return 0
        month = match.groupdict()
        return 12 * int(month["year"]) + int(month["month"]) if month else int(match[1])


def linked(pattern: str, *, newest: bool = True) -> Finder:
    """Finds the links on a page whose last part matches `pattern`, with the named group `date` (year, month
    and optionally day, separated by - or _) and, for files in parts, `part` and `parts`. newest: only the
    files with the newest date.
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


_NEXT_LINK = re.compile(rb'"links"\s*:\s*\{[^{}]*?"next"\s*:\s*("(?:[^"\\]|\\.)*")')


def next_link(body: bytes) -> str:
    """Address of the next page of an OCDS package, under `links.next`. The rest of the page is not parsed: it
    may have another encoding or invalid numbers.
    """
    match = _NEXT_LINK.search(body)
    return str(orjson.loads(match[1])) if match else ""
