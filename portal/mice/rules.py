"""May this be done now? ``check_can_x`` raises with the reason; what a person is needed for answers the role."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.accounts import rules as accounts
from portal.core.errors import Invalid, Late, Overtaken
from portal.mice.enums import BookingStatus, SessionStatus
from portal.mice.models import TourBooking, TourCourse, TourSession


def check_can_manage(by: Any, course: TourCourse) -> str:
    """The role under which ``by`` runs the tours of this course."""
    return accounts.check_may(by, "tour.manage", cluster=course.cluster)


def check_can_book(session: TourSession, party: int, *, now: datetime) -> None:
    """Open is no state: the clock decides. A party larger than the tour asks for its own."""
    if session.status not in (SessionStatus.OPEN, SessionStatus.CONFIRMED):
        raise Late(_("지금은 예약을 받지 않는 회차입니다. 다른 회차를 골라 주십시오."))
    if now >= session.cutoff_at:
        raise Late(_("이 회차는 예약을 마감했습니다. 마감 시각은 서버 시각 기준입니다."))
    if party < 1:
        raise Invalid(_("인원을 1명 이상으로 적어 주십시오."), field="party")
    if party > session.capacity:
        raise Invalid(_("이 회차의 정원보다 많은 인원입니다. 단체는 따로 회차를 요청해 주십시오."), field="party")


def check_can_cancel(booking: TourBooking, *, now: datetime) -> None:
    if now >= booking.session.starts_at:
        raise Late(_("이미 시작한 투어입니다."))
    if booking.status not in (BookingStatus.PENDING, BookingStatus.CONFIRMED):
        raise Overtaken


def check_can_answer(booking: TourBooking, *, now: datetime) -> None:
    """An offer is answered before its deadline."""
    if booking.status != BookingStatus.OFFERED:
        raise Overtaken
    if booking.offer_expires_at is None or now >= booking.offer_expires_at:
        raise Late(_("제안의 기한이 지났습니다. 자리는 다음 분께 넘어갑니다."))
