"""Freezing the figures: built by one person, seen and published by another, restated by a later one and never edited."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from fund import queries, rules
from fund.enums import SnapshotKind, SnapshotStatus
from fund.models import Book, PerformanceRun, Programme, Snapshot
from fund.services.books import hold_knowledge, still
from fund.workflow import SNAPSHOT
from ledger import log
from portal.core.errors import Invalid
from portal.core.periods import SEOUL
from portal.core.transition import advance
from portal.intake.canonical import digest


@transaction.atomic
def build_snapshot(*, programme: Programme, kind: str, on: date, by: Any, now: datetime) -> Snapshot:
    """Freeze the figures of the last day of a month or quarter. All books wait, so nothing appears at or before it later."""
    acting = by.acting_as(rules.check_may_on(by, "valuation.prepare", programme))
    _check_day(kind, on, now)
    known = hold_knowledge(Book.objects.filter(programme=programme), now)
    given = queries.snapshots.given(programme, on=on)
    content = queries.snapshots.body(programme, kind=kind, on=on, known=known, given=given)
    text, seal = queries.snapshots.spelled(content)
    number = (programme.snapshots.aggregate(last=Max("number"))["last"] or 0) + 1
    before = programme.snapshots.filter(kind=kind, as_of_date=on, status=SnapshotStatus.PUBLISHED).first()
    made = Snapshot.objects.create(
        programme=programme, number=number, kind=kind, as_of_date=on, known_at=known, body=text, digest=seal,
        restates=before, built_by=by,
    )  # fmt: skip
    _keep_runs(made, content)
    data = {"to": made.status, "as_of": on, "known_at": known, "digest": seal}
    log.append("fund.snapshot.built", row=made, by=acting, data=data)
    return made


def _check_day(kind: str, on: date, now: datetime) -> None:
    if on >= now.astimezone(SEOUL).date():
        raise Invalid(_("지난 날만 기준일로 정할 수 있습니다."), field="on")
    ends_month = (on + timedelta(days=1)).day == 1
    if not ends_month or (kind == SnapshotKind.QUARTER and on.month % 3):
        raise Invalid(_("기준일은 월말이나 분기말이어야 합니다."), field="on")


def _keep_runs(made: Snapshot, content: dict[str, Any]) -> None:
    """One row for each rate with the flows it came from."""
    funds = {one.code: one for one in made.programme.sub_funds.all()}
    PerformanceRun.objects.bulk_create(
        PerformanceRun(
            snapshot=made,
            scope=run["scope"],
            sub_fund=funds.get(run["code"]),
            status=run["answer"]["status"],
            rate=run["answer"]["rate"] or "",
            roots=run["answer"]["roots"],
            flows=run["flows"],
            inputs_hash=digest(run["flows"]),
            method=queries.snapshots.METHOD,
        )
        for run in content["runs"]
    )


@transaction.atomic
def see_snapshot(*, snapshot: Snapshot, by: Any) -> None:
    """Another person has looked at the figures."""
    role = rules.check_can_publish(by, snapshot)
    advance(
        snapshot, SnapshotStatus.SEEN, by=by.acting_as(role), steps=SNAPSHOT, data={"digest": snapshot.digest}
    )  # fmt: skip


@transaction.atomic
def publish_snapshot(*, snapshot: Snapshot, by: Any, now: datetime) -> None:
    """Show the figures to everybody. What was published of that day before is restated and stays readable."""
    acting = by.acting_as(rules.check_can_publish(by, snapshot))
    Programme.objects.select_for_update().get(pk=snapshot.programme_id)
    still(snapshot)
    before = Snapshot.objects.filter(
        programme=snapshot.programme, kind=snapshot.kind, as_of_date=snapshot.as_of_date,
        status=SnapshotStatus.PUBLISHED,
    ).first()  # fmt: skip
    if before is not None:
        if before.pk != snapshot.restates_id:
            raise Invalid(_("작성한 뒤에 같은 기준일의 실적이 공개되었습니다. 새로 작성해 주십시오."))
        told = {"digest": before.digest, "by": snapshot.digest}
        advance(before, SnapshotStatus.RESTATED, by=acting, steps=SNAPSHOT, data=told)
    data = {"as_of": snapshot.as_of_date, "known_at": snapshot.known_at, "digest": snapshot.digest}
    changes = {"published_by": by, "published_at": now}
    advance(snapshot, SnapshotStatus.PUBLISHED, by=acting, steps=SNAPSHOT, data=data, changes=changes)
