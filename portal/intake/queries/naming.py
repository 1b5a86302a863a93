"""What a blind panel may not read."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from portal.intake.enums import ApplicationStatus, HitOutcome
from portal.intake.models import Application, NameHit, NameSearch, Revision, Stage
from portal.intake.queries.applications import by_receipt


def unsearched(stage: Stage) -> QuerySet[Revision]:
    """What counts of each application in review whose text was not searched for this stage."""
    newest = Revision.objects.filter(application=OuterRef("application")).order_by("-number").values("pk")[:1]
    done = NameSearch.objects.filter(stage=stage, application=OuterRef("application"), revision__gte=OuterRef("number"))
    rows = Revision.objects.filter(
        ~Exists(done),
        application__call=stage.call_id,
        application__status=ApplicationStatus.IN_REVIEW,
        pk=Subquery(newest),
    )
    return rows.select_related("application", "version").order_by(*by_receipt("application__"))


def stages_to_search() -> QuerySet[Stage]:
    """Blind stages of calls under review that are not settled."""
    return Stage.objects.filter(blind=True, status__in=["WAITING", "RUNNING"], call__status="REVIEWING").select_related(
        "call__cluster", "call__current"
    )


def name_hits(stage: Stage) -> QuerySet[NameHit]:
    """Every name found for a stage, the open ones first."""
    return stage.name_hits.select_related("application__organisation", "stage__call__cluster").order_by(
        "-outcome", *by_receipt("application__"), "pk"
    )


def withheld_blocks(application: Application, stage: Stage) -> set[str]:
    """Questions of one file that an officer keeps from the panel of a blind stage."""
    rows = NameHit.objects.filter(application=application, stage=stage, outcome=HitOutcome.WITHHELD)
    return set(rows.values_list("block", flat=True))
