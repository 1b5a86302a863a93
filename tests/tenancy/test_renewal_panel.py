"""Another term by a panel: invited, applied to a call, judged, granted or refused, appealed (design 05 §8)."""

from datetime import date, timedelta

import pytest

from ledger import log
from portal.core.errors import Invalid, NotAllowed, Refused
from portal.intake import services as intake
from portal.intake.models import Appeal, Application, Decision, ResultNotice
from portal.notices.models import Notice
from tenancy import queries, services
from tenancy.models import Lease, LeaseTerm, MoveOut, RenewalReview
from tests.factories import intake as rounds
from tests.factories.people import company, leaves, person, with_role
from tests.factories.space import NOW, START, leased, master, selected, space
from tests.tenancy.test_constraints import refused
from tests.tenancy.test_endings import END, SECOND_END, at, days, fresh, new_day
from tests.tenancy.test_money import adds_up, billed

pytestmark = pytest.mark.django_db
INVITED, OPENS, CLOSES = date(2020, 9, 24), at(date(2020, 9, 28)), at(date(2020, 10, 19), 18)
ANSWERS = {
    "figures": {"sales": 120_000_000, "jobs": 4, "investment": 0, "days": 275},
    "plan": {"results": "고객 열 곳", "next": "해외 진출", "true_figures": True},
}
FAIR, POOR = 25, 5


def hub_with(*codes, **terms):
    """A hub that asks a panel, with a tenant in each of these rooms but the last."""
    place = space(" ".join(codes), **terms)
    services.set_renewal_path(hub=place.hub, path="PANEL", by=place.approver)
    place.leases = []
    for code in codes[:-1]:
        lease = leased(place, selected(place), code)
        services.move_in(lease=lease, on=START, by=place.officer, now=NOW)
        place.leases.append(Lease.objects.get(pk=lease.pk))
    place.lease = place.leases[0]
    place.master = master(place.lease.offer.need)
    services.invite_renewals(now=at(INVITED))
    return place


def opened(place):
    """The hub's call for another term, published."""
    call = services.draft_renewal_round(
        hub=place.hub, opens_at=OPENS, closes_at=CLOSES, by=place.officer, now=at(INVITED)
    )
    return intake.publish_call(call=call, by=place.approver, now=at(INVITED))


def apply(review):
    """The tenant completes the figures and sends."""
    by, now = master(review.lease.offer.need), OPENS + timedelta(days=1)
    application = services.begin_renewal(review=review, by=by, now=now)
    for section, answers in ANSWERS.items():
        draft = application.drafts.filter(section=section).first()
        intake.save_draft(
            application=application,
            section=section,
            answers=answers,
            version=draft.version if draft else 0,
            by=by,
            now=now,
        )
    intake.submit(application=application, key="k", by=by, now=now)
    review.refresh_from_db()
    return review.application


def judge(place, call, points):
    """Three evaluators, one stage, the final decision told. ``points`` by application."""
    trial = rounds.Round(intake.close_call(call=call, by=place.officer, now=CLOSES), place.officer, place.approver)
    intake.draw_lottery(call=trial.call, public_value="drand", by=place.officer, now=CLOSES)
    trial.check_eligibility()
    if trial.call.applications.filter(status="IN_REVIEW").exists():
        trial.seat(size=3)
        stage = trial.assign(1)
        trial.score(stage, points)
        intake.settle_stage(stage=stage, by=place.officer, now=CLOSES)
        trial.tell(intake.prepare_final(call=trial.call, by=place.officer, now=CLOSES))
    return trial


def decided(place, *points):
    """All tenants applied and were judged, in the order of their leases."""
    call = opened(place)
    reviews = list(RenewalReview.objects.order_by("lease"))
    scores = {str(apply(review)): given for review, given in zip(reviews, points, strict=True)}
    place.trial = judge(place, call, scores)
    return [RenewalReview.objects.get(pk=review.pk) for review in reviews]


