"""The investment committee: the list, and one motion with the statement before the paper and the vote after it."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fund import deal_tables, queries, rules, services, tables
from fund.deal_forms import RecuseForm, VoteForm
from fund.enums import MotionStatus, SeatStatus
from fund.models import Motion, Seat
from fund.views.shared import SignedIn
from portal.core.clock import database_now
from portal.core.errors import Invalid, NotAllowed
from portal.core.ui.trying import tried

_OPENS = (MotionStatus.TABLED, MotionStatus.DEFERRED)
_DECIDED = (MotionStatus.CARRIED, MotionStatus.REJECTED)


@login_required
def committee(request: SignedIn) -> HttpResponse:
    """The motions on which one sits or which one oversees."""
    if not (queries.committee.sits(request.user) or queries.funds.reads_funds(request.user)):
        raise NotAllowed(_("투자심의위원과 투자 업무 담당자만 볼 수 있는 화면입니다."))
    rows = [
        row
        for row in queries.committee.motions_for(request.user)
        if any(seat.member_id == request.user.pk for seat in row.seats.all())
        or rules.may_in(request.user, "fund.read", row.sub_fund)
    ]
    return render(request, "fund/committee.html", {"table": deal_tables.motions(rows, request.user)})


@login_required
def motion(request: SignedIn, motion: UUID) -> HttpResponse:
    """One motion: first the statement, then the paper, then the vote and its receipt."""
    found, seat = _motion(request, motion)
    undecided = found.status not in _DECIDED
    context = {
        "motion": found,
        "seat": seat,
        "ballot": seat.ballots.filter(round=found.round).first() if seat else None,
        "tone": tables.TONES.get(found.status, ""),
        "facts": deal_tables.motion_facts(found),
        "seats": deal_tables.seats(list(queries.committee.seats_of(found)), found),
        "reads": rules.can_read_paper(request.user, found, seat),
        "states": seat is not None and seat.status == SeatStatus.PENDING and undecided,
        "recuse": RecuseForm() if seat and undecided and seat.status != SeatStatus.RECUSED else None,
        "vote": VoteForm() if rules.can_vote(request.user, seat) else None,
        "steps": _steps(request, found),
        **_matter(request, found),
    }
    return render(request, "fund/motion.html", context)


def _matter(request: SignedIn, found: Motion) -> dict[str, object]:
    """What the motion is about, for those who may open it."""
    if not rules.may_in(request.user, "fund.read", found.sub_fund):
        return {}
    return {name: getattr(found, name, None) for name in ("deal", "valuation", "waiver")}


def _steps(request: SignedIn, found: Motion) -> list[tuple[str, str]]:
    """What somebody who decides may do now: the step's name and its button."""
    if found.status in _OPENS and rules.may_in(request.user, "motion.decide", found.sub_fund):
        return [("open", _("표결 시작하기"))]
    return [("decide", _("표결 마감하고 의결하기"))] if rules.can_decide(request.user, found) else []


@require_POST
@login_required
def motion_step(request: SignedIn, motion: UUID, step: str) -> HttpResponse:
    """State, step out, vote, open or decide."""
    (found, seat), now, by = _motion(request, motion), database_now(), request.user
    reason = request.POST.get("reason", "")
    own = {
        "clear": (
            lambda seat: services.state_conflict(seat=seat, recuse=False, by=by, now=now),
            _("이해충돌이 없음을 밝혔습니다. 심의자료를 볼 수 있습니다."),
        ),
        "recuse": (
            lambda seat: services.state_conflict(seat=seat, recuse=True, reason=reason, by=by, now=now),
            _("회피했습니다."),
        ),
        "vote": (lambda seat: _vote(request, seat), _("표결을 기록했습니다. 표는 봉인되어 감사원장에 남습니다.")),
    }
    decided = {
        "open": (lambda: services.open_motion(motion=found, by=by, now=now), _("표결을 시작했습니다.")),
        "decide": (
            lambda: _settle(request, found),
            _("표결을 마감했습니다."),
        ),
    }
    if step in own:
        _tried_own(request, found, seat, own[step])
    elif step in decided:
        rules.check_may_in(by, "motion.decide", found.sub_fund)
        tried(request, *decided[step])
    else:
        raise Http404
    return redirect("fund:motion", motion=found.public_id)


def _tried_own(request: SignedIn, found: Motion, seat: Seat | None, done: tuple) -> None:
    if seat is None:
        raise NotAllowed(_("이 안건의 위원만 할 수 있습니다."))
    action, word = done
    tried(request, lambda: action(seat), word)


def _settle(request: SignedIn, found: Motion) -> None:
    """The matter follows its votes, whatever it is."""
    if hasattr(found, "deal"):
        services.settle_deal(deal=found.deal, by=request.user, now=database_now())
    elif hasattr(found, "waiver"):
        services.settle_waiver(waiver=found.waiver, by=request.user, now=database_now())
    else:
        services.settle_valuation(valuation=found.valuation, by=request.user, now=database_now())


def _vote(request: SignedIn, seat: Seat) -> None:
    form = VoteForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("찬성, 반대, 기권 가운데 하나를 골라 주십시오."), field="vote")
    services.cast_ballot(seat=seat, vote=form.cleaned_data["vote"], by=request.user, now=database_now())


def _motion(request: SignedIn, public_id: UUID) -> tuple[Motion, Seat | None]:
    found = queries.committee.motion_of(public_id)
    if found is None:
        raise Http404
    seat = queries.committee.seat_of(found, request.user)
    rules.check_can_read_motion(request.user, found, seat)
    return found, seat
