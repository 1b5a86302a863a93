"""The lottery of a run: the clock fixes the list after closing, a public value and the sealed secret then decide."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from college import queries, rules
from college.enums import DrawStatus, RequestStatus
from college.models import Draw, Run, SeatRequest
from college.naming import PUBLIC_VALUE
from college.services import telling
from college.services.seats import lock_run
from college.workflow import DRAW, REQUEST
from ledger import log
from portal.core import lottery, offers, scarce
from portal.core.errors import Invalid, Late, Refused
from portal.core.transition import advance, advance_all

#: The list is fixed so long after closing: a request that arrived before it may still be under way.
LISTED_AFTER = timedelta(minutes=2)

_six_numbers = re.compile(r"[1-9][0-9]?(?: [1-9][0-9]?){5}").fullmatch


def seal_draw(*, run: Run, public_name: str, by: Any) -> Draw:
    """Commit to a secret when the run is published; ``by`` acts in a role."""
    secret = lottery.new_secret()
    draw = Draw.objects.create(
        run=run, secret=secret, commitment=lottery.commitment(secret), public_name=public_name or PUBLIC_VALUE
    )
    log.append("college.lottery.committed", row=draw, by=by, data={"commitment": draw.commitment, "to": draw.status})
    return draw


def list_due_draws(*, now: datetime) -> int:
    """Fix every list whose time has come, each in its own transaction; safe to run twice or late. Answers how many."""
    listed = 0
    for run in list(queries.lists_due(now - LISTED_AFTER)):
        try:
            list_draw(run=run, now=now)
            listed += 1
        except Refused:
            continue  # another worker was first
    return listed


@transaction.atomic
def list_draw(*, run: Run, now: datetime) -> Draw:
    """Fix who takes part and publish their references' Merkle root, before the public value is known.

    The database waits here for requests under way and takes none afterwards. Raises ``Late`` before its time.
    """
    if now < run.closes_at + LISTED_AFTER:
        raise Late(_("신청이 아직 마감되지 않았습니다."))
    draw = _locked(run)
    asked = run.requests.filter(status=RequestStatus.SUBMITTED).values_list("case_ref", flat=True)
    ids = sorted(str(ref) for ref in asked)
    root = log.root_of(ref.encode() for ref in ids)
    data, changes = {"count": len(ids), "root": root}, {"ids": ids, "list_root": root}
    advance(draw, DrawStatus.LISTED, by=log.SYSTEM, steps=DRAW, data=data, changes=changes)
    return draw


@transaction.atomic
def draw_seats(*, run: Run, public_value: str, by: Any, now: datetime) -> Draw:
    """Mix the public value with the secret: free seats are offered in the order drawn, the others wait in it.

    Classes that the run's policy puts first come first, each in the order drawn. Who withdrew is passed over. Raises
    ``Invalid`` for a value of another form than the one announced, ``Late`` when nobody can join any more.
    """
    acting = by.acting_as(rules.check_can_manage(by, run))
    held = lock_run(run)
    draw = _locked(held)
    if now >= held.late_join_until:
        raise Late(_("추가 합류 마감이 지나 추첨할 수 없습니다."))
    value = _checked(draw, public_value)
    secret = bytes(draw.secret)
    seed = lottery.seed(secret, value)
    order = lottery.order(seed, draw.ids or [])
    advance(
        draw,
        DrawStatus.DRAWN,
        by=acting,
        steps=DRAW,
        data={"secret": secret.hex(), "seed": seed.hex(), "seats": held.free},
        changes={"public_value": value, "seed": seed.hex(), "result": order, "drawn_at": now},
    )
    _place(held, order, by=acting, now=now)
    return draw


def void_draw(*, run: Run, by: Any, reason: str) -> None:
    """A draw that will not be held any more, because its run is not; ``by`` acts in a role."""
    draw = Draw.objects.filter(run=run, status__in=[DrawStatus.SEALED, DrawStatus.LISTED]).first()
    if draw is not None:
        draw.run = run
        advance(draw, DrawStatus.VOID, by=by, steps=DRAW, reason=reason)


def _locked(run: Run) -> Draw:
    draw = Draw.objects.select_for_update().filter(run=run).first()
    if draw is None:
        raise Invalid(_("추첨으로 모집하는 기수가 아닙니다."))
    draw.run = run
    return draw


def _checked(draw: Draw, public_value: str) -> str:
    """The value as it is mixed in; six numbers of the national lottery are checked for slips of the hand."""
    value = unicodedata.normalize("NFC", " ".join(public_value.split()))
    if not value:
        raise Invalid(_("공개 값을 적어 주십시오."), field="public_value")
    if draw.public_name == PUBLIC_VALUE:
        numbers = [int(number) for number in value.split()] if _six_numbers(value) else []
        if numbers != sorted(set(numbers)) or len(numbers) != 6 or numbers[-1] > 45:
            text = _("당첨번호 여섯 개를 작은 수부터 빈칸 하나로 나누어 적어 주십시오. 예: 3 11 19 27 38 44")
            raise Invalid(text, field="public_value")
    return value


def _place(run: Run, order: list[str], *, by: Any, now: datetime) -> None:
    places = {ref: place for place, ref in enumerate(order, start=1)}
    asked = run.requests.filter(status=RequestStatus.SUBMITTED).select_related("person")
    line = sorted(asked, key=lambda request: (request.priority, places[str(request.case_ref)]))
    for request in line:
        request.run = run
    winners, others = line[: run.free], line[run.free :]
    if winners:
        _offer_all(run, winners, places, by=by, now=now)
    if others:
        _queue_all(run, others, places, by=by)


def _offer_all(run: Run, winners: list[SeatRequest], places: dict[str, int], *, by: Any, now: datetime) -> None:
    scarce.take(Run.objects.filter(pk=run.pk), counter="seats_taken", capacity="capacity", n=len(winners))
    expires_at = offers.expires_at(now, run.late_join_until, run.rules.seats.offer())
    offered = {"offered_at": now, "offer_expires_at": expires_at}
    advance_all(
        winners,
        RequestStatus.OFFERED,
        by=by,
        steps=REQUEST,
        data=lambda request: {"run": run.code, "expires_at": expires_at},
        changes=lambda request: {"place": places[str(request.case_ref)], **offered},
    )
    for request in winners:
        telling.offered(request)


def _queue_all(run: Run, others: list[SeatRequest], places: dict[str, int], *, by: Any) -> None:
    Run.objects.filter(pk=run.pk).update(waiting=F("waiting") + len(others))
    advance_all(
        others,
        RequestStatus.WAITING,
        by=by,
        steps=REQUEST,
        data=lambda request: {"run": run.code},
        changes=lambda request: {"place": places[str(request.case_ref)]},
    )
    for request in others:
        telling.waiting(request)
