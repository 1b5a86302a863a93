"""The person's own data: profile, consents, the wish to be deleted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import IO
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts import queries, rules
from portal.accounts.consents import TEXTS
from portal.accounts.enums import DisclosureBasis, HoldBasis
from portal.accounts.models import Consent, Membership, Organisation, User
from portal.accounts.personal import all_holdings, keys_of
from portal.accounts.roles import PERSON
from portal.accounts.services.organisations import end_for_good
from portal.core.errors import Invalid, NotAllowed, Overtaken


@transaction.atomic
def change_profile(*, by: User, name: str, language: str) -> None:
    """Change the name shown and the language of mails."""
    by.name, by.language = name, language
    by.save(update_fields=["name", "language"])
    Organisation.objects.filter(person=by).update(name_ko=by.name, representative=by.name)


@transaction.atomic
def give_consent(*, by: User, purpose: str, now: datetime) -> Consent:
    """Consent to the present text of ``purpose``; one to the same version stands as it is, an older one is replaced."""
    text = TEXTS.get(purpose)
    if text is None:
        raise Invalid(_("알 수 없는 동의 항목입니다."), field="purpose")
    standing = queries.consents_of(by).filter(purpose=purpose).first()
    if standing is not None and standing.version == text.version:
        return standing
    if standing is not None:
        _withdraw(standing, by=by.acting_as(PERSON), now=now)
    try:
        with transaction.atomic():
            consent = Consent.objects.create(user=by, purpose=purpose, version=text.version, given_at=now)
    except IntegrityError as clash:
        raise Overtaken from clash
    _record("privacy.consent_given", consent, by.acting_as(PERSON))
    return consent


@transaction.atomic
def withdraw_consent(*, by: User, purpose: str, now: datetime) -> None:
    """Withdraw an optional consent. What the account cannot exist without ends only with the account."""
    text = TEXTS.get(purpose)
    if text is None or text.required:
        raise NotAllowed(_("계정에 꼭 필요한 동의입니다. 철회하시려면 계정 삭제를 요청해 주십시오."))
    standing = queries.consents_of(by).filter(purpose=purpose).first()
    if standing is not None:
        _withdraw(standing, by=by.acting_as(PERSON), now=now)


@transaction.atomic
def request_deletion(*, by: User, now: datetime) -> None:
    """Ask for the account to be deleted. Roles must have been taken back and master accounts handed over before."""
    rules.check_can_request_deletion(by)
    if not User.objects.filter(pk=by.pk, deletion_requested_at__isnull=True).update(deletion_requested_at=now):
        raise Overtaken
    by.deletion_requested_at = now


@transaction.atomic
def cancel_deletion(*, by: User) -> None:
    """Take the wish back while it has not been carried out."""
    User.objects.filter(pk=by.pk).update(deletion_requested_at=None)
    by.deletion_requested_at = None


@transaction.atomic
def delete_person(*, by: User, user: User, now: datetime) -> None:
    """Carry a deletion request out: what may go goes, what stays loses its name, and the ledger's seals are destroyed.

    No line of the ledger is deleted; after this nobody can open who its lines are about.
    """
    acting = by.acting_as(rules.check_can_delete(by, user))
    for membership in Membership.objects.filter(user=user, ended_at__isnull=True).order_by("pk"):
        end_for_good(membership, by=acting, now=now)
    for consent in user.consents.filter(withdrawn_at__isnull=True).order_by("pk"):
        _withdraw(consent, by=acting, now=now)
    gone = [holding for holding in all_holdings() if holding.delete is not None]
    kept = [holding.code for holding in all_holdings() if holding.delete is None]
    data = {"basis": "request", "deleted": [holding.code for holding in gone], "kept": kept}
    log.append("privacy.retention_executed", row=user, by=acting, data=data)
    keys = keys_of(user)
    for holding in gone:
        assert holding.delete is not None
        holding.delete(user)
    _erase(keys, by=acting)


@transaction.atomic
def place_hold(*, by: User, user: User, basis: str, reason: str) -> None:
    """Keep a person's data while a suit, an audit, an appeal or a law asks for them; a second hold may stand beside."""
    acting = by.acting_as(rules.check_can_hold(by, user))
    if basis not in HoldBasis.values:
        raise Invalid(_("보존 근거를 골라 주십시오."), field="basis")
    log.place_hold(user.ledger_subject(), basis=basis, reason=reason, by=acting)


@transaction.atomic
def lift_hold(*, by: User, hold: UUID, reason: str) -> None:
    """End a hold; what waited for it can be carried out then."""
    acting = by.acting_as(rules.check_may(by, "hold.lift"))
    try:
        log.lift_hold(hold, reason=reason, by=acting)
    except log.AlreadyLifted as late:
        raise Overtaken from late


def hand_over_ledger(
    *, by: User, target: IO[bytes], basis: str, reason: str, kind: str, since: date | None, until: date | None
) -> log.Handed:
    """Write the audit file; who took what on which basis is a line of the ledger."""
    acting = by.acting_as(rules.check_can_take_ledger(by))
    if basis not in DisclosureBasis.values:
        raise Invalid(_("법적 근거를 골라 주십시오."), field="basis")
    try:
        return log.hand_over(target, wanted=log.Wanted(kind, "", since, until), basis=basis, reason=reason, by=acting)
    except log.TooMuch as error:
        raise Invalid(_("기록이 너무 많습니다. 종류나 기간을 좁혀 나누어 받아 주십시오."), field="since") from error
    except log.NothingPublished as error:
        raise NotAllowed(_("아직 확정된 기록이 없습니다.")) from error


def _erase(keys: Iterable[str], *, by: log.Acting) -> None:
    for key in keys:
        try:
            log.erase(key, basis="request", by=by)
        except log.NothingToErase:
            continue
        except log.Held as held:
            raise rules.held(held) from held


def _withdraw(consent: Consent, *, by: log.Acting, now: datetime) -> None:
    if not Consent.objects.filter(pk=consent.pk, withdrawn_at__isnull=True).update(withdrawn_at=now):
        raise Overtaken
    consent.withdrawn_at = now
    _record("privacy.consent_withdrawn", consent, by)


def _record(event: str, consent: Consent, by: log.Acting) -> None:
    log.append(event, row=consent, by=by, data={"purpose": consent.purpose, "version": consent.version})
