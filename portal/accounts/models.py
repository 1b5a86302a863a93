"""People, the companies they act for, and the roles they hold. The company is the account; people come and go."""

from __future__ import annotations

import unicodedata
import uuid
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts import sealing
from portal.accounts.enums import AffiliationKind, InvitationStatus, MemberKind, Origin


@dataclass(frozen=True, slots=True)
class Acting:
    """A person in the role under which a rule allowed the act; what the ledger names as the actor."""

    user: User
    role: str

    def ledger_actor(self) -> log.Actor:
        """Sealed under the person's own key, so that erasing the person closes what they did as well."""
        return log.Actor(role=self.role, private={"user": str(self.user.public_id)}, key=self.user.ledger_key)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a person by e-mail address; the address is kept in lower case."""
        if not email:
            raise ValueError("a user needs an e-mail address")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Never holds a resident registration number (주민등록번호)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("전자우편"), unique=True)
    name = models.CharField(_("이름"), max_length=80, blank=True)
    language = models.CharField(_("언어"), max_length=5, default="ko", choices=[("ko", "한국어"), ("en", "English")])
    is_active = models.BooleanField(_("사용 중"), default=True)
    is_staff = models.BooleanField(_("운영자 화면 접근"), default=False)
    is_demo = models.BooleanField(default=False, editable=False)
    joined_at = models.DateTimeField(db_default=Now())
    deletion_requested_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("사용자")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.get_full_name()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name = unicodedata.normalize("NFC", self.name)
        super().save(*args, **kwargs)

    def acting_as(self, role: str) -> Acting:
        """This person in ``role``, as a service hands it to the ledger."""
        return Acting(self, role)

    def ledger_keys(self) -> set[str]:
        """Names of the keys under which this person's values are sealed, and those of the companies acted for now."""
        live = Organisation.objects.filter(memberships__user=self, memberships__ended_at__isnull=True)
        companies = (key for company in live for key in company.ledger_keys)
        return {self.ledger_key, *companies, *sealing.of_rooms(self)}

    def ledger_subject(self) -> log.Subject:
        """This person as the one a leaf is about: a fresh public reference each time, the name sealed."""
        return log.Subject(
            kind="person", ref=uuid.uuid4().hex, private={"user": str(self.public_id)}, key=self.ledger_key
        )

    @property
    def ledger_key(self) -> str:
        """Under which the ledger seals what is about this person; destroyed with the account."""
        return f"user:{self.public_id}"

    def ledger_room(self) -> str:
        return "privacy"


class Cluster(models.Model):
    """One city's programme of hubs."""

    code = models.SlugField(max_length=30, unique=True)
    name_ko = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)

    class Meta:
        verbose_name = _("클러스터")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name_ko if (get_language() or "ko").startswith("ko") else self.name_en


class Organisation(models.Model):
    """A company or body, known by its business number; a foreign or not yet registered one may have none.

    Where a natural person applies in their own name, they do so as an organisation of one person: ``person`` says whose
    it is, it has no business number, and nobody else ever acts for it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    business_number = models.CharField(_("사업자등록번호"), max_length=10, null=True, blank=True, unique=True)
    origin = models.CharField(_("국내·국외"), max_length=10, choices=Origin, default=Origin.DOMESTIC)
    name_ko = models.CharField(_("기업명"), max_length=120)
    name_en = models.CharField(_("영문 기업명"), max_length=120, blank=True)
    representative = models.CharField(_("대표자"), max_length=80)
    opened_date = models.DateField(_("설립일(개업일)"), null=True, blank=True)
    address = models.CharField(_("소재지"), max_length=200, blank=True)
    business_kind = models.CharField(_("업종"), max_length=120, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    person = models.OneToOneField(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="own_organisation"
    )
    #: When an officer compared the details with the registration certificate.
    verified_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("기업/기관")
        constraints = [
            models.CheckConstraint(
                condition=Q(business_number__isnull=True) | Q(business_number__regex=r"^[0-9]{10}$"),
                name="organisation_number_ten_digits",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(business_number__isnull=True),
                name="a_person_has_no_business_number",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        for field in ("name_ko", "name_en", "representative"):
            setattr(self, field, unicodedata.normalize("NFC", getattr(self, field)))
        super().save(*args, **kwargs)

    @property
    def name(self) -> str:
        """In the reader's language, if the company has a name in it; what is signed or kept uses ``name_ko``."""
        return (self.name_en or self.name_ko) if (get_language() or "ko").startswith("en") else self.name_ko

    @property
    def ref(self) -> str:
        """The stable public reference used where the law publishes the company."""
        return f"c-{self.pk:04d}"

    @property
    def ledger_keys(self) -> tuple[str, str]:
        """The names of the keys under which rooms seal what is the company's: by its public id, earlier by its row."""
        return f"organisation:{self.public_id}", f"organisation:{self.pk}"

    def ledger_room(self) -> str:
        return "account"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(
            kind="organisation",
            ref=uuid.uuid4().hex,
            private={"organisation": str(self.public_id)},
            key=f"organisation:{self.public_id}",
        )


