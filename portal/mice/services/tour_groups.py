"""A group larger than a session of its course asks for its own, and the office leads it there or says why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts.models import User
from portal.core import outbox
from portal.core.errors import Invalid, Overtaken
from portal.core.transition import advance
from portal.mice import rules
from portal.mice.enums import GroupStatus, Language
from portal.mice.models import CourseVersion, TourBooking, TourCourse, TourGroup
from portal.mice.services.booking import enter
from portal.mice.services.sessions import publish_session
from portal.mice.workflow import TOUR_GROUP

TOPIC = "tour.group"


@dataclass(frozen=True, slots=True)
class Asker:
    """Whoever asked for a group. The ledger says which group in a sealed value only, never who."""

    group: TourGroup

    def ledger_actor(self) -> log.Actor:
        ref = str(self.group.public_id)
        return log.Actor("visitor", private={"booking": ref}, key=f"tour_group:{ref}")


@transaction.atomic
def ask_for_group(
    *,
    course: TourCourse,
    party: int,
    wished_at: datetime,
    name: str,
    now: datetime,
    email: str = "",
    phone: str = "",
    language: str = Language.KO,
    access_needs: str = "",
) -> TourGroup:
    """Ask for a session of one's own. ``Invalid`` for a group that fits into a session, or a time already past."""
    if party <= course.max_people:
        raise Invalid(
            _("%(most)s명까지는 회차를 골라 바로 예약하실 수 있습니다.") % {"most": course.max_people}, field="party"
        )
    if wished_at <= now:
        raise Invalid(_("앞으로의 날짜를 골라 주십시오."), field="wished_at")
    group = TourGroup.objects.create(
        course=course,
        party=party,
        wished_at=wished_at,
        name=name,
        email=email,
        phone=phone,
        language=language,
        access_needs=access_needs,
        asked_at=now,
    )
    log.append(
        "event.group.asked", row=group, by=Asker(group), data={"tour": course.code, "party": party, "to": group.status}
    )
    _tell(group, "group_asked")
    return group


@transaction.atomic
def lead_group(
    *, group: TourGroup, version: CourseVersion, starts_at: datetime, language: str, by: User, now: datetime,
    guide: User | None = None,
) -> TourBooking:  # fmt: skip
    """Open a session of exactly the group's size and book the group into it: it goes at once, nobody else comes in."""
    role = rules.check_can_manage(by, group.course)
    group = _open(group)
    session = publish_session(
        version=version,
        starts_at=starts_at,
        language=language,
        guide=guide,
        min_people=group.party,
        max_people=group.party,
        by=by,
        now=now,
    )
    data: dict[str, Any] = {"session": str(session.public_id), "party": group.party}
    changes = {"session": session, "answered_at": now}
    advance(group, GroupStatus.LED, by=by.acting_as(role), steps=TOUR_GROUP, data=data, changes=changes)
    kept = ("party", "name", "email", "phone", "language", "access_needs")
    return enter(
        TourBooking(session=session, group=group, **{name: getattr(group, name) for name in kept}), None, now=now
    )


@transaction.atomic
def decline_group(*, group: TourGroup, by: User, now: datetime, reason: str) -> None:
    """The group cannot be led; it is told."""
    role = rules.check_can_manage(by, group.course)
    group = _open(group)
    actor, changes = by.acting_as(role), {"answered_at": now}
    advance(group, GroupStatus.DECLINED, by=actor, steps=TOUR_GROUP, reason=reason, changes=changes)
    _tell(group, "group_declined")


def _open(group: TourGroup) -> TourGroup:
    """The group's row, ours until the end; ``Overtaken`` when it was answered."""
    fresh = TourGroup.objects.select_for_update(of=("self",), no_key=True).select_related("course").get(pk=group.pk)
    if fresh.status != GroupStatus.ASKED:
        raise Overtaken
    return fresh


def _tell(group: TourGroup, word: str) -> None:
    if group.email:
        outbox.put(TOPIC, {"group": str(group.public_id), "word": word}, key=f"{TOPIC}:{word}:{group.public_id}")
