"""What happened, for those who watch: entries by hour, who opened what, the audit file."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.roles import ROLES
from portal.core.clock import database_now
from portal.core.errors import Refused
from portal.core.ui.parts import Column, Table, link
from portal.intake import queries, rules, services
from portal.intake.models import Access, AuditArchive
from portal.intake.services import audittables
from portal.intake.views import acting
from portal.intake.views.answers import tell_refusal
from portal.intake.views.desk import PER_PAGE, staff_call

#: What a reading was of, by its code; a file is told by its name.
WHAT: Mapping[str, str | Promise] = {
    "audit_file": gettext_lazy("감사자료"),
    "audit_key": gettext_lazy("감사자료의 위원 대조표"),
    "sheets": gettext_lazy("제출된 평가표"),
    "call": gettext_lazy("공고 업무 화면"),
}


@login_required
@require_safe
def hours(request: HttpRequest, code: str) -> HttpResponse:
    """접수 흐름: what came in by hour of Seoul; hours without an entry are left out."""
    call = staff_call(request, code)
    rules.check_can_observe(request.user, call)
    found = queries.entries_by_hour(call)
    most = max((row["entered"] + row["again"] for row in found), default=1)
    context = {
        "title": _("시간별 접수"),
        "bars": [
            {
                "label": f"{row['hour']:%m. %d. %H:00}",
                "text": _("%(n)s건") % {"n": row["entered"] + row["again"]},
                "start": 0,
                "length": 1000 * (row["entered"] + row["again"]) // most,
            }
            for row in found
        ],
        "table": _hours(found),
        "drafts": queries.counts_by_status(call).get("DRAFT", 0),
        "entries": reverse("intake:entries", args=[code]),
        **acting.of_call(call),
    }
    return render(request, "intake/hours.html", context)


def _hours(found: list[dict[str, object]]) -> Table:
    columns = (
        Column(_("시간")),
        Column(_("처음 제출"), number=True),
        Column(_("다시 제출"), number=True),
        Column(_("그때까지 접수한 기업"), number=True),
    )
    rows = [(f"{row['hour']:%Y. %m. %d. %H:00}", row["entered"], row["again"], row["total"]) for row in found]
    return Table(_("시간별 접수"), columns, rows, empty=_("아직 접수가 없습니다."))


@login_required
@require_safe
def accesses(request: HttpRequest, code: str) -> HttpResponse:
    """열람 기록: who opened which file, when, in which role."""
    call = staff_call(request, code)
    role = rules.check_can_observe(request.user, call)
    rows = queries.accesses_of(call, only_appealed=role.endswith(rules.REVIEWER))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    columns = (Column(_("열람한 때")), Column(_("누가")), Column(_("역할")), Column(_("무엇을")), Column(_("신청서")))
    names = queries.evidence_names(call, [row.what.partition(":")[2] for row in page if row.what.startswith("file:")])
    shown = [
        (
            f"{timezone.localtime(row.at):%Y. %m. %d. %H:%M:%S}",
            str(row.accessed_by or _("시스템")),
            _role(row.role),
            _what(row, names),
            link(str(row.application), reverse("intake:desk-application", args=[row.application.public_id]))
            if row.application and row.application.receipt_number
            else "–",
        )
        for row in page
    ]
    return acting.workbench(
        request,
        title=_("열람 기록"),
        note=_("신청서의 파일, 평가표, 감사자료를 연 사람을 모두 남깁니다. 이 기록은 고치거나 지울 수 없습니다."),
        tables=[Table(_("열람 기록"), columns, shown, empty=_("아직 열람이 없습니다."), caption_hidden=True)],
        page=page,
        **acting.of_call(call),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def audit_file(request: HttpRequest, code: str) -> HttpResponse:
    """감사자료: what it is, how far the worker is, the archive once it is made, and the key to its judges."""
    call = staff_call(request, code)
    rules.check_can_make_audit_file(request.user, call)
    if request.method == "POST":
        try:
            if "key" in request.POST:
                key = services.open_judges_key(call=call, by=request.user, now=database_now())
                return _download(key, f"audit-{call.code}-judges.csv", "text/csv; charset=utf-8")
            services.order_audit_file(call=call, by=request.user, now=database_now())
        except Refused as refusal:
            tell_refusal(request, refusal)
        return redirect("intake:audit-file", code)
    in_work = call.archives.filter(made_at__isnull=True).first()
    done, total = services.progress_of(in_work) if in_work else (0, 0)
    context = {
        "title": _("감사자료"),
        "call": call,
        "in_work": in_work,
        "done": done,
        "total": total,
        "ready": call.archives.filter(made_at__isnull=False, removed_at__isnull=True).last(),
        "kept_days": services.KEPT.days,
        "table": _contents(),
        "can_open_key": rules.allowed(rules.check_can_open_judges_key, request.user, call),
        **acting.of_call(call),
    }
    return render(request, "intake/audit_file.html", context)


@login_required
@require_safe
def archive(request: HttpRequest, public_id: UUID) -> FileResponse | HttpResponse:
    """The archive itself; who took it stands in the log of accesses."""
    rows = AuditArchive.objects.filter(call__in=queries.calls_for_staff(request.user).values("pk"))
    found = get_object_or_404(rows.select_related("call__cluster"), public_id=public_id)
    rules.check_can_make_audit_file(request.user, found.call)
    try:
        found = services.open_audit_file(archive=found, by=request.user, now=database_now())
    except Refused as refusal:
        tell_refusal(request, refusal)
        return redirect("intake:audit-file", found.call.code)
    answer = FileResponse(
        found.file.open("rb"),
        as_attachment=True,
        filename=f"audit-{found.call.code}.zip",
        content_type="application/zip",
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


def _contents() -> Table:
    """What the archive lists, in the reader's language."""
    columns = (Column(_("파일")), Column(_("내용")))
    korean = (get_language() or "ko").startswith("ko")
    rows = [(f"{one.name}.csv", one.ko if korean else one.en) for one in audittables.TABLES]
    return Table(_("담은 자료"), columns, rows)


def _download(content: bytes, name: str, kind: str) -> HttpResponse:
    """A file for whoever asked, and for no cache."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=kind, headers=headers)


def _role(code: str) -> str:
    """The role's name; one that follows from the case (master, evaluator) by its last word."""
    return str(ROLES[code].name) if code in ROLES else code


def _what(row: Access, names: Mapping[str, str]) -> str:
    kind, _colon, key = row.what.partition(":")
    return names.get(key, kind) if kind == "file" else str(WHAT.get(row.what, row.what))
