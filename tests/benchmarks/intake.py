"""The last minute: everybody sends at once through the real web server, and the bell falls in between.

2,000 masters press 제출 over loopback HTTP against two gunicorn workers, at a rate found before: that of 2,000 in 60 seconds
where this machine answers 95 in 100 within a second at it, else the highest at which it does. Who answers late is counted
from when the person pressed. Then the bell; some press after it, and some of those who had sent press once more. Every
answer is compared with the table: a receipt is honest when its revision is there with the digest told, its number counts
on without gaps, and it arrived before the bell. That much is asserted; times are printed.
"""

from __future__ import annotations

import http.client
import queue
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from urllib.parse import urlencode, urlsplit

from django import forms
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, transaction

from tests.benchmarks.place import Web, web
from tests.benchmarks.report import Report, Timings, timed

PEOPLE, LATE, AGAIN = 2_000, 40, 40
ALONE, CROWD = 50, 240
#: Of what a crowd gets through, the share that people who come evenly can be offered without a growing queue.
STEADY = 0.75
#: Seconds of one try at a rate, how much slower or faster the next is, how many there are at most; and the p95 in seconds
#: from which a try is taken as too close to the aim for a whole minute.
TRY, SLOWER, FASTER, TRIES, CALM = 5.0, 0.75, 1.25, 5, 0.5
#: Where 2,000 in a minute are too many, as many as fit into this many seconds.
MINUTE, LONGEST = 60.0, 100.0
AIM = 1.0
CLIENTS = 32
TOKEN = "b" * 32
WORKERS = 2


def run(report: Report) -> None:
    """Print the minute before the bell above the floor of a plain insert."""
    call_command("ledger_init", stdout=StringIO())
    floor = plain_insert()
    note = f"p50 {floor.ms(50):.1f} ms: the floor"
    report.row("plain Django form and insert, one process", floor.rate, "inserts/s", note=note)
    trial = prepared_call(ALONE + CROWD + round(TRIES * TRY * PEOPLE / MINUTE))
    service = one_by_one(trial[:ALONE])
    note = f"p50 {service.ms(50):.1f} ms, {service.ms(50) / floor.ms(50):.0f} × the floor: frozen, sealed, told"
    report.row("services.submit, one process", service.rate, "receipts/s", note=note)
    people = prepared_call(PEOPLE + LATE)
    with web(report.place, workers=WORKERS, application="tests.benchmarks.trial:application") as server:
        rate = find_rate(report, server, trial[ALONE:])
        last_minute(report, server, people, rate)


# --- The floor ----------------------------------------------------------------------------------------------------------


class Plain(forms.Form):
    """As many fields as the form of the call."""

    people = forms.IntegerField(min_value=0)
    idea = forms.CharField(max_length=3000)
    taxes = forms.BooleanField()


