"""Reads of intake. Whatever shows somebody's rows is filtered by person here, so that a guessed address finds nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from portal.accounts import queries as accounts
from portal.accounts.models import Organisation
from portal.intake.enums import (
    ApplicationStatus,
    AssignmentStatus,
    CallStatus,
    Finding,
    MemberStatus,
    SheetStatus,
    SupplementStatus,
)
from portal.intake.models import (
    Appeal,
    Application,
    Attachment,
    Call,
    Conflict,
    Decision,
    Draft,
    EligibilityFinding,
    Evaluator,
    Member,
    Pledge,
    ResultNotice,
    Revision,
    ScoreSheet,
    Stage,
    SupplementRequest,
)

#: States in which an application takes part in the entry.
ENTERED = tuple(state for state in ApplicationStatus.values if state not in ("DRAFT", "WITHDRAWN"))
HOLDING = (ApplicationStatus.SELECTED, ApplicationStatus.FULFILLED)


# --- Calls ----------------------------------------------------------------------------------------------------------


def public_calls() -> QuerySet[Call]:
    """Every call the public may read, the latest first."""
    hidden = (CallStatus.DRAFT, CallStatus.CANCELLED)
    return Call.objects.exclude(status__in=hidden).select_related("current", "cluster").prefetch_related("tracks")


def public_call(code: str) -> Call:
    """One public call with all that its page shows; ``Call.DoesNotExist`` for a draft."""
    return public_calls().prefetch_related("stages__criteria", "versions").get(code=code)


def calls_for_staff(user: Any) -> QuerySet[Call]:
    """The calls that the person runs, decides, hears appeals of or audits."""
    allowed = Q(pk__in=[])
    for held in accounts.roles_of(user):
        room, _, desk = held.role.rpartition(".")
        if desk in ("officer", "approver", "appeal_reviewer") or held.role == "auditor":
            reach = Q() if held.cluster_id is None else Q(cluster_id=held.cluster_id)
            if held.scope_kind:
                reach &= Q(hubs__contains=[held.scope_ref])
            allowed |= reach & (Q(programme__in=_programmes(room)) if room else ~Q(pk=None))
    return Call.objects.filter(allowed).select_related("current", "cluster")


def _programmes(room: str) -> list[str]:
    from portal.intake import registry

    return [programme.code for programme in registry.all_programmes() if programme.room == room]


def due_calls(now: datetime) -> QuerySet[Call]:
    """Calls whose entry is over but not yet counted."""
    return Call.objects.filter(status=CallStatus.PUBLISHED, closes_at__lte=now, closed_at__isnull=True).select_related(
        "current"
    )


def due_publications(now: datetime) -> QuerySet[Decision]:
    """Decided results whose time to appear has come."""
    return Decision.objects.filter(status="DECIDED", publish_at__lte=now).select_related("call")


# --- Applications ---------------------------------------------------------------------------------------------------


def applications_of(user: Any) -> QuerySet[Application]:
    """The applications of every company the person acts for."""
    mine = accounts.organisations_of(user).values("pk")
    return (
        Application.objects.filter(organisation__in=mine)
        .select_related("call__current", "organisation", "track")
        .order_by("-created_at")
    )


def live_application(call: Call, organisation: Organisation) -> Application | None:
    """The company's application to the call, unless withdrawn."""
    found = Application.objects.filter(call=call, organisation=organisation).exclude(status=ApplicationStatus.WITHDRAWN)
    return found.first()


def answers_of(application: Application) -> dict[str, Any]:
    """All answers of the draft, over its pages."""
    merged: dict[str, Any] = {}
    for draft in Draft.objects.filter(application=application).order_by("section"):
        merged |= draft.answers
    return merged


def files_of(application: Application) -> dict[str, list[Attachment]]:
    """The files now attached, by block."""
    found: dict[str, list[Attachment]] = {}
    for attachment in Attachment.objects.filter(application=application, removed_at__isnull=True):
        found.setdefault(attachment.block, []).append(attachment)
    return found


def open_request(application: Application) -> SupplementRequest | None:
    """The supplement that the company is asked for now."""
    if application.status != ApplicationStatus.SUPPLEMENT:
        return None
    return application.supplements.filter(status=SupplementStatus.ASKED).first()


def last_revision(application: Application) -> Revision | None:
    """What counts: the last one sent."""
    return Revision.objects.filter(application=application).select_related("version").order_by("-number").first()


def last_revisions(call: Call) -> QuerySet[Revision]:
    """What counts of each application that entered, by receipt number."""
    newest = Revision.objects.filter(application=OuterRef("application")).order_by("-number").values("pk")[:1]
    return (
        Revision.objects.filter(application__call=call, application__status__in=ENTERED, pk=Subquery(newest))
        .select_related("application")
        .order_by("application__receipt_number")
    )


def last_findings(call: Call) -> dict[int, dict[str, EligibilityFinding]]:
    """The finding that counts, by application and rule."""
    found: dict[int, dict[str, EligibilityFinding]] = {}
    for finding in EligibilityFinding.objects.filter(application__call=call).order_by("id"):
        found.setdefault(finding.application_id, {})[finding.rule] = finding
    return found


