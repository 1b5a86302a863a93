"""평가위원회: the pool, the panel, pledges, bars and challenges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts.models import Cluster, Membership, Organisation, User
from portal.core.errors import Invalid
from portal.core.periods import SEOUL, add_months, end_of_day
from portal.core.transition import advance
from portal.intake import queries, rules, workflow
from portal.intake.enums import AssignmentStatus, ChallengeStatus, Ground, MemberStatus, Scope, Sector, SheetStatus
from portal.intake.models import (
    Application,
    Assignment,
    Call,
    Challenge,
    Conflict,
    Evaluator,
    Member,
    Panel,
    Pledge,
    ScoreSheet,
    Stage,
)
from portal.intake.services import telling
from portal.intake.services.acting import person

_YEARS_OF_EMPLOYMENT = 2


@transaction.atomic
def add_evaluator(
    *,
    user: User,
    cluster: Cluster,
    by: Any,
    now: datetime,
    sector: Sector | str = Sector.MARKET,
    employer: str = "",
    employers: Mapping[str, str | None] | None = None,
    expertise: Sequence[str] = (),
) -> Evaluator:
    """Enter a person into the cluster's pool, or bring the entry up to date.

    ``employers``: business number → last day there (ISO), null while it lasts.
    """
    rules.people.check_may(by, "panel.form", cluster=cluster)
    values = {"sector": sector, "employer": employer, "employers": dict(employers or {}), "expertise": list(expertise)}
    evaluator, _created = Evaluator.objects.update_or_create(
        user=user, cluster=cluster, defaults=values | {"active": True}
    )
    return evaluator


@transaction.atomic
def form_panel(
    *,
    stage: Stage,
    evaluators: Sequence[Evaluator],
    by: Any,
    now: datetime,
    chair: Evaluator | None = None,
    substitutes: Sequence[Evaluator] = (),
) -> Panel:
    """Name the panel of a stage; its members are invited, and bars that follow by rule are entered (제척)."""
    role = rules.check_can_run(by, stage.call)
    _check_composition(stage, evaluators)
    panel = Panel.objects.create(stage=stage, formed_by=by, formed_at=now)
    Member.objects.bulk_create(
        Member(panel=panel, evaluator=evaluator, is_chair=evaluator == chair, is_substitute=evaluator in substitutes)
        for evaluator in [*evaluators, *substitutes]
    )
    log.append(
        f"{stage.ledger_room()}.panel.formed",
        row=panel,
        by=by.acting_as(role),
        data={"members": len(evaluators) + len(substitutes)},
        private={"members": [evaluator.pk for evaluator in [*evaluators, *substitutes]]},
    )
    find_exclusions(call=stage.call, by=by, now=now)
    telling.panel_invited(panel)
    return panel


def _check_composition(stage: Stage, evaluators: Sequence[Evaluator]) -> None:
    version = stage.call.current
    terms = version.term("panel", {}) if version else {}
    if len(evaluators) < terms.get("least_size", 1):
        raise Invalid(_("평가위원은 %(n)s명 이상이어야 합니다.") % {"n": terms["least_size"]})
    market = sum(evaluator.sector == Sector.MARKET for evaluator in evaluators)
    if market * 10_000 < terms.get("least_market_bp", 0) * len(evaluators):
        raise Invalid(_("산업계 평가위원의 비율이 기준보다 낮습니다."))
    employers = [evaluator.employer for evaluator in evaluators if evaluator.employer]
    if not terms.get("one_employer", False) and len(set(employers)) != len(employers):
        raise Invalid(_("같은 소속의 평가위원을 함께 위촉할 수 없습니다."))


@transaction.atomic
def find_exclusions(*, call: Call, by: Any, now: datetime) -> int:
    """제척, by rule: members of a company that entered, and its employees of two years. Returns how many were new."""
    rules.check_can_run(by, call)
    evaluators = Evaluator.objects.filter(memberships__panel__stage__call=call).distinct()
    companies = list(queries.companies_of(call))
    known = set(Conflict.objects.filter(call=call, ground=Ground.EXCLUSION).values_list("evaluator", "organisation"))
    members = set(
        Membership.objects.filter(organisation__in=companies, ended_at__isnull=True).values_list("user", "organisation")
    )
    new = 0
    for evaluator in evaluators:
        for company in companies:
            reason = _exclusion(evaluator, company, members, now.astimezone(SEOUL).date())
            if reason and (evaluator.pk, company.pk) not in known:
                _bar(call, evaluator, company, Ground.EXCLUSION, reason, log.SYSTEM, "system", now)
                new += 1
    return new


def _exclusion(evaluator: Evaluator, company: Organisation, members: set[tuple[int, int]], on: date) -> str:
    if (evaluator.user_id, company.pk) in members:
        return _("신청 기업의 구성원")
    left = evaluator.employers.get(company.business_number or "", "")
    recent = add_months(on, -12 * _YEARS_OF_EMPLOYMENT).isoformat()
    return _("2년 이내 신청 기업에 재직") if left is None or (left and left >= recent) else ""


@transaction.atomic
def sign_pledge(*, call: Call, by: Any, now: datetime, conflicts: Mapping[Organisation, str] | None = None) -> Pledge:
    """서약하고 이해충돌을 신고: accept every invitation of the call and name the companies one cannot judge.

    Signing again adds conflicts and accepts invitations that came since; nothing is taken back.
    """
    role = rules.check_can_pledge(by, call)
    evaluator = queries.evaluator_in(call, by)
    assert evaluator is not None
    pledge, _created = Pledge.objects.get_or_create(call=call, evaluator=evaluator, defaults={"signed_at": now})
    for company, reason in (conflicts or {}).items():
        bar(
            call=call,
            evaluator=evaluator,
            organisation=company,
            ground=Ground.RECUSAL,
            reason=reason,
            by=by,
            role=role,
            now=now,
        )
    invited = Member.objects.filter(evaluator=evaluator, panel__stage__call=call, status=MemberStatus.INVITED)
    for member in invited.select_related("panel__stage__call"):
        advance(member, MemberStatus.ACCEPTED, by=by.acting_as(role), steps=workflow.MEMBER)
    return pledge


@transaction.atomic
def recuse(*, call: Call, organisation: Organisation, reason: str, by: Any, now: datetime) -> Conflict:
    """회피 at any time: one click on a file; what was scored is struck out of the result."""
    evaluator = queries.evaluator_in(call, by)
    if evaluator is None:
        raise rules.NotAllowed
    role = rules.check_can_recuse(by, call, evaluator)
    if not reason.strip():
        raise Invalid(_("회피하는 까닭을 적어 주십시오."), field="reason")
    return bar(
        call=call,
        evaluator=evaluator,
        organisation=organisation,
        ground=Ground.RECUSAL,
        reason=reason,
        by=by,
        role=role,
        now=now,
    )


def bar(
    *,
    call: Call,
    evaluator: Evaluator,
    organisation: Organisation,
    ground: Ground,
    reason: str,
    by: Any,
    role: str,
    now: datetime,
) -> Conflict:
    """Enter a bar unless the same one stands, and take what it reaches out of the review."""
    known = Conflict.objects.filter(call=call, evaluator=evaluator, organisation=organisation, ground=ground).first()
    return known or _bar(call, evaluator, organisation, ground, reason, by, role, now)


def _bar(
    call: Call,
    evaluator: Evaluator,
    company: Organisation,
    ground: Ground,
    reason: str,
    by: Any,
    role: str,
    now: datetime,
) -> Conflict:
    scope = call.current.term("conflict_scope", Scope.APPLICATION) if call.current else Scope.APPLICATION
    conflict = Conflict.objects.create(
        call=call,
        evaluator=evaluator,
        organisation=company,
        ground=ground,
        scope=scope,
        reason=reason,
        declared_by=person(by),
        declared_at=now,
    )
    acting = by.acting_as(role)
    log.append(
        f"{call.ledger_room()}.conflict.declared",
        row=conflict,
        by=acting,
        data={"ground": ground, "scope": scope},
        private={"between": {"evaluator": evaluator.pk, "organisation": str(company.public_id)}, "reason": reason},
    )
    _take_out(call, evaluator, acting, reason)
    return conflict


def _take_out(call: Call, evaluator: Evaluator, acting: Any, reason: str) -> None:
    """Bar the assignments that a conflict now reaches and strike their sheets; the ledger keeps what they held."""
    reached = {application for who, application in queries.bars(call) if who == evaluator.pk}
    live = [AssignmentStatus.PROPOSED, AssignmentStatus.CLEARED, AssignmentStatus.SUSPENDED]
    rows = Assignment.objects.filter(
        member__evaluator=evaluator, stage__call=call, application__in=reached, status__in=live
    )
    for assignment in rows.select_related("stage__call", "member"):
        advance(assignment, AssignmentStatus.BARRED, by=acting, steps=workflow.ASSIGNMENT, reason=reason)
        strike_sheets(assignment, acting, reason)


def strike_sheets(assignment: Assignment, acting: Any, reason: str) -> None:
    """Take the live sheet of an assignment out of the result."""
    for sheet in ScoreSheet.objects.filter(assignment=assignment, status__in=[SheetStatus.OPEN, SheetStatus.LOCKED]):
        sheet.assignment = assignment
        advance(sheet, SheetStatus.STRUCK, by=acting, steps=workflow.SHEET, reason=reason)


@transaction.atomic
def file_challenge(
    *, application: Application, evaluator: Evaluator, grounds: str, by: Any, now: datetime
) -> Challenge:
    """기피신청: the evaluator's files of this company are suspended at once."""
    role = rules.check_can_challenge(by, application)
    if not grounds.strip():
        raise Invalid(_("기피하는 까닭을 적어 주십시오."), field="grounds")
    days = application.call.current.term("challenge_days", 14) if application.call.current else 14
    challenge = Challenge.objects.create(
        application=application,
        evaluator=evaluator,
        grounds=grounds.strip(),
        filed_by=by,
        filed_at=now,
        decide_by=end_of_day((now + timedelta(days=days)).astimezone(SEOUL).date()),
    )
    rows = Assignment.objects.filter(
        application=application, member__evaluator=evaluator, status=AssignmentStatus.CLEARED
    )
    for assignment in rows.select_related("stage__call", "member"):
        advance(
            assignment, AssignmentStatus.SUSPENDED, by=by.acting_as(role), steps=workflow.ASSIGNMENT, reason=grounds
        )
    return challenge


