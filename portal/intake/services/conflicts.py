"""이해충돌: bars by rule (제척), by oneself (회피) and after a challenge (기피). One bar holds for the whole call."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts.models import Membership, Organisation
from portal.accounts.queries import affiliates_of_all
from portal.accounts.services import AFFILIATION_DECLARED, MEMBER_JOINED
from portal.core import outbox
from portal.core.clock import database_now
from portal.core.errors import Invalid, NotAllowed
from portal.core.models import OutboxMessage
from portal.core.periods import SEOUL
from portal.core.transition import advance
from portal.intake import interests, queries, rules, workflow
from portal.intake.enums import AssignmentStatus, CallStatus, Ground, Scope, SheetStatus
from portal.intake.models import Application, Assignment, Call, Conflict, Evaluator, ScoreSheet
from portal.intake.services import telling
from portal.intake.services.acting import person

#: Calls in which a new tie still matters.
RUNNING = (CallStatus.PUBLISHED, CallStatus.REVIEWING)


@transaction.atomic
def find_exclusions(*, call: Call, by: Any, now: datetime) -> int:
    """제척, by rule: whoever belongs, belonged, holds shares or is tied to a company that entered, its parent or its
    subsidiaries. Returns how many were new; may run any number of times.
    """
    rules.check_can_run(by, call)
    evaluators = list(Evaluator.objects.filter(memberships__panel__stage__call=call).distinct())
    ties = queries.ties_of(evaluators)
    companies = list(queries.companies_of(call))
    known = set(Conflict.objects.filter(call=call, ground=Ground.EXCLUSION).values_list("evaluator", "organisation"))
    today = now.astimezone(SEOUL).date()
    affiliates = _numbers(companies, today)
    members = _members(companies, {number for numbers in affiliates.values() for number in numbers})
    share = call.current.term("share_bp", 0) if call.current else 0
    new = 0
    for evaluator in evaluators:
        for company in companies:
            if (evaluator.pk, company.pk) in known:
                continue
            of_company = [company.pk, *affiliates[company.pk]]
            member = any((evaluator.user_id, which) in members for which in of_company)
            reason = (
                _("신청 기업(관계 기업 포함)의 구성원")
                if member
                else next(
                    interests.excluding(
                        ties[evaluator.pk],
                        numbers=affiliates[company.pk],
                        representative=company.representative,
                        share_bp=share,
                        on=today,
                    ),
                    "",
                )
            )
            if reason:
                _bar(call, evaluator, company, Ground.EXCLUSION, reason, log.SYSTEM, "system", now)
                new += 1
    return new


@outbox.handler(MEMBER_JOINED)
def exclude_who_joined(message: OutboxMessage) -> None:
    """Somebody has come to belong to a company: where both are in a call that runs, the bar is entered now."""
    user, company = message.payload["user"], message.payload["organisation"]
    running = Call.objects.filter(status__in=RUNNING, applications__organisation=company)
    for call in running.filter(stages__panel__members__evaluator__user=user).distinct():
        find_exclusions(call=call, by=log.SYSTEM, now=database_now())


@outbox.handler(AFFILIATION_DECLARED)
def exclude_for_affiliation(message: OutboxMessage) -> None:
    """A company has declared a parent or subsidiary: the bars of calls that run are entered now.

    The relation counts for both, so calls of the other company are looked at too.
    """
    declared = Organisation.objects.get(pk=message.payload["organisation"])
    now = database_now()
    numbers = _numbers([declared], now.astimezone(SEOUL).date())[declared.pk]
    applied = Application.objects.filter(
        Q(organisation=declared) | Q(organisation__business_number__in=numbers)
    ).values("call")
    for call in Call.objects.filter(pk__in=applied, status__in=RUNNING).order_by("pk"):
        find_exclusions(call=call, by=log.SYSTEM, now=now)


def _numbers(companies: Iterable[Organisation], on: date) -> dict[int, list[str]]:
    """By company its business number with those of parents and subsidiaries, as declared by either side."""
    wanted = list(companies)
    others = affiliates_of_all(wanted, on)
    return {one.pk: [number for number in (one.business_number, *others[one.pk]) if number] for one in wanted}


def _members(companies: Iterable[Organisation], numbers: Iterable[str]) -> set[tuple[int, int | str]]:
    """Who belongs to which company, by its key and by business number: parents and subsidiaries may have accounts too."""
    related = Q(organisation__in=companies) | Q(organisation__business_number__in=list(numbers))
    found: set[tuple[int, int | str]] = set()
    rows = Membership.objects.filter(related, ended_at__isnull=True)
    for user, company, number in rows.values_list("user", "organisation", "organisation__business_number"):
        found |= {(user, company), (user, number or company)}
    return found


@transaction.atomic
def recuse(*, call: Call, organisation: Organisation, reason: str, by: Any, now: datetime) -> Conflict:
    """회피 at any time: one click on a file; what was scored is struck out of the result."""
    evaluator = queries.evaluator_in(call, by)
    if evaluator is None:
        raise NotAllowed
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
        was = assignment.status
        advance(assignment, AssignmentStatus.BARRED, by=acting, steps=workflow.ASSIGNMENT, reason=reason)
        strike_sheets(assignment, acting, reason)
        if was != AssignmentStatus.PROPOSED:
            telling.files_changed(assignment)


def strike_sheets(assignment: Assignment, acting: Any, reason: str) -> None:
    """Take the live sheet of an assignment out of the result."""
    for sheet in ScoreSheet.objects.filter(assignment=assignment, status__in=[SheetStatus.OPEN, SheetStatus.LOCKED]):
        sheet.assignment = assignment
        advance(sheet, SheetStatus.STRUCK, by=acting, steps=workflow.SHEET, reason=reason)
