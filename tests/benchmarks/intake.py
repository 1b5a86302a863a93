"""The last minute: everybody sends at once through the real web server, and the bell falls in between.

2,000 masters press 제출 over loopback HTTP against two gunicorn workers; the rate is what this machine sustained in a short
trial before, so that the minute is full but not hopeless. Every answer is then compared with the table: a receipt is honest
when its revision is there, its number counts on without gaps, and it arrived before the bell. Then a call with 10,000
applications: officers' lists and the ranking.
"""

from __future__ import annotations

import http.client
import queue
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from typing import Any
from urllib.parse import urlencode, urlsplit

from django import forms
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.benchmarks.place import Web, web
from tests.benchmarks.report import Report, Timings, timed

PEOPLE, TRIAL, LATE = 2_000, 200, 40
CLIENTS = 24
MINUTE = 60.0
MANY = 10_000
TOKEN = "b" * 32


def run(report: Report) -> None:
    """Print the minute before the bell, the floor below the submit path, and the lists of a large call."""
    call_command("ledger_init", stdout=StringIO())
    floor = plain_insert()
    report.row(
        "plain Django form insert, one process", floor.rate, "inserts/s", note=f"p50 {floor.ms(50):.1f} ms: the floor"
    )
    last_minute(report)
    large_call(report)


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


