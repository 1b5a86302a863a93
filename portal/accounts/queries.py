"""Reads: who holds which role where, and who acts for which company."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from ledger import log
from portal.accounts.enums import HoldBasis, InvitationStatus, MemberKind, ScopeKind
from portal.accounts.models import (
    Affiliation,
    Cluster,
    Consent,
    Invitation,
    Membership,
    Organisation,
    RoleAssignment,
    User,
)

AnyUser = User | AnonymousUser


def roles_of(user: AnyUser) -> QuerySet[RoleAssignment]:
    """The roles a person holds now, with their clusters."""
    if not user.is_authenticated:
        return RoleAssignment.objects.none()
    return RoleAssignment.objects.filter(user=user, ended_at__isnull=True).select_related("cluster").order_by("id")


def has_role(user: AnyUser, *roles: str, cluster: Cluster | str | None = None, **narrow: Any) -> bool:
    """Whether the person holds one of ``roles`` for the scope asked for.

    ``cluster`` is a cluster or its code; ``narrow`` names at most one thing below it (``hub="mapo"``, ``sub_fund=``,
    ``course=``, ``event=``). A role for everything covers every cluster, one for a cluster covers all below it, one
    for a hub covers that hub only. Without any scope the question is: anywhere at all.
    """
    if not user.is_authenticated or not user.is_active:
        return False
    return any(a.role in roles and _covers(a, cluster, narrow) for a in _held(user))


def role_for(user: AnyUser, roles: Iterable[str], *, cluster: Cluster | str | None = None, **narrow: Any) -> str | None:
    """The first of the person's roles that is among ``roles`` and covers the scope; None when there is none."""
    wanted = frozenset(roles)
    if not user.is_authenticated or not user.is_active:
        return None
    return next((a.role for a in _held(user) if a.role in wanted and _covers(a, cluster, narrow)), None)


def forget_roles(user: User) -> None:
    """Drop what ``has_role`` remembers on this instance; services call it after they changed the roles."""
    user._held_roles = None  # type: ignore[attr-defined]


def people_with(role: str, *, cluster: Cluster | str | None = None, **narrow: Any) -> list[User]:
    """Those who hold ``role`` for the scope, for telling them; each once."""
    live = RoleAssignment.objects.filter(role=role, ended_at__isnull=True, user__is_active=True)
    found = live.select_related("user", "cluster").order_by("id")
    return list({a.user_id: a.user for a in found if _covers(a, cluster, narrow)}.values())


def clusters_of(user: AnyUser, *roles: str) -> QuerySet[Cluster]:
    """The clusters in which the person holds one of ``roles``, wholly or in part."""
    held = [a for a in _held(user) if a.role in roles] if user.is_authenticated else []
    if any(a.cluster_id is None for a in held):
        return Cluster.objects.all()
    return Cluster.objects.filter(pk__in=[a.cluster_id for a in held])


def is_staff(user: AnyUser) -> bool:
    """Whether the person works behind the counter and must sign in with a second factor."""
    return user.is_authenticated and (user.is_staff or user.is_superuser)


def organisations_of(user: AnyUser) -> QuerySet[Organisation]:
    """The companies the person acts for now, with ``master_here`` saying where as master; not the person's own name."""
    if not user.is_authenticated:
        return Organisation.objects.none()
    mine = Membership.objects.filter(organisation=OuterRef("pk"), user=user, ended_at__isnull=True)
    return (
        Organisation.objects.filter(Exists(mine), person__isnull=True)
        .annotate(
            master_here=Exists(mine.filter(kind=MemberKind.MASTER)),
            member_count=Count("memberships", filter=Q(memberships__ended_at__isnull=True)),
        )
        .order_by("name_ko", "id")
    )


def acted_for(user: AnyUser) -> QuerySet[Any]:
    """The keys of all the person acts for now, companies and their own name, for use inside another query."""
    live = Membership.objects.filter(user=user, ended_at__isnull=True) if user.is_authenticated else None
    return (Membership.objects.none() if live is None else live).values("organisation")


def is_member(user: AnyUser, organisation: Organisation) -> bool:
    """Whether the person acts for the company now, as master or member."""
    return user.is_authenticated and members_of(organisation).filter(user=user).exists()


def is_master(user: AnyUser, organisation: Organisation) -> bool:
    """Whether the person is the company's master account (대표 계정) now."""
    return user.is_authenticated and members_of(organisation).filter(user=user, kind=MemberKind.MASTER).exists()


def affiliations_of(organisation: Organisation) -> QuerySet[Affiliation]:
    """What the company declared, the relations that last first."""
    return organisation.affiliations.order_by(F("until_date").desc(nulls_first=True), "since_date", "id")


