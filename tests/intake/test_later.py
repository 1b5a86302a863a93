"""What is asked only of those who go on to a stage: opened by the result, answered in time, judged by that stage alone."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from ledger import log
from ledger.models import Record
from portal.core.errors import Invalid, Late, NotAllowed
from portal.core.periods import SEOUL
from portal.intake import queries, rules, services, tracking
from portal.intake.errors import Incomplete
from portal.intake.models import Application, Attachment, NameHit, ScoreSheet, SupplementRequest
from portal.intake.services.later import ask_questions_of
from portal.intake.views.review import answers_for_panel
from portal.notices.models import Notice
from tests.factories import intake as factory
from tests.factories.intake import FORM, REVIEW

pytestmark = pytest.mark.django_db
DUE = datetime(2019, 12, 20, tzinfo=SEOUL)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"


def later_form(**pitch):
    """The trial's form, with a page that is asked before the presentation."""
    form = deepcopy(FORM)
    words = {"label": {"ko": "발표 요지", "en": "Pitch"}, "required": True, "from_stage": 2}
    slides = {"code": "slides", "kind": "file", "label": {"ko": "발표자료", "en": "Slides"}, "from_stage": 2}
    form["sections"].append(
        {
            "code": "pitch",
            "name": {"ko": "발표", "en": "Presentation"},
            "blocks": [{"code": "pitch", "kind": "long_text", **words, **pitch}, slides],
        }
    )
    return form


def stages(places=1, **second):
    first = factory.stage("DOCUMENT", 3000, go_on=places, criteria=[("기술성", 10_000)])
    return [first, factory.stage("PRESENTATION", 7000, go_on=None, criteria=[("발전성", 10_000)], **second)]


@pytest.fixture
def gone_on():
    """Two applied, the first goes on to the presentation, which asks for more."""
    return going_on()


def going_on(places=1, **second):
    trial = factory.open_round(form=later_form(), stages=stages(places, **second))
    ours, theirs = trial.apply(name="가온"), trial.apply(name="나래")
    trial.close()
    trial.check_eligibility()
    trial.seat()
    first = trial.assign(1)
    trial.score(first, {str(ours): 25, str(theirs): 16})
    services.settle_stage(stage=first, by=trial.officer, now=REVIEW)
    trial.tell(services.prepare_shortlist(stage=first, by=trial.officer, now=REVIEW))
    return trial, fresh(ours), fresh(theirs)


def fresh(application):
    rows = Application.objects.select_related("call__current", "call__cluster", "organisation", "track")
    return rows.get(pk=application.pk)


def write(application, master, text="우리는 합니다", now=REVIEW):
    return services.save_draft(
        application=application, section="pitch", answers={"pitch": text}, version=0, by=master, now=now
    )


def test_only_who_goes_on_is_asked_and_told_until_when(gone_on):
    trial, ours, theirs = gone_on
    request = SupplementRequest.objects.select_related("stage").get()
    assert (request.application_id, request.blocks, request.due_at) == (ours.pk, ["pitch", "slides"], DUE)
    assert request.asked_for == "Presentation 추가 문항"
    assert queries.open_request(theirs) is None
    assert (
        Notice.objects.filter(topic="intake.questions_asked").values_list("user", flat=True).get()
        == trial.masters[0].pk
    )
    then = tracking.next_of(ours)
    assert (then.what, then.who, then.due_at) == ("Presentation 추가 문항에 답합니다.", "신청 기업", DUE)
    assert ask_questions_of(ours.call, 2, [ours], REVIEW) == 0


def test_before_its_stage_a_question_is_neither_asked_nor_missing(at):
    trial = factory.open_round(form=later_form(), stages=stages())
    application, master = trial.draft(), trial.masters[0]
    browser, pages = at(master), reverse("intake:application", args=[application.public_id])
    assert "발표 요지" not in browser.get(reverse("intake:page", args=[application.public_id, "pitch"])).text
    assert "/pages/pitch/" not in browser.get(pages).text
    with pytest.raises(Invalid, match="지금은 묻지 않는"):
        attach(application, master)
    sent = services.submit(application=application, key="k", by=master, now=factory.OPENS)
    assert sorted(sent.content["answers"]) == ["idea", "people", "taxes"]


def attach(application, master, content=PDF):
    return services.attach_file(
        application=application, block="slides", name="발표.pdf", content=ContentFile(content, name="발표.pdf"), by=master,
        now=REVIEW,
    )  # fmt: skip


