"""추가접수 코드 at the desk: issued by an officer, confirmed by a second person, used by the company; shown this once."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.core.clock import database_now
from portal.core.errors import Refused
from portal.core.ui.parts import Column, Row, Table, link
from portal.intake import queries, rules, services
from portal.intake.forms import ConfirmForm
from portal.intake.forms.exceptions import LateCodeForm
from portal.intake.models import Call, LateCode
from portal.intake.views import acting
from portal.intake.views.answers import show_refusal
from portal.intake.views.desk import staff_call, title_of


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def of_call(request: HttpRequest, code: str) -> HttpResponse:
    """Every code with its state; an officer issues one more after the bell."""
    call, now = staff_call(request, code), database_now()
    may = rules.allowed(rules.check_can_issue_late_code, request.user, call) and now >= call.closes_at
    form = LateCodeForm(request.POST or None, companies=queries.late_companies(call))
    if request.method == "POST":
        rules.check_can_issue_late_code(request.user, call)
        if form.is_valid():
            try:
                row, text = services.issue_late_code(call=call, by=request.user, now=now, **form.cleaned_data)
            except Refused as refusal:
                show_refusal(form, refusal)
            else:
                return _issued(request, row, text)
    return acting.workbench(
        request,
        title=_("추가접수 코드"),
        note=_(
            "마감 뒤에는 이 코드로만 접수합니다. 한 기업이 한 번 쓸 수 있고, 발급한 사람이 아닌 결정권자가 확인해야 열립니다."
        ),
        tables=[_codes(request, call)],
        form=form if may else None,
        act=_("코드 발급"),
        submit=_("추가접수 코드 발급하기"),
        **acting.of_call(call),
    )


def _issued(request: HttpRequest, row: LateCode, text: str) -> HttpResponse:
    """The only page that ever shows the code."""
    context = {
        "code": "-".join(text[start : start + 4] for start in range(0, len(text), 4)),
        "row": row,
        "back": reverse("intake:late-codes", args=[row.call.code]),
    }
    return render(request, "intake/late_code.html", context)


def _codes(request: HttpRequest, call: Call) -> Table:
    columns = (
        Column(_("기업")),
        Column(_("사유와 근거")),
        Column(_("발급")),
        Column(_("유효 기한")),
        Column(_("상태")),
    )
    rows = [
        (
            row.organisation.name,
            f"{row.reason} · {row.evidence}",
            f"{row.issued_by} · {timezone.localtime(row.issued_at):%m. %d. %H:%M}",
            timezone.localtime(row.expires_at),
            _state(request, row),
        )
        for row in queries.late_codes(call)
    ]
    return Table(_("발급한 코드"), columns, rows, empty=_("발급한 코드가 없습니다."), caption_hidden=True)


def _state(request: HttpRequest, row: LateCode) -> object:
    if row.used_at:
        return _("사용: %(receipt)s") % {"receipt": row.application}
    if row.expires_at <= database_now():
        return _("기한이 지남")
    if row.confirmed_at:
        return _("%(who)s 확인, 사용 전") % {"who": row.confirmed_by}
    if rules.allowed(rules.check_can_confirm_late_code, request.user, row):
        return link(_("확인하기"), reverse("intake:confirm-late-code", args=[row.public_id]))
    return _("확인을 기다림")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """확인 by the second person."""
    rows = LateCode.objects.select_related("call__cluster", "call__current", "organisation", "issued_by")
    row = get_object_or_404(rows.filter(call__in=queries.calls_for_staff(request.user)), public_id=public_id)
    rules.check_can_confirm_late_code(request.user, row)
    return acting.confirmed(
        request,
        ConfirmForm(request.POST if request.method == "POST" else None),
        lambda **who: services.confirm_late_code(code=row, **who),
        title=_("추가접수 확인하기"),
        lead=f"{row.organisation} · {title_of(row.call)}",
        rows=[
            Row(_("접수 마감"), timezone.localtime(row.call.closes_at)),
            Row(_("추가접수 사유"), row.reason),
            Row(_("근거"), row.evidence),
            Row(_("발급"), str(row.issued_by)),
            Row(_("유효 기한"), timezone.localtime(row.expires_at)),
        ],
        warning=_("확인하면 이 기업은 기한까지 마감 뒤에도 접수할 수 있습니다."),
        done=_("추가접수를 확인하고 기업에 알렸습니다."),
        back=reverse("intake:late-codes", args=[row.call.code]),
    )
