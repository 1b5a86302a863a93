"""The opening rush: 5,000 people for 30 seats, through the waiting room, over HTTP on two workers.

First what the server gives: entries, claims as fast as they go, places asked for. Then a run opens with its gate at a share of
that. Four in five are there before the opening, the others come after it; everybody asks for the place as often as the server
says and claims when let in, one in five from two tabs at once, one in ten once more after the answer. The tables are compared
with what people were told; that is asserted, times are printed. Beside it the usual way, count and then insert, sells the same
seats to the same people.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import StringIO
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from django.core.management import call_command
from django.db import connection

from tests.benchmarks.intake import TOKEN, sessions
from tests.benchmarks.place import Web, web
from tests.benchmarks.report import Report, Timings

PEOPLE, SEATS = 5_000, 30
EARLY, TWO_TABS, AGAIN = 0.8, 5, 10
#: Seconds after the opening within which the late ones come.
LATE_S = 45.0
TRIAL, WARM = 800, 100
#: Of the claims that a crowd gets through, the share at which the gate lets people in.
STEADY = 0.7
AIM = 100.0
WORKERS, THREADS = 2, 16
#: Connections of the trial, as many as the server works on at once; and of the rush, where everybody has one of their own.
CROWD, CLIENTS = WORKERS * THREADS, 200
ASKS = 3_000


def run(report: Report) -> None:
    """Print what the server gives, then the rush, then how the usual way would have sold the seats."""
    call_command("ledger_init", stdout=StringIO())
    people = made_people(PEOPLE)
    with web(report.place, workers=WORKERS, threads=THREADS) as server:
        gate, entries = find_gate(report, server, people[:TRIAL])
        opening = rush(report, server, people, gate, entries)
    check(report, people, opening)
    report.row(
        "sold by count, then insert", naive(people), "seats", aim=f"{SEATS}", note="the same people, 16 connections"
    )
    report.row("load of the machine at the end", os.getloadavg()[0], "")


# --- People -------------------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Student:
    """A signed-in person; what the server last said of the place, and the statuses of all claims."""

    pk: int
    cookie: str
    ticket: str = ""
    position: int = 0
    told: list[int] = field(default_factory=list)


def made_people(number: int) -> list[Student]:
    from college.models import Person, PersonAccount
    from portal.accounts.models import User
    from portal.core.clock import database_now

    users = User.objects.bulk_create(
        User(email=f"s{n}@rush.example", name=f"학생{n}", password="!x") for n in range(number)
    )
    persons = Person.objects.bulk_create(Person(name=user.name) for user in users)
    PersonAccount.objects.bulk_create(
        PersonAccount(person=person, user=user) for person, user in zip(persons, users, strict=True)
    )
    keys = sessions(users, database_now() + timedelta(hours=8))
    return [
        Student(person.pk, f"sessionid={key}; csrftoken={TOKEN}") for person, key in zip(persons, keys, strict=True)
    ]


_number = count(1)


def published(opens_at: datetime, *, seats: int, room: bool, gate: int = 50) -> Any:
    from college import services
    from portal.core.clock import database_now
    from tests.factories import college as factory

    policy = {"version": "bench", "seats": {"waiting_room": room, "admit_per_s": gate}}
    times = {"opens_at": opens_at, "closes_at": opens_at + timedelta(days=1), "late_join_until": opens_at + timedelta(days=9)}  # fmt: skip
    days = {"starts_date": (opens_at + timedelta(days=10)).date(), "ends_date": (opens_at + timedelta(days=40)).date()}
    made = factory.college(capacity=seats, publish=False, policy=policy, code=f"rush-{next(_number)}", **times, **days)
    services.publish_run(run=made.run, by=made.officer, now=database_now())
    return made.run


# --- One frugal client --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


class Clients:
    """So many kept-alive connections in one process; who wants one waits for it, and the wait counts as waiting."""

    def __init__(self, server: Web, number: int) -> None:
        self.host = urlsplit(server.url).netloc
        self.free: asyncio.Queue[Any] = asyncio.Queue()
        for _ in range(number):
            self.free.put_nowait(None)

    async def send(self, method: str, path: str, cookie: str = "") -> Answer:
        body = f"csrfmiddlewaretoken={TOKEN}" if method == "POST" else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\n" + (f"Cookie: {cookie}\r\n" if cookie else "")
        if body:
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        way = await self.free.get()
        try:
            for last in (False, True):
                try:
                    way = way or await asyncio.open_connection(*self.host.split(":"))
                    return await self._exchange(way, f"{head}\r\n{body}".encode())
                except (ConnectionError, asyncio.IncompleteReadError):
                    way = None  # the server closed it while idle
                    if last:
                        raise
            raise AssertionError
        finally:
            self.free.put_nowait(way)

    async def _exchange(self, way: Any, message: bytes) -> Answer:
        reader, writer = way
        writer.write(message)
        head = await reader.readuntil(b"\r\n\r\n")
        fields = head.lower()
        if b"transfer-encoding: chunked" in fields:
            raise AssertionError(head)
        at = fields.find(b"content-length:")
        length = int(fields[at + 15 : fields.index(b"\r\n", at)]) if at >= 0 else 0
        body = await reader.readexactly(length) if length else b""
        if b"connection: close" in fields:
            raise AssertionError("the server closes every connection")
        return Answer(int(head[9:12]), body)


async def all_of(acts: Sequence[Callable[[], Awaitable[float]]]) -> Timings:
    """Everybody at once, as fast as the connections go; each is timed from when a connection is free."""
    queue = iter(acts)
    seconds: list[float] = []

    async def worker() -> None:
        for act in queue:
            taken = await act()
            seconds.append(taken)

    began, cpu = time.perf_counter(), time.process_time()
    async with asyncio.TaskGroup() as group:
        for _ in range(CROWD):
            group.create_task(worker())
    return Timings(seconds, time.perf_counter() - began, time.process_time() - cpu)


async def timed(act: Coroutine[Any, Any, Any]) -> float:
    began = time.perf_counter()
    await act
    return time.perf_counter() - began


# --- What people do -----------------------------------------------------------------------------------------------------


async def enter(clients: Clients, code: str, one: Student) -> None:
    answer = await clients.send("POST", f"/ko/college/runs/{code}/queue/", one.cookie)
    assert answer.status == 302, answer


async def claim(clients: Clients, code: str, one: Student) -> None:
    answer = await clients.send("POST", f"/ko/college/runs/{code}/request/", one.cookie)
    assert answer.status == 302, answer
    one.told.append(answer.status)


async def ask(clients: Clients, one: Student) -> dict[str, Any]:
    answer = await clients.send("GET", f"/college/queue/{one.ticket}.json")
    assert answer.status == 200, answer
    told: dict[str, Any] = json.loads(answer.body)
    one.ticket, one.position = told["next"].removeprefix("/college/queue/").removesuffix(".json"), told["position"]
    return told


def tickets(run: Any, people: Sequence[Student]) -> None:
    """What the page of each would have told its script; the pages themselves are measured by other benchmarks."""
    from college import queries
    from college.models import QueuePlace

    window = queries.window_of(run)
    assert window is not None
    places = {
        place.canonical_id: place
        for place in QueuePlace.objects.filter(window=window, canonical__in=[one.pk for one in people])
    }
    for one in people:
        if one.pk in places:
            one.ticket = queries.ticket_of(window, places[one.pk])


def find_gate(report: Report, server: Web, trial: Sequence[Student]) -> tuple[int, float]:
    """Entries, claims and places a second as fast as they go; the gate of the rush is a share of the claims."""
    from portal.core.clock import database_now

    now = database_now()
    plain = published(now - timedelta(seconds=1), seats=SEATS, room=False)
    roomy = published(now + timedelta(minutes=5), seats=SEATS, room=True)

    async def measure() -> tuple[Timings, Timings, Timings]:
        clients = Clients(server, CROWD)
        entries = await all_of([lambda one=one: timed(enter(clients, roomy.code, one)) for one in trial])
        await asyncio.to_thread(tickets, roomy, trial)
        asks = [trial[n % len(trial)] for n in range(ASKS)]
        asked = await all_of([lambda one=one: timed(ask(clients, one)) for one in asks])
        for some in (trial[:WARM], trial[WARM:]):  # the first to ask find processes that have never claimed
            claims = await all_of([lambda one=one: timed(claim(clients, plain.code, one)) for one in some])
        return entries, asked, claims

    entries, asked, claims = asyncio.run(measure())
    note = f"{CROWD} connections, {WORKERS} workers, load {os.getloadavg()[0]:.1f}"
    report.row("entries, as fast as they go", entries.rate, "entries/s", note=note)
    report.row("places asked for", asked.rate, "answers/s", aim="≥ 1,000", note=f"p99 {asked.ms(99):.0f} ms; client {asked.cpu_ms:.2f} ms each")  # fmt: skip
    report.row("claims, as fast as they go", claims.rate, "claims/s", aim="≥ 150", note=f"p50 {claims.ms(50):.0f} ms, p99 {claims.ms(99):.0f} ms")  # fmt: skip
    people = claims.rate * STEADY / (1 + 1 / TWO_TABS + 1 / AGAIN)
    return max(10, round(people)), entries.rate


# --- The rush -----------------------------------------------------------------------------------------------------------


@dataclass
class Opening:
    """The run, and every claim's seconds with the wall time from the first to the last."""

    run: Any
    claims: list[float] = field(default_factory=list)
    asks: list[float] = field(default_factory=list)
    first: float = 0.0
    last: float = 0.0


