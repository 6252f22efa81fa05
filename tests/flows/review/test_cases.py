"""Reviewing over real releases: the queue, four eyes, what a second reader can see, and what brings a case
back.
"""

import dataclasses
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flows.home import warehouse
from flows.home.settings import Home
from flows.journal import review_chain, reviews
from flows.release import store
from flows.review import acts, attachments, cases, published, retention, rules, samples, users
from flows.review.acts import By, Given
from flows.review.desk import Desk, arrivals
from flows.review.fold import SEEN, walk
from tests.flows.review.world import DAY, USERS, Raised, desk, new_home, night, user, with_facts
from transforms.errors import UsageError
from transforms.language import in_language

A = Raised("a1", "UT-C-a1")
B = Raised("b1", "UT-C-b1", subject_id="GB-COH-2", indicator="OWN-010")
STOP = Raised("s1", "UT-C-s1", subject_id="GB-COH-3", lane="stop")
VALUED = Raised("v1", "UT-C-v1", subject_id="GB-COH-4")
MERGED = (Raised("m1", "UT-C-m1", subject_id="GB-COH-5"), Raised("m2", "UT-C-m2", subject_id="GB-COH-6"))
BEFORE = [A, B, STOP, VALUED, *MERGED]
# What the next night makes of them: one fact more, one that states something else, another value, a merger.
AFTER = [
    with_facts(A, r2="b"),
    with_facts(B, r1="other"),
    STOP,
    replace(VALUED, value=2.0),
    MERGED[0],
    replace(MERGED[1], case_id="UT-C-m1"),
]
KNOWN = {"owner": "Land desk", "scope": "The depot", "reason": "Let by the town"}
SECRET = "a sentence that only the first reader wrote"
NO_CONCERN = Given("no-concern", "explained")
CONFIRMED = Given("confirmed", "other", SECRET)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


@pytest.fixture(scope="module")
def two_nights(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A release of BEFORE and one of AFTER. Copied, never changed."""
    made = new_home(tmp_path_factory.mktemp("published") / "home")
    entities = [{"entity_id": f"GB-COH-{n}", "name": f"N{n}"} for n in range(1, 30)]
    flows = [{"flow_id": str(n), "payee_id": f"GB-COH-{n}", "payer_id": "body:town"} for n in range(1, 20)]
    flows.append({"flow_id": "t", "payee_id": "GB-COH-25", "kind": "transfer"})  # of a statement of account
    permit = {"permit_id": "p", "applicant_id": "GB-COH-2", "state": "applied"}
    applied = {"applied_on": DAY - timedelta(days=50)}
    night(made, BEFORE, entity=entities, flow=flows, permit=[{**permit, **applied}])
    night(made, AFTER)
    return made


@contextmanager
def first_desk(made: Home, folder: Path) -> Iterator[Desk]:
    """A desk at the first release of a copy of a home."""
    copy = Home(shutil.copytree(made.root, folder, symlinks=True))
    with warehouse.open_release(store.published_folders(copy)[0]) as connection:
        yield undrawn(Desk(copy, connection, DAY))


@pytest.fixture
def at(tmp_path: Path, two_nights: Home) -> Iterator[Desk]:
    with first_desk(two_nights, tmp_path / "copy") as opened:
        yield opened


@pytest.fixture(scope="module")
def two_other_nights(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Each case is of one test, which says what it is for. Copied, never changed."""
    made = new_home(tmp_path_factory.mktemp("others") / "home")
    themes = [{"case_id": SHARED_ACCOUNT.case_id, "theme": "catering"}]
    night(made, [*DUE, *COUNTED], case_theme=themes)
    night(made, [*DUE, *COUNTED_AFTER], **PAID_OR_ASKED)
    return made


@pytest.fixture
def apart(tmp_path: Path, two_other_nights: Home) -> Iterator[Desk]:
    with first_desk(two_other_nights, tmp_path / "copy") as opened:
        yield opened


@pytest.fixture
def later(at: Desk) -> Iterator[Desk]:
    """A desk at the second."""
    with store.open_current(at.home) as connection:
        yield undrawn(Desk(at.home, connection, DAY))


def undrawn(opened: Desk) -> Desk:
    """With a key under which no case of these tests is drawn for a second reading or the sample."""
    opened.__dict__["key"] = b"k" * 32  # fixed, so that what is drawn is the same in every run
    return opened


OTHER = By(users.User("stan", "supervisor"), "demo")


def by(name: str, key: str = "") -> By:
    return By(user(name), "demo", key)


def test_the_queue_of_a_theme_has_its_cases_only(apart: Desk) -> None:
    ann = user("ann")
    assert [row.case_id for row in cases.queue(apart, ann, theme="catering")] == [SHARED_ACCOUNT.case_id]
    assert cases.queue(apart, ann, theme="care") == [] and len(cases.queue(apart, ann)) == 8


def test_the_place_of_a_case_does_not_tell_that_it_is_in_the_sample(tmp_path: Path) -> None:
    """A case among graver ones is in the sample, or is another one: about half of them are."""
    home = new_home(tmp_path)
    night(home, [Raised(f"f{n}", f"UT-C-{n:03}") for n in range(400)])
    with store.open_current(home) as connection:
        at = undrawn(Desk(home, connection, DAY))
        ids = [row.case_id for row in cases.queue(at, user("ann"))]
        assert sorted(ids) == [f"UT-C-{n:03}" for n in range(400)]
        early = [one for n, one in enumerate(ids) if any(later < one for later in ids[n + 1 :])]
        in_sample = [one for one in early if at.is_sampled(one)]
        assert len(early) > 30 and 0.35 < len(in_sample) / len(early) < 0.65


def judge(at: Desk, name: str, case_id: str, given: Given, key: str = "") -> acts.Made:
    return acts.judge(at, by(name, key), case_id, given)


def queue(at: Desk, name: str = "cleo") -> dict[str, cases.QueueRow]:
    return {row.case_id: row for row in cases.queue(at, user(name))}


def no_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "DRAWN_SHARE", 0.0)


