"""What happens to places after publication: reserve calls, fulfilment, giving up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import Invalid, NotAllowed
from portal.core.transition import advance
from portal.intake import blocks, queries, rules, workflow
from portal.intake.enums import ApplicationStatus, ReserveStatus
from portal.intake.models import Application, ReserveEntry, Track
from portal.intake.services import telling


@transaction.atomic
def call_next_reserve(
    *, track: Track, freed: Any, by: Any, now: datetime, besides: ReserveEntry | None = None
) -> ReserveEntry | None:
    """Call the next fitting reserve for a place of ``track`` that fell free, then along the track's spill list.

    ``freed`` is what the room has to give (None: only the place). One that does not fit is skipped, keeps its order and
    sees why. ``besides`` was just returned. Returns the entry called, or None when no place is free (somebody already
    took it) or nobody fits.
    """
    track = Track.objects.select_for_update(no_key=True).select_related("call__cluster").get(pk=track.pk)
    if queries.places_left([track.pk])[track.pk] < 1:
        return None
    _lapse(ReserveEntry.objects.filter(track__call=track.call), log.SYSTEM, now, skip_locked=False)
    programme = track.call.rules
    for entry in _waiting(track, now):
        if entry == besides:
            continue
        fit = programme.fits(entry, freed)
        if fit.ok:
            return _promote(entry, track, by, now)
        _skip(entry, fit.reason, now)
    return None


@transaction.atomic
def call_reserve(*, track: Track, by: Any, now: datetime) -> ReserveEntry:
    """Call the next one by hand, when a place is free and no room gave it back. Raises ``Invalid`` when nobody can be called."""
    rules.check_can_run(by, track.call)
    entry = call_next_reserve(track=track, freed=None, by=by, now=now)
    if entry is None:
        raise Invalid(_("빈자리가 없거나, 부를 수 있는 예비 기업이 없습니다."))
    return entry


def _waiting(track: Track, now: datetime) -> Iterable[ReserveEntry]:
    """Entries of the track, then of its spill list, each in order."""
    codes = [track.code, *(code for code in track.spill if code != track.code)]
    turn = Case(
        *(When(track__code=code, then=Value(position)) for position, code in enumerate(codes)),
        output_field=IntegerField(),
    )
    return (
        ReserveEntry.objects.filter(
            track__call=track.call, track__code__in=codes, status=ReserveStatus.WAITING, valid_until__gt=now
        )
        .select_related("line__decision", "line__track", "line__quota_track", "application__organisation", "track")
        .select_related("application__call__cluster", "application__call__current", "application__track")
        .order_by(turn, "order")
    )


def _promote(entry: ReserveEntry, track: Track, by: Any, now: datetime) -> ReserveEntry:
    application, acting = entry.application, log.SYSTEM
    advance(entry, ReserveStatus.CALLED, by=acting, steps=workflow.RESERVE)
    advance(
        application,
        ApplicationStatus.SELECTED,
        by=acting,
        steps=workflow.APPLICATION,
        data={"track": entry.track.code, "quota_track": track.code},
        changes={"quota_track": track},
    )
    entry.line.application = application
    application.call.rules.published(entry.line, by=by, now=now)
    telling.reserve_called(entry)
    return entry


def _skip(entry: ReserveEntry, reason: Any, now: datetime) -> None:
    skips = [*entry.skips, {"at": now.isoformat(), **blocks.both(reason)}]
    ReserveEntry.objects.filter(pk=entry.pk).update(skips=skips)
    entry.skips = skips


@transaction.atomic
def return_to_reserve(*, application: Application, reason: str, by: Any, now: datetime) -> ReserveEntry:
    """되돌림: a called reserve whose place cannot be given after all goes back to its order and is told why.

    What it holds is given back; the place goes to the next fitting one besides it. Only before 이행, by the approver, and
    never for somebody selected by the result itself: who was selected without fault keeps the place.
    """
    role = rules.check_can_return(by, application)
    if not reason.strip():
        raise Invalid(_("되돌리는 까닭을 적어 주십시오."), field="reason")
    held, acting = application.quota_track, by.acting_as(role)
    entry = ReserveEntry.objects.select_for_update(of=("self",)).select_related("track").get(application=application)
    entry.application = application
    if entry.valid_until <= now:
        raise NotAllowed(_("예비 순위의 유효 기한이 지나 되돌릴 수 없습니다."))
    steps = {"by": acting, "reason": reason.strip()}
    skips = [*entry.skips, {"at": now.isoformat(), **blocks.both(reason.strip())}]
    advance(entry, ReserveStatus.WAITING, steps=workflow.RESERVE, changes={"skips": skips}, **steps)
    gone = {"quota_track": None, "beyond_quota": False}
    advance(application, ApplicationStatus.RESERVED, steps=workflow.APPLICATION, changes=gone, **steps)
    application.call.rules.left(application, why="returned", by=by, now=now)
    telling.returned_to_reserve(entry, reason.strip())
    if held is not None:
        call_next_reserve(track=held, freed=None, by=log.SYSTEM, now=now, besides=entry)
    return entry


@transaction.atomic
def fulfil(*, application: Application, by: Any, now: datetime) -> Application:
    """이행: the room reports that what was awarded came about (contract signed, seat taken)."""
    role = rules.check_can_conclude(by, application)
    acting = by.acting_as(role)
    advance(application, ApplicationStatus.FULFILLED, by=acting, steps=workflow.APPLICATION)
    entry = ReserveEntry.objects.filter(application=application, status=ReserveStatus.CALLED).first()
    if entry is not None:
        advance(entry, ReserveStatus.CONVERTED, by=acting, steps=workflow.RESERVE)
    return application


@transaction.atomic
def decline(*, application: Application, reason: str, by: Any, now: datetime) -> Application:
    """포기: the room reports that the company gave up its place, or let its offer lapse.

    What it held is given back (``left``); the room then calls ``call_next_reserve`` with what fell free.
    """
    role = rules.check_can_conclude(by, application)
    acting = by.acting_as(role)
    advance(
        application,
        ApplicationStatus.DECLINED,
        by=acting,
        steps=workflow.APPLICATION,
        reason=reason or None,
    )
    entry = ReserveEntry.objects.filter(application=application, status=ReserveStatus.CALLED).first()
    if entry is not None:
        advance(entry, ReserveStatus.DROPPED, by=acting, steps=workflow.RESERVE, reason=reason or None)
    application.call.rules.left(application, why="declined", by=by, now=now)
    return application


@transaction.atomic
def lapse_reserves(*, by: Any, now: datetime) -> int:
    """만료 by the clock; may run twice. Returns how many lapsed."""
    return _lapse(ReserveEntry.objects.all(), by, now, skip_locked=True)


def _lapse(entries_in: QuerySet[ReserveEntry], by: Any, now: datetime, *, skip_locked: bool) -> int:
    rows = entries_in.filter(status=ReserveStatus.WAITING, valid_until__lte=now)
    entries = list(rows.select_related("application__call").select_for_update(of=("self",), skip_locked=skip_locked))
    for entry in entries:
        advance(entry, ReserveStatus.LAPSED, by=by, steps=workflow.RESERVE)
        advance(entry.application, ApplicationStatus.NOT_SELECTED, by=by, steps=workflow.APPLICATION)
        telling.reserve_lapsed(entry)
    return len(entries)
