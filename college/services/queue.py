"""The waiting room of a run's opening: opened when the run is published, ordered by the clock; one place a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from college import queries, rules, waitingroom
from college.models import Person, QueuePlace, QueueWindow, Run
from ledger import log
from portal.core import lottery
from portal.core.errors import Late


def open_waiting_room(*, run: Run, by: Any) -> QueueWindow:
    """Commit to the secret that will order who comes before the opening; ``by`` acts in a role."""
    secret = lottery.new_secret()
    window = QueueWindow.objects.create(
        run=run,
        entry_from=run.opens_at - waitingroom.OPENS_BEFORE,
        opens_at=run.opens_at,
        ends_at=run.opens_at + waitingroom.ENDS_AFTER,
        rate_per_s=run.rules.seats.admit_per_s,
        secret=secret,
        commitment=lottery.commitment(secret),
    )
    data = {
        "commitment": window.commitment,
        "entry_from": window.entry_from,
        "opens_at": window.opens_at,
        "per_second": window.rate_per_s,
    }
    log.append("college.waiting_room.committed", row=window, by=by, data=data)
    return window


@transaction.atomic
def take_place(*, run: Run, person: Person, by: Any, now: datetime) -> QueuePlace:
    """The person's one place in the run's waiting room; asking again, on any device, answers the same one.

    Before the opening it has no position yet. Raises ``Late`` when the room is not open, and what a request would be
    refused with: others are told at the door.
    """
    rules.check_is_own(by, person)
    window = rules.check_can_enter(run, now=now)
    rules.check_within_limit(queries.live_of(person), run)
    if now >= window.opens_at:
        order_places(window=window, now=now)
    return insert_places(window, [(person, now)])[person.one.pk]


def insert_places(window: QueueWindow, coming: Sequence[tuple[Person, datetime]]) -> dict[int, QueuePlace]:
    """The places of these people, who came at these times, by the human each counts for; new where there is none.

    The room is held while they come in, so that after the opening positions go in the order of coming and no two
    crowds wait for each other.
    """
    people = [person for person, _at in coming]
    standing = queries.places_of(window, people)
    first = sorted(coming, key=lambda who_when: who_when[1], reverse=True)  # of two tabs the earlier one counts
    new = {person.one.pk: QueuePlace(window=window, canonical=person.one, came_at=at) for person, at in first}
    missing = sorted((new[one] for one in new.keys() - standing.keys()), key=lambda place: place.came_at)
    if not missing:
        return standing
    QueueWindow.objects.select_for_update(no_key=True).values_list("pk").get(pk=window.pk)
    QueuePlace.objects.bulk_create(missing, ignore_conflicts=True)
    return queries.places_of(window, people)


@transaction.atomic
def order_places(*, window: QueueWindow, now: datetime) -> bool:
    """At the opening: those who are there in random order under the sealed secret, which is now told. True if this call did.

    Waits for entries under way and lets none in meanwhile. Raises ``Late`` before the opening.
    """
    if now < window.opens_at:
        raise Late(_("아직 신청 기간이 아닙니다. 시작 시각은 서버 시각 기준입니다."))
    held = QueueWindow.objects.select_for_update(of=("self",)).select_related("run__course").get(pk=window.pk)
    if held.ordered_at is not None:
        return False
    refs = held.places.values_list("ref", flat=True)
    placed = waitingroom.positions(bytes(held.secret), (str(ref) for ref in refs))
    root = log.root_of(ref.encode() for ref in placed)
    _give_positions(held, placed)
    QueueWindow.objects.filter(pk=held.pk).update(ordered_at=now, list_root=root, last_position=len(placed))
    data = {"count": len(placed), "root": root, "secret": bytes(held.secret).hex()}
    log.append("college.waiting_room.ordered", row=held, by=log.SYSTEM, data=data)
    return True


def _give_positions(window: QueueWindow, placed: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE college_queueplace AS place SET position = given.position"
            " FROM unnest(%s::uuid[], %s::int[]) AS given (ref, position)"
            " WHERE place.window_id = %s AND place.ref = given.ref",
            [[UUID(ref) for ref in placed], list(placed.values()), window.pk],
        )


def order_due_places(*, now: datetime) -> int:
    """Order every waiting room whose time has come and that nobody's visit has ordered; answers how many."""
    return sum(order_places(window=window, now=now) for window in list(queries.windows_due(now)))
