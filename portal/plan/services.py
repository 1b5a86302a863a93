"""Writes: publishing a plan as announced, and stating how far a promise without a metric has come."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.models import Cluster, User
from portal.core.errors import Invalid
from portal.plan import registry, rules
from portal.plan.announcement import Announcement, Row
from portal.plan.models import Baseline, BudgetLine, Plan, PlannedHub, PlanVersion, Progress, Remark, Source, Target


@transaction.atomic
def publish_plan(*, by: Any, announcement: Announcement) -> PlanVersion | None:
    """Publish a plan, or a new version of it; None when the newest version already says exactly this.

    The cluster is made when it is new. ``by`` is the ledger's system when a file of the installation is loaded.
    Raises ``Invalid`` when the plan's code belongs to another city.
    """
    cluster, _made = Cluster.objects.update_or_create(
        code=announcement.cluster["code"],
        defaults={key: announcement.cluster[key] for key in ("name_ko", "name_en")},
    )
    Plan.objects.get_or_create(code=announcement.code, defaults={"cluster": cluster})
    plan = Plan.objects.select_for_update().get(code=announcement.code)
    if plan.cluster_id != cluster.pk:
        raise Invalid(_("이 계획 코드는 다른 클러스터의 것입니다."), field="plan")
    newest = plan.versions.order_by("-number").first()
    if newest is not None and newest.content_hash == announcement.content_hash:
        return None
    version = PlanVersion.objects.create(
        plan=plan,
        number=1 if newest is None else newest.number + 1,
        content_hash=announcement.content_hash,
        **announcement.version,
    )
    _write_lines(version, announcement)
    log.append(
        registry.VERSION_PUBLISHED,
        row=version,
        by=by,
        data={"plan": plan.code, "version": version.number, "hash": version.content_hash},
    )
    return version


def _write_lines(version: PlanVersion, announcement: Announcement) -> None:
    sources = {row["code"]: Source.objects.create(version=version, **row) for row in announcement.sources}

    def write(model: type[models.Model], rows: list[Row]) -> None:
        lines = [model(version=version, **{**row, "source": sources[row["source"]]}) for row in rows]
        model._default_manager.bulk_create(lines)

    write(BudgetLine, announcement.budget)
    write(Target, announcement.targets)
    write(PlannedHub, announcement.hubs)
    write(Baseline, announcement.baselines)
    write(Remark, announcement.remarks)


@transaction.atomic
def state_progress(
    *,
    by: User,
    plan: Plan,
    target_code: str,
    state: str,
    on_date: date,
    text_ko: str,
    source_title: str,
    now: datetime,
    text_en: str = "",
    source_url: str = "",
) -> Progress:
    """State how far a promise has come as of ``on_date``. A statement is never changed; a later one takes its place.

    Raises ``NotAllowed``; ``Invalid`` when the promise is counted by a metric, is unknown, or the day lies ahead.
    """
    role = rules.check_can_state_progress(by, plan)
    _check_statable(plan, target_code)
    if on_date > timezone.localdate(now):
        raise Invalid(_("기준일은 오늘보다 늦을 수 없습니다."), field="on_date")
    statement = Progress.objects.create(
        plan=plan,
        target_code=target_code,
        state=state,
        on_date=on_date,
        text_ko=text_ko,
        text_en=text_en,
        source_title=source_title,
        source_url=source_url,
        stated_by=by,
        stated_at=now,
    )
    content = "\n".join([text_ko, text_en, source_title, source_url])
    log.append(
        registry.PROGRESS_STATED,
        row=statement,
        by=by.acting_as(role),
        data={
            "plan": plan.code,
            "target": target_code,
            "state": state,
            "on": on_date,
            "hash": hashlib.sha256(content.encode()).hexdigest(),
        },
    )
    return statement


def _check_statable(plan: Plan, target_code: str) -> None:
    target = Target.objects.filter(version__plan=plan, code=target_code).order_by("-version__number").first()
    if target is None:
        raise Invalid(_("이 계획에 없는 목표입니다."), field="target")
    if target.metric:
        raise Invalid(_("이 목표는 실제 기록에서 집계하므로 손으로 입력할 수 없습니다."), field="target")
