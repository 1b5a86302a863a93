"""The call editor: written part by part, read by the approver, published, corrected."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.intake import editing, services
from portal.intake.models import Application, Call
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import CLOSES, OPENS


@pytest.fixture
def clock(monkeypatch):
    from portal.intake.views import applicant, desk, drafting, editor, public, questions, steps

    def at(now):
        for module in (applicant, desk, drafting, editor, public, questions, steps):
            monkeypatch.setattr(module, "database_now", lambda: now)

    at(OPENS - timedelta(days=1))
    return at


def formset(rows, keep=()):
    """What a browser sends of a table of forms: the rows as they stand, changed where told."""
    sent = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": len(keep)}
    for number, row in enumerate(rows):
        sent |= {f"form-{number}-{name}": value for name, value in row.items() if value is not None}
    return sent


def test_officer_writes_a_call_from_nothing_and_the_approver_publishes_it(db, at, clock):
    seoul = people.cluster("seoul")
    officer, approver = (people.with_role(f"space.{desk}", cluster=seoul) for desk in ("officer", "approver"))
    writer, reader = at(officer), at(approver)
    begun = writer.post(
        reverse("intake:new-call"),
        {
            "programme": "trial",
            "cluster": seoul.pk,
            "code": "trial-new",
            "title_ko": "새 공고",
            "opens_at": "2019-11-22T10:00",
            "closes_at": "2019-12-09T18:00",
        },
    )
    call = Call.objects.get(code="trial-new")
    assert begun.url == reverse("intake:edit", args=[call.code])
    assert writer.get(begun.url).status_code == 200

    write_tables(writer, call)
    write_questions(writer, call)
    data = editing.definition_of(Call.objects.get(code="trial-new"))
    assert [row["code"] for row in data["form"]["sections"][0]["blocks"]] == ["card", "plan", "why"]
    assert data["form"]["sections"][0]["blocks"][2]["shown_if"] == {"block": "plan", "is": "yes"}
    assert [(row["code"], row["share_bp"], row["go_on"]) for row in data["stages"]] == [
        ("DOCUMENT", 3000, 5),
        ("TALK", 7000, None),
    ]
    assert [item["weight_bp"] for item in data["stages"][1]["criteria"]] == [5000, 5000]
    assert data["eligibility"] == [{"rule": "company_age", "parameters": {"years": 7, "counted_at": "NOTICE"}}]
    approve(call, writer, reader)
    assert approver.notices.filter(topic="intake.approval_requested").count() == 1
    assert at(None).get(reverse("intake:call", args=[call.code])).status_code == 200


def write_tables(writer, call):
    """Tracks, stages, criteria, rules; shares that do not add up are told and nothing typed is lost."""
    track = {"code": "GENERAL", "name_ko": "일반", "quota": 3, "reserve": 1, "spill": ""}
    assert writer.post(reverse("intake:edit-part", args=[call.code, "tracks"]), formset([track, {}])).status_code == 302
    stage = {"name_ko": "서면", "share": 30, "go_on": 5, "per_file": 2, "combine": "mean", "min_sheets": 1}
    stages = [
        {**stage, "code": "DOCUMENT", "was": "DOCUMENT", "tie_break": "lottery", "pass_mark": "59.5"},
        {**stage, "code": "TALK", "share": 60, "go_on": "", "tie_break": "lottery"},
    ]
    url = reverse("intake:edit-part", args=[call.code, "stages"])
    wrong = writer.post(url, formset(stages))
    assert (wrong.status_code, "합이 100%" in wrong.text, 'value="60"' in wrong.text) == (422, True, True)
    stages[1]["share"] = 70
    assert writer.post(url, formset(stages)).status_code == 302
    url = reverse("intake:edit-criteria", args=[call.code, 2])
    assert writer.get(url).status_code == 200
    items = [{"code": name, "name_ko": name, "max_points": 25, "weight": 50} for name in ("발전성", "역량")]
    assert writer.post(url, formset(items)).status_code == 302
    url = reverse("intake:edit-part", args=[call.code, "rules"])
    rule = {"rule": "company_age", "parameters": "years = 7\ncounted_at = NOTICE"}
    assert writer.post(url, formset([rule])).status_code == 302


def write_questions(writer, call):
    """A choice, a question that depends on it, a page more, a question moved over its edge and back."""
    question = {"code": "plan", "kind": "choice", "label_ko": "계획", "required": "on"}
    url = reverse("intake:new-question", args=[call.code, "company"])
    assert writer.post(url, question).status_code == 422
    assert writer.post(url, {**question, "choices": "yes | 있음 | Yes\nno | 없음 | No"}).status_code == 302
    more = {"code": "why", "kind": "long_text", "label_ko": "내용", "shown_if_block": "plan", "shown_if_value": "yes"}
    assert writer.post(url, {**more, "max_chars": 100}).status_code == 302
    form_url = reverse("intake:form-editor", args=[call.code])
    writer.post(form_url, {"add": "1", "code": "last", "name_ko": "끝"})
    writer.post(form_url, {"down": "why"})
    assert writer.get(reverse("intake:question", args=[call.code, "last", "why"])).status_code == 200
    writer.post(form_url, {"up": "why"})


def approve(call, writer, reader):
    """Both look at it; who wrote it asks, the other publishes."""
    for browser in (writer, reader):
        preview = browser.get(reverse("intake:preview", args=[call.code]))
        assert (preview.status_code, "새 공고" in preview.text, "설립 7년 이내" in preview.text) == (200, True, True)
        page = browser.get(reverse("intake:preview-page", args=[call.code, "company"]))
        assert (page.status_code, 'name="why"' in page.text) == (200, True)
    publish = reverse("intake:step", args=[call.code, "publish"])
    assert (writer.get(publish).status_code, reader.get(publish).status_code) == (403, 200)
    assert writer.post(reverse("intake:ready", args=[call.code])).status_code == 302
    assert reader.post(publish).status_code == 302


def test_correction_is_written_previewed_and_published_and_drafts_keep_their_answers(db, at, clock):
    trial = factory.open_round()
    draft = trial.draft()
    clock(OPENS + timedelta(days=1))
    writer, reader, code = at(trial.officer), at(trial.approver), trial.call.code
    basics = reverse("intake:edit-basics", args=[code])
    given = {
        "title_ko": "고친 공고",
        "summary_ko": "내용",
        "closes_at": "2019-12-10T18:00",
        "reason": "기간을 늘립니다.",
    }
    assert writer.post(basics, {**given, "closes_at": "2019-12-01T18:00"}).status_code == 422
    assert writer.post(basics, given).status_code == 302
    new = {"code": "extra", "kind": "text", "label_ko": "새 질문", "required": "on"}
    assert writer.post(reverse("intake:new-question", args=[code, "plan"]), new).status_code == 302
    assert writer.get(reverse("intake:edit-part", args=[code, "tracks"])).status_code == 404

    public = at(None).get(reverse("intake:call", args=[code])).text
    assert ("시험 공고" in public, "고친 공고" in public) == (True, False)
    assert "고친 공고" in reader.get(reverse("intake:preview", args=[code])).text
    assert reader.get(reverse("intake:desk-call", args=[code])).text.count("기간을 늘립니다.") == 1
    assert reader.post(reverse("intake:step", args=[code, "correct"])).status_code == 302

    trial.call.refresh_from_db()
    assert (trial.call.current.number, trial.call.closes_at) == (2, CLOSES + timedelta(days=1))
    check = at(trial.masters[0]).get(reverse("intake:check", args=[draft.public_id])).text
    assert ("새 질문" in check, "분산원장 물류" in check) == (True, True)
    assert Application.objects.get().drafts.count() == 2


def test_who_may_not_write_finds_no_editor(db, at, clock):
    trial = factory.open_round()
    code = trial.call.code
    for who in (trial.approver, people.with_role("auditor")):
        browser = at(who)
        for name, more in (("edit", []), ("edit-basics", []), ("form-editor", []), ("new-question", ["plan"])):
            assert browser.get(reverse(f"intake:{name}", args=[code, *more])).status_code == 403
        assert browser.get(reverse("intake:new-call")).status_code == 403
        assert browser.get(reverse("intake:preview", args=[code])).status_code == 200


def test_begun_from_an_earlier_call_it_has_everything_but_the_dates(db, at, clock):
    trial = factory.open_round()
    data = editing.definition_of(trial.call)
    at(trial.officer).post(
        reverse("intake:new-call"),
        {
            "programme": "trial",
            "cluster": trial.call.cluster.pk,
            "source": trial.call.pk,
            "code": "again",
            "title_ko": "다시",
            "opens_at": "2020-11-22T10:00",
            "closes_at": "2020-12-09T18:00",
        },
    )
    made = editing.definition_of(Call.objects.get(code="again"))
    assert {name: made[name] for name in ("tracks", "stages", "eligibility", "form")} == {
        name: data[name] for name in ("tracks", "stages", "eligibility", "form")
    }
    services.publish_call(call=Call.objects.get(code="again"), by=trial.approver, now=OPENS)
