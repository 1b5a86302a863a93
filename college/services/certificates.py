"""Certificates: issued once for a decision that says completed, suspended, restored, revoked, issued anew; keys, lists."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from college import credentials, issuers, keys, queries, rules
from college import proofs as suites
from college.enums import CredentialStatus, Purpose
from college.models import LIST_SIZE, Completion, Credential, Enrolment, IssuerKey, Run, StatusList
from college.services import telling
from college.workflow import CREDENTIAL
from ledger import log
from portal.core import outbox
from portal.core.errors import Invalid, Refused
from portal.core.periods import SEOUL
from portal.core.transition import advance

ISSUER_NAME = "서울 블록체인 칼리지"
LIST_VALID = timedelta(hours=24)
#: A list counts from a little before it was signed: it may be signed while somebody's question is being answered.
LIST_COUNTS_BEFORE = timedelta(minutes=1)
#: A list is full long before its places are: free ones must be easy to find.
PER_LIST = 100_000
RESIGN = "college.status_list"


def did() -> str:
    """The issuer's DID: this installation's host."""
    return issuers.did_web(urlsplit(settings.SITE_URL).netloc, "college")


def list_url(purpose: str, number: int) -> str:
    return f"{settings.SITE_URL}/college/status/{purpose}-{number}"


@transaction.atomic
def issue(completion: Completion, *, by: Any, now: datetime, replaces: Credential | None = None) -> Credential:
    """Sign and record the certificate of a decision; one that stands in force is answered as it is.

    Raises ``Invalid`` when the decision does not say completed or was replaced by a later one.
    """
    enrolment = completion.enrolment
    run = enrolment.run
    acting = by.acting_as(rules.check_can_issue(by, run.course))
    latest = enrolment.completions.order_by("-number").first()
    if not completion.completed or latest is None or latest.pk != completion.pk:
        raise Invalid(_("수료로 판정된 사람에게만 수료증을 발급할 수 있습니다."))
    key = current_key(now=now)
    standing = enrolment.credentials.filter(status__in=[CredentialStatus.ISSUED, CredentialStatus.SUSPENDED]).first()
    if standing is not None:
        return standing
    return _sign_and_record(completion, key, acting=acting, now=now, replaces=replaces)


@transaction.atomic
def certify_run(*, run: Run, by: Any, now: datetime) -> list[Credential]:
    """Certificates for everybody whose decision in force says completed; those there already stay."""
    rules.check_can_issue(by, run.course)
    latest = queries.decisions_in_force(run)
    return [issue(completion, by=by, now=now) for completion in latest if completion.completed]


def _sign_and_record(
    completion: Completion, key: IssuerKey, *, acting: Any, now: datetime, replaces: Credential | None
) -> Credential:
    award, indices = _award(completion, now=now, replaces=replaces)
    document = credentials.compose(award)
    signed = credentials.prove(
        document,
        proof="both",
        method=f"{award.issuer}#{key.name}",
        created=document["validFrom"],
        signer=keys.signer(key.name),
    )
    credential = Credential.objects.create(
        public_id=award.id,
        number=award.number,
        enrolment=completion.enrolment,
        person=completion.enrolment.person,
        completion=completion,
        holder=award.holder,
        document=document,
        proofs=signed["proof"],
        digest=suites.digest(document),
        key=key,
        list_number=indices[0],
        revocation_index=indices[1],
        suspension_index=indices[2],
        issued_at=now,
        replaces=replaces,
    )
    leaf = _record(credential, acting=acting)
    Credential.objects.filter(pk=credential.pk).update(leaf=leaf)
    credential.leaf = leaf
    topic = "college.cert_superseded" if replaces else "college.cert_issued"
    telling.certificate(topic, credential.person, number=credential.number, key=str(credential.public_id))
    return credential


def _record(credential: Credential, *, acting: Any) -> uuid.UUID:
    return log.append(
        "college.cert.issued",
        row=credential,
        by=acting,
        data={
            "number": credential.number,
            "digest": credential.digest,
            "key": credential.key.name,
            "list": credential.list_number,
            "revocation": credential.revocation_index,
            "suspension": credential.suspension_index,
            "completion": f"{credential.enrolment.request.case_ref}:{credential.completion.number}",
            "to": credential.status,
        },
    )


def _award(
    completion: Completion, *, now: datetime, replaces: Credential | None
) -> tuple[credentials.Award, tuple[int, int, int]]:
    enrolment = completion.enrolment
    run, course = enrolment.run, enrolment.run.course
    number, revocation, suspension = _free_places()
    percent = run.rules.completion.attendance_percent
    award = credentials.Award(
        id=uuid.uuid4(),
        number=replaces.number if replaces else _next_number(now),
        holder=enrolment.person.name,
        salt=secrets.token_hex(16),
        achievement_url=f"{settings.SITE_URL}/college/courses/{course.code}",
        title=course.title_ko,
        description=course.summary_ko or f"{course.hours}시간 {course.get_level_display()} 과정",
        criteria=f"출석 {percent} % 이상, 운영 기준 {completion.policy_version}",
        completed_at=completion.decided_at,
        issued_at=now,
        issuer=did(),
        issuer_name=ISSUER_NAME,
        statuses=(
            credentials.Status(Purpose.REVOCATION.value, list_url(Purpose.REVOCATION, number), revocation),
            credentials.Status(Purpose.SUSPENSION.value, list_url(Purpose.SUSPENSION, number), suspension),
        ),
    )
    return award, (number, revocation, suspension)


def _next_number(now: datetime) -> str:
    """The year's next number; the current key's row is locked, so that no two are given at once."""
    prefix = f"SBC-{now.astimezone(SEOUL).year}-"
    last = Credential.objects.filter(number__startswith=prefix).order_by("-number").values_list("number", flat=True)
    return f"{prefix}{int(last[0].removeprefix(prefix)) + 1 if last else 1:06}"


def _free_places() -> tuple[int, int, int]:
    """List number and a random free place in each of its two lists; no place is used twice, so order tells nothing."""
    number = 1 + Credential.objects.count() // PER_LIST
    mine = Credential.objects.filter(list_number=number)

    def free(column: str) -> int:
        while True:
            index = secrets.randbelow(LIST_SIZE)
            if not mine.filter(**{column: index}).exists():
                return index

    return number, free("revocation_index"), free("suspension_index")


def current_key(*, now: datetime) -> IssuerKey:
    """The key that signs now, locked; the first is made when there is none."""
    current = IssuerKey.objects.select_for_update(no_key=True).filter(expires_at=None, revoked_at=None)
    found = current.first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return _new_key(now)
    except IntegrityError:
        return current.get()


def _new_key(now: datetime) -> IssuerKey:
    name, public = keys.make()
    return IssuerKey.objects.create(name=name, public=public, created_at=now)


@transaction.atomic
def rotate_key(*, by: Any, now: datetime, compromised: bool = False) -> IssuerKey:
    """A new key from now on. A retired one goes on proving what it signed; a compromised one only what the ledger sealed."""
    if by is not log.SYSTEM:
        rules.check_can_rotate_key(by)
    old = current_key(now=now)
    changes = {"revoked_at": now} if compromised else {"expires_at": now}
    IssuerKey.objects.filter(pk=old.pk).update(**changes)
    StatusList.objects.update(stale=True)
    return _new_key(now)


def suspend_for_review(*, enrolment: Enrolment, by: Any, now: datetime) -> None:
    """The decision behind a certificate fell: suspended until its holder was heard; ``by`` acts in a role."""
    for credential in enrolment.credentials.filter(status=CredentialStatus.ISSUED):
        _move(credential, CredentialStatus.SUSPENDED, by=by, now=now, topic="college.cert_suspended")


@transaction.atomic
def suspend(*, credential: Credential, by: Any, now: datetime, reason: str) -> None:
    """Take a certificate out of force for a time."""
    _decide(credential, CredentialStatus.SUSPENDED, by=by, now=now, reason=reason, topic="college.cert_suspended")


@transaction.atomic
def restore(*, credential: Credential, by: Any, now: datetime, reason: str) -> None:
    """Put it into force again."""
    _decide(credential, CredentialStatus.ISSUED, by=by, now=now, reason=reason, topic="college.cert_restored")


@transaction.atomic
def revoke(*, credential: Credential, by: Any, now: datetime, reason: str) -> None:
    """Take it back for good; verifiers see it within a minute."""
    _decide(credential, CredentialStatus.REVOKED, by=by, now=now, reason=reason, topic="college.cert_revoked")


@transaction.atomic
def reissue(*, credential: Credential, by: Any, now: datetime, reason: str) -> Credential:
    """The same number and date on a new document (a name, a compromised key); the old one is superseded and leads to it."""
    acting = by.acting_as(rules.check_can_issue(by, credential.enrolment.run.course))
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    data = {"by": credential.number}
    _move(credential, CredentialStatus.SUPERSEDED, by=acting, now=now, topic="", reason=reason.strip(), data=data)
    return issue(credential.completion, by=by, now=now, replaces=credential)


def _decide(credential: Credential, to: str, *, by: Any, now: datetime, reason: str, topic: str) -> None:
    acting = by.acting_as(rules.check_can_issue(by, credential.enrolment.run.course))
    if not reason.strip():
        raise Invalid(_("이유를 적어 주십시오."), field="reason")
    _move(credential, to, by=acting, now=now, topic=topic, reason=reason.strip())


def _move(
    credential: Credential, to: str, *, by: Any, now: datetime, topic: str, reason: str | None = None, data: Any = None
) -> None:
    over = to in (CredentialStatus.REVOKED, CredentialStatus.SUPERSEDED)
    changes = {"ended_at": now if over else None}
    leaf = advance(credential, to, by=by, steps=CREDENTIAL, reason=reason, data=data, changes=changes)
    StatusList.objects.filter(number=credential.list_number).update(stale=True)
    for purpose in Purpose:
        outbox.put(RESIGN, {"purpose": purpose.value, "number": credential.list_number})
    if topic:
        telling.certificate(topic, credential.person, number=credential.number, key=f"{credential.public_id}:{leaf}")


@transaction.atomic
def sign_list(*, purpose: str, number: int, now: datetime) -> StatusList:
    """Sign the list as the certificates stand, for at most a day, with a leaf that says so."""
    key = current_key(now=now)
    taken_back = queries.taken_back(purpose, number)
    bits = bytearray(LIST_SIZE // 8)
    for index in taken_back:
        bits[index // 8] |= 0x80 >> (index % 8)
    document = credentials.compose_list(
        url=list_url(purpose, number),
        issuer=did(),
        purpose=purpose,
        bits=bytes(bits),
        valid_from=now - LIST_COUNTS_BEFORE,
        valid_until=now + LIST_VALID,
    )
    signed = credentials.prove(
        document, method=f"{did()}#{key.name}", created=document["validFrom"], signer=keys.signer(key.name)
    )
    values = {"document": signed, "signed_at": now, "valid_until": now + LIST_VALID, "stale": False}
    listed, _made = StatusList.objects.update_or_create(purpose=purpose, number=number, defaults=values)
    log.append(
        "college.status_list.published",
        row=listed,
        by=log.SYSTEM,
        data={"digest": suites.digest(document), "taken_back": len(taken_back)},
    )
    return listed


def fresh_list(*, purpose: str, number: int, now: datetime) -> StatusList | None:
    """The list as it is in force: signed anew when something changed or half its day is over; None for an unknown one."""
    known = 1 + max(Credential.objects.count() - 1, 0) // PER_LIST
    if purpose not in Purpose.values or not 1 <= number <= known:
        return None
    standing = StatusList.objects.filter(purpose=purpose, number=number).first()
    if standing is None or standing.stale or now >= standing.signed_at + LIST_VALID / 2:
        return sign_list(purpose=purpose, number=number, now=now)
    return standing


@outbox.handler(RESIGN)
def _resign(message: Any) -> None:
    """The worker's turn: a change is in the served list within a minute."""
    from portal.core.clock import database_now

    fresh_list(**message.payload, now=database_now())


def document_of(credential: Credential, proof: str = "rdfc") -> dict[str, Any]:
    """The certificate as it was signed, with the proof asked for; ``Refused`` for another word."""
    made = {each["cryptosuite"]: each for each in credential.proofs}
    wanted = credentials.PROOFS.get(proof)
    if wanted is None:
        raise Refused(_("없는 증명 방식입니다. rdfc, jcs, both 가운데 하나를 골라 주십시오."))
    chosen = [made[suite] for suite in wanted]
    return {**credential.document, "proof": chosen[0] if len(chosen) == 1 else chosen}
