"""Writing an application: its pages, files, the check of all answers, and sending."""

from __future__ import annotations

import uuid
from collections.abc import Container
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.clock import arrived_at, database_now
from portal.core.errors import Refused
from portal.core.ui.parts import Column, Row, Table
from portal.intake import blocks, queries, rules, services
from portal.intake.errors import DraftClash, Incomplete
from portal.intake.forms import ConfirmForm, FileForm, SectionForm
from portal.intake.models import Application, Attachment, CallVersion, Draft, Revision, SupplementRequest
from portal.intake.views.answers import saved_words, tell_refusal


def own(request: HttpRequest, public_id: UUID) -> Application:
    """An application of one of the person's companies, or 404."""
    return get_object_or_404(queries.applications_of(request.user).select_related("call__cluster"), public_id=public_id)


def ends_at(found: Application, asked: SupplementRequest | None) -> datetime:
    """Until when the company may write: the due time of what is asked now, that of a late code, else the call's closing."""
    if asked:
        return asked.due_at
    late = queries.late_code_of(found)
    return late.expires_at if late else found.call.closes_at


def version_of(application: Application) -> CallVersion:
    version = application.call.current
    if version is None:
        raise Http404
    version.call = application.call
    return version


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, public_id: UUID, section: str) -> HttpResponse:
    """One page of the form. Saves whatever was typed; the script saves too, shortly after each change."""
    found = own(request, public_id)
    form = version_of(found).parsed_form
    here = form.section(section)
    if here is None:
        raise Http404
    draft = Draft.objects.filter(application=found, section=section).first()
    answers = queries.answers_of(found)
    asked = queries.open_request(found)
    given = queries.standing(found, asked, queries.last_revision(found))[0] if asked else None
    fields = SectionForm(
        request.POST or None, form=form, section=here, answers=answers, given=given, only=open_blocks(form, asked)
    )
    if request.method == "POST":
        return _save(request, found, here, fields)
    return _show_page(request, found, here, fields, draft)


def open_blocks(form: blocks.Form, asked: SupplementRequest | None) -> list[str]:
    """What may be written now: the blocks that are asked for, else all that is asked when applying."""
    return asked.blocks if asked else form.of_stage(0)


def open_pages(form: blocks.Form, asked: SupplementRequest | None) -> list[blocks.Section]:
    """The pages with something to write."""
    named = set(open_blocks(form, asked))
    return [page for page in form.sections if any(block.code in named for block in page.blocks)]


def _save(request: HttpRequest, found: Application, here: blocks.Section, fields: SectionForm) -> HttpResponse:
    now, version = database_now(), ConfirmForm.whole(request.POST.get("version")) or 0
    kept = fields.kept()
    try:
        draft = services.save_draft(
            application=found, section=here.code, answers=kept, version=version, by=request.user, now=now
        )
    except DraftClash as clash:
        return _clash(request, found, here, clash)
    if request.headers.get("X-Autosave"):
        services.be_on_page(application=found, section=here.code, by=request.user, now=now)
        return JsonResponse({"saved": saved_words(now), "version": draft.version})
    if fields.misfits():
        return _show_page(request, found, here, fields, draft, status=422)
    return redirect(_after(found, here))


def _after(found: Application, here: blocks.Section) -> str:
    """The next page with something to write, or the check after the last."""
    form = version_of(found).parsed_form
    behind = form.sections[form.sections.index(here) + 1 :]
    for page in open_pages(form, queries.open_request(found)):
        if page in behind:
            return reverse("intake:page", args=[found.public_id, page.code])
    return reverse("intake:check", args=[found.public_id])


def _show_page(
    request: HttpRequest,
    found: Application,
    here: blocks.Section,
    fields: SectionForm,
    draft: Draft | None,
    status: int = 200,
) -> HttpResponse:
    asked, form = queries.open_request(found), version_of(found).parsed_form
    answers, files = shown_now(found, asked)
    editable = rules.allowed(rules.check_can_draft, request.user, found)
    now = database_now()
    if editable:
        services.be_on_page(application=found, section=here.code, by=request.user, now=now)
    writable = set(open_blocks(form, asked)) if editable else set()
    shown = {block.code for block in blocks.asked(form, answers, _stage_of(found, form, asked))}
    context = {
        "application": found,
        "call": found.call,
        "now": database_now(),
        "others_here": queries.others_on_page(found, here.code, request.user, now),
        "section": here,
        "form": fields,
        "version": draft.version if draft else 0,
        "saved": _saved(draft),
        "company": _company(found) if any(block.kind == "company_card" for block in here.blocks) else None,
        "uploads": [
            (block, files.get(block.code, []), block.code in writable)
            for block in here.blocks
            if block.kind == "file" and block.code in shown
        ],
        "fixed": [
            Row(block.label_text, shown_answer(form, block, answers, files, found))
            for block in here.blocks
            if block.code in shown - writable and block.kind not in ("company_card", "file")
        ],
        "asked": asked,
        "ends": ends_at(found, asked),
        "editable": editable,
        "after": _after(found, here),
        "this_url": reverse("intake:page", args=[found.public_id, here.code]),
    }
    return render(request, "intake/page.html", context, status=status)