def overturn(place, review):
    """The refused tenant appeals; a substitute scores the file again, and the correction that follows is told."""
    trial, stage, now = place.trial, place.trial.stages[0], rounds.REVIEW
    notice = ResultNotice.objects.filter(application=review.application).latest("pk")
    appeal = intake.file_appeal(notice=notice, grounds="잘못 세었습니다.", by=place.master, now=now)
    reviewer = with_role("space.appeal_reviewer", cluster=place.hub.cluster)
    for outcome, remedy in (("ADMITTED", ""), ("UPHELD", "RESCORE")):
        intake.decide_appeal(appeal=appeal, outcome=outcome, reasons="채점 오류", remedy=remedy, by=reviewer, now=now)
    appeal = Appeal.objects.select_related("application__call__cluster", "application__call__current").get()
    intake.order_rescoring(appeal=appeal, stage=stage, by=place.officer, now=now)
    substitute = rounds.evaluator(trial.call, by=place.officer)
    member = intake.seat_substitute(stage=stage, evaluator=substitute, by=place.officer, now=now)
    intake.sign_pledge(call=trial.call, by=substitute.user, now=now)
    member.refresh_from_db()
    file = Application.objects.get(pk=appeal.application_id)
    intake.assign_by_hand(stage=stage, application=file, member=member, by=place.officer, now=now)
    stage = trial.stages[0]
    intake.confirm_assignments(stage=stage, by=place.officer, now=now)
    trial.score(stage, {str(file): FAIR})
    intake.settle_stage(stage=stage, by=place.officer, now=now)
    final = Decision.objects.select_related("call__current", "call__cluster").get(call=trial.call, kind="FINAL")
    trial.tell(intake.prepare_correction(corrects=final, reason="재평가", by=place.officer, now=now, appeal=appeal))
    review.refresh_from_db()


def test_invited_with_what_is_known_applied_judged_granted_and_signed():
    place = hub_with("801", "802")
    review = RenewalReview.objects.get()
    assert (review.path, review.figures) == ("PANEL", {"days": (INVITED - START).days})
    with pytest.raises(NotAllowed, match="평가위원회"):
        services.ask_renewal(review=review, figures={}, by=place.master, now=OPENS)
    with pytest.raises(NotAllowed, match="공고가 없습니다"):
        services.begin_renewal(review=review, by=place.master, now=OPENS)
    [review] = decided(place, FAIR)
    assert (review.status, review.decided_by) == ("GRANTED", place.approver)
    assert review.figures == ANSWERS["figures"]
    with pytest.raises(NotAllowed, match="평가위원회"):
        services.decide_renewal(review=review, granted=False, by=place.approver, now=OPENS, reason="x")
    services.sign_renewal(review=review, by=place.master, now=at(date(2020, 11, 5)), consented=True)
    assert Application.objects.get(pk=review.application_id).status == "FULFILLED"
    assert [leaf["type"] for leaf in leaves(review)] == [
        f"space.renewal.{done}/1" for done in ("invited", "applied", "granted", "signed")
    ]
    new_day(END)
    assert days(place.lease) == [(START, END, "ENDED"), (END, SECOND_END, "OCCUPIED")]
    adds_up()


def test_the_draft_begins_with_the_figures_known_and_beginning_again_finds_it():
    place = hub_with("801", "802")
    opened(place)
    review, now = RenewalReview.objects.get(), OPENS + timedelta(days=1)
    first = services.begin_renewal(review=review, by=place.master, now=now)
    assert first.drafts.get().answers == {"days": (INVITED - START).days}
    assert services.begin_renewal(review=review, by=place.master, now=now) == first
    stranger = person()
    with pytest.raises(NotAllowed, match="안내받은"):
        intake.start_application(call=first.call, organisation=company(stranger), by=stranger, now=now)


