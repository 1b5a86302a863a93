"""Money of a hub: the month's invoices, the bank's file, arrears, credit notes, deposits."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.core.clock import database_now
from portal.core.errors import NotAllowed, Refused
from portal.core.periods import SEOUL, first_of_month
from portal.core.ui.case import Act, Case, again, show
from portal.core.ui.parts import Figure, Row
from tenancy import forms, money_tables, queries, rules, services, tables
from tenancy.models import CreditNote, Hub, InvoiceLine
from tenancy.views.shared import SignedIn, day_asked, found_lease


def found_hub(code: str) -> Hub:
    return get_object_or_404(Hub.objects.select_related("cluster"), code=code)


def desk() -> tuple[Any, str]:
    return _("입주 업무"), reverse("tenancy:desk")


@login_required
def billing(request: SignedIn, hub: str) -> HttpResponse:
    """The month's drafts with what differs from the month before; issued in bulk, with a result for each."""
    place, now = found_hub(hub), database_now()
    if not rules.may_in(request.user, "invoice.issue", place):
        rules.check_may_in(request.user, "invoice.read", place)
    month = first_of_month(day_asked(request, now))
    drafts = list(queries.drafts_in(place, month))
    before = queries.totals_before(place, month)
    acts = []
    if rules.may_in(request.user, "invoice.issue", place):
        acts = _billing_acts(request, place, month, drafts)
    case = Case(
        title=_("%(hub)s 임대료 고지") % {"hub": place},
        back=desk(),
        caption=tables.month(month),
        lead=_("지난달과 다른 금액을 확인한 뒤 한꺼번에 고지합니다."),
        figures=[
            Figure(_("고지를 기다리는 고지서"), len(drafts), pgettext("단위", "건")),
            Figure(_("합계"), tables.money(sum(draft.total for draft in drafts))),
            Figure(
                _("지난달과 다른 고지서"),
                sum(draft.total != before.get(draft.lease_id) for draft in drafts),
                pgettext("단위", "건"),
            ),
        ],
        tables=[money_tables.drafts(drafts, before)],
        acts=acts,
    )
    return show(request, case)


def _billing_acts(request: SignedIn, hub: Hub, month: date, drafts: Sequence[Any]) -> list[Act]:
    def bill(answers: Mapping[str, Any], now: datetime) -> None:
        services.bill_month(hub=hub, month=answers["month"])

    def issue(answers: Mapping[str, Any], now: datetime) -> None:
        outcome = services.issue_all(
            invoices=queries.drafts_in(hub, first_of_month(answers["month"])), by=request.user, now=now
        )
        refused = [f"{invoice.lease.unit.code}: {refusal}" for invoice, refusal in outcome if refusal]
        if refused:
            raise Refused(_("일부를 고지하지 못했습니다. %(which)s") % {"which": " / ".join(refused)})

    acts = [
        Act(
            "bill", _("이달 고지서 작성"), forms.MonthForm, _("고지서 작성하기"), bill, _("고지서를 작성했습니다."),
            kind="secondary", initial={"month": month}, query=f"on={month}",
        )
    ]  # fmt: skip
    if drafts:
        acts.append(
            Act(
                "issue", _("한꺼번에 고지"), forms.MonthForm, _("모두 고지하기"), issue, _("모두 고지했습니다."),
                initial={"month": month},
                query=f"on={month}",
            )
        )  # fmt: skip
    return acts


@login_required
def payments(request: SignedIn, hub: str) -> HttpResponse:
    """The bank's file: shown first, applied only as shown."""
    place = found_hub(hub)
    rules.check_can_import_payments(request.user, place)
    plan: list[services.payments.Plan] = []

    def look(answers: Mapping[str, Any], now: datetime) -> None:
        plan.append(services.plan_import(hub=place, content=answers["file"].read(), by=request.user))

    def apply(answers: Mapping[str, Any], now: datetime) -> None:
        services.apply_import(hub=place, by=request.user, now=now, **answers)

    upload = Act("look", _("미리 보기"), forms.BankFileForm, _("파일 확인하기"), look, _("아직 저장하지 않았습니다."))
    write = Act("apply", _("반영"), forms.ApplyForm, _("이대로 반영하기"), apply, _("수납을 반영했습니다."))
    case = Case(
        title=_("%(hub)s 수납") % {"hub": place},
        back=desk(),
        lead=_("은행 파일을 올리면 누구의 입금인지 먼저 보여 드립니다. 반영하기 전에는 아무것도 저장되지 않습니다."),
        tables=[
            money_tables.bank_files(list(place.bank_files.select_related("applied_by")[:20])),
            money_tables.balances(queries.with_balance(place)),
        ],
        acts=[write] if request.GET.get("act") == "apply" else [upload],
    )
    answer = show(request, case)
    return _planned(request, case, plan[0], write) if plan else answer


