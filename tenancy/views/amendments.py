"""Changing a lease: the officer writes, both sides sign the document shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts import second_factor
from portal.accounts.models import Organisation
from portal.core.business_number import normalise
from portal.core.errors import Invalid, NotAllowed
from portal.core.papers import answer
from portal.core.ui.case import Act, Case, show
from portal.core.ui.parts import Column, Row, Tab, Table, link
from tenancy import change_forms, explain, forms, papers, queries, rules, services, tables
from tenancy.enums import AmendmentStatus, Side
from tenancy.models import Amendment, Lease, Unit
from tenancy.views.shared import SignedIn, found_amendment, found_lease


@login_required
def amend(request: SignedIn, lease: UUID) -> HttpResponse:
    """Write an amendment; ``?kind=`` says what changes."""
    found = found_lease(lease)
    rules.check_can_amend(request.user, found)
    kinds = {change.code: change for change in _changes(found)}
    chosen = kinds.get(request.GET.get("kind", ""), kinds["MOVE"])

    def write(answers: Mapping[str, Any], now: datetime) -> None:
        rest = {name: answers[name] for name in ("on", "reason")}
        chosen.prepare(found, answers, {**rest, "by": request.user, "now": now})

    act = Act(
        "amend",
        chosen.title,
        chosen.form,
        _("변경계약 작성하기"),
        write,
        _("변경계약을 작성해 입주기업에 알렸습니다."),
        options=chosen.options,
        query=f"kind={chosen.code}",
    )
    case = Case(
        title=_("변경계약 작성"),
        back=(str(found), reverse("tenancy:lease", args=[found.public_id])),
        caption=found.organisation,
        tabs=[Tab(change.title, f"?kind={code}", current=change is chosen) for code, change in kinds.items()],
        tables=[_cells(found)] if chosen.code == "SPLIT" else [],
        acts=[act],
    )
    return show(request, case, then=reverse("tenancy:lease", args=[found.public_id]))


@dataclass(frozen=True)
class Change:
    """One thing that an amendment may change: its form, and the service that writes it."""

    code: str
    title: str
    form: type[Form]
    prepare: Callable[[Lease, Mapping[str, Any], dict[str, Any]], object]
    options: Mapping[str, Any] = field(default_factory=dict)


def _changes(lease: Lease) -> list[Change]:
    """What of this lease may be changed now; another start only before anybody has moved in."""
    cards = [(str(card.pk), explain.card(card)) for card in queries.cards_of(lease.unit.hub.cluster)]
    waiting = lease.moved_in_date is None
    whole = lease.unit.cells.count() > 1
    return [
        Change("MOVE", _("호실 이동"), change_forms.MoveForm, _move),
        Change("SWAP", _("호실 맞바꿈"), change_forms.SwapForm, _swap),
        *([Change("SPLIT", _("호실 나누기"), change_forms.SplitForm, _split)] if whole else []),
        Change("AREA", _("계약면적"), change_forms.AreaForm, _area),
        Change("RATE", _("요율"), change_forms.RateForm, _rate, {"cards": cards}),
        *([Change("START", _("시작일"), change_forms.StartForm, _start)] if waiting else []),
        Change("SUCCESSION", _("승계"), change_forms.SuccessionForm, _succession),
    ]


def _move(lease: Lease, answers: Mapping[str, Any], about: dict[str, Any]) -> None:
    services.prepare_move(lease=lease, unit=_unit(lease, answers["unit"]), **about)


def _swap(lease: Lease, answers: Mapping[str, Any], about: dict[str, Any]) -> None:
    other = queries.lease_in(_unit(lease, answers["unit"]))
    if other is None or other == lease:
        raise Invalid(_("다른 기업이 입주한 호실을 적어 주십시오."), field="unit")
    services.prepare_swap(first=lease, second=other, **about)


def _split(lease: Lease, answers: Mapping[str, Any], about: dict[str, Any]) -> None:
    services.prepare_split(lease=lease, parts=answers["parts"], stays_in=answers["stays_in"].strip(), **about)


def _area(lease: Lease, answers: Mapping[str, Any], about: dict[str, Any]) -> None:
    services.prepare_area(lease=lease, area_m2=answers["area_m2"], **about)


def _rate(lease: Lease, answers: Mapping[str, Any], about: dict[str, Any]) -> None:
    card = queries.cards_of(lease.unit.hub.cluster).get(pk=answers["card"])
    services.prepare_rate(lease=lease, rate_card=card, **about)


def _start(lease: Lease, answers: Mapping[str, Any], about: dict[str, Any]) -> None:
    rest = {name: value for name, value in about.items() if name != "on"}
    try:
        services.prepare_start(lease=lease, start=about["on"], **rest)
    except Invalid as refusal:
        raise Invalid(refusal.message, field="on") from refusal


def _succession(lease: Lease, answers: Mapping[str, Any], about: dict[str, Any]) -> None:
    try:
        number = normalise(answers["business_number"])
    except ValueError:
        number = ""
    found = Organisation.objects.filter(business_number=number).first() if number else None
    if found is None or found == lease.organisation:
        raise Invalid(_("등록된 다른 기업의 사업자등록번호를 적어 주십시오."), field="business_number")
    services.prepare_succession(lease=lease, successor=found, **about)


def _cells(lease: Lease) -> Table:
    """The cells of the tenant's room, to be shared among the parts."""
    return Table(
        caption=_("%(unit)s호의 구획") % {"unit": lease.unit.code},
        columns=[Column(_("구획"))],
        rows=[[cell.code] for cell in lease.unit.cells.order_by("code")],
    )


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
    found = found_amendment(amendment)
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
            *papers.signatures(signed),
            Row(_("문서 지문(SHA-256)"), found.document_hash),
            *_documents(request, found),
        ],
        acts=_acts(request, found, set(signed)),
        recorded=[found, found.lease],
    )
    return show(request, case)


def _documents(request: SignedIn, found: Amendment) -> list[Row]:
    """The amendment as a file, and where one signed on paper is put on file."""
    rows = [Row(_("변경계약서"), link(_("PDF 내려받기"), reverse("tenancy:amendment-pdf", args=[found.public_id])))]
    if found.status == AmendmentStatus.AWAITING_SIGNATURE and rules.may_file_paper(request.user, found.lease):
        page = reverse("tenancy:amendment-paper", args=[found.public_id])
        rows.append(Row(_("종이로 서명"), link(_("종이로 서명한 계약서"), page)))
    return rows


@login_required
def amendment_pdf(request: SignedIn, amendment: UUID) -> FileResponse:
    """The amendment as a file, for whoever may see the lease."""
    found = found_amendment(amendment)
    rules.check_can_see_lease(request.user, found.lease)
    return answer(papers.amendment(found), f"amendment-{found.public_id}.pdf")


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
