"""Who learns: natural persons, their accounts and identities, and merges of those who are one human."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from college.enums import IdentityKind, MergeStatus, Strength
from ledger import log
from portal.accounts.models import User


class Person(models.Model):
    """One natural person; ``canonical`` points to the person it was merged into. Rows of the past keep naming this one."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("이름"), max_length=80)
    #: The account by which ``queries.person_of`` has just found this person; saves asking again whose it is.
    found_by: int | None = None
    canonical = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_here")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("교육생")
        constraints = [
            models.CheckConstraint(condition=~Q(canonical=F("pk")), name="person_not_merged_into_itself"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def one(self) -> Person:
        """The person this one counts as."""
        return self.canonical or self

    @property
    def pseudonym(self) -> str:
        """What stands for the person where names do not belong."""
        return self.public_id.hex[:12]

    @cached_property
    def users(self) -> list[User]:
        """All accounts of the person, the oldest first; asked for once, since the ledger and the notices both want them."""
        return [account.user for account in self.accounts.select_related("user").order_by("pk")]

    @property
    def seal(self) -> str:
        """The key under which the ledger seals what is about this person; an account's own, so that erasing closes it."""
        return f"user:{self.users[0].public_id}" if self.users else f"college.person:{self.public_id}"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="person", ref=uuid.uuid4().hex, private={"person": str(self.public_id)}, key=self.seal)


class PersonAccount(models.Model):
    """An account of a person; several may belong to one."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="accounts")
    user = models.OneToOneField(User, models.PROTECT, related_name="college_account")

    class Meta:
        verbose_name = _("교육생 계정")

    def __str__(self) -> str:
        return f"{self.person_id} · {self.user_id}"


class PersonIdentity(models.Model):
    """A proof of who somebody is, as a keyed hash; the raw value is never stored."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="identities")
    kind = models.CharField(max_length=10, choices=IdentityKind)
    key = models.CharField(max_length=64)
    pepper = models.CharField(max_length=20)
    strength = models.CharField(max_length=10, choices=Strength)
    confirmed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("본인확인")
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(strength="STRONG", ended_at__isnull=True), name="one_person_per_identity"
            ),
            models.CheckConstraint(condition=Q(kind__in=IdentityKind.values), name="identity_kind_known"),
            models.CheckConstraint(condition=Q(strength__in=Strength.values), name="identity_strength_known"),
            models.CheckConstraint(condition=Q(key__regex=r"^[0-9a-f]{64}$"), name="identity_is_a_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key[:8]}"


class Merge(models.Model):
    """Two persons found to be one human: proposed and confirmed by two people, and reversible."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="merges")
    into = models.ForeignKey(Person, models.PROTECT, related_name="merges_into")
    status = models.CharField(max_length=10, choices=MergeStatus, default=MergeStatus.PROPOSED)
    evidence = models.CharField(_("근거"), max_length=400)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    split_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField()
    from_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("동일인 병합")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=MergeStatus.values), name="merge_status_known"),
            models.CheckConstraint(condition=~Q(person=F("into")), name="merge_of_two"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")), name="merge_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["CONFIRMED", "SPLIT"]) | Q(from_at__isnull=False, decided_by__isnull=False),
                name="merge_in_force_has_start",
            ),
            models.CheckConstraint(
                condition=Q(status="SPLIT", until__isnull=False, until__gte=F("from_at"))
                | (~Q(status="SPLIT") & Q(until__isnull=True)),
                name="merge_split_has_end",
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(status__in=["PROPOSED", "CONFIRMED"]), name="one_live_merge_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.into_id}"

    def ledger_room(self) -> str:
        return "college"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(
            kind="person",
            ref=uuid.uuid4().hex,
            private={"person": str(self.person.public_id), "into": str(self.into.public_id)},
            key=self.person.seal,
        )
