"""Receivers of messages on loopback: a mail server, and a web server that may refuse."""

import json
import socketserver
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

HOST = "127.0.0.1"


@dataclass
class Web:
    """What was posted, decoded. `status`: answered to each."""

    port: int = 0
    status: int = 200
    posted: list[dict[str, Any]] = field(default_factory=list)

    @property
    def last(self) -> str:
        """Title and text of the newest message, as Apprise's `json://` gives them."""
        return f"{self.posted[-1]['title']}\n{self.posted[-1]['message']}"


@contextmanager
def web_receiver(certificate: Path | None = None) -> Iterator[Web]:
    """A web server; over TLS with a PEM file of certificate and key."""
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            web.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(web.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        web.port = server.server_port
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield web
        server.shutdown()


@contextmanager
def mail_receiver() -> Iterator[tuple[int, list[EmailMessage]]]:
    """The port of a mail server, and the mails that it took."""
    mails: list[EmailMessage] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 ready")
            for line in self.rfile:
                match line.upper().split()[:1]:
                    case [b"DATA"]:
                        self._say("354 go on")
                        mails.append(self._mail())
                        self._say("250 taken")
                    case [b"QUIT"]:
                        self._say("221 bye")
                        return
                    case _:
                        self._say("250 yes")

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def _mail(self) -> EmailMessage:
            lines = iter(self.rfile.readline, b".\r\n")
            parsed = message_from_bytes(b"".join(lines), policy=policy.default)
            assert isinstance(parsed, EmailMessage)
            return parsed

    with socketserver.ThreadingTCPServer((HOST, 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server.server_address[1], mails
        server.shutdown()
