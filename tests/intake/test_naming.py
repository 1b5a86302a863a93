"""Names in what a blind panel would read are found before the stage opens, and an officer decides about each."""

from __future__ import annotations

import pytest
import typst
from django.core.files.base import ContentFile
from django.urls import reverse

from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.intake import pdftext, rules, services
from portal.intake.models import Attachment, NameHit
from portal.intake.services.naming import check_names_settled
from portal.intake.views.review import answers_for_panel
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import ANSWERS, OPENS, REVIEW

pytestmark = pytest.mark.django_db


def pdf(text):
    return typst.compile(text.encode(), format="pdf")


@pytest.fixture
def trial():
    one = factory.stage("DOCUMENT", 10_000, go_on=None, criteria=[("기술성", 10_000)], blind=True)
    trial = factory.open_round(stages=[one])
    for name, idea, paper in (
        ("가온체인", "주식회사 가 온 체인의 물류", None),
        ("나래", "물류", pdf("Madang Naraeworks plan")),
        ("다온", "물류", b"%PDF-1.4\nbroken"),
    ):
        application = trial.draft(name=name, name_en="Naraeworks" if name == "나래" else "")
        answers = {**ANSWERS["plan"], "idea": idea}
        services.save_draft(application=application, section="plan", answers=answers, version=1, by=trial.masters[-1], now=OPENS)  # fmt: skip
        if paper:
            services.attach_file(
                application=application,
                block="deck",
                name="계획.pdf",
                content=ContentFile(paper),
                by=trial.masters[-1],
                now=OPENS,
            )
        services.submit(application=application, key="k", by=trial.masters[-1], now=OPENS)
    trial.close()
    trial.check_eligibility()
    trial.seat()
    return trial


def hits():
    return {(hit.application.organisation.name_ko, hit.block, hit.file, hit.name): hit for hit in NameHit.objects.all()}


def test_the_stage_opens_only_when_every_name_found_is_settled(trial, at):
    stage = trial.stages[0]
    with pytest.raises(Invalid, match="이름이 발견"):
        services.open_stage(stage=stage, by=trial.officer, now=REVIEW)
    found = hits()
    assert set(found) == {
        ("가온체인", "idea", "", "가온체인"),
        ("나래", "deck", "계획.pdf", "Naraeworks"),
        ("다온", "deck", "계획.pdf", ""),
    }
    officer = at(trial.officer)
    page = officer.get(reverse("intake:name-hits", args=[trial.call.code, 1])).content.decode()
    assert "읽을 수 없는 PDF" in page
    answer, file, broken = (found[key] for key in sorted(found))
    url = reverse("intake:name-hit", args=[trial.call.code, 1, answer.pk])
    assert officer.post(url, {"outcome": "WITHHELD", "note": ""}).status_code == 422
    assert at(trial.approver).post(url, {"outcome": "KEPT", "note": "x"}).status_code == 403
    assert officer.post(url, {"outcome": "KEPT", "note": "흔한 낱말"}).status_code == 302
    with pytest.raises(Overtaken):
        services.settle_hit(hit=answer, outcome="WITHHELD", note="다시", by=trial.officer, now=REVIEW)
    services.settle_hit(hit=file, outcome="WITHHELD", note="회사 이름", by=trial.officer, now=REVIEW)
    with pytest.raises(Invalid, match="이름이 발견"):
        services.open_stage(stage=stage, by=trial.officer, now=REVIEW)
    services.settle_hit(hit=broken, outcome="KEPT", note="열어 보았습니다", by=trial.officer, now=REVIEW)
    trial.assign(1)
    seen = {}
    for sheet in factory.open_sheets(trial.stages[0]):
        name = sheet.assignment.application.organisation.name_ko
        seen[name] = {row.label for _section, rows in answers_for_panel(sheet) for row in rows}
        judge = sheet.assignment.member.evaluator.user
        for paper in Attachment.objects.filter(application=sheet.assignment.application):
            if name == "나래":
                with pytest.raises(NotAllowed):
                    rules.check_can_open_attachment(judge, paper)
            else:
                assert rules.check_can_open_attachment(judge, paper)
    assert "사업계획서" not in seen["나래"]
    assert "사업계획서" in seen["다온"]


def test_a_stage_that_is_not_blind_is_not_searched():
    trial = factory.open_round()
    trial.apply()
    trial.close()
    trial.check_eligibility()
    trial.seat()
    trial.assign(1)
    assert not NameHit.objects.exists()


def test_only_the_desk_searches_and_a_second_search_finds_nothing_new(trial):
    stage = trial.stages[0]
    with pytest.raises(NotAllowed):
        services.search_names(stage=stage, by=people.person(), now=REVIEW)
    assert services.search_names(stage=stage, by=trial.officer, now=REVIEW, most=1) == 2
    with pytest.raises(Invalid, match="검색이 끝나지"):
        check_names_settled(stage)
    assert services.search_names(stage=stage, by=trial.officer, now=REVIEW) == 0
    before = NameHit.objects.count()
    services.search_names(stage=stage, by=trial.officer, now=REVIEW)
    assert NameHit.objects.count() == before


def test_whatever_a_pdf_makes_its_reader_do_the_file_goes_to_a_person(trial, monkeypatch):
    def stumble(_):
        raise pdftext.Unreadable("it takes too long")

    monkeypatch.setattr("portal.intake.pdftext.read", stumble)
    assert services.search_names(stage=trial.stages[0], by=trial.officer, now=REVIEW) == 0
    assert {key for key in hits() if key[1] == "deck"} == {
        ("나래", "deck", "계획.pdf", ""),
        ("다온", "deck", "계획.pdf", ""),
    }
