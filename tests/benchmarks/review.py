"""How long the review app takes to answer: a case, the queue, a search, a verdict.

    python -m tests.benchmarks.review HOME [--reviewers 20] [--rounds 10]

HOME is any synthetic home with a release; its state is copied, so nothing is written to it. Starts the app as
its own process, signs reviewers in, and lets each open the queue, open a case that it has not opened, open it
again, search for a company and judge the case, `--rounds` times, without a pause. Goals, at the median: a
case in 200 ms, the queue in 200 ms, a search in 500 ms.

Prints milliseconds until the answer, and of the server's processor for one answer (which is right with one
reviewer only). Checks nothing but that every answer is the one expected and every verdict is kept once;
counts verdicts that were refused, as other readers came first."""

import argparse
import re
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory

import httpx2

from flows.facts.rows import query_rows
from flows.home.settings import Home
from flows.journal import reviews
from flows.release.store import open_current
from tests.flows.web.served import PASSWORD, Server, copied, served

HIDDEN = re.compile(r'name="(csrf|key|stamp|seen)" value="([^"]*)"')
CASES = "select case_id from v_case order by position limit $most"
COMPANIES = "select name from v_company order by hash(company_id) limit $most"
Times = dict[str, list[float]]


def hidden(page: str, action: str) -> dict[str, str]:
    """The hidden fields of a form."""
    start = page.index(f'action="{action}')
    return dict(HIDDEN.findall(page[start : page.index("</form>", start)]))


class Reviewer:
    """One user at work. `times`: milliseconds of each kind of answer. `stages`: what became of verdicts."""

    def __init__(self, server: Server, name: str) -> None:
        self.client, self.server = httpx2.Client(base_url=server.base, timeout=120), server
        self.name, self.stages = name, Counter[str]()
        self.times: Times = defaultdict(list)
        self.processor: Times = defaultdict(list)

    def sign_in(self) -> None:
        form = hidden(self.client.get("/sign-in").text, "/sign-in")
        answer = self.client.post("/sign-in", data={**form, "name": self.name, "password": PASSWORD})
        assert answer.status_code == 303, answer.status_code

    def work(self, cases: Sequence[str], companies: Sequence[str]) -> None:
        for case_id, company in zip(cases, companies, strict=True):
            address = f"/cases/{case_id}.html"
            self.timed("queue", "/queue")
            front = self.timed("front page", "/")
            if f"/cases/{case_id}/purpose" in (page := self.timed("purpose", address)):
                form = hidden(page, f"/cases/{case_id}/purpose")
                self.client.post(f"/cases/{case_id}/purpose", data={**form, "purpose": "demo"})
            page = self.timed("case, first time", address)
            page = self.timed("case", address)
            answers = {**hidden(front, "/check"), "what": company, "purpose": "demo"}
            self.timed("search", "/check", answers)
            if 'name="stamp"' in page:
                self.judge(case_id, hidden(page, f"/cases/{case_id}/verdict"))

    def judge(self, case_id: str, form: dict[str, str]) -> None:
        start = time.perf_counter()
        form |= {"choice": "no-concern/explained", "note": "benchmark"}
        status = self.client.post(f"/cases/{case_id}/verdict", data=form).status_code
        self.times["verdict"].append(1000 * (time.perf_counter() - start))
        assert status in (303, 400, 409), status
        self.stages["recorded" if status == 303 else "refused, and said so"] += 1

    def timed(self, kind: str, address: str, form: dict[str, str] | None = None) -> str:
        start, cpu_start = time.perf_counter(), self.server.processor_seconds
        answer = self.client.get(address) if form is None else self.client.post(address, data=form)
        self.times[kind].append(1000 * (time.perf_counter() - start))
        self.processor[kind].append(1000 * (self.server.processor_seconds - cpu_start))
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.text


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("home", type=Path)
    parser.add_argument("--reviewers", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=10)
    given = parser.parse_args()
    names = [f"reviewer-{n}" for n in range(given.reviewers)]
    with open_current(Home(given.home)) as connection:
        cases = [str(row["case_id"]) for row in query_rows(connection, CASES, most=given.rounds * 8)]
        rows = query_rows(connection, COMPANIES, most=given.rounds * len(names))
        companies = [str(row["name"]) for row in rows]
    with TemporaryDirectory() as folder:
        roles = dict.fromkeys(names, "reviewer")
        home = copied(Home(given.home), Path(folder) / "home", roles, is_linked=True)
        with served(home) as server, ThreadPoolExecutor(len(names)) as pool:
            reviewers = [Reviewer(server, name) for name in names]
            for one in reviewers:
                one.sign_in()
            start = time.perf_counter()
            for done in [
                pool.submit(
                    one.work,
                    [cases[(n + place * 7) % len(cases)] for place in range(given.rounds)],
                    companies[n * given.rounds : (n + 1) * given.rounds],
                )
                for n, one in enumerate(reviewers)
            ]:
                done.result()
            show(reviewers, time.perf_counter() - start)
        kept = Counter((event.by, event.case_id) for event in reviews.events(home) if event.kind == "verdict")
        recorded_n = sum(one.stages["recorded"] for one in reviewers)
        print(f"verdicts kept: {kept.total()} of {recorded_n} recorded; twice: {kept.total() - len(kept)}")


def show(reviewers: Sequence[Reviewer], seconds: float) -> None:
    times: Times = defaultdict(list)
    processor: Times = defaultdict(list)
    stages: Counter[str] = Counter()
    for one in reviewers:
        stages += one.stages
        for kind, taken in one.times.items():
            times[kind] += taken
            processor[kind] += one.processor[kind]
    print(f"{len(reviewers)} reviewers, {seconds:.0f} s; {dict(stages)}")
    for kind, taken in times.items():
        used = f"   processor {mean(processor[kind]):5.0f} ms" if processor[kind] else ""
        print(
            f"{kind:<17} {len(taken):4} answers, median {median(taken):5.0f}, most {max(taken):5.0f} ms{used}"
        )


if __name__ == "__main__":
    main()