# --- four eyes --------------------------------------------------------------------------------------------


def test_one_reader_suffices_where_nothing_asks_for_two(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    no_second(monkeypatch)
    assert judge(at, "ann", "UT-C-a1", NO_CONCERN).stage == "decided"
    assert "UT-C-a1" not in queue(at)


@pytest.mark.parametrize(
    ("case_id", "given", "why"),
    [
        ("UT-C-s1", NO_CONCERN, "lane"),
        ("UT-C-a1", CONFIRMED, "confirmed"),
        ("UT-C-a1", replace(NO_CONCERN, outcomes={"PRP-010": "confirmed"}), "confirmed"),
        ("UT-C-a1", replace(CONFIRMED, outcomes={"PRP-010": "no-concern"}), "confirmed"),
    ],
)
def test_two_readers_where_they_are_needed(
    at: Desk, monkeypatch: pytest.MonkeyPatch, case_id: str, given: Given, why: str
) -> None:
    no_second(monkeypatch)
    assert judge(at, "ann", case_id, given).stage == "first-read"
    assert (reviews.events(at.home)[-1].body or {})["second"] == why
    with pytest.raises(UsageError, match="you have read this case"):
        judge(at, "ann", case_id, given)
    assert judge(at, "bob", case_id, given).stage == "decided"


def test_an_authority_may_ask_for_two_always(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    no_second(monkeypatch)
    at.__dict__["settings"] = at.settings.model_copy(update={"four_eyes": "always"})
    assert judge(at, "ann", "UT-C-a1", NO_CONCERN).stage == "first-read"


def test_a_tenth_is_drawn_by_case_and_evidence() -> None:
    drawn = [rules.draw(b"k" * 32, "second", f"UT-C-{n}") < rules.DRAWN_SHARE for n in range(5_000)]
    assert 0.08 < sum(drawn) / 5_000 < 0.12
    assert rules.draw(b"k" * 32, "second", "UT-C-1") == rules.draw(b"k" * 32, "second", "UT-C-1")
    assert rules.draw(b"k" * 32, "second", "UT-C-1") != rules.draw(b"l" * 32, "second", "UT-C-1")


def test_disagreement_goes_to_a_third(at: Desk) -> None:
    judge(at, "ann", "UT-C-s1", CONFIRMED)
    assert judge(at, "bob", "UT-C-s1", NO_CONCERN).stage == "second-read"
    assert queue(at)["UT-C-s1"].shown == cases.THIRD
    for reader in ("ann", "bob"):
        assert "UT-C-s1" not in queue(at, reader)
        with pytest.raises(UsageError, match="you have read"):
            judge(at, reader, "UT-C-s1", NO_CONCERN)
    assert published.published(at.home)[0].is_empty()
    made = judge(at, "cleo", "UT-C-s1", replace(NO_CONCERN, done=["question"]))
    assert (made.stage, made.outcome) == ("decided", "no-concern")
    acts.record_done(at, by("ann"), "UT-C-s1", ["conditions-set"])
    [row] = published.published(at.home)[0].rows(named=True)
    assert row["readings_n"] == 3 and row["done"] == ["question", "conditions-set"]


# --- the blind second reader ------------------------------------------------------------------------------


def everything_listed(at: Desk, name: str) -> str:
    """All that the listing functions tell a user, and what the next release will say."""
    view = cases.case_view(at, user(name), "UT-C-a1", purpose="demo")
    shown = (
        cases.queue(at, user(name)),
        cases.queue(at, user(name), mine=True),
        sorted(cases.counts(at, user(name)).items()),
        {one.name: getattr(view, one.name) for one in dataclasses.fields(view)},
        samples.unflagged(at, user(name), 5) if user(name).may("judge") else (),
        [frame.rows() for frame in published.published(at.home)],
    )
    return repr(shown)


@pytest.mark.sample(2)
@pytest.mark.parametrize("reader", ["bob", "sue", "cleo", "ray"])
def test_the_second_reader_sees_in_no_list_that_there_is_a_first(at: Desk, reader: str) -> None:
    before = everything_listed(at, reader)
    judge(at, "ann", "UT-C-a1", replace(CONFIRMED, done=["refused"]))
    assert everything_listed(at, reader) == before
    assert SECRET in everything_listed(at, "ann")
    judge(at, "bob", "UT-C-a1", CONFIRMED)
    assert SECRET in everything_listed(at, reader)


def test_a_refused_form_tells_nothing_either(at: Desk) -> None:
    def refusals() -> list[str]:
        texts = []
        for given in (Given("perhaps", "x"), Given("confirmed", "x"), Given("confirmed", "other")):
            with pytest.raises(UsageError) as refused:
                judge(at, "bob", "UT-C-a1", given)
            texts.append(str(refused.value))
        with pytest.raises(UsageError, match="changed since you opened it") as refused:
            acts.judge(at, replace(by("bob"), stamp="old"), "UT-C-a1", Given("confirmed", "unexplained"))
        return [*texts, str(refused.value)]

    before = refusals()
    judge(at, "ann", "UT-C-a1", CONFIRMED)
    assert refusals() == before


def test_a_supervisor_who_has_seen_the_first_is_no_second_reader(at: Desk) -> None:
    with pytest.raises(UsageError, match="supervisor"):
        acts.see_both(at, by("bob"), "UT-C-a1")
    acts.see_both(at, by("sue"), "UT-C-a1")
    assert SEEN not in {event.kind for event in reviews.events(at.home)}  # nothing to see yet
    judge(at, "ann", "UT-C-a1", CONFIRMED)
    acts.see_both(at, by("sue"), "UT-C-a1")
    view = cases.case_view(at, user("sue"), "UT-C-a1", purpose="demo")
    assert view.history[0].note == SECRET and view.refusal
    with pytest.raises(UsageError, match="seen the first"):
        judge(at, "sue", "UT-C-a1", CONFIRMED)
    assert SECRET not in everything_listed(at, "bob")


def test_notes_under_a_secrecy_of_their_own_are_seen_for_that_purpose_only(at: Desk) -> None:
    (at.home.root / "undertow.toml").write_text(
        '[[purpose]]\ncode = "bibob"\ntitle = "t"\nlegal_basis = "l"\nown_secrecy = true\n'
    )
    for name in ("ann", "bob"):
        acts.judge(at, By(user(name), "bibob"), "UT-C-a1", CONFIRMED)
    notes = {
        purpose: [
            entry.note for entry in cases.case_view(at, user("cleo"), "UT-C-a1", purpose=purpose).history
        ]
        for purpose in ("bibob", "demo")
    }
    assert notes == {"bibob": [SECRET] * 2, "demo": ["", ""]}
    (at.home.root / "undertow.toml").write_text("")  # also once the purpose is declared no more
    at.__dict__.pop("settings", None)
    assert [each.note for each in cases.case_view(at, user("cleo"), "UT-C-a1", purpose="demo").history] == [
        "",
        "",
    ]


def test_a_known_explanation_under_a_secrecy_of_its_own_says_elsewhere_only_that_it_is(at: Desk) -> None:
    (at.home.root / "undertow.toml").write_text(
        '[[purpose]]\ncode = "bibob"\ntitle = "t"\nlegal_basis = "l"\nown_secrecy = true\n'
    )
    acts.explain_away(at, By(user("sue"), "bibob"), "a1", **KNOWN, until=DAY)
    for purpose, shown in (("bibob", (KNOWN["scope"], KNOWN["reason"])), ("demo", ("", ""))):
        view = cases.case_view(at, user("ann"), "UT-C-a1", purpose=purpose)
        (one,) = view.explained.values()
        assert (one.scope, one.reason) == shown and one.owner == KNOWN["owner"] and one.until
        assert [(entry.what, entry.by, entry.indicator, entry.reason) for entry in view.history] == [
            ("explain-away", "sue", "PRP-010", shown[1])
        ]


# --- roles, locks, forms ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["reader", "auditor", "administrator"])
def test_a_role_does_what_it_may(at: Desk, role: str) -> None:
    one = By(users.User("x", role), "demo")
    forbidden = (
        lambda: acts.judge(at, one, "UT-C-a1", NO_CONCERN),
        lambda: acts.assign(at, one, "UT-C-a1", "x"),
        lambda: acts.close(at, one, ["UT-C-a1"], "too-old"),
        lambda: acts.reopen(at, one, ["UT-C-a1"], "mistake"),
        lambda: acts.explain_away(at, one, "a1", owner="o", scope="s", reason="r", until=DAY),
        lambda: acts.see_both(at, one, "UT-C-a1"),
        lambda: retention.erase_notes(at, one.user, "UT-C-a1", "demo"),
        lambda: samples.unflagged(at, one.user, 1),
    )
    listing = (
        lambda: cases.queue(at, one.user),
        lambda: cases.counts(at, one.user),
        lambda: cases.case_view(at, one.user, "UT-C-a1", purpose="demo"),
    )
    for act in forbidden + (() if role == "reader" else listing):
        with pytest.raises(UsageError, match="takes a"):
            act()
    if role != "administrator":
        with pytest.raises(UsageError, match="takes a"):
            users.add(at.home, "new", "reviewer", by=one.user)


def test_a_lock_keeps_others_out_until_it_expires(at: Desk) -> None:
    acts.assign(at, by("ann"), "UT-C-a1", "ann")
    assert queue(at, "ann")["UT-C-a1"].assigned_to == "ann" and "UT-C-a1" not in queue(at)
    assert [row.case_id for row in cases.queue(at, user("ann"), mine=True)] == ["UT-C-a1"]
    with pytest.raises(UsageError, match="with ann now"):
        judge(at, "bob", "UT-C-a1", NO_CONCERN)
    assert "with ann now" in cases.case_view(at, user("bob"), "UT-C-a1", purpose="demo").refusal
    assert not cases.case_view(at, user("ann"), "UT-C-a1", purpose="demo").refusal
    with pytest.raises(UsageError, match="with ann now"):
        acts.assign(at, by("bob"), "UT-C-a1", "bob")
    with pytest.raises(UsageError, match="takes a supervisor"):
        acts.assign(at, by("ann"), "UT-C-a1", "bob")
    acts.assign(at, by("sue"), "UT-C-a1", "bob", hours=-1)
    assert "UT-C-a1" in queue(at)
    judge(at, "cleo", "UT-C-a1", CONFIRMED)
    with pytest.raises(UsageError, match="you have read this case"):
        acts.assign(at, by("cleo"), "UT-C-a1", "cleo")  # which would keep the second reader out


def test_the_same_form_twice_is_one_verdict(at: Desk) -> None:
    first = judge(at, "ann", "UT-C-s1", CONFIRMED, key="form")
    again = judge(at, "ann", "UT-C-s1", CONFIRMED, key="form")
    assert again.n == first.n
    with pytest.raises(UsageError, match="form"):
        judge(at, "bob", "UT-C-s1", CONFIRMED, key="form")


def test_lists_are_closed(at: Desk) -> None:
    for given, words in (
        (Given("guilty", "other", "n"), "--outcome"),
        (Given("confirmed", "explained"), "--reason"),
        (Given("confirmed", "other"), "needs one"),
        (Given("no-concern", "OWN-010/1"), "--reason"),
        (Given("no-concern", "explained", done=["arrested"]), "--done"),
        (Given("no-concern", "explained", outcomes={"OWN-010": "confirmed"}), "no flag of it"),
        (Given("no-concern", "other", "a\u202eb"), "a note has"),
    ):
        with pytest.raises(UsageError, match=words):
            judge(at, "ann", "UT-C-a1", given)
    assert judge(at, "ann", "UT-C-a1", Given("no-concern", "PRP-010/1")).n


def test_a_refusal_is_in_the_readers_language(at: Desk) -> None:
    with in_language("nl"), pytest.raises(UsageError, match="een aantekening ontbreekt"):
        judge(at, "ann", "UT-C-a1", Given("confirmed", "other"))


# --- back with new evidence -------------------------------------------------------------------------------


def test_a_case_is_back_for_what_is_new_and_says_so(at: Desk, later: Desk) -> None:
    acts.close(at, by("sue"), [flag.case_id for flag in BEFORE if flag is not STOP], "too-old")
    assert queue(at).keys() == {"UT-C-s1"}
    rows = queue(later)
    assert {case_id: [(one.kind, one.facts_n) for one in row.new] for case_id, row in rows.items()} == {
        "UT-C-a1": [("grown", 1)],
        "UT-C-b1": [("changed", 1)],
        "UT-C-s1": [],
    }
    assert {case_id for case_id, row in rows.items() if row.shown == cases.BACK} == {"UT-C-a1", "UT-C-b1"}


def test_a_stale_page_is_refused(at: Desk, later: Desk) -> None:
    acts.close(at, by("sue"), ["UT-C-a1"], "too-old")
    stamp = cases.case_view(at, user("sue"), "UT-C-a1", purpose="demo").stamp
    ann, sue = (replace(by(name), stamp=stamp) for name in ("ann", "sue"))
    n = len(reviews.events(at.home))
    for act in (
        lambda: acts.judge(later, ann, "UT-C-a1", NO_CONCERN),
        lambda: acts.close(later, sue, ["UT-C-a1"], "too-old"),
        lambda: acts.reopen(later, sue, ["UT-C-a1"], "mistake"),
        lambda: acts.explain_away(later, sue, "a1", **KNOWN, until=DAY),
    ):
        with pytest.raises(UsageError, match="changed since you opened it"):
            act()
    assert len(reviews.events(at.home)) == n
    acts.explain_away(at, sue, "a1", **KNOWN, until=DAY)


def test_only_a_decided_case_is_closed_as_decided(at: Desk) -> None:
    with pytest.raises(UsageError, match="not decided"):
        acts.close(at, by("sue"), ["UT-C-s1"], "settled")
    for name in ("ann", "bob"):
        judge(at, name, "UT-C-s1", CONFIRMED)
    assert acts.close(at, by("sue"), ["UT-C-s1"], "settled")[0].stage == "closed"


def test_one_person_closes_no_case_that_two_have_to_read(at: Desk) -> None:
    with pytest.raises(UsageError, match="UT-C-s1: two persons"):
        acts.close(at, by("sue"), ["UT-C-a1", "UT-C-s1"], "too-old")
    assert {"UT-C-a1", "UT-C-s1"} <= queue(at).keys()
    acts.close(at, by("sue"), ["UT-C-a1"], "too-old")
    for name in ("ann", "bob"):
        judge(at, name, "UT-C-s1", CONFIRMED)
    assert acts.close(at, by("sue"), ["UT-C-s1"], "too-old")[0].stage == "closed"
    (at.home.root / "undertow.toml").write_text('four_eyes = "always"')
    at.__dict__.pop("settings", None)
    with pytest.raises(UsageError, match="UT-C-b1: two persons"):
        acts.close(at, by("sue"), ["UT-C-b1"], "too-old")


def test_merged_cases_carry_their_verdicts(at: Desk, later: Desk) -> None:
    acts.close(at, by("sue"), ["UT-C-m1", "UT-C-m2"], "too-old")
    view = cases.case_view(later, user("ann"), "UT-C-m2", purpose="demo")
    assert (view.case_id, view.shown) == ("UT-C-m1", "closed")
    assert view.came_from == ("UT-C-m2",)


def test_a_known_explanation_holds_for_its_value_until_its_last_day(at: Desk, later: Desk) -> None:
    assert acts.explain_away(at, by("sue"), "v1", **KNOWN, until=DAY)
    for one in (by("sue"), OTHER):
        acts.explain_away(at, one, "s1", **KNOWN, until=DAY)
    assert not {"UT-C-v1", "UT-C-s1"} & queue(at).keys()
    view = cases.case_view(at, user("ann"), "UT-C-v1", purpose="demo")
    assert view.explained["v1"].scope == "The depot" and view.refusal and view.shown == cases.EXPLAINED
    assert cases.counts(at, user("cleo"))[cases.EXPLAINED] == 2
    assert {"UT-C-v1", "UT-C-s1"} & queue(later).keys() == {"UT-C-v1"}
    assert "UT-C-s1" in queue(undrawn(Desk(at.home, at.connection, DAY + timedelta(days=1))))


def test_what_was_explained_stands_in_the_history_also_once_it_is_replaced(at: Desk, later: Desk) -> None:
    for reason in ("first", "second"):
        acts.explain_away(at, by("sue"), "v1", **{**KNOWN, "reason": reason}, until=DAY)
    for opened in (at, later):  # there the flag has another value
        history = cases.case_view(opened, user("ann"), "UT-C-v1", purpose="demo").history
        assert [(one.what, one.reason) for one in history] == [
            ("explain-away", "first"),
            ("explain-away", "second"),
        ]
    assert not cases.case_view(at, user("ann"), "UT-C-a1", purpose="demo").history


def test_a_flag_on_which_two_persons_decide_is_explained_by_two(at: Desk) -> None:
    def explained(one: By, days: int) -> bool:
        return acts.explain_away(at, one, "s1", **KNOWN, until=DAY + timedelta(days=days))

    def is_queued(days: int) -> bool:
        return "UT-C-s1" in queue(undrawn(Desk(at.home, at.connection, DAY + timedelta(days=days))))

    assert not explained(by("sue"), 9) and not explained(by("sue"), 9) and is_queued(0)
    assert explained(OTHER, 5) and not is_queued(5) and is_queued(6)
    assert explained(by("sue"), 20) and is_queued(6)  # one person alone makes it no longer
    (at.home.root / "undertow.toml").write_text('four_eyes = "always"')
    at.__dict__.pop("settings", None)
    assert not acts.explain_away(at, by("sue"), "v1", **KNOWN, until=DAY)


# Of four known explanations: a flag without a value, one with a value, and two whose value counts days. The
# next night has one fact more for the first two, and one day more for the others.
UNVALUED = Raised("u1", "UT-C-u1", subject_id="GB-COH-41", value=None)
DAYS = Raised("d1", "UT-C-d1", subject_id="GB-COH-42", value=40.0, unit="days")
DAYS_GOING_BY = Raised("g1", "UT-C-g1", subject_id="GB-COH-43", value=40.0, unit="days to the release")
COUNTED = [UNVALUED, STOP, DAYS, DAYS_GOING_BY]
COUNTED_AFTER = [
    with_facts(UNVALUED, r2="b"),
    with_facts(STOP, r2="b"),
    replace(DAYS, value=41.0),
    replace(DAYS_GOING_BY, value=41.0),
]


def test_a_known_explanation_holds_for_the_facts_where_the_value_says_nothing(apart: Desk) -> None:
    """There is none, or it counts the days that go by."""
    for flag in COUNTED:
        for one in (by("sue"), OTHER):
            acts.explain_away(apart, one, flag.flag_id, **KNOWN, until=DAY)
    counted = {flag.case_id for flag in COUNTED}
    assert not counted & queue(apart).keys()
    assert counted & queue(undrawn(desk(apart.home))).keys() == {UNVALUED.case_id, DAYS.case_id}


def _many_nights(home: Home, nights_n: int, seed: int) -> tuple[int, int]:
    """Judge all that is in the queue each night, while evidence grows, flags come, cases merge and rules
    change. Returns how many cases came back, and how many were judged in all.
    """
    chance, back_n, judged_n = random.Random(seed), 0, 0
    flags = [Raised(f"f{n}", f"UT-C-f{n}", subject_id=f"GB-COH-{n}") for n in range(6)]
    version, known = "v1", dict[str, tuple[str, frozenset[tuple[str, str]]]]()
    for day in range(nights_n):
        if day:
            which = chance.randrange(len(flags))
            flags[which] = with_facts(flags[which], **{f"r{day}": "x"})
        if chance.random() < 0.3:
            flags.append(Raised(f"g{day}", flags[0].case_id, subject_id=f"GB-COH-g{day}"))
        if chance.random() < 0.2:
            gone = chance.choice(flags[1:]).case_id
            flags = [
                replace(flag, case_id=flags[0].case_id) if flag.case_id == gone else flag for flag in flags
            ]
        version = f"v{day}" if chance.random() < 0.1 else version
        night(home, flags, version=version)
        at = desk(home, DAY + timedelta(days=day))
        states = {flag.flag_id: (version, frozenset(flag.facts.items())) for flag in flags}
        changed = {
            flag.case_id
            for flag in flags
            if (before := known.get(flag.flag_id)) is None
            or before[0] != version
            or not states[flag.flag_id][1] <= before[1]
        }
        rows = {row.case_id: row for row in cases.queue(at, user("ann"))}
        assert rows.keys() == changed
        for case_id, row in rows.items():
            new = {one.flag_id for one in row.new}
            mine = {flag.flag_id for flag in flags if flag.case_id == case_id}
            if known.keys() & mine:
                back_n += 1
                assert new == {one for one in mine if known.get(one) is None or known[one] != states[one]}
            for reader in ("ann", "bob"):
                if cases.case_view(at, user(reader), case_id, purpose="demo").refusal == "":
                    judged_n += 1
                    acts.judge(at, by(reader), case_id, CONFIRMED)
        at.connection.close()
        known = states
    return back_n, judged_n


def test_over_nights_only_new_evidence_brings_a_case_back(home: Home) -> None:
    back_n, judged_n = _many_nights(home, 3, seed=4)
    assert back_n and judged_n > 6


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(3))
def test_over_thirty_nights_only_new_evidence_brings_a_case_back(home: Home, seed: int) -> None:
    back_n, judged_n = _many_nights(home, 30, seed)
    assert back_n > 20 and judged_n > 60


# --- time and retention -----------------------------------------------------------------------------------


def test_due_in_working_days_or_by_the_term_of_an_application(at: Desk) -> None:
    rows = queue(at)
    assert rows["UT-C-a1"].due_on == DAY + timedelta(days=28)
    assert rows["UT-C-b1"].due_on == DAY + timedelta(days=6)


LISTED = Raised("l1", "UT-C-l1", subject_id="GB-COH-44", indicator="LNK-010", subtype="candidate")
LOOKED_AT = Raised("l2", "UT-C-l2", "LNK-030", subject_id="GB-COH-45", lane="look", subtype="candidate")
ACCOUNT = Raised("p1", "UT-C-p1", subject_id="GB-COH-46", indicator="PUB-180")
SHARED_ACCOUNT = Raised("p2", "UT-C-p2", subject_id="GB-COH-47", indicator="PUB-170")
DUE = [LISTED, LOOKED_AT, ACCOUNT, SHARED_ACCOUNT]


def test_a_changed_account_is_due_on_the_day_and_a_candidate_for_a_list_in_one_working_day(
    apart: Desk,
) -> None:
    """Where it is of lane act: one that is only looked at waits."""
    days = {case_id: (row.due_on - DAY).days for case_id, row in queue(apart).items() if row.due_on}
    assert {flag.case_id: days[flag.case_id] for flag in (*DUE, UNVALUED)} == {
        ACCOUNT.case_id: 0,
        LISTED.case_id: 1,
        **{flag.case_id: 28 for flag in (LOOKED_AT, SHARED_ACCOUNT, UNVALUED)},
    }


def test_after_a_rollback_no_term_begins_anew(at: Desk, later: Desk) -> None:
    """The second release has no UT-C-m2."""
    back = undrawn(Desk(at.home, at.connection, DAY + timedelta(days=40)))
    for one in (at, later, back):
        retention.note_arrivals(one)
    with reviews.reading(at.home) as log:
        assert arrivals(log)["UT-C-m2"] == DAY


def test_an_unjudged_case_goes_after_its_period(at: Desk) -> None:
    assert len(queue(at)) == 6
    acts.assign(at, by("ann"), "UT-C-a1", "ann", hours=1)
    much_later = undrawn(Desk(at.home, at.connection, DAY + timedelta(days=181)))
    assert not queue(much_later)
    assert retention.expire(at.home, DAY + timedelta(days=600)) == 1
    assert not walk(reviews.events(at.home)).assigned and not review_chain.verify(at.home).faults


def test_a_verdict_goes_after_the_period_of_its_purpose(at: Desk) -> None:
    (at.home.root / "undertow.toml").write_text(
        '[[purpose]]\ncode = "kept"\ntitle = "t"\nlegal_basis = "l"\nkeep_days = 1825\n'
    )
    for purpose, case_id in (("kept", "UT-C-a1"), ("endless", "UT-C-b1")):
        for name in ("ann", "bob"):
            acts.judge(at, By(user(name), purpose), case_id, CONFIRMED)
    assert retention.expire(at.home, DAY + timedelta(days=900)) == 0
    assert retention.expire(at.home, DAY + timedelta(days=3_000)) == 4
    assert published.published(at.home)[0]["case_id"].to_list() == ["UT-C-b1"]
    assert not review_chain.verify(at.home).faults
    stored = reviews.path(at.home).read_bytes()
    assert stored.count(SECRET.encode()) == 2  # of the case that stays; nothing of the other in any page


def test_the_readings_of_a_decision_go_together_after_the_longer_period(at: Desk) -> None:
    (at.home.root / "undertow.toml").write_text(
        "".join(
            f'[[purpose]]\ncode = "{code}"\ntitle = "t"\nlegal_basis = "l"\nkeep_days = {days}\n'
            for code, days in (("bibob", 1825), ("permits", 365))
        )
    )
    for name, purpose in (("ann", "bibob"), ("bob", "permits")):
        acts.judge(at, By(user(name), purpose), "UT-C-s1", CONFIRMED)
    assert retention.expire(at.home, DAY + timedelta(days=900)) == 0
    assert retention.expire(at.home, DAY + timedelta(days=3_000)) == 4


def test_what_is_added_to_a_case_with_another_id_stays_as_long_as_its_verdict(at: Desk, later: Desk) -> None:
    """UT-C-m2, which was judged, has become part of UT-C-m1."""
    (at.home.root / "undertow.toml").write_text(
        '[[purpose]]\ncode = "kept"\ntitle = "t"\nlegal_basis = "l"\nkeep_days = 1825\n'
    )
    ann = By(user("ann"), "kept")
    for name in ("ann", "bob"):
        acts.judge(at, By(user(name), "kept"), "UT-C-m2", CONFIRMED)
    retention.note_arrivals(later)
    acts.record_done(later, ann, "UT-C-m1", ["refused"])
    attachments.add_file(later, ann, "UT-C-m1", "letter.pdf", b"letter")
    assert retention.expire(at.home, DAY + timedelta(days=900)) == 0
    assert attachments.sweep(at.home) == 0
    assert retention.expire(at.home, DAY + timedelta(days=3_000)) == 6
    assert attachments.sweep(at.home) == 1


def test_a_note_is_erased_and_its_verdict_stays(at: Desk) -> None:
    for name in ("ann", "bob"):
        judge(at, name, "UT-C-a1", CONFIRMED)
    assert retention.erase_notes(at, user("sue"), "UT-C-a1", "demo") == 2
    assert SECRET.encode() not in reviews.path(at.home).read_bytes()
    assert published.published(at.home)[0].height == 1 and not review_chain.verify(at.home).faults
    judge(at, "ann", "UT-C-b1", Given("confirmed", "other", "about  Bea\nQuillfeather"))
    assert retention.forget(at.home, ["bea quillfeather"]) == 1
    assert not review_chain.verify(at.home).faults


def test_those_drawn_without_a_flag_are_dealt_with(at: Desk) -> None:
    drawn = [one["entity_id"] for one in samples.unflagged(at, user("ann"), 10)]
    assert len(drawn) == 10 and drawn == [one["entity_id"] for one in samples.unflagged(at, user("ann"), 10)]
    assert set(drawn) < {f"GB-COH-{n}" for n in range(7, 20)}
    assert drawn != [one["entity_id"] for one in samples.unflagged(at, user("bob"), 10)]
    # Who stands in somebody's statement of account is not somebody that the authority deals with.
    assert "GB-COH-25" not in {one["entity_id"] for one in samples.unflagged(at, user("ann"), 99)}


PAID_OR_ASKED: dict[str, list[dict[str, object]]] = {
    "entity": [{"entity_id": f"GB-COH-{n}", "name": f"N{n}"} for n in range(10, 15)],
    "flow": [
        {"flow_id": "a", "payee_id": "GB-COH-10", "payer_id": "body:town_of_x", "payer_name": "Town of X"},
        {"flow_id": "b", "payee_id": "GB-COH-11", "payer_id": "body:elsewhere"},
    ],
    "subsidy": [
        {"subsidy_id": "a", "payee_id": "GB-COH-12", "funder_id": "body:town-of-x"},
        {"subsidy_id": "b", "payee_id": "GB-COH-13", "funder_id": "body:elsewhere"},
    ],
    "permit": [{"permit_id": "p", "applicant_id": "GB-COH-14", "state": "applied"}],
}


def test_whom_another_authority_pays_is_not_drawn(apart: Desk) -> None:
    def drawn() -> set[object]:
        return {one["entity_id"] for one in samples.unflagged(desk(apart.home), user("ann"), 99)}

    assert drawn() == {"GB-COH-14"}  # of two payers, the home does not say which one it is
    (apart.home.root / "undertow.toml").write_text('name = "Town of X"')
    assert drawn() == {"GB-COH-10", "GB-COH-12", "GB-COH-14"}


def test_every_user_of_these_tests_has_a_role() -> None:
    assert set(USERS.values()) <= set(rules.ROLES)
