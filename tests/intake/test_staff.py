"""The desk's pages off the ordinary course, walked through by the people they are for."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from portal.intake import services
from portal.intake.models import Assignment, LateCode, ReserveEntry, ScoreSheet
from portal.notices.models import Notice
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import CLOSES, REVIEW

pytestmark = pytest.mark.django_db
AFTER = CLOSES + timedelta(hours=2)
LATER = REVIEW + timedelta(days=60)


@pytest.fixture
def clock(monkeypatch):
    """Moves the clock that the screens read."""

    def to(now):
        for name in ("acting", "applicant", "cases", "challenges", "desk", "latecodes", "remedies", "steps"):
            monkeypatch.setattr(f"portal.intake.views.{name}.database_now", lambda: now)

    to(REVIEW)
    return to


def address(name, *args):
    return reverse(f"intake:{name}", args=args)


def done(answer, to):
    """Whether the step was taken: led back to ``to``."""
    return (answer.status_code, getattr(answer, "url", "")) == (302, to)


def test_late_code_is_shown_once_and_opens_with_the_second_person(at, clock):
    trial = factory.open_round()
    company = trial.draft().organisation
    trial.close()
    clock(AFTER)
    page = address("late-codes", trial.call.code)
    officer, given = at(trial.officer), {"organisation": company.pk, "reason": "접수 장애", "evidence": "공문 3호"}

    refused = officer.post(page, {**given, "expires_at": "2019-12-09T10:00"})
    shown = officer.post(page, {**given, "expires_at": "2019-12-10T10:00"})

    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["expires_at"])
    [code] = re.findall(r"(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}", shown.text)
    row = LateCode.objects.get()
    confirm = address("confirm-late-code", row.public_id)
    assert code not in officer.get(page).text
    assert shown["Cache-Control"].count("no-store") == 1
    assert officer.post(confirm).status_code == 403
    approver = at(trial.approver)
    assert "접수 장애" in approver.get(confirm).text
    assert approver.post(page, given).status_code == 403
    assert done(approver.post(confirm), page)
    assert "사용 전" in officer.get(page).text
    clock(AFTER + timedelta(days=3))
    assert "기한이 지남" in officer.get(page).text


def test_challenge_stands_with_its_clock_until_the_approver_decides(at, clock):
    trial = factory.open_round()
    application = trial.apply()
    trial.close()
    trial.check_eligibility()
    trial.seat()
    trial.assign(1)
    application.refresh_from_db()
    judge = trial.evaluators[0]
    row = services.file_challenge(
        application=application, evaluator=judge, grounds="옛 동료입니다.", by=trial.masters[0], now=REVIEW
    )
    listed, one = address("challenges", trial.call.code), address("challenge", trial.call.code, row.pk)
    officer, approver = at(trial.officer), at(trial.approver)

    assert "위원 평가 제외" not in officer.get(listed).text
    clock(LATER)
    assert "위원 평가 제외" in officer.get(listed).text
    assert officer.get(one).context.get("form") is None
    answer = {"upheld": "yes", "reasons": "함께 일한 지 2년이 되지 않았습니다."}
    assert officer.post(one, answer).status_code == 403
    assert approver.post(one, {**answer, "reasons": " "}).status_code == 422
    assert done(approver.post(one, answer), listed)
    row.refresh_from_db()
    assert (row.status, Assignment.objects.get(member__evaluator=judge).status) == ("UPHELD", "BARRED")
    assert "함께 일한 지" in officer.get(one).text


def test_a_panel_changes_and_a_sheet_is_given_back(at, clock):
    trial = factory.open_round()
    file = trial.apply()
    trial.close()
    trial.check_eligibility()
    chair, member, late = (factory.evaluator(trial.call, by=trial.officer) for _ in range(3))
    officer, code = at(trial.officer), trial.call.code
    stage_page = address("desk-stage", code, 1)
    chosen = {"evaluators": [chair.pk, member.pk], "chair": chair.pk, "substitutes": [member.pk]}
    assert officer.post(stage_page, chosen).context["form"].errors.keys() == {"substitutes"}
    assert done(officer.post(stage_page, {**chosen, "substitutes": [late.pk]}), stage_page)
    for judge in (chair, member, late):
        services.sign_pledge(call=trial.call, by=judge.user, now=REVIEW)
    stage = trial.assign(1)
    trial.score(stage, {str(file): 20})
    readers = address("readers", code, 1, file.public_id)
    sheet = ScoreSheet.objects.get(assignment__member__evaluator=member)
    reopen = address("reopen-sheet", sheet.public_id)

    assert officer.get(reopen).status_code == 403
    ask = address("ask-reopening", sheet.public_id)
    assert at(member.user).get(ask).status_code == 404
    mine = ScoreSheet.objects.get(assignment__member__evaluator=chair)
    others = address("others", mine.public_id)
    assert ask in at(chair.user).get(others).text
    assert done(at(chair.user).post(ask, {"reason": "두 항목을 바꾸어 적음"}), others)
    assert "위원장이 다시 열기를 요청함" in officer.get(readers).text
    assert "두 항목을 바꾸어 적음" in officer.get(reopen).text
    assert done(officer.post(reopen, {"reason": "요청을 받아들임"}), readers)
    sheet.refresh_from_db()
    assert (sheet.status, sheet.attempt) == ("OPEN", 2)

    release = address("release", sheet.assignment.public_id)
    assert done(officer.post(release, {"reason": "출장"}), readers)
    members = address("members", code, 1)
    shown = officer.get(members).text
    assert ("2명 (기준 1명 이상)" in shown, "1건 (건당 2명)" in shown) == (True, True)
    assert done(officer.post(members, {"evaluator": late.pk}), members)
    assert done(officer.post(readers, {"member": late.memberships.get().pk}), readers)
    dismiss = address("dismiss", code, 1, member.memberships.get().pk)
    assert done(officer.post(dismiss, {"reason": "사임"}), members)
    assert "해촉" in officer.get(members).text
    states = dict(Assignment.objects.values_list("member__evaluator", "status"))
    assert states == {chair.pk: "CLEARED", member.pk: "RELEASED", late.pk: "PROPOSED"}
    assert at(trial.approver).post(members, {"evaluator": late.pk}).status_code == 403


@pytest.fixture
def told(clock):
    """A published result: three selected, one in reserve, one refused."""
    trial = factory.open_round()
    files = [trial.apply() for _ in range(5)]
    trial.tell(trial.play_to_final({str(one): points for one, points in zip(files, (25, 24, 23, 22, 10), strict=True)}))
    for one in files:
        one.refresh_from_db()
    return trial, files


def test_a_selection_is_taken_back_and_the_reserve_follows(at, clock, told):
    trial, files = told
    officer, approver = at(trial.officer), at(trial.approver)
    board = address("reserve", trial.call.code)
    notice = address("notice-case", files[0].public_id)
    given = {"ground": "FALSE_STATEMENT", "evidence": "매출을 부풀림", "days": "10"}
    assert ReserveEntry.objects.get().status == "WAITING"
    assert approver.post(notice, given).status_code == 403
    assert officer.post(notice, {**given, "days": "3"}).context["form"].errors.keys() == {"days"}
    assert done(officer.post(notice, given), address("desk-application", files[0].public_id))
    case = files[0].cases.get()
    page = address("case", case.public_id)
    answer = {"upheld": "yes", "reasons": "재무제표와 다릅니다."}
    assert approver.post(page, answer).status_code == 403
    assert officer.post(address("call-reserve", trial.call.code, "DOMESTIC"), {}).status_code == 422
    clock(REVIEW + timedelta(days=20))
    assert officer.get(page).context.get("form") is None
    assert done(approver.post(page, answer), page)
    files[0].refresh_from_db()
    files[3].refresh_from_db()
    assert (files[0].status, files[3].status) == ("DISQUALIFIED", "SELECTED")
    listed = officer.get(board).text
    assert files[3].receipt_number in listed
    assert "승계통지" in listed
    assert case.get_ground_display() in officer.get(address("cases", trial.call.code)).text


def test_an_appeal_is_extended_once_upheld_with_a_remedy_and_carried_out(at, clock, told):
    trial, files = told
    refused = files[4]
    master = factory.master_of(refused)
    appeal = services.file_appeal(notice=refused.notices.last(), grounds="다시", by=master, now=REVIEW)
    reviewer = at(people.with_role("space.appeal_reviewer", cluster=trial.call.cluster))
    officer, page = at(trial.officer), address("appeal", appeal.public_id)
    extend = address("extend-appeal", appeal.public_id)
    assert officer.post(extend, {"days": "5", "reason": "자료"}).status_code == 403
    assert reviewer.post(extend, {"days": "30", "reason": "자료"}).context["form"].errors.keys() == {"days"}
    assert done(reviewer.post(extend, {"days": "5", "reason": "자료를 더 봅니다."}), page)
    assert reviewer.post(extend, {"days": "5", "reason": "또"}).status_code == 422
    remedy = address("remedy", appeal.public_id)
    assert officer.get(remedy).status_code == 404
    assert "remedy" not in reviewer.get(page).context["form"].fields
    reviewer.post(page, {"outcome": "ADMITTED", "reasons": "살펴봅니다."})
    reviewer.post(page, {"outcome": "UPHELD", "reasons": "평가표가 빠졌습니다.", "remedy": "RESCORE"})
    appeal.refresh_from_db()
    assert (appeal.status, appeal.remedy) == ("UPHELD", "RESCORE")
    assert remedy in officer.get(address("appeals", trial.call.code)).text
    last = trial.stages[1]
    assert done(officer.post(remedy, {"stage": last.pk}), address("appeals", trial.call.code))
    last.refresh_from_db()
    refused.refresh_from_db()
    assert (last.status, refused.status) == ("RUNNING", "IN_REVIEW")


def test_a_published_result_is_corrected_and_a_decided_one_taken_back(at, clock, told):
    trial, files = told
    final = trial.call.decisions.get(kind="FINAL")
    master = factory.master_of(files[3])
    appeal = services.file_appeal(notice=files[3].notices.last(), grounds="다시", by=master, now=REVIEW)
    reviewer = people.with_role("space.appeal_reviewer", cluster=trial.call.cluster)
    for outcome in ("ADMITTED", "UPHELD"):
        given = {"remedy": "RECOUNT"} if outcome == "UPHELD" else {}
        services.decide_appeal(appeal=appeal, outcome=outcome, reasons="다시 셉니다.", by=reviewer, now=REVIEW, **given)
    officer, approver, correct = at(trial.officer), at(trial.approver), address("correct-result", final.public_id)
    assert officer.get(address("remedy", appeal.public_id)).url == f"{correct}?appeal={appeal.pk}"
    nothing = officer.post(correct, {"reason": "다시 셈", "appeal": appeal.pk})
    assert (nothing.status_code, "달라지는 결과가 없습니다" in nothing.text) == (422, True)

    stage = trial.stages[1]
    step = address("stage-step", trial.call.code, 2, "reopen")
    assert done(officer.post(step, {"reason": "위원의 이해충돌"}), address("desk-stage", trial.call.code, 2))
    member = trial.evaluators[0].memberships.get(panel__stage=stage)
    services.dismiss_member(member=member, reason="사임", by=trial.officer, now=REVIEW)
    files_of = ScoreSheet.objects.filter(assignment__stage=stage, assignment__application=files[0], status="LOCKED")
    services.reopen_sheet(sheet=files_of.get(), reason="다시", by=trial.officer, now=REVIEW)
    trial.score(stage, {str(files[0]): 24})
    services.settle_stage(stage=trial.stages[1], by=trial.officer, now=REVIEW)
    assert done(officer.post(correct, {"reason": "다시 셈"}), address("desk-call", trial.call.code))
    drafted = trial.call.decisions.get(kind="CORRECTION")
    services.decide(decision=drafted, by=trial.approver, now=REVIEW)
    back = address("reopen-result", drafted.public_id)
    assert officer.get(back).status_code == 403
    assert done(approver.post(back, {"reason": "오타"}), address("decision", drafted.public_id))
    drafted.refresh_from_db()
    assert drafted.status == "DRAFT"


def test_entries_by_hour_and_who_opened_what(at, clock):
    trial = factory.open_round()
    first = trial.apply(now=CLOSES - timedelta(hours=30))
    trial.apply(now=CLOSES - timedelta(minutes=30))
    services.save_draft(
        application=first,
        section="company",
        answers={"people": 5},
        version=1,
        by=trial.masters[0],
        now=CLOSES - timedelta(minutes=25),
    )
    services.submit(application=first, key="again", by=trial.masters[0], now=CLOSES - timedelta(minutes=20))
    trial.draft()
    page = at(trial.officer).get(address("hours", trial.call.code))
    assert [row[1:] for row in page.context["table"].rows] == [(1, 0, 1), (1, 1, 2)]
    assert "작성본: 1건" in page.text

    trial.close()
    at(trial.approver).get(address("desk-sheets", first.public_id))
    auditor = people.with_role("auditor")
    log = at(auditor).get(address("accesses", trial.call.code)).text
    assert (str(trial.approver) in log, "제출된 평가표" in log, first.receipt_number in log) == (True, True, True)
    reviewer = people.with_role("space.appeal_reviewer", cluster=trial.call.cluster)
    assert first.receipt_number not in at(reviewer).get(address("accesses", trial.call.code)).text


def test_a_supplement_is_accepted_against_what_stood_before(at, clock):
    trial = factory.open_round()
    application = trial.apply()
    trial.close()
    asked = services.ask_supplement(
        application=application,
        block_codes=["idea"],
        missing="매출을 적어 주십시오.",
        due_at=REVIEW + timedelta(days=5),
        by=trial.officer,
        now=REVIEW,
    )
    master = trial.masters[0]
    draft = application.drafts.get(section="plan")
    services.save_draft(
        application=application,
        section="plan",
        answers={**draft.answers, "idea": "매출 3억"},
        version=draft.version,
        by=master,
        now=REVIEW,
    )
    services.answer_supplement(request=asked, key="s", by=master, now=REVIEW)
    page, officer = address("accept-supplement", application.public_id), at(trial.officer)
    shown = officer.get(page).text
    assert ("분산원장 물류" in shown, "매출 3억" in shown) == (True, True)
    assert at(trial.approver).get(page).status_code == 403
    back = address("desk-application", application.public_id)
    assert page in officer.get(back).text
    again = address("supplement-again", application.public_id)
    assert (again in officer.get(back).text, "매출 3억" in officer.get(again).text) == (True, True)
    assert at(trial.approver).get(again).status_code == 403
    asked_again = {"missing": "어느 해입니까?", "due_at": "2099-01-01T18:00"}
    assert officer.post(again, {**asked_again, "due_at": "2001-01-01T18:00"}).status_code == 422
    assert done(officer.post(again, asked_again), back)
    asked.refresh_from_db()
    application.refresh_from_db()
    assert (asked.status, asked.missing, application.status) == ("ASKED", "어느 해입니까?", "SUPPLEMENT")
    told = Notice.objects.filter(user=master, topic="intake.supplement_asked")
    assert (told.count(), officer.get(page).status_code, officer.get(again).status_code) == (2, 404, 403)
    services.answer_supplement(request=asked, key="t", by=master, now=REVIEW)
    assert list(application.revisions.values_list("number", flat=True)) == [1, 2, 3]
    assert done(officer.post(page), back)
    assert officer.get(page).status_code == 404
