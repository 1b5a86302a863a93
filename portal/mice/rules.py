"""May this be done now? ``check_can_x`` raises with the reason; what a person is needed for answers the role."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts import queries as accounts_queries
from portal.accounts import rules as accounts
from portal.accounts.models import Cluster, Organisation, User
from portal.core.errors import Invalid, Late, NotAllowed, Overtaken
from portal.core.periods import SEOUL
from portal.mice import queries
from portal.mice.enums import AwardStatus, BookingStatus, SessionStatus
from portal.mice.models import Award, EventEdition, SupportProgramme, TourBooking, TourCourse, TourSession

#: Under which role a guide acts.
GUIDE = "guide"
#: How long before its start a tour can set out and let people in.
EARLY = timedelta(hours=1)


def check_takes_place(edition: EventEdition, *, now: datetime) -> None:
    """Only an edition that is still to end is moved or called off."""
    if edition.is_off:
        raise Overtaken
    if edition.ends_on < now.astimezone(SEOUL).date():
        raise Invalid(_("이미 끝난 행사입니다."))


def check_can_manage(by: Any, course: TourCourse) -> str:
    """The role under which ``by`` runs the tours of this course."""
    return accounts.check_may(by, "tour.manage", cluster=course.cluster)


def can_manage(by: Any, course: TourCourse) -> bool:
    return accounts.may(by, "tour.manage", cluster=course.cluster)


def check_can_guide(by: Any, session: TourSession) -> str:
    """Whose day it is: the session's guide, or the office; the role under which it is done."""
    if session.guide_id is not None and session.guide_id == by.pk:
        return GUIDE
    return check_can_manage(by, session.version.course)


def check_can_begin(session: TourSession, *, now: datetime) -> None:
    """Only a tour that goes sets out, and not before people can be there."""
    if session.status != SessionStatus.CONFIRMED:
        raise Overtaken
    if now < session.starts_at - EARLY:
        raise Invalid(_("시작 한 시간 전부터 시작할 수 있습니다."))


def check_can_finish(session: TourSession, *, now: datetime) -> None:
    if session.status != SessionStatus.RUNNING:
        raise Overtaken
    if now < session.starts_at:
        raise Invalid(_("아직 시작 시각이 되지 않은 투어입니다."))


def check_can_check_in(booking: TourBooking, *, now: datetime) -> None:
    """Why a party does not get in, said so that it can be answered at the door."""
    session = booking.session
    if booking.status != BookingStatus.CONFIRMED:
        state = booking.get_status_display()
        raise Invalid(_("입장할 수 없는 예약입니다. 지금 상태: %(state)s") % {"state": state})
    if session.status not in (SessionStatus.CONFIRMED, SessionStatus.RUNNING):
        raise Invalid(_("지금 입장을 받는 투어가 아닙니다."))
    # Until the cutoff the numbers may still turn, and who is in can no longer be turned with them.
    if now < max(session.starts_at - EARLY, session.cutoff_at):
        raise Invalid(_("시작 한 시간 전부터 입장할 수 있습니다."))


def check_can_book(session: TourSession, party: int, *, now: datetime) -> None:
    """Open is no state: the clock decides. A party larger than the tour asks for its own."""
    if session.status not in (SessionStatus.OPEN, SessionStatus.CONFIRMED):
        raise Late(_("지금은 예약을 받지 않는 회차입니다. 다른 회차를 골라 주십시오."))
    if hasattr(session, "group"):
        raise Late(_("한 단체를 위한 회차입니다. 다른 회차를 골라 주십시오."))
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


def check_can_rebook(booking: TourBooking, to: TourSession, party: int, *, now: datetime) -> None:
    """Whoever has places may move them within the course while both sessions can still be booked."""
    check_can_cancel(booking, now=now)
    if booking.group_id is not None:
        raise Invalid(_("단체의 회차는 투어 담당이 바꿉니다. 담당자에게 알려 주십시오."))
    if to.version.course_id != booking.session.version.course_id:
        raise Invalid(_("같은 코스의 회차로만 바꿀 수 있습니다."), field="session")
    if to.pk == booking.session_id and party == booking.party:
        raise Invalid(_("바꿀 회차나 인원을 골라 주십시오."), field="party")
    check_can_book(to, party, now=now)


def check_can_answer(booking: TourBooking, *, now: datetime) -> None:
    """An offer is answered before its deadline."""
    if booking.status != BookingStatus.OFFERED:
        raise Overtaken
    if booking.offer_expires_at is None or now >= booking.offer_expires_at:
        raise Late(_("제안의 기한이 지났습니다. 자리는 다음 분께 넘어갑니다."))


