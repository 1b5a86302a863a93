"""After publication: corrections, remedies of appeals, the reserve's order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.intake import papers, queries, services
from portal.intake.models import Appeal, Application, Assignment, Decision, ReserveEntry, Track
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import REVIEW, TRIAL

pytestmark = pytest.mark.django_db


@pytest.fixture
def told():
    """Two places, two in reserve, one refused; the last stage's sheets as given."""
    domestic = {**factory.definition()["tracks"][0], "spill": []}
    trial = factory.open_round(tracks=[domestic])
    files = [trial.apply() for _ in range(5)]
    points = {str(one): value for one, value in zip(files, (25, 24, 23, 22, 21), strict=True)}
    trial.tell(trial.play_to_final(points))
    trial.call.refresh_from_db()
    trial.reviewer = people.with_role("space.appeal_reviewer", cluster=trial.call.cluster)
    return trial, files


def states(files):
    return [Application.objects.get(pk=one.pk).status for one in files]


def final(trial):
    return Decision.objects.select_related("call__current", "call__cluster").get(call=trial.call, kind="FINAL")


def upheld(trial, application, remedy):
    notice = application.notices.order_by("pk").last()
    appeal = services.file_appeal(notice=notice, grounds="다시", by=factory.master_of(application), now=REVIEW)
    for outcome, chosen in (("ADMITTED", ""), ("UPHELD", remedy)):
        services.decide_appeal(
            appeal=appeal, outcome=outcome, reasons="채점 오류", remedy=chosen, by=trial.reviewer, now=REVIEW
        )
    return Appeal.objects.select_related("application__call__cluster", "application__call__current").get(pk=appeal.pk)


def test_an_appeal_is_put_on_paper_before_and_after_its_decision(told):
    trial, files = told
    filed = services.file_appeal(notice=files[4].notices.last(), grounds="다시", by=trial.masters[4], now=REVIEW)
    before = papers.appeal(filed)
    services.withdraw_appeal(appeal=filed, by=trial.masters[4], now=REVIEW)
    after = papers.appeal(upheld(trial, files[4], "SELECT"))
    assert [str(paper.title) for paper in (before, after)] == ["이의신청 접수증", "이의신청 결정통지"]
    assert [paper.number for paper in (before, after)] == [files[4].receipt_number] * 2
    assert [paper.entry.title for paper in (before, after)] == ["이의신청이 접수되었습니다", "이의신청을 결정했습니다"]
    assert after.parts[-1].text == ["채점 오류"]


def rescored(trial, appeal, points):
    """Substitutes score the appellant's file of the last stage again; the run is made anew."""
    stage = trial.stages[1]
    services.order_rescoring(appeal=appeal, stage=stage, by=trial.officer, now=REVIEW)
    judge = factory.evaluator(trial.call, by=trial.officer)
    member = services.seat_substitute(stage=stage, evaluator=judge, by=trial.officer, now=REVIEW)
    services.sign_pledge(call=trial.call, by=judge.user, now=REVIEW)
    member.refresh_from_db()
    application = Application.objects.get(pk=appeal.application_id)
    services.assign_by_hand(stage=stage, application=application, member=member, by=trial.officer, now=REVIEW)
    stage.refresh_from_db()
    services.confirm_assignments(stage=stage, by=trial.officer, now=REVIEW)
    trial.score(stage, {str(application): points})
    services.settle_stage(stage=stage, by=trial.officer, now=REVIEW)


def correct(trial, **more):
    return services.prepare_correction(corrects=final(trial), reason="재평가", by=trial.officer, now=REVIEW, **more)