def rush(report: Report, server: Web, people: Sequence[Student], gate: int, entries: float) -> Opening:
    from portal.core.clock import database_now

    early, late = people[: round(EARLY * len(people))], people[round(EARLY * len(people)) :]
    began = database_now()
    opens_in = len(early) / (STEADY * entries) + 10
    opening = Opening(published(began + timedelta(seconds=opens_in), seats=SEATS, room=True, gate=gate))
    opens = time.monotonic() + opens_in
    code = opening.run.code

    async def play() -> None:
        clients = Clients(server, CLIENTS)
        entered = await all_of([lambda one=one: timed(enter(clients, code, one)) for one in early])
        report.row("entered before the opening", len(early), "people", note=f"{entered.rate:.0f} a second, p99 {entered.ms(99):.0f} ms")  # fmt: skip
        assert time.monotonic() < opens, "they did not all get in before the opening"
        await asyncio.to_thread(tickets, opening.run, early)
        await asyncio.sleep(max(0.0, opens - time.monotonic()))
        async with asyncio.TaskGroup() as group:
            for number, one in enumerate(early):
                group.create_task(wait_and_claim(clients, opening, number, one))
            group.create_task(latecomers(group, clients, opening, late))

    cpu = server.cpu()
    asyncio.run(play())
    rate = len(opening.claims) / (opening.last - opening.first)
    told = Timings(opening.claims, opening.last - opening.first, 0.0)
    report.row("gate", gate, "people/s", note=f"their claims are {STEADY:.0%} of what a crowd got through")
    report.row("claims behind the gate", rate, "claims/s", aim=f"≥ {AIM:g}", note=f"{len(opening.claims)} with tabs and retries, load {os.getloadavg()[0]:.1f}")  # fmt: skip
    report.row("claim, p99", told.ms(99) / 1000, "s", aim="< 1", note=f"p50 {told.ms(50):.0f} ms, p95 {told.ms(95):.0f} ms")  # fmt: skip
    asked = Timings(opening.asks, 1.0, 0.0)
    report.row("place, p99", asked.ms(99) / 1000, "s", aim="< 1", note=f"{len(opening.asks)} answers meanwhile")
    report.row("web processes", server.cpu() - cpu, "s", note="processor time, entries and answers included")
    return opening