def _planned(request: SignedIn, case: Case, plan: Any, write: Act) -> HttpResponse:
    """The dry run: what would be written, and the button to do it."""
    file: Any = request.FILES["look-file"]
    file.seek(0)
    write.initial = {
        "content": base64.b64encode(file.read()).decode(),
        "file_hash": plan.file_hash,
        "plan_hash": plan.plan_hash,
        "name": str(file.name)[:200],
    }
    case.figures = money_tables.plan_figures(plan)
    case.tables = [money_tables.matches(plan.matches)]
    case.notes = [_("이미 반영한 파일입니다.")] if plan.applied else []
    case.acts = [write] if plan.ready and not plan.applied else []
    return again(request, case)


@login_required
def arrears(request: SignedIn, hub: str) -> HttpResponse:
    """What is overdue, by age, and the step each case is at."""
    place, now = found_hub(hub), database_now()
    if not rules.may_in(request.user, "lease.read", place):
        rules.check_may_in(request.user, "invoice.read", place)
    late = list(queries.overdue_in([place], now))
    sums = queries.by_age(late, now.astimezone(SEOUL).date())
    names = [_("7일까지"), _("30일까지"), _("60일까지"), _("60일 넘음")]
    case = Case(
        title=_("%(hub)s 체납") % {"hub": place},
        back=desk(),
        lead=_(
            "7일이 지나면 안내, 30일이 지나면 독촉, 60일이 지나면 최고합니다. 해지는 의견을 들은 뒤 결재자가 정합니다."
        ),
        figures=[Figure(name, tables.money(won)) for name, won in zip(names, sums, strict=True)],
        tables=[money_tables.cases(list(queries.cases_in([place]))), money_tables.overdue(late, now)],
    )
    return show(request, case)


@login_required
def credit(request: SignedIn, line: int) -> HttpResponse:
    """A line of an invoice: finance takes a part of it back."""
    rows = InvoiceLine.objects.select_related(
        "invoice__lease__organisation",
        "invoice__lease__rate_card",
        "invoice__lease__unit__floor__building__hub__cluster",
    )
    found = get_object_or_404(rows, pk=line)
    rules.check_can_prepare_credit(request.user, found.invoice)

    def prepare(answers: Mapping[str, Any], now: datetime) -> None:
        services.prepare_credit(line=found, by=request.user, now=now, **answers)

    lease = found.invoice.lease
    act = Act(
        "credit",
        pgettext("고지서", "감액"),
        forms.CreditForm,
        _("감액고지 작성하기"),
        prepare,
        _("감액고지를 작성했습니다. 다른 사람이 결재합니다."),
    )
    case = Case(
        title=_("감액고지"),
        back=(str(lease), reverse("tenancy:lease", args=[lease.public_id])),
        caption=lease.organisation,
        rows=[
            Row(_("고지번호"), found.invoice.number or _("고지 전")),
            Row(_("계산"), found.in_words),
            Row(_("금액"), tables.money(found.total)),
        ],
        tables=[money_tables.credit_notes(found.credits.all(), decide=True)],
        acts=[act],
    )
    return show(request, case)


@login_required
def decide_credit(request: SignedIn, note: int) -> HttpResponse:
    """A credit note: another person approves it; whoever may write or decide on it drops it, with a reason."""
    rows = CreditNote.objects.select_related(
        "invoice__lease__organisation", "invoice__lease__unit__floor__building__hub__cluster", "line", "prepared_by"
    )
    found = get_object_or_404(rows, pk=note)
    rules.check_can_drop_credit(request.user, found)
    lease = found.invoice.lease
    back = (str(lease), reverse("tenancy:lease", args=[lease.public_id]))
    case = Case(
        title=_("감액고지"),
        back=back,
        caption=found.invoice.lease.organisation,
        status=pgettext("감액고지", "승인") if found.approved_at else _("결재 대기"),
        rows=[
            Row(_("고지번호"), found.invoice.number or ""),
            Row(pgettext("고지서", "감액"), tables.money(found.total)),
            Row(_("이유"), found.reason),
            Row(_("작성한 사람"), str(found.prepared_by or _("변경계약에 따라 자동 작성"))),
        ],
        acts=[] if found.approved_at else _credit_acts(request, found),
        recorded=[found.invoice],
    )
    return show(request, case, then=back[1] if request.GET.get("act") == "drop" else "")


