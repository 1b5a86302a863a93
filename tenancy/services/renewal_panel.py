"""Another term by a panel: the tenant's application to a call of ``space-renewal``, and what its result does here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger import log
from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.core.periods import SEOUL
from portal.core.transition import advance
from portal.intake import services as intake
from portal.intake.models import Application, Call
from tenancy import queries, rules
from tenancy.enums import LeaseStatus, RenewalPath, RenewalStatus
from tenancy.models import Hub, RenewalReview
from tenancy.reasons import FIGURES
from tenancy.renewal_round import definition
from tenancy.services.displaced import hold_again
from tenancy.services.offers import take_back_offers
from tenancy.services.renewals import give_back
from tenancy.services.telling import tell_renewal, tell_renewal_call
from tenancy.workflow import RENEWAL

PROGRAMME = "space-renewal"


@transaction.atomic
def begin_renewal(*, review: RenewalReview, by: Any, now: datetime) -> Application:
    """Begin the tenant's application to the open call of its hub, with the figures known already filled in.

    Beginning again finds the first. Raises ``NotAllowed`` while no call is open.
    """
    rules.check_can_ask_renewal(by, review)
    call = queries.renewal_call(review.lease.unit.hub, now)
    if review.path != RenewalPath.PANEL or call is None:
        raise NotAllowed(_("지금 신청을 받는 연장평가 공고가 없습니다. 공고가 나면 알려 드립니다."))
    application = intake.start_application(call=call, organisation=review.lease.organisation, by=by, now=now)
    if not application.drafts.exists():
        _fill_in(application, review, by=by, now=now)
    return application


def _fill_in(application: Application, review: RenewalReview, *, by: Any, now: datetime) -> None:
    form = application.call.current.parsed_form if application.call.current else None
    for section in form.sections if form else ():
        codes = {block.code for block in section.blocks}
        known = {code: value for code, value in review.figures.items() if code in codes}
        if known:
            intake.save_draft(application=application, section=section.code, answers=known, version=0, by=by, now=now)


def check_invited(*, call: Call, organisation: Any, now: datetime) -> None:
    """Only tenants whose term ends, and only at their own hub."""
    if queries.invited_review(call, organisation) is None:
        raise NotAllowed(_("연장평가를 안내받은 입주기업만 신청할 수 있습니다."))


def enter_renewal(*, application: Application, answers: dict[str, Any], by: Any, now: datetime) -> None:
    """The application was sent: its figures count, and the review has begun. A new revision changes the figures only."""
    figures = {code: answers[code] for code in FIGURES if isinstance(answers.get(code), int)}
    review = _review_of(application)
    if review is not None:
        review.figures = review.figures | figures
        review.save(update_fields=["figures"])
        return
    review = queries.invited_review(application.call, application.organisation)
    if review is None or review.lease.status != LeaseStatus.ACTIVE:
        raise NotAllowed(_("연장평가를 안내받은 입주기업만 신청할 수 있습니다."))
    changes = {"figures": review.figures | figures, "applied_by": by, "application": application}
    acting = by.acting_as(rules.check_can_ask_renewal(by, review))
    if review.status == RenewalStatus.APPLIED:  # the call of the first application was cancelled
        RenewalReview.objects.filter(pk=review.pk).update(**changes)
        return
    advance(review, RenewalStatus.APPLIED, by=acting, steps=RENEWAL, changes=changes)


def grant_by_panel(*, application: Application, decided_by: Any, by: Any, now: datetime) -> None:
    """The panel's result, or an appeal after it, gives the term. ``by`` acts in a role."""
    review = _review_of(application)
    if review is None or review.status not in (RenewalStatus.APPLIED, RenewalStatus.REFUSED):
        raise Overtaken
    again = review.status == RenewalStatus.REFUSED
    changes = {"decided_by": decided_by, "decided_at": now, "reason": ""}
    advance(review, RenewalStatus.GRANTED, by=by, steps=RENEWAL, changes=changes)
    if again:
        hold_again(review, by=by, now=now)
    tell_renewal(review)


def refuse_by_panel(*, application: Application, reason: str, decided_by: Any, by: Any, now: datetime) -> None:
    """The panel refuses: the hold ends, the room is announced for its end date. Told once, whatever comes after."""
    review = _review_of(application)
    if review is None or review.status != RenewalStatus.APPLIED:
        return
    reason = reason or _("평가 결과")
    changes = {"decided_by": decided_by, "decided_at": now, "reason": reason[:400]}
    advance(review, RenewalStatus.REFUSED, by=by, steps=RENEWAL, reason=reason, changes=changes)
    give_back(review, by=by)


def leave_renewal(*, application: Application, by: Any, now: datetime) -> None:
    """The application was withdrawn or taken back: nothing is held for another term any more. ``by`` acts in a role."""
    review = _review_of(application)
    if review is not None and review.status in (RenewalStatus.APPLIED, RenewalStatus.GRANTED):
        advance(review, RenewalStatus.LAPSED, by=by, steps=RENEWAL)
        give_back(review, by=by)
        take_back_offers(review.offers.all(), by=by, now=now)


def _review_of(application: Application) -> RenewalReview | None:
    rows = RenewalReview.objects.filter(application=application)
    return rows.select_related(
        "lease__organisation", "lease__unit__floor__building__hub__cluster", "lease__offer__need__application__call"
    ).first()


@transaction.atomic
def draft_renewal_round(*, hub: Hub, opens_at: datetime, closes_at: datetime, by: Any, now: datetime) -> Call:
    """Write the hub's next call for another term, for as many tenants as may be asked by its closing. The approver
    publishes it as any call. Raises ``Invalid`` when nobody is to be asked."""
    rules.check_can_prepare_round(by, hub)
    today, until = now.astimezone(SEOUL).date(), closes_at.astimezone(SEOUL).date()
    places = queries.may_renew(hub, today, until)
    if not places:
        raise Invalid(_("그때까지 연장을 안내받는 입주기업이 없습니다."), field="closes")
    data = definition(hub, opens_at=opens_at, closes_at=closes_at, places=places, number=_number(hub, opens_at))
    return intake.create_call(cluster=hub.cluster, programme=PROGRAMME, data=data, by=by, now=now)


def _number(hub: Hub, opens_at: datetime) -> int:
    """Which of the hub's calls of a month this is."""
    return Call.objects.filter(programme=PROGRAMME, code__startswith=f"renewal-{hub.code}-{opens_at:%Y%m}").count() + 1


def tell_renewal_calls(*, now: datetime) -> int:
    """Tell every invited tenant of the call that takes its application, once; answers how many wait with one open."""
    told = 0
    for review in list(queries.invited_to_panel()):
        call = queries.renewal_call(review.lease.unit.hub, now)
        if call is not None:
            tell_renewal_call(review, call)
            told += 1
    return told


@transaction.atomic
def set_renewal_path(*, hub: Hub, path: RenewalPath | str, by: Any) -> None:
    """How the hub decides on another term from the next invitation on; reviews under way keep their way."""
    role = rules.check_can_reshape(by, hub)
    if path not in RenewalPath.values:
        raise Invalid(_("연장평가 방식을 골라 주십시오."), field="path")
    hub.renewal_path = path
    hub.save(update_fields=["renewal_path"])
    log.append("space.hub.renewal_path_set", row=hub, by=by.acting_as(role), data={"path": path})
