"""Another term: invited before the end, asked for, decided, signed; the cells of that term are held meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import Invalid, Late, NotAllowed, Overtaken, Refused
from portal.core.periods import SEOUL, add_months, months_of
from portal.core.transition import advance
from portal.intake import services as intake
from tenancy import queries, rules
from tenancy.enums import LeaseStatus, OccupancyStatus, RenewalPath, RenewalStatus
from tenancy.models import Lease, LeaseTerm, RenewalReview
from tenancy.services.amendments import move_with_term
from tenancy.services.displaced import give_up_term, hold, hold_again
from tenancy.services.holding import move, release
from tenancy.services.telling import tell_renewal
from tenancy.workflow import RENEWAL

INVITE_DAYS, ANSWER_DAYS = 90, 30
#: A hub that opened no call: so long before the end its tenants are told that the term ends.
UNASKED_DAYS = 14


def invite_renewals(*, now: datetime) -> int:
    """Invite every tenant whose term ends within 90 days and who may stay; answers how many. Safe twice at once."""
    today, invited = now.astimezone(SEOUL).date(), 0
    for lease in list(queries.ending_uninvited(today, today + timedelta(days=INVITE_DAYS))):
        try:
            invited += _invite(lease, today, now)
        except (Refused, IntegrityError):
            continue  # the room is promised to another, or another worker was first
    return invited


@transaction.atomic
def _invite(lease: Lease, today: date, now: datetime) -> int:
    terms = list(lease.terms.all())
    last = terms[-1]
    period = next_period(lease)
    if period is None or lease.renewals.filter(seq=last.seq + 1).exists():
        return 0
    review = RenewalReview.objects.create(
        lease=lease,
        seq=last.seq + 1,
        period=DateRange(*period),
        path=lease.unit.hub.renewal_path,
        figures=queries.known_figures(lease, today),
        invited_at=now,
        respond_by=max(today, last.period.upper - timedelta(days=ANSWER_DAYS)),
    )
    data = {"to": review.status, "start": period[0], "end": period[1]}
    log.append("space.renewal.invited", row=review, by=log.SYSTEM, data=data)
    hold(review, lease.unit, by=log.SYSTEM)
    tell_renewal(review)
    return 1


def next_period(lease: Lease) -> tuple[date, date] | None:
    """The next term: as long as the first, within the maximum; None when the maximum is reached."""
    terms = list(lease.terms.all())
    first, last = terms[0].period, terms[-1].period
    end = min(add_months(last.upper, months_of(first.lower, first.upper)), add_months(first.lower, lease.max_months))
    return (last.upper, end) if end > last.upper else None


@transaction.atomic
def ask_renewal(*, review: RenewalReview, figures: Mapping[str, int], by: Any, now: datetime) -> None:
    """The master account asks for another term and states the figures of the present one, where the desk decides."""
    role = rules.check_can_ask_renewal(by, review)
    _check_desk_decides(review)
    if now.astimezone(SEOUL).date() > review.respond_by:
        raise Late(_("연장을 신청할 수 있는 기간이 지났습니다."))
    if any(value < 0 for value in figures.values()):
        raise Invalid(_("0 이상의 수를 적어 주십시오."))
    changes = {"figures": dict(figures), "applied_by": by}
    advance(review, RenewalStatus.APPLIED, by=by.acting_as(role), steps=RENEWAL, changes=changes)


@transaction.atomic
def decide_renewal(*, review: RenewalReview, granted: bool, by: Any, now: datetime, reason: str = "") -> None:
    """The approver grants or refuses with a reason; a refusal gives the held cells back. Arrears stand against it.

    A refusal may still be turned by an appeal: granting after it holds the cells again, if nobody has them.
    """
    role = rules.check_can_decide_renewal(by, review)
    _check_desk_decides(review)
    lease = review.lease
    acting, changes = by.acting_as(role), {"decided_by": by, "decided_at": now, "reason": reason.strip()}
    if not granted:
        if not changes["reason"]:
            raise Invalid(_("연장하지 않는 이유를 적어 주십시오."), field="reason")
        advance(review, RenewalStatus.REFUSED, by=acting, steps=RENEWAL, reason=reason, changes=changes)
        give_back(review, by=acting)
        return
    _check_nothing_owed(lease)
    again = review.status == RenewalStatus.REFUSED
    advance(review, RenewalStatus.GRANTED, by=acting, steps=RENEWAL, reason=reason.strip() or None, changes=changes)
    if again:
        hold_again(review, by=acting, now=now)
    tell_renewal(review)


def _check_desk_decides(review: RenewalReview) -> None:
    if review.path == RenewalPath.PANEL:
        raise NotAllowed(_("이 거점의 연장은 연장평가 공고로 신청하고 평가위원회가 심사합니다."))


def _check_nothing_owed(lease: Lease) -> None:
    if lease.arrears.exclude(status="CLOSED").exists():
        raise Refused(_("미납된 임대료가 있어 연장할 수 없습니다."))


@transaction.atomic
def sign_renewal(*, review: RenewalReview, by: Any, now: datetime, consented: bool) -> None:
    """The tenant signs the granted term: it joins the lease and its cells are committed.

    Where the present room went to another, the term is in the room found since, by an amendment.
    """
    role = rules.check_can_ask_renewal(by, review)
    if not consented:
        raise Invalid(_("전자서명에 동의해 주십시오."), field="consented")
    if review.decided_by_id == by.pk:
        raise NotAllowed(_("한 사람이 양쪽을 대신해 서명할 수 없습니다."))
    lease = Lease.objects.select_for_update(of=("self",), no_key=True).get(pk=review.lease_id)
    if lease.status != LeaseStatus.ACTIVE:
        raise Overtaken(_("입주 중인 계약만 연장할 수 있습니다."))
    if review.waiting_since is not None and review.room is None:
        raise Refused(_("옮겨 갈 호실을 찾는 중입니다. 찾으면 알려 드립니다."))
    _check_nothing_owed(lease)
    if not held(review):
        raise Overtaken(_("새 계약기간의 호실이 잡혀 있지 않습니다. 담당자에게 문의해 주십시오."))
    days = {"start": review.period.lower, "end": review.period.upper}
    acting = by.acting_as(role)
    changes = {"signed_by": by, "signed_at": now}
    advance(review, RenewalStatus.SIGNED, by=acting, steps=RENEWAL, data=days, changes=changes)
    LeaseTerm.objects.create(lease=lease, seq=review.seq, period=review.period)
    if review.room is not None:
        move_with_term(lease=review.lease, unit=review.room, on=review.period.lower, now=now)
    move(held(review), OccupancyStatus.COMMITTED, by=acting)
    log.append("space.lease.renewed", row=review.lease, by=acting, data=days)
    if review.application is not None:
        intake.fulfil(application=review.application, by=by, now=now)


def lapse_renewals(*, now: datetime) -> int:
    """Invitations nobody answered and grants nobody signed before the term's end fall; answers how many.

    Who is asked by a panel has until the last call that the hub opened is closed; where none was, until two weeks before the end.
    """
    today, lapsed = now.astimezone(SEOUL).date(), 0
    silent = Q(status=RenewalStatus.INVITED, respond_by__lt=today)
    unsigned = Q(status=RenewalStatus.GRANTED, period__startswith__lte=today)
    searching = Q(waiting_since__isnull=False, room__isnull=True)
    rows = RenewalReview.objects.filter(silent | unsigned & ~searching)
    for review in rows.select_related("lease__unit__floor__building__hub", "application__call"):
        if _is_still_asked(review, now):
            continue
        try:
            _lapse(review, now)
            lapsed += 1
        except Refused:
            continue  # answered in between
    return lapsed


def _is_still_asked(review: RenewalReview, now: datetime) -> bool:
    if review.path == RenewalPath.DESK or review.status != RenewalStatus.INVITED:
        return False
    if review.period.lower <= now.astimezone(SEOUL).date() + timedelta(days=UNASKED_DAYS):
        return False
    return queries.may_still_apply(review, now)


@transaction.atomic
def _lapse(review: RenewalReview, now: datetime) -> None:
    give_up_term(review, reason=_("기한까지 서명하지 않음"), by=log.SYSTEM, now=now)
    give_back(review, by=log.SYSTEM)


def give_back(review: RenewalReview, *, by: Any) -> None:
    """Nothing is held for the term any more: the room is free from its first day. ``by`` acts in a role."""
    release(held(review), by=by)
    log.append("space.lease.not_renewed", row=review.lease, by=by, data={"end": review.period.lower})


def held(review: RenewalReview) -> list[Any]:
    """The cells held for the term of a review."""
    rows = review.lease.occupancies.filter(status=OccupancyStatus.HELD, period=review.period)
    return list(rows.select_related("cell", "organisation").order_by("pk"))
