"""Lists of a large call: every page of the officer's desk and the ranking, with 10,000 applications."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
        count = len(statements)
        timing = timed(5, lambda _, address=address: client.get(address))
        shown = page.replace(call.code, "CALL")
        report.row(f"{MANY:,} applications: {shown}", timing.ms(50), "ms", aim="< 300", note=f"{count} statements")
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