class Membership(models.Model):
    """A person acting for a company. Ended rows stay: who could act when is history."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    kind = models.CharField(max_length=10, choices=MemberKind, default=MemberKind.MEMBER)
    since_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("구성원")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"], condition=Q(ended_at__isnull=True), name="one_live_membership"
            ),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(ended_at__isnull=True, kind="MASTER"), name="one_live_master"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("since_at")), name="membership_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(kind__in=MemberKind.values), name="membership_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation}"

    def ledger_room(self) -> str:
        return "account"

    def ledger_subject(self) -> log.Subject:
        return self.user.ledger_subject()


class Affiliation(models.Model):
    """A parent or subsidiary that a company declares, so that nobody who belongs to it judges the company.

    Ended rows stay: which relation stood when is what an exclusion was decided on.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="affiliations")
    kind = models.CharField(_("귀사와의 관계"), max_length=10, choices=AffiliationKind)
    business_number = models.CharField(_("사업자등록번호"), max_length=10)
    name = models.CharField(_("기업명"), max_length=120)
    since_date = models.DateField(_("관계가 시작된 날"))
    until_date = models.DateField(_("관계가 끝난 날"), null=True, blank=True)
    declared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("관계 기업")
        constraints = [
            models.CheckConstraint(
                condition=Q(business_number__regex=r"^[0-9]{10}$"), name="affiliation_number_ten_digits"
            ),
            models.CheckConstraint(condition=Q(kind__in=AffiliationKind.values), name="affiliation_kind_known"),
            models.CheckConstraint(
                condition=Q(until_date__isnull=True) | Q(until_date__gte=F("since_date")),
                name="affiliation_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["organisation", "business_number"],
                condition=Q(until_date__isnull=True),
                name="one_live_affiliation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.get_kind_display()}"


class Invitation(models.Model):
    """An open hand to a colleague, by e-mail; the token is kept only as a hash."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("전자우편"))
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=InvitationStatus, default=InvitationStatus.SENT)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("초대")
        constraints = [
            models.UniqueConstraint(
                "organisation", Lower("email"), condition=Q(status="SENT"), name="one_open_invitation_per_address"
            ),
            models.CheckConstraint(condition=Q(status__in=InvitationStatus.values), name="invitation_status_known"),
            models.CheckConstraint(
                condition=Q(status="SENT", closed_at__isnull=True) | (~Q(status="SENT") & Q(closed_at__isnull=False)),
                name="invitation_closed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(status="ACCEPTED", accepted_by__isnull=False)
                | (~Q(status="ACCEPTED") & Q(accepted_by__isnull=True)),
                name="invitation_accepted_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return self.email


class RoleAssignment(models.Model):
    """A role of ``roles.ROLES`` given to a person for a scope. ``scope_ref`` names a hub, sub-fund, course or event."""

    user = models.ForeignKey(User, models.PROTECT, related_name="role_assignments")
    role = models.CharField(max_length=40)
    cluster = models.ForeignKey(Cluster, models.PROTECT, null=True, blank=True, related_name="+")
    scope_kind = models.CharField(max_length=20, blank=True)
    scope_ref = models.CharField(max_length=64, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    granted_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("역할")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "cluster", "scope_kind", "scope_ref"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="one_live_role_per_scope",
            ),
            models.CheckConstraint(
                condition=Q(scope_kind="", scope_ref="") | (~Q(scope_kind="") & ~Q(scope_ref="")),
                name="role_scope_whole",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("granted_at")), name="role_ends_after_grant"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"

    def ledger_room(self) -> str:
        return "account"

    def ledger_subject(self) -> log.Subject:
        return self.user.ledger_subject()


class Consent(models.Model):
    """One consent to one text in one version; withdrawing adds a time, never removes the row."""

    user = models.ForeignKey(User, models.PROTECT, related_name="consents")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="consents")
    purpose = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField(default=1)
    given_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("동의")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="one_live_consent",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
                name="consent_withdrawn_after_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} v{self.version}"

    def ledger_room(self) -> str:
        return "privacy"

    def ledger_subject(self) -> log.Subject:
        return self.user.ledger_subject()
