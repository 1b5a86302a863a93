"""Rate cards: what rooms cost, for everybody; written, looked at and put in force at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.models import Cluster
from portal.core.clock import database_now
from portal.core.ui.case import Act, Case, show
from portal.core.ui.parts import Column, Row, Table, link
from tenancy import explain, queries, services, tables
from tenancy import rate_rules as rules
from tenancy.enums import RateCardStatus
from tenancy.forms import ReasonForm, SureForm
from tenancy.models import RateCard
from tenancy.rate_forms import RateCardForm
from tenancy.views.money import desk
from tenancy.views.shared import SignedIn, day_asked


def rates(request: HttpRequest) -> HttpResponse:
    """What rooms cost on a day, card by card."""
    on = day_asked(request, database_now())
    cards = [(card, explain.prices(card)) for card in queries.cards_on(on)]
    return render(request, "tenancy/rates.html", {"cards": cards, "on": on})


@login_required
def rate_desk(request: SignedIn, cluster: str) -> HttpResponse:
    """All rate cards of a cluster, and writing another."""
    place = get_object_or_404(Cluster, code=cluster)
    rules.check_can_read_rate_cards(request.user, place)

    def draft(answers: Mapping[str, Any], now: datetime) -> None:
        services.draft_rate_card(cluster=place, by=request.user, **answers)

    act = Act("draft", _("새 요율표"), RateCardForm, _("요율표 작성하기"), draft, _("요율표를 작성했습니다. 수납담당이 확인한 뒤 결재자가 시행합니다."))  # fmt: skip
    case = Case(
        title=_("요율표"),
        back=desk(),
        caption=place,
        lead=_("운영담당이 작성하고, 수납담당이 확인하고, 결재자가 시행합니다. 확인한 뒤에는 금액이 바뀌지 않습니다."),
        tables=[_table(list(queries.cards_written(place)))],
        acts=[act] if rules.may_draft_rate_card(request.user, place) else [],
    )
    return show(request, case)


def _table(cards: list[RateCard]) -> Table:
    return Table(
        caption=_("요율표"),
        columns=[Column(_("요율표")), Column(_("임대료")), Column(_("시행일")), Column(_("상태"))],
        rows=[
            [
                link(f"{card.code} v{card.version}", _address(card)),
                explain.per(card.basis, card.rate_won),
                tables.day(card.from_date),
                tables.status(card.status, card.get_status_display()),
            ]
            for card in cards
        ],
        empty=_("아직 요율표가 없습니다."),
    )


def _address(card: RateCard) -> str:
    return reverse("tenancy:rate_card", args=[card.cluster.code, card.code, card.version])


@login_required
def rate_card(request: SignedIn, cluster: str, code: str, version: int) -> HttpResponse:
    """One version: what it says, who had a hand in it, and the next step."""
    rows = queries.cards_written(get_object_or_404(Cluster, code=cluster))
    card = get_object_or_404(rows, code=code, version=version)
    rules.check_can_read_rate_cards(request.user, card.cluster)
    hands = ((_("작성한 사람"), card.drafted_by), (_("확인한 사람"), card.checked_by), (_("시행한 사람"), card.put_by))
    case = Case(
        title=_("%(code)s 요율표 %(version)s판") % {"code": card.code, "version": card.version},
        back=(_("요율표"), reverse("tenancy:rate_desk", args=[cluster])),
        caption=card.cluster,
        status=card.get_status_display(),
        tone=tables.TONES.get(card.status, ""),
        rows=[
            Row(_("시행일"), tables.day(card.from_date)),
            *explain.prices(card),
            Row(_("끝수 처리"), card.get_rounding_display()),
            *(Row(label, person.name) for label, person in hands if person),
        ],
        acts=_acts(request.user, card),
        recorded=[card],
    )
    return show(request, case)


def _acts(by: Any, card: RateCard) -> list[Act]:
    def check(answers: Mapping[str, Any], now: datetime) -> None:
        services.check_rate_card(card=card, by=by)

    def put(answers: Mapping[str, Any], now: datetime) -> None:
        services.put_rate_card_in_force(card=card, by=by)

    def drop(answers: Mapping[str, Any], now: datetime) -> None:
        services.drop_rate_card(card=card, by=by, **answers)

    waits = card.status in (RateCardStatus.DRAFT, RateCardStatus.CHECKED)
    possible = [
        (card.status == RateCardStatus.DRAFT and rules.may_check_rate_card(by, card), Act("check", _("두 번째 확인"), SureForm, _("금액이 맞음을 확인하기"), check, _("요율표를 확인했습니다."))),
        (card.status == RateCardStatus.CHECKED and rules.may_put_rate_card_in_force(by, card), Act("put", _("시행"), SureForm, _("시행하기"), put, _("요율표를 시행했습니다."))),
        (waits and rules.can_drop_rate_card(by, card), Act("drop", _("폐기"), ReasonForm, _("폐기하기"), drop, _("요율표를 폐기했습니다."), kind="danger")),
    ]  # fmt: skip
    return [act for may, act in possible if may]
