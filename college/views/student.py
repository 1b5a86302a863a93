"""The student's pages: ask for a seat, answer an offer, see where I stand."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from college import queries, rules, services, standing, tables
from college.enums import EnrolmentStatus, RequestStatus, SessionStatus
from college.models import Run, SeatRequest
from college.money_tables import refund_of
from college.views.shared import SignedIn, found_run
from portal.core.clock import arrived_at, database_now
from portal.core.ui.trying import tried

#: Lessons whose record may be wrong.
_HELD = (SessionStatus.HELD, SessionStatus.SEALED)
_ANSWERS = {
    "accept": (services.accept_offer, gettext_lazy("제안을 수락했습니다. 자리가 배정되었습니다.")),
    "decline": (services.decline_offer, gettext_lazy("제안을 포기했습니다. 자리는 다음 사람에게 넘어갑니다.")),
    "withdraw": (services.withdraw_request, gettext_lazy("수강신청을 취소했습니다.")),
}


@require_POST
@login_required
def ask(request: SignedIn, code: str) -> HttpResponse:
    """Ask for a seat; pressing twice asks once."""

    def action() -> object:
        return services.ask_for_seat(code=code, by=request.user, now=database_now())

    try:
        tried(request, action, _("수강을 신청했습니다."))
    except Run.DoesNotExist:
        raise Http404 from None
    return redirect("college:run", code=code)


@login_required
def mine(request: SignedIn) -> HttpResponse:
    """My requests and courses, each with one line that says where I stand."""
    now, person = database_now(), queries.person_of(request.user)
    asked, certificates = list(queries.my_requests(person)), list(queries.my_certificates(person))
    surveys = queries.surveys_to_answer(person, now)
    requests = [row for row in asked if row.status != RequestStatus.SEATED]
    enrolments = list(queries.my_enrolments(person))
    context = {
        "requests": [
            {
                "request": row,
                "name": tables.name(row.run),
                "tone": tables.TONES.get(row.status, ""),
                "line": standing.of_request(row, now),
                "offered": row.status == RequestStatus.OFFERED,
                "open": row.live,
            }
            for row in requests
        ],
        "enrolments": [
            {
                "enrolment": row,
                "name": tables.name(row.run),
                "tone": tables.TONES.get(row.status, ""),
                "line": standing.of_enrolment(row),
                "lessons": [lesson for lesson in row.run.lessons.all() if lesson.status in _HELD]
                if row.status in (EnrolmentStatus.ACTIVE, EnrolmentStatus.NOT_COMPLETED)
                else [],
                "survey": row.pk in surveys,
                "can_drop": rules.can_drop(row),
                "fee": row.run.fee_won > 0,
                "paid": hasattr(row, "payment"),
                "refund": refund_of(row),
            }
            for row in enrolments
        ],
        "certificates": certificates,
        "recorded": [*asked, *enrolments, *certificates],
    }
    return render(request, "college/mine.html", context)


@require_POST
@login_required
def answer(request: SignedIn, public_id: UUID, word: str) -> HttpResponse:
    """Accept, decline or withdraw."""
    if word not in _ANSWERS:
        raise Http404
    found = _own_request(request, public_id)
    act, done = _ANSWERS[word]
    now = arrived_at(request)
    tried(request, lambda: act(request=found, by=request.user, now=now), str(done))
    return redirect("college:mine")


def _own_request(request: SignedIn, public_id: UUID) -> SeatRequest:
    found = SeatRequest.objects.filter(public_id=public_id).select_related("run__course__cluster", "person").first()
    if found is None:
        raise Http404
    rules.check_is_own(request.user, found.person)
    return found


@require_POST
@login_required
def drop(request: SignedIn, code: str) -> HttpResponse:
    """Give up my seat in a run."""
    run, now = found_run(code), database_now()
    enrolment = queries.enrolment_of(request.user, run)
    if enrolment is None:
        raise Http404
    enrolment.run = run
    tried(
        request,
        lambda: services.drop(enrolment=enrolment, by=request.user, now=now),
        _("수강을 취소했습니다. 자리는 다음 사람에게 넘어갑니다."),
    )
    return redirect("college:mine")