def test_refused_with_reasons_gives_the_room_back_and_an_appeal_holds_it_again():
    place = hub_with("801", "802", "803")
    stays, goes = decided(place, FAIR, POOR)
    assert (stays.status, goes.status) == ("GRANTED", "REFUSED")
    assert "60" in goes.reason
    assert leaves(goes.lease)[-1]["type"] == "space.lease.not_renewed/1"
    assert days(goes.lease) == [(START, END, "OCCUPIED")]
    services.notice_ends(now=at(END - timedelta(days=20)))
    place.master = master(goes.lease.offer.need)
    overturn(place, goes)
    assert (goes.status, goes.waiting_since) == ("GRANTED", None)
    assert days(goes.lease)[1:] == [(END, SECOND_END, "HELD")]
    assert Lease.objects.get(pk=goes.lease_id).status == "ACTIVE"
    assert MoveOut.objects.get().status == "CANCELLED"
    adds_up()


def successor(place, code, start):
    """Somebody else has accepted the room from a day on."""
    need = selected(place)
    offer = services.offer_room(
        need=need, unit=place.unit(code), terms=place.terms, start=start, by=log.SYSTEM, now=at(date(2020, 11, 2))
    )
    services.accept_offer(offer=offer, by=master(need), now=at(date(2020, 11, 3)), agreed=True)
    return offer


def test_appeal_upheld_after_the_room_was_accepted_the_tenant_stays_until_then_and_moves_to_the_next_that_fits():
    """§15 case 12."""
    place = hub_with("801", "802")
    [review] = decided(place, POOR)
    later = END + timedelta(days=40)
    offer = successor(place, "801", later)
    services.block_unit(unit=place.unit("802"), start=END, end=SECOND_END, note="수리", by=place.officer)
    overturn(place, review)
    offer.refresh_from_db()
    assert (offer.status, review.status, review.room) == ("ACCEPTED", "GRANTED", None)
    assert [term.period.upper for term in place.lease.terms.all()] == [END, later]
    assert days(place.lease)[1:] == [(END, later, "COMMITTED")]
    with pytest.raises(Refused, match="찾는 중"):
        services.sign_renewal(review=review, by=place.master, now=at(date(2020, 11, 20)), consented=True)
    services.unblock_unit(rows=list(queries.blocked_on(place.floor, END)), by=place.officer)
    assert services.displaced.serve_displaced(place.unit("802"), END, now=rounds.REVIEW) == review
    review.refresh_from_db()
    assert Notice.objects.filter(topic="space.renewal_room").count() == 1
    services.sign_renewal(review=review, by=place.master, now=at(date(2020, 11, 20)), consented=True)
    assert days(place.lease)[1:] == [(END, later, "COMMITTED"), (later, SECOND_END, "COMMITTED")]
    assert Lease.objects.get(pk=place.lease.pk).unit.code == "802"
    assert [term.period.upper for term in LeaseTerm.objects.filter(lease=place.lease)] == [END, later, SECOND_END]
    assert {"space.renewal.waiting/1", "space.renewal.room_found/1"} <= {leaf["type"] for leaf in leaves(review)}
    assert leaves(offer)[-1]["type"] == "space.offer.accepted/1"
    adds_up()


def test_who_waits_is_served_before_any_reserve_and_at_once_when_a_room_is_free():
    place = hub_with("801", "802", "803")
    [review, other] = decided(place, POOR, FAIR)
    successor(place, "801", END)
    overturn(place, review)
    assert review.room == place.unit("803")
    services.sign_renewal(review=review, by=place.master, now=at(date(2020, 11, 20)), consented=True)
    assert days(place.lease)[1:] == [(END, SECOND_END, "COMMITTED")]
    assert other.status == "GRANTED"
    adds_up()