def _credit_acts(request: SignedIn, found: CreditNote) -> list[Act]:
    def approve(answers: Mapping[str, Any], now: datetime) -> None:
        services.approve_credit(note=found, by=request.user, now=now)

    def drop(answers: Mapping[str, Any], now: datetime) -> None:
        services.drop_credit(note=found, by=request.user, reason=answers["reason"])

    acts = [Act("drop", _("감액고지 취소"), forms.DropForm, _("감액하지 않고 취소하기"), drop, _("감액고지를 취소했습니다."), kind="danger")]  # fmt: skip
    if _allowed(rules.check_can_approve_credit, request.user, found):
        acts.insert(
            0, Act("approve", _("결재"), forms.SureForm, _("감액 승인하기"), approve, _("감액을 승인했습니다."))
        )
    return acts


@login_required
def deposit(request: SignedIn, lease: UUID) -> HttpResponse:
    """The deposit of a lease: entries, and the next step of whoever's it is."""
    found = found_lease(lease)
    rules.check_can_see_lease(request.user, found)
    row = queries.deposit_of(found)
    if row is None:
        raise Http404
    proposal = [
        Row(money_tables.kind_of(line["kind"]), f"{tables.money(line['amount'])} · {line['evidence']}")
        for line in row.proposal or []
    ]
    case = Case(
        title=_("보증금"),
        back=(str(found), reverse("tenancy:lease", args=[found.public_id])),
        caption=found.organisation,
        status=row.get_status_display(),
        rows=[
            Row(_("낼 보증금"), tables.money(row.due_won)),
            Row(_("받은 보증금"), tables.money(row.received_won)),
            Row(_("맡고 있는 보증금"), tables.money(row.held_won)),
            *proposal,
            *([Row(_("이의 기한"), tables.day(row.object_until))] if row.object_until else []),
            *([Row(_("이의 내용"), row.objection)] if row.objection else []),
        ],
        tables=[money_tables.entries(row.entries.all())],
        acts=_deposit_acts(request, row),
        recorded=[row],
    )
    return show(request, case)


def _deposit_acts(request: SignedIn, row: Any) -> list[Act]:
    """What this person may do with the deposit as it stands."""
    by = request.user

    def receive(answers: Mapping[str, Any], now: datetime) -> None:
        services.receive_deposit(deposit=row, by=by, now=now, **answers)

    def propose(answers: Mapping[str, Any], now: datetime) -> None:
        kept = [services.SetOff("REPAIR", answers["repair"], answers["evidence"])] if answers["repair"] else []
        services.propose_settlement(deposit=row, lines=kept, by=by, now=now)

    def object_(answers: Mapping[str, Any], now: datetime) -> None:
        services.object_to_settlement(deposit=row, by=by, now=now, **answers)

    def decide(answers: Mapping[str, Any], now: datetime) -> None:
        services.decide_settlement(deposit=row, by=by, now=now)

    def pay_back(answers: Mapping[str, Any], now: datetime) -> None:
        services.return_deposit(deposit=row, by=by, now=now, **answers)

    decided = row.decided_at is not None
    asked = row.status in ("DUE", "PART_RECEIVED")
    closing = row.status == "CLOSING"
    possible = [
        (asked, rules.check_can_receive_deposit, Act("receive", _("보증금 수납"), forms.DepositForm, _("수납 기록하기"), receive, _("보증금을 받았습니다."))),
        (row.status == "RECEIVED", rules.check_can_propose_settlement, Act("propose", _("정산 제안"), forms.SetOffForm, _("정산안 보내기"), propose, _("정산안을 입주기업에 알렸습니다."))),
        (closing and not decided, rules.check_can_object_to_settlement, Act("object", _("이의"), forms.ObjectionForm, _("이의 내기"), object_, _("이의를 냈습니다. 결재자가 읽고 정합니다."))),
        (closing and not decided, rules.check_can_decide_settlement, Act("decide", _("정산 결재"), forms.SureForm, _("정산안대로 결재하기"), decide, _("정산을 결재했습니다."))),
        (closing and decided, rules.check_can_return_deposit, Act("return", _("반환"), forms.EvidenceForm, _("반환 기록하기"), pay_back, _("보증금을 돌려주었습니다."))),
    ]  # fmt: skip
    return [act for now, check, act in possible if now and _allowed(check, by, row)]


def _allowed(check: Any, by: Any, row: Any) -> bool:
    try:
        check(by, row)
    except NotAllowed:
        return False
    return True
