"""보완 답변: what changed against what had been sent, the officer's 확인, or the same asked again."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.core.ui.parts import Row
from portal.intake import rules, services
from portal.intake.enums import SupplementStatus
from portal.intake.forms import ConfirmForm
from portal.intake.forms.exceptions import AskAgainForm
from portal.intake.models import Application, SupplementRequest
from portal.intake.views import acting
from portal.intake.views.desk import shown, staff_application


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Each named question with what stood before and what was answered; then accepted."""
    found = staff_application(request, public_id)
    rules.check_can_run(request.user, found.call)
    asked = _answered(found)
    return acting.confirmed(
        request,
        ConfirmForm(request.POST if request.method == "POST" else None),
        lambda **who: services.accept_supplement(request=asked, **who),
        title=_("보완 답변 확인하기"),
        lead=f"{found} {found.organisation}",
        rows=[Row(_("보완할 내용"), asked.missing), *_difference(asked)],
        done=_("보완 답변을 확인했습니다."),
        back=reverse("intake:desk-application", args=[public_id]),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The answer does not do: what is still missing, until when; the same questions open once more."""
    found = staff_application(request, public_id)
    rules.check_can_ask_supplement(request.user, found)
    asked = _answered(found)
    return acting.confirmed(
        request,
        AskAgainForm(request.POST or None),
        lambda **given: services.ask_supplement_again(request=asked, **given),
        title=_("보완 다시 요청하기"),
        lead=f"{found} {found.organisation}",
        warning=_("같은 문항을 다시 열고 기업에 알립니다. 먼저 낸 답변은 제출본으로 남습니다."),
        rows=[Row(_("먼저 요청한 내용"), asked.missing), *_difference(asked)],
        done=_("보완을 다시 요청했습니다."),
        back=reverse("intake:desk-application", args=[public_id]),
    )


def _answered(found: Application) -> SupplementRequest:
    """The last request that was answered and not yet looked at, or 404."""
    rows = found.supplements.filter(stage=None, status=SupplementStatus.ANSWERED).select_related("answer__version")
    asked = get_object_or_404(rows.order_by("-pk")[:1])
    asked.application = found
    return asked


def _difference(asked: SupplementRequest) -> list[Row]:
    """The named questions, before and after."""
    answer = asked.answer
    assert answer is not None
    answer.version.call = asked.application.call
    before = asked.application.revisions.get(number=answer.number - 1).content
    form, found = answer.version.parsed_form, []
    for block in form.blocks():
        if block.code in asked.blocks:
            words = {"question": block.label_text}
            found.append(Row(_("%(question)s: 전") % words, shown(form, block, before) or "–"))
            found.append(Row(_("%(question)s: 보완") % words, shown(form, block, answer.content) or "–"))
    return found
