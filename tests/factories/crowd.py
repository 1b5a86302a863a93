"""Many rows at once, for lists: written to the tables with triggers off, because services would write a leaf for each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from portal.accounts.models import Organisation
from portal.intake import services, tally
from portal.intake.models import (
    Application,
    Assignment,
    Call,
    Decision,
    DecisionLine,
    EligibilityFinding,
    Evaluator,
    RankingRun,
    ScoreItem,
    ScoreSheet,
    Stage,
)
from portal.intake.services.decisions import LineWriter
from tests.factories import intake as factory

RULES = ("company_age", "tax_clear")
AT_ONCE = 2_000


def judged(trial: factory.Round, count: int, *, now: datetime) -> Decision:
    """A first stage that is settled with a draft decision: ``count`` files, each with findings and one locked sheet.

    Half of the files stand where eligibility is still asked, so that lists of both kinds have something to count.
    """
    stage, judge = trial.stages[0], factory.evaluator(trial.call, by=trial.officer)
    services.form_panel(stage=stage, evaluators=[judge], by=trial.officer, now=now)
    services.sign_pledge(call=trial.call, by=judge.user, now=now)
    with without_triggers():
        return _judged(trial, stage, judge, count, now)


@contextmanager
def without_triggers() -> Iterator[None]:
    """None fires, and none is put off to the commit; what was put off until here is settled first."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'intake_%'")
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")


def _judged(trial: factory.Round, stage: Stage, judge: Evaluator, count: int, now: datetime) -> Decision:
    track, member, criterion = (
        trial.call.tracks.first(),
        judge.memberships.get(panel__stage=stage),
        stage.criteria.first(),
    )
    companies = Organisation.objects.bulk_create(
        (Organisation(name_ko=f"큰{number}", representative="대표") for number in range(count)), AT_ONCE
    )
    rows = Application.objects.bulk_create(
        (
            Application(
                call=trial.call,
                track=track,
                organisation=company,
                created_by=trial.officer,
                status="SUBMITTED" if number < count // 2 else "IN_REVIEW",
                receipt_number=f"{trial.call.prefix}-{number:05d}",
                submitted_at=now,
            )
            for number, company in enumerate(companies)
        ),
        AT_ONCE,
    )
    EligibilityFinding.objects.bulk_create(
        (
            EligibilityFinding(application=row, rule=rule, version=1, outcome="PASS", found_at=now)
            for row in rows
            for rule in RULES
        ),
        AT_ONCE,
    )
    pairs = Assignment.objects.bulk_create(
        (Assignment(stage=stage, application=row, member=member, status="CLEARED") for row in rows), AT_ONCE
    )
    sheets = ScoreSheet.objects.bulk_create((ScoreSheet(assignment=pair) for pair in pairs), AT_ONCE)
    ScoreItem.objects.bulk_create(
        (ScoreItem(sheet=sheet, criterion=criterion, score=number % 26) for number, sheet in enumerate(sheets)), AT_ONCE
    )
    ScoreSheet.objects.filter(assignment__stage=stage).update(status="LOCKED", locked_at=now)
    Call.objects.filter(pk=trial.call.pk).update(status="REVIEWING", closed_at=now, lottery_public="crowd")
    Stage.objects.filter(pk=stage.pk).update(status="SETTLED")
    return _told(trial, stage, rows, now)


def _told(trial: factory.Round, stage: Stage, rows: list[Application], now: datetime) -> Decision:
    """A run as it is stored, its totals made up, and a decision with a line for each file."""
    ranked = [
        {
            "application": row.receipt_number,
            "place": place,
            "base": str(100 - place % 100),
            "bonus": "0",
            "total": str(100 - place % 100),
            "sheets": 1,
            "passed": True,
            "tie": "lottery",
        }
        for place, row in enumerate(rows, start=1)
    ]
    selection = {"selected": [], "reserved": {}, "refused": {}, "cutoffs": {}}
    run = RankingRun.objects.create(
        call=trial.call,
        stage=stage,
        number=1,
        inputs="{}",
        sha256="0" * 64,
        module=tally.MODULE,
        result={"groups": {tally.ALL: ranked}, "selection": selection},
        run_by=trial.officer,
        run_at=now,
    )
    track = stage.call.tracks.order_by("order").first()
    chosen = {"selected": [[ranked[0]["application"], track.code, track.code]], "reserved": {track.code: [ranked[1]["application"]]}, "refused": [], "cutoffs": {track.code: "99"}}  # fmt: skip
    RankingRun.objects.create(
        call=trial.call,
        number=2,
        inputs="{}",
        sha256="1" * 64,
        module=tally.MODULE,
        result={"groups": {track.code: ranked}, "selection": chosen},
        run_by=trial.officer,
        run_at=now,
    )
    decision = Decision.objects.create(
        call=trial.call, kind="SHORTLIST", stage=stage, run=run, prepared_by=trial.officer, prepared_at=now
    )
    DecisionLine.objects.bulk_create(LineWriter(decision, run).lines(rows), AT_ONCE)
    return decision
