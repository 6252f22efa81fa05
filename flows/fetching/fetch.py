"""Fetch one register: find what is offered and not yet here, check it, and put it into the landing folder."""

import hashlib
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import orjson

from flows.fetching import archive, checks, manifest, pages, updates
from flows.fetching.download import ATTEMPTS, USER_AGENT, Download, Refused, download
from flows.fetching.manifest import Fetched
from flows.fetching.pages import Missing, Pages
from flows.fetching.sources import Wanted
from flows.fetching.updates import is_update_of
from flows.home.authority import authority
from flows.home.durable import file_sha256, replace_durably, write_bytes_durably
from flows.home.settings import STAGING, Home
from transforms.errors import BlockedEdition, RunFailed, UndertowError
from transforms.model.source import Offer

PAGES_MAX = 10_000
LANDED_DAYS = 3  # (own) an archived edition stays landed for so long after the next one: nights to read it
FIRST_DAYS = 31  # (own) how far back the first fetch of a register of pages goes
FAULTS_MAX = 5  # (own) consecutive numbers that fail: then the server is at fault, and is left alone


class Landed(NamedTuple):
    """`files`: names of the new files. `fault`: which numbers of a list could not be fetched, and why."""

    files: tuple[str, ...]
    fault: str = ""


def fetch(home: Home, wanted: Wanted, *, any_size: bool = False, again: bool = False) -> Landed:
    """Land the new files of a register. Raises BlockedEdition for an incomplete file, RunFailed if a server
    does not provide it; for a list of numbers only if none can be fetched.

    any_size: also accept a file whose size is far from the last one's. again: also fetch what is here
    already, except for a register of pages, which names its files after what is here.
    """
    staging = home.landing / STAGING / wanted.register.name
    staging.mkdir(parents=True, exist_ok=True)
    is_forgotten = again and wanted.source.next_page is None
    lines = [] if is_forgotten else manifest.read(home)
    before = {line.name: line for line in lines if line.register == wanted.register.name}
    with pages.session(home, wanted.source, USER_AGENT) as session:
        fetching = _Fetching(home, wanted, session, staging, before, any_size)
        new = fetching.new()
    shutil.rmtree(staging, ignore_errors=True)  # incomplete files that are no longer offered
    if wanted.source.kept_days is not None:
        archive.thin(home, authority(home).archive_gib * archive.GIB)
        archive.remove_landed(home, _replaced(before.values(), datetime.now(UTC) - timedelta(LANDED_DAYS)))
    return new


