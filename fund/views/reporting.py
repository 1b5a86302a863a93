"""The managers' reports: what is due and when, and on which terms."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from fund import queries, report_tables, rules, services
from fund.due import quarter_start
from fund.enums import ReportState
from fund.models import Programme, SubFund
from fund.queries.reporting import Task
from fund.report_forms import ReportTermsForm
from fund.views.shared import SignedIn
from portal.core.clock import database_now
from portal.core.errors import Invalid, NotAllowed, Refused
from portal.core.periods import SEOUL
from portal.core.ui.parts import Figure, Tab, Table

_PER_PAGE = 40


@login_required
def reporting(request: SignedIn) -> HttpResponse:
    """What is due and when: of the sub-funds one manages, of all whose books one reads."""
    today = database_now().astimezone(SEOUL).date()
    programmes, rows = _programmes(request), _sub_funds(request)
    if not rows and not queries.funds.reads_funds(request.user):
        raise NotAllowed(_("운용사의 구성원이나 투자 업무 담당자만 볼 수 있는 화면입니다."))
    found = queries.reporting.tasks(rows, today=today)
    done = request.GET.get("show") == "done"
    left = queries.reporting.outstanding(found)
    shown = [task for task in found if task.state == ReportState.DONE] if done else left
    page = Paginator(shown, _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "figures": _figures(left, today),
        "tabs": [
            Tab(_("남은 보고"), "?show=open", current=not done, count=len(left)),
            Tab(_("제출한 보고"), "?show=done", current=done, count=len(found) - len(left)),
        ],
        "table": _table(list(page), today, done=done),
        "page": page,
        "own": list(queries.reporting.managed_by(request.user)),
        "terms": [
            (one, report_tables.terms(list(queries.reporting.terms_of(one))), rules.can_set_report_terms(request.user, one))
            for one in programmes
        ],
    }  # fmt: skip
    return render(request, "fund/reporting.html", context)


def _programmes(request: SignedIn) -> list[Programme]:
    return list(queries.funds.programmes_for(request.user))


def _sub_funds(request: SignedIn) -> list[SubFund]:
    """Those one manages and those whose books one reads, each once."""
    own = {row.pk: row for row in queries.reporting.managed_by(request.user)}
    for programme in _programmes(request):
        for row in queries.funds.sub_funds_of(programme):
            if rules.may_in(request.user, "fund.read", row):
                own[row.pk] = row
    return list(own.values())


def _figures(left: list[Task], today: date) -> list[Figure]:
    late = queries.reporting.late(left)
    soon = next((task.due for task in left if task.state != ReportState.LATE), None)
    return [
        Figure(_("남은 보고"), len(left), pgettext("단위", "건")),
        Figure(_("기한이 지난 보고"), len(late), pgettext("단위", "건")),
        Figure(_("다음 기한"), report_tables.day(soon) or "–"),
    ]


def _table(rows: list[Task], today: date, *, done: bool) -> Table:
    caption = _("제출한 보고") if done else _("남은 보고")
    empty = _("아직 제출한 보고가 없습니다.") if done else _("남은 보고가 없습니다.")
    return report_tables.tasks(rows, today=today, caption=caption, empty=empty)


@login_required
def report_terms(request: SignedIn, programme: str) -> HttpResponse:
    """Set within how many days managers report."""
    found = get_object_or_404(Programme.objects.select_related("cluster"), code=programme)
    rules.check_can_set_report_terms(request.user, found)
    now = database_now()
    start = quarter_start(now.astimezone(SEOUL).date())
    form = ReportTermsForm(request.POST or None, initial={"start": start})
    if request.method == "POST" and form.is_valid():
        try:
            services.set_report_terms(programme=found, by=request.user, now=now, **form.cleaned_data)
            messages.success(request, _("보고 기한을 정했습니다."))
            return redirect("fund:reporting")
        except Refused as refusal:
            named = refusal.field if isinstance(refusal, Invalid) else None
            form.add_error(named if named in form.fields else None, str(refusal.message))
    context = {"programme": found, "form": form}
    return render(request, "fund/report_terms.html", context, status=422 if form.errors else 200)