def plain_insert(calls: int = 300) -> Timings:
    """Validate a form and insert one row in one transaction: what any Django site pays at least."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_floor (id bigserial PRIMARY KEY, people int, idea text, taxes boolean)")

    def insert(number: int) -> None:
        form = Plain({"people": "4", "idea": f"계획 {number}", "taxes": "on"})
        assert form.is_valid()
        with transaction.atomic(), connection.cursor() as cursor:
            values = form.cleaned_data
            cursor.execute(
                "INSERT INTO bench_floor (people, idea, taxes) VALUES (%s, %s, %s)",
                [values["people"], values["idea"], values["taxes"]],
            )

    return timed(calls, insert)


# --- The last minute ----------------------------------------------------------------------------------------------------


def find_rate(report: Report, server: Web, trial: Sequence[Person]) -> float:
    """The rate of the minute: what is asked, or the highest in steps at which p95 stays under the aim."""
    crowd, left = trial[:CROWD], list(trial[CROWD:])
    most = load(server, [(0.0, person) for person in crowd])
    note = f"{CLIENTS} pressing at once, {WORKERS} workers"
    report.row("as fast as it goes", most.rate, "receipts/s", note=note)
    asked, rate, good = PEOPLE / MINUTE, STEADY * most.rate, 0.0
    for _ in range(TRIES):
        rate = min(rate, asked)
        now, left = left[: round(TRY * rate)], left[round(TRY * rate) :]
        tried = load(server, [(number / rate, person) for number, person in enumerate(now)])
        report.row(f"tried {rate:.1f} a second: p95", tried.ms(95) / 1000, "s", note=f"{len(now)} people")
        calm = tried.ms(95) / 1000 < CALM
        good = rate if calm else good
        if (calm and rate == asked) or (good and not calm):
            break
        rate *= FASTER if calm else SLOWER
    return good or rate


def last_minute(report: Report, server: Web, people: Sequence[Person], rate: float) -> None:
    from portal.core.clock import database_now
    from portal.intake.models import Call

    entered = people[: min(PEOPLE, round(LONGEST * rate))]
    late = people[-LATE:]
    began, bell = database_now(), len(entered) / rate + 1.0
    Call.objects.filter(pk=people[0].call_pk).update(closes_at=began + timedelta(seconds=bell))
    cpu = server.cpu()
    done = load(server, [(number / rate, person) for number, person in enumerate(entered)])
    cpu = server.cpu() - cpu
    report.row(
        "people in the last minute", len(entered), "people", note=f"within {bell - 1:.0f} s, {rate:.1f} a second"
    )
    report.row("rate kept", done.rate, "receipts/s", aim=f"≥ {0.95 * rate:.1f}")
    report.row("answer, p95", done.ms(95) / 1000, "s", aim=f"< {AIM:g}", note=f"p50 {done.ms(50):.0f} ms, p99 {done.ms(99):.0f} ms")  # fmt: skip
    report.row("web processes", 1000 * cpu / len(entered), "ms/receipt", note="processor time, without the database's")
    while database_now() < began + timedelta(seconds=bell):
        time.sleep(0.05)
    first = {person: person.location for person in entered[:AGAIN]}
    load(server, [(0.0, person) for person in (*late, *first)])
    report.row("pressed after the bell and let in", sum(person.status == 302 for person in late), "people", aim="0", note=f"of {LATE}")  # fmt: skip
    same = sum(person.location == location for person, location in first.items())
    report.row("pressed twice, same receipt", same, "people", aim=str(AGAIN), note="the second time after the bell")
    wrong = dishonest([*entered, *late])
    report.row(
        "dishonest receipts", wrong, "receipts", aim="0", note=f"of {len(entered)}, with {_refused(entered)} refused"
    )
    assert (wrong, same, _refused(late)) == (0, AGAIN, LATE)


def _refused(people: Sequence[Person]) -> int:
    """How many were told that they are late."""
    return sum(person.status == 409 for person in people)


@dataclass(eq=False)
class Person:
    """A master with a session cookie and a finished draft; ``status`` and ``location`` are what the server said."""

    application_pk: int
    call_pk: int
    path: str
    cookie: str
    status: int = 0
    location: str = ""


def prepared_call(count: int) -> list[Person]:
    """A published call and ``count`` companies with everything filled in."""
    from django.urls import reverse
    from django.utils import translation

    from portal.accounts.enums import MemberKind
    from portal.accounts.models import Membership, Organisation, User
    from portal.core.clock import database_now
    from portal.intake.models import Application, Draft
    from tests.factories import intake as factory

    now = database_now()
    opens = {"opens_at": now - timedelta(hours=1), "closes_at": now + timedelta(days=1)}
    call = factory.open_round(**opens).call
    users = User.objects.bulk_create(
        User(email=f"m{number}@{call.code}.example", name=f"대표{number}", password="!x") for number in range(count)
    )
    companies = Organisation.objects.bulk_create(
        Organisation(
            name_ko=f"기업{number}", representative=f"대표{number}", opened_date=now.date() - timedelta(days=700)
        )
        for number in range(count)
    )
    pairs = list(zip(users, companies, strict=True))
    Membership.objects.bulk_create(Membership(user=u, organisation=o, kind=MemberKind.MASTER) for u, o in pairs)
    track = call.tracks.first()
    rows = Application.objects.bulk_create(
        Application(call=call, track=track, organisation=o, created_by=u) for u, o in pairs
    )
    Draft.objects.bulk_create(
        Draft(application=row, section=section, answers=answers, edited_by=row.created_by, edited_at=now)
        for row in rows
        for section, answers in factory.ANSWERS.items()
    )
    keys = sessions(users, now + timedelta(hours=8))
    with translation.override("ko"):
        paths = [reverse("intake:check", args=[row.public_id]) for row in rows]
    return [
        Person(row.pk, call.pk, path, f"sessionid={key}; csrftoken={TOKEN}")
        for row, path, key in zip(rows, paths, keys, strict=True)
    ]


def sessions(users: Sequence[Any], until: datetime) -> list[str]:
    """A signed-in session for each, as signing in would leave it."""
    store, rows = SessionStore(), []
    for user in users:
        kept = {
            SESSION_KEY: str(user.pk),
            "_auth_user_backend": "allauth.account.auth_backends.AuthenticationBackend",
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        rows.append(Session(session_key=f"bench{user.pk:027}", session_data=store.encode(kept), expire_date=until))
    return [row.session_key for row in Session.objects.bulk_create(rows)]


def one_by_one(people: Sequence[Person]) -> Timings:
    """The submit path itself, without the web."""
    from portal.core.clock import database_now
    from portal.intake import services
    from portal.intake.models import Application

    def send(number: int) -> None:
        row = Application.objects.select_related("created_by").get(pk=people[number].application_pk)
        services.submit(application=row, key="k", by=row.created_by, now=database_now())

    return timed(len(people), send)


def load(server: Web, presses: Sequence[tuple[float, Person]]) -> Timings:
    """Everybody presses at their second; each answer is timed from then, or from when a client was free if that is 0."""
    waiting: queue.SimpleQueue[tuple[float, Person]] = queue.SimpleQueue()
    for press in presses:
        waiting.put(press)
    began, cpu = time.perf_counter(), time.process_time()
    seconds: list[float] = []
    faults: list[BaseException] = []

    def client() -> None:
        way = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=120)
        try:
            while True:
                due, person = waiting.get_nowait()
                time.sleep(max(0.0, began + due - time.perf_counter()))
                start = began + due if due else time.perf_counter()
                _press(way, person)
                seconds.append(time.perf_counter() - start)
        except queue.Empty:
            way.close()
        except BaseException as fault:
            faults.append(fault)

    _together(client)
    if faults:
        raise faults[0]
    return Timings(seconds, time.perf_counter() - began, time.process_time() - cpu)


def _together(client: Callable[[], None]) -> None:
    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _press(way: http.client.HTTPConnection, person: Person) -> None:
    """Press 제출; a connection that the server closed while idle is opened again, as every browser does."""
    headers = {"Cookie": person.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode({"csrfmiddlewaretoken": TOKEN, "key": "bell"})
    for last in (False, True):
        try:
            way.request("POST", person.path, body, headers)
            answer = way.getresponse()
            answer.read()
        except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
            way.close()
            if last:
                raise
        else:
            person.status, person.location = answer.status, answer.headers.get("Location", "")
            assert person.status in (302, 409), f"{person.path} answered {person.status}"
            return


def dishonest(people: Sequence[Person]) -> int:
    """Receipts without their revision, revisions without a receipt, late ones, gaps in the numbers, wrong digests."""
    from portal.intake.canonical import digest
    from portal.intake.models import Application, Revision

    rows = {row.application_id: row for row in Revision.objects.filter(application__call=people[0].call_pk).select_related("application__call")}  # fmt: skip
    wrong = 0
    for person in people:
        row, told = rows.get(person.application_pk), re.search(r"/receipts/\d+/$", person.location)
        wrong += (row is not None) != (person.status == 302 and told is not None)
    wrong += sum(row.received_at >= row.application.call.closes_at for row in rows.values())
    wrong += sum(row.sha256 != digest(row.content) for row in rows.values())
    numbers = Application.objects.filter(pk__in=rows).values_list("receipt_number", flat=True)
    wrong += sorted(int(number[-4:]) for number in numbers if number) != list(range(1, len(rows) + 1))
    return wrong
