"""Changing a lease: the officer writes, both sides sign the document shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts import second_factor
from portal.core.errors import Invalid, NotAllowed
from portal.core.ui.parts import Row
from tenancy import explain, forms, rules, services, tables
from tenancy.enums import AmendmentStatus, Side
from tenancy.models import Amendment, Lease, Unit
from tenancy.views.case import Act, Case, show
from tenancy.views.shared import SignedIn, found_lease


@login_required
def amend(request: SignedIn, lease: UUID) -> HttpResponse:
    """Write an amendment."""
    found = found_lease(lease)
    rules.check_can_amend(request.user, found)

    def write(answers: Mapping[str, Any], now: datetime) -> None:
        about = {"lease": found, "on": answers["on"], "reason": answers["reason"], "by": request.user, "now": now}
        if answers["kind"] == "MOVE":
            services.prepare_move(unit=_unit(found, answers["unit"]), **about)
        else:
            services.prepare_area(area_m2=answers["area_m2"], **about)

    act = Act(
        "amend",
        _("변경할 내용"),
        forms.AmendForm,
        _("변경계약 작성하기"),
        write,
        _("변경계약을 작성해 입주기업에 알렸습니다."),
    )
    case = Case(
        title=_("변경계약 작성"),
        back=(str(found), reverse("tenancy:lease", args=[found.public_id])),
        caption=found.organisation,
        acts=[act],
    )
    return show(request, case, then=reverse("tenancy:lease", args=[found.public_id]))


def _unit(lease: Lease, code: str) -> Unit:
    units = Unit.objects.filter(floor__building__hub=lease.unit.hub, to_date__isnull=True)
    unit = units.select_related("floor__building__hub").filter(code=code.strip()).first()
    if unit is None:
        raise Invalid(_("이 거점에 없는 호실입니다."), field="unit")
    return unit


@login_required
def amendment(request: SignedIn, amendment: UUID) -> HttpResponseBase:
    """One amendment: what changes, who has signed, and signing, which asks for the second factor."""
    signing = request.method == "POST" and request.GET.get("act") == "sign"
    return _sign(request, amendment=amendment) if signing else _show(request, amendment)


@second_factor.required(back="tenancy:amendment")
def _sign(request: SignedIn, amendment: UUID) -> HttpResponse:
    return _show(request, amendment)


def _show(request: SignedIn, amendment: UUID) -> HttpResponse:
    rows = Amendment.objects.select_related(
        "lease__organisation", "lease__unit__floor__building__hub__cluster", "lease__rate_card"
    ).prefetch_related("signatures__user")
    found = get_object_or_404(rows, public_id=amendment)
    rules.check_can_see_lease(request.user, found.lease)
    signed = {given.side: given for given in found.signatures.all()}
    case = Case(
        title=_("변경계약"),
        back=(str(found.lease), reverse("tenancy:lease", args=[found.lease.public_id])),
        caption=found.lease.organisation,
        status=found.get_status_display(),
        rows=[
            Row(_("종류"), found.get_kind_display()),
            Row(_("시행일"), tables.day(found.effective_date)),
            *explain.changes(found),
            Row(_("이유"), found.reason),
            *(
                Row(label, explain.signature(signed[side]) if side in signed else _("서명 전"))
                for side, label in Side.choices
            ),
            Row(_("문서 지문(SHA-256)"), found.document_hash),
        ],
        acts=_acts(request, found, set(signed)),
        recorded=[found, found.lease],
    )
    return show(request, case)


def _acts(request: SignedIn, found: Amendment, signed: set[str]) -> list[Act]:
    side = _side(request, found, signed)

    def sign(answers: Mapping[str, Any], now: datetime) -> None:
        services.sign_amendment(amendment=found, side=Side(side), by=request.user, now=now, **answers)

    def drop(answers: Mapping[str, Any], now: datetime) -> None:
        services.drop_amendment(amendment=found, by=request.user, reason=answers["reason"])

    acts = []
    if side:
        title = _("%(side)s 쪽으로 서명합니다.") % {"side": Side(side).label}
        shown = {"document_hash": found.document_hash}
        acts.append(
            Act("sign", title, forms.SignForm, _("변경계약에 서명하기"), sign, _("서명했습니다."), initial=shown)
        )
    if found.status == AmendmentStatus.AWAITING_SIGNATURE and rules.may_in(
        request.user, "lease.prepare", found.lease.unit.hub
    ):
        acts.append(
            Act(
                "drop",
                _("변경 취소"),
                forms.ReasonForm,
                _("변경계약 취소하기"),
                drop,
                _("변경계약을 취소했습니다."),
                kind="danger",
            )
        )
    return acts


def _side(request: SignedIn, found: Amendment, signed: set[str]) -> str:
    if found.status != AmendmentStatus.AWAITING_SIGNATURE:
        return ""
    for side in Side:
        try:
            rules.check_can_sign_amendment(request.user, found, side)
        except NotAllowed:
            continue
        if side not in signed:
            return side
    return ""
