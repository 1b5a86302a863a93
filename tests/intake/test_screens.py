"""Every screen of intake, walked through by the person it is for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.intake import services
from portal.intake.models import Appeal, Application, Attachment, Draft, ScoreSheet
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import CLOSES, OPENS, REVIEW

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"


@pytest.fixture
def clock(monkeypatch):
    """Moves the clock that the screens read."""
    names = ("applicant", "desk", "drafting", "public", "review", "steps")

    def to(now):
        for name in names:
            monkeypatch.setattr(f"portal.intake.views.{name}.database_now", lambda: now)
            monkeypatch.setattr(f"portal.intake.views.{name}.arrived_at", lambda _: now, raising=False)

    to(OPENS + timedelta(days=1))
    return to


def test_public_reads_calls_in_both_languages(at, clock):
    trial = factory.open_round()
    for language, word in (("ko", "시험 공고"), ("en", "Trial call")):
        listed = at(None).get(f"/{language}/calls/")
        assert (listed.status_code, word in listed.text) == (200, True)
        page = at(None).get(f"/{language}/calls/{trial.call.code}/")
        assert (page.status_code, word in page.text) == (200, True)


def test_startup_applies_from_start_to_receipt(at, clock):
    trial = factory.open_round()
    master, member = people.person(), people.person()
    company = people.company(master, member, opened_date=OPENS.date())
    browser = at(master)
    track = trial.call.tracks.get(code="FOREIGN")

    begun = browser.post(
        reverse("intake:start", args=[trial.call.code]), {"organisation": company.pk, "track": track.pk}
    )
    application = Application.objects.get()
    assert begun.url == reverse("intake:application", args=[application.public_id])
    assert "신청서 쓰기" in browser.get(begun.url).text

    first = reverse("intake:page", args=[application.public_id, "company"])
    assert browser.get(first).status_code == 200
    saved = browser.post(first, {"people": "4", "version": "0"})
    assert saved.url == reverse("intake:page", args=[application.public_id, "plan"])
    saved = browser.post(saved.url, {"idea": "물류", "taxes": "on", "version": "0"})
    check = reverse("intake:check", args=[application.public_id])
    assert saved.url == check
    page = browser.get(check)
    assert page.status_code == 200

    sent = browser.post(check, {"key": page.context["key"]})
    again = browser.post(check, {"key": page.context["key"]})
    assert sent.url == again.url == reverse("intake:receipt", args=[application.public_id, 1])
    receipt = browser.get(sent.url).text
    application.refresh_from_db()
    assert application.receipt_number in receipt
    assert application.revisions.get().sha256 in receipt
    assert f"/ko/log/leaf/{application.revisions.get().leaf_id}/" in receipt
    address = reverse("intake:receipt-pdf", args=[application.public_id, 1])
    assert address in receipt
    once, twice = (b"".join(browser.get(address)) for _ in range(2))
    assert once == twice
    assert once.startswith(b"%PDF")


def test_page_keeps_what_does_not_fit_and_says_why(at, clock):
    trial = factory.open_round()
    application = trial.draft()
    url = reverse("intake:page", args=[application.public_id, "company"])

    answer = at(trial.masters[0]).post(url, {"people": "많음", "version": "1"})

    assert answer.status_code == 422
    assert Draft.objects.get(section="company").answers == {"people": "많음"}
    assert 'value="많음"' in answer.text


def test_autosave_answers_json_and_clash_shows_both(at, clock):
    trial = factory.open_round()
    application = trial.draft()
    url = reverse("intake:page", args=[application.public_id, "plan"])
    browser = at(trial.masters[0])

    saved = browser.post(url, {"idea": "첫째", "taxes": "on", "version": "1"}, headers={"X-Autosave": "1"})
    assert saved.json()["version"] == 2
    clash = browser.post(url, {"idea": "둘째", "taxes": "on", "version": "1"})

    assert clash.status_code == 409
    assert ("첫째" in clash.text, "둘째" in clash.text) == (True, True)
    kept = browser.post(url, {"idea": "둘째", "taxes": "on", "version": str(clash.context["version"])})
    assert kept.status_code == 302
    assert Draft.objects.get(section="plan").answers["idea"] == "둘째"


def test_incomplete_application_says_what_is_missing(at, clock):
    trial = factory.open_round()
    application = trial.draft()
    browser = at(trial.masters[0])
    browser.post(reverse("intake:page", args=[application.public_id, "plan"]), {"idea": "", "version": "1"})

    answer = browser.post(reverse("intake:check", args=[application.public_id]), {"key": "k"})

    assert answer.status_code == 422
    assert "사업 내용" in answer.text
    assert not application.revisions.exists()


def test_late_submission_gets_exact_times_and_keeps_the_draft(at, clock):
    trial = factory.open_round()
    application = trial.draft()
    clock(CLOSES)

    answer = at(trial.masters[0]).post(reverse("intake:check", args=[application.public_id]), {"key": "k"})

    assert answer.status_code == 409
    assert "2019. 12. 09. 18:00:00.000" in answer.text
    assert application.drafts.count() == 2


def test_file_goes_up_and_comes_down_and_a_lying_one_is_refused(at, clock):
    trial = factory.open_round()
    application = trial.draft()
    browser = at(trial.masters[0])
    url = reverse("intake:attach", args=[application.public_id, "deck"])

    browser.post(url, {"file": SimpleUploadedFile("계획서.pdf", PDF)})
    liar = browser.post(url, {"file": SimpleUploadedFile("계획서.pdf", b"MZ\x90\x00" + b"\x00" * 60)}, follow=True)

    attachment = Attachment.objects.get()
    assert "확장자" in liar.text
    down = browser.get(reverse("intake:file", args=[attachment.public_id]))
    assert (b"".join(down.streaming_content), down["Content-Disposition"].startswith("attachment")) == (PDF, True)
    assert browser.get(reverse("intake:page", args=[application.public_id, "plan"])).status_code == 200
    browser.post(reverse("intake:remove-file", args=[attachment.public_id]))
    attachment.refresh_from_db()
    assert attachment.removed_at is not None


def test_evaluator_pledges_scores_and_locks(at, clock):
    trial = factory.open_round()
    files = [trial.apply() for _ in range(2)]
    trial.close()
    trial.check_eligibility()
    judges = [factory.evaluator(trial.call, by=trial.officer) for _ in range(2)]
    stage = trial.stages[0]
    services.form_panel(stage=stage, evaluators=judges, by=trial.officer, now=REVIEW)
    browser = at(judges[0].user)
    clock(REVIEW)
    call_url = reverse("intake:review-call", args=[trial.call.code])
    assert browser.get(call_url).url == reverse("intake:pledge", args=[trial.call.code])

    pledge = browser.get(reverse("intake:pledge", args=[trial.call.code]))
    assert files[0].organisation.name_ko in pledge.text
    browser.post(
        reverse("intake:pledge", args=[trial.call.code]),
        {"fair": "on", "conflicts": [files[1].organisation_id], "reason": "자문"},
    )
    services.sign_pledge(call=trial.call, by=judges[1].user, now=REVIEW)
    trial.assign(1)
    sheet = ScoreSheet.objects.get(assignment__member__evaluator=judges[0])
    assert sheet.assignment.application == files[0]
    url = reverse("intake:sheet", args=[sheet.public_id])
    page = browser.get(url)
    assert (page.status_code, "분산원장 물류" in page.text) == (200, True)

    half = {"score_1": "20", "score_2": "", "why_2": "", "comment": "좋음", "lock": "1"}
    asked = browser.post(url, {**half, "version": "0"})
    assert (asked.status_code, list(asked.context["form"].errors)) == (422, ["score_2"])
    assert "1/2개 항목, 지금 80.00점" in asked.text
    lock = reverse("intake:lock", args=[sheet.public_id])
    assert browser.post(lock).status_code == 422
    saved = browser.post(url, {**half, "why_2": "판단 자료 없음", "version": "1"})
    assert saved.url == lock
    locked = browser.post(lock)
    assert browser.get(lock).url == locked.url
    assert locked.url == reverse("intake:sheet-receipt", args=[sheet.public_id])
    assert browser.get(locked.url).status_code == 200
    assert browser.get(call_url).status_code == 200
    assert browser.get(reverse("intake:reviews")).status_code == 200


def test_invitation_to_a_later_panel_leads_to_the_pledge_again(at, clock):
    trial = factory.open_round()
    trial.apply()
    trial.close()
    judge = factory.evaluator(trial.call, by=trial.officer)
    url = reverse("intake:review-call", args=[trial.call.code])
    for stage in trial.stages:
        services.form_panel(stage=stage, evaluators=[judge], by=trial.officer, now=REVIEW)
        assert at(judge.user).get(url).status_code == 302
        services.sign_pledge(call=trial.call, by=judge.user, now=REVIEW)
        assert at(judge.user).get(url).status_code == 200


def test_evaluator_of_a_blind_stage_sees_neither_name_nor_hidden_file(at, clock):
    form = {"sections": [dict(section) for section in factory.FORM["sections"]]}
    form["sections"][1] = {**form["sections"][1], "blocks": [dict(block) for block in form["sections"][1]["blocks"]]}
    form["sections"][1]["blocks"][1]["hidden_when_blind"] = True
    blind = factory.stage("DOCUMENT", 10_000, go_on=None, criteria=[("기술성", 10_000)], blind=True)
    trial = factory.open_round(stages=[blind], form=form)
    application = trial.draft(name="비밀상회")
    pdf = SimpleUploadedFile("비밀상회.pdf", PDF)
    attachment = services.attach_file(
        application=application, block="deck", name=pdf.name, content=pdf, by=trial.masters[0], now=OPENS
    )
    services.submit(application=application, key="k", by=trial.masters[0], now=OPENS)
    trial.close()
    trial.check_eligibility()
    trial.seat()
    sheet = factory.open_sheets(trial.assign(1))[0]
    browser = at(sheet.assignment.member.evaluator.user)

    page = browser.get(reverse("intake:sheet", args=[sheet.public_id]))
    application.refresh_from_db()
    assert (page.status_code, "A 신청서" in page.text, "분산원장 물류" in page.text) == (200, True, True)
    assert ("비밀상회" in page.text, application.receipt_number in page.text) == (False, False)
    assert browser.get(reverse("intake:file", args=[attachment.public_id])).status_code == 404


def test_officer_and_approver_run_the_round_on_their_screens(at, clock):
    trial = factory.open_round()
    good, weak = trial.apply(), trial.apply()
    officer, approver = at(trial.officer), at(trial.approver)
    code = trial.call.code
    clock(CLOSES + timedelta(days=1))

    def step(name, **data):
        url = reverse("intake:step", args=[code, name])
        assert officer.get(url).status_code == 200
        assert officer.post(url, data).status_code == 302

    def stage_step(number, name):
        assert officer.post(reverse("intake:stage-step", args=[code, number, name])).status_code == 302

    def decide(kind):
        found = trial.call.decisions.filter(kind=kind).last()
        url = reverse("intake:decision", args=[found.public_id])
        assert officer.get(url).status_code == 200
        approver.post(url, {})
        approver.post(url, {"publish": "1"})
        found.refresh_from_db()
        assert found.status == "PUBLISHED"

    step("close")
    step("draw", public_value="drand-1")
    officer.post(reverse("intake:bench", args=[code]))
    assert officer.get(reverse("intake:bench", args=[code])).status_code == 200
    step("eligibility")
    decide("ELIGIBILITY")
    judges = [factory.evaluator(trial.call, by=trial.officer) for _ in range(2)]
    for number in (1, 2):
        url = reverse("intake:desk-stage", args=[code, number])
        assert officer.get(url).status_code == 200
        officer.post(url, {"evaluators": [judge.pk for judge in judges], "chair": judges[0].pk})
        for judge in judges:
            services.sign_pledge(call=trial.call, by=judge.user, now=REVIEW)
        for name in ("open", "propose", "confirm"):
            stage_step(number, name)
        trial.score(trial.stages[number - 1], {str(good): 25, str(weak): 5})
        stage_step(number, "settle")
        assert officer.get(url).status_code == 200
        if number == 1:
            stage_step(number, "shortlist")
            decide("SHORTLIST")
    step("final")
    decide("FINAL")

    for browser in (officer, approver):
        assert browser.get(reverse("intake:desk-call", args=[code])).status_code == 200
        assert browser.get(reverse("intake:desk-calls")).status_code == 200
        assert browser.get(reverse("intake:entries", args=[code])).status_code == 200
        assert browser.get(reverse("intake:desk-application", args=[good.public_id])).status_code == 200
    good.refresh_from_db()
    assert good.status == "SELECTED"


def test_applicant_reads_the_result_and_appeals(at, clock):
    trial = factory.open_round()
    good, weak = trial.apply(), trial.apply()
    trial.tell(trial.play_to_final({str(good): 25, str(weak): 10}))
    clock(REVIEW + timedelta(days=1))
    browser = at(factory.master_of(weak))
    notice = weak.notices.last()

    assert browser.get(reverse("intake:application", args=[weak.public_id])).status_code == 200
    page = browser.get(reverse("intake:notice", args=[notice.public_id]))
    assert (page.status_code, "40.00" in page.text, "10.00 / 25" in page.text) == (200, True, True)
    filed = browser.post(reverse("intake:appeal-form", args=[notice.public_id]), {"grounds": "다시 보아 주십시오."})
    assert filed.url == reverse("intake:appeal", args=[Appeal.objects.get().public_id])
    assert browser.get(filed.url).status_code == 200
    assert browser.get(reverse("intake:applications")).status_code == 200


def test_master_withdraws(at, clock):
    trial = factory.open_round()
    application = trial.apply()
    url = reverse("intake:withdraw", args=[application.public_id])

    assert at(trial.masters[0]).get(url).status_code == 200
    at(trial.masters[0]).post(url, {"reason": "사정"})

    application.refresh_from_db()
    assert application.status == "WITHDRAWN"
