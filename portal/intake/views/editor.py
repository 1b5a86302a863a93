"""The call editor: a task list of parts, each an ordinary form; saved whole, so that a part never contradicts another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts import queries as accounts
from portal.core.clock import database_now
from portal.core.errors import Refused
from portal.core.ui.parts import Task
from portal.intake import checks, editing, queries, registry, rules, services
from portal.intake.enums import CallStatus
from portal.intake.forms import ConfirmForm
from portal.intake.forms import editor as fields
from portal.intake.models import Call
from portal.intake.services.eligibility import rule_name
from portal.intake.views.answers import show_refusal, tell_refusal
from portal.intake.views.desk import staff_call, title_of

#: How many empty rows a table of forms offers.
EXTRA = 1


def editable(request: HttpRequest, code: str) -> Call:
    """A call that the person may write now."""
    found = staff_call(request, code)
    rules.check_can_edit_call(request.user, found)
    return found


def keep(request: HttpRequest, call: Call, data: dict[str, Any], form: forms.BaseForm | None, reason: str = "") -> bool:
    """Save the whole text; what does not hold together is said at the form."""
    try:
        services.keep_call(call=call, data=data, by=request.user, now=database_now(), reason=reason)
    except Refused as refusal:
        tell_refusal(request, refusal) if form is None else show_refusal(form, refusal)
        return False
    messages.success(request, _("저장했습니다."))
    return True


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a call, empty or from an earlier one."""
    mine = rules.check_can_begin_call(request.user)
    everywhere = accounts.clusters_of(request.user, *(f"{registry.get(code).room}.officer" for code in mine))
    sources = queries.calls_for_staff(request.user).filter(programme__in=mine)
    form = fields.NewCallForm(request.POST or None, programmes=mine, clusters=everywhere, sources=sources)
    if request.method == "POST" and form.is_valid() and (call := _begun(request, form)):
        return redirect("intake:edit", call.code)
    context = {"form": form, "cancel": reverse("intake:desk-calls")}
    return render(request, "intake/edit_new.html", context, status=422 if form.errors else 200)


def _begun(request: HttpRequest, form: fields.NewCallForm) -> Call | None:
    given = form.cleaned_data
    data = editing.definition_of(given["source"]) if given["source"] else editing.starter()
    data |= {"code": given["code"], "prefix": given["code"].upper()[:20], "title": fields.pair(given, "title")}
    data |= {"opens_at": given["opens_at"], "closes_at": given["closes_at"], "hubs": data.get("hubs", [])}
    for stage in data["stages"]:
        stage["due_at"] = None
    try:
        return services.create_call(
            cluster=given["cluster"], programme=given["programme"], data=data, by=request.user, now=database_now()
        )
    except Refused as refusal:
        show_refusal(form, refusal)
        return None


@login_required
@require_http_methods(["GET", "HEAD"])
def board(request: HttpRequest, code: str) -> HttpResponse:
    """The parts of the text, what still stands against publishing, preview, approval."""
    call = editable(request, code)
    data, draft = editing.definition_of(call), call.status == CallStatus.DRAFT
    parts = [part for part in PARTS if draft or part in CORRECTABLE]
    tasks = [Task(PARTS[part], _amount(part, data), "", _address(code, part)) for part in parts]
    if draft:
        tasks[3:3] = [
            Task(
                _("%(stage)s 평가항목") % {"stage": row["name"].get("ko", "")},
                _("%(n)s개") % {"n": len(row["criteria"])},
                "",
                reverse("intake:edit-criteria", args=[code, number]),
            )
            for number, row in enumerate(data["stages"], start=1)
        ]
    version = editing.version_in_work(call)
    context = {
        "call": call,
        "title": title_of(call),
        "draft": draft,
        "changed": version.published_at is None,
        "version": version,
        "tasks": tasks,
        "problems": call.rules.check_call(version),
    }
    return render(request, "intake/edit.html", context)


PARTS: Mapping[str, str | Promise] = {
    "basics": gettext_lazy("제목과 기간"),
    "tracks": gettext_lazy("모집부문"),
    "stages": gettext_lazy("평가단계"),
    "rules": gettext_lazy("자격요건"),
    "form": gettext_lazy("신청서식"),
}
CORRECTABLE = ("basics", "form")


def _address(code: str, part: str) -> str:
    own = {"basics": "intake:edit-basics", "form": "intake:form-editor"}
    return reverse(own[part], args=[code]) if part in own else reverse("intake:edit-part", args=[code, part])


