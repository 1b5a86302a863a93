"""The half hour before a rush: who comes into the waiting room comes in together with all who come in the same moment.

Thousands enter within minutes, and alone each costs some nine statements. Nothing is decided otherwise than in
``take_place``: whom a rule turns away is told so, and whatever is not plain (somebody's first visit, a room that is to be
ordered first) is left to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from college import queries, rules
from college.models import Person, QueuePlace, QueueWindow, Run, SeatRequest
from college.services.people import person_for
from college.services.queue import insert_places, take_place
from portal.accounts.models import User
from portal.core.errors import Refused
from portal.core.together import Lately, Together

#: Seconds after somebody came in within which others are expected, and in which a crowd gathers.
CROWDED_S, GATHER_S = 2.0, 0.1
#: Just before the opening everybody comes in alone: who waited for a crowd could miss the draw by that.
CALM = timedelta(seconds=CROWDED_S + GATHER_S + 1)

_came = Lately(CROWDED_S)


@dataclass(frozen=True, slots=True)
class Entering:
    """Who comes in, and when: at the database's clock."""

    by: User
    now: datetime


def enter_room(*, code: str, by: User, now: datetime) -> QueuePlace:
    """``take_place`` for the person behind the account; in a rush together with others.

    Raises ``Run.DoesNotExist`` when no public run of this code has a waiting room, and what ``take_place`` raises.
    """
    told = _door.ask(code, Entering(by, now)) if _came.saw(code) else None
    if isinstance(told, Refused):
        raise told
    return told or _enter_alone(code, by, now)


def _enter_alone(code: str, by: User, now: datetime) -> QueuePlace:
    run = queries.run_of(code)
    if run is None or queries.window_of(run) is None:
        raise Run.DoesNotExist
    place = take_place(run=run, person=person_for(user=by), by=by, now=now)
    _note(place.window, now)
    return place


def _note(window: QueueWindow, now: datetime) -> None:
    """Others are expected in the next seconds, unless these end with the opening."""
    if not window.opens_at - CALM <= now < window.opens_at:
        _came.note(window.run.code)


@transaction.atomic
def _enter_all(code: str, entering: Sequence[Entering]) -> list[QueuePlace | Refused | None]:
    """Answer each: with the one place, a refusal, or nothing, to come in alone."""
    run = queries.run_of(code)
    window = queries.window_of(run) if run is not None else None
    if run is None or window is None or _is_to_be_ordered(window, entering):
        return [None] * len(entering)
    people = queries.people_of([one.by for one in entering])
    told = _refusals(run, people, entering)
    wanted = [(people[one.by.pk], one.now) for one in entering if told.get(one.by.pk, one) is None]
    places = insert_places(window, wanted)
    _note(window, max(one.now for one in entering))
    return [_answer(people.get(one.by.pk), told.get(one.by.pk), places) for one in entering]


def _is_to_be_ordered(window: QueueWindow, entering: Sequence[Entering]) -> bool:
    return window.ordered_at is None and any(one.now >= window.opens_at for one in entering)


def _refusals(run: Run, people: Mapping[int, Person], entering: Sequence[Entering]) -> dict[int, Refused | None]:
    """Why each known person may not come in, by the account; None for whom nothing speaks against."""
    live = queries.live_of_all(people.values())
    return {
        one.by.pk: _refusal(run, live.get(people[one.by.pk].one.pk, []), one.now)
        for one in entering
        if one.by.pk in people
    }


def _refusal(run: Run, live: Sequence[SeatRequest], now: datetime) -> Refused | None:
    try:
        rules.check_can_enter(run, now=now)
        rules.check_within_limit(live, run)
    except Refused as refusal:
        return refusal
    return None


def _answer(
    person: Person | None, refusal: Refused | None, places: Mapping[int, QueuePlace]
) -> QueuePlace | Refused | None:
    return refusal or (places[person.one.pk] if person is not None else None)


_door: Together[str, Entering, QueuePlace | Refused] = Together(_enter_all, gather_s=GATHER_S)
