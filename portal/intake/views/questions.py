"""The form of a call, page by page and question by question; and how it will look."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.clock import database_now
from portal.core.ui.parts import Row
from portal.intake import blocks, editing
from portal.intake.forms import SectionForm
from portal.intake.forms import questions as fields
from portal.intake.models import Call
from portal.intake.services.eligibility import rule_in_words
from portal.intake.views import public
from portal.intake.views.desk import staff_call, title_of
from portal.intake.views.editor import editable, keep


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, code: str) -> HttpResponse:
    """All pages with their questions; a question moves up, moves down or goes; a page is added."""
    call = editable(request, code)
    data = editing.definition_of(call)
    fresh = fields.PageForm(request.POST if "add" in request.POST else None)
    if request.method == "POST":
        if "add" not in request.POST:
            _rearrange(data, request.POST)
            keep(request, call, data, None)
            return redirect("intake:form-editor", code)
        if fresh.is_valid():
            data["form"].setdefault("sections", []).append(fresh.row())
            if keep(request, call, data, fresh):
                return redirect("intake:form-editor", code)
    context = {
        "call": call,
        "title": title_of(call),
        "pages": [
            (page, [_line(call, block) for block in page["blocks"]]) for page in data["form"].get("sections", [])
        ],
        "fresh": fresh,
    }
    return render(request, "intake/edit_form.html", context, status=422 if fresh.errors else 200)


def _rearrange(data: dict[str, Any], asked: Any) -> None:
    """The one button that was pressed: up, down, gone, or an empty page gone."""
    for name, step in (("up", -1), ("down", 1)):
        if name in asked:
            editing.move(data, asked[name], by=step)
    if found := editing.find(data, asked.get("gone", "")):
        page, position = found
        page["blocks"].pop(position)
    pages = data["form"].get("sections", [])
    data["form"]["sections"] = [one for one in pages if one["blocks"] or one["code"] != asked.get("no_page")]


def _line(call: Call, block: dict[str, Any]) -> dict[str, Any]:
    own = getattr(call.rules.blocks.get(block["kind"]), "name", block["kind"])
    kind = fields.KINDS.get(block["kind"], own)
    return {**block, "text": blocks.in_language(block["label"]), "kind_text": kind}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, code: str, page: str, block: str = "") -> HttpResponse:
    """One question, new on its page or as it stands."""
    call = editable(request, code)
    data = editing.definition_of(call)
    here, found = editing.page(data, page), editing.find(data, block)
    if here is None or (block and (found is None or found[0] is not here)):
        raise Http404
    position = found[1] if found else len(here["blocks"])
    before = here["blocks"][position] if found else None
    form = fields.BlockForm(
        request.POST or None,
        kinds=_kinds(call),
        earlier=_earlier(data, here, position),
        stages=[blocks.in_language(stage["name"]) for stage in data["stages"]],
        block=before,
    )
    if request.method == "POST" and form.is_valid():
        here["blocks"][position : position + (1 if found else 0)] = [form.row()]
        if keep(request, call, data, form):
            return redirect("intake:form-editor", code)
    heading = blocks.in_language(before["label"]) if before else _("새 질문")
    context = {"call": call, "title": title_of(call), "heading": heading, "form": form, "of_form": True}
    return render(request, "intake/edit_part.html", context, status=422 if form.errors else 200)


def _kinds(call: Call) -> list[tuple[str, Any]]:
    """Every kind of question, with those of the programme."""
    own = [(code, getattr(kind, "name", code)) for code, kind in call.rules.blocks.items()]
    return [*fields.KINDS.items(), *own]


def _earlier(data: dict[str, Any], here: dict[str, Any], position: int) -> list[tuple[str, str]]:
    """The questions before this one, which may decide whether it is asked."""
    found = []
    for page in data["form"]["sections"]:
        until = position if page is here else len(page["blocks"])
        found += [(one["code"], blocks.in_language(one["label"])) for one in page["blocks"][:until]]
        if page is here:
            break
    return [(code, f"{text} ({code})") for code, text in found]


@login_required
@require_safe
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """The call's page as everybody would see it, for those who write, approve and audit it."""
    call = staff_call(request, code)
    version, now = editing.version_in_work(call), database_now()
    context = {
        "call": call,
        "version": version,
        "now": now,
        "word": _("미리보기"),
        "tone": "warning",
        "preview": True,
        "tracks": public.tracks_table(call),
        "stages": public.stages_with_criteria(call),
        "rules": [rule_in_words(row) for row in version.eligibility],
        "pages": [
            Row(page.name_text, _("질문 %(n)s개") % {"n": len(page.blocks)}, _page_url(call, page))
            for page in version.parsed_form.sections
        ],
    }
    return render(request, "intake/call.html", context)


def _page_url(call: Call, page: blocks.Section) -> str:
    return reverse("intake:preview-page", args=[call.code, page.code])


@login_required
@require_safe
def preview_page(request: HttpRequest, code: str, section: str) -> HttpResponse:
    """A page of the form with its real fields; nothing typed here is kept."""
    call = staff_call(request, code)
    form = editing.version_in_work(call).parsed_form
    here = form.section(section)
    if here is None:
        raise Http404
    stages = {stage.number: stage for stage in call.stages.all()}
    asked = SectionForm(form=form, section=here, answers=_all_shown(here))
    context = {
        "call": call,
        "title": title_of(call),
        "section": here,
        "form": asked,
        "files": [block for block in here.blocks if block.kind == "file"],
        "later": [(block, stages[block.from_stage]) for block in here.blocks if block.from_stage in stages],
        "conditions": [(block, form.block(block.shown_if[0])) for block in here.blocks if block.shown_if],
    }
    return render(request, "intake/preview_page.html", context)


def _all_shown(here: blocks.Section) -> dict[str, Any]:
    """Answers under which every conditional question of the page is asked."""
    return {block.shown_if[0]: block.shown_if[1] for block in here.blocks if block.shown_if}
