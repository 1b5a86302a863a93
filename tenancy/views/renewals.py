"""Another term: the tenant's review with its application, and the desk that writes the calls for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts import second_factor
from portal.core.clock import database_now
from portal.core.errors import Refused
from portal.core.ui.case import Act, Case, show
from portal.core.ui.parts import Column, Row, Table, link
from portal.intake.models import Call
from tenancy import change_forms, explain, forms, queries, rules, services, tables
from tenancy.enums import RenewalPath, RenewalStatus
from tenancy.models import Hub, RenewalReview
from tenancy.reasons import FIGURES
from tenancy.views.shared import SignedIn


@login_required
def renewal(request: SignedIn, review: UUID) -> HttpResponseBase:
    """One review: the term, the figures, the application or decision, and signing, which asks for the second factor."""
    act = request.GET.get("act") if request.method == "POST" else ""
    if act == "sign":
        return _sign(request, review=review)
    return _begin(request, review) if act == "begin" else _review(request, review)


@second_factor.required(back="tenancy:renewal")
def _sign(request: SignedIn, review: UUID) -> HttpResponse:
    return _review(request, review)


def _begin(request: SignedIn, review: UUID) -> HttpResponse:
    """To the application, new or as it was left."""
    found = _found(review)
    rules.check_can_ask_renewal(request.user, found)
    try:
        application = services.begin_renewal(review=found, by=request.user, now=database_now())
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("tenancy:renewal", review=review)
    return redirect("intake:application", public_id=application.public_id)


def _found(review: UUID) -> RenewalReview:
    rows = RenewalReview.objects.select_related(
        "lease__organisation",
        "lease__unit__floor__building__hub__cluster",
        "lease__offer__need__application",
        "application",
        "room",
    )
    return get_object_or_404(rows, public_id=review)


def _review(request: SignedIn, review: UUID) -> HttpResponse:
    found = _found(review)
    rules.check_can_see_stay(request.user, found.lease)
    call = _open_call(found)
    case = Case(
        title=_("연장평가"),
        back=(str(found.lease), reverse("tenancy:lease", args=[found.lease.public_id])),
        caption=found.lease.organisation,
        status=found.get_status_display(),
        rows=[
            Row(_("새 계약기간"), explain.period(found.period.lower, found.period.upper)),
            Row(_("방식"), found.get_path_display()),
            Row(_("신청 기한"), tables.instant(call.closes_at) if call else tables.day(found.respond_by)),
            *([Row(_("옮길 호실"), found.room.code)] if found.room else []),
            *_offer_row(found),
            *(Row(FIGURES[name], f"{value:,}") for name, value in found.figures.items() if name in FIGURES),
            *_application_row(request, found),
            *([Row(_("결정 이유"), found.reason)] if found.reason else []),
        ],
        notes=_notes(found, call),
        acts=_acts(request, found, call),
        recorded=[found],
    )
    return show(request, case)


def _offer_row(found: RenewalReview) -> list[Row]:
    """The room offered to a tenant that had to leave before one was found."""
    offer = found.offers.select_related("unit").order_by("-pk").first()
    if offer is None:
        return []
    words = f"{offer.unit.code} · {offer.get_status_display()}"
    return [Row(_("제안한 호실"), link(words, reverse("tenancy:offer", args=[offer.public_id])))]


def _open_call(found: RenewalReview) -> Call | None:
    asked = found.path == RenewalPath.PANEL and found.status == RenewalStatus.INVITED
    return queries.renewal_call(found.lease.unit.hub, database_now()) if asked else None


def _application_row(request: SignedIn, found: RenewalReview) -> list[Row]:
    """The application and its number, which leads each to their own page of it."""
    if found.application is None:
        return []
    page = "application" if rules.can_sign_as_tenant(request.user, found.lease) else "desk-application"
    number = found.application.receipt_number or _("작성 중")
    return [Row(_("연장 신청서"), link(number, reverse(f"intake:{page}", args=[found.application.public_id])))]


def _notes(found: RenewalReview, call: Call | None) -> list[str]:
    if found.waiting_since is not None and found.room is None and found.status == RenewalStatus.GRANTED:
        return [
            _("쓰던 호실은 다른 기업이 먼저 수락했습니다. 맞는 호실이 비면 예비 기업보다 먼저 배정하고 알려 드립니다.")
        ]
    if found.path == RenewalPath.PANEL and found.status == RenewalStatus.INVITED:
        if call is None:
            return [_("연장평가 공고를 준비하고 있습니다. 신청을 받기 시작하면 알려 드립니다.")]
        return [_("평가위원회가 실적과 계획을 평가합니다. 결과와 이유를 받아 보고 이의신청할 수 있습니다.")]
    return []


def _acts(request: SignedIn, found: RenewalReview, call: Call | None) -> list[Act]:
    def ask(answers: Mapping[str, Any], now: datetime) -> None:
        services.ask_renewal(review=found, figures=answers, by=request.user, now=now)

    def decide(answers: Mapping[str, Any], now: datetime) -> None:
        services.decide_renewal(review=found, by=request.user, now=now, **answers)

    def sign(answers: Mapping[str, Any], now: datetime) -> None:
        services.sign_renewal(review=found, by=request.user, now=now, **answers)

    tenant = rules.can_sign_as_tenant(request.user, found.lease)
    approver = rules.may_in(request.user, "lease.decide", found.lease.unit.hub)
    desk = found.path == RenewalPath.DESK
    invited = tenant and found.status == RenewalStatus.INVITED
    ready = found.waiting_since is None or found.room is not None
    possible = [
        (invited and desk, Act("ask", _("연장 신청"), forms.FiguresForm, _("연장 신청하기"), ask, _("연장을 신청했습니다."), initial=found.figures)),
        (invited and call is not None, Act("begin", _("연장 신청"), forms.SureForm, _("연장 신청서 쓰기"), ask, "")),
        (approver and desk and found.status in (RenewalStatus.APPLIED, RenewalStatus.REFUSED), Act("decide", _("연장 결정"), forms.DecisionForm, _("결정하기"), decide, _("결정했습니다."))),
        (tenant and found.status == RenewalStatus.GRANTED and ready, Act("sign", _("연장계약 서명"), forms.ConsentForm, _("연장계약에 서명하기"), sign, _("연장계약에 서명했습니다."))),
    ]  # fmt: skip
    return [act for now, act in possible if now]


@login_required
def renewal_desk(request: SignedIn, hub: str) -> HttpResponse:
    """A hub's reviews and calls for another term; the officer writes the next call, the approver sets the way."""
    place = Hub.objects.select_related("cluster").filter(code=hub).first()
    if place is None:
        raise Http404
    rules.check_may_in(request.user, "lease.read", place)
    case = Case(
        title=_("%(hub)s 연장평가") % {"hub": place},
        back=(_("입주 업무"), reverse("tenancy:desk")),
        rows=[Row(_("연장평가 방식"), place.get_renewal_path_display())],
        notes=_unasked(place),
        tables=[tables.renewals(list(queries.renewals_in([place])), company=True), _calls(place)],
        acts=_desk_acts(request, place),
        recorded=[place],
    )
    return show(request, case)


