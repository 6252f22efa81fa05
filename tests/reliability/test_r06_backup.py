"""R6: back to an earlier release, and a home from its backup: equal to the byte, and its next
night is the night the lost home would have had.
"""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.home.settings import RELEASES_KEPT, Home
from flows.release import store
from tests.conftest import Tier
from tests.reliability import nights
from tests.reliability.nights import Stand


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Stand:
    return nights.stand(tmp_path_factory)


def done(*arguments: str | Path) -> float:
    """Seconds of the installed command, which must end well."""
    start = time.monotonic()
    ended = nights.command(*arguments)
    assert ended.exit_code == 0, ended.stderr
    return time.monotonic() - start


@pytest.mark.nightly
@pytest.mark.reliability("R6")
def test_rollback_and_restore(
    tmp_path: Path, stand: Stand, tier: Tier, figure: Callable[[str], None]
) -> None:
    home, again, file = Home(tmp_path / "home"), Home(tmp_path / "again"), tmp_path / "kept.tar"
    shutil.copytree(stand.after.root, home.root, symlinks=True)
    nights_n = tier.pick(ci=0, nightly=RELEASES_KEPT + 1)
    for _ in range(nights_n):
        assert (
            nights.warm()
            .run("run", "--home", home.root, "--landing", stand.landing, aside=tmp_path / "aside")
            .exit_code
            == 0
        )
    kept = store.releases(home)
    assert len(kept) == min(2 + nights_n, RELEASES_KEPT)

    back_s = [done("rollback", "--home", home.root) for _ in kept[1:]]
    assert store.current_release(home).name == kept[0].release_id
    forth_s = done("rollback", "--to", kept[-1].release_id, "--home", home.root)

    before = nights.bytes_below(home.root)
    backup_s = done("backup", "--to", file, "--home", home.root)
    restore_s = done("restore", file, "--home", again.root)
    restored = nights.bytes_below(again.root)
    not_kept = ("lock", "cache/", "kept/")
    assert {name: sha256 for name, sha256 in before.items() if not name.startswith(not_kept)} == restored
    assert again.current.readlink() == home.current.readlink()
    verified = nights.command("audit", "verify", "--json", "--home", again.root)
    assert verified.exit_code == 0 and json.loads(verified.output)["releases_n"] == len(kept)

    contents = []
    for one in (home, again):
        assert (
            nights.warm()
            .run("run", "--home", one.root, "--landing", stand.landing, aside=tmp_path / "aside")
            .exit_code
            == 0
        )
        contents.append((nights.content_of(store.current_release(one)), store.current_release(one).name))
    assert contents[0] == contents[1]
    figure(
        f"{len(kept)} releases kept; {len(back_s) + 1} rollbacks in at most {max(*back_s, forth_s):.1f} "
        f"s; {len(restored)} files, {file.stat().st_size:,} bytes "
        f"backed up in {backup_s:.1f} s and restored in {restore_s:.1f} s: 0 other bytes, next night equal"
    )
