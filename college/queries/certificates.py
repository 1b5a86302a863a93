"""Certificates, their issuer with its key history, and which of them are taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from college import issuers
from college.enums import CredentialStatus, Purpose
from college.models import Completion, Credential, IssuerKey, Person, Run, Share

_TAKEN_BACK = {
    Purpose.REVOCATION.value: ("revocation_index", (CredentialStatus.REVOKED, CredentialStatus.SUPERSEDED)),
    Purpose.SUSPENSION.value: ("suspension_index", (CredentialStatus.SUSPENDED,)),
}


def certificate_of(public_id: UUID) -> Credential | None:
    return (
        Credential.objects.filter(public_id=public_id)
        .select_related("enrolment__run__course__cluster", "person", "completion", "key")
        .first()
    )


def shared_by(token: UUID) -> Credential | None:
    """The certificate that a link shows; None for a link taken back or never made."""
    shares = Share.objects.filter(token=token, ended_at=None).values("credential__public_id")
    found = shares.first()
    return certificate_of(found["credential__public_id"]) if found else None


def by_number(number: str) -> Credential | None:
    """The newest certificate of that number."""
    return Credential.objects.filter(number=number.strip().upper()).order_by("-id").first()


def my_certificates(person: Person | None) -> QuerySet[Credential]:
    if person is None:
        return Credential.objects.none()
    return (
        Credential.objects.filter(enrolment__canonical=person.one)
        .select_related("enrolment__run__course")
        .prefetch_related(Prefetch("shares", Share.objects.filter(ended_at=None), to_attr="live_shares"))
        .order_by("-issued_at")
    )


def certificates_of(run: Run) -> QuerySet[Credential]:
    return Credential.objects.filter(enrolment__run=run).order_by("number", "-id")


def decisions_in_force(run: Run) -> QuerySet[Completion]:
    """The last decision on each enrolment of a run."""
    return (
        Completion.objects.filter(enrolment__run=run, replaced_by__isnull=True)
        .select_related("enrolment__run__course__cluster", "enrolment__person", "enrolment__request")
        .order_by("enrolment__person__name", "id")
    )


def taken_back(purpose: str, number: int) -> list[int]:
    """The places of a list that are set, as the certificates stand."""
    column, states = _TAKEN_BACK[purpose]
    found = Credential.objects.filter(list_number=number, status__in=states)
    return sorted(found.values_list(column, flat=True))


def sealed_at(digest: str) -> datetime | None:
    """When the ledger took in the certificate with this digest; None when it never did."""
    return Credential.objects.filter(digest=digest, leaf__isnull=False).values_list("issued_at", flat=True).first()


def issuer(did: str, lists: Any = None) -> issuers.Issuer:
    """Our issuer with every key it ever had."""
    known = tuple(
        issuers.Key(key.name, bytes(key.public), key.expires_at, key.revoked_at)
        for key in IssuerKey.objects.order_by("id")
    )
    return issuers.Issuer(did, known, sealed_at=sealed_at, lists=lists)
