"""What happens off the ordinary course of a call: late codes, challenges, cases, the reserve; and who read what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncHour

from portal.accounts.models import Organisation
from portal.core.periods import SEOUL
from portal.intake.enums import ApplicationStatus
from portal.intake.models import (
    Access,
    Appeal,
    Assignment,
    Call,
    Challenge,
    DisqualificationCase,
    Evaluator,
    Member,
    ReserveEntry,
    Revision,
    Stage,
)
from portal.intake.queries.applications import in_review
from portal.intake.queries.calls import calls_for_staff


def late_companies(call: Call) -> QuerySet[Organisation]:
    """Companies with a draft that was never sent: who a late code can help."""
    drafts = call.applications.filter(status=ApplicationStatus.DRAFT).values("organisation")
    return Organisation.objects.filter(pk__in=drafts).order_by("name_ko", "pk")


def challenges_of(call: Call) -> QuerySet[Challenge]:
    """Every challenge of a call, the open ones by their day first."""
    rows = Challenge.objects.filter(application__call=call).select_related(
        "application__organisation",
        "application__call__cluster",
        "application__call__current",
        "evaluator__user",
        "evidence",
    )
    return rows.order_by(F("decided_at").desc(nulls_first=True), "decide_by", "pk")


def cases_of(call: Call) -> QuerySet[DisqualificationCase]:
    """Every case of a call, the open ones first."""
    rows = DisqualificationCase.objects.filter(application__call=call).select_related("application__organisation")
    return rows.order_by(F("decided_at").desc(nulls_first=True), "reply_by", "pk")


def case_for_staff(user: Any) -> QuerySet[DisqualificationCase]:
    """Cases of the calls at the person's desks."""
    return DisqualificationCase.objects.filter(application__call__in=calls_for_staff(user).values("pk")).select_related(
        "application__call__cluster", "application__call__current", "application__organisation", "application__track"
    )


def reserve_of(call: Call) -> QuerySet[ReserveEntry]:
    """The reserve, by track and order."""
    rows = ReserveEntry.objects.filter(track__call=call).select_related("application__organisation", "track", "line")
    return rows.order_by("track__order", "order")


def appeals_of(call: Call) -> QuerySet[Appeal]:
    """Every appeal of a call, the open ones by their day first."""
    rows = Appeal.objects.filter(application__call=call).select_related("application__organisation", "notice__line")
    return rows.order_by(F("decided_at").desc(nulls_first=True), "due_at", "pk")


def members_of(stage: Stage) -> QuerySet[Member]:
    """Every member of a stage's panel, also those who left."""
    rows = Member.objects.filter(panel__stage=stage).select_related("evaluator__user", "panel__stage__call")
    return rows.order_by("-is_chair", "is_substitute", "pk")


def may_join(stage: Stage) -> QuerySet[Evaluator]:
    """Who could take a seat: substitutes of the panel, and the pool without those who sit or left."""
    seated = Member.objects.filter(panel__stage=stage, is_substitute=False).values("evaluator")
    gone = Member.objects.filter(panel__stage=stage, status__in=["DECLINED", "DISMISSED"]).values("evaluator")
    pool = Evaluator.objects.filter(cluster=stage.call.cluster, active=True).exclude(pk__in=seated)
    standing_by = Member.objects.filter(panel__stage=stage, is_substitute=True, evaluator=OuterRef("pk"))
    pool = pool.exclude(pk__in=gone).annotate(stands_by=Exists(standing_by))
    return pool.select_related("user").order_by("-stands_by", "user__name", "pk")


def readers_of(stage: Stage, application: Any) -> QuerySet[Assignment]:
    """Everyone who has, or had, a file of a stage, with the sheets."""
    rows = Assignment.objects.filter(stage=stage, application=application)
    return (
        rows.select_related("member__evaluator__user", "stage__call__cluster").prefetch_related("sheets").order_by("pk")
    )


def short_of_readers(stage: Stage) -> int:
    """Files in review that fewer members read, or are proposed to read, than the stage asks for."""
    here = Assignment.objects.filter(application=OuterRef("pk"), stage=stage, status__in=["PROPOSED", "CLEARED"])
    readers = Coalesce(Subquery(here.order_by().values("application").annotate(n=Count("pk")).values("n")), 0)
    return in_review(stage.call).annotate(readers=readers).filter(readers__lt=stage.per_file).count()


def accesses_of(call: Call, *, only_appealed: bool = False) -> QuerySet[Access]:
    """Who opened what, the latest first; an appeal reviewer sees those of the cases."""
    rows = Access.objects.filter(call=call).select_related("application", "accessed_by").order_by("-id")
    return rows.filter(application__appeals__isnull=False).distinct() if only_appealed else rows


def entries_by_hour(call: Call) -> list[dict[str, Any]]:
    """Seoul hours in which something was sent: first entries, later revisions, companies in all until then."""
    first = Q(number=1)
    rows = (
        Revision.objects.filter(application__call=call)
        .annotate(hour=TruncHour("received_at", tzinfo=SEOUL))
        .order_by()
        .values("hour")
        .annotate(entered=Count("pk", filter=first), again=Count("pk", filter=~first))
        .order_by("hour")
    )
    found, total = [], 0
    for row in rows:
        total += row["entered"]
        found.append({**row, "total": total})
    return found


def evidence_names(call: Call, files: Iterable[str]) -> dict[str, str]:
    """What the files opened are called, by their public id."""
    from portal.intake.models import Attachment

    rows = Attachment.objects.filter(application__call=call, public_id__in=list(files))
    return {str(key): name for key, name in rows.values_list("public_id", "name")}
