"""How fast one file is fetched, beside curl, and what a round over every register with nothing new takes.

    python -m tests.benchmarks.fetch [--megabytes 1000] [--times 5] [--line MEGABYTES] [--folder DIR]

The server is a process of its own on loopback. curl and `undertow fetch` take the same file in turn; the
middle of the seconds and the highest peak of memory are taken. `download alone` is this fetch without the
start of Python, the checks and the rename. --line: most megabytes a second that the server sends. The second
part fetches every register that the server can play once, and measures the processor time of the next round.
Prints; checks nothing (the tests do)."""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from tempfile import TemporaryDirectory

from flows.fetching import manifest
from flows.fetching.manifest import Fetched
from flows.home.settings import Home
from tests.flows.prefect_servers import environment, running_server
from transforms.model.register import registers

NAME, REGISTER = "eurofxref-hist.csv", "eu_ecb_rates"
COMMAND = "import sys; from flows.cli.app import main; main(sys.argv[1:])"
ALONE = (
    "import sys; from pathlib import Path; from flows.fetching.download import download; import time; "
    "began = time.monotonic(); download(sys.argv[1], Path(sys.argv[2]), {}); "
    "print(time.monotonic() - began)"
)
MEGABYTE = 1_000_000
STEP_BYTES = 4 * MEGABYTE
ETAG = '"one"'
RELEASE = {"ocid": "ocds-zed-1", "id": "1", "date": "2026-06-01T00:00:00Z", "tag": ["award"]}
GOLDEN_FILE = {"full_file": {"csv": {"url": "golden.csv.zip", "size": 1}}}
GOLDEN_COPIES = {"publish_date": "2026-06-02 08:00:00"} | dict.fromkeys(("lei2", "rr", "repex"), GOLDEN_FILE)
# What publishers' pages offer, in short.
OFFERED = {
    "gb_coh_companies": "<a href='BasicCompanyDataAsOneFile-2026-06-01.zip'>",
    "gb_coh_psc": "".join(f"<a href='psc-snapshot-2026-06-02_{n}of32.zip'>" for n in range(1, 33)),
    "gb_hmlr_ccod": json.dumps({"result": {"resources": [{"file_name": "CCOD_FULL_2026_06.zip"}]}}),
    "gb_hmlr_ocod": json.dumps({"result": {"resources": [{"file_name": "OCOD_FULL_2026_06.zip"}]}}),
    "be_kbo": "<a href='KboOpenData_0343_2026_06_02_Full.zip'>",
    "be_brussels_subsidies": json.dumps(
        {
            "results": [
                {"dataset_id": f"subsides-{year}", "fields": [{"name": "beneficiaire_begunstigde"}]}
                for year in range(2016, 2026)
            ]
        }
    ),
    "bods": "<a href='json.zip'>",
    "ftm_entities": json.dumps(
        {
            "datasets": [
                {
                    "name": "sanctions",
                    "version": "20260601120000-abc",
                    "resources": [{"name": "entities.ftm.json", "url": "entities.ftm.json", "size": 1}],
                }
            ]
        }
    ),
    **dict.fromkeys(
        ("gleif_lei", "gleif_relationships", "gleif_exceptions"), json.dumps({"data": GOLDEN_COPIES})
    ),
    "ocds_releases": json.dumps({"version": "1.1", "releases": [RELEASE], "links": {"next": ""}}),
}


