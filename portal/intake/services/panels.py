"""평가위원회: the pool, the panel, its members and their pledges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.accounts.models import Cluster, Organisation, User
from portal.core.errors import Invalid, Overtaken
from portal.core.transition import advance
from portal.intake import queries, rules, workflow
from portal.intake.enums import AssignmentStatus, Gender, Ground, MemberStatus, Sector
from portal.intake.models import Assignment, Call, Evaluator, Member, Panel, Pledge, Stage
from portal.intake.services import telling
from portal.intake.services.avoiding import challenge_named
from portal.intake.services.conflicts import RUNNING, bar, find_exclusions, strike_sheets


@transaction.atomic
def add_evaluator(
    *,
    user: User,
    cluster: Cluster,
    by: Any,
    now: datetime,
    sector: Sector | str = Sector.MARKET,
    employer: str = "",
    gender: Gender | str = Gender.UNSTATED,
    employers: Mapping[str, str | None] | None = None,
    expertise: Sequence[str] = (),
    shareholdings: Mapping[str, int | Mapping[str, Any]] | None = None,
    ties: Mapping[str, Mapping[str, Any]] | None = None,
) -> Evaluator:
    """Enter a person into the cluster's pool, or bring the entry up to date; bars that now follow are entered at once.

    By business number: ``employers``: last day there (ISO), null while it lasts; ``shareholdings``: basis points,
    or with their day ``{"bp": …, "until": ISO day it was sold or null}``; ``ties``: ``{"kind": FAMILY | MENTOR | INVESTOR |
    ADVISER, "until": ISO day or null}``, also by the name of a representative.
    """
    rules.people.check_may(by, "panel.form", cluster=cluster)
    values = {
        "sector": sector,
        "employer": employer,
        "gender": gender,
        "employers": dict(employers or {}),
        "expertise": list(expertise),
        "shareholdings": dict(shareholdings or {}),
        "ties": {number: dict(tie) for number, tie in (ties or {}).items()},
    }
    evaluator, _created = Evaluator.objects.update_or_create(
        user=user, cluster=cluster, defaults=values | {"active": True}
    )
    for call in Call.objects.filter(stages__panel__members__evaluator=evaluator, status__in=RUNNING).distinct():
        find_exclusions(call=call, by=log.SYSTEM, now=now)
        challenge_named(call=call, now=now)
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
    _check_composition(stage, evaluators, now)
    Stage.objects.select_for_update(no_key=True).get(pk=stage.pk)
    if Panel.objects.filter(stage=stage).exists():
        raise Overtaken
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
    challenge_named(call=stage.call, now=now)
    telling.panel_invited(panel)
    return panel


def _check_composition(stage: Stage, evaluators: Sequence[Evaluator], now: datetime) -> None:
    """The panel rules of the call, as data: ``least_size``, ``least_market_bp``, ``least_women_bp``, ``one_employer``
    (two of one employer may sit together), ``rest_days`` after another panel of the same programme."""
    version = stage.call.current
    terms = version.term("panel", {}) if version else {}
    if len(evaluators) < terms.get("least_size", 1):
        raise Invalid(_("평가위원은 %(n)s명 이상이어야 합니다.") % {"n": terms["least_size"]})
    market = sum(evaluator.sector == Sector.MARKET for evaluator in evaluators)
    if market * 10_000 < terms.get("least_market_bp", 0) * len(evaluators):
        raise Invalid(_("산업계 평가위원의 비율이 기준보다 낮습니다."))
    women = sum(evaluator.gender == Gender.WOMAN for evaluator in evaluators)
    if women * 10_000 < terms.get("least_women_bp", 0) * len(evaluators):
        raise Invalid(_("여성 평가위원의 비율이 기준보다 낮습니다."))
    _check_employers(terms, evaluators)
    tired = queries.served_since(stage.call, now - timedelta(days=terms.get("rest_days", 0)), evaluators)
    if tired and terms.get("rest_days"):
        words = {"names": ", ".join(str(evaluator) for evaluator in tired), "days": terms["rest_days"]}
        raise Invalid(_("최근 %(days)s일 안에 같은 사업을 평가한 위원은 쉬어야 합니다: %(names)s") % words)


def _check_employers(terms: Mapping[str, Any], evaluators: Sequence[Evaluator]) -> None:
    employers = [evaluator.employer for evaluator in evaluators if evaluator.employer]
    if not terms.get("one_employer", False) and len(set(employers)) != len(employers):
        raise Invalid(_("같은 소속의 평가위원을 함께 위촉할 수 없습니다."))


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
def decline_seat(*, member: Member, reason: str, by: Any, now: datetime) -> Member:
    """고사: an invited evaluator says no."""
    role = rules.check_can_answer_invitation(by, member)
    advance(
        member,
        MemberStatus.DECLINED,
        by=by.acting_as(role),
        steps=workflow.MEMBER,
        reason=reason or None,
        changes={"left_reason": reason.strip()},
    )
    telling.seat_declined(member)
    return member


@transaction.atomic
def dismiss_member(*, member: Member, reason: str, by: Any, now: datetime) -> Member:
    """해촉: the member leaves the panel; its assignments are released and what it scored is struck."""
    call = member.panel.stage.call
    role = rules.check_can_run(by, call)
    if not reason.strip():
        raise Invalid(_("해촉하는 까닭을 적어 주십시오."), field="reason")
    acting = by.acting_as(role)
    advance(
        member,
        MemberStatus.DISMISSED,
        by=acting,
        steps=workflow.MEMBER,
        reason=reason,
        changes={"left_reason": reason.strip()},
    )
    rows = Assignment.objects.filter(member=member).select_related("stage__call", "member")
    for row in rows.filter(status__in=[AssignmentStatus.PROPOSED, AssignmentStatus.CLEARED]):
        advance(row, AssignmentStatus.RELEASED, by=acting, steps=workflow.ASSIGNMENT, reason=reason)
        strike_sheets(row, acting, reason)
    telling.member_dismissed(member, reason.strip())
    return member


@transaction.atomic
def seat_substitute(*, stage: Stage, evaluator: Evaluator, by: Any, now: datetime) -> Member:
    """예비위원을 위촉: a substitute of the panel takes a seat, or an evaluator of the pool joins it; bars by rule are entered."""
    role = rules.check_can_run(by, stage.call)
    panel = Panel.objects.filter(stage=stage).first()
    if panel is None:
        raise Invalid(_("먼저 위원회를 구성해 주십시오."))
    panel.stage = stage
    _check_joining(panel, evaluator, now)
    member, created = Member.objects.get_or_create(panel=panel, evaluator=evaluator)
    if not created:
        _take_seat(member)
    member.panel = panel
    log.append(
        f"{stage.ledger_room()}.member.seated",
        row=member,
        by=by.acting_as(role),
        data={"origin": "POOL" if created else "SUBSTITUTE"},
    )
    find_exclusions(call=stage.call, by=by, now=now)
    challenge_named(call=stage.call, now=now)
    if member.status == MemberStatus.INVITED:
        telling.member_invited(member)
    return member


def _take_seat(member: Member) -> None:
    """A substitute becomes a member; one who sits already, declined or was dismissed takes no second seat."""
    waiting = Member.objects.filter(
        pk=member.pk, is_substitute=True, status__in=[MemberStatus.INVITED, MemberStatus.ACCEPTED]
    )
    if waiting.update(is_substitute=False) != 1:
        raise Overtaken
    member.is_substitute = False


def _check_joining(panel: Panel, evaluator: Evaluator, now: datetime) -> None:
    """Whoever joins later meets the rules about persons; the shares were those of the panel as it was formed."""
    version = panel.stage.call.current
    terms = version.term("panel", {}) if version else {}
    seated = Evaluator.objects.filter(
        memberships__panel=panel, memberships__status__in=[MemberStatus.INVITED, MemberStatus.ACCEPTED]
    )
    _check_employers(terms, [*seated.filter(memberships__is_substitute=False).exclude(pk=evaluator.pk), evaluator])
    days = terms.get("rest_days", 0)
    if days and queries.served_since(panel.stage.call, now - timedelta(days=days), [evaluator]):
        words = {"names": str(evaluator), "days": days}
        raise Invalid(_("최근 %(days)s일 안에 같은 사업을 평가한 위원은 쉬어야 합니다: %(names)s") % words)
