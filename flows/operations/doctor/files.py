"""Checks of the home: modes, releases, the lock, homes inside each other, stale registers, nights, and the
settings of an authority.
"""

import os
import stat
from pathlib import Path

from flows.fetching.sources import SOURCES_FILE, sources
from flows.home import mappings, settings
from flows.home.authority import SETTINGS_FILE, authority
from flows.home.lock import holder_in, is_locked
from flows.home.mappings import own_registers
from flows.home.measures import MEASURES_FILE, measures
from flows.home.powers import powers
from flows.home.settings import Home
from flows.journal import diary, reviews
from flows.journal.measures import recorded
from flows.operations.doctor.patient import (
    NAMED_MAX,
    NOT_OWNER,
    OTHERS_READ,
    OTHERS_WRITE,
    WRITE,
    Findings,
    Patient,
    files_below,
    folders,
    mode,
    named,
    run_command,
)
from flows.operations.telling.matters import misspelled
from flows.operations.telling.receivers import NOTIFY_FILE, notify
from flows.release import store
from flows.release.manifests import verify as verify_release
from transforms.errors import UndertowError, UsageError
from transforms.model.powers import POWERS_FILE

NESTED_DEPTH = 2


def open_home(patient: Patient) -> Findings:
    if patient.home.root.is_dir() and mode(patient.home.root) & OTHERS_WRITE:
        yield (
            "every user of this machine may put files into the home",
            str(patient.home.root),
            f"chmod o-w {patient.home.root}",
        )


def open_folders(patient: Patient) -> Findings:
    """Folders that only the user of the nightly run may read."""
    for folder in patient.home.private:
        if folder.is_dir() and mode(folder) & NOT_OWNER:
            yield (
                f"{folder.name}/ has mode {mode(folder):04o}, and other users may read it",
                str(folder),
                f"chmod 700 {folder}",
            )


def open_secrets(patient: Patient) -> Findings:
    for path in files_below(patient.home.secrets):
        if mode(path) & NOT_OWNER:
            yield f"a secret with mode {mode(path):04o}", str(path), f"chmod 600 {path}"


def world_readable(patient: Patient) -> Findings:
    """What Undertow writes is for its user and the analysts' group. For landing see `landing_folder`."""
    for folder in folders(patient.home):
        paths = (
            [path for path in files_below(folder) if mode(path) & OTHERS_READ]
            if folder != patient.home.landing
            else []
        )
        if paths:
            yield (
                f"{len(paths)} files in {folder.name}/ can be read by every user of this machine",
                named(paths),
                f"chmod -R o-rwx {folder}",
            )


def other_owners(patient: Patient) -> Findings:
    """Files that a command of another user left, mostly of root without `sudo -u`."""
    home = patient.home
    if not home.state.is_dir():
        return
    owner, group = home.state.stat().st_uid, home.root.stat().st_gid
    written = [folder for folder in folders(home) if folder != home.landing]
    tree = (each for folder in written for each in os.walk(folder))
    below = (Path(top, name) for top, inner, names in tree for name in (*inner, *names))
    if paths := sorted(path for path in below if path.lstat().st_uid != owner):
        within = {str(home.root / path.relative_to(home.root).parts[0]) for path in paths}
        yield (
            f"{len(paths)} files and folders belong to another user than that of the nights (uid {owner}), "
            "and the next night may fail",
            named(paths),
            f"chown -R {owner}:{group} {' '.join(sorted(within))}  # as root",
        )


def landing_folder(patient: Patient) -> Findings:
    landing = patient.home.landing
    if not landing.is_dir():
        return
    if not os.access(landing, os.R_OK | os.X_OK):
        yield (
            "the landing folder cannot be read",
            str(landing),
            f"chown -R {os.getuid()} {landing} && chmod u+rX {landing}",
        )
    if mode(landing) & OTHERS_WRITE:
        yield (
            "every user of this machine may put a register into the landing folder",
            str(landing),
            f"chmod o-w {landing}",
        )


def writable_release(patient: Patient) -> Findings:
    """A published release is never written to: a reader would mix two nights."""
    paths = [path for path in files_below(patient.home.releases) if mode(path) & WRITE]
    if paths:
        yield (
            f"{len(paths)} files of published releases can be written to",
            named(paths),
            f"chmod a-w {' '.join(map(str, paths[:NAMED_MAX]))}",
        )


