"""`undertow deploy`: the files that install Undertow on a server, with its paths filled in, and the commands
that start it.

The templates lie beside this module: an image and its compose file, and a systemd unit.
"""

import re
import secrets
import shutil
import sys
from importlib.metadata import version
from pathlib import Path
from string import Template

from flows.home.durable import write_bytes_durably
from flows.operations.deployments import shipped
from flows.operations.serving import new_secret
from transforms.errors import UsageError

UNIT, REVIEW_UNIT = "undertow.service", "undertow-review.service"
UNITS = Path("/etc/systemd/system")
UV_VERSION = "0.13.9"  # what the image is built with; it is not in the image
CONTAINER_USER = 10001  # a number that no account of a Linux distribution has
BACKUP_FILE = "undertow.tar"
HOMES = tuple(map(Path, ("/home", "/root", "/run/user")))  # what ProtectHome= of systemd hides
# With any other character the unit, the compose file or a shell might mean something else.
PLAIN = re.compile(r"^/[A-Za-z0-9/._-]+$")
ACCOUNT = re.compile(r"^[a-z_][a-z0-9_-]*$")
SECRET_MODE = 0o444  # whoever may enter the folder: its owner, and the users of the containers


def write_systemd(to: Path, home: Path, backup: Path, account: str) -> str:
    """Write the unit into a folder; returns the commands that start it. Raises UsageError."""
    if not ACCOUNT.match(account):
        raise UsageError(f"--account {account}: give a name of small letters, digits, - and _")
    command = Path(sys.executable).parent / "undertow"
    _refuse_paths(home, backup, command)
    hidden = any(path.is_relative_to(folder) for path in (home, backup, command) for folder in HOMES)
    for unit in (UNIT, REVIEW_UNIT):
        _write(
            to,
            unit,
            home=home,
            backup=backup,
            backup_file=backup / BACKUP_FILE,
            account=account,
            command=command,
            protect_home="read-only" if hidden else "yes",
        )
    return "\n".join(
        [
            f"{to / UNIT} is written. As root:",
            f"    chmod -R a+rX {command.parents[1]}  # whatever umask it was installed under",
            f"    useradd --system --home-dir {home} --shell /usr/sbin/nologin {account}",
            f"    install -d -o {account} -g {account} -m 750 {home} {backup}",
            *([] if to == UNITS else [f"    cp {to / UNIT} {to / REVIEW_UNIT} {UNITS}/"]),
            "    systemctl daemon-reload",
            "    systemctl enable --now undertow",
            f"{to / REVIEW_UNIT} serves the review app, once there are users and a proxy:",
            "    systemctl enable --now undertow-review",
        ]
    )


def write_compose(to: Path, home: Path, backup: Path) -> str:
    """Write Dockerfile, compose file, lock and secrets into a folder; returns the commands that start them.

    Existing secrets stay, because the database already uses them. Raises UsageError.
    """
    _refuse_paths(home, backup)
    wheel = f"undertow-{version('undertow')}-py3-none-any.whl"
    for name in ("Dockerfile", "compose.yaml"):
        _write(
            to,
            name,
            home=home,
            backup=backup,
            backup_file=f"/var/backups/undertow/{BACKUP_FILE}",
            user=CONTAINER_USER,
            uv=UV_VERSION,
            wheel=wheel,
        )
    for name in ("pyproject.toml", "uv.lock"):
        shutil.copyfile(shipped(name), to / name)
    (to / ".dockerignore").write_text("secrets\n", encoding="utf-8")
    _write_secrets(to / "secrets")
    return "\n".join(
        [
            f"{to} is written. As a user who may start containers:",
            f"    cp {wheel} {to}/  # the wheel that you installed, or of `uv build --wheel`",
            f"    sudo install -d -o {CONTAINER_USER} -g {CONTAINER_USER} -m 750 {home} {backup}",
            f"    docker compose --project-directory {to} up --detach --build",
        ]
    )


def _write_secrets(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    known = folder / "postgres-password"
    password = known.read_text(encoding="utf-8").strip() if known.exists() else secrets.token_urlsafe(24)
    address = f"postgresql+asyncpg://prefect:{password}@postgres:5432/prefect"
    for name, text in (
        ("postgres-password", password),
        ("prefect-database", address),
        ("prefect-auth", new_secret()),
    ):
        if not (folder / name).exists():
            write_bytes_durably(folder / name, text.encode(), mode=SECRET_MODE)


def _write(to: Path, name: str, **values: object) -> None:
    template = Template(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    try:
        to.mkdir(parents=True, exist_ok=True)
        text = template.substitute(values, version=version("undertow"))
        (to / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--to {to}: {error.strerror}; give a folder that you may write to") from None


def _refuse_paths(home: Path, backup: Path, *others: Path) -> None:
    for path in (home, backup, *others):
        if not PLAIN.match(str(path)):
            raise UsageError(f"{path}: give a path from / on, of letters, digits, dots and dashes only")
    if backup.is_relative_to(home):
        raise UsageError(f"--backup {backup}: is in the home; a backup belongs on another disk")
