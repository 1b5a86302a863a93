"""What the count of experts rests on, as the pure rules read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db.models import Q, QuerySet

from college.enums import CredentialStatus, MergeStatus, Strength
from college.experts import Count, Graduation, Link, count, counted_people
from college.models import Completion, Credential, ExpertMonth, Merge, PersonIdentity
from portal.accounts.models import Cluster
from portal.core.periods import SEOUL

#: The plan's five years, in days of Seoul.
WINDOW = (date(2018, 1, 1), date(2023, 1, 1))

type Rows = tuple[list[Graduation], list[Link], dict[str, datetime]]


def count_rows(cluster: Cluster, scope: Sequence[str] = ()) -> Rows:
    """Qualifying graduations of the cluster (of the campuses in ``scope``), merges ever in force, confirmed identities."""
    return _graduations(cluster, scope), _links(), _strong()


def _graduations(cluster: Cluster, scope: Sequence[str]) -> list[Graduation]:
    decided = Completion.objects.filter(
        completed=True, enrolment__run__course__cluster=cluster, enrolment__run__course__counts_as_expert=True
    )
    if scope:
        decided = decided.filter(enrolment__run__campus__in=scope)
    revoked = dict(Credential.objects.filter(status=CredentialStatus.REVOKED).values_list("completion_id", "ended_at"))
    rows = decided.order_by("id").values_list(
        "id",
        "enrolment__person__public_id",
        "decided_at",
        "enrolment__run__campus",
        "enrolment__run__course__code",
        "enrolment__run__code",
        "replaced_by__decided_at",
    )
    return [
        Graduation(
            str(person), at.astimezone(SEOUL).date(), campus, course, run, at, _earlier(revoked.get(pk), replaced)
        )
        for pk, person, at, campus, course, run, replaced in rows
    ]


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)


def _links() -> list[Link]:
    rows = Merge.objects.filter(status__in=[MergeStatus.CONFIRMED, MergeStatus.SPLIT]).values_list(
        "person__public_id", "into__public_id", "from_at", "until"
    )
    return [Link(str(person), str(into), since, until) for person, into, since, until in rows if since is not None]


def _strong() -> dict[str, datetime]:
    rows = PersonIdentity.objects.filter(strength=Strength.STRONG).order_by("-confirmed_at")
    return {str(person): at for person, at in rows.values_list("person__public_id", "confirmed_at")}


def experts_at(cluster: Cluster, as_of: datetime, scope: Sequence[str] = ()) -> Count:
    """The plan's figure as known at ``as_of``."""
    return count(*count_rows(cluster, scope), window=WINDOW, as_of=as_of)


def people_at(cluster: Cluster, as_of: datetime) -> Mapping[str, Graduation]:
    """Who is behind the figure: canonical person → the graduation that decides year, campus and course."""
    return counted_people(*count_rows(cluster), window=WINDOW, as_of=as_of)


def frozen_months(cluster: Cluster) -> QuerySet[ExpertMonth]:
    return ExpertMonth.objects.filter(cluster=cluster).select_related("signed_by").order_by("month")


def causes_between(cluster: Cluster, start: datetime, end: datetime) -> list[str]:
    """What happened in ``[start, end)`` that can move a figure frozen before."""
    span = {"gte": start, "lt": end}

    def within(field: str) -> Q:
        return Q(**{f"{field}__{edge}": at for edge, at in span.items()})

    in_force = [MergeStatus.CONFIRMED, MergeStatus.SPLIT]
    happened = {
        "merge": Merge.objects.filter(within("from_at"), status__in=in_force),
        "split": Merge.objects.filter(within("until"), status=MergeStatus.SPLIT),
        "revocation": Credential.objects.filter(within("ended_at"), status=CredentialStatus.REVOKED),
        "reversal": Completion.objects.filter(within("decided_at"), completed=False, number__gt=1),
        "identity": PersonIdentity.objects.filter(within("confirmed_at"), strength=Strength.STRONG),
    }
    return [cause for cause, rows in happened.items() if rows.exists()]