def current_link(patient: Patient) -> Findings:
    current, releases = patient.home.current, patient.home.releases
    home = patient.home.root  # `releases` lists none before the name is free
    if not os.path.lexists(current):
        if published := store.published_folders(patient.home):
            back = f"undertow rollback --home {home} --to {published[-1].name}"
            yield "current, the link to the release in force, is missing", str(current), back
        return
    back = (
        f"rm {current} && undertow releases --home {home} && undertow rollback --home {home} --to ID  "
        "# one that it listed"
    )
    if not current.is_symlink():
        yield (
            "current is a folder or a file, not a link to a release",
            str(current),
            back.replace("rm", "rm -r"),
        )
    elif current.resolve().parent != releases.resolve():
        yield f"current points outside the releases, to {current.readlink()}", str(current), back
    elif not current.is_dir():
        yield f"current points to {current.readlink()}, which does not exist", str(current), back


def manifests(patient: Patient) -> Findings:
    """Compare the bytes of every release with its manifest."""
    for release in store.children(patient.home.releases):
        if store.RELEASE_NAME.match(release.name):
            try:
                verify_release(release)
            except UndertowError as error:
                yield str(error), str(release), f"undertow rollback --home {patient.home.root}"


def lock_file(patient: Patient) -> Findings:
    """The lock is an flock on a file that names its holder. Other content was left by a kill, or written
    manually.
    """
    lock = patient.home.lock
    if not os.path.lexists(lock):
        return
    if not stat.S_ISREG(lock.lstat().st_mode):
        yield "the lock is not an ordinary file, so nothing can hold it", str(lock), f"rm -r {lock}"
        return
    text = lock.read_bytes()
    holder, is_held = holder_in(text), is_locked(lock)
    if holder is None and text.strip() and not is_held:
        yield (
            "the lock file holds a pid that locks nothing, and another program may rely on it",
            str(lock),
            f"truncate -s 0 {lock}",
        )
    elif holder is not None and is_held and not holder.is_alive:
        yield (
            f"the lock is held, and pid {holder.pid}, which took it, has ended: a child process still "
            f"holds it",
            str(lock),
            f"fuser -k {lock}",
        )
    elif holder is not None and not is_held:
        yield (
            f"the {holder.command} of {holder.since} (pid {holder.pid}) was killed; the lock is free",
            str(lock),
            _again(patient.home, holder.command),
        )


def _again(home: Home, command: str) -> str:
    """The command that finishes what the killed one began. After a killed purge older releases still name the
    person, and a run removes none of them.
    """
    match command:
        case "purge":
            return f"undertow purge ID --home {home.root}  # the id that was given before"
        case "backup":
            return f"undertow backup --to FILE --home {home.root}"
        case _:
            return run_command(home)


def nested_homes(patient: Patient) -> Findings:
    """A home inside a folder that another home reads, empties or publishes from."""
    root = patient.home.root
    pairs = [(outer, root) for outer in root.parents if _is_home(outer) and _owns(outer, root)]
    below = [
        inner
        for folder in folders(patient.home)
        for depth in range(1, NESTED_DEPTH + 1)
        for inner in folder.glob("/".join("*" * depth))
        if _is_home(inner)
    ]
    for outer, inner in (*pairs, *((root, inner) for inner in below)):
        yield (
            f"the home {inner.name} lies in {inner.relative_to(outer).parts[0]}/ of the home {outer}",
            str(inner),
            f"mv {inner} {outer.parent}/{inner.name}-home",
        )


def _is_home(folder: Path) -> bool:
    return (folder / "lock").exists() and (folder / "releases").is_dir() and (folder / "state").is_dir()


def _owns(outer: Path, inner: Path) -> bool:
    return inner.relative_to(outer).parts[0] in {folder.name for folder in folders(Home(outer))}


# --- nights -------------------------------------------------------------------------------------------------