def test_rescored_file_gets_a_place_beyond_the_quota_only_by_remedy(told):
    trial, files = told
    appeal = upheld(trial, files[4], "RESCORE")
    rescored(trial, appeal, 25)
    assert (states(files)[4], Assignment.objects.filter(status="RELEASED").count()) == ("IN_REVIEW", 2)
    correction = correct(trial, appeal=appeal)
    outcomes = {
        str(line.application): (line.outcome, line.place, line.reserve_order) for line in correction.lines.all()
    }
    # 21 points in the first stage and 25 in the second: third place, first of the reserve.
    assert outcomes.keys() == {str(one) for one in files[2:]}
    assert outcomes[str(files[4])] == ("RESERVED", 3, 1)
    assert [outcomes[str(one)] for one in files[2:4]] == [("RESERVED", 4, 2), ("RESERVED", 5, 3)]
    trial.tell(correction)

    assert states(files) == ["SELECTED", "SELECTED", "RESERVED", "RESERVED", "RESERVED"]
    order = list(ReserveEntry.objects.order_by("order").values_list("application", flat=True))
    assert order == [files[4].pk, files[2].pk, files[3].pk]
    assert [one.notices.filter(line__decision=correction).count() for one in files] == [0, 0, 1, 1, 1]
    with pytest.raises(Invalid, match="달라지는"):
        correct(trial)
    services.withdraw(application=Application.objects.get(pk=files[0].pk), reason="", by=trial.masters[0], now=REVIEW)
    assert states(files)[4] == "SELECTED"


def test_remedy_selects_beyond_the_quota_when_all_places_are_taken(told):
    trial, files = told
    appeal = upheld(trial, files[4], "SELECT")
    before = TRIAL.calls.count(("published", str(files[4])))
    correction = correct(trial, appeal=appeal)
    trial.tell(correction)
    fresh = Application.objects.get(pk=files[4].pk)
    assert (fresh.status, fresh.beyond_quota) == ("SELECTED", True)
    assert TRIAL.calls.count(("published", str(files[4]))) == before + 1
    assert queries.places_left([fresh.quota_track_id]) == {fresh.quota_track_id: 0}
    with pytest.raises(DatabaseError, match="without an upheld appeal"), transaction.atomic():
        Application.objects.filter(pk=files[2].pk).update(
            status="SELECTED", quota_track=fresh.quota_track_id, beyond_quota=True
        )


def test_remedy_takes_the_free_place_first_and_a_place_gone_meanwhile_stops_it(told):
    trial, files = told
    TRIAL.misfits = {str(files[2]), str(files[3])}
    services.withdraw(application=Application.objects.get(pk=files[0].pk), reason="", by=trial.masters[0], now=REVIEW)
    correction = correct(trial, appeal=upheld(trial, files[4], "SELECT"))
    assert not correction.lines.get(application=files[4]).beyond_quota
    services.decide(decision=correction, by=trial.approver, now=REVIEW)
    TRIAL.misfits = set()
    track = Track.objects.get(call=trial.call, code="DOMESTIC")
    services.call_next_reserve(track=track, freed=None, by=trial.approver, now=REVIEW)
    with pytest.raises(Overtaken), transaction.atomic():
        services.publish(decision=correction, by=trial.approver, now=REVIEW)
    correction.refresh_from_db()
    correction = Decision.objects.select_related("call__current", "call__cluster").get(pk=correction.pk)
    services.reopen_decision(decision=correction, reason="자리가 참", by=trial.approver, now=REVIEW)
    assert correct(trial).status == "DRAFT"


def test_correction_needs_a_published_result_a_reason_and_its_own_appeal(told):
    trial, files = told
    with pytest.raises(Invalid):
        services.prepare_correction(corrects=final(trial), reason=" ", by=trial.officer, now=REVIEW)
    with pytest.raises(NotAllowed):
        services.prepare_correction(corrects=final(trial), reason="x", by=trial.approver, now=REVIEW)
    filed = services.file_appeal(notice=files[4].notices.last(), grounds="다시", by=trial.masters[4], now=REVIEW)
    with pytest.raises(Invalid):
        correct(trial, appeal=filed)
    with pytest.raises(NotAllowed):
        services.order_rescoring(appeal=filed, stage=trial.stages[1], by=trial.officer, now=REVIEW)
    with pytest.raises(Invalid):
        services.decide_appeal(appeal=filed, outcome="REJECTED", remedy="SELECT", reasons="x", by=trial.reviewer, now=REVIEW)  # fmt: skip