def _unasked(place: Hub) -> list[str]:
    """What the officer must not miss: tenants were invited, and no call takes their applications."""
    waiting = RenewalReview.objects.filter(status="INVITED", path="PANEL", lease__unit__floor__building__hub=place)
    number = waiting.count()
    if not number or queries.renewal_call(place, database_now()) is not None:
        return []
    return [
        _("안내를 받은 %(number)s개 기업이 신청할 공고가 없습니다. 연장평가 공고를 내 주십시오.") % {"number": number}
    ]


def _calls(place: Hub) -> Table:
    rows = Call.objects.filter(programme="space-renewal", hubs__contains=[place.code]).order_by("-opens_at", "-pk")
    return Table(
        caption=_("연장평가 공고"),
        columns=[Column(_("공고 코드")), Column(_("상태")), Column(_("접수 시작 시각")), Column(_("접수 마감 시각"))],
        rows=[
            [
                link(row.code, reverse("intake:desk-call", args=[row.code])),
                row.get_status_display(),
                tables.instant(row.opens_at),
                tables.instant(row.closes_at),
            ]
            for row in rows
        ],
        empty=_("연장평가 공고가 아직 없습니다."),
    )


def _desk_acts(request: SignedIn, place: Hub) -> list[Act]:
    by = request.user

    def draft(answers: Mapping[str, Any], now: datetime) -> None:
        services.draft_renewal_round(hub=place, by=by, now=now, **answers)

    def choose(answers: Mapping[str, Any], now: datetime) -> None:
        services.set_renewal_path(hub=place, by=by, **answers)

    possible = [
        (rules.may_in(by, "lease.prepare", place), Act("draft", _("연장평가 공고 쓰기"), change_forms.RoundForm, _("공고 초안 만들기"), draft, _("공고 초안을 만들었습니다. 내용을 확인한 뒤 결재자가 공고합니다."))),
        (rules.may_in(by, "unit.put_in_force", place), Act("path", _("연장평가 방식"), change_forms.PathForm, _("방식 정하기"), choose, _("다음 안내부터 이 방식으로 연장을 결정합니다."), kind="secondary", initial={"path": place.renewal_path})),
    ]  # fmt: skip
    return [act for allowed, act in possible if allowed]