def test_withdrawn_and_granted_but_never_signed_give_the_room_back():
    place = hub_with("801", "802", "803")
    call = opened(place)
    leaving, silent = RenewalReview.objects.order_by("lease")
    for review in (leaving, silent):
        apply(review)
    intake.withdraw(application=leaving.application, reason="이전", by=master(leaving.lease.offer.need), now=OPENS)
    leaving.refresh_from_db()
    assert (leaving.status, days(leaving.lease)) == ("LAPSED", [(START, END, "OCCUPIED")])
    judge(place, call, {str(silent.application): FAIR})
    services.lapse_renewals(now=at(END))
    silent.refresh_from_db()
    assert (silent.status, Application.objects.get(pk=silent.application_id).status) == ("LAPSED", "DECLINED")
    adds_up()


def test_an_invitation_stands_while_a_call_is_open_or_none_ever_was():
    place = hub_with("801", "802")
    late = END - timedelta(days=20)
    assert services.lapse_renewals(now=at(late)) == 0
    assert services.lapse_renewals(now=at(END - timedelta(days=1))) == 1
    assert services.notice_ends(now=at(END - timedelta(days=1))) == 1
    assert fresh(place).status == "VACATING"


def test_an_invitation_falls_when_the_last_call_is_closed():
    place = hub_with("801", "802")
    opened(place)
    assert services.lapse_renewals(now=at(END - timedelta(days=20))) == 1


def test_arrears_are_found_before_the_panel_and_at_signing():
    place = billed()
    services.set_renewal_path(hub=place.hub, path="PANEL", by=place.approver)
    place.lease = place.leases[0]
    services.invite_renewals(now=at(INVITED))
    services.dun(now=at(date(2020, 3, 1)))
    call = opened(place)
    review = RenewalReview.objects.get(lease=place.lease)
    place.master = master(place.lease.offer.need)
    apply(review)
    judge(place, call, {})
    review.refresh_from_db()
    assert (review.status, review.application.status) == ("REFUSED", "INELIGIBLE")
    assert "미납" in review.reason


def test_who_writes_the_round_and_who_sets_the_way():
    place = hub_with("801", "802")
    when = {"opens_at": OPENS, "closes_at": CLOSES, "now": at(INVITED)}
    for nobody in (place.master, place.finance):
        with pytest.raises(NotAllowed):
            services.draft_renewal_round(hub=place.hub, by=nobody, **when)
        with pytest.raises(NotAllowed):
            services.set_renewal_path(hub=place.hub, path="DESK", by=nobody)
    with pytest.raises(NotAllowed):
        services.set_renewal_path(hub=place.hub, path="DESK", by=place.officer)
    with pytest.raises(Invalid):
        services.set_renewal_path(hub=place.hub, path="X", by=place.approver)
    first = services.draft_renewal_round(hub=place.hub, by=place.officer, **when)
    second = services.draft_renewal_round(hub=place.hub, by=place.officer, **when)
    assert (first.tracks.get().quota, second.code) == (1, f"{first.code}-2")


def test_what_a_call_for_another_term_may_not_ask():
    place = hub_with("801", "802")
    call = services.draft_renewal_round(
        hub=place.hub, opens_at=OPENS, closes_at=CLOSES, by=place.officer, now=at(INVITED)
    )
    call.tracks.update(reserve=1)
    call.hubs = ["mapo", "gaepo"]
    version = call.versions.get()
    version.form = {"sections": []}
    version.call = call
    found = call.rules.check_call(version)
    assert [problem.blocking for problem in found] == [True, True, False]


def test_around_the_services():
    place = hub_with("801", "802")
    rows = RenewalReview.objects.all()
    refused(lambda: rows.update(path="X"), "renewal_path_known")
    refused(lambda: rows.update(status="APPLIED"), "renewal_by_panel_has_application")
    refused(lambda: rows.update(room=place.unit("802")), "renewal_room_for_who_waits")
    refused(lambda: type(place.hub).objects.update(renewal_path="X"), "hub_renewal_path_known")