def test_appeal_is_extended_once_withdrawn_and_says_the_next_remedy(told):
    trial, files = told
    master = trial.masters[4]
    appeal = services.file_appeal(notice=files[4].notices.last(), grounds="다시", by=master, now=REVIEW)
    due, extend = appeal.due_at, {"appeal": appeal, "by": trial.reviewer, "now": REVIEW}
    for wrong in ({"days": 11, "reason": "감정"}, {"days": 0, "reason": "감정"}, {"days": 5, "reason": " "}):
        with pytest.raises(Invalid):
            services.extend_appeal(**extend, **wrong)
    services.extend_appeal(**extend, days=10, reason="감정 의뢰")
    assert timedelta(days=10) <= appeal.due_at - due <= timedelta(days=14)
    with pytest.raises(NotAllowed):
        services.extend_appeal(**extend, days=1, reason="또")
    services.withdraw_appeal(appeal=appeal, by=master, now=REVIEW)
    again = services.file_appeal(notice=files[4].notices.last(), grounds="또", by=master, now=REVIEW)
    services.decide_appeal(appeal=again, outcome="REJECTED", reasons="같은 이유", by=trial.reviewer, now=REVIEW)
    assert (again.next_remedy_until - REVIEW.date()).days in range(90, 95)
    with pytest.raises(DatabaseError, match="part in the call"), transaction.atomic():
        Appeal.objects.filter(pk=again.pk).update(decided_by=trial.officer)


def test_ineligible_company_is_reinstated_by_its_appeal():
    trial = factory.open_round(eligibility=[{"rule": "business_status"}])
    application = trial.apply()
    trial.close()
    fresh = Application.objects.select_related("call__cluster", "call__current").get(pk=application.pk)
    services.record_finding(
        application=fresh, rule="business_status", outcome="FAIL", evidence="조회", sentence="폐업", by=trial.officer, now=REVIEW
    )  # fmt: skip
    trial.tell(services.prepare_eligibility(call=trial.call, by=trial.officer, now=REVIEW))
    trial.reviewer = people.with_role("space.appeal_reviewer", cluster=trial.call.cluster)
    appeal = upheld(trial, application, "REINSTATE")
    assert services.reinstate(appeal=appeal, by=trial.officer, now=REVIEW).status == "IN_REVIEW"


def test_struck_after_the_shortlist_the_substitute_changes_who_goes_on():
    trial = factory.open_round(
        stages=[
            factory.stage("DOCUMENT", 3000, go_on=1, criteria=[("기술성", 10_000)]),
            factory.stage("PRESENTATION", 7000, go_on=None, criteria=[("수행역량", 10_000)]),
        ]
    )
    one, two = trial.apply(), trial.apply()
    trial.close()
    trial.check_eligibility()
    trial.seat()
    stage = trial.assign(1)
    trial.score(stage, {str(one): 25, str(two): 24})
    services.settle_stage(stage=stage, by=trial.officer, now=REVIEW)
    shortlist = services.prepare_shortlist(stage=stage, by=trial.officer, now=REVIEW)
    trial.tell(shortlist)
    assert states([one, two]) == ["IN_REVIEW", "NOT_SELECTED"]

    judge = trial.evaluators[0]
    services.recuse(call=trial.call, organisation=one.organisation, reason="친족", by=judge.user, now=REVIEW)
    services.reopen_stage(stage=stage, reason="회피", by=trial.officer, now=REVIEW)
    other = Assignment.objects.select_related("stage__call").get(application=one, status="CLEARED")
    services.release_assignment(assignment=other, reason="재평가", by=trial.officer, now=REVIEW)
    substitute = factory.evaluator(trial.call, by=trial.officer)
    member = services.seat_substitute(stage=stage, evaluator=substitute, by=trial.officer, now=REVIEW)
    services.sign_pledge(call=trial.call, by=substitute.user, now=REVIEW)
    member.refresh_from_db()
    services.assign_by_hand(stage=stage, application=one, member=member, by=trial.officer, now=REVIEW)
    stage.refresh_from_db()
    services.confirm_assignments(stage=stage, by=trial.officer, now=REVIEW)
    trial.score(stage, {str(one): 16})
    services.settle_stage(stage=stage, by=trial.officer, now=REVIEW)
    shortlist = Decision.objects.select_related("call__current", "call__cluster", "stage").get(pk=shortlist.pk)
    correction = services.prepare_correction(corrects=shortlist, reason="제척", by=trial.officer, now=REVIEW)
    trial.tell(correction)
    # The one who goes on keeps that; the one now before it goes on too.
    assert states([one, two]) == ["IN_REVIEW", "IN_REVIEW"]
    assert {str(line.application): line.place for line in correction.lines.all()} == {str(one): 2, str(two): 1}
