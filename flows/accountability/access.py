"""Access to named subjects: the purposes for which they may be looked up, and the audit log, which is written
before an answer.

Purposes are declared in `<home>/undertow.toml` with their legal basis. `undertow purpose add` writes the
file, or you do:

    [[purpose]]
    code = "permits"
    title = "Permits under the act on integrity screening"
    legal_basis = "Article 3 of that act"
    area = "Harrowmere"      # optional: the district to which the purpose is limited, for the audit log
    desk = "Permit desk"     # optional
    allows = ["transfers"]   # optional: statements of bank accounts are read for such a purpose only;
                             # "functions": one natural person's functions in the Dutch trade register;
                             # "disqualifications": who may not be a director;
                             # "access": all that is held about one natural person (`undertow disclose`)

Anyone who may write to the home can declare purposes; other commands only read them.
"""

import json
import re
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from types import TracebackType

from pydantic import ValidationError

from flows.home import settings
from flows.home.authority import CODE_PATTERN, DEMO_PURPOSE, SETTINGS_FILE, Purpose, authority
from flows.home.durable import write_bytes_durably
from flows.home.toml_files import fault
from flows.home.warehouse import Connection
from flows.journal import audit
from flows.release import manifests, store
from flows.release.case_ids import cases_by_id
from graphs.cases import CASE_PREFIX
from transforms.errors import RunFailed, UsageError

HEADING = """\
# Settings of this home. `undertow purpose add` adds a purpose for which named subjects may be looked up.
"""

DEMO = Purpose(
    code=DEMO_PURPOSE,
    title="Looking at the synthetic town",
    legal_basis="none needed: nobody in it exists",
    allows=["transfers", "functions", "disqualifications", "access"],
)


def declared(home: settings.Home) -> tuple[Purpose, ...]:
    """The purposes of this home in the file's order. Raises UsageError, naming the wrong field."""
    return tuple(authority(home).purpose)


def chosen(home: settings.Home, code: str | None, *, synthetic: bool) -> Purpose:
    """The purpose with a code. A synthetic home has `demo`, its default. Raises UsageError, saying how to
    declare one.
    """
    known: tuple[Purpose, ...] = (*declared(home), *((DEMO,) if synthetic else ()))
    if code is None and synthetic:
        return DEMO
    for purpose in known:
        if purpose.code == code:
            return purpose
    reason = (
        "looking up a named subject needs a purpose"
        if code is None
        else f"purpose {code!r} is not declared here"
        if re.match(CODE_PATTERN, code)
        else "purpose of that code is not declared here"
    )
    raise UsageError(f"{reason}: {_advice(home, known)}")


def _advice(home: settings.Home, known: Sequence[Purpose]) -> str:
    if known:
        return (
            "give --purpose CODE, or set UNDERTOW_PURPOSE. "
            f"{home.root / SETTINGS_FILE} declares: {', '.join(purpose.code for purpose in known)}"
        )
    declare = 'undertow purpose add CODE --title "What for" --legal-basis "Which law allows it"'
    return (
        f"{home.root / SETTINGS_FILE} declares none yet. Declare one (`{declare}`), "
        "then give --purpose CODE, or set UNDERTOW_PURPOSE"
    )


def add_purpose(home: settings.Home, purpose: Purpose) -> None:
    """Add a purpose to the settings file, creating it if needed. Raises UsageError if its code is taken."""
    if purpose.code in {DEMO.code, *(one.code for one in declared(home))}:
        raise UsageError(
            f"purpose {purpose.code} is declared already, or is `{DEMO.code}`, which is reserved for "
            "synthetic homes; give another code"
        )
    path = home.root / SETTINGS_FILE
    before = path.read_text(encoding="utf-8") if path.exists() else HEADING
    # A JSON text is a basic string of TOML: the same quotes and escapes.
    fields = "".join(
        f"{name} = {json.dumps(value, ensure_ascii=False)}\n"
        for name, value in purpose.model_dump(exclude_defaults=True).items()
    )
    try:
        home.root.mkdir(parents=True, exist_ok=True)
        write_bytes_durably(path, f"{before.rstrip()}\n\n[[purpose]]\n{fields}".encode())
    except OSError as error:
        todo = "free disk space, or run as the user of the nightly run"
        raise RunFailed(f"{path}: {error.strerror}; {todo}") from None


def parsed_purpose(**values: str | list[str] | None) -> Purpose:
    """A purpose from typed values. Raises UsageError, naming the wrong field."""
    try:
        return Purpose.model_validate({name: value for name, value in values.items() if value is not None})
    except ValidationError as error:
        raise UsageError(f"purpose: {fault(error)}") from None


# --- access -------------------------------------------------------------------------------------------------


# Ids that a lookup may name. Natural persons are in none of these tables.
KNOWN_SQL = """
select subject_id as id from flag where rowid in (from rows_of('flag.subject_id', $ids))
union select flag_id from v_flag where flag_id in (select unnest($ids))
union select case_id from v_case where case_id in (select unnest($ids))
union select entity_id from entity where rowid in (from rows_of('entity.entity_id', $ids))
union select title_id from title where rowid in (from rows_of('title.title_id', $ids))
union select property_id from v_property where property_id in (select unnest($ids))
union select address_id from v_address where address_id in (select unnest($ids))
order by id
"""


class Access(AbstractContextManager["Access"]):
    """A connection to the release in force for one purpose. Call `record` before anything of an answer is
    shown.
    """

    def __init__(self, home: settings.Home, purpose: str | None, *, by: str = "") -> None:
        """`by`: the user of the review app who asks. Raises UsageError if no declared purpose is given, or
        there is no release.
        """
        self._home, self._release, self._by = home, store.current_release(home), by
        self.is_synthetic = bool(manifests.of_release(self._release).get("synthetic"))
        chosen_purpose = chosen(home, settings.purpose_code(purpose), synthetic=self.is_synthetic)
        self.purpose, self.allows = chosen_purpose.code, tuple(chosen_purpose.allows)
        self.connection: Connection = store.open_current(home)

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def known(self, ids: Sequence[str]) -> list[str]:
        """Those of the ids that the release has, and the cases that they lead to; never a natural
        person's.
        """
        led = cases_by_id(self.connection, [one for one in ids if one.startswith(CASE_PREFIX)])
        return [
            str(row[0])
            for row in self.connection.execute(KNOWN_SQL, {"ids": [*ids, *led.values()]}).fetchall()
        ]

    def record(self, command: str, terms: Iterable[str], *, shown: Iterable[str]) -> None:
        """Write to the audit log. Raises RunFailed if that fails; then nothing may be shown."""
        [(release_id,)] = self.connection.execute("select release_id from v_release").fetchall()
        audit.record(
            self._home,
            command,
            purpose=self.purpose,
            terms=terms,
            shown=shown,
            release=str(release_id),
            by=self._by,
        )