def last_minute(report: Report) -> None:
    from portal.core.clock import database_now
    from portal.intake.models import Call

    trial, call = prepared_call(TRIAL), prepared_call(PEOPLE + LATE)
    service = one_by_one(trial[: TRIAL // 4])
    report.row("services.submit, one process", service.rate, "receipts/s", note=f"p50 {service.ms(50):.1f} ms")
    with web(report.place) as server:
        sustained = load(server, trial[TRIAL // 4 :], rate=None)
        rate = min(PEOPLE / MINUTE, 0.85 * sustained.rate)
        report.row("sustained by 2 workers, all at once", sustained.rate, "receipts/s")
        bell = database_now() + timedelta(seconds=PEOPLE / rate + 1)
        Call.objects.filter(pk=call[0].call_pk).update(closes_at=bell)
        cpu = server.cpu()
        done = load(server, call[:PEOPLE], rate=rate)
        report.row("people in the last minute", len(done.seconds), "people", note=f"offered at {rate:.1f}/s")
        report.row("rate kept", done.rate, "receipts/s", aim=f"≥ {0.9 * rate:.0f}")
        report.row("answer, p95", done.ms(95) / 1000, "s", aim="< 1", note=f"p50 {done.ms(50):.0f} ms")
        report.row("processor", 1000 * (server.cpu() - cpu) / len(done.seconds), "ms/receipt")
        while database_now() < bell:
            time.sleep(0.05)
        load(server, call[PEOPLE:], rate=None)
    report.row("dishonest receipts", dishonest(call), "receipts", aim="0", note=f"{LATE} pressed after the bell")


class Person:
    """A master with a session cookie and a finished draft; ``answer`` is what the server said."""

    def __init__(self, application_pk: int, call_pk: int, path: str, cookie: str) -> None:
        self.application_pk, self.call_pk, self.path, self.cookie = application_pk, call_pk, path, cookie
        self.status, self.location = 0, ""


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
    found = []
    with translation.override("ko"):
        for row in rows:
            path = reverse("intake:check", args=[row.public_id])
            found.append(Person(row.pk, call.pk, path, session(row.created_by)))
    return found


def session(user: Any) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store["second_factor_confirmed"] = user.pk
    store.create()
    return f"sessionid={store.session_key}; csrftoken={TOKEN}"


def one_by_one(people: Sequence[Person]) -> Timings:
    """The submit path itself, without the web."""
    from portal.core.clock import database_now
    from portal.intake import services
    from portal.intake.models import Application

    def send(number: int) -> None:
        row = Application.objects.select_related("created_by").get(pk=people[number].application_pk)
        services.submit(application=row, key="k", by=row.created_by, now=database_now())

    return timed(len(people), send)


def load(server: Web, people: Sequence[Person], *, rate: float | None) -> Timings:
    """Everybody presses once: at ``rate`` per second counted from the schedule (open loop), or as fast as it goes."""
    waiting: queue.Queue[tuple[float, Person]] = queue.Queue()
    began = time.perf_counter()
    for number, person in enumerate(people):
        waiting.put((number / rate if rate else 0.0, person))
    seconds: list[float] = []

    def client() -> None:
        http_client = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
        while True:
            try:
                due, person = waiting.get_nowait()
            except queue.Empty:
                return
            time.sleep(max(0.0, began + due - time.perf_counter()))
            # Counted from when the person pressed, not from when a client was free.
            start = began + due if rate else time.perf_counter()
            press(http_client, person)
            seconds.append(time.perf_counter() - start)

    cpu = time.process_time()
    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Timings(seconds, time.perf_counter() - began, time.process_time() - cpu)


def press(http_client: http.client.HTTPConnection, person: Person) -> None:
    headers = {"Cookie": person.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    http_client.request("POST", person.path, urlencode({"csrfmiddlewaretoken": TOKEN, "key": "bell"}), headers)
    answer = http_client.getresponse()
    answer.read()
    person.status, person.location = answer.status, answer.headers.get("Location", "")


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


# --- A large call -------------------------------------------------------------------------------------------------------


def large_call(report: Report) -> None:
    """Lists of the officer and the ranking, with 10,000 applications."""
    from django.contrib.auth import get_user_model

    from portal.intake import tally
    from portal.intake.services.ranking import stage_inputs

    call, officer = filled_call()
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(
        get_user_model().objects.get(pk=officer), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    kept = client.session
    kept["second_factor_confirmed"] = officer
    kept.save()
    pages = ("desk/calls/", f"desk/calls/{call.code}/", f"desk/calls/{call.code}/entries/", f"desk/calls/{call.code}/eligibility/", f"desk/calls/{call.code}/stages/1/")  # fmt: skip
    for page in pages:
        address = f"/ko/{page}"
        client.get(address)
        with CaptureQueriesContext(connection) as statements:
            assert client.get(address).status_code == 200, address
        timing = timed(5, lambda _, address=address: client.get(address))
        report.row(f"{MANY:,} applications: {page.replace(call.code, 'CALL')}", timing.ms(50), "ms", aim="< 300", note=f"{len(statements)} statements")  # fmt: skip
    stage = call.stages.get()
    stage.call = call
    inputs = stage_inputs(stage)
    timing = timed(3, lambda _: stage_inputs(stage))
    report.row("inputs of the run, read", timing.ms(50), "ms")
    timing = timed(3, lambda _: tally.stage_result(inputs))
    report.row("ranking, computed", timing.ms(50), "ms", note="exact fractions, one sheet each")


@contextmanager
def without_triggers(*tables: str) -> Iterator[None]:
    """Rows by the thousand, without the leaves that services would write for each."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")


def filled_call() -> tuple[Any, int]:
    """A call under review: 10,000 files, each with one locked sheet; and its officer."""
    from portal.accounts.models import Organisation
    from portal.core.clock import database_now
    from portal.intake import services
    from portal.intake.models import Application, Assignment, Call, ScoreItem, ScoreSheet, Stage
    from tests.factories import intake as factory

    now = database_now()
    one = factory.stage("DOCUMENT", 10_000, go_on=None, criteria=[("기술성", 10_000)])
    opens = {"opens_at": now - timedelta(days=30), "closes_at": now + timedelta(minutes=5)}
    trial = factory.open_round(stages=[one], **opens)
    stage = trial.stages[0]
    judge = factory.evaluator(trial.call, by=trial.officer)
    services.form_panel(stage=stage, evaluators=[judge], by=trial.officer, now=now)
    services.sign_pledge(call=trial.call, by=judge.user, now=now)
    names = ("intake_call", "intake_stage", "intake_application", "intake_assignment", "intake_scoresheet", "intake_scoreitem")  # fmt: skip
    track, member, criterion = trial.call.tracks.first(), judge.memberships.get(), stage.criteria.get()
    with without_triggers(*names):
        companies = Organisation.objects.bulk_create((Organisation(name_ko=f"큰{n}", representative="대표") for n in range(MANY)), 2000)  # fmt: skip
        rows = Application.objects.bulk_create(
            (
                Application(call=trial.call, track=track, organisation=company, created_by=trial.officer, status="IN_REVIEW",
                            receipt_number=f"{trial.call.prefix}-{number:05d}", submitted_at=now)
                for number, company in enumerate(companies)
            ),
            2000,
        )  # fmt: skip
        pairs = Assignment.objects.bulk_create((Assignment(stage=stage, application=row, member=member, status="CLEARED") for row in rows), 2000)  # fmt: skip
        sheets = ScoreSheet.objects.bulk_create((ScoreSheet(assignment=pair, status="LOCKED", locked_at=now) for pair in pairs), 2000)  # fmt: skip
        ScoreItem.objects.bulk_create((ScoreItem(sheet=sheet, criterion=criterion, score=number % 26) for number, sheet in enumerate(sheets)), 2000)  # fmt: skip
        Call.objects.filter(pk=trial.call.pk).update(status="REVIEWING", closed_at=now, lottery_public="bench")
        Stage.objects.filter(pk=stage.pk).update(status="RUNNING")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    call = Call.objects.select_related("current", "cluster").get(pk=trial.call.pk)
    return call, trial.officer.pk