def check_can_decide_award(by: Any, programme: SupportProgramme) -> str:
    """The role under which ``by`` decides awards, signs for the payer and pays; a published selection acts as the system."""
    if by is log.SYSTEM:
        return "system"
    return accounts.check_may(by, "award.decide", cluster=programme.cluster)


def can_decide_award(by: Any, programme: SupportProgramme) -> bool:
    return accounts.may(by, "award.decide", cluster=programme.cluster)


def check_can_prepare_awards(by: User, cluster: Cluster) -> str:
    """The role under which ``by`` enters editions, compares them and plans awards."""
    return accounts.check_may(by, "agreement.prepare", cluster=cluster)


def check_lines(lines: Mapping[str, int]) -> None:
    """Every category a whole positive amount of won."""
    if not lines or any(isinstance(one, bool) or not isinstance(one, int) or one < 1 for one in lines.values()):
        raise Invalid(_("비목마다 금액을 1원 이상의 정수로 적어 주십시오."), field="lines")


def check_can_prepare_agreement(by: User, programme: SupportProgramme) -> str:
    return accounts.check_may(by, "agreement.prepare", cluster=programme.cluster)


def check_can_see_award(by: Any, award: Award) -> str:
    """The organiser's people, the desk of event support and the auditor."""
    if accounts_queries.is_member(by, award.organisation):
        return accounts.check_can_act_for(by, award.organisation)
    return accounts.check_may(by, "award.read", cluster=award.programme.cluster)


def check_can_audit(by: User, award: Award) -> str:
    """The role under which ``by`` looks at reports and says what of them counts."""
    return accounts.check_may(by, "settlement.prepare", cluster=award.programme.cluster)


def check_can_settle(by: User, award: Award) -> str:
    """The role under which ``by`` fixes what an award came to and takes money back."""
    return accounts.check_may(by, "settlement.decide", cluster=award.programme.cluster)


def check_can_claw_back(by: User, award: Award) -> str:
    """The role under which ``by`` decides to take money back and to sanction."""
    return accounts.check_may(by, "clawback.decide", cluster=award.programme.cluster)


def check_is_clear(organisation: Organisation, on: date) -> None:
    """Nothing is agreed with or paid to who is sanctioned or has not paid back in time."""
    if queries.is_sanctioned(organisation=organisation, on=on):
        raise Invalid(_("지원 제한 기간에 있는 기업입니다. 제한이 끝난 뒤에 진행해 주십시오."))
    if queries.has_overdue_clawback(organisation):
        raise Invalid(_("환수금을 체납한 기업입니다. 납부를 확인한 뒤에 진행해 주십시오."))


def check_can_run_doors(by: User, edition: EventEdition) -> None:
    """The host's own people, and the officers of event support."""
    if not accounts.may(by, "settlement.prepare", cluster=edition.event.cluster):
        accounts.check_can_act_for(by, edition.host)


def check_can_act_on(by: User, award: Award) -> str:
    return accounts.check_can_act_for(by, award.organisation)


def may_act_on(by: User, award: Award) -> bool:
    return accounts.can_act_for(by, award.organisation)


def check_can_sign(by: User, award: Award) -> str:
    return accounts.check_can_sign_for(by, award.organisation)


def check_is_another(by: User, *others: int | None) -> None:
    """Two people for one step: who prepared, asked or signed for the other side does not decide."""
    if by.pk in others:
        raise NotAllowed(_("같은 사람이 두 단계를 모두 할 수 없습니다. 다른 담당자에게 요청해 주십시오."))


def check_can_be_awarded(edition: EventEdition) -> None:
    """Not while it may be another edition, and not when it was found to be one."""
    if edition.same_as_id is not None:
        raise Invalid(_("다른 회차와 같은 것으로 확인된 행사 회차입니다. 합쳐진 회차로 진행해 주십시오."))
    if queries.is_in_question(edition):
        raise Invalid(_("같은 회차인지 확인하고 있는 행사입니다. 동일 회차 확인을 먼저 마쳐 주십시오."))


def check_can_enter(award: Award) -> None:
    """The sheet is written after the event and until the report is filed, and again when it came back."""
    if award.status not in (AwardStatus.HELD, AwardStatus.RETURNED):
        raise Invalid(_("지금은 정산서를 적을 수 없습니다. 개최를 확인한 뒤, 정산보고 전까지 적을 수 있습니다."))


def check_can_change(award: Award) -> None:
    """Lines and amount change after the agreement and before the report."""
    if award.status not in (AwardStatus.AGREED, AwardStatus.ADVANCED, AwardStatus.HELD):
        raise Invalid(_("지금은 교부 내용을 바꿀 수 없습니다. 협약을 맺은 뒤, 정산보고 전에만 바꿀 수 있습니다."))