@dataclass(frozen=True)
class _Fetching:
    """One fetch of a register. before: the newest line of each file, by name."""

    home: Home
    wanted: Wanted
    session: Pages
    staging: Path
    before: Mapping[str, Fetched]
    any_size: bool

    def new(self) -> Landed:
        """Land new files in the way that the register's source offers them."""
        if self.wanted.source.next_page is not None:
            return Landed(self.pages())
        if self.wanted.source.next_numbers is not None:
            return Landed(self.numbered())
        return self.answers() if self.wanted.numbers else Landed(self.files())

    def files(self) -> tuple[str, ...]:
        """Land the offered files that are not here. All are complete before the first gets its name."""
        offers = self._offers()
        self._check_set(offers)
        if self.wanted.source.updates:
            offers = updates.needed(self.wanted.register.name, self.wanted.source, offers, self.before)
        # A file with a date does not change; any other is requested with its ETag.
        missing = [offer for offer in offers if offer.name not in self.before or offer.edition is None]
        staged = [(offer, self._staged(offer)) for offer in missing]
        for offer, downloaded in staged:
            if downloaded is not None:
                self._admit(offer, downloaded)
        return tuple(offer.name for offer, downloaded in staged if downloaded is not None)

    def answers(self) -> Landed:
        """Land the new answers to the numbers of the list."""
        files, faults = list[str](), dict[str, UndertowError]()
        asked_n = in_a_row = 0
        for number in self.wanted.numbers:
            offer = self._of_number(number)
            asked_n += 1
            try:
                downloaded = self._staged(offer)
            except (BlockedEdition, RunFailed) as fault:
                faults[number] = fault
                in_a_row += 1
                if in_a_row == FAULTS_MAX:
                    break
                continue
            in_a_row = 0
            if downloaded is not None:
                self._admit(offer, downloaded)
                files.append(offer.name)
        if len(faults) == asked_n:
            raise next(iter(faults.values()))
        return Landed(tuple(files), self._summary(faults, asked_n) if faults else "")

    def _summary(self, faults: Mapping[str, UndertowError], asked_n: int) -> str:
        numbers_n = len(self.wanted.numbers)
        left = f", and {numbers_n - asked_n} were not asked for" if asked_n < numbers_n else ""
        return (
            f"{self.wanted.register.name}: of {numbers_n} numbers {len(faults)} could not be fetched "
            f"({', '.join(faults)}){left}. The first: {next(iter(faults.values()))}"
        )

    def pages(self) -> tuple[str, ...]:
        """Land the pages of an API, each unchanged, from the day of the last complete round on. All are here
        before the first gets its name; an interrupted round resumes with the pages that it has.
        """
        today, source = datetime.now(UTC).date(), self.wanted.source
        since = self._last_round() or (today - timedelta(days=FIRST_DAYS)).isoformat()
        stem, staged = f"{self.wanted.register.name}-{today}-", list[tuple[Offer, Path]]()
        landed_n = sum(name.startswith(stem) for name in self.before)  # by an earlier round today
        for first in (source.url, *source.more):
            url = first.format(since=since, until=today.isoformat())
            while url and len(staged) < PAGES_MAX:
                offer = Offer(url, f"{stem}{landed_n + len(staged) + 1:04}.json", today)
                staged.append((offer, self._page(offer)))
                url = source.next_page(staged[-1][1].read_bytes()) if source.next_page else ""
        for offer, path in staged:
            self._admit(offer, Download(path, file_sha256(path), None, None))
        return tuple(offer.name for offer, _ in staged)

    def _page(self, offer: Offer) -> Path:
        """The page in the staging folder, checked, under the hash of its address."""
        path = self.staging / f"{hashlib.sha256(offer.url.encode()).hexdigest()}.json"
        if not path.exists():
            write_bytes_durably(path, self.session.get(offer.url))
        self._check(offer, path)
        return path

    def _last_round(self) -> str | None:
        """The day on which the last complete round began. An interrupted round has landed pages too, but not
        all.
        """
        name = self.wanted.register.name
        rounds = (each for each in manifest.attempts(self.home) if each.register == name)
        ended = max((each.at for each in rounds if each.state != "failed"), default="")
        days = (line.edition for line in self.before.values() if line.retrieved_at <= ended)
        today = datetime.now(UTC).date().isoformat()
        return max((day for day in days if day and day <= today), default=None)

    def numbered(self) -> tuple[str, ...]:
        """Land the files that follow the last one here, until there are no more."""
        source, names = self.wanted.source, list[str]()
        last = max((name.partition(".")[0] for name in self.before), default="")
        numbers: Sequence[str] = (self.wanted.numbers[0],)
        while len(names) < PAGES_MAX:
            if last and source.next_numbers:
                numbers = source.next_numbers(last)
            for number in numbers:
                offer = self._of_number(number)
                if downloaded := self._staged(offer):
                    self._admit(offer, downloaded)
                    names.append(offer.name)
                    last = number
                    break
            else:
                break
        if not last:
            what = f"{self.wanted.numbers[0]} is not there"
            raise BlockedEdition("nothing_offered", f"{self.wanted.register.name}: {what}; check the number")
        return tuple(names)

    def _of_number(self, number: str) -> Offer:
        source = self.wanted.source
        return Offer(source.url.format(number=number), source.name_of_number.format(number=number))

    def _offers(self) -> Sequence[Offer]:
        source = self.wanted.source
        if source.offers is not None:
            return source.offers(self.session.get(source.url), source.url)
        urls = [source.url, *source.more]
        names = [*source.names, *_names(urls[len(source.names) :])]
        return [Offer(url, name) for url, name in zip(urls, names, strict=True)]

    def _check_set(self, offers: Sequence[Offer]) -> None:
        """Check that all parts have one date, and none is older than what is here."""
        name = self.wanted.register.name
        if not offers:
            where = pages.place(self.wanted.source.url)
            raise BlockedEdition("nothing_offered", f"{name}: {where} lists no file; check the address")
        sets: dict[tuple[date | None, int], set[int]] = {}
        for offer in offers:
            sets.setdefault((offer.edition, offer.parts), set()).add(offer.part)
        for (day, parts), numbers in sets.items():
            if numbers != set(range(1, parts + 1)):
                what = f"{len(numbers)} of {parts} parts of {day} are there"
                raise BlockedEdition("incomplete_set", f"{name}: {what}; try again later")
        today = datetime.now(UTC).date().isoformat()
        # A part dated in the future, by a publisher or a wrong clock, does not keep out correct ones.
        days = (line.edition for line in self.before.values() if line.edition and line.edition <= today)
        last = max(days, default=None)
        newest = max((offer.edition.isoformat() for offer in offers if offer.edition), default=None)
        if last and newest and newest < last:
            what = f"{newest} is offered, and {last} is here already"
            raise BlockedEdition("older_file", f"{name}: {what}; try again later")

    def _staged(self, offer: Offer) -> Download | None:
        """The file in the staging folder, checked; None if it has not changed. A dated file that is already
        there, complete, from a fetch that another file of its set ended, is not requested again.
        """
        path = self.staging / offer.name
        if offer.edition and path.exists():
            self._check(offer, path)
            return Download(path, file_sha256(path), None, None)
        source, known = self.wanted.source, self.before.get(offer.name)
        try:
            downloaded = self._requested(offer, path, known.etag if known else None)
        except Missing:
            if self.wanted.numbers:  # a company without charges has no list of charges
                return None
            raise
        if downloaded is not None and source.total:
            downloaded = self._with_further_pages(offer, downloaded)
        if downloaded is None or (known and known.sha256 == downloaded.sha256):
            path.unlink(missing_ok=True)
            return None
        self._check(offer, path)
        return downloaded

    def _requested(self, offer: Offer, path: Path, known_etag: str | None) -> Download | None:
        """What the server gives, not yet checked; None if it says that it has not changed."""
        source = self.wanted.source
        if source.as_page or self._is_answer:
            write_bytes_durably(path, self.session.get(offer.url))
            return Download(path, file_sha256(path), None, None)
        if source.signed_at:
            return self._signed(offer, path, known_etag)
        if self.wanted.numbers:  # of which there may be hundreds
            self.session.wait()
        headers = {**self.session.cookies(), **pages.key_header(self.home, source)}
        return download(offer.url, path, headers, known_etag=known_etag)

    def _signed(self, offer: Offer, path: Path, known_etag: str | None) -> Download | None:
        """A signed address is valid for seconds only: to resume a file that was cut needs another one."""
        for _ in range(ATTEMPTS - 1):
            with suppress(Refused):
                return download(self.session.signed(offer.url), path, {}, known_etag=known_etag)
        return download(self.session.signed(offer.url), path, {}, known_etag=known_etag)

    @property
    def _is_answer(self) -> bool:
        """Whether what is fetched are an API's answers on the numbers of a list."""
        return bool(self.wanted.numbers) and self.wanted.source.next_numbers is None

    def _with_further_pages(self, offer: Offer, first: Download) -> Download:
        """An answer on a number, with all its pages one after the other in one file."""
        self._check(offer, first.path)
        answer = orjson.loads(first.path.read_bytes())
        items_n, mark = len(answer.get("items", ())), "&" if "?" in offer.url else "?"
        with first.path.open("ab") as file:
            for start in range(items_n, answer.get(self.wanted.source.total, 0), items_n or 1):
                file.write(b"\n" + self.session.get(f"{offer.url}{mark}start_index={start}"))
        return replace(first, sha256=file_sha256(first.path))

    def _check(self, offer: Offer, path: Path) -> None:
        """Delete a file that is refused. A page of an API, its answer on a number, and the last part of a
        set, which is the remainder, may have any size.
        """
        source = self.wanted.source
        is_answer = source.next_page or self._is_answer
        is_rest = offer.part == offer.parts > 1
        last = None if self.any_size or is_answer or is_rest else _last_bytes(offer, path, self.before)
        try:
            checks.check(self.wanted.register, offer, path, last_bytes=last, band=source.size_band)
        except BlockedEdition:
            path.unlink()
            raise

    def _admit(self, offer: Offer, downloaded: Download) -> None:
        """Rename the file into the landing folder, and record it."""
        register = self.wanted.register
        folder = self.home.landing / register.name
        folder.mkdir(parents=True, exist_ok=True)
        fetched = Fetched(
            register=register.name,
            name=offer.name,
            url=pages.place(offer.url),
            sha256=downloaded.sha256,
            size_bytes=downloaded.path.stat().st_size,
            etag=downloaded.etag,
            last_modified=downloaded.last_modified,
            edition=offer.edition.isoformat() if offer.edition else None,
            licence=register.licence,
            retrieved_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        if self.wanted.source.kept_days is not None:
            archive.keep(self.home, fetched, downloaded.path)
        replace_durably(downloaded.path, folder / offer.name)
        manifest.add(self.home, fetched)


def _replaced(fetched: Iterable[Fetched], before: datetime) -> Sequence[Fetched]:
    """Files of editions older than the newest full one that was here at the time."""
    every = list(fetched)
    there = (line for line in every if line.retrieved_at <= before.isoformat())
    last = max((line.day for line in there if not is_update_of(line.register, line.name)), default="")
    return [line for line in every if line.day < last]


def _names(urls: Sequence[str]) -> Sequence[str]:
    """The last part of each address; if several are the same, each with its own letters in front."""
    names = [PurePosixPath(unquote(urlsplit(url).path)).name or "file" for url in urls]
    letters = str.maketrans("0123456789", "ghijklmnop")  # a digit could be read as a date
    own = [hashlib.sha256(url.encode()).hexdigest()[:8].translate(letters) for url in urls]
    return [
        name if names.count(name) == 1 else f"{each}-{name}" for name, each in zip(names, own, strict=True)
    ]


def _last_bytes(offer: Offer, path: Path, before: Mapping[str, Fetched]) -> int | None:
    """Bytes of the last edition's file whose name differs only in digits; of several parts, the nearest
    one.
    """
    wanted, size = _without_figures(offer.name), path.stat().st_size
    same = [line for line in before.values() if _without_figures(line.name) == wanted]
    last = max((line.day for line in same), default="")
    sizes = (line.size_bytes for line in same if line.day == last)
    return min(sizes, key=lambda each: abs(each - size), default=None)


def _without_figures(name: str) -> str:
    return re.sub(r"\d+", "0", name)
