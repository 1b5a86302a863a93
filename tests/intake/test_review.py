"""Panels, bars, challenges, sheets, runs: what counts and what does not."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest

from portal.accounts import services as accounts
from portal.core import outbox
from portal.core.errors import ForgedStep, Invalid, NotAllowed, Overtaken
from portal.intake import services, tally
from portal.intake.enums import ApplicationStatus
from portal.intake.models import Assignment, Conflict, Member, RankingRun, ScoreSheet
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import REVIEW

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewed():
    """Two files with two evaluators each, in the first stage."""
    trial = factory.open_round()
    files = [trial.apply() for _ in range(2)]
    trial.close()
    trial.check_eligibility()
    trial.seat()
    return trial, files, trial.assign(1)


def fill(sheet, points=20, **more):
    codes = [criterion.code for criterion in sheet.assignment.stage.criteria.all()]
    judge = sheet.assignment.member.evaluator.user
    return services.fill_sheet(sheet=sheet, scores=dict.fromkeys(codes, points), by=judge, now=REVIEW, **more)


def lock(sheet):
    return services.lock_sheet(sheet=sheet, by=sheet.assignment.member.evaluator.user, now=REVIEW)


def test_recusal_strikes_the_sheet_and_the_stage_settles_without_it(reviewed):
    trial, files, stage = reviewed
    trial.score(stage, {str(one): 20 for one in files})
    judge = trial.evaluators[0]

    services.recuse(call=trial.call, organisation=files[0].organisation, reason="자문", by=judge.user, now=REVIEW)

    struck = ScoreSheet.objects.get(assignment__member__evaluator=judge, assignment__application=files[0])
    assert (struck.status, struck.assignment.status) == ("STRUCK", "BARRED")
    run = services.settle_stage(stage=stage, by=trial.officer, now=REVIEW)
    sheets = {row["application"]: row["sheets"] for row in run.result["groups"]["ALL"]}
    assert sheets == {str(files[0]): 1, str(files[1]): 2}


def test_run_can_be_repeated_from_its_stored_inputs(reviewed):
    trial, files, stage = reviewed
    trial.score(stage, {str(files[0]): 24, str(files[1]): 17})
    services.settle_stage(stage=stage, by=trial.officer, now=REVIEW)

    run = RankingRun.objects.get()
    inputs = json.loads(run.inputs)
    assert tally.stage_result(inputs) == run.result
    assert hashlib.sha256(run.inputs.encode()).hexdigest() == run.sha256
    assert inputs["seed"] != ""


def test_abstaining_needs_a_reason_and_costs_nobody(reviewed):
    trial, _files, stage = reviewed
    first, *rest = factory.open_sheets(stage)
    codes = [criterion.code for criterion in stage.criteria.all()]
    judge = first.assignment.member.evaluator.user
    services.fill_sheet(sheet=first, scores={codes[0]: 20, codes[1]: None}, by=judge, now=REVIEW)
    with pytest.raises(Invalid):
        lock(first)
    services.fill_sheet(sheet=first, scores={codes[1]: None}, reasons={codes[1]: "자료 없음"}, by=judge, now=REVIEW)
    lock(first)
    for sheet in rest:
        lock(fill(sheet, 20))
    run = services.settle_stage(stage=stage, by=trial.officer, now=REVIEW)
    assert {row["total"] for row in run.result["groups"]["ALL"]} == {"80"}


def test_sheet_refuses_wrong_scores_foreign_hands_and_stale_tabs(reviewed):
    _trial, _files, stage = reviewed
    sheet, other = factory.open_sheets(stage)[:2]
    for wrong in (26, -1, True, 1.5):
        with pytest.raises(Invalid):
            fill(sheet, wrong)
    stranger = next(s for s in factory.open_sheets(stage) if s.assignment.member_id != sheet.assignment.member_id)
    with pytest.raises(NotAllowed):
        services.fill_sheet(sheet=sheet, scores={}, by=stranger.assignment.member.evaluator.user, now=REVIEW)
    fill(sheet, 20, version=0)
    with pytest.raises(Overtaken):
        fill(other_tab(sheet), 10, version=0)
    assert set(sheet.items.values_list("score", flat=True)) == {20}
    lock(sheet)
    with pytest.raises(NotAllowed):
        fill(sheet, 10)
    assert other.status == "OPEN"


def other_tab(sheet):
    return next(one for one in factory.open_sheets(sheet.assignment.stage) if one.pk == sheet.pk)


def test_reopening_before_settling_and_never_after(reviewed):
    trial, files, stage = reviewed
    trial.score(stage, {str(one): 20 for one in files})
    sheet = ScoreSheet.objects.select_related("assignment__stage__call").first()
    with pytest.raises(NotAllowed):
        services.reopen_sheet(sheet=sheet, reason="착오", by=trial.approver, now=REVIEW)
    services.reopen_sheet(sheet=sheet, reason="착오", by=trial.officer, now=REVIEW)
    with pytest.raises(Invalid):
        services.settle_stage(stage=stage, by=trial.officer, now=REVIEW)
    sheet = factory.open_sheets(stage)[0]
    lock(sheet)
    services.settle_stage(stage=stage, by=trial.officer, now=REVIEW)
    settled = ScoreSheet.objects.select_related("assignment__stage__call").first()
    with pytest.raises(NotAllowed):
        services.reopen_sheet(sheet=settled, reason="착오", by=trial.officer, now=REVIEW)


def test_missing_sheet_is_released_and_costs_nobody(reviewed):
    trial, _files, stage = reviewed
    missing, *rest = factory.open_sheets(stage)
    for sheet in rest:
        lock(fill(sheet))
    with pytest.raises(Invalid):
        services.settle_stage(stage=stage, by=trial.officer, now=REVIEW)
    services.release_assignment(assignment=missing.assignment, reason="입원", by=trial.officer, now=REVIEW)
    run = services.settle_stage(stage=stage, by=trial.officer, now=REVIEW)
    assert sorted(row["sheets"] for row in run.result["groups"]["ALL"]) == [1, 2]


def test_exclusion_is_found_by_rule_when_the_panel_is_formed():
    trial = factory.open_round()
    one, two = trial.apply(), trial.apply()
    trial.close()
    trial.check_eligibility()
    number = one.organisation.business_number
    worked = factory.evaluator(trial.call, by=trial.officer, employers={number: "2019-01-31"})
    long_ago = factory.evaluator(trial.call, by=trial.officer, employers={number: "2017-12-11"})
    member = factory.evaluator(trial.call, by=trial.officer, user=factory.master_of(two))

    services.form_panel(stage=trial.stages[0], evaluators=[worked, long_ago, member], by=trial.officer, now=REVIEW)

    found = set(Conflict.objects.values_list("evaluator", "organisation", "ground"))
    assert found == {(worked.pk, one.organisation_id, "EXCLUSION"), (member.pk, two.organisation_id, "EXCLUSION")}


def test_a_judge_who_joins_an_applicant_is_excluded_at_once(reviewed):
    """제척 runs again when anything it reads changes; what the judge had locked is struck."""
    _trial, _files, stage = reviewed
    sheet = lock(fill(factory.open_sheets(stage)[0]))
    judge, company = sheet.assignment.member.evaluator, sheet.assignment.application.organisation
    master = factory.master_of(sheet.assignment.application)
    invitation = accounts.invite(by=master, organisation=company, email=judge.user.email, now=REVIEW)
    accounts.accept_invitation(by=judge.user, invitation=invitation, now=REVIEW)
    assert not Conflict.objects.exists()
    outbox.drain()
    assert Conflict.objects.values_list("evaluator", "organisation", "ground").get() == (
        judge.pk, company.pk, "EXCLUSION",
    )  # fmt: skip
    sheet.refresh_from_db()
    assert sheet.status == "STRUCK"


def test_track_scope_bars_the_whole_track():
    trial = factory.open_round(policy={"conflict_scope": "TRACK"})
    domestic, other, foreign = trial.apply(), trial.apply(), trial.apply(track="FOREIGN")
    trial.close()
    trial.check_eligibility()
    trial.seat()
    judge = trial.evaluators[0]
    services.recuse(call=trial.call, organisation=domestic.organisation, reason="지분", by=judge.user, now=REVIEW)
    trial.assign(1)
    mine = Assignment.objects.filter(member__evaluator=judge).values_list("application", flat=True)
    assert list(mine) == [foreign.pk]
    assert Assignment.objects.filter(application=other).count() == 1


def test_challenge_suspends_at_once_and_the_approver_decides(reviewed):
    trial, files, _stage = reviewed
    files[0].refresh_from_db()
    judge = trial.evaluators[0]
    master = factory.master_of(files[0])
    first = services.file_challenge(application=files[0], evaluator=judge, grounds="과거 분쟁", by=master, now=REVIEW)
    mine = Assignment.objects.get(member__evaluator=judge, application=files[0])
    assert mine.status == "SUSPENDED"
    with pytest.raises(NotAllowed):
        services.decide_challenge(challenge=first, upheld=False, reasons="이유 없음", by=trial.officer, now=REVIEW)
    services.decide_challenge(challenge=first, upheld=False, reasons="이유 없음", by=trial.approver, now=REVIEW)
    mine.refresh_from_db()
    assert mine.status == "CLEARED"

    again = services.file_challenge(application=files[0], evaluator=judge, grounds="새 자료", by=master, now=REVIEW)
    services.decide_challenge(challenge=again, upheld=True, reasons="이유 있음", by=trial.approver, now=REVIEW)
    mine.refresh_from_db()
    assert (mine.status, mine.sheets.get().status) == ("BARRED", "STRUCK")
    assert Conflict.objects.get().ground == "CHALLENGE"


def test_proposing_again_keeps_what_was_confirmed(reviewed):
    trial, _files, stage = reviewed
    before = set(Assignment.objects.values_list("pk", flat=True))
    plan = services.propose_assignments(stage=stage, by=trial.officer, now=REVIEW)
    assert set(Assignment.objects.values_list("pk", flat=True)) == before
    assert (len(plan.pairs), plan.short) == (4, [])


def test_short_files_are_named_when_everybody_is_barred():
    trial = factory.open_round()
    one = trial.apply()
    trial.close()
    trial.check_eligibility()
    trial.seat()
    for judge in trial.evaluators:
        services.recuse(call=trial.call, organisation=one.organisation, reason="친족", by=judge.user, now=REVIEW)
    stage = trial.stages[0]
    services.open_stage(stage=stage, by=trial.officer, now=REVIEW)
    plan = services.propose_assignments(stage=stage, by=trial.officer, now=REVIEW)
    assert [(short.file, short.missing, short.why) for short in plan.short] == [(str(one), 2, "all_barred")]


def test_second_stage_waits_for_the_first_result():
    trial = factory.open_round()
    trial.apply()
    trial.close()
    trial.check_eligibility()
    with pytest.raises(NotAllowed):
        services.open_stage(stage=trial.stages[1], by=trial.officer, now=REVIEW)


def test_pledge_accepts_invitations_and_strangers_cannot_sign():
    trial = factory.open_round()
    trial.apply()
    trial.close()
    judge = factory.evaluator(trial.call, by=trial.officer)
    services.form_panel(stage=trial.stages[0], evaluators=[judge], by=trial.officer, now=REVIEW)
    with pytest.raises(NotAllowed):
        services.sign_pledge(call=trial.call, by=people.person(), now=REVIEW)
    services.sign_pledge(call=trial.call, by=judge.user, now=REVIEW)
    assert Member.objects.get().status == "ACCEPTED"


def test_panel_rules_are_policy():
    trial = factory.open_round(policy={"panel": {"least_size": 2, "least_market_bp": 5000, "one_employer": False}})
    trial.apply()
    trial.close()
    market = factory.evaluator(trial.call, by=trial.officer, employer="가")
    academic = factory.evaluator(trial.call, by=trial.officer, sector="ACADEMIA", employer="나")
    public = factory.evaluator(trial.call, by=trial.officer, sector="PUBLIC", employer="다")
    same = factory.evaluator(trial.call, by=trial.officer, employer="가")
    stage = trial.stages[0]
    for panel in ([market], [academic, public, market], [market, same]):
        with pytest.raises(Invalid):
            services.form_panel(stage=stage, evaluators=panel, by=trial.officer, now=REVIEW)
    services.form_panel(stage=stage, evaluators=[market, academic], chair=market, by=trial.officer, now=REVIEW)
    assert Member.objects.get(is_chair=True).evaluator == market


def test_lottery_needs_its_public_value_and_takes_it_once():
    trial = factory.open_round()
    trial.apply()
    with pytest.raises(NotAllowed):
        services.draw_lottery(call=trial.call, public_value="x", by=trial.officer, now=REVIEW)
    trial.close()
    with pytest.raises(Overtaken):
        services.draw_lottery(call=trial.call, public_value="other", by=trial.officer, now=REVIEW)


def test_forged_steps_are_refused(reviewed):
    trial, files, stage = reviewed
    stage.refresh_from_db()
    with pytest.raises(ForgedStep):
        services.open_stage(stage=stage, by=trial.officer, now=REVIEW)
    files[0].refresh_from_db()
    with pytest.raises(ForgedStep):
        services.fulfil(application=files[0], by=trial.officer, now=REVIEW)
    with pytest.raises(ForgedStep):
        services.decline(application=files[0], reason="", by=trial.officer, now=REVIEW)
    assert files[0].status == ApplicationStatus.IN_REVIEW
    with pytest.raises(Invalid):
        services.prepare_final(call=trial.call, by=trial.officer, now=REVIEW + timedelta(days=1))