def serve(files: Path, line: int, ready: Connection) -> None:
    """Serve the files of a folder by name, with ranges and ETags, until killed."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            path = files / self.path.rpartition("/")[2].partition("?")[0]
            is_known = self.headers.get("If-None-Match") == ETAG
            size = path.stat().st_size if path.is_file() and not is_known else 0
            self.send_response(304 if is_known else 200 if path.is_file() else 404)
            self.send_header("ETag", ETAG)
            self.send_header("Content-Length", str(size))
            self.end_headers()
            if size and path.is_file():
                with path.open("rb") as file:
                    for at in range(0, size, STEP_BYTES):
                        began = time.monotonic()
                        self.connection.sendfile(file, at, min(STEP_BYTES, size - at))
                        if line:
                            pause = STEP_BYTES / (line * MEGABYTE) - (time.monotonic() - began)
                            time.sleep(max(0.0, pause))

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ready.send(server.server_address[1])
    server.serve_forever()


@contextmanager
def served(files: Path, line: int = 0) -> Iterator[str]:
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(files, line, there), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.kill()


def run(
    arguments: Sequence[str],
    into: int = subprocess.DEVNULL,
    environment: Mapping[str, str] | None = None,
) -> tuple[float, float, float]:
    """Seconds, seconds of processor, and peak MiB of one process. Raises CalledProcessError."""
    began = time.monotonic()
    process = subprocess.Popen(arguments, stdout=into, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 5):
        raise subprocess.CalledProcessError(os.waitstatus_to_exitcode(status), arguments)
    return time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def one_file(folder: Path, megabytes: int, times: int, line: int) -> None:
    files = folder / "files"
    files.mkdir()
    rows = "".join(f"2026-01-{1 + n % 28:02},1.{n:06},160.{n:06},\n" for n in range(100_000)).encode()
    with (files / NAME).open("wb") as file:
        file.write(b"Date,USD,JPY,\n")
        while file.tell() < megabytes * MEGABYTE:
            file.write(rows)
    with served(files, line) as address:
        ours, theirs, alone = [], [], []
        for turn in range(times):
            target, home = folder / f"curl{turn}", folder / f"home{turn}"
            theirs.append(run(["curl", "-s", "-o", str(target), f"{address}/{NAME}"]))
            target.unlink()
            home.mkdir()
            (home / "sources.toml").write_text(f'[{REGISTER}]\nurl = "{address}/{NAME}"\n', encoding="utf-8")
            ours.append(run([sys.executable, "-c", COMMAND, "fetch", REGISTER, "--home", str(home)]))
            (home / "landing" / REGISTER / NAME).unlink()
            path = folder / f"alone{turn}"
            printed = subprocess.check_output([sys.executable, "-c", ALONE, f"{address}/{NAME}", str(path)])
            alone.append(float(printed))
            path.unlink()
    curl, fetch, bare = (median(each) for each in ([t[0] for t in theirs], [t[0] for t in ours], alone))
    print(f"{megabytes} MB, line {line or 'unlimited'}, middle of {times}:")
    print(f"  curl            {curl:6.2f} s  {megabytes / curl:7.0f} MB/s")
    print(f"  download alone  {bare:6.2f} s  {megabytes / bare:7.0f} MB/s  {curl / bare:.2f} of curl")
    print(f"  undertow fetch  {fetch:6.2f} s  {megabytes / fetch:7.0f} MB/s  {curl / fetch:.2f} of curl")
    cpu, peak = median(used[1] for used in ours), max(used[2] for used in ours)
    print(f"  undertow fetch  {cpu:6.2f} s of processor, peak {peak:.0f} MiB")


def nothing_new(folder: Path) -> None:
    """Every register in a home that has everything that is offered; what `OFFERED` lacks is one file, or a
    list of ten.
    """
    files, home = folder / "pages", Home(folder / "held")
    files.mkdir()
    home.secrets.mkdir(parents=True)
    settings = list[str]()
    with served(files) as address:
        for name, register in registers().items():
            if (source := register.source) is None:
                continue
            (files / name).write_bytes(page := OFFERED.get(name, "").encode())
            numbers = [f"2026{number:05}" for number in range(10)] if "{number}" in source.url else []
            url = f"{address}/{name}" + ("/{number}" if numbers else "")
            settings += [f'[{name}]\nurl = "{url}"', f'login_url = "{address}/login"', f"numbers = {numbers}"]
            for secret, text in ((source.key, "key"), (source.login, "user\nword")):
                if secret:
                    (home.secrets / secret).write_text(text, encoding="utf-8")
                    (home.secrets / secret).chmod(0o600)
            held = [offer.name for offer in source.offers(page, url)] if source.offers else [name]
            if numbers:
                held = [source.name_of_number.format(number=number) for number in numbers]
            for each in source.names or held:
                then = "2026-06-02T03:00:00+00:00"
                line = Fetched(name, each, url, "", 1, ETAG, None, None, register.licence, then)
                manifest.add(home, line)
        (home.root / "sources.toml").write_text("\n".join(settings), encoding="utf-8")
        command = [sys.executable, "-c", COMMAND, "fetch", "--json", "--home", str(home.root)]
        with (folder / "said").open("w+") as output:
            took, cpu, peak = run(command, output.fileno())
            output.seek(0)
            results = json.load(output)
        _print_round(results, took, cpu, peak)
        as_flow(folder, home.root)


def _print_round(results: Sequence[Mapping[str, str]], took: float, cpu: float, peak: float) -> None:
    others = [f"{each['register']} {each['state']} {each['message']}".strip() for each in results]
    others = [line for line in others if not line.endswith(" unchanged")]
    print(f"{len(results)} registers, {len(results) - len(others)} with nothing new, {', '.join(others)}:")
    print(f"  undertow fetch: {took:.2f} s, {cpu:.2f} s of processor, peak {peak:.0f} MiB")


def as_flow(folder: Path, home: Path) -> None:
    """The same round as the Prefect flow, with a server of its own."""
    flow = "import sys; from flows.fetch import fetch; fetch(sys.argv[1], return_state=True)"
    (folder / "prefect").mkdir()
    before = getrusage(RUSAGE_CHILDREN)
    with running_server(folder / "prefect") as port:
        url = f"http://127.0.0.1:{port}/api"
        made = environment(PREFECT_API_URL=url, PREFECT_LOGGING_LEVEL="CRITICAL", DO_NOT_TRACK="1")
        took, cpu, peak = run([sys.executable, "-c", flow, str(home)], environment=made)
    after = getrusage(RUSAGE_CHILDREN)
    both = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"  as a flow: {took:.2f} s, {cpu:.2f} s of processor, peak {peak:.0f} MiB;", end=" ")
    print(f"{both:.2f} s of processor with its server and the start of that")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--line", type=int, default=0)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with TemporaryDirectory(dir=given.folder) as folder:
        one_file(Path(folder), given.megabytes, given.times, given.line)
        nothing_new(Path(folder))


if __name__ == "__main__":
    main()