def stale_registers(patient: Patient) -> Findings:
    """Editions that a blocked delivery could not replace, and the night's own alarms."""
    for row in store.rows_in_force(
        patient.home,
        "select register, edition, stale_since from v_edition where stale_since is not null order by all",
    ):
        yield (
            f"{row['register']}: a newer delivery was blocked, and {row['edition']} is in force since "
            f"{row['stale_since']}",
            str(patient.home.current),
            run_command(patient.home),
        )
    for row in store.rows_in_force(
        patient.home, "select register, dataset, kind, message from v_alarm order by register, dataset, kind"
    ):
        todo = (
            f"undertow audit verify --home {patient.home.root}"
            if row["kind"] == "damaged"
            else run_command(patient.home)
        )
        yield f"ALARM: {row['message']}", str(patient.home.current), todo


def missed_nights(patient: Patient) -> Findings:
    events = diary.read(patient.home)
    due = diary.missed(events, diary.read_schedule(patient.home), patient.now)
    for moment in sorted({*due, *(event.at for event in diary.since_published(events, "missed"))}):
        yield (
            f"the night of {moment:%Y-%m-%d %H:%M} UTC did not run, and no night has been published since",
            str(patient.home.state),
            f"undertow serve --home {patient.home.root}",
        )


def killed_nights(patient: Patient) -> Findings:
    lock = patient.home.lock
    if lock.is_file() and is_locked(lock):
        return
    for event in diary.killed_since_published(diary.read(patient.home)):
        yield (
            f"the night of {event.at:%Y-%m-%d %H:%M} UTC was killed, and no night has been published since",
            str(diary.path(patient.home)),
            run_command(patient.home),
        )


def purposes_without_period(patient: Patient) -> Findings:
    """Purposes for which cases are judged here and which do not say how long verdicts are kept."""
    if reviews.path(patient.home).exists():
        for purpose in authority(patient.home).purpose:
            if purpose.keep_days is None:
                yield (
                    f"purpose {purpose.code} has no period, so verdicts made for it are kept without end",
                    str(patient.home.root / SETTINGS_FILE),
                    f"# add keep_days = … to its [[purpose]] in {SETTINGS_FILE}",
                )


def measures_not_recorded(patient: Patient) -> Findings:
    """Measures whose present declaration is not in the chain that records when it was made."""
    for measure in measures(patient.home).values():
        if recorded(patient.home, measure.declaration()) is None:
            yield (
                f"measure {measure.id} is not recorded as it is declared, so it may later seem to be written "
                "knowing the counts",
                str(patient.home.root / MEASURES_FILE),
                f"undertow evaluate --measure {measure.id} --home {patient.home.root}",
            )


def settings_files(patient: Patient) -> Findings:
    """An error in a file that every night reads before it starts: none starts."""
    root = patient.home.root
    for read, path in (
        (authority, root / SETTINGS_FILE),
        (powers, root / POWERS_FILE),
        (own_registers, mappings.folder(patient.home)),
    ):
        try:
            read(patient.home)
        except UndertowError as error:
            yield f"no night starts: {error}", str(path), f"editor {path}"


def sources_file(patient: Patient) -> Findings:
    """An error in `sources.toml`: nothing is fetched."""
    try:
        sources(patient.home)
    except UndertowError as error:
        path = patient.home.root / SOURCES_FILE
        yield f"nothing is fetched: {error}", str(path), f"editor {path}"


def notify_file(patient: Patient) -> Findings:
    """`notify.toml`, and the files with the addresses that it names."""
    path = patient.home.root / NOTIFY_FILE
    try:
        receivers = notify(patient.home).to
    except UndertowError as error:
        yield f"nobody is told of a night: {error}", str(path), f"editor {path}"
        return
    if settings.notify_url() and not receivers:
        what = "UNDERTOW_NOTIFY_URL is told of nights that are late or gone only, nobody of one that failed"
        yield what, str(path), f"editor {path}"
    for fault in misspelled(patient.home):
        yield f"cases of an area that there is not are told to nobody: {fault}", str(path), f"editor {path}"
    for name in sorted({receiver.url_file for receiver in receivers}):
        try:
            settings.secret(patient.home, name, "the address")
        except UsageError as error:
            file = patient.home.secrets / name
            yield f"receiver {name}: {error}", str(file), f"install -m 600 /dev/stdin {file}"
