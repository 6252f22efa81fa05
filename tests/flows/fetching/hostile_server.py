"""A server on loopback that gives one file, and misbehaves as it is told."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ETAG = '"one"'


@dataclass
class Behaviour:
    """How requests are answered. cuts: bytes after which the n-th answer ends, and with it its connection.
    answer: writes the whole answer itself, and returns true; else the file is sent.
    """

    body: bytes
    etag: str | None = ETAG
    headers: dict[str, str] = field(default_factory=dict)
    cuts: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    takes_ranges: bool = True
    range_shift: int = 0
    length_shift: int = 0
    pause: float = 0.0
    answer: Callable[[BaseHTTPRequestHandler, "Behaviour"], bool] | None = None
    ranges: list[str | None] = field(default_factory=list)  # Range of each request


def _handler(behaviour: Behaviour) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            behaviour.ranges.append(self.headers.get("Range"))
            if behaviour.answer and behaviour.answer(self, behaviour):
                return
            if behaviour.statuses:
                self._status(behaviour.statuses.pop(0))
                return
            if behaviour.etag and self.headers.get("If-None-Match") == behaviour.etag:
                self._status(304)
                return
            self._file()

        def _status(self, status: int) -> None:
            self.send_response(status)
            for name, value in behaviour.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _file(self) -> None:
            start = 0
            wanted = self.headers.get("Range")
            is_range = wanted is not None and behaviour.takes_ranges
            if wanted is not None and is_range:
                start = int(wanted.removeprefix("bytes=").partition("-")[0])
                if start >= len(behaviour.body):
                    self._status(416)
                    return
            sent = behaviour.body[start + (behaviour.range_shift if is_range else 0) :]
            self.send_response(206 if is_range else 200)
            for name, value in behaviour.headers.items():
                self.send_header(name, value)
            if behaviour.etag:
                self.send_header("ETag", behaviour.etag)
            if is_range:
                last = len(behaviour.body) - 1
                self.send_header("Content-Range", f"bytes {start}-{last}/{len(behaviour.body)}")
            self.send_header("Content-Length", str(len(behaviour.body) - start + behaviour.length_shift))
            self.end_headers()
            self._body(sent[: behaviour.cuts.pop(0)] if behaviour.cuts else sent)
            if behaviour.length_shift > 0 or len(sent) != len(behaviour.body) - start:
                self.close_connection = True

        def _body(self, sent: bytes) -> None:
            step = len(sent) // 10 + 1 if behaviour.pause else len(sent) or 1
            for place in range(0, len(sent), step):
                self.wfile.write(sent[place : place + step])
                self.wfile.flush()
                time.sleep(behaviour.pause)
            self.close_connection = True

    return Handler


@contextmanager
def served(behaviour: Behaviour, certificate: Path | None = None) -> Iterator[str]:
    """The address of the server, without a path. certificate: with its key; then it speaks TLS."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(behaviour))
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http{'s' if certificate else ''}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def nobody() -> Iterator[str]:
    """An address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