def _amount(part: str, data: Mapping[str, Any]) -> str:
    if part == "form":
        return _("질문 %(n)s개") % {"n": sum(len(page["blocks"]) for page in data["form"].get("sections", ()))}
    counted = {"tracks": data["tracks"], "stages": data["stages"], "rules": data["eligibility"]}
    return _("%(n)s개") % {"n": len(counted[part])} if part in counted else _("작성함")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def basics(request: HttpRequest, code: str) -> HttpResponse:
    """Title, text, period; of a published call with the reason of the correction."""
    call = editable(request, code)
    data = editing.definition_of(call)
    form = fields.BasicsForm(request.POST or None, data_of_call=data, published=call.status != CallStatus.DRAFT)
    if request.method == "POST" and form.is_valid():
        form.into(data)
        if keep(request, call, data, form, form.cleaned_data.get("reason", "")):
            return redirect("intake:edit", code)
    return _part(request, call, str(PARTS["basics"]), form=form)


def _part(request: HttpRequest, call: Call, heading: str, *, form: forms.Form) -> HttpResponse:
    page = {"call": call, "title": title_of(call), "heading": heading, "form": form}
    return render(request, "intake/edit_part.html", page, status=422 if form.errors else 200)


@dataclass(frozen=True, slots=True)
class Rows:
    """A part that is a table of like things: its form, where its rows are read and how they are written back."""

    form: type[forms.Form]
    read: Callable[[dict[str, Any]], list[dict[str, Any]]]
    write: Callable[[dict[str, Any], list[Any]], None]


def _write_tracks(data: dict[str, Any], found: list[Any]) -> None:
    data["tracks"] = [form.row() for form in found]


def _write_stages(data: dict[str, Any], found: list[Any]) -> None:
    """Criteria stay with the stage they were written for, also when its code changes."""
    before = {row["code"]: row for row in data["stages"]}
    fresh = editing.new_stage("", "", "", share_bp=0)
    data["stages"] = [form.row(before.get(form.cleaned_data["was"], fresh)) for form in found]


def _write_rules(data: dict[str, Any], found: list[Any]) -> None:
    data["eligibility"] = [form.row() for form in found]


TABLES: Mapping[str, Rows] = {
    "tracks": Rows(fields.TrackForm, lambda data: data["tracks"], _write_tracks),
    "stages": Rows(fields.StageForm, lambda data: data["stages"], _write_stages),
    "rules": Rows(fields.RuleForm, lambda data: data["eligibility"], _write_rules),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: HttpRequest, code: str, part: str) -> HttpResponse:
    """One part of the text."""
    if part not in TABLES:
        raise Http404
    call = editable(request, code)
    _only_in_draft(call)
    extra = {"rules": _rule_choices(call)} if part == "rules" else {}
    return _table(request, call, TABLES[part], str(PARTS[part]), extra)


def _only_in_draft(call: Call) -> None:
    if call.status != CallStatus.DRAFT:
        raise Http404


def _rule_choices(call: Call) -> list[tuple[str, str]]:
    return [(code, rule_name(code)) for code in [*checks.CHECKS, *call.rules.rules]]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def criteria(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The criteria of one stage."""
    call = editable(request, code)
    _only_in_draft(call)
    stages = editing.definition_of(call)["stages"]
    if not 1 <= number <= len(stages):
        raise Http404

    def write(data: dict[str, Any], found: list[Any]) -> None:
        data["stages"][number - 1]["criteria"] = [form.row() for form in found]

    rows = Rows(fields.CriterionForm, lambda data: data["stages"][number - 1]["criteria"], write)
    name = stages[number - 1]["name"].get("ko", "")
    return _table(request, call, rows, _("%(stage)s 평가항목") % {"stage": name}, {})


def _table(request: HttpRequest, call: Call, rows: Rows, heading: str, extra: dict[str, Any]) -> HttpResponse:
    data = editing.definition_of(call)
    maker: Any = forms.formset_factory(rows.form, extra=EXTRA, can_delete=True, can_order=False, max_num=50)
    initial = [rows.form.read(row) for row in rows.read(data)]  # type: ignore[attr-defined]
    formset = maker(request.POST if request.method == "POST" else None, initial=initial, form_kwargs=extra)
    above = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and formset.is_valid():
        live = [form for form in formset if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        rows.write(data, live)
        above.full_clean()
        if keep(request, call, data, above):
            return redirect("intake:edit", call.code)
    wrong = formset.is_bound and (not formset.is_valid() or bool(above.errors))
    context = {"formset": formset, "above": above, "wrong": wrong, "heading": heading}
    page = {"call": call, "title": title_of(call), **context}
    return render(request, "intake/edit_part.html", page, status=422 if wrong else 200)


@login_required
@require_POST
def ready(request: HttpRequest, code: str) -> HttpResponse:
    """결재 요청."""
    call = editable(request, code)
    services.request_approval(call=call, by=request.user, now=database_now())
    messages.success(request, _("결재자에게 알렸습니다."))
    return redirect("intake:edit", code)
