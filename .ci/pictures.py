"""Make the pictures of README and docs again, from a demo town: `uv run .ci/pictures.py HOME`.

HOME is a home that `undertow demo --home HOME` has filled. Needs Chromium on the PATH.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parents[1]))
from flows.home.settings import Home
from tests.flows.web.served import Officer, copied, served
from tests.reliability import browser

IMAGES = Path(__file__).parents[1] / "docs" / "images"
WIDTH = 1300  # pixels
APP_SIZE = 1060, 960
CASE_OF = "select case_id from v_case_member where subject_id = ?"
HOTEL = "GB-COH-16685293"  # the company of the tutorial


def picture(name: str, page: Path, height: int, hidden: str = "") -> None:
    """The top of a page as docs/images/<name>.png, without what the CSS selectors `hidden` name."""
    options = ("--headless", "--no-sandbox", "--hide-scrollbars", f"--window-size={WIDTH},{height}")
    style = f"<style>{hidden} {{ display: none }}</style></head>" if hidden else "</head>"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / page.name
        copy.write_text(page.read_text(encoding="utf-8").replace("</head>", style, 1), encoding="utf-8")
        subprocess.run(["chromium", *options, f"--screenshot={IMAGES / name}.png", copy.as_uri()], check=True)


def pictures_of_the_app(home: Path, case: str) -> None:
    """The queue, and the form for a verdict."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy = copied(Home(home), folder / "home", {"anna": "reviewer"})
        with served(copy) as server, browser.chromium(folder / "profile") as tab:
            anna = Officer(tab, server.base, "anna")
            tab.resize(*APP_SIZE)
            anna.open("/queue")
            (IMAGES / "queue.png").write_bytes(tab.picture())
            anna.case(case)
            tab.evaluate("document.querySelector('#review').scrollIntoView({behavior: 'instant'})")
            (IMAGES / "verdict.png").write_bytes(tab.picture())


if __name__ == "__main__":
    home = Path(sys.argv[1])
    release = (home / "current").resolve()
    report = home / "reports" / release.name
    with duckdb.connect(str(release / "undertow.duckdb"), read_only=True) as connection:
        [(case,)] = connection.execute(CASE_OF, [HOTEL]).fetchall()
    hotel = report / "cases" / f"{case}.html"
    picture("report", report / "night.html", 1500)
    picture("case", hotel, 1260)
    picture("ownership", hotel, 1530, "header, nav, #why")
    pictures_of_the_app(home, case)
