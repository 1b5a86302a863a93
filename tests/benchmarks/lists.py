"""Lists of a large call: every page of the officer's desk and the ranking, with 10,000 applications."""

from __future__ import annotations

import time
from datetime import timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.benchmarks.report import Report, timed

MANY = 10_000


def run(report: Report) -> None:
    """Print milliseconds and statements of each page."""
    call_command("ledger_init", stdout=StringIO())
    large_call(report)


def large_call(report: Report) -> None:
    from django.contrib.auth import get_user_model

    call, officer = filled_call()
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(
        get_user_model().objects.get(pk=officer), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    kept = client.session
    kept["second_factor_confirmed"] = officer
    kept.save()
    desk, decision = f"desk/calls/{call.code}/", call.decisions.get().public_id
    pages = ["desk/calls/", desk, f"{desk}entries/", f"{desk}entries/?status=SUBMITTED&page=90", f"{desk}eligibility/", f"{desk}stages/1/"]  # fmt: skip
    pages += [f"{desk}stages/1/members/", f"{desk}stages/1/what-if/", f"{desk}stages/1/what-if/?combine=median&pass_mark=40", f"{desk}ranking/", f"{desk}ranking/?page=180", f"{desk}reserve/", f"{desk}entries/hours/", f"{desk}challenges/", f"{desk}appeals/", f"{desk}accesses/"]  # fmt: skip
    pages += [f"{desk}stages/1/?show=unfinished", f"{desk}stages/1/ranking/", f"{desk}stages/1/ranking/?page=180", f"desk/decisions/{decision}/"]  # fmt: skip
    for page in pages:
        address = f"/ko/{page}"
        client.get(address)
        with CaptureQueriesContext(connection) as statements:
            assert client.get(address).status_code == 200, address
        count = len(statements)
        before = time.process_time()
        timing = timed(5, lambda _, address=address: client.get(address))
        busy = (time.process_time() - before) * 1000 / 5
        shown = page.replace(call.code, "CALL").replace(str(decision), "ID")
        report.row(
            f"{MANY:,} applications: {shown}",
            timing.ms(50),
            "ms",
            aim="< 300",
            note=f"{count} statements, {busy:.0f} ms of processor here",
        )


def filled_call() -> tuple[Any, int]:
    """A call under review with 10,000 files, and its officer."""
    from portal.core.clock import database_now
    from portal.intake.canonical import canonical
    from portal.intake.models import Call
    from portal.intake.services.ranking import stage_inputs
    from tests.factories import crowd
    from tests.factories import intake as factory

    now = database_now()
    one = factory.stage("DOCUMENT", 10_000, go_on=10, criteria=[("기술성", 10_000)])
    opens = {"opens_at": now - timedelta(days=30), "closes_at": now + timedelta(minutes=5)}
    trial = factory.open_round(stages=[one], **opens)
    crowd.judged(trial, MANY, now=now)
    stage = trial.stages[0]
    with crowd.without_triggers():
        # What a look under another rule computes from.
        stage.runs.update(inputs=canonical(stage_inputs(stage)).decode())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Call.objects.select_related("current", "cluster").get(pk=trial.call.pk), trial.officer.pk
