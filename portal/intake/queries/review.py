"""Panels, bars, assignments and sheets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from portal.accounts.models import Affiliation, Organisation
from portal.intake.enums import (
    ApplicationStatus,
    AssignmentStatus,
    MemberStatus,
    SheetStatus,
)
from portal.intake.models import (
    Application,
    Assignment,
    Call,
    Challenge,
    Conflict,
    Evaluator,
    Member,
    Pledge,
    ScoreSheet,
    Stage,
)
from portal.intake.queries.applications import ENTERED, by_receipt, last_revisions


def evaluator_in(call: Call, user: Any) -> Evaluator | None:
    """The person as an evaluator of this call: on a panel of one of its stages, not declined or dismissed."""
    live = [MemberStatus.INVITED, MemberStatus.ACCEPTED]
    return (
        Evaluator.objects.filter(user=user, memberships__panel__stage__call=call, memberships__status__in=live)
        .distinct()
        .first()
    )


def calls_to_review(user: Any) -> QuerySet[Call]:
    """Calls on whose panels the person sits."""
    live = [MemberStatus.INVITED, MemberStatus.ACCEPTED]
    sits = Member.objects.filter(evaluator__user=user, status__in=live).values("panel__stage__call")
    return Call.objects.filter(pk__in=sits).select_related("current").order_by("-closes_at")


def panel_members(call: Call) -> QuerySet[Member]:
    """Everyone on a panel of the call, not declined or dismissed."""
    live = [MemberStatus.INVITED, MemberStatus.ACCEPTED]
    return Member.objects.filter(panel__stage__call=call, status__in=live).select_related("evaluator__user")


def declared_affiliations(call: Call) -> int:
    """How many parents and subsidiaries the call's companies declared that still are."""
    companies = companies_of(call)
    return Affiliation.objects.filter(organisation__in=companies, until_date__isnull=True).count()


def announced_members(application: Application) -> QuerySet[Evaluator]:
    """Who sits on the panels of the call, as its companies may read it: once their files are with a panel, if the call's
    policy names members at all."""
    version = application.call.current
    if application.status != ApplicationStatus.IN_REVIEW or not (version and version.term("announce_panel", True)):
        return Evaluator.objects.none()
    seats = panel_members(application.call).filter(is_substitute=False)
    return (
        Evaluator.objects.filter(pk__in=seats.values("evaluator")).select_related("user").order_by("user__name", "pk")
    )


def invitations(call: Call, user: Any) -> QuerySet[Member]:
    """The seats on panels of the call that the person has not answered yet."""
    rows = Member.objects.filter(evaluator__user=user, panel__stage__call=call, status=MemberStatus.INVITED)
    return rows.select_related("panel__stage__call__cluster", "evaluator").order_by("panel__stage__number")


def served_since(call: Call, since: datetime, evaluators: Iterable[Evaluator]) -> list[Evaluator]:
    """Who of them accepted a seat on a panel of another call of the programme that was formed since then."""
    seats = Member.objects.filter(
        evaluator__in=list(evaluators), status=MemberStatus.ACCEPTED, panel__formed_at__gte=since
    )
    elsewhere = seats.filter(panel__stage__call__programme=call.programme).exclude(panel__stage__call=call)
    return list(Evaluator.objects.filter(pk__in=elsewhere.values("evaluator")).select_related("user").order_by("pk"))


def open_challenges(call: Call) -> set[tuple[int, int]]:
    """(evaluator, application) pairs with a challenge not decided yet: the evaluator sits out."""
    rows = Challenge.objects.filter(application__call=call, status="FILED")
    return set(rows.values_list("evaluator", "application"))


def overdue_challenges(now: datetime) -> list[Challenge]:
    """Open challenges whose day to decide has passed."""
    rows = Challenge.objects.filter(status="FILED", decide_by__lte=now)
    return list(rows.select_related("application__call__cluster", "application__call__current"))


def has_pledged(call: Call, user: Any) -> bool:
    """Whether the person signed the pledge of this call and has answered every invitation to its panels."""
    invited = Member.objects.filter(evaluator__user=user, panel__stage__call=call, status=MemberStatus.INVITED)
    return Pledge.objects.filter(call=call, evaluator__user=user).exists() and not invited.exists()


def companies_of(call: Call) -> QuerySet[Organisation]:
    """The companies that entered, alphabetically; never joined to a file."""
    entered = call.applications.filter(status__in=ENTERED).values("organisation")
    return Organisation.objects.filter(pk__in=entered).order_by("name_ko", "pk")


def bars(call: Call) -> set[tuple[int, int]]:
    """Every (evaluator, application) pair that a conflict bars, by its scope."""
    applications = list(call.applications.exclude(status=ApplicationStatus.DRAFT).values("pk", "organisation", "track"))
    entered = {(row["organisation"], row["track"]) for row in applications}
    found = set()
    for conflict in Conflict.objects.filter(call=call):
        for row in applications:
            same_track = conflict.scope == "TRACK" and (conflict.organisation_id, row["track"]) in entered
            if conflict.organisation_id == row["organisation"] or conflict.scope == "CALL" or same_track:
                found.add((conflict.evaluator_id, row["pk"]))
    return found


