"""What a month costs beside the rent: reading the meters of a hub, sharing costs, tariffs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core.clock import database_now
from portal.core.errors import NotAllowed, Refused
from portal.core.periods import SEOUL, add_months, first_of_month
from portal.core.ui.case import Act, Case, show
from portal.core.ui.parts import Row, Tab, link
from tenancy import charge_forms, charge_tables, services, tables, usage
from tenancy import charge_rules as rules
from tenancy.enums import MeterKind, RateCardStatus
from tenancy.forms import ReasonForm, SureForm
from tenancy.models import Floor, Hub, SharedCost, Tariff
from tenancy.queries.charges import last_readings, month_readings, shared_costs, stays, tariff_in, tariffs_of
from tenancy.views.money import desk, found_hub
from tenancy.views.shared import SignedIn, day_asked

_YEARS = 50


@login_required
def charges(request: SignedIn, hub: str) -> HttpResponse:
    """A month's readings of one kind of meter, and its shared costs; the month before unless asked."""
    place, now = found_hub(hub), database_now()
    rules.check_can_see_charges(request.user, place)
    month = _month(request, now)
    kind = request.GET.get("kind", "")
    kind = kind if kind in MeterKind.values else str(MeterKind.ELECTRICITY)
    read = month_readings(place, month, kind)
    tariff = tariff_in(place, kind, month)
    case = Case(
        title=_("%(hub)s 검침과 공동비용") % {"hub": place},
        back=desk(),
        caption=tables.month(month),
        lead=_("검침한 사용량과 공동비용의 몫은 그 달의 작성 중인 고지서에, 이미 고지했으면 다음 달 고지서에 오릅니다."),
        tabs=[
            Tab(label, _query(month, value), current=value == kind) for value, label in MeterKind.choices
        ],
        rows=[
            Row(_("다른 달"), _months(month, kind)),
            Row(_("이 계량기의 단가"), charge_tables.tariff_price(tariff) if tariff else _("없음. 단가를 시행하면 부과합니다.")),
            Row(_("단가 관리"), link(_("사용료 단가"), reverse("tenancy:tariffs", args=[place.code]))),
        ],
        tables=[
            charge_tables.readings(read.values(), _("%(kind)s 검침") % {"kind": MeterKind(kind).label}),
            charge_tables.costs(list(shared_costs(place, month))),
        ],
        acts=_acts(request.user, place, month, kind, read, now),
    )  # fmt: skip
    return show(request, case)


def _month(request: SignedIn, now: datetime) -> date:
    """The month of ``?on=``; the one before this when none is asked for, or none that a hub could have."""
    last = add_months(first_of_month(now.astimezone(SEOUL).date()), -1)
    asked = first_of_month(day_asked(request, now))
    return asked if request.GET.get("on") and abs(asked.year - last.year) <= _YEARS else last


def _query(month: date, kind: str) -> str:
    return "?" + urlencode({"on": month.isoformat(), "kind": kind})


def _months(month: date, kind: str) -> object:
    before, after = add_months(month, -1), add_months(month, 1)
    links = ((_query(one, kind), tables.month(one)) for one in (before, after))
    (first, first_word), (second, second_word) = links
    return format_html('<a href="{}">{}</a> · <a href="{}">{}</a>', first, first_word, second, second_word)


def _acts(by: Any, place: Hub, month: date, kind: str, read: Mapping[Any, Any], now: datetime) -> list[Act]:
    """Reading what is not read yet, sharing a cost once the month is over, setting a reading aside."""
    if not rules.may_in(by, "charge.record", place):
        return []
    query = _query(month, kind)[1:]
    slots, today = _slots(place, month, kind, read), now.astimezone(SEOUL).date()
    acts = []
    if slots and month <= today:
        acts.append(_reading(by, place, month, kind, slots, query))
    if add_months(month, 1) <= today:
        acts.append(_sharing(by, place, month, query))
    if read:
        acts.append(_voiding(by, read, query))
    return acts


