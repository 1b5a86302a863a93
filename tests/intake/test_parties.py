"""What companies and evaluators may ask beyond applying and scoring: challenge, reply, take up a draft, enter late, decline."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.accounts.models import Membership
from portal.core.clock import database_now
from portal.core.errors import Invalid
from portal.intake import services
from portal.intake.models import Application, Assignment, Challenge, DisqualificationCase, ScoreSheet
from portal.notices.models import Notice
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import ANSWERS, CLOSES, FORM, REVIEW

pytestmark = pytest.mark.django_db


def told(user):
    """The topics of what this person was told."""
    return set(Notice.objects.filter(user=user).values_list("topic", flat=True))


def page_of(name, *args):
    return reverse(f"intake:{name}", args=args)


def test_company_challenges_an_announced_member_and_takes_it_back(at):
    trial = factory.open_round()
    application = trial.apply()
    colleague, other = people.person(), people.person()
    people.company(other)
    Membership.objects.create(user=colleague, organisation=application.organisation)
    trial.close()
    trial.check_eligibility()
    trial.seat()
    trial.assign(1)
    application.refresh_from_db()
    judge, page = trial.evaluators[0], page_of("challenge-evaluator", application.public_id)
    master = at(trial.masters[0])
    assert page in master.get(page_of("application", application.public_id)).text
    assert str(judge) in master.get(page).text
    read = at(colleague).get(page)
    assert (str(judge) in read.text, read.context["form"]) == (True, None)
    assert at(colleague).post(page, {"evaluator": judge.pk, "grounds": "옛 동료"}).status_code == 403
    assert at(other).get(page).status_code == 404
    assert master.post(page, {"evaluator": judge.pk, "grounds": ""}).status_code == 422
    filed = {"evaluator": judge.pk, "grounds": "옛 동료"}
    script = SimpleUploadedFile("proof.pdf", b"<script>")
    assert "proof.pdf" not in master.post(page, {**filed, "evidence": script}).text
    assert not Challenge.objects.exists()
    paper = SimpleUploadedFile("proof.pdf", b"%PDF-1.7 colleagues")
    assert master.post(page, {**filed, "evidence": paper}).url == page
    evidence = page_of("file", Challenge.objects.get().evidence.public_id)
    case = page_of("challenge", trial.call.code, Challenge.objects.get().pk)
    assert [
        evidence in at(user).get(place).text for user, place in ((trial.masters[0], page), (trial.approver, case))
    ] == [True, True]
    assert at(trial.approver).get(evidence).getvalue() == b"%PDF-1.7 colleagues"
    readers = (judge.user, trial.evaluators[1].user, other)
    assert [at(user).get(evidence).status_code for user in readers] == [404, 404, 404]
    suspended = Assignment.objects.filter(member__evaluator=judge, status="SUSPENDED")
    assert suspended.count() == 1
    assert "intake.challenge_filed" in told(trial.approver)
    assert "intake.files_changed" in told(judge.user)
    assert judge.pk not in {one.pk for one in master.get(page).context["form"].fields["evaluator"].queryset}
    back = page_of("withdraw-challenge", application.public_id, Challenge.objects.get().pk)
    assert at(colleague).get(back).status_code == 403
    assert master.post(back).url == page
    assert (Challenge.objects.get().status, suspended.count()) == ("WITHDRAWN", 0)
    assert "intake.challenge_withdrawn" in told(trial.approver)
    assert master.post(back).status_code == 404


def test_nobody_reads_the_panel_where_the_policy_does_not_announce_it(at):
    trial = factory.open_round(policy={"announce_panel": False})
    application = trial.apply()
    trial.close()
    trial.check_eligibility()
    trial.seat()
    assert at(trial.masters[0]).get(page_of("challenge-evaluator", application.public_id)).status_code == 404


def test_answers_never_sent_are_taken_up_in_the_next_call(at):
    earlier = factory.open_round()
    unsent = earlier.draft()
    master, stranger = earlier.masters[0], people.person()
    earlier.close()
    page = at(master).get(page_of("application", unsent.public_id))
    assert "미제출" in page.text
    assert ANSWERS["plan"]["idea"] in at(master).get(page_of("page", unsent.public_id, "plan")).text
    soon = database_now() - timedelta(hours=1)
    form = {"sections": [FORM["sections"][1], FORM["sections"][0]]}
    later = factory.open_round(opens_at=soon, closes_at=soon + timedelta(days=3), form=form)
    start = page_of("start", later.call.code)
    people.company(stranger)
    assert "reuse" not in at(stranger).get(start).context["form"].fields
    track = later.call.tracks.get(code="DOMESTIC")
    begun = at(master).post(start, {"organisation": unsent.organisation_id, "track": track.pk, "reuse": unsent.pk})
    fresh = Application.objects.get(call=later.call)
    assert begun.url == page_of("application", fresh.public_id)
    kept = {draft.section: draft.answers for draft in fresh.drafts.all()}
    assert kept == {"company": {"people": 4}, "plan": {"idea": "분산원장 물류", "taxes": True}}
    assert services.submit(application=fresh, key="k", by=master, now=database_now()).number == 1
    with pytest.raises(Invalid):
        services.start_application(
            call=later.call, organisation=stranger.memberships.get().organisation, by=stranger, now=database_now(),
            track=track, reuse=unsent,
        )  # fmt: skip


def test_late_code_is_typed_on_the_page_of_sending(at):
    trial = factory.open_round()
    entry, master = trial.draft(), trial.masters[0]
    trial.apply()
    trial.close()
    now = database_now()
    code, text = services.issue_late_code(
        call=trial.call, organisation=entry.organisation, reason="접수 서버 장애", evidence="공문",
        expires_at=now + timedelta(days=1), by=trial.officer, now=now,
    )  # fmt: skip
    browser, check = at(master), page_of("check", entry.public_id)
    assert browser.get(check).context["late"] is None
    services.confirm_late_code(code=code, by=trial.approver, now=now)
    assert "추가접수가 허용되었습니다" in browser.get(page_of("call", trial.call.code)).text
    assert "추가접수가 허용되었습니다" in browser.get(page_of("application", entry.public_id)).text
    assert browser.get(page_of("page", entry.public_id, "plan")).context["editable"]
    for wrong in ("", "AAAA-BBBB"):
        refused = browser.post(check, {"key": "late", "late_code": wrong})
        assert (refused.status_code >= 400, f'value="{wrong}"' in refused.text) == (True, True)
    sent = browser.post(check, {"key": "late", "late_code": f" {text[:8]}-{text[8:].lower()} "})
    assert sent.url == page_of("receipt", entry.public_id, 1)


def test_reserve_rank_is_shown_and_left_and_a_case_is_answered(at):
    trial = factory.open_round()
    applications = [trial.apply() for _ in range(4)]
    points = {str(one): 24 - place for place, one in enumerate(applications)}
    trial.tell(trial.play_to_final(points))
    first, waits = applications[0], applications[3]
    browser = at(trial.masters[3])
    page = page_of("application", waits.public_id)
    shown = browser.get(page)
    waits.refresh_from_db()
    assert (waits.status, shown.context["reserve"]["ahead"]) == ("RESERVED", waits.reserve.order - 1)
    leave = page_of("withdraw", waits.public_id)
    assert leave in shown.text
    assert "예비 순위 포기" in browser.get(leave).text
    browser.post(leave, {"reason": "다른 곳에 들어갔습니다."})
    waits.reserve.refresh_from_db()
    assert waits.reserve.status == "DROPPED"

    now = database_now()
    first.refresh_from_db()
    case = services.notice_case(
        application=first, ground="FALSE_STATEMENT", evidence="등기부", by=trial.officer, now=now
    )
    mine = page_of("my-case", case.public_id)
    assert mine in at(trial.masters[0]).get(page_of("application", first.public_id)).text
    assert at(trial.masters[1]).get(mine).status_code == 404
    assert "등기부" in at(trial.masters[0]).get(mine).text
    assert at(trial.masters[0]).post(mine, {"reply": "사실과 다릅니다."}).url == mine
    again = at(trial.masters[0]).post(mine, {"reply": "또"})
    assert (DisqualificationCase.objects.get().reply, again.status_code) == ("사실과 다릅니다.", 409)
    assert "intake.case_heard" in told(trial.approver)
    services.decide_case(
        case=DisqualificationCase.objects.get(), upheld=True, reasons="확인됨", by=trial.approver, now=now
    )
    decided = at(trial.masters[0]).get(mine)
    assert decided.context["notice"] is not None


def test_invited_evaluator_declines_and_the_officer_hears(at):
    trial = factory.open_round()
    trial.apply()
    trial.close()
    trial.check_eligibility()
    judges = [factory.evaluator(trial.call, by=trial.officer) for _ in range(2)]
    services.form_panel(stage=trial.stages[0], evaluators=judges, by=trial.officer, now=REVIEW)
    browser = at(judges[0].user)
    pledge, decline = page_of("pledge", trial.call.code), page_of("decline-seat", trial.call.code)
    assert decline in browser.get(pledge).text
    assert browser.post(decline, {"reason": ""}).status_code == 422
    assert browser.post(decline, {"reason": "출장"}).url == page_of("reviews")
    assert "intake.seat_declined" in told(trial.officer)
    assert "고사: 출장" in at(trial.officer).get(page_of("members", trial.call.code, 1)).text
    assert browser.get(pledge).status_code == 404
    services.sign_pledge(call=trial.call, by=judges[1].user, now=REVIEW)
    assert at(judges[1].user).get(decline).status_code == 404


def test_evaluator_goes_through_files_and_finds_each_receipt(at):
    trial = factory.open_round()
    for _ in range(2):
        trial.apply()
    trial.close()
    trial.check_eligibility()
    trial.seat(size=2)
    stage = trial.assign(1)
    judge = trial.evaluators[0].user
    first, second = ScoreSheet.objects.filter(assignment__member__evaluator__user=judge).order_by(
        "assignment__application__receipt_number"
    )
    browser = at(judge)
    page = browser.get(page_of("sheet", first.public_id))
    assert (page.context["position"], page.context["files"]) == (1, 2)
    assert 'rel="next" accesskey="n"' in page.text
    assert page_of("sheet", second.public_id) in page.text
    assert page_of("recuse", first.public_id) in page.text
    codes = [criterion.code for criterion in stage.criteria.all()]
    services.fill_sheet(sheet=first, scores=dict.fromkeys(codes, 20), by=judge, now=REVIEW)
    services.lock_sheet(sheet=first, by=judge, now=REVIEW)
    mine = browser.get(page_of("review-call", trial.call.code))
    assert (mine.context["locked"], mine.context["left"], mine.context["running"]) == (1, 1, 2)
    receipt = page_of("sheet-receipt", first.public_id)
    assert receipt in mine.text
    assert "감사원장 기록" in browser.get(receipt).text
    services.reopen_sheet(sheet=first, reason="항목이 바뀌었습니다.", by=trial.officer, now=REVIEW)
    assert "intake.sheet_reopened" in told(judge)


def test_public_reads_rules_before_and_counts_after_without_names(at):
    bonuses = [{"code": "SOCIAL", "points": "1.5", "block": "deck", "name": {"ko": "사회적기업", "en": "Social"}}]
    policy = {"panel": {"least_size": 2, "least_market_bp": 5000, "one_employer": False, "rest_days": 30}}
    trial = factory.open_round(bonuses=bonuses, policy=policy)
    applications = [trial.apply() for _ in range(4)]
    page = page_of("call", trial.call.code)
    before = at(None).get(page)
    for words in ("사회적기업", "1.50", "평가위원은 2명 이상입니다.", "50 % 이상", "30일 동안 쉽니다"):
        assert words in before.text, words
    assert before.context["results"] == {}
    late = trial.draft()
    trial.call = services.close_call(call=trial.call, by=trial.officer, now=CLOSES)
    code, text = services.issue_late_code(
        call=trial.call, organisation=late.organisation, reason="접수 서버 장애", evidence="공문",
        expires_at=REVIEW, by=trial.officer, now=CLOSES,
    )  # fmt: skip
    services.confirm_late_code(code=code, by=trial.approver, now=CLOSES)
    services.submit(application=late, key="l", by=trial.masters[4], now=CLOSES, late_code=text)
    services.draw_lottery(call=trial.call, public_value="drand-2019-12-10", by=trial.officer, now=REVIEW)
    late.refresh_from_db()
    points = {str(one): 24 - place for place, one in enumerate([*applications, late])}
    trial.close = lambda: None
    final = trial.play_to_final(points)
    services.decide(decision=final, by=trial.approver, now=REVIEW)
    assert at(None).get(page).context["results"] == {}, "decided is not told"
    services.publish(decision=final, by=trial.approver, now=REVIEW)
    refused = next(one for one in trial.call.applications.filter(status="RESERVED").order_by("pk"))
    notice = refused.notices.get(line__decision=final)
    appeal = services.file_appeal(notice=notice, grounds="다시", by=factory.master_of(refused), now=REVIEW)
    reviewer = people.with_role("space.appeal_reviewer", cluster=trial.call.cluster)
    for outcome, days in (("ADMITTED", 1), ("DISMISSED", 3)):
        services.decide_appeal(
            appeal=appeal, outcome=outcome, reasons="같음", by=reviewer, now=REVIEW + timedelta(days=days)
        )
    after = at(None).get(page)
    found = after.context["results"]
    assert (found["entered"], found["ratio"], found["late"]) == (5, "1.6 : 1", ["접수 서버 장애"])
    assert [row.value for row in found["appeals"]] == [1, 1, 0, "3.00일"]
    assert sum(len(selected) for _track, selected, _reserved in found["numbers"]) == 3
    selected = trial.call.applications.filter(status="SELECTED").order_by("receipt_number").first()
    assert selected.receipt_number in after.text
    assert not any(one.organisation.name_ko in after.text for one in [*applications, late])
    soon = database_now() - timedelta(hours=1)
    factory.open_round(opens_at=soon, closes_at=soon + timedelta(days=3))
    assert "1.6 : 1 (5곳 신청, 3곳 모집)" in at(None).get(page_of("calls")).text
    assert at(None).get(f"/en{page[3:]}").status_code == 200


def test_company_withdraws_its_appeal(at):
    trial = factory.open_round()
    application = trial.apply()
    trial.close()
    trial.check_eligibility()
    now = database_now()
    appeal = services.file_appeal(notice=application.notices.get(), grounds="다시", by=trial.masters[0], now=REVIEW)
    reviewer = people.with_role("space.appeal_reviewer", cluster=trial.call.cluster)
    page, back = page_of("appeal", appeal.public_id), page_of("withdraw-appeal", appeal.public_id)
    browser = at(trial.masters[0])
    assert back in browser.get(page).text
    assert browser.post(back).url == page
    appeal.refresh_from_db()
    assert (appeal.status, now <= database_now()) == ("WITHDRAWN", True)
    assert "intake.appeal" in told(reviewer)
    assert browser.get(back).status_code == 404