def sheets_of(user: Any) -> QuerySet[ScoreSheet]:
    """The person's own live sheets of files they are cleared for."""
    return (
        ScoreSheet.objects.filter(
            assignment__member__evaluator__user=user,
            assignment__status=AssignmentStatus.CLEARED,
            status__in=[SheetStatus.OPEN, SheetStatus.LOCKED],
        )
        .select_related(
            "assignment__stage__call__current",
            "assignment__member__evaluator",
            "assignment__application__track",
            "assignment__application__organisation",
        )
        .order_by("assignment__stage__number", "assignment__alias", *by_receipt("assignment__application__"))
    )


def locked_sheets(stage: Stage) -> list[tuple[ScoreSheet, dict[str, int | None]]]:
    """The sheets that count, with their scores by criterion code."""
    sheets = (
        ScoreSheet.objects.filter(
            assignment__stage=stage, assignment__status=AssignmentStatus.CLEARED, status=SheetStatus.LOCKED
        )
        .select_related("assignment__application", "assignment__member")
        .prefetch_related("items__criterion")
        .order_by(*by_receipt("assignment__application__"), "assignment__member__evaluator_id")
    )
    return [(sheet, {item.criterion.code: item.score for item in sheet.items.all()}) for sheet in sheets]


def sheets_on(application: Application, stage: Stage) -> list[ScoreSheet]:
    """The locked sheets of one file, in an order that names nobody; each knows which member's it is only by number."""
    rows = ScoreSheet.objects.filter(
        assignment__application=application,
        assignment__stage=stage,
        assignment__status=AssignmentStatus.CLEARED,
        status=SheetStatus.LOCKED,
    )
    return list(rows.select_related("assignment").prefetch_related("items__criterion").order_by("public_id"))


def expertise_matches(call: Call, evaluators: Iterable[Evaluator]) -> dict[tuple[str, str], int]:
    """How many fields of expertise an evaluator shares with a file, by (evaluator, receipt number).

    A file's fields are its answer to the question that the policy names (``match_block``); without one nothing matches.
    """
    code = call.current.term("match_block", "") if call.current else ""
    if not code:
        return {}
    known = {str(evaluator.pk): set(evaluator.expertise) for evaluator in evaluators}
    found = {}
    for revision in last_revisions(call):
        given = revision.content["answers"].get(code)
        fields = set(given if isinstance(given, list) else [given] if given else [])
        for who, fit in known.items():
            if shared := len(fields & fit):
                found[who, revision.application.receipt_number or ""] = shared
    return found


def progress(stage: Stage) -> list[Any]:
    """Per member: files assigned, sheets locked."""
    files = Assignment.objects.filter(member=OuterRef("pk"), status=AssignmentStatus.CLEARED)
    sheets = ScoreSheet.objects.filter(
        assignment__member=OuterRef("pk"), assignment__status=AssignmentStatus.CLEARED, status=SheetStatus.LOCKED
    )
    return list(
        Member.objects.filter(panel__stage=stage)
        .select_related("evaluator__user")
        .annotate(files=_counted(files, "member"), locked=_counted(sheets, "assignment__member"))
        .order_by("pk")
    )


def file_counts(stage: Stage, *, unfinished: bool = False) -> QuerySet[Any]:
    """Per application in the stage: readers cleared and sheets locked, counted only for the rows that are read.

    ``unfinished``: only those that lack a sheet.
    """
    here = Assignment.objects.filter(application=OuterRef("pk"), stage=stage)
    cleared = here.filter(status=AssignmentStatus.CLEARED)
    sheets = ScoreSheet.objects.filter(
        assignment__application=OuterRef("pk"), assignment__stage=stage, assignment__status=AssignmentStatus.CLEARED
    )
    rows = Application.objects.filter(Exists(here))
    if unfinished:
        rows = rows.filter(Exists(sheets.filter(status=SheetStatus.OPEN)))
    locked = sheets.filter(status=SheetStatus.LOCKED)
    return (
        rows.select_related("track", "organisation")
        .annotate(readers=_counted(cleared, "application"), locked=_counted(locked, "assignment__application"))
        .order_by(*by_receipt())
    )


def _counted(rows: QuerySet[Any], by: str) -> Coalesce:
    """How many of ``rows`` there are, as a subquery over ``by``; 0 for none."""
    return Coalesce(Subquery(rows.order_by().values(by).annotate(n=Count("pk")).values("n")), 0)


def stages_with_panels(call: Call) -> QuerySet[Stage]:
    members = Prefetch("panel__members", Member.objects.select_related("evaluator__user").order_by("pk"))
    return call.stages.select_related("panel").prefetch_related("criteria", members).order_by("number")
