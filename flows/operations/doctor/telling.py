"""Checks of who is told: `notify.toml`, and the files with the addresses that it names."""

from flows.home import settings
from flows.operations.doctor.patient import Findings, Patient
from flows.operations.telling.receivers import NOTIFY_FILE, notify
from transforms.errors import UndertowError, UsageError


def notify_file(patient: Patient) -> Findings:
    path = patient.home.root / NOTIFY_FILE
    try:
        receivers = notify(patient.home).to
    except UndertowError as error:
        yield f"nobody is told of a night: {error}", str(path), f"editor {path}"
        return
    if settings.notify_url() and not receivers:
        what = "UNDERTOW_NOTIFY_URL is told of nights that are late or gone only, nobody of one that failed"
        yield what, str(path), f"editor {path}"
    for name in sorted({receiver.url_file for receiver in receivers}):
        try:
            settings.secret(patient.home, name, "the address")
        except UsageError as error:
            file = patient.home.secrets / name
            yield f"receiver {name}: {error}", str(file), f"install -m 600 /dev/stdin {file}"
