"""The plan's count of experts: read by the pure rules, frozen month by month, corrected by two people."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from college import experts, queries, rules
from college.models import ExpertMonth
from ledger import log
from portal.accounts.models import Cluster
from portal.core.errors import Invalid, Overtaken
from portal.core.periods import SEOUL, add_months


@transaction.atomic
def freeze_month(*, cluster: Cluster, month: date, by: Any, now: datetime, signed_by: Any = None) -> ExpertMonth:
    """Freeze the count as known at the end of ``month``; a correction of earlier months needs a second person's sign.

    Months are frozen in their order, each once. Raises ``Invalid`` before the month is over or with a gap,
    ``Overtaken`` when it is frozen already.
    """
    month = month.replace(day=1)
    as_of = end_of(month)
    _check_turn(cluster, month, as_of, now)
    acting = by if by is log.SYSTEM else by.acting_as(rules.check_can_freeze(by, cluster))
    line, counted, known = _line(cluster, month, as_of)
    if line.correction and (signed_by is None or signed_by == by):
        raise Invalid(_("지난달까지의 실적이 달라졌습니다. 다른 결재자의 확인이 필요합니다."))
    if line.correction:
        rules.check_can_freeze(signed_by, cluster)
    causes = _causes(cluster, month, as_of) if line.correction else []
    frozen = ExpertMonth.objects.create(
        cluster=cluster,
        month=month,
        as_of=as_of,
        total=line.total,
        new=line.new,
        correction=line.correction,
        unverified=counted.unverified,
        gross=counted.gross,
        by_year={str(year): count for year, count in sorted(counted.by_year.items())},
        by_campus=dict(sorted(counted.by_campus.items())),
        by_course=dict(sorted(counted.by_course.items())),
        people_digest=experts.people_digest(known),
        causes=causes,
        prepared_by=None if by is log.SYSTEM else by,
        signed_by=signed_by if line.correction else None,
    )
    _record(frozen, acting)
    return frozen


def _record(frozen: ExpertMonth, acting: Any) -> None:
    data = {"month": frozen.month, "correction": frozen.correction}
    figures = {"total": frozen.total, "new": frozen.new, "people": frozen.people_digest}
    log.append("college.target.frozen", row=frozen, by=acting, data=data | figures)
    if frozen.correction:
        log.append("college.target.corrected", row=frozen, by=acting, data={**data, "causes": frozen.causes})


def end_of(month: date) -> datetime:
    """The instant at which a month is over in Seoul."""
    return datetime.combine(add_months(month, 1), time(0), SEOUL)


def _check_turn(cluster: Cluster, month: date, as_of: datetime, now: datetime) -> None:
    if now < as_of:
        raise Invalid(_("아직 끝나지 않은 달입니다."))
    last = ExpertMonth.objects.select_for_update().filter(cluster=cluster).order_by("-month").first()
    if last is not None and last.month >= month:
        raise Overtaken(_("이미 확정한 달입니다."))
    if last is not None and add_months(last.month, 1) != month:
        raise Invalid(_("앞선 달을 먼저 확정해 주십시오."))


def _line(cluster: Cluster, month: date, as_of: datetime) -> tuple[experts.Month, experts.Count, list[str]]:
    """The month's line by the pure rules: what is known now, of graduations up to this month and up to the last."""
    start, _end = queries.WINDOW
    rows = queries.count_rows(cluster)
    known_at = as_of - timedelta(microseconds=1)
    counted = experts.count(*rows, window=(start, add_months(month, 1)), as_of=known_at)
    before = experts.count(*rows, window=(start, month), as_of=known_at).total
    last = ExpertMonth.objects.filter(cluster=cluster, month=add_months(month, -1)).first()
    known = list(experts.counted_people(*rows, window=(start, add_months(month, 1)), as_of=known_at))
    return experts.month(last.total if last else 0, before, counted.total), counted, known


def _causes(cluster: Cluster, month: date, as_of: datetime) -> list[str]:
    """What happened in the month that can move earlier figures."""
    start = datetime.combine(month, time(0), SEOUL)
    return queries.causes_between(cluster, start, as_of)
