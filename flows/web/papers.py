"""Files and the reference of a case, and the case as one zip."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256

import orjson
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from flows.review import attachments
from flows.review.acts import By
from flows.review.cases import case_view
from flows.review.desk import Desk
from flows.web.calls import Call, case_address
from flows.web.cases import current_case, facts_of, record
from flows.web.deciding import do
from flows.web.opened import Opened
from transforms.errors import UsageError
from transforms.reports import render

UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def add(call: Call) -> Response:
    def act(desk: Desk, by: By, case_id: str) -> str:
        upload = call.form.get("file")
        if not isinstance(upload, UploadFile) or not upload.filename:
            raise UsageError(call.say("files.none"))
        data = upload.file.read(attachments.BYTES_MAX + 1)
        paper = attachments.add_file(desk, by, case_id, upload.filename, data)
        return call.say("files.kept", name=paper.name)

    return do(call, "files", act)


def set_reference(call: Call) -> Response:
    def act(desk: Desk, by: By, case_id: str) -> None:
        attachments.set_reference(desk, by, case_id, call.field("reference"))

    return do(call, "files", act, "files.noted")


def download(call: Call) -> Response:
    """A file of the case: never shown by the browser, always saved."""

    def answer(desk: Desk, _opened: Opened, case_id: str, purpose: str) -> Response:
        digest = call.path["digest"]
        try:
            paper, data = attachments.read_file(desk, call.user, case_id, digest, purpose=purpose)
        except UsageError:
            raise HTTPException(404) from None
        return _saved(data, paper.name)

    return _read(call, "file", answer)


def export(call: Call) -> Response:
    """The case as one zip: its page, what was done as this user may see it, its files, and their hashes."""

    def answer(desk: Desk, opened: Opened, case_id: str, purpose: str) -> Response:
        return _saved(_zipped(call, desk, opened, case_id, purpose), f"{case_id}.zip")

    return _read(call, "export", answer)


def _read(call: Call, what: str, answer: Callable[[Desk, Opened, str, str], Response]) -> Response:
    """The answer from the case, under the purpose for which it is open and recorded in the audit log;
    otherwise a redirect to its page.
    """
    requested_id = call.path["case_id"]
    purpose = call.state.purposes.get(call.user.name, requested_id)
    if purpose is None:
        return RedirectResponse(case_address(requested_id), status_code=303)
    with call.open() as opened, call.access(purpose) as access:
        case_id = current_case(opened, requested_id)
        record(access, f"review {what}", case_id)
        return answer(call.desk(opened.connection), opened, case_id, purpose)


def _zipped(call: Call, desk: Desk, opened: Opened, case_id: str, purpose: str) -> bytes:
    view = case_view(desk, call.user, case_id, purpose=purpose)
    papers = attachments.papers(desk, call.user, case_id, purpose=purpose)
    case_data = {
        "case_id": case_id,
        "reference": attachments.reference_of(desk, call.user, case_id),
        "release": desk.release_id,
        "purpose": purpose,
        "state": view.shown,
        "outcome": view.outcome,
        "history": [asdict(entry) for entry in view.history],
        "files": [asdict(paper) for paper in papers],
    }
    page = render("case.html.j2", **{**facts_of(opened, case_id), "has_site": False})
    members = {"case.html": page.encode(), "case.json": orjson.dumps(case_data, option=orjson.OPT_INDENT_2)}
    for n, paper in enumerate(papers, start=1):
        data = attachments.read_file(desk, call.user, case_id, paper.sha256, purpose=purpose)[1]
        members[f"files/{n:03d}-{_plain(paper.name)}"] = data
    sums = "".join(f"{sha256(data).hexdigest()}  {name}\n" for name, data in members.items())
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**members, "SHA256SUMS": sums.encode()}.items():
            archive.writestr(name, data)
    return target.getvalue()


def _saved(data: bytes, name: str) -> Response:
    return Response(
        data,
        media_type="application/octet-stream",
        headers={"content-disposition": f'attachment; filename="{_plain(name)}"'},
    )


def _plain(name: str) -> str:
    """A file name that any system accepts."""
    return UNSAFE.sub("-", name).strip("-.") or "file"
