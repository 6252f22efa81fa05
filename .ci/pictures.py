"""Make the pictures of README and docs again, from a demo town: `uv run .ci/pictures.py HOME`.

HOME is a home that `undertow demo --home HOME` has filled. Needs Chromium on the PATH.
"""

import subprocess
import sys
from pathlib import Path

import duckdb

IMAGES = Path(__file__).parents[1] / "docs" / "images"
WIDTH = 1300  # pixels
CASE_OF = "select case_id from v_case_member where subject_id = ?"
HOTEL = "GB-COH-16685293"  # the company of the tutorial


def picture(name: str, page: Path, height: int, section: str = "") -> None:
    """The top of a page, or of one of its sections, as docs/images/<name>.png."""
    options = ("--headless", "--no-sandbox", "--hide-scrollbars", f"--window-size={WIDTH},{height}")
    address = page.resolve().as_uri() + (f"#{section}" if section else "")
    subprocess.run(["chromium", *options, f"--screenshot={IMAGES / name}.png", address], check=True)


if __name__ == "__main__":
    home = Path(sys.argv[1])
    release = (home / "current").resolve()
    report = home / "reports" / release.name
    with duckdb.connect(str(release / "undertow.duckdb"), read_only=True) as connection:
        [(case,)] = connection.execute(CASE_OF, [HOTEL]).fetchall()
    hotel = report / "cases" / f"{case}.html"
    picture("report", report / "night.html", 1500)
    picture("case", hotel, 1260)
    picture("ownership", hotel, 1300, "picture")
