"""An applicant rates the panel that judged it; only counts are kept."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.core.errors import Refused
from portal.intake import queries, services
from portal.intake.forms.desk import RatingForm
from portal.intake.views.answers import show_refusal


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """One to five on each question, once."""
    found = get_object_or_404(queries.applications_of(request.user), public_id=public_id)
    stage = get_object_or_404(queries.stages_to_rate(found), number=number)
    form = RatingForm(request.POST or None)
    back = reverse("intake:application", args=[public_id])
    if request.method == "POST" and form.is_valid():
        try:
            services.rate_panel(application=found, stage=stage, points=form.cleaned_data, by=request.user)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("고맙습니다. 응답은 기업과 이어지지 않게 셈만 남겼습니다."))
            return redirect(back)
    context = {
        "title": _("평가위원회 만족도"),
        "lead": stage.name_text,
        "back": back,
        "back_word": found.call.current.title_text if found.call.current else found.call.code,
        "note": _(
            "누가 답했는지는 답과 함께 남지 않으며, 다섯 곳 이상이 답한 뒤에만 평균을 보여 줍니다. 심사 결과에는 영향이 없습니다."
        ),
        "form": form,
        "act": _("문항"),
        "submit": _("보내기"),
    }
    return render(request, "intake/workbench.html", context, status=422 if form.errors else 200)