async def wait_and_claim(clients: Clients, opening: Opening, number: int, one: Student) -> None:
    """Ask as often as told; when let in, claim: from two tabs, or once more, or once."""
    await asyncio.sleep(number % 1000 / 200)  # the page before the opening asks again in the five seconds after it
    while True:
        began = time.perf_counter()
        told = await ask(clients, one)
        opening.asks.append(time.perf_counter() - began)
        if told["phase"] == "admitted":
            break
        await asyncio.sleep(told["again_s"])
    tabs = 2 if number % TWO_TABS == 0 else 1
    await asyncio.gather(*(timed_claim(clients, opening, one) for _ in range(tabs)))
    if number % AGAIN == 1:
        await timed_claim(clients, opening, one)


async def timed_claim(clients: Clients, opening: Opening, one: Student) -> None:
    began = time.perf_counter()
    opening.first = opening.first or began
    await claim(clients, opening.run.code, one)
    opening.last = time.perf_counter()
    opening.claims.append(opening.last - began)


async def latecomers(group: asyncio.TaskGroup, clients: Clients, opening: Opening, late: Sequence[Student]) -> None:
    """They come over the first three quarters of a minute, enter, and stand behind everybody."""

    async def come(number: int, one: Student) -> None:
        await asyncio.sleep(number * LATE_S / len(late))
        await enter(clients, opening.run.code, one)
        await asyncio.to_thread(tickets, opening.run, [one])
        await wait_and_claim(clients, opening, number, one)

    for number, one in enumerate(late):
        group.create_task(come(number, one))


