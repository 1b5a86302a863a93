"""Who somebody is: the person behind an account, confirmed identities, merges by two people and their undoing."""

from __future__ import annotations

import hmac
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from college import queries, rules
from college.enums import MergeStatus, Strength
from college.models import OPEN_REQUESTS, Enrolment, Merge, Person, PersonAccount, PersonIdentity, SeatRequest
from college.services.seats import OPEN_RUN, withdraw_by_merge
from college.workflow import MERGE
from ledger import log
from portal.accounts.models import User
from portal.core.errors import Invalid, Overtaken
from portal.core.transition import advance

PEPPER = "p1"


def person_for(*, user: User) -> Person:
    """The person behind an account, made at the first request."""
    return queries.person_of(user) or _new_person(user)


@transaction.atomic
def _new_person(user: User) -> Person:
    person = Person.objects.create(name=user.name or user.email)
    try:
        with transaction.atomic():
            PersonAccount.objects.create(person=person, user=user)
    except IntegrityError:
        person.delete()
        standing = queries.person_of(user)
        assert standing is not None
        return standing
    person.found_by = user.pk
    return person


def identity_key(kind: str, value: str) -> str:
    """The keyed hash under which an identity is known: HMAC-SHA256(pepper, kind, value) in hex."""
    pepper = hmac.digest(settings.SECRET_KEY.encode(), f"college.identity.{PEPPER}".encode(), sha256)
    return hmac.new(pepper, f"{kind}\0{value}".encode(), sha256).hexdigest()


@transaction.atomic
def confirm_identity(
    *, person: Person, kind: str, value: str, now: datetime, strength: str = Strength.STRONG
) -> PersonIdentity:
    """Note a confirmed identity; ``Invalid`` when another person already has it (then the two are to be merged)."""
    key = identity_key(kind, value)
    standing = PersonIdentity.objects.filter(key=key, ended_at__isnull=True, person=person).first()
    if standing is not None:
        return standing
    try:
        with transaction.atomic():
            return PersonIdentity.objects.create(
                person=person, kind=kind, key=key, pepper=PEPPER, strength=strength, confirmed_at=now
            )
    except IntegrityError as clash:
        raise Invalid(_("같은 본인확인 정보를 가진 교육생이 있습니다. 동일인 병합을 신청해 주십시오.")) from clash


@transaction.atomic
def propose_merge(*, person: Person, into: Person, evidence: str, by: Any, now: datetime) -> Merge:
    """Say that two are one human, and why; a second officer decides."""
    role = rules.check_can_propose_merge(by)
    if person.one.pk == into.one.pk:
        raise Invalid(_("이미 같은 사람으로 되어 있습니다."))
    if person.canonical_id is not None or Merge.objects.filter(into=person, status=MergeStatus.CONFIRMED).exists():
        raise Invalid(_("이미 병합된 교육생은 먼저 나눈 뒤 다시 병합해 주십시오."))
    if not evidence.strip():
        raise Invalid(_("같은 사람으로 보는 근거를 적어 주십시오."), field="evidence")
    try:
        with transaction.atomic():
            merge = Merge.objects.create(
                person=person, into=into.one, evidence=evidence.strip(), proposed_by=by, proposed_at=now
            )
    except IntegrityError as clash:
        raise Overtaken from clash
    log.append(
        "college.person.merge_proposed",
        row=merge,
        by=by.acting_as(role),
        data={"to": merge.status},
        private={"reason": evidence.strip()},
    )
    return merge


@transaction.atomic
def confirm_merge(*, merge: Merge, by: Any, now: datetime) -> None:
    """From now on the two count as one; of two live requests for one run the earlier stays. Nothing past is rewritten."""
    acting = by.acting_as(rules.check_can_decide_merge(by, merge))
    person, into = merge.person, merge.into.one
    if person.canonical_id is not None or person.merged_here.exists() or into.pk == person.pk:
        raise Overtaken
    _keep_the_earlier(person, into, by=acting, now=now)
    advance(
        merge, MergeStatus.CONFIRMED, by=acting, steps=MERGE, changes={"decided_by": by, "from_at": now, "into": into}
    )
    Person.objects.filter(pk=person.pk).update(canonical=into)
    person.canonical = into
    asked = SeatRequest.objects.filter(canonical=into, live=True).values("run")
    SeatRequest.objects.filter(canonical=person, live=True).exclude(run__in=asked).update(canonical=into)
    Enrolment.objects.filter(canonical=person, holds_seat=True).exclude(run__in=_seats(into)).update(canonical=into)


@transaction.atomic
def refuse_merge(*, merge: Merge, by: Any, now: datetime, reason: str = "") -> None:
    """They are two."""
    acting = by.acting_as(rules.check_can_decide_merge(by, merge))
    advance(merge, MergeStatus.REFUSED, by=acting, steps=MERGE, reason=reason or None, changes={"decided_by": by})


@transaction.atomic
def split_merge(*, merge: Merge, by: Any, now: datetime, reason: str) -> None:
    """Undo a wrong merge: from now on they count as two again; requests return to the person who made them."""
    role = rules.check_can_propose_merge(by)
    if not reason.strip():
        raise Invalid(_("나누는 이유를 적어 주십시오."), field="reason")
    person = merge.person
    advance(
        merge,
        MergeStatus.SPLIT,
        by=by.acting_as(role),
        steps=MERGE,
        reason=reason.strip(),
        changes={"split_by": by, "until": now},
    )
    Person.objects.filter(pk=person.pk).update(canonical=None)
    person.canonical = None
    SeatRequest.objects.filter(person=person, live=True).update(canonical=person)
    Enrolment.objects.filter(person=person, holds_seat=True).update(canonical=person)


def _seats(person: Person) -> Any:
    return Enrolment.objects.filter(canonical=person, holds_seat=True).values("run")


def _keep_the_earlier(person: Person, into: Person, *, by: Any, now: datetime) -> None:
    """Two live requests of one human for one run: the later is withdrawn if still open; two seats are refused.

    Of a run that is over both stay as they were: the past is not rewritten, and the count takes one of them.
    """
    live = SeatRequest.objects.filter(live=True, run__status__in=OPEN_RUN).select_related("run", "person")
    mine = {request.run_id: request for request in live.filter(canonical=person)}
    for theirs in live.filter(canonical=into, run__in=mine):
        later = max(mine[theirs.run_id], theirs, key=lambda request: (request.requested_at, request.pk))
        if later.status not in OPEN_REQUESTS:
            later = theirs if later is not theirs else mine[theirs.run_id]
        if later.status not in OPEN_REQUESTS:
            raise Invalid(_("두 사람이 같은 기수에 자리가 있습니다. 한쪽 수강을 취소한 뒤 병합해 주십시오."))
        withdraw_by_merge(request=later, by=by, now=now)