def test_the_answer_is_a_revision_with_its_receipt_that_only_that_stage_reads(gone_on):
    trial, ours, _theirs = gone_on
    request, master = queries.open_request(ours), trial.masters[0]
    judge = ScoreSheet.objects.select_related(
        "assignment__stage__call", "assignment__application__call__current", "assignment__application__organisation"
    )
    with pytest.raises(Incomplete):
        services.answer_supplement(request=request, key="early", by=master, now=REVIEW)
    write(ours, master)
    slides = attach(ours, master)
    # A page that was edited after sending and stands half written is not what was sent, and is not in the way.
    ours.drafts.filter(section="plan").update(answers={"idea": ""})
    with pytest.raises(Invalid, match="기다리는 신청서가 1건"):
        services.open_stage(stage=trial.stages[1], by=trial.officer, now=REVIEW)
    with pytest.raises(NotAllowed):
        services.answer_supplement(request=request, key="x", by=trial.masters[1], now=REVIEW)

    sent = services.answer_supplement(request=request, key="later", by=master, now=REVIEW)
    again = services.answer_supplement(request=request, key="later", by=master, now=DUE + timedelta(days=9))

    assert (sent.number, again.pk, fresh(ours).status) == (2, sent.pk, "IN_REVIEW")
    assert sent.content["answers"] == {"people": 4, "idea": "분산원장 물류", "taxes": True, "pitch": "우리는 합니다"}
    assert sent.content["files"]["slides"][0]["sha256"] == slides.sha256
    leaf = Record.objects.get(leaf_id=sent.leaf_id)
    assert b"space.application.answered" in bytes(leaf.leaf)

    second = trial.assign(2)
    read = answers_for_panel(judge.filter(assignment__stage=second, assignment__application=ours).first())
    assert [row.label for _page, rows in read for row in rows][-2:] == ["발표 요지", "발표자료"]
    before = answers_for_panel(judge.filter(assignment__stage__number=1, assignment__application=ours).first())
    assert "발표 요지" not in [row.label for _page, rows in before for row in rows]
    seated = trial.evaluators[0].user
    assert rules.check_can_open_attachment(seated, Attachment.objects.get(pk=slides.pk)) == "space.evaluator"


def test_nothing_after_the_due_time_counts_and_the_stage_goes_on_without(gone_on):
    trial, ours, _theirs = gone_on
    request, master = queries.open_request(ours), trial.masters[0]
    write(ours, master)
    with pytest.raises(Late):
        services.answer_supplement(request=request, key="late", by=master, now=DUE)
    services.close_supplement(request=request, by=log.SYSTEM, now=DUE)
    assert (request.status, fresh(ours).status, ours.revisions.count()) == ("LAPSED", "IN_REVIEW", 1)
    assert Notice.objects.filter(user=master, topic="intake.questions_lapsed").count() == 1
    with pytest.raises(NotAllowed):
        write(fresh(ours), master, "늦은 답", now=DUE)
    assert trial.assign(2).status == "RUNNING"


def test_who_comes_to_a_running_stage_is_read_only_with_the_answers():
    trial, ours, theirs = going_on(places=2)
    SupplementRequest.objects.filter(application=theirs).delete()
    write(ours, trial.masters[0])
    services.answer_supplement(request=queries.open_request(ours), key="a", by=trial.masters[0], now=REVIEW)
    services.open_stage(stage=trial.stages[1], by=trial.officer, now=REVIEW)
    assert ask_questions_of(theirs.call, 2, [theirs], REVIEW) == 1

    second = trial.stages[1]
    plan = services.propose_assignments(stage=second, by=trial.officer, now=REVIEW)
    assert {file for _who, file in plan.pairs} == {str(ours)}
    member = second.panel.members.first()
    with pytest.raises(Invalid, match="아직 답하지 않은"):
        services.assign_by_hand(stage=second, application=theirs, member=member, by=trial.officer, now=REVIEW)
    write(theirs, trial.masters[1])
    services.answer_supplement(request=queries.open_request(theirs), key="b", by=trial.masters[1], now=REVIEW)
    assert services.assign_by_hand(
        stage=second, application=theirs, member=member, by=trial.officer, now=REVIEW
    ).status == "PROPOSED"  # fmt: skip


