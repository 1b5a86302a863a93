"""The web server's worker: it notes when a request had arrived whole, however long it then waits for a free thread.

At a bell that instant counts (design 04 §6). Under a rush a request may lie for seconds in the thread pool's queue; who sent in
time is in time all the same.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from portal.core.clock import ARRIVED

#: A request up to this size, with its head, is looked at before a thread reads it; a larger one counts when it is read.
LOOKED_AT = 65_536
#: Seconds that a new connection may stay silent. Browsers open some ahead of need.
SILENCE = 5.0

_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*(\d{1,10})[ \t]*\r?$")
_CHUNKED = re.compile(rb"(?im)^transfer-encoding:")


class Worker(ThreadWorker):
    """gunicorn's threaded worker, with ``environ[ARRIVED]``."""

    wsgi: Callable[[dict[str, Any], Any], Iterable[bytes]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._present = threading.local()

    def accept(self, listener: socket.socket) -> None:
        """Let a new connection wait in the poller for its first bytes, where waiting costs no thread."""
        if self.cfg.is_ssl:
            super().accept(listener)
            return
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return  # another worker was first, or the caller has gone
        conn = TConn(self.cfg, client, address, listener.getsockname())
        conn.timeout = time.monotonic() + SILENCE
        self.nr_conns += 1
        self.pending_conns.append(conn)
        self.poller.register(client, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def enqueue_req(self, conn: TConn) -> None:
        """Hand the connection to the pool, with the time if all of its request is here."""
        conn.arrived = time.monotonic() if not self.cfg.is_ssl and is_whole(conn.sock) else None
        super().enqueue_req(conn)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Answer one request in a thread of the pool."""
        self._present.arrived, conn.arrived = conn.arrived, None
        return super().handle_request(req, conn)

    def load_wsgi(self) -> None:
        """Load the portal, behind a door that adds the time."""
        super().load_wsgi()
        portal = self.wsgi

        def dated(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            # Taken out: a request that comes to this thread by another way must not find it.
            if (arrived := self._present.__dict__.pop("arrived", None)) is not None:
                environ[ARRIVED] = arrived
            return portal(environ, start_response)

        self.wsgi = dated


def is_whole(sock: socket.socket) -> bool:
    """Whether head and body of the next request lie in the socket's buffer; nothing is taken out."""
    try:
        seen = sock.recv(LOOKED_AT, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except OSError:
        return False
    head, end, body = seen.partition(b"\r\n\r\n")
    if not end:
        return False
    if length := _LENGTH.search(head):
        return len(body) >= int(length[1])
    return _CHUNKED.search(head) is None
