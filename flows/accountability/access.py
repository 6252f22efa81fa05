"""Access to named subjects: a purpose is needed to open the release, and the audit log is written before the
answer.
"""

from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Self

from flows.accountability import purposes
from flows.home import settings
from flows.home.settings import Home
from flows.home.warehouse import Connection
from flows.journal import audit
from flows.release import manifests, store
from flows.release.case_ids import cases_asked
from graphs.cases import CASE_PREFIX
from transforms.errors import UsageError

# Ids that a lookup may name. Natural persons are in none of these views.
KNOWN_SQL = """
select distinct id from (
    select subject_id as id from v_flag
    union all select flag_id from v_flag
    union all select case_id from v_case
    union all select entity_id from v_entity
    union all select title_id from v_title
    union all select property_id from v_property
    union all select address_id from v_address
) where id in (select unnest($ids)) order by id
"""


class Access:
    """A connection to the release in force for one purpose. Call `record` before anything of an answer is
    shown.
    """

    def __init__(self, home: Home, purpose: str | None) -> None:
        """Raises UsageError if no declared purpose is given, or there is no release."""
        self._home, self._release = home, store.current_release(home)
        synthetic = bool(manifests.of_release(self._release).get("synthetic"))
        self._purpose = purposes.chosen(home, settings.purpose_code(purpose), synthetic=synthetic)
        self.connection: Connection = store.open_current(home)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.connection.close()

    @property
    def purpose(self) -> str:
        """Code of the purpose."""
        return self._purpose.code

    def known(self, ids: Sequence[str]) -> list[str]:
        """Those of the ids that the release has, and the cases that they lead to; never a natural
        person's.
        """
        led = cases_asked(self.connection, [one for one in ids if one.startswith(CASE_PREFIX)])
        return [
            str(row[0])
            for row in self.connection.execute(KNOWN_SQL, {"ids": [*ids, *led.values()]}).fetchall()
        ]

    def record(self, command: str, asked: Iterable[str], *, shown: Iterable[str]) -> None:
        """Write to the audit log. Raises RunFailed if that fails; then nothing may be shown."""
        audit.record(
            self._home, command, purpose=self._purpose.code, asked=asked, shown=shown, release=self._opened()
        )

    def _opened(self) -> str:
        found = self.connection.execute("select release_id from v_release").fetchall()
        if len(found) != 1:
            raise UsageError("the release in force has no v_release; run the night again")
        return str(found[0][0])
