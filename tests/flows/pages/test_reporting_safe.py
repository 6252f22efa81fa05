"""The page of a night: hostile names, well-formed markup, and what a browser does with it."""

import os
import re
import shutil
import signal
import subprocess
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from tests.flows.pages.releases import HOSTILE, Page, busy_release, calm_release, night

pytestmark = pytest.mark.usefixtures("no_indicators")

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_SECONDS_MAX = 90


def test_hostile_names_change_nothing_of_the_page(busy: str, tmp_path: Path) -> None:
    """The same release with tame words in the same places has the same tags with the same attributes, but for
    the chips.
    """
    tame = busy_release()
    words = {
        name[:length]: f"TAME {i:02d} {length}"
        for i, name in enumerate(HOSTILE)
        for length in (9, 60, len(name))
    }
    for name, rows in tame.items():
        tame[name] = [{column: words.get(str(value), value) for column, value in row.items()} for row in rows]
    tags = [
        Counter((tag, *sorted(attributes.items())) for tag, attributes in Page(html).tags)
        for html in (busy, night(tame, tmp_path))
    ]
    hostile, calm = (
        {tag: n for tag, n in counts.items() if tag not in {("span", ("class", "chip")), ("wbr",)}}
        for counts in tags
    )
    assert hostile == calm
    assert {tag[0] for tag in hostile}.isdisjoint(
        {"script", "img", "svg", "iframe", "object", "embed", "form", "base", "textarea"}
    )


def test_page_is_well_formed_and_has_no_handler_style_sheet_or_outside_request(busy: str) -> None:
    page = Page(busy)
    assert page.faults == []
    assert page.open == []
    assert not [
        name
        for _, attributes in page.tags
        for name in attributes
        if name.startswith("on") or name in {"src", "srcset", "action", "background", "poster"}
    ]
    assert [attributes["href"] for tag, attributes in page.tags if tag == "link"] == ["data:,"]
    assert all(re.match(r"#|data:,|cases/UT-C-[a-z0-9]+\.html$", link) for link in page.values("href"))


def test_content_security_policy_stands_before_anything_it_could_govern(busy: str) -> None:
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert busy.startswith(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta '
        'http-equiv="Content-Security-Policy"'
    )
    assert policy in busy
    assert not re.search(r"url\(|@import", busy)


def test_hidden_characters_are_named_and_never_raw(busy: str) -> None:
    for raw in "\u202e\u202c\u200b\u2066\ufeff\u00ad\u00a0\x01\x1b\x7f\ufe0f":
        assert raw not in busy, f"U+{ord(raw):04X}"
        assert f'<span class="chip">U+{ord(raw):04X}</span>' in busy
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", busy)
    assert "\u0301" * 5 not in busy


def test_headings_descend_one_step_and_ids_are_unique(busy: str) -> None:
    page = Page(busy)
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [(a, b) for a, b in pairwise(levels) if b > a + 1] == []
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    targets = {link[1:] for link in page.values("href") if link.startswith("#")}
    assert targets <= set(ids)
    assert {label for value in page.values("aria-labelledby") for label in value.split()} <= set(ids)


def test_tables_have_captions_and_header_cells_with_a_scope(busy: str) -> None:
    tags = Page(busy).tags
    names = [tag for tag, _ in tags]
    assert names.count("table") == names.count("caption") > 5
    assert all(attributes.get("scope") in {"col", "row"} for tag, attributes in tags if tag == "th")
    assert names.count("main") == names.count("h1") == names.count("footer") == 1


def browser(page: Path, profile: Path, *arguments: str) -> str:
    """Standard output of headless Chromium on a page, ended with all its children."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed, so the page is not tried in a browser")
    command = [
        shutil.which(str(CHROMIUM)) or "",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--user-data-dir={profile}",
        *arguments,
        page.as_uri(),
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    try:
        return process.communicate(timeout=CHROMIUM_SECONDS_MAX)[0]
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


PROBE = """<script>document.documentElement.dataset.probe = "ran"</script>"""


@pytest.mark.nightly
def test_chromium_runs_no_script(busy: str, tmp_path: Path) -> None:
    """A script planted in the finished page must not run either: the policy holds even where escaping would
    not.
    """
    planted = tmp_path / "planted.html"
    planted.write_text(
        busy.replace(
            '<main id="main"',
            f'{PROBE}<img src=x onerror="document.documentElement.dataset.probe=1"><main id="main"',
        ),
        encoding="utf-8",
    )
    control = tmp_path / "control.html"
    control.write_text(f"<!doctype html><html><body>{PROBE}</body></html>", encoding="utf-8")
    assert 'data-probe="ran"' in browser(control, tmp_path / "p1", "--dump-dom"), (
        "the probe itself must work without a policy"
    )
    dom = browser(planted, tmp_path / "p2", "--dump-dom")
    assert "Night report" in dom
    assert "data-probe" not in dom.split(">", 2)[1]
    assert "data-pwned" not in dom


def asked_outside(page: Path, folder: Path) -> set[str]:
    """Hosts that Chromium asked for because of the page; no name resolves, so nothing leaves."""
    folder.mkdir()
    browser(page, folder / "profile", f"--log-net-log={folder / 'net.json'}", "--dump-dom")
    hosts = re.findall(
        r'"url":"(?:https?|wss?)://([^/"]*)', (folder / "net.json").read_text(encoding="utf-8")
    )
    return {host for host in hosts if host.endswith((".example", "company-information.service.gov.uk"))}


@pytest.mark.nightly
def test_chromium_loads_the_page_and_nothing_else(tmp_path: Path) -> None:
    control = tmp_path / "control.html"
    control.write_text(
        '<!doctype html><html><body><img src="http://outside.example/x.png"></body></html>', encoding="utf-8"
    )
    assert asked_outside(control, tmp_path / "control") == {"outside.example"}, (
        "the log must show a request where there is one"
    )
    night(busy_release(), tmp_path / "busy")
    assert asked_outside(tmp_path / "busy" / "night.html", tmp_path / "asked") == set()
    night(calm_release(), tmp_path / "calm")
    assert asked_outside(tmp_path / "calm" / "night.html", tmp_path / "asked_calm") == set()


def test_chromium_shows_no_sideways_scrolling(busy: str, tmp_path: Path) -> None:
    """Measured in frames of two widths, with every `details` open; the frames are the test's, so their script
    may run.
    """
    widths = (1200, 400)
    inner = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", busy).replace(
        "<details", "<details open"
    )
    measure = (
        "<script>addEventListener('load',()=>parent.postMessage("
        "[document.documentElement.scrollWidth,innerWidth],'*'))</script></body>"
    )
    (tmp_path / "inner.html").write_text(inner.replace("</body>", measure), encoding="utf-8")
    frame = tmp_path / "frame.html"
    frame.write_text(
        "<!doctype html><html><script>addEventListener('message',"
        "e=>document.documentElement.dataset[`inner${e.data[1]}`]=e.data[0])</script>"
        + "".join(
            f'<iframe src="inner.html" style="width:{width}px;height:900px;border:0"></iframe>'
            for width in widths
        )
        + "</html>",
        encoding="utf-8",
    )
    arguments = ("--dump-dom", "--allow-file-access-from-files", "--window-size=1300,1000")
    dom = browser(frame, tmp_path / "profile", *arguments)
    pairs = re.findall(r'data-inner(\d+)="(\d+)"', dom)
    measured = {int(inner_px): int(scroll_px) for inner_px, scroll_px in pairs}
    assert measured.keys() == set(widths)
    assert all(scroll_px <= inner_px for inner_px, scroll_px in measured.items())
