"""The decision sheet: what was found, what each applicant will be told, deciding and publishing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.clock import database_now
from portal.core.errors import Refused
from portal.core.ui.parts import Column, Row, Table, link
from portal.intake import exact, queries, rules, services
from portal.intake.blocks import in_language
from portal.intake.forms import DecideForm
from portal.intake.models import Decision
from portal.intake.services.results import Scores, content_of
from portal.intake.views.answers import tell_refusal
from portal.intake.views.desk import PER_PAGE, title_of


def staff_decision(request: HttpRequest, public_id: UUID) -> Decision:
    """A decision of a call at the person's desks, or 404."""
    rows = Decision.objects.filter(call__in=queries.calls_for_staff(request.user).values("pk"))
    # A run holds every score of the call; the sheet shows its lines instead.
    rows = rows.defer("run__inputs", "run__result")
    return get_object_or_404(
        rows.select_related("call__current", "call__cluster", "stage", "run", "prepared_by", "decided_by"),
        public_id=public_id,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The decision sheet with its cut-offs; the approver decides and publishes here."""
    found = staff_decision(request, public_id)
    if request.method == "POST":
        return _decided(request, found)
    page = Paginator(queries.decision_lines(found), PER_PAGE).get_page(request.GET.get("page"))
    problems = services.preview(decision=found) if found.status != "PUBLISHED" else []
    context = {
        "decision": found,
        "now": database_now(),
        "call": found.call,
        "title": title_of(found.call),
        "table": _lines(found, page),
        "page": page,
        "problems": problems,
        "form": DecideForm(),
        "can_decide": found.status == "DRAFT" and rules.allowed(rules.check_can_decide, request.user, found),
        "can_correct": _may_correct(request, found),
        "can_publish": found.status == "DECIDED" and rules.allowed(rules.check_can_publish, request.user, found),
        "cutoffs": [Row(track, exact.cut(total)) for track, total in found.cutoffs.items()],
    }
    return render(request, "intake/decision.html", context)


def _may_correct(request: HttpRequest, found: Decision) -> bool:
    """A published result of a panel may be counted again."""
    told = found.status == "PUBLISHED" and found.kind in ("FINAL", "SHORTLIST")
    return told and rules.allowed(rules.check_can_run, request.user, found.call)


@login_required
@require_safe
def line(request: HttpRequest, public_id: UUID, line: int) -> HttpResponse:
    """What this applicant will read, or read, word for word."""
    found = staff_decision(request, public_id)
    one = get_object_or_404(queries.decision_lines(found), pk=line)
    one.decision = found
    told = getattr(one, "notice", None)
    context = {
        "decision": found,
        "line": one,
        "call": found.call,
        "told": told,
        "content": told.content if told else content_of(one, Scores(found.call)),
        "outcome": one.get_outcome_display(),
    }
    return render(request, "intake/line.html", context)


def _decided(request: HttpRequest, found: Decision) -> HttpResponse:
    now = database_now()
    try:
        if "publish" in request.POST:
            services.publish(decision=found, by=request.user, now=now)
            messages.success(request, _("발표했습니다. 모든 신청 기업이 지금부터 결과를 볼 수 있습니다."))
        else:
            form = DecideForm(request.POST)
            at = form.cleaned_data["publish_at"] if form.is_valid() else None
            services.decide(decision=found, by=request.user, now=now, publish_at=at)
            messages.success(request, _("결정했습니다. 발표하기 전에는 아무에게도 보이지 않습니다."))
    except Refused as refusal:
        tell_refusal(request, refusal)
    return redirect("intake:decision", found.public_id)


def _lines(found: Decision, page: Page[Any]) -> Table:
    columns = (
        Column(_("모집부문")),
        Column(_("순위"), number=True),
        Column(_("신청서")),
        Column(_("점수"), number=True),
        Column(_("결과")),
        Column(_("사유")),
    )
    rows = [
        (
            str(line.track),
            line.place or "–",
            link(
                f"{line.application.receipt_number} {line.application.organisation.name}",
                reverse("intake:line", args=[found.public_id, line.pk]),
            ),
            exact.cut(line.total),
            _outcome(line),
            " ".join(in_language(reason) for reason in line.reasons),
        )
        for line in page
    ]
    return Table(str(found.get_kind_display()), columns, rows)


def _outcome(line: Any) -> str:
    if line.reserve_order:
        return f"{line.get_outcome_display()} {line.reserve_order}"
    if line.quota_track_id and line.quota_track_id != line.track_id:
        return _("%(outcome)s (%(track)s 자리)") % {"outcome": line.get_outcome_display(), "track": line.quota_track}
    return str(line.get_outcome_display())