@transaction.atomic
def decide_challenge(*, challenge: Challenge, upheld: bool, reasons: str, by: Any, now: datetime) -> Challenge:
    """The approver decides with reasons, which the challenger gets. Upheld: a bar for the whole call; else work resumes."""
    application = challenge.application
    role = rules.check_can_decide_challenge(by, application.call)
    if not reasons.strip():
        raise Invalid(_("결정 이유를 적어 주십시오."), field="reasons")
    advance(
        challenge,
        ChallengeStatus.UPHELD if upheld else ChallengeStatus.DISMISSED,
        by=by.acting_as(role),
        steps=workflow.CHALLENGE,
        reason=reasons,
        changes={"reasons": reasons.strip(), "decided_by": by, "decided_at": now},
    )
    if upheld:
        bar(
            call=application.call,
            evaluator=challenge.evaluator,
            organisation=application.organisation,
            ground=Ground.CHALLENGE,
            reason=reasons,
            by=by,
            role=role,
            now=now,
        )
    else:
        _resume(challenge, by.acting_as(role))
    telling.challenge_decided(challenge)
    return challenge


def _resume(challenge: Challenge, acting: Any) -> None:
    rows = Assignment.objects.filter(
        application=challenge.application, member__evaluator=challenge.evaluator, status=AssignmentStatus.SUSPENDED
    )
    for assignment in rows.select_related("stage__call", "member"):
        advance(assignment, AssignmentStatus.CLEARED, by=acting, steps=workflow.ASSIGNMENT)