def unsettled_findings(call: Call, rules: Sequence[str]) -> list[tuple[Application, list[str]]]:
    """Applications waiting for eligibility with the rules that still lack a clear finding."""
    found, waiting = last_findings(call), []
    for application in call.applications.filter(status=ApplicationStatus.SUBMITTED).order_by("receipt_number"):
        mine = found.get(application.pk, {})
        open_rules = [rule for rule in rules if rule not in mine or mine[rule].outcome == Finding.MANUAL]
        if open_rules:
            waiting.append((application, open_rules))
    return waiting


def in_review(call: Call) -> QuerySet[Application]:
    """What the panel judges, by receipt number."""
    found = call.applications.filter(status=ApplicationStatus.IN_REVIEW).select_related("track", "organisation")
    return found.order_by("receipt_number")


def notices_of(user: Any) -> QuerySet[ResultNotice]:
    """Results told to the person's companies."""
    return ResultNotice.objects.filter(application__in=applications_of(user).values("pk")).select_related(
        "application__call__current", "application__organisation", "line__decision"
    )


def appeals_for(user: Any) -> QuerySet[Appeal]:
    """Appeals of the person's companies, and those of the calls whose appeals the person hears or runs."""
    mine = Q(application__in=applications_of(user).values("pk"))
    seen = Q(application__call__in=calls_for_staff(user).values("pk"))
    return Appeal.objects.filter(mine | seen).select_related(
        "application__call__current", "application__call__cluster", "application__organisation", "notice"
    )


# --- Review ---------------------------------------------------------------------------------------------------------


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
    tracks = {row["organisation"]: row["track"] for row in applications}
    found = set()
    for conflict in Conflict.objects.filter(call=call):
        for row in applications:
            same_track = conflict.scope == "TRACK" and tracks.get(conflict.organisation_id) == row["track"]
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
        .order_by("assignment__stage__number", "assignment__alias", "assignment__application__receipt_number")
    )


def locked_sheets(stage: Stage) -> list[tuple[ScoreSheet, dict[str, int | None]]]:
    """The sheets that count, with their scores by criterion code."""
    sheets = (
        ScoreSheet.objects.filter(assignment__stage=stage, status=SheetStatus.LOCKED)
        .exclude(assignment__status__in=[AssignmentStatus.BARRED, AssignmentStatus.RELEASED])
        .select_related("assignment__application", "assignment__member")
        .prefetch_related("items__criterion")
        .order_by("assignment__application__receipt_number", "assignment__member__evaluator_id")
    )
    return [(sheet, {item.criterion.code: item.score for item in sheet.items.all()}) for sheet in sheets]


def progress(stage: Stage) -> list[Any]:
    """Per member: files assigned, sheets locked."""
    cleared = Q(assignments__status=AssignmentStatus.CLEARED)
    return list(
        Member.objects.filter(panel__stage=stage)
        .select_related("evaluator__user")
        .annotate(
            files=Count("assignments", filter=cleared, distinct=True),
            locked=Count(
                "assignments__sheets", filter=cleared & Q(assignments__sheets__status="LOCKED"), distinct=True
            ),
        )
        .order_by("pk")
    )


def file_counts(stage: Stage) -> QuerySet[Any]:
    """Per application in the stage: readers cleared and sheets locked."""
    here = Q(assignments__stage=stage, assignments__status=AssignmentStatus.CLEARED)
    return (
        Application.objects.filter(assignments__stage=stage)
        .select_related("track", "organisation")
        .annotate(
            readers=Count("assignments", filter=here, distinct=True),
            locked=Count("assignments__sheets", filter=here & Q(assignments__sheets__status="LOCKED"), distinct=True),
        )
        .order_by("receipt_number")
    )


# --- Results --------------------------------------------------------------------------------------------------------


def decision_lines(decision: Decision) -> QuerySet[Any]:
    """The lines with what a decision sheet shows: by track, place, receipt."""
    return decision.lines.select_related("application__organisation", "track", "quota_track").order_by(
        "track__order", F("place").asc(nulls_last=True), "application__receipt_number"
    )


def rank_order(call: Call) -> list[Application]:
    """The selected and fulfilled, best first: place within the track by track order, those of a called reserve after them."""
    held = call.applications.filter(status__in=HOLDING, lines__decision__kind="FINAL").annotate(
        final_place=F("lines__place"), called=F("reserve__order")
    )
    return list(
        held.select_related("track", "quota_track", "organisation").order_by(
            F("called").asc(nulls_first=True), "final_place", "track__order", "receipt_number"
        )
    )


def places_left(track_ids: Iterable[int]) -> dict[int, int]:
    """Places still free, by track id, counting those who use the track's quota."""
    from portal.intake.models import Track

    rows = Track.objects.filter(pk__in=list(track_ids))
    held = dict(
        Application.objects.filter(quota_track__in=rows, status__in=HOLDING)
        .values_list("quota_track")
        .annotate(Count("pk"))
    )
    return {row.pk: row.quota - held.get(row.pk, 0) for row in rows}


def counts_by_status(call: Call) -> dict[str, int]:
    """How many applications stand where."""
    return dict(call.applications.values_list("status").annotate(Count("pk")).order_by())


def stages_with_panels(call: Call) -> QuerySet[Stage]:
    members = Prefetch("panel__members", Member.objects.select_related("evaluator__user").order_by("pk"))
    return call.stages.select_related("panel").prefetch_related("criteria", members).order_by("number")
