"""Applications, their drafts, files and findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Length

from portal.accounts import queries as accounts
from portal.accounts.models import Organisation
from portal.intake.blocks import Form
from portal.intake.enums import (
    ApplicationStatus,
    Finding,
    Scan,
    SupplementStatus,
)
from portal.intake.models import (
    Application,
    Attachment,
    Call,
    Draft,
    EligibilityFinding,
    LateCode,
    RankingRun,
    Revision,
    Stage,
    SupplementRequest,
    Track,
)

#: States in which an application takes part in the entry.
ENTERED = tuple(state for state in ApplicationStatus.values if state not in ("DRAFT", "WITHDRAWN"))
#: What the company did not go through with: its answers may begin another.
REUSABLE = (ApplicationStatus.DRAFT, ApplicationStatus.WITHDRAWN)


def by_receipt(path: str = "") -> tuple[Combinable, Combinable]:
    """Order by receipt number, as it was given: the shorter one first, so that 10000 follows 9999. ``path`` leads to the
    application, such as ``application__``.
    """
    return Length(f"{path}receipt_number"), F(f"{path}receipt_number")


def applications_of(user: Any) -> QuerySet[Application]:
    """The applications of every company the person acts for."""
    return (
        Application.objects.filter(organisation__in=accounts.acted_for(user))
        .select_related("call__current", "organisation", "track")
        .order_by("-created_at")
    )


def live_application(call: Call, organisation: Organisation, track: Track | None = None) -> Application | None:
    """The company's application to the call, unless withdrawn; the one in ``track`` where the call takes one for each."""
    found = Application.objects.filter(call=call, organisation=organisation).exclude(status=ApplicationStatus.WITHDRAWN)
    return (found.filter(track=track) if call.per_track else found).first()


def unused_late_code(call: Call, organisation: Organisation, now: datetime | None = None) -> LateCode | None:
    """The company's confirmed code that is still to be used, not past its time at ``now``."""
    codes = LateCode.objects.filter(
        call=call, organisation=organisation, confirmed_at__isnull=False, used_at__isnull=True
    )
    return (codes.filter(expires_at__gt=now) if now else codes).first()


def late_code_of(application: Application) -> LateCode | None:
    """The confirmed code by which an application that was not sent may still enter, expired or not."""
    if application.status != ApplicationStatus.DRAFT:
        return None
    return unused_late_code(application.call, application.organisation)


def late_codes_for(user: Any, call: Call, now: datetime) -> QuerySet[LateCode]:
    """Confirmed codes by which companies of the person may still enter the call."""
    codes = LateCode.objects.filter(call=call, organisation__in=accounts.acted_for(user))
    return codes.filter(confirmed_at__isnull=False, used_at__isnull=True, expires_at__gt=now).order_by("pk")


def reusable(user: Any, call: Call, now: datetime) -> QuerySet[Application]:
    """What the person's companies may take up in this call: applications of the same programme that were never sent before
    their call closed, or withdrawn, and whose answers were not destroyed yet."""
    never_sent = Q(status=ApplicationStatus.DRAFT, call__closes_at__lte=now) & ~Q(call=call)
    return (
        Application.objects.filter(
            never_sent | Q(status=ApplicationStatus.WITHDRAWN),
            organisation__in=accounts.acted_for(user),
            call__programme=call.programme,
            drafts__isnull=False,
        )
        .select_related("call__current", "organisation")
        .distinct()
        .order_by("-call__closes_at", "-pk")
    )


def answers_of(application: Application) -> dict[str, Any]:
    """All answers of the draft, over its pages."""
    merged: dict[str, Any] = {}
    for draft in Draft.objects.filter(application=application).order_by("section"):
        merged |= draft.answers
    return merged


def files_of(application: Application) -> dict[str, list[Attachment]]:
    """The files now attached, by block; an infected one counts as none."""
    found: dict[str, list[Attachment]] = {}
    kept = (
        Attachment.objects.filter(application=application, removed_at__isnull=True)
        .exclude(block="")
        .exclude(scan=Scan.INFECTED)
    )
    for attachment in kept:
        found.setdefault(attachment.block, []).append(attachment)
    return found


def open_request(application: Application) -> SupplementRequest | None:
    """What the company is asked for now: a supplement, or in review the questions of the stage it goes on to."""
    if application.status not in (ApplicationStatus.SUPPLEMENT, ApplicationStatus.IN_REVIEW):
        return None
    rows = application.supplements.filter(
        status=SupplementStatus.ASKED, stage__isnull=application.status == ApplicationStatus.SUPPLEMENT
    )
    return rows.select_related("stage").order_by("stage__number").first()


def asked_up_to(application: Application, form: Form) -> int:
    """The number of the last stage whose own questions were put to the application; 0 when none were."""
    if all(block.from_stage == 0 for block in form.blocks()):
        return 0
    return application.supplements.aggregate(last=Max("stage__number"))["last"] or 0


