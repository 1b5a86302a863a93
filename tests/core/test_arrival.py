"""When a request had arrived whole, told by the worker's own steps: no waiting, no busy machine in between."""

from __future__ import annotations

import io
import selectors
import socket
import time
from datetime import timedelta

import pytest
from django.test import RequestFactory
from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger

from portal.core import arrival, clock
from portal.core.arrival import ARRIVED, Worker

HEAD = b"POST /send HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"


class Echo(BaseApplication):
    """Answers with the instant it was told."""

    def load_config(self):
        self.cfg.set("threads", 1)

    def load(self):
        def application(environ, start_response):
            body = repr(environ.get(ARRIVED)).encode()
            start_response("200 OK", [("Content-Length", str(len(body)))])
            return [body]

        return application


class Held:
    """A thread pool whose only thread is busy: what is handed over waits until ``release``."""

    def __init__(self):
        self.waiting = []

    def submit(self, function, *args):
        self.waiting.append((function, args))
        return self

    def add_done_callback(self, function):
        pass

    def release(self):
        for function, args in self.waiting:
            function(*args)
        self.waiting.clear()


@pytest.fixture
def server():
    config = Config()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    worker = Worker(1, 1, [listener], Echo(), 30, config, Logger(config))
    worker.tpool, worker.poller = Held(), selectors.DefaultSelector()
    worker.load_wsgi()
    worker.set_accept_enabled(True)
    yield worker
    worker.poller.close()
    worker.tmp.close()
    listener.close()


@pytest.fixture
def client(server):
    with socket.create_connection(server.sockets[0].getsockname(), timeout=60) as client:
        server.wait_for_and_dispatch_events(60)
        [conn] = server.pending_conns
        yield client
        conn.close()


def answer(client):
    seen = io.BytesIO()
    while chunk := client.recv(65536):
        seen.write(chunk)
        if b"\r\n\r\n" in seen.getvalue() and not seen.getvalue().endswith(b"\r\n\r\n"):
            break
    return seen.getvalue().rpartition(b"\r\n\r\n")[2].decode()


def test_the_time_of_waiting_for_a_thread_is_not_counted(server, client):
    before = time.monotonic()
    client.sendall(HEAD + b"Content-Length: 5\r\n\r\nhello")
    server.wait_for_and_dispatch_events(60)
    handed = time.monotonic()
    server.tpool.release()
    assert before <= float(answer(client)) <= handed


def test_a_connection_that_says_nothing_holds_no_thread(server, client):
    assert (server.tpool.waiting, len(server.pending_conns)) == ([], 1)


@pytest.mark.parametrize("sent", [HEAD, HEAD + b"Content-Length: 5\r\n\r\nhell", HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab"])  # fmt: skip
def test_what_is_not_here_whole_has_no_instant(server, client, sent):
    client.sendall(sent)
    server.wait_for_and_dispatch_events(60)
    rest = {HEAD: b"\r\n"}.get(sent, b"o" if b"Length" in sent else b"\r\n0\r\n\r\n")
    client.sendall(rest)
    server.tpool.release()
    assert answer(client) == "None"


def test_every_request_of_a_connection_has_its_own(server, client):
    client.sendall(HEAD + b"\r\n")
    server.wait_for_and_dispatch_events(60)
    [(_handle, (conn,))] = server.tpool.waiting
    server.tpool.release()
    first = float(answer(client))
    client.sendall(HEAD + b"\r\n")
    assert server.handle(conn) is True
    assert answer(client) == "None"
    client.sendall(HEAD + b"\r\n")
    while not arrival.is_whole(conn.sock):
        pass
    server.enqueue_req(conn)
    server.tpool.release()
    assert float(answer(client)) > first


@pytest.mark.django_db
def test_the_database_says_the_time_and_the_waiting_is_taken_off():
    factory, half = RequestFactory(), timedelta(seconds=30)
    before = clock.database_now()
    waited = factory.post("/", **{ARRIVED: time.monotonic() - half.total_seconds()})
    seen, plain = clock.arrived_at(waited), clock.arrived_at(factory.post("/"))
    after = clock.database_now()
    assert before - half <= seen <= after - half
    assert before <= plain <= after
