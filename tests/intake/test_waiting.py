"""What waits for me: the work of each desk, from the rows themselves, at a cost that does not grow with the calls."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.intake import queries, services, waiting
from portal.intake.models import CallVersion, ScoreSheet
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import CLOSES, REVIEW

pytestmark = pytest.mark.django_db
SOON = REVIEW + timedelta(days=1)


def kinds(user, now=SOON):
    return {row.kind: row.count for row in queries.waiting_for(user, now)}


def test_each_desk_sees_its_own_work_and_it_goes_when_done(at):
    trial = factory.open_round()
    file, other = trial.apply(), trial.apply()
    late = factory.open_round()
    company = late.draft().organisation
    late.close()
    given = {"reason": "장애", "evidence": "공문", "expires_at": CLOSES + timedelta(days=9), "now": REVIEW}
    code, _text = services.issue_late_code(call=late.call, organisation=company, by=late.officer, **given)
    assert (kinds(late.approver), kinds(late.officer)) == ({"late_code": 1}, {})
    services.confirm_late_code(code=code, by=late.approver, now=REVIEW)
    assert kinds(late.approver) == {}

    trial.close()
    services.record_findings(call=trial.call, by=trial.officer, now=REVIEW)
    assert kinds(trial.officer) == {"eligibility": 2}
    decision = services.prepare_eligibility(call=trial.call, by=trial.officer, now=REVIEW)
    assert kinds(trial.approver) == {"decide": 1}
    services.decide(decision=decision, by=trial.approver, now=REVIEW)
    assert kinds(trial.approver) == {"tell": 1}
    services.publish(decision=decision, by=trial.approver, now=REVIEW)
    judges = [factory.evaluator(trial.call, by=trial.officer) for _ in range(2)]
    stage = trial.stages[0]
    services.form_panel(stage=stage, evaluators=judges, chair=judges[0], by=trial.officer, now=REVIEW)
    assert kinds(judges[0].user) == {"invitation": 1}
    for judge in judges:
        services.sign_pledge(call=trial.call, by=judge.user, now=REVIEW)
    services.open_stage(stage=stage, by=trial.officer, now=REVIEW)
    services.propose_assignments(stage=stage, by=trial.officer, now=REVIEW)
    assert kinds(trial.officer) == {"assignments": 4}
    services.confirm_assignments(stage=stage, by=trial.officer, now=REVIEW)
    assert kinds(judges[1].user) == {"sheets": 2}
    trial.score(stage, {str(file): 20, str(other): 20})
    sheet = ScoreSheet.objects.filter(assignment__member__evaluator=judges[1]).order_by("pk")[0]
    services.ask_reopening(sheet=sheet, reason="바꾸어 적음", by=judges[0].user, now=REVIEW)
    assert (kinds(judges[1].user), kinds(trial.officer)) == ({}, {"reopening": 1})
    file.refresh_from_db()
    services.file_challenge(application=file, evaluator=judges[1], grounds="동료", by=trial.masters[0], now=REVIEW)
    [row] = queries.waiting_for(trial.approver, REVIEW + timedelta(days=40))
    [task] = waiting.tasks(trial.approver, REVIEW + timedelta(days=40))
    assert (row.kind, row.count, row.due) == (
        "challenge",
        1,
        trial.call.applications.get(pk=file.pk).challenges.get().decide_by,
    )
    assert (task.tone, task.href) == ("danger", reverse("intake:challenges", args=[trial.call.code]))
    shown = at(trial.officer).get(reverse("desk:home"))
    assert "평가표 다시 열기 요청" in shown.text


def test_appeals_wait_for_the_reviewer_and_their_remedies_for_the_officer():
    trial = factory.open_round()
    files = [trial.apply() for _ in range(3)]
    trial.tell(trial.play_to_final({str(one): 10 + 5 * number for number, one in enumerate(files)}))
    reviewer = people.with_role("space.appeal_reviewer", cluster=trial.call.cluster)
    files[0].refresh_from_db()
    notice, master = files[0].notices.last(), factory.master_of(files[0])
    appeal = services.file_appeal(notice=notice, grounds="다시", by=master, now=REVIEW)
    assert kinds(reviewer) == {"appeal": 1}
    services.decide_appeal(appeal=appeal, outcome="ADMITTED", reasons="봄", by=reviewer, now=REVIEW)
    services.decide_appeal(appeal=appeal, outcome="UPHELD", reasons="인용", remedy="RESCORE", by=reviewer, now=REVIEW)
    assert (kinds(reviewer), kinds(trial.officer)) == ({}, {"remedy": 1})
    services.order_rescoring(appeal=appeal, stage=trial.stages[0], by=trial.officer, now=REVIEW)
    assert kinds(trial.officer) == {}


def test_the_auditor_sees_what_changed_since_the_last_look(at):
    trial = factory.open_round()
    auditor = people.with_role("auditor")
    assert kinds(auditor) == {"changed": 1}
    at(auditor).get(reverse("intake:desk-call", args=[trial.call.code]))
    assert kinds(auditor) == {}
    seen = trial.call.accesses.get(what="call").at
    services.draft_correction(
        call=trial.call,
        changes={"closes_at": CLOSES + timedelta(days=1)},
        reason="연장",
        by=trial.officer,
        now=seen + timedelta(hours=1),
    )
    assert kinds(trial.approver, seen) == {"publish": 1}
    version = trial.call.versions.get(published_at=None)
    CallVersion.objects.filter(pk=version.pk).update(
        published_at=seen + timedelta(hours=2), published_by=trial.approver
    )
    assert kinds(auditor) == {"changed": 1}


def test_many_calls_cost_what_one_does():
    trial = factory.open_round()
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            waiting.tasks(trial.approver, SOON)
        counts.append(len(captured))
        for _ in range(2):
            more = factory.open_round()
            company = more.draft().organisation
            more.close()
            services.issue_late_code(
                call=more.call,
                organisation=company,
                reason="장애",
                evidence="공문",
                expires_at=CLOSES + timedelta(days=9),
                by=more.officer,
                now=REVIEW,
            )
    # Two for the calls' titles, once there is something to show.
    assert counts[1] - counts[0] == 2
    assert len(waiting.tasks(trial.approver, SOON)) == 4


def test_many_sittings_cost_what_one_does(at):
    trial = factory.open_round()
    trial.apply()
    trial.close()
    trial.check_eligibility()
    trial.seat()
    stage, judge, counts = trial.assign(1), trial.evaluators[0], []
    for size in (1, 3):
        while stage.sittings.count() < size:
            starts = REVIEW + timedelta(days=stage.sittings.count() + 1)
            services.call_sitting(
                stage=stage,
                starts_at=starts,
                ends_at=starts + timedelta(hours=2),
                place="회의실",
                by=trial.officer,
                now=REVIEW,
            )
        browser = at(judge.user)
        browser.get(reverse("intake:sittings"))
        with CaptureQueriesContext(connection) as captured:
            browser.get(reverse("intake:sittings"))
        counts.append(len(captured))
    assert counts[0] == counts[1]