def _reading(by: Any, place: Hub, month: date, kind: str, slots: list[charge_forms.Slot], query: str) -> Act:
    def record(answers: Mapping[str, Any], now: datetime) -> None:
        assert isinstance(act.shown, charge_forms.ReadingsForm)
        services.record_readings(hub=place, month=month, kind=kind, readings=act.shown.readings(), by=by, now=now)

    act = Act(
        "read", _("%(kind)s 검침 입력") % {"kind": MeterKind(kind).label}, charge_forms.ReadingsForm,
        _("검침값 저장하기"), record, _("검침값을 저장했습니다."), options={"slots": slots}, query=query, wide=True,
    )  # fmt: skip
    return act


def _slots(place: Hub, month: date, kind: str, read: Mapping[Any, Any]) -> list[charge_forms.Slot]:
    """Who lived where in the month and was not read yet, each once, with what the meter showed last."""
    rows = {(stay.lease.pk, stay.unit.pk): stay for stay in stays(place, month)}
    last = last_readings([stay.unit for stay in rows.values()], kind)
    return [
        charge_forms.Slot(
            lease, unit, stay.unit.code, stay.lease.organisation.name,
            f"{usage.plain(last[unit].value)} · {tables.day(last[unit].read_at.astimezone(SEOUL).date())}" if unit in last else _("없음"),
        )
        for (lease, unit), stay in rows.items()
        if (lease, unit) not in read
    ]  # fmt: skip


def _sharing(by: Any, place: Hub, month: date, query: str) -> Act:
    floors = {str(row.pk): row for row in Floor.objects.filter(building__hub=place).select_related("building").order_by("level")}  # fmt: skip

    def share(answers: Mapping[str, Any], now: datetime) -> None:
        floor = floors.get(answers["floor"])
        services.share_cost(hub=place, month=month, by=by, now=now, **{**answers, "floor": floor})

    return Act(
        "share", _("공동비용 나누기"), charge_forms.CostForm, _("면적과 날수로 나누기"), share, _("공동비용을 나누었습니다."),
        kind="secondary", options={"floors": [(key, str(row)) for key, row in floors.items()]}, query=query,
    )  # fmt: skip


def _voiding(by: Any, read: Mapping[Any, Any], query: str) -> Act:
    rows = {str(row.pk): row for row in read.values()}

    def void(answers: Mapping[str, Any], now: datetime) -> None:
        services.void_reading(reading=rows[answers["reading"]], reason=answers["reason"], by=by, now=now)

    choices = [(key, f"{row.unit.code} · {usage.plain(row.value)}") for key, row in rows.items()]
    return Act(
        "void", _("잘못 읽은 값 취소"), charge_forms.VoidReadingForm, _("검침 취소하기"), void,
        _("검침을 취소했습니다. 다시 읽어 적어 주십시오."), kind="danger", options={"readings": choices}, query=query,
    )  # fmt: skip


def _found_cost(public_id: UUID) -> SharedCost:
    rows = SharedCost.objects.select_related("hub__cluster", "floor", "entered_by", "voided_by")
    return get_object_or_404(rows, public_id=public_id)


@login_required
def shared_cost(request: SignedIn, cost: UUID) -> HttpResponse:
    """A shared cost: its bill, who bears how much; a wrong one is set aside."""
    found = _found_cost(cost)
    rules.check_can_see_charges(request.user, found.hub)

    def void(answers: Mapping[str, Any], now: datetime) -> None:
        services.void_cost(cost=found, by=request.user, now=now, **answers)

    act = Act("void", _("공동비용 취소"), ReasonForm, _("취소하기"), void, _("공동비용을 취소했습니다."), kind="danger")
    may = found.voided_at is None and rules.may_in(request.user, "charge.record", found.hub)
    back = reverse("tenancy:charges", args=[found.hub.code]) + f"?on={found.month}"
    rows = found.shares.select_related("lease__unit", "lease__organisation", "charged_on__invoice")
    case = Case(
        title=found.get_kind_display(),
        back=(_("검침과 공동비용"), back),
        caption=f"{found.hub} · {tables.month(found.month)}",
        status=_("취소") if found.voided_at else "",
        rows=[
            Row(_("나눌 곳"), str(found.floor or _("거점 전체"))),
            Row(_("금액"), tables.money(found.amount)),
            Row(_("증빙(청구서)"), link(found.name, reverse("tenancy:evidence", args=[found.public_id]))),
            Row(_("입력한 사람"), f"{found.entered_by.name} · {tables.instant(found.entered_at)}"),
        ],
        tables=[charge_tables.shares(rows)],
        acts=[act] if may else [],
        recorded=[found],
    )
    return show(request, case)


