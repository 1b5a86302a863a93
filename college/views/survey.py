"""The survey of a run that has ended: the student's page. The results stand on the office's page of the run."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from college import queries, services, tables
from college.forms import SurveyForm
from college.views.shared import SignedIn, found_run
from portal.core.clock import arrived_at, database_now
from portal.core.errors import Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: SignedIn, code: str) -> HttpResponse:
    """Marks and words for one's own run; once, and nobody can tell later whose they are."""
    run = found_run(code)
    enrolment, survey = queries.enrolment_of(request.user, run), queries.survey_of(run)
    if enrolment is None or survey is None:
        raise Http404
    form = SurveyForm(request.POST or None, questions=survey.questions)
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            services.answer_survey(enrolment=enrolment, answers=given, by=request.user, now=arrived_at(request))
        except Refused as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("답해 주셔서 고맙습니다. 누가 어떤 답을 했는지는 아무도 알 수 없습니다."))
        return redirect("college:mine")
    context = {
        "form": form,
        "run": run,
        "name": tables.name(run),
        "survey": survey,
        "open": enrolment.pk in queries.surveys_to_answer(queries.person_of(request.user), database_now()),
    }
    return render(request, "college/survey.html", context, status=422 if form.errors else 200)
