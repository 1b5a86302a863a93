"""Decisions, publication, reserve, appeals and supplements."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ledger import log
from portal.core.errors import ForgedStep, Invalid, Late, NotAllowed, Overtaken
from portal.core.periods import SEOUL
from portal.intake import pipeline, queries, services, tasks
from portal.intake.errors import Objections
from portal.intake.models import Appeal, Application, Decision, ReserveEntry, Revision, Track
from portal.intake.registry import Problem
from portal.notices.models import Notice
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import CLOSES, REVIEW, TRIAL

pytestmark = pytest.mark.django_db


@pytest.fixture
def told():
    """Two places and a reserve in each of two tracks; six companies; told."""
    trial = factory.open_round()
    domestic = [trial.apply() for _ in range(4)]
    foreign = trial.apply(track="FOREIGN")
    points = {str(one): value for one, value in zip([*domestic, foreign], (25, 24, 23, 22, 20), strict=True)}
    trial.tell(trial.play_to_final(points))
    return trial, domestic, foreign


def state(application):
    return Application.objects.get(pk=application.pk).status


def final(trial):
    return Decision.objects.select_related("call__current", "call__cluster").get(call=trial.call, kind="FINAL")


def test_reserve_is_called_in_order_and_a_misfit_keeps_its_place(told):
    trial, domestic, _foreign = told
    assert [state(one) for one in domestic] == ["SELECTED", "SELECTED", "RESERVED", "RESERVED"]
    TRIAL.misfits = {str(domestic[2])}

    winner = Application.objects.select_related("call__cluster", "organisation").get(pk=domestic[0].pk)
    services.decline(application=winner, reason="다른 곳", by=log.SYSTEM, now=REVIEW)
    track = Track.objects.get(call=trial.call, code="DOMESTIC")
    called = services.call_next_reserve(track=track, freed="room", by=log.SYSTEM, now=REVIEW)

    skipped = ReserveEntry.objects.get(application=domestic[2])
    assert called.application_id == domestic[3].pk
    assert (skipped.status, skipped.skips[0]["ko"]) == ("WAITING", "맞는 공간이 아닙니다.")
    assert ("declined", str(winner)) in TRIAL.calls
    assert services.call_next_reserve(track=track, freed="room", by=log.SYSTEM, now=REVIEW) is None


def test_fulfilling_a_called_reserve_converts_it(told):
    trial, domestic, _foreign = told
    services.withdraw(application=domestic[0], reason="폐업", by=factory.master_of(domestic[0]), now=REVIEW)
    called = Application.objects.select_related("call__cluster", "organisation").get(pk=domestic[2].pk)
    services.fulfil(application=called, by=trial.officer, now=REVIEW)
    assert (state(called), ReserveEntry.objects.get(application=called).status) == ("FULFILLED", "CONVERTED")
    assert queries.rank_order(trial.call)[-1].pk == called.pk


def test_reserves_lapse_by_the_clock_and_the_job_may_run_twice(told):
    _trial, domestic, _foreign = told
    late = REVIEW + timedelta(days=200)
    assert [services.lapse_reserves(by=log.SYSTEM, now=late) for _ in range(2)] == [2, 0]
    assert [state(one) for one in domestic[2:]] == ["NOT_SELECTED", "NOT_SELECTED"]


def test_decision_is_quiet_until_it_is_published():
    trial = factory.open_round()
    good = trial.apply()
    decision = trial.play_to_final({str(good): 25})
    before = Notice.objects.filter(user=trial.masters[0]).count()
    with pytest.raises(NotAllowed):
        services.decide(decision=decision, by=trial.officer, now=REVIEW)
    services.decide(decision=decision, by=trial.approver, now=REVIEW)
    assert (state(good), Notice.objects.filter(user=trial.masters[0]).count()) == ("IN_REVIEW", before)
    with pytest.raises(Invalid):
        services.prepare_final(call=trial.call, by=trial.officer, now=REVIEW)

    fresh = final(trial)
    services.reopen_decision(decision=fresh, reason="오타", by=trial.approver, now=REVIEW)
    trial.call.refresh_from_db()
    again = services.prepare_final(call=trial.call, by=trial.officer, now=REVIEW)
    trial.tell(again)
    assert state(good) == "SELECTED"
    with pytest.raises(Overtaken):
        services.publish(decision=fresh_copy(again, "DECIDED"), by=trial.approver, now=REVIEW)


def fresh_copy(decision, status):
    found = Decision.objects.select_related("call__current", "call__cluster").get(pk=decision.pk)
    found.status = status
    return found


def test_objection_that_grew_meanwhile_stops_the_publication():
    trial = factory.open_round()
    good = trial.apply()
    decision = trial.play_to_final({str(good): 25})
    services.decide(decision=decision, by=trial.approver, now=REVIEW)
    TRIAL.objections = [Problem("폐업한 기업이 있습니다.")]
    with pytest.raises(Objections, match="폐업"):
        services.publish(decision=decision, by=trial.approver, now=REVIEW)


def test_due_decisions_are_published_by_the_clock(monkeypatch):
    trial = factory.open_round()
    good = trial.apply()
    decision = trial.play_to_final({str(good): 25})
    services.decide(decision=decision, by=trial.approver, now=REVIEW, publish_at=REVIEW + timedelta(hours=1))
    for now, expected in ((REVIEW, "IN_REVIEW"), (REVIEW + timedelta(hours=1), "SELECTED")):
        monkeypatch.setattr(tasks, "database_now", lambda now=now: now)
        tasks.close_due_calls()
        assert state(good) == expected


def test_supplements_lapse_by_the_clock_and_the_job_may_run_twice(monkeypatch):
    trial = factory.open_round()
    application = trial.apply()
    trial.close()
    application.refresh_from_db()
    due = CLOSES + timedelta(days=3)
    request = services.ask_supplement(
        application=application, block_codes=["idea"], missing="자세히", due_at=due, by=trial.officer, now=CLOSES
    )
    # Answers that had arrived in time may be on their way for two minutes more.
    over = due + services.IN_FLIGHT
    for now, expected in ((due, "SUPPLEMENT"), (over, "SUBMITTED"), (over, "SUBMITTED")):
        monkeypatch.setattr(tasks, "database_now", lambda now=now: now)
        tasks.close_due_calls()
        assert state(application) == expected
    request.refresh_from_db()
    assert request.status == "LAPSED"


def test_due_calls_are_closed_by_the_clock(monkeypatch):
    trial = factory.open_round()
    trial.apply()
    for now, expected in ((CLOSES, 0), (CLOSES + services.IN_FLIGHT, 1), (CLOSES + 2 * services.IN_FLIGHT, 0)):
        monkeypatch.setattr(tasks, "database_now", lambda now=now: now)
        assert tasks.close_due_calls() == expected


def test_withdrawn_between_decision_and_publication_leaves_the_place_to_the_reserve():
    trial = factory.open_round()
    files = [trial.apply() for _ in range(4)]
    decision = trial.play_to_final({str(one): 25 - i for i, one in enumerate(files)})
    services.decide(decision=decision, by=trial.approver, now=REVIEW)
    services.withdraw(application=files[0], reason="사정", by=factory.master_of(files[0]), now=REVIEW)
    services.publish(decision=decision, by=trial.approver, now=REVIEW)
    assert [state(one) for one in files] == ["WITHDRAWN", "SELECTED", "SELECTED", "SELECTED"]
    assert not files[0].notices.filter(line__decision=decision).exists()


def test_appeal_within_its_clock(told):
    _trial, domestic, _foreign = told
    notice = domestic[3].notices.last()
    master = factory.master_of(domestic[3])
    assert notice.appeal_until == datetime(2020, 1, 14, tzinfo=SEOUL)  # 30 days: Saturday 11 January moves on to Monday
    with pytest.raises(NotAllowed):
        services.file_appeal(notice=notice, grounds="x", by=people.person(), now=REVIEW)
    with pytest.raises(Invalid):
        services.file_appeal(notice=notice, grounds="  ", by=master, now=REVIEW)
    with pytest.raises(Late):
        services.file_appeal(notice=notice, grounds="x", by=master, now=notice.appeal_until)
    last = notice.appeal_until - timedelta(microseconds=1)
    appeal = services.file_appeal(notice=notice, grounds="다시", by=master, now=last)
    assert services.file_appeal(notice=notice, grounds="또", by=master, now=last).pk == appeal.pk
    assert appeal.due_at > last + timedelta(days=14)


def test_appeal_is_decided_by_someone_with_no_part_in_the_call(told):
    trial, domestic, _foreign = told
    notice = domestic[3].notices.last()
    appeal = services.file_appeal(notice=notice, grounds="다시", by=factory.master_of(domestic[3]), now=REVIEW)
    reviewer = people.with_role("space.appeal_reviewer", cluster=trial.call.cluster)
    people.with_role("space.appeal_reviewer", user=trial.approver, cluster=trial.call.cluster)
    for wrong in (trial.officer, trial.approver):
        with pytest.raises(NotAllowed):
            services.decide_appeal(appeal=appeal, outcome="ADMITTED", reasons="", by=wrong, now=REVIEW)
    services.decide_appeal(appeal=appeal, outcome="ADMITTED", reasons="", by=reviewer, now=REVIEW)
    with pytest.raises(Invalid):
        services.decide_appeal(appeal=appeal, outcome="DISMISSED", reasons=" ", by=reviewer, now=REVIEW)
    with pytest.raises(NotAllowed):
        services.finalise_call(call=trial.call, by=trial.officer, now=REVIEW + timedelta(days=60))
    services.decide_appeal(appeal=appeal, outcome="DISMISSED", reasons="점수는 기준대로", by=reviewer, now=REVIEW)
    trial.call.refresh_from_db()
    services.finalise_call(call=trial.call, by=trial.officer, now=REVIEW + timedelta(days=60))
    assert (Appeal.objects.get().status, trial.call.status) == ("DISMISSED", "FINAL")
    services.archive_call(call=trial.call, by=trial.officer, now=REVIEW + timedelta(days=61))
    with pytest.raises(ForgedStep):
        services.archive_call(call=trial.call, by=trial.officer, now=REVIEW + timedelta(days=61))
    assert pipeline.next_step(trial.call) is None


def test_call_is_not_final_before_the_time_to_appeal_is_over(told):
    trial, _domestic, _foreign = told
    trial.call.refresh_from_db()
    with pytest.raises(NotAllowed):
        services.finalise_call(call=trial.call, by=trial.officer, now=REVIEW + timedelta(days=29))


def test_call_needs_two_people_and_no_objection():
    TRIAL.reset()
    cluster = people.cluster("seoul")
    both = people.with_role("space.officer", cluster=cluster)
    people.with_role("space.approver", user=both, cluster=cluster)
    approver = people.with_role("space.approver", cluster=cluster)
    call = services.create_call(cluster=cluster, programme="trial", data=factory.definition(), by=both, now=REVIEW)
    with pytest.raises(NotAllowed):
        services.publish_call(call=call, by=both, now=REVIEW)
    TRIAL.objections = [Problem("호실이 모자랍니다.")]
    with pytest.raises(Objections, match="호실"):
        services.publish_call(call=call, by=approver, now=REVIEW)
    TRIAL.objections = []
    assert services.publish_call(call=call, by=approver, now=REVIEW).status == "PUBLISHED"
    assert len(call.current.digest) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"tracks": []},
        {"tracks": [{"code": "A", "name": {"ko": "가"}, "quota": 1, "spill": ["B"]}]},
        {"stages": [factory.stage("ONE", 9_999, go_on=None, criteria=[("가", 10_000)])]},
        {"stages": [factory.stage("ONE", 10_000, go_on=None, criteria=[("가", 9_999)])]},
        {"stages": [factory.stage("ONE", 10_000, go_on=None, criteria=[("가", 10_000)], rule={"tie_break": ["가"]})]},
        {"eligibility": [{"rule": "unheard_of"}]},
        {
            "form": {
                "sections": [{"code": "s", "name": {"ko": "쪽"}, "blocks": [{"code": "x", "kind": "?", "label": {}}]}]
            }
        },
    ],
)
def test_call_that_contradicts_itself_is_refused(change):
    cluster = people.cluster("seoul")
    officer = people.with_role("space.officer", cluster=cluster)
    with pytest.raises(Invalid):
        services.create_call(
            cluster=cluster, programme="trial", data=factory.definition(**change), by=officer, now=REVIEW
        )


def test_eligibility_waits_for_every_rule_and_takes_an_officers_finding():
    trial = factory.open_round(eligibility=[{"rule": "business_status"}])
    application = trial.apply()
    trial.close()
    services.record_findings(call=trial.call, by=trial.officer, now=REVIEW)
    with pytest.raises(Invalid):
        services.prepare_eligibility(call=trial.call, by=trial.officer, now=REVIEW)
    application.refresh_from_db()

    def find(**more):
        return services.record_finding(
            application=application,
            rule="business_status",
            by=trial.officer,
            now=REVIEW,
            **{"evidence": "조회 화면", **more},
        )

    for wrong in ({"outcome": "FAIL"}, {"outcome": "PASS", "evidence": " "}):
        with pytest.raises(Invalid):
            find(**wrong)
    find(outcome="FAIL", sentence="폐업한 사업자입니다.")
    assert services.record_findings(call=trial.call, by=trial.officer, now=REVIEW) == 0
    services.prepare_eligibility(call=trial.call, by=trial.officer, now=REVIEW)
    trial.tell(services.prepare_eligibility(call=trial.call, by=trial.officer, now=REVIEW))
    with pytest.raises(Invalid):
        services.prepare_eligibility(call=trial.call, by=trial.officer, now=REVIEW)
    assert state(application) == "INELIGIBLE"
    assert application.notices.get().content["reasons"] == [{"code": "business_status", "ko": "폐업한 사업자입니다."}]


def test_supplement_changes_only_the_named_blocks():
    trial = factory.open_round()
    application = trial.apply()
    master = trial.masters[0]
    trial.close()
    application.refresh_from_db()
    due = CLOSES + timedelta(days=3)
    request = services.ask_supplement(
        application=application, block_codes=["idea"], missing="자세히", due_at=due, by=trial.officer, now=CLOSES
    )
    for section, answers in (("plan", {"idea": "자세한 계획", "taxes": True}), ("company", {"people": 99})):
        services.save_draft(application=application, section=section, answers=answers, version=1, by=master, now=CLOSES)
    with pytest.raises(Late):
        services.answer_supplement(request=request, key="late", by=master, now=due)
    answer = services.answer_supplement(request=request, key="a", by=master, now=CLOSES + timedelta(days=1))
    assert services.answer_supplement(request=request, key="a", by=master, now=due).pk == answer.pk
    assert answer.content["answers"] == {"people": 4, "idea": "자세한 계획", "taxes": True}
    assert (state(application), Revision.objects.count()) == ("SUBMITTED", 2)
    services.accept_supplement(request=request, by=trial.officer, now=REVIEW)
    assert request.status == "ACCEPTED"


def test_officer_of_another_city_runs_nothing():
    trial = factory.open_round()
    stranger = people.with_role("space.officer", cluster=people.cluster("incheon"))
    for act in (services.record_findings, services.prepare_eligibility, services.close_call):
        with pytest.raises(NotAllowed):
            act(call=trial.call, by=stranger, now=datetime(2020, 1, 1, tzinfo=UTC))
