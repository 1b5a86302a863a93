"""The opening rush: who asks for a seat does so together with all who ask in the same moment.

Alone, a request costs some fifteen statements and a commit, and five thousand come within a minute. Here a thread asks for
all whose requests its process holds just then, in hardly more statements than for one. Nothing is decided otherwise than
in ``request_seat``: whom a rule turns away is told so, and whatever is not plain (a seat came free for the line, somebody
asks for the first time, requests have just closed) is left to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from college import queries, rules
from college.enums import Admission, RequestStatus
from college.models import Person, QueuePlace, Run, SeatRequest
from college.services import telling
from college.services.asking import new_request, open_to_requests, request_seat, take_seat
from college.services.people import person_for
from college.workflow import REQUEST
from ledger import log
from portal.accounts.models import User
from portal.accounts.roles import PERSON
from portal.core import scarce
from portal.core.errors import Overtaken, Refused
from portal.core.together import Lately, Together
from portal.core.transition import advance_all

#: Seconds after somebody asked for a run's seat in which others are expected to.
CROWDED_S = 2.0
#: Seconds in which a crowd gathers before it asks.
GATHER_S = 0.1
#: How often a crowd tries; the line may go, or a seat come free, while it does.
TRIES = 2

#: When somebody last asked for a seat of a run, by its code; of this process.
_asked = Lately(CROWDED_S)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and when: at the database's clock."""

    by: User
    now: datetime


def ask_for_seat(*, code: str, by: User, now: datetime) -> SeatRequest:
    """``request_seat`` for the person behind the account; in a rush together with others.

    Raises ``Run.DoesNotExist`` when no public run has this code, and what ``request_seat`` raises.
    """
    told = _line.ask(code, Asking(by, now)) if _asked.saw(code) else None
    if isinstance(told, Refused):
        raise told
    return told or _ask_alone(code, by, now)


def _ask_alone(code: str, by: User, now: datetime) -> SeatRequest:
    run = queries.run_of(code)
    if run is None:
        raise Run.DoesNotExist
    request = request_seat(run=run, person=person_for(user=by), by=by, now=now)
    if run.admission == Admission.FIRST_COME:
        _asked.note(code)
    return request


def _ask_for_all(code: str, askings: Sequence[Asking]) -> list[SeatRequest | Refused | None]:
    """Answer each: with the standing request or a new one, a refusal, or nothing, to ask alone."""
    for _try in range(TRIES):
        run = queries.run_of(code)
        if run is None or run.admission != Admission.FIRST_COME:
            break
        try:
            answered = _ask_run(run, askings)
        except (IntegrityError, Overtaken):
            continue
        _asked.note(code)
        return answered
    return [None] * len(askings)


@transaction.atomic
def _ask_run(run: Run, askings: Sequence[Asking]) -> list[SeatRequest | Refused | None]:
    people = queries.people_of([asking.by for asking in askings])
    known = Known(run, list(people.values()))
    found = [known.answer(people[asking.by.pk], asking) if asking.by.pk in people else None for asking in askings]
    faster = _enter(run, known) if known.new else {}
    return [faster.get(one.canonical_id, one) if isinstance(one, SeatRequest) else one for one in found]


class Known:
    """What the rules ask of each person, read for all at once."""

    def __init__(self, run: Run, people: Sequence[Person]) -> None:
        self.run = run
        self.live = queries.live_of_all(people)
        window = getattr(run, "window", None)
        self.places: Mapping[int, QueuePlace] = queries.places_of(window, people) if window else {}
        #: What is to be made, by the human it counts for.
        self.new: dict[int, SeatRequest] = {}
        #: Who asks for it.
        self.actors: dict[int, User] = {}

    def answer(self, person: Person, asking: Asking) -> SeatRequest | Refused:
        """The person's standing request, a new one noted in ``new``, or why there is none."""
        live, one = self.live.get(person.one.pk, []), person.one.pk
        standing = self.new.get(one) or next((request for request in live if request.run_id == self.run.pk), None)
        try:
            rules.check_can_request(self.run, now=asking.now)
            rules.check_within_limit(live, self.run)
            if standing is None:
                self._check_turn(one, asking.now)
                standing = self.new[one] = new_request(self.run, person, now=asking.now)
                self.actors[one] = asking.by
        except Refused as refusal:
            return refusal
        return standing

    def _check_turn(self, one: int, now: datetime) -> None:
        window = rules.gate_of(self.run, now)
        if window is not None:
            rules.check_place(window, self.places.get(one), now=now)


def _enter(run: Run, known: Known) -> dict[int, SeatRequest]:
    """Make the new requests: seat the first while seats are free and nobody waits, let the others stand in line.

    Answers the standing requests of those whose other tab was faster in another process.
    """
    wanted = [known.new[one] for one in sorted(known.new)]  # in one order, so that no two crowds wait for each other
    requests, now = _insert(wanted), max(request.requested_at for request in wanted)
    log.prepare(requests)
    left = requests if run.waiting else _seat_first(run, requests, known.actors, now=now)
    if left:
        _join_line(run, left, known.actors, now=now)
    return _standing(run, known.new.keys() - {request.canonical_id for request in requests})


def _insert(wanted: Sequence[SeatRequest]) -> list[SeatRequest]:
    """Those that went in; the unique key kept out whoever has a live request for the run by now."""
    SeatRequest.objects.bulk_create(wanted, ignore_conflicts=True)
    made = dict(SeatRequest.objects.filter(case_ref__in=[one.case_ref for one in wanted]).values_list("case_ref", "pk"))
    for request in wanted:
        request.pk = made.get(request.case_ref)
    return [request for request in wanted if request.pk is not None]


def _standing(run: Run, humans: Set[int]) -> dict[int, SeatRequest]:
    if not humans:
        return {}
    return {one.canonical_id: one for one in SeatRequest.objects.filter(run=run, canonical__in=humans, live=True)}


def _seat_first(
    run: Run, requests: Sequence[SeatRequest], actors: Mapping[int, User], *, now: datetime
) -> list[SeatRequest]:
    """Seat those who asked first; answers those who are left. From here on the run's row is held."""
    held = open_to_requests(run, now).select_for_update(no_key=True).first()
    if held is None:
        raise Overtaken
    in_time = sorted(requests, key=lambda request: (request.requested_at, request.pk))
    free = 0 if held.waiting else min(held.capacity - held.seats_taken, len(in_time))
    if free:
        scarce.take(Run.objects.filter(pk=run.pk), counter="seats_taken", capacity="capacity", n=free)
    for request in in_time[:free]:
        take_seat(request, by=actors[request.canonical_id].acting_as(PERSON), now=now)
    return in_time[free:]


def _join_line(run: Run, requests: Sequence[SeatRequest], actors: Mapping[int, User], *, now: datetime) -> None:
    """The run's row, which is everybody's, is touched last: with a line it is held for no longer than a commit."""
    _wait(requests, actors)
    full = open_to_requests(run, now).filter(seats_taken__gte=F("capacity"))
    if full.update(waiting=F("waiting") + len(requests)) != 1:
        raise Overtaken


def _wait(requests: Sequence[SeatRequest], actors: Mapping[int, User]) -> None:
    advance_all(
        requests,
        RequestStatus.WAITING,
        by=lambda request: actors[request.canonical_id].acting_as(PERSON),
        steps=REQUEST,
        data=lambda request: {"run": request.run.code},
    )
    telling.waiting_all(requests)


_line: Together[str, Asking, SeatRequest | Refused] = Together(_ask_for_all, gather_s=GATHER_S)