@login_required
@require_safe
def evidence(request: SignedIn, cost: UUID) -> FileResponse:
    """The bill of a shared cost; always downloaded, never shown inside the site."""
    found = _found_cost(cost)
    try:
        rules.check_can_open_evidence(request.user, found)
    except Refused as refusal:
        raise Http404 from refusal
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=found.name, content_type=found.content_type)


@login_required
def tariffs(request: SignedIn, hub: str) -> HttpResponse:
    """All tariffs of a hub, and writing another."""
    place = found_hub(hub)
    rules.check_can_see_charges(request.user, place)

    def draft(answers: Mapping[str, Any], now: datetime) -> None:
        services.draft_tariff(hub=place, by=request.user, **answers)

    act = Act("draft", _("새 단가"), charge_forms.TariffForm, _("단가 작성하기"), draft, _("단가를 작성했습니다. 수납담당이 확인한 뒤 결재자가 시행합니다."))  # fmt: skip
    case = Case(
        title=_("%(hub)s 사용료 단가") % {"hub": place},
        back=(_("검침과 공동비용"), reverse("tenancy:charges", args=[place.code])),
        lead=_("운영담당이 작성하고, 수납담당이 확인하고, 결재자가 시행합니다. 확인한 뒤에는 금액이 바뀌지 않습니다."),
        tables=[charge_tables.tariffs(tariffs_of(place))],
        acts=[act] if rules.may_in(request.user, "rate_card.draft", place) else [],
    )
    return show(request, case)


@login_required
def tariff(request: SignedIn, hub: str, kind: str, version: int) -> HttpResponse:
    """One version: what it says, who had a hand in it, and the next step."""
    found = get_object_or_404(tariffs_of(found_hub(hub)), kind=kind.upper(), version=version)
    rules.check_can_see_charges(request.user, found.hub)
    hands = (
        (_("작성한 사람"), found.drafted_by),
        (_("확인한 사람"), found.checked_by),
        (_("시행한 사람"), found.put_by),
    )
    case = Case(
        title=_("%(kind)s 단가 %(version)s판") % {"kind": found.get_kind_display(), "version": found.version},
        back=(_("사용료 단가"), reverse("tenancy:tariffs", args=[hub])),
        caption=found.hub,
        status=found.get_status_display(),
        tone=tables.TONES.get(found.status, ""),
        rows=[
            Row(_("단가"), charge_tables.tariff_price(found)),
            Row(_("시행하는 달"), tables.month(found.from_month)),
            *(Row(label, person.name) for label, person in hands if person),
        ],
        acts=_tariff_acts(request.user, found),
        recorded=[found],
    )
    return show(request, case)


def _tariff_acts(by: Any, row: Tariff) -> list[Act]:
    def check(answers: Mapping[str, Any], now: datetime) -> None:
        services.check_tariff(tariff=row, by=by)

    def put(answers: Mapping[str, Any], now: datetime) -> None:
        services.put_tariff_in_force(tariff=row, by=by)

    def drop(answers: Mapping[str, Any], now: datetime) -> None:
        services.drop_tariff(tariff=row, by=by, **answers)

    waits = row.status in (RateCardStatus.DRAFT, RateCardStatus.CHECKED)
    possible = [
        (row.status == RateCardStatus.DRAFT, rules.check_can_check_tariff, Act("check", _("두 번째 확인"), SureForm, _("금액이 맞음을 확인하기"), check, _("단가를 확인했습니다."))),
        (row.status == RateCardStatus.CHECKED, rules.check_can_put_tariff_in_force, Act("put", _("시행"), SureForm, _("시행하기"), put, _("단가를 시행했습니다."))),
        (waits, rules.check_can_drop_tariff, Act("drop", _("폐기"), ReasonForm, _("폐기하기"), drop, _("단가를 폐기했습니다."), kind="danger")),
    ]  # fmt: skip
    return [act for now, check_can, act in possible if now and _allowed(check_can, by, row)]


def _allowed(check_can: Any, by: Any, row: Tariff) -> bool:
    try:
        check_can(by, row)
    except NotAllowed:
        return False
    return True