def _saved(draft: Draft | None) -> str:
    """When the page was saved last, and by whom."""
    return f"{saved_words(draft.edited_at)} ({draft.edited_by})" if draft else ""


def shown_now(
    found: Application, asked: SupplementRequest | None
) -> tuple[dict[str, Any], dict[str, list[Attachment]]]:
    """Answers and files as they stand: the draft's, or while something is asked what was sent with the draft's answers to it."""
    if asked is not None:
        return queries.standing(found, asked, queries.last_revision(found))
    return queries.answers_of(found), queries.files_of(found)


def _stage_of(found: Application, form: blocks.Form, asked: SupplementRequest | None) -> int:
    """Up to which stage's questions the application was asked."""
    return asked.stage.number if asked and asked.stage else queries.asked_up_to(found, form)


def _company(found: Application) -> list[Row]:
    company = found.organisation
    if company.person_id is not None:
        return [Row(_("이름"), company.name_ko)]
    return [
        Row(_("기업명"), company.name_ko),
        Row(_("사업자등록번호"), company.business_number or ""),
        Row(_("대표자"), company.representative),
        Row(_("설립일"), company.opened_date),
        Row(_("소재지"), company.address),
    ]


def _clash(request: HttpRequest, found: Application, here: blocks.Section, clash: DraftClash) -> HttpResponse:
    form = version_of(found).parsed_form
    rows = [
        (
            block.label_text,
            form.kind(block).shown(block, clash.yours.get(block.code)),
            form.kind(block).shown(block, clash.theirs.get(block.code)),
        )
        for block in here.blocks
        if clash.yours.get(block.code) != clash.theirs.get(block.code)
    ]
    columns = (Column(_("문항")), Column(_("내가 쓴 내용")), Column(_("%(who)s 님이 저장한 내용") % {"who": clash.who}))
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in ("csrfmiddlewaretoken", "version")
    ]
    context = {
        "application": found,
        "section": here,
        "table": Table(_("서로 다른 답"), columns, rows),
        "typed": typed,
        "version": clash.version,
        "this_url": reverse("intake:page", args=[found.public_id, here.code]),
    }
    return render(request, "intake/clash.html", context, status=409)


@login_required
@require_POST
def attach(request: HttpRequest, public_id: UUID, block: str) -> HttpResponse:
    """Take up one file; back to its page with the reason if it is refused."""
    found, form = own(request, public_id), FileForm(request.POST, request.FILES)
    section = _section_of(found, block)
    if not form.is_valid():
        messages.error(request, _("올릴 파일을 골라 주십시오."))
    else:
        upload = form.cleaned_data["file"]
        try:
            services.attach_file(
                application=found, block=block, name=upload.name, content=upload, by=request.user, now=database_now()
            )
        except Refused as refusal:
            tell_refusal(request, refusal)
        else:
            messages.success(request, _("파일을 올렸습니다."))
    return redirect("intake:page", found.public_id, section)


def _section_of(found: Application, block: str) -> str:
    """Code of the page that asks for the block, or 404."""
    for section in version_of(found).parsed_form.sections:
        if any(one.code == block for one in section.blocks):
            return section.code
    raise Http404


@login_required
@require_POST
def remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    mine = queries.applications_of(request.user).values("pk")
    attachment = get_object_or_404(
        Attachment.objects.select_related("application__call__current", "application__organisation"),
        public_id=public_id,
        application__in=mine,
        removed_at__isnull=True,
    )
    try:
        services.remove_file(attachment=attachment, by=request.user, now=database_now())
    except Refused as refusal:
        tell_refusal(request, refusal)
    else:
        messages.success(request, _("파일을 뺐습니다."))
    return redirect(
        "intake:page", attachment.application.public_id, _section_of(attachment.application, attachment.block)
    )


