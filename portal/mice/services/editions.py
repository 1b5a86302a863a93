"""Editions: entered, compared with what is there already, found to be one or two; what an applicant would get."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher

from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts.models import Organisation, User
from portal.core import scarce
from portal.core.errors import Invalid, Overtaken
from portal.core.money import won
from portal.core.periods import SEOUL
from portal.core.transition import advance
from portal.intake.models import Application
from portal.mice import rules
from portal.mice.enums import EditionStatus, MatchStatus
from portal.mice.models import Award, AwardPlan, EditionMatch, Event, EventEdition
from portal.mice.workflow import EDITION, MATCH

#: Editions so many days apart may still be one that was moved.
NEAR = timedelta(days=3)
#: How alike two names are, of 1, to be looked at by somebody.
ALIKE = 0.75


@transaction.atomic
def enter_edition(
    *,
    event: Event,
    host: Organisation,
    title: str,
    venue: str,
    starts_on: date,
    ends_on: date,
    cap: int,
    by: User,
    title_en: str = "",
) -> EventEdition:
    """A new edition; others near its days with its venue, its host or a name like its own are put up to be compared."""
    rules.check_can_prepare_awards(by, event.cluster)
    if ends_on < starts_on:
        raise Invalid(_("끝나는 날이 시작하는 날보다 빠릅니다."), field="ends_on")
    edition = EventEdition.objects.create(
        event=event,
        host=host,
        title_ko=title,
        title_en=title_en,
        venue=venue,
        starts_on=starts_on,
        ends_on=ends_on,
        cap=cap,
    )
    _compare(edition)
    return edition


def _compare(edition: EventEdition) -> None:
    """Put up others near the edition's days that may be the same one and were not compared with it yet."""
    near = EventEdition.objects.exclude(pk=edition.pk).filter(
        same_as=None, starts_on__lte=edition.ends_on + NEAR, ends_on__gte=edition.starts_on - NEAR
    )
    for other in near.order_by("pk"):
        if why := _alike(other, edition):
            first, second = sorted((other, edition), key=lambda one: one.pk)
            EditionMatch.objects.get_or_create(first=first, second=second, defaults={"why": why})


@transaction.atomic
def move_edition(*, edition: EventEdition, venue: str, starts_on: date, ends_on: date, by: User, now: datetime) -> None:
    """Other days or another venue: calendars hear of it, and editions near the new days are compared."""
    role = rules.check_can_prepare_awards(by, edition.event.cluster)
    if ends_on < starts_on:
        raise Invalid(_("끝나는 날이 시작하는 날보다 빠릅니다."), field="ends_on")
    if starts_on < now.astimezone(SEOUL).date():
        raise Invalid(_("지난 날로는 옮길 수 없습니다."), field="starts_on")
    held = EventEdition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    rules.check_takes_place(held, now=now)
    elsewhere = held.venue != venue
    held.venue, held.starts_on, held.ends_on = venue, starts_on, ends_on
    held.save(update_fields=["venue", "starts_on", "ends_on"])
    data = {"starts_on": starts_on, "ends_on": ends_on, "elsewhere": elsewhere}
    log.append("event.edition.moved", row=held, by=by.acting_as(role), data=data)
    _compare(held)


@transaction.atomic
def cancel_edition(*, edition: EventEdition, by: User, now: datetime, reason: str) -> None:
    """The event does not take place: it stays in calendars as cancelled. Its awards are cancelled each on its own."""
    role = rules.check_can_prepare_awards(by, edition.event.cluster)
    held = EventEdition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    rules.check_takes_place(held, now=now)
    advance(held, EditionStatus.CANCELLED, by=by.acting_as(role), steps=EDITION, reason=reason)


def _alike(one: EventEdition, other: EventEdition) -> str:
    """Why two editions near each other may be one; empty when nothing says so."""
    one_name, other_name = _plain(one.title_ko), _plain(other.title_ko)
    if one.host_id == other.host_id:
        return "host"
    if _plain(one.venue) == _plain(other.venue):
        return "venue"
    return "name" if SequenceMatcher(None, one_name, other_name).ratio() >= ALIKE else ""


def _plain(text: str) -> str:
    return "".join(text.casefold().split())


@transaction.atomic
def tell_apart(*, match: EditionMatch, by: User, now: datetime) -> None:
    """Two editions indeed: both may be awarded."""
    _decide(match, MatchStatus.DIFFERENT, by=by, now=now)


@transaction.atomic
def merge(*, match: EditionMatch, by: User, now: datetime) -> None:
    """One edition under two names: the awards of the second count on the first, whose cap has to bear both."""
    _decide(match, MatchStatus.SAME, by=by, now=now)
    pair = EventEdition.objects.select_for_update(no_key=True).filter(pk__in=[match.first_id, match.second_id])
    first, second = pair.order_by("pk")
    if first.same_as_id or second.same_as_id:
        raise Overtaken
    if (moved := second.committed) > 0:
        room = EventEdition.objects.filter(pk=first.pk)
        if not scarce.take(room, counter="committed", capacity="cap", n=moved):
            text = _(
                "두 회차의 지원액을 합치면 한도를 넘습니다. 남은 한도는 {left}입니다. 먼저 교부액을 줄여 주십시오."
            )
            raise Invalid(text.format(left=won(first.left)))
    Award.objects.filter(edition=second).update(edition=first)
    AwardPlan.objects.filter(edition=second, application__event_award=None).update(edition=first)
    EventEdition.objects.filter(pk=second.pk).update(committed=0, same_as=first)


def _decide(match: EditionMatch, to: MatchStatus, *, by: User, now: datetime) -> None:
    role = rules.check_can_prepare_awards(by, match.first.event.cluster)
    data = {"first": str(match.first.public_id), "second": str(match.second.public_id)}
    changes = {"decided_by": by, "decided_at": now}
    advance(match, to, by=by.acting_as(role), steps=MATCH, data=data, changes=changes)


@transaction.atomic
def plan_award(
    *,
    application: Application,
    edition: EventEdition,
    requested: int,
    lines: Mapping[str, int],
    by: User,
    now: datetime,
    cut_reason: str = "",
) -> AwardPlan:
    """Write down what the applicant would get; may be written again until the award is decided.

    Raises ``Invalid`` for a plan above the request, and for a cut without its reason.
    """
    rules.check_can_prepare_awards(by, application.call.cluster)
    if hasattr(application, "event_award"):
        raise Overtaken
    if edition.same_as is not None:
        edition = edition.same_as
    rules.check_lines(lines)
    total = sum(lines.values())
    if total > requested:
        raise Invalid(_("신청한 금액보다 많이 교부할 수 없습니다."), field="lines")
    if total < requested and not cut_reason.strip():
        raise Invalid(_("신청액보다 줄이는 까닭을 적어 주십시오. 신청한 곳에 그대로 알립니다."), field="cut_reason")
    given = {
        "edition": edition,
        "requested": requested,
        "lines": dict(lines),
        "cut_reason": cut_reason.strip(),
        "planned_by": by,
        "planned_at": now,
    }
    return AwardPlan.objects.update_or_create(application=application, defaults=given)[0]
