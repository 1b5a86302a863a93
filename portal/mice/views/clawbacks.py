"""A clawback from its notice to the last won, and the sanction that may follow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts import rules as accounts
from portal.core.clock import database_now
from portal.core.ui.case import Act, Case, show
from portal.core.ui.parts import Row
from portal.mice import naming, queries, rules, services, support_forms, support_tables
from portal.mice.enums import ClawbackStatus
from portal.mice.models import Clawback, Sanction
from portal.mice.views.tour_shared import SignedIn

type Answers = Mapping[str, Any]
_PAYING = (ClawbackStatus.DEMANDED, ClawbackStatus.PART_PAID, ClawbackStatus.OVERDUE)


@login_required
def clawback(request: SignedIn, clawback: UUID) -> HttpResponse:
    """What is to be taken back, what was said to it, and what may be done now."""
    found = queries.clawback_of(clawback)
    if found is None:
        raise Http404
    rules.check_can_see_award(request.user, found.award)
    sanction = queries.sanction_of(found)
    case = Case(
        title=_("환수"),
        back=(naming.edition(found.award.edition), reverse("support:award", args=[found.award.public_id])),
        caption=found.award.organisation,
        status=found.get_status_display(),
        tone=support_tables.TONES.get(found.status, ""),
        rows=[*support_tables.clawback(found), *_sanctioned(sanction)],
        acts=[*_hearing(request, found), *_deciding(request, found), *_receiving(request, found)],
        recorded=[found, *([sanction] if sanction else [])],
    )
    return show(request, case)


def _sanctioned(sanction: Sanction | None) -> list[Row]:
    if sanction is None:
        return []
    days = f"{support_tables.day(sanction.from_on)} ~ {support_tables.day(sanction.until_on)}"
    lifted = _(" (해제)") if sanction.lifted_at else ""
    return [Row(_("지원 제한"), f"{days}{lifted}")]


def _hearing(request: SignedIn, found: Clawback) -> list[Act]:
    in_time = found.status == ClawbackStatus.NOTICED and database_now() < found.reply_by
    if not in_time or not accounts.can_sign_for(request.user, found.award.organisation):
        return []

    def reply(answers: Answers, now: datetime) -> None:
        services.reply_to_clawback(clawback=found, by=request.user, now=now, **answers)

    return [Act("reply", _("의견 제출"), support_forms.ReplyForm, _("의견 내기"), reply, _("의견을 냈습니다."))]


def _deciding(request: SignedIn, found: Clawback) -> list[Act]:
    """Another person decides, after the hearing or when its time is over."""
    by = request.user
    if not accounts.may(by, "clawback.decide", cluster=found.award.programme.cluster):
        return []
    heard = found.status == ClawbackStatus.HEARING
    ripe = heard or (found.status == ClawbackStatus.NOTICED and database_now() >= found.reply_by)
    another = by.pk != found.noticed_by_id

    def decide(answers: Answers, now: datetime) -> None:
        services.decide_clawback(clawback=found, by=by, now=now, **answers)

    def drop(answers: Answers, now: datetime) -> None:
        services.drop_clawback(clawback=found, by=by, **answers)

    def demand(answers: Answers, now: datetime) -> None:
        services.demand_clawback(clawback=found, by=by, **answers)

    def waive(answers: Answers, now: datetime) -> None:
        services.waive_clawback(clawback=found, by=by, **answers)

    decided = found.status == ClawbackStatus.DECIDED
    possible = [
        (ripe and another, Act("decide", _("환수결정"), support_forms.ReasonForm, _("환수 결정하기"), decide, _("환수를 결정했습니다."))),
        (heard and another, Act("drop", _("환수 철회"), support_forms.ReasonForm, _("철회하기"), drop, _("환수를 철회했습니다."), kind="secondary")),
        (decided, Act("demand", _("납부 고지"), support_forms.DemandForm, _("고지하기"), demand, _("납부를 고지했습니다."))),
        (decided, Act("waive", _("면제"), support_forms.WaiveForm, _("면제하기"), waive, _("환수를 면제했습니다."), kind="secondary")),
    ]  # fmt: skip
    return [act for may, act in possible if may]


def _receiving(request: SignedIn, found: Clawback) -> list[Act]:
    by, sanction = request.user, queries.sanction_of(found)
    if not accounts.may(by, "clawback.decide", cluster=found.award.programme.cluster):
        return []

    def receive(answers: Answers, now: datetime) -> None:
        services.receive_clawback(clawback=found, by=by, now=now, **answers)

    def impose(answers: Answers, now: datetime) -> None:
        services.impose_sanction(clawback=found, by=by, now=now, **answers)

    def lift(answers: Answers, now: datetime) -> None:
        assert sanction is not None
        services.lift_sanction(sanction=sanction, by=by, now=now, **answers)

    stands = found.decided_at is not None and found.status != ClawbackStatus.WAIVED
    possible = [
        (found.status in _PAYING, Act("receive", _("수납 기록"), support_forms.ReceiveForm, _("받았음을 적기"), receive, _("수납을 기록했습니다."))),
        (stands and sanction is None, Act("sanction", _("지원 제한"), support_forms.SanctionForm, _("제한하기"), impose, _("지원을 제한했습니다."), kind="secondary")),
        (sanction is not None and sanction.lifted_at is None, Act("lift", _("지원 제한 해제"), support_forms.ReasonForm, _("해제하기"), lift, _("지원 제한을 해제했습니다."), kind="secondary")),
    ]  # fmt: skip
    return [act for may, act in possible if may]