@login_required
@require_safe
def file(request: HttpRequest, public_id: UUID) -> FileResponse:
    """A file, to those who may see it; never shown inside the site, always downloaded."""
    attachment = get_object_or_404(
        Attachment.objects.select_related("application__call__cluster", "application__organisation"),
        public_id=public_id,
    )
    try:
        role = rules.check_can_open_attachment(request.user, attachment)
    except Refused as refusal:
        raise Http404 from refusal
    services.record_download(attachment=attachment, by=request.user, role=role, now=database_now())
    return FileResponse(
        attachment.file.open("rb"), as_attachment=True, filename=attachment.name, content_type=attachment.content_type
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """확인: every answer with a way back; then 제출, which gives the receipt. A repeated press gives the same one."""
    error: Refused | None = None
    if request.method == "POST":
        try:
            key = request.POST.get("key", "")[:64] or uuid.uuid4().hex
            revision = _send(request, public_id, key)
        except Refused as refusal:
            error = refusal
        else:
            return redirect("intake:receipt", public_id, revision.number)
    context = _check_context(request, own(request, public_id), error)
    return render(request, "intake/check.html", context, status=error.http_status if error else 200)


def _send(request: HttpRequest, public_id: UUID, key: str) -> Revision:
    """Send the application, or the answer to an open supplement request; after the bell with a late code.

    In the last minute thousands come through here: the services read everything under their lock, so only the row's
    place among the person's own is looked up before.
    """
    by, now = request.user, arrived_at(request)
    mine = queries.applications_of(by).select_related(None).only("public_id", "status")
    found = get_object_or_404(mine, public_id=public_id)
    asked = queries.open_request(found)
    if asked is not None:
        return services.answer_supplement(request=asked, key=key, by=by, now=now)
    late_code = request.POST.get("late_code", "")[:64]
    return services.submit(application=found, key=key, by=by, now=now, late_code=late_code)


def _check_context(request: HttpRequest, found: Application, error: Refused | None) -> dict[str, Any]:
    form, asked, now = version_of(found).parsed_form, queries.open_request(found), database_now()
    answers, files = shown_now(found, asked)
    stage, named = _stage_of(found, form, asked), set(open_blocks(form, asked))
    troubles: dict[str, str] = {}
    for trouble in blocks.troubles(form, answers, files, stage):
        if trouble.block.code in named:
            troubles.setdefault(trouble.block.code, trouble.message)
    rows = [
        (section, _answer_rows(found, form, section, stage, named, answers, files, troubles))
        for section in form.sections
    ]
    return {
        "application": found,
        "call": found.call,
        "now": now,
        "sections": [(section, lines) for section, lines in rows if lines],
        "troubles": len(troubles),
        "error": error,
        "missing": error.troubles if isinstance(error, Incomplete) else [],
        "key": uuid.uuid4().hex,
        "is_master": rules.allowed(rules.check_can_withdraw, request.user, found),
        "asked": asked,
        "late": queries.late_code_of(found),
        "late_code": request.POST.get("late_code", ""),
        "ends": ends_at(found, asked),
        "open": now < ends_at(found, asked) and rules.allowed(rules.check_can_draft, request.user, found),
        "sent": found.revisions.exists(),
    }


def _answer_rows(
    found: Application,
    form: blocks.Form,
    section: blocks.Section,
    stage: int,
    named: Container[str],
    answers: dict[str, Any],
    files: dict[str, list[Attachment]],
    troubles: dict[str, str],
) -> list[Row]:
    """Every question that was asked with its answer; what may be changed now leads to its page."""
    change = reverse("intake:page", args=[found.public_id, section.code])
    asked = {block.code for block in blocks.asked(form, answers, stage)}
    return [
        Row(
            block.label_text,
            shown_answer(form, block, answers, files, found),
            change if block.code in named else "",
            troubles.get(block.code, ""),
        )
        for block in section.blocks
        if block.code in asked
    ]


def shown_answer(
    form: blocks.Form,
    block: blocks.Block,
    answers: dict[str, Any],
    files: dict[str, list[Attachment]],
    found: Application,
) -> str:
    """An answer as people read it; files by name, the company card by name and number."""
    if block.kind == "file":
        return "\n".join(attachment.name for attachment in files.get(block.code, []))
    if block.kind == "company_card":
        return f"{found.organisation.name} {found.organisation.business_number or ''}".strip()
    return form.kind(block).shown(block, answers.get(block.code))
