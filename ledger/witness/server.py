"""The witness's process: HTTP on loopback around `Witness`: `python -m ledger.witness`."""

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ledger import durable
from ledger.signer import DEFAULT_ORIGIN
from ledger.witness.protocol import Answer, Witness, WitnessError, WitnessFolder, witness_name

MAX_BODY = 64 * 1024
MAX_CONNECTIONS = 32
READ_SECONDS = 10
logger = logging.getLogger("ledger.witness")


class Handler(BaseHTTPRequestHandler):
    """POST /add-checkpoint, GET /<sha256 of the origin>/checkpoint."""

    timeout = READ_SECONDS
    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_POST(self) -> None:
        """A log asks for a cosignature."""
        if self.path != "/add-checkpoint":
            self._say(Answer(HTTPStatus.NOT_FOUND, "not found\n"), close=True)
            return
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or "Transfer-Encoding" in self.headers:
            self._say(Answer(HTTPStatus.LENGTH_REQUIRED, "a body with a Content-Length\n"), close=True)
        elif int(length) > MAX_BODY:
            self._say(Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {MAX_BODY} bytes\n"), close=True)
        else:
            self._say(self._ask(self.rfile.read(int(length)), int(length)))

    def do_GET(self) -> None:
        """A monitor asks what was cosigned last."""
        parts = self.path.split("/")
        if len(parts) != 3 or parts[2] != "checkpoint":
            self._say(Answer(HTTPStatus.NOT_FOUND, "not found\n"))
        else:
            self._say(self.server.witness.latest(parts[1]))

    def _ask(self, body: bytes, length: int) -> Answer:
        if len(body) != length:
            return Answer(HTTPStatus.BAD_REQUEST, "the body ended early\n")
        try:
            return self.server.witness.add_checkpoint(body)
        except (OSError, ValueError) as error:
            logger.error("cannot answer: %s", error)
            return Answer(HTTPStatus.SERVICE_UNAVAILABLE, "this witness cannot answer now\n")

    def _say(self, answer: Answer, *, close: bool = False) -> None:
        data = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(data)))
        if close:
            # The body was not read; the connection cannot go on.
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def version_string(self) -> str:
        return "witness"

    def log_message(self, *args: Any) -> None:
        """Nobody's address is written down."""


class Server(ThreadingHTTPServer):
    """A thread for each connection, as many as there are slots; who comes later is hung up on."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], witness: Witness) -> None:
        super().__init__(address, Handler)
        self.witness = witness
        self._slots = threading.BoundedSemaphore(MAX_CONNECTIONS)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._slots.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        logger.info("a connection broke off: %s", sys.exception())


def serve(witness: Witness, address: tuple[str, int]) -> None:
    """Answers until SIGTERM or SIGINT. The folder's file `address` says where, as the port may be any free one."""
    with Server(address, witness) as server:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
        host, port = server.server_address[:2]
        where = f"http://{host if isinstance(host, str) else host.decode()}:{port}"
        durable.write(witness.folder.address, f"{where}\n".encode(), 0o600)
        logger.info("%s answers at %s", witness.name, where)
        server.serve_forever(poll_interval=0.2)


def main(arguments: Sequence[str] | None = None) -> int:
    """`--init` makes key and memory once; `--vkey` prints the verifier key; `--know` adds a log's key, `--forget` takes

    one away; else it serves.
    """
    parser = argparse.ArgumentParser(prog="python -m ledger.witness", description="A witness for transparency logs.")
    parser.add_argument("--init", action="store_true", help="make key and memory; refused where a witness was before")
    parser.add_argument("--vkey", action="store_true", help="print the witness's verifier key")
    parser.add_argument("--know", metavar="VKEY", help="watch the log with this verifier key")
    parser.add_argument("--forget", metavar="VKEY", help="take a log's retired key away")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        return _run(options, _from_environment())
    except (ValueError, OSError) as error:
        logger.error("%s", error)
        return 1


def _run(options: argparse.Namespace, witness: Witness) -> int:
    if options.init:
        witness.folder.initialise()
    if not witness.folder.is_initialised():
        raise WitnessError(f"{witness.folder.folder} holds no memory of what was cosigned: was it initialised?")
    if options.know:
        witness.folder.know(options.know)
    if options.forget:
        witness.folder.forget(options.forget)
    if options.init or options.vkey or options.know or options.forget:
        sys.stdout.write(f"{witness.vkey()}\n")
        return 0
    witness.vkey()
    serve(witness, _listen(os.environ.get("LEDGER_WITNESS_LISTEN") or "127.0.0.1:0"))
    return 0


def _listen(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit():
        raise ValueError(f"LEDGER_WITNESS_LISTEN is host:port, not {text!r}")
    return host, int(port)


def _from_environment() -> Witness:
    var = Path(os.environ.get("VAR_DIR") or Path(__file__).resolve().parent.parent / "var")
    folder = WitnessFolder(Path(os.environ.get("LEDGER_WITNESS_DIR") or var / "witness"))
    origin = os.environ.get("LEDGER_ORIGIN") or DEFAULT_ORIGIN
    return Witness(folder, os.environ.get("LEDGER_WITNESS_NAME") or witness_name(origin))