def test_a_blind_panel_reads_later_answers_only_after_names_were_looked_for():
    trial, ours, _theirs = going_on(blind=True, hidden_blocks=["card"])
    stage, master = trial.stages[1], trial.masters[0]
    services.search_names(stage=stage, by=trial.officer, now=REVIEW)
    assert not queries.unsearched(stage).filter(application=ours).exists()
    write(ours, master, "가온이 합니다")
    services.answer_supplement(request=queries.open_request(ours), key="a", by=master, now=REVIEW)
    assert queries.unsearched(stage).filter(application=ours).exists()
    with pytest.raises(Invalid, match="이름이 발견"):
        services.open_stage(stage=stage, by=trial.officer, now=REVIEW)
    hit = NameHit.objects.get(application=ours)
    services.settle_hit(hit=hit, outcome="WITHHELD", note="이름이 있음", by=trial.officer, now=REVIEW)
    trial.assign(2)
    sheet = ScoreSheet.objects.select_related(
        "assignment__stage__call", "assignment__application__call__current", "assignment__application__organisation"
    ).filter(assignment__stage=stage)[0]
    read = answers_for_panel(sheet)
    assert [row.label for _page, rows in read for row in rows][-1] == "발표자료"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"from_stage": 3}, "3번째 평가단계가 없습니다"),
        ({"from_stage": "2"}, "from_stage"),
        ({"from_stage": -1}, "from_stage"),
        ({"kind": "company_card"}, "company"),
        ({"from_stage": 1, "shown_if": {"block": "earlier", "is": "x"}}, "asked later"),
    ],
)
def test_a_form_asks_later_only_for_a_stage_that_comes(changes, word):
    form = later_form(**changes)
    earlier = {"code": "earlier", "kind": "text", "label": {"ko": "앞"}, "from_stage": 2}
    form["sections"][-1]["blocks"].insert(0, earlier)
    with pytest.raises(Invalid, match=word):
        factory.open_round(form=form, stages=stages())


def test_company_answers_and_desk_follows_on_their_pages(gone_on, at, monkeypatch):
    trial, ours, _theirs = gone_on
    for name in ("applicant", "drafting"):
        monkeypatch.setattr(f"portal.intake.views.{name}.database_now", lambda: REVIEW)
    monkeypatch.setattr("portal.intake.views.drafting.arrived_at", lambda _: REVIEW)
    browser, officer = at(trial.masters[0]), at(trial.officer)
    home = browser.get(reverse("intake:application", args=[ours.public_id])).text
    assert ("Presentation 추가 문항" in home, "/pages/pitch/" in home, "/pages/plan/" in home) == (True, True, False)
    page = reverse("intake:page", args=[ours.public_id, "pitch"])
    saved = browser.post(page, {"pitch": "발표합니다", "version": "0"})
    check = reverse("intake:check", args=[ours.public_id])
    assert saved.url == check
    shown = browser.get(check)
    assert ("발표합니다" in shown.text, f"/ko/my/applications/{ours.public_id}/pages/plan/" in shown.text) == (
        True,
        False,
    )
    desk = reverse("intake:desk-stage", args=[trial.call.code, 2])
    assert "1건 가운데 0건이 답했습니다" in officer.get(desk).text
    assert browser.post(check, {"key": "p"}).url == reverse("intake:receipt", args=[ours.public_id, 2])
    assert "1건 가운데 1건이 답했습니다" in officer.get(desk).text
    assert "발표합니다" in officer.get(reverse("intake:desk-application", args=[ours.public_id])).text
    assert browser.post(check, {"key": "q"}).status_code == 403


def test_a_member_tells_the_master_once_that_the_answers_are_ready(gone_on, at):
    trial, ours, _theirs = gone_on
    member = factory.people.person()
    ours.organisation.memberships.create(user=member, kind="MEMBER")
    for _ in range(2):
        at(member).post(reverse("intake:request-sending", args=[ours.public_id]))
    assert Notice.objects.filter(user=trial.masters[0], topic="intake.sending_requested").count() == 1


def test_the_form_builder_asks_when(at):
    trial = factory.open_round(form=later_form(), stages=stages())
    call = services.create_call(
        cluster=trial.call.cluster, programme="trial", data=factory.definition(form=later_form(), stages=stages()),
        by=trial.officer, now=factory.OPENS - timedelta(days=1),
    )  # fmt: skip
    page = reverse("intake:question", args=[call.code, "pitch", "pitch"])
    browser = at(trial.officer)
    shown = browser.get(page)
    assert shown.context["form"]["from_stage"].value() == 2
    given = {"code": "pitch", "kind": "long_text", "label_ko": "발표 요지", "required": "on"}
    assert browser.post(page, given | {"from_stage": "1"}).status_code == 302
    version = call.versions.get()
    assert [block.from_stage for block in fresh_form(version)] == [1, 2]
    assert "Presentation로 가는 기업에만" in browser.get(reverse("intake:preview-page", args=[call.code, "pitch"])).text


def fresh_form(version):
    version.refresh_from_db()
    return version.parsed_form.section("pitch").blocks