def waiting_for_answers(stage: Stage) -> QuerySet[SupplementRequest]:
    """Applications that go on to the stage and still owe the answers to its questions."""
    return SupplementRequest.objects.filter(
        stage=stage, status=SupplementStatus.ASKED, application__status=ApplicationStatus.IN_REVIEW
    )


def answers_to(stage: Stage) -> dict[str, Any]:
    """How many were asked the questions of the stage, how many answered, and until when the last of them may."""
    rows = SupplementRequest.objects.filter(stage=stage)
    given = Count("pk", filter=Q(answer__isnull=False))
    return rows.aggregate(asked=Count("pk"), answered=given, due_at=Max("due_at"))


def standing(
    application: Application, request: SupplementRequest, last: Revision | None
) -> tuple[dict[str, Any], dict[str, list[Attachment]]]:
    """Answers and files as an answer to the request would send them: what was sent, with the named blocks from the draft."""
    sent = last.content if last else {"answers": {}, "files": {}}
    named, answers, files = set(request.blocks), answers_of(application), files_of(application)
    kept = [row["id"] for code, rows in sent["files"].items() if code not in named for row in rows]
    found = {code: rows for code, rows in files.items() if code in named}
    for file in application.attachments.filter(public_id__in=kept).order_by("pk"):
        found.setdefault(file.block, []).append(file)
    before = {code: value for code, value in sent["answers"].items() if code not in named}
    return before | {code: value for code, value in answers.items() if code in named}, found


def due_supplements(now: datetime) -> QuerySet[SupplementRequest]:
    """Requests whose time to answer is over."""
    rows = SupplementRequest.objects.filter(status=SupplementStatus.ASKED, due_at__lte=now)
    return rows.select_related("stage", "application__call__cluster", "application__call__current").order_by("pk")


def last_revision(application: Application) -> Revision | None:
    """What counts: the last one sent."""
    return Revision.objects.filter(application=application).select_related("version").order_by("-number").first()


def last_revisions(call: Call) -> QuerySet[Revision]:
    """What counts of each application that entered, by receipt number."""
    newest = Revision.objects.filter(application=OuterRef("application")).order_by("-number").values("pk")[:1]
    return (
        Revision.objects.filter(application__call=call, application__status__in=ENTERED, pk=Subquery(newest))
        .select_related("application")
        .order_by(*by_receipt("application__"))
    )


def last_findings(
    call: Call, applications: Iterable[Application] | None = None
) -> dict[int, dict[str, EligibilityFinding]]:
    """The finding that counts, by application and rule; of all that applied, or of the ``applications`` given."""
    found: dict[int, dict[str, EligibilityFinding]] = {}
    rows = EligibilityFinding.objects.filter(application__call=call)
    if applications is not None:
        rows = EligibilityFinding.objects.filter(application__in=[one.pk for one in applications])
    for finding in rows.order_by("id"):
        found.setdefault(finding.application_id, {})[finding.rule] = finding
    return found


def unsettled_findings(call: Call, rules: Sequence[str]) -> list[tuple[Application, list[str]]]:
    """Applications waiting for eligibility with the rules that still lack a clear finding."""
    found, waiting = last_findings(call), []
    for application in call.applications.filter(status=ApplicationStatus.SUBMITTED).order_by(*by_receipt()):
        mine = found.get(application.pk, {})
        open_rules = [rule for rule in rules if rule not in mine or mine[rule].outcome == Finding.MANUAL]
        if open_rules:
            waiting.append((application, open_rules))
    return waiting


def count_unsettled(call: Call, rules: Sequence[str]) -> int:
    """How many applications wait for eligibility without a clear finding on every rule; counted by the database."""
    waiting = call.applications.filter(status=ApplicationStatus.SUBMITTED)
    unclear = Q(pk__in=[])
    for rule in rules:
        last = EligibilityFinding.objects.filter(application=OuterRef("pk"), rule=rule).order_by("-id")
        waiting = waiting.annotate(**{f"last_{rule}": Subquery(last.values("outcome")[:1])})
        unclear |= Q(**{f"last_{rule}__isnull": True}) | Q(**{f"last_{rule}": Finding.MANUAL})
    return waiting.filter(unclear).count()


def competing(call: Call, last: RankingRun | None) -> list[Application]:
    """Whom a run ranks: those in review, and in a later run of the same kind all of the last one who are still in play."""
    found = {application.pk: application for application in in_review(call)}
    if last is not None:
        keys = [row["application"] for rows in last.result["groups"].values() for row in rows]
        gone = (ApplicationStatus.WITHDRAWN, ApplicationStatus.DISQUALIFIED, ApplicationStatus.DECLINED)
        again = call.applications.filter(receipt_number__in=keys).exclude(status__in=gone)
        found |= {application.pk: application for application in again.select_related("track", "organisation")}
    return sorted(found.values(), key=lambda one: (len(one.receipt_number or ""), one.receipt_number or ""))


def in_review(call: Call) -> QuerySet[Application]:
    """What the panel judges, by receipt number."""
    found = call.applications.filter(status=ApplicationStatus.IN_REVIEW).select_related("track", "organisation")
    return found.order_by(*by_receipt())
