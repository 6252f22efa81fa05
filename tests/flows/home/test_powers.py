"""Articles of law that a municipality may use: those of this version, and what a home says of them."""

from pathlib import Path

import pytest

from flows.home.powers import powers
from flows.home.settings import Home
from flows.night.night import new_night
from transforms.errors import UsageError
from transforms.model.indicator import indicators
from transforms.model.powers import POWERS_FILE

PUBLISHERS = {
    "gb": "https://www.legislation.gov.uk/",
    "nl": "https://wetten.overheid.nl/",
    "be": "https://www.ejustice.just.fgov.be/",
}


def test_every_indicator_has_articles_of_every_country_from_its_official_publisher(tmp_path: Path) -> None:
    known = powers(Home(tmp_path))
    for code in indicators():
        assert {one[:2] for one in known.article_ids(code)} == set(PUBLISHERS), code
    for one, article in known.article.items():
        assert article.source.startswith(PUBLISHERS[one[:2]]), one
        assert (article.nl is None) == one.startswith("gb"), one
        assert article.checked_by is None  # nobody with legal knowledge has checked this version


def test_a_home_marks_corrects_and_adds_articles(tmp_path: Path) -> None:
    (tmp_path / POWERS_FILE).write_text(
        '[article.nl-alcohol]\nchecked_by = "Legal desk"\nchecked_on = 2026-12-01\nask = "The form."\n'
        '[article.nl-by-law]\nkind = "licensing"\nlaw = "APV"\narticle = "2:28"\nsays = "a"\nwho = "b"\n'
        'ask = "c"\nshare = "d"\nsource = "https://lokaleregelgeving.overheid.nl/x"\nread_on = 2026-12-01\n'
        '[uses]\nOWN = ["nl-by-law"]\nPUB-010 = ["nl-alcohol"]\n',
        encoding="utf-8",
    )
    known = new_night(Home(tmp_path), tmp_path).powers
    assert known.article_ids("OWN-010") == ("nl-by-law",) and known.article_ids("PUB-010") == ("nl-alcohol",)
    [row] = known.frame(["PUB-010"]).to_dicts()
    assert (row["checked_by"], row["ask"], row["law"]) == ("Legal desk", "The form.", "Alcoholwet")
    assert row["ask_nl"] and row["says"] and known.article_ids("LNK-010") != ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[article.nl-alcohol]\ncheckedby = "x"\n', "article.nl-alcohol.checkedby"),
        ('[article.nl-alcohol]\nchecked_by = "x"\n', "article.nl-alcohol"),
        ('[article.nl-new]\nlaw = "x"\n', "article.nl-new.says"),
        ('[uses]\nOWN = ["nl-nothing"]\n', "nl-nothing"),
        ("[uses]\nown = []\n", "uses.own"),
        ("article = 1\n", "article"),
    ],
)
def test_a_wrong_entry_stops_a_run_before_its_work_and_is_named(
    tmp_path: Path, text: str, fault: str
) -> None:
    (tmp_path / POWERS_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=fault.replace(".", r"\.")):
        new_night(Home(tmp_path), tmp_path)
