"""Who reads whose sheet, and when."""

from __future__ import annotations

import pytest
from django.urls import reverse

from portal.core.errors import NotAllowed
from portal.intake import queries, rules, services
from portal.intake.models import Access, Member, ScoreSheet
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import CLOSES, REVIEW

pytestmark = pytest.mark.django_db
CODES = ("기술성", "시장성")


def reviewing(*, discussion):
    one = factory.stage(
        "DOCUMENT", 10_000, go_on=None, criteria=[(code, 5000) for code in CODES], discussion=discussion
    )
    trial = factory.open_round(stages=[one])
    application = trial.apply()
    trial.close()
    trial.check_eligibility()
    trial.seat()
    stage = trial.assign(1)
    return trial, application, stage, factory.open_sheets(stage)


def lock(sheet):
    judge = sheet.assignment.member.evaluator.user
    services.fill_sheet(sheet=sheet, scores=dict.fromkeys(CODES, 20), comment="탄탄합니다", by=judge, now=REVIEW)
    services.lock_sheet(sheet=sheet, by=judge, now=REVIEW)


def fresh(sheet):
    return queries.sheets_of(sheet.assignment.member.evaluator.user).get(pk=sheet.pk)


def test_members_read_each_other_after_their_own_lock_and_only_where_the_stage_lets_them(at):
    _trial, _application, _stage, (mine, other) = reviewing(discussion=True)
    lock(other)
    browser = at(mine.assignment.member.evaluator.user)
    url = reverse("intake:others", args=[mine.public_id])
    assert browser.get(url).status_code == 403
    lock(mine)
    page = browser.get(url).content.decode()
    assert "탄탄합니다" in page
    assert "20 / 25" in page
    assert other.assignment.member.evaluator.user.name not in page
    assert (
        "다른 위원의 평가표 보기"
        in browser.get(reverse("intake:sheet-receipt", args=[mine.public_id])).content.decode()
    )


def test_without_discussion_only_the_chair_reads():
    _trial, _application, _stage, (mine, other) = reviewing(discussion=False)
    lock(mine)
    lock(other)
    with pytest.raises(NotAllowed):
        rules.check_can_discuss(mine.assignment.member.evaluator.user, fresh(mine))
    Member.objects.filter(pk=mine.assignment.member_id).update(is_chair=True)
    assert rules.check_can_discuss(mine.assignment.member.evaluator.user, fresh(mine)) == "space.chair"


def test_the_desks_read_when_their_turn_has_come_and_it_is_noted(at):
    trial, application, stage, (one, two) = reviewing(discussion=False)
    cluster = trial.call.cluster
    reviewer = people.with_role("space.appeal_reviewer", cluster=cluster)
    auditor = people.with_role("auditor")

    def may():
        stage.refresh_from_db()
        who = {"officer": trial.officer, "approver": trial.approver, "reviewer": reviewer, "auditor": auditor}
        return {
            name for name, user in who.items() if rules.allowed(rules.check_can_read_sheets, user, application, stage)
        }

    lock(one)
    assert may() == {"auditor"}
    lock(two)
    assert may() == {"officer", "auditor"}
    services.settle_stage(stage=stage, by=trial.officer, now=REVIEW)
    assert may() == {"officer", "approver", "auditor"}
    trial.tell(services.prepare_final(call=trial.call, by=trial.officer, now=REVIEW))
    notice = application.notices.last()
    services.file_appeal(notice=notice, grounds="다시", by=trial.masters[0], now=REVIEW)
    assert may() == {"officer", "approver", "reviewer", "auditor"}
    page = at(trial.officer).get(reverse("intake:desk-sheets", args=[application.public_id]))
    assert "20 / 25" in page.content.decode()
    assert Access.objects.get(what="sheets").accessed_by == trial.officer
    assert not any(sheet.assignment.member.evaluator.user.name in page.content.decode() for sheet in (one, two))


def test_expertise_leads_a_file_to_who_knows_its_field():
    form = {
        "sections": [
            *factory.FORM["sections"],
            {
                "code": "field",
                "name": {"ko": "분야", "en": "Field"},
                "blocks": [
                    {
                        "code": "field",
                        "kind": "choice",
                        "label": {"ko": "분야", "en": "Field"},
                        "limits": {"choices": [{"code": c, "name": {"ko": c}} for c in ("DID", "DEFI")]},
                    }
                ],
            },
        ]
    }
    one = factory.stage("DOCUMENT", 10_000, go_on=None, criteria=[("기술성", 10_000)], per_file=1)
    trial = factory.open_round(form=form, stages=[one], policy={"match_block": "field"})
    fields = {}
    for field in ("DID", "DEFI", "DID", "DEFI"):
        application = trial.draft()
        services.save_draft(
            application=application,
            section="field",
            answers={"field": field},
            version=0,
            by=trial.masters[-1],
            now=CLOSES,
        )
        services.submit(application=application, key="k", by=trial.masters[-1], now=CLOSES.replace(hour=8))
        fields[application.pk] = field
    trial.close()
    trial.check_eligibility()
    trial.evaluators = [factory.evaluator(trial.call, by=trial.officer, expertise=[known]) for known in ("DEFI", "DID")]
    services.form_panel(stage=trial.stages[0], evaluators=trial.evaluators, by=trial.officer, now=REVIEW)
    for judge in trial.evaluators:
        services.sign_pledge(call=trial.call, by=judge.user, now=REVIEW)
    trial.assign(1)
    for sheet in ScoreSheet.objects.select_related("assignment__member__evaluator"):
        assert sheet.assignment.member.evaluator.expertise == [fields[sheet.assignment.application_id]]