def affiliates_of_all(companies: Iterable[Organisation], on: date) -> dict[int, list[str]]:
    """By company the business numbers of its parents and subsidiaries on a day: those it declared, and those that declared it."""
    wanted = list(companies)
    by_number = {company.business_number: company.pk for company in wanted if company.business_number}
    found: dict[int, set[str]] = {company.pk: set() for company in wanted}
    lasting = Affiliation.objects.filter(since_date__lte=on).exclude(until_date__lt=on)
    concerned = lasting.filter(Q(organisation__in=found) | Q(business_number__in=by_number))
    for owner, own, other in concerned.values_list("organisation", "organisation__business_number", "business_number"):
        if owner in found:
            found[owner].add(other)
        if other in by_number and own:
            found[by_number[other]].add(own)
    return {company: sorted(numbers) for company, numbers in found.items()}


def members_of(organisation: Organisation) -> QuerySet[Membership]:
    """Those who act for the company now, the master first."""
    live = Membership.objects.filter(organisation=organisation, ended_at__isnull=True, user__is_active=True)
    return live.select_related("user").order_by("kind", "since_at", "id")


def members_of_all(organisations: Iterable[Organisation]) -> dict[int, list[User]]:
    """By company those who act for it now, the master first."""
    found: dict[int, list[User]] = {organisation.pk: [] for organisation in organisations}
    live = Membership.objects.filter(organisation__in=found, ended_at__isnull=True, user__is_active=True)
    for membership in live.select_related("user").order_by("kind", "since_at", "id"):
        found[membership.organisation_id].append(membership.user)
    return found


def master_of(organisation: Organisation) -> User | None:
    """The person who sends and signs for the company."""
    found = members_of(organisation).filter(kind=MemberKind.MASTER).first()
    return found.user if found else None


def open_invitations(organisation: Organisation, *, now: datetime) -> QuerySet[Invitation]:
    """Invitations that can still be accepted."""
    return organisation.invitations.filter(status=InvitationStatus.SENT, expires_at__gt=now).order_by("id")


def invitations_to(user: User, *, now: datetime) -> QuerySet[Invitation]:
    """Invitations to the person's own address that can still be accepted."""
    found = Invitation.objects.filter(email__iexact=user.email, status=InvitationStatus.SENT, expires_at__gt=now)
    return found.select_related("organisation", "invited_by").order_by("id")


def deletions_asked() -> QuerySet[User]:
    """People who asked for their account to be deleted, the longest waiting first."""
    return User.objects.filter(deletion_requested_at__isnull=False, is_active=True).order_by(
        "deletion_requested_at", "pk"
    )


def standing_holds() -> list[tuple[User | None, str, log.Standing]]:
    """Legal holds that stand now, the oldest first, each with the person it keeps and its basis in words."""
    holds = log.standing_holds()
    names = [hold.whom["user"] for hold in holds if hold.whom]
    people = {str(user.public_id): user for user in User.objects.filter(public_id__in=names)}
    return [(people.get((hold.whom or {}).get("user", "")), str(HoldBasis(hold.basis).label), hold) for hold in holds]


def live_roles() -> QuerySet[RoleAssignment]:
    """Every role held now, by person."""
    return (
        RoleAssignment.objects.filter(ended_at__isnull=True)
        .select_related("user", "cluster")
        .order_by("user__email", "id")
    )


def consents_of(user: User) -> QuerySet[Consent]:
    """The person's own consents in force (not those given for a company)."""
    return user.consents.filter(organisation__isnull=True, withdrawn_at__isnull=True).order_by("purpose")


def has_consented(user: User, purpose: str) -> bool:
    """Whether a consent of the person to ``purpose`` is in force."""
    return consents_of(user).filter(purpose=purpose).exists()


def _held(user: Any) -> list[RoleAssignment]:
    """The person's roles, read once per instance of the person (one request)."""
    held: list[RoleAssignment] | None = getattr(user, "_held_roles", None)
    if held is None:
        held = user._held_roles = list(roles_of(user))
    return held


def _covers(held: RoleAssignment, cluster: Cluster | str | None, narrow: dict[str, Any]) -> bool:
    asked = {ScopeKind(kind): str(ref) for kind, ref in narrow.items() if ref is not None}
    if len(asked) > 1:
        raise ValueError("a scope names one thing below the cluster")
    if cluster is None and not asked:
        return True
    if held.cluster_id is not None and not _same_cluster(held, cluster):
        return False
    return not held.scope_kind or asked.get(ScopeKind(held.scope_kind)) == held.scope_ref


def _same_cluster(held: RoleAssignment, cluster: Cluster | str | None) -> bool:
    if isinstance(cluster, Cluster):
        return held.cluster_id == cluster.pk
    return cluster is not None and held.cluster is not None and held.cluster.code == cluster
