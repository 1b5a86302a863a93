"""Public pages through the real web server: rate, processor time, statements, and growth of a list with what it lists."""

from __future__ import annotations

import http.client
import threading
import time
from io import StringIO
from urllib.parse import urlsplit

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.benchmarks.place import Web, web
from tests.benchmarks.report import Report, Timings

CLIENTS, REQUESTS = 4, 150
#: Address → what it stands for, the rate and statements aimed at (10 "Benchmarks to have").
PAGES = {
    "/ko/": ("home", "≥ 180", "≤ 8"),
    "/ko/calls/": ("list of calls", "≥ 180", "≤ 8"),
    "/ko/calls/space-mapo/": ("a call", "≥ 300", "≤ 8"),
    "/ko/space/": ("hubs", "≥ 180", "≤ 8"),
    "/ko/plan/seoul/": ("the plan", "≥ 180", "≤ 8"),
    "/ko/log/": ("the ledger", "≥ 180", "≤ 8"),
}


def run(report: Report) -> None:
    """Print what each page costs a visitor who is not signed in."""
    for command in ("ledger_init", "load_plans", "load_pages", "load_demo_people", "load_demo_places"):
        call_command(command, stdout=StringIO())
    statements = {path: _statements(path) for path in PAGES}
    began = time.perf_counter()
    with web(report.place) as server:
        report.row("start to the first 200", time.perf_counter() - began, "s", aim="≤ 3")
        for path, (name, rate, most) in PAGES.items():
            cpu = server.cpu()
            timings = load(server, path)
            report.row(name, timings.rate, "pages/s", aim=rate, note=f"p95 {timings.ms(95):.0f} ms")
            report.row(f"{name}: processor", 1000 * (server.cpu() - cpu) / len(timings.seconds), "ms/page", aim="≤ 9")
            report.row(f"{name}: statements", statements[path], "", aim=most)
        report.row("memory of a worker", max(server.memory()), "MB", aim="≤ 170", note="proportional set size")


def _statements(path: str) -> int:
    """SQL statements of the second visit; the first may fill caches."""
    client = Client(HTTP_HOST="127.0.0.1")
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return len(queries)


def load(server: Web, path: str, *, clients: int = CLIENTS, requests: int = REQUESTS) -> Timings:
    """``clients`` keep-alive connections ask for ``path`` as fast as they are answered, each ``requests`` times."""
    seconds: list[float] = []
    threads = [threading.Thread(target=_ask, args=(server.url, path, requests, seconds)) for _ in range(clients)]
    began, cpu = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seconds) == clients * requests, "a request failed"
    return Timings(seconds, time.perf_counter() - began, time.process_time() - cpu)


def _ask(url: str, path: str, requests: int, seconds: list[float]) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    for _ in range(requests):
        began = time.perf_counter()
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        assert response.status == 200, response.status
        seconds.append(time.perf_counter() - began)
    connection.close()