# --- What the tables say ------------------------------------------------------------------------------------------------


def check(report: Report, people: Sequence[Student], opening: Opening) -> None:
    """Seats sold, nobody twice, everybody answered, losers in the order of the database's clock."""
    from college import queries, waitingroom
    from college.models import Enrolment, QueueWindow, Run, SeatRequest

    run, window = Run.objects.get(pk=opening.run.pk), QueueWindow.objects.get(run=opening.run.pk)
    seated = Enrolment.objects.filter(run=run, holds_seat=True).count()
    asked = list(SeatRequest.objects.filter(run=run).values_list("canonical", flat=True))
    line = list(queries.in_order(run).values_list("canonical", flat=True))
    clock = dict(
        SeatRequest.objects.filter(run=run).order_by("requested_at", "id").values_list("canonical", "requested_at")
    )
    waiting = set(line)
    losers = [person for person in clock if person in waiting]
    unanswered = sum(not one.told for one in people)
    wrong = sum(one != other for one, other in zip(line, losers, strict=True))
    early = sum(
        clock[place.canonical_id] < waitingroom.reached_at(window.opens_at, place.position or 0, window.rate_per_s)
        for place in window.places.all()
    )
    report.row("seats sold", seated, "seats", aim=str(SEATS), note=f"to {len(people):,} people")
    report.row("oversold", max(0, seated - SEATS), "seats", aim="0")
    report.row("people twice", len(asked) - len(set(asked)), "people", aim="0")
    report.row("losers not in the order of the clock", wrong, "people", aim="0", note=f"of {len(line):,} in the line")
    assert (seated, run.seats_taken, run.waiting) == (SEATS, SEATS, len(people) - SEATS)
    assert (len(asked), len(set(asked)), len(line)) == (len(people), len(people), len(people) - SEATS)
    report.row("claims before their turn", early, "people", aim="0")
    assert (wrong, early, unanswered) == (0, 0, 0)


def naive(people: Sequence[Student]) -> int:
    """Count the seats, then insert one if there are fewer than the capacity: how many 16 connections sell so."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_naive (id bigserial PRIMARY KEY, person bigint UNIQUE)")
    queue: Iterator[Student] = iter(people)
    lock = threading.Lock()

    def seller() -> None:
        try:
            while True:
                with lock:
                    one = next(queue, None)
                if one is None:
                    return
                with connection.cursor() as cursor:
                    cursor.execute("SELECT count(*) FROM bench_naive")
                    if cursor.fetchone()[0] < SEATS:
                        cursor.execute("INSERT INTO bench_naive (person) VALUES (%s)", [one.pk])
        finally:
            connection.close()

    sellers = [threading.Thread(target=seller) for _ in range(16)]
    for each in sellers:
        each.start()
    for each in sellers:
        each.join()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bench_naive")
        sold: int = cursor.fetchone()[0]
    assert sold > SEATS, "count, then insert, oversold nothing this time"
    return sold
