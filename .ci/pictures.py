"""Make the pictures of README and docs again, from a demo town: `uv run .ci/pictures.py HOME`.

HOME is a home that `undertow demo --home HOME` has filled. Needs Chromium on the PATH.
"""

import subprocess
import sys
from pathlib import Path

IMAGES = Path(__file__).parents[1] / "docs" / "images"
SIZE = "1300,1800"  # pixels: width, height


def picture(page: Path, to: Path) -> None:
    options = ("--headless", "--no-sandbox", "--hide-scrollbars", f"--window-size={SIZE}")
    subprocess.run(["chromium", *options, f"--screenshot={to}", page.resolve().as_uri()], check=True)


if __name__ == "__main__":
    home = Path(sys.argv[1])
    report = home / "reports" / (home / "current").resolve().name
    picture(report / "night.html", IMAGES / "report.png")
    picture(sorted((report / "cases").glob("*.html"))[0], IMAGES / "case.png")
