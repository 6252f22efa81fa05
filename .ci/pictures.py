"""Make the pictures of README and docs again, from a demo town: `uv run .ci/pictures.py HOME`.

HOME is a home that `undertow demo --home HOME` has filled. Needs Chromium on the PATH.
"""

import subprocess
import sys
from pathlib import Path

import duckdb

IMAGES = Path(__file__).parents[1] / "docs" / "images"
SIZE = "1300,1800"  # pixels: width, height
CASE_OF = "select case_id from v_case_member where subject_id = ?"
HOTEL = "GB-COH-16685293"  # the company of the tutorial


def picture(page: Path, to: Path) -> None:
    options = ("--headless", "--no-sandbox", "--hide-scrollbars", f"--window-size={SIZE}")
    subprocess.run(["chromium", *options, f"--screenshot={to}", page.resolve().as_uri()], check=True)


if __name__ == "__main__":
    home = Path(sys.argv[1])
    release = (home / "current").resolve()
    report = home / "reports" / release.name
    with duckdb.connect(str(release / "undertow.duckdb"), read_only=True) as connection:
        [(case,)] = connection.execute(CASE_OF, [HOTEL]).fetchall()
    picture(report / "night.html", IMAGES / "report.png")
    picture(report / "cases" / f"{case}.html", IMAGES / "case.png")
