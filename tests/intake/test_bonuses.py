"""가점: counted only against a paper that an officer verified, once, under the cap, and told either way."""

from __future__ import annotations

from copy import deepcopy

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from portal.core.errors import Invalid, NotAllowed
from portal.intake import editing, services
from portal.intake.models import BonusFinding, BonusItem, RankingRun
from tests.factories import intake as factory
from tests.factories.intake import OPENS, REVIEW

pytestmark = pytest.mark.django_db
ITEMS = [
    {
        "code": "WOMEN",
        "name": {"ko": "여성기업", "en": "Women-led"},
        "points": "3",
        "block": "deck",
        "paper": {"ko": "확인서"},
    },
    {"code": "LOCAL", "name": {"ko": "지역기업", "en": "Local"}, "points": "2.5", "block": "deck"},
]
PDF = b"%PDF-1.4\n%%EOF"


def definition(**changes):
    one = factory.stage("DOCUMENT", 10_000, go_on=None, criteria=[("기술성", 10_000)])
    one["rule"] |= {"bonus_cap": "4"}
    return {"stages": [one], "bonuses": deepcopy(ITEMS), **changes}


@pytest.fixture
def trial():
    return factory.open_round(**definition())


def apply(trial, *, paper):
    application = trial.draft()
    if paper:
        services.attach_file(
            application=application,
            block="deck",
            name="확인서.pdf",
            content=ContentFile(PDF),
            by=trial.masters[-1],
            now=OPENS,
        )
    services.submit(application=application, key="k", by=trial.masters[-1], now=OPENS)
    application.refresh_from_db()
    return application


def verify(trial, application, code, *, counted=True, reason="확인서 원본을 보았습니다"):
    with transaction.atomic():
        return services.verify_bonus(
            application=application,
            item=BonusItem.objects.get(call=trial.call, code=code),
            counted=counted,
            reason=reason,
            by=trial.officer,
            now=REVIEW,
        )


def judged(trial, points):
    trial.close()
    trial.check_eligibility()
    trial.seat()
    stage = trial.assign(1)
    trial.score(stage, points)
    services.settle_stage(stage=stage, by=trial.officer, now=REVIEW)


def test_verified_points_are_added_once_under_the_cap_and_told_on_the_notice(trial, at):
    strong, helped = apply(trial, paper=False), apply(trial, paper=True)
    judged(trial, {str(strong): 20, str(helped): 20})
    with pytest.raises(Invalid, match="확인하지 않은 가점"):
        services.prepare_final(call=trial.call, by=trial.officer, now=REVIEW)
    verify(trial, helped, "WOMEN")
    verify(trial, helped, "LOCAL")
    run = services.rank_finally(call=trial.call, by=trial.officer, now=REVIEW)
    rows = {row["application"]: row for rows in run.result["groups"].values() for row in rows}
    assert (rows[str(helped)]["base"], rows[str(helped)]["bonus"], rows[str(helped)]["total"]) == ("80", "4", "84")
    assert (rows[str(strong)]["bonus"], rows[str(strong)]["total"]) == ("0", "80")
    assert rows[str(helped)]["place"] == 1
    verify(trial, helped, "LOCAL", counted=False, reason="본점이 다른 곳입니다")
    trial.tell(services.prepare_final(call=trial.call, by=trial.officer, now=REVIEW))
    last = RankingRun.objects.order_by("-number").first()
    assert '"bonuses":{"' in last.inputs
    notice = helped.notices.last()
    assert [(row["name"]["ko"], row["counted"], row["reason"]) for row in notice.content["bonuses"]] == [
        ("여성기업", True, "확인서 원본을 보았습니다"),
        ("지역기업", False, "본점이 다른 곳입니다"),
    ]
    assert strong.notices.last().content["bonuses"] == []
    page = at(factory.master_of(helped)).get(reverse("intake:notice", args=[notice.public_id])).content.decode()
    assert "본점이 다른 곳입니다" in page
    with pytest.raises(NotAllowed):
        verify(trial, helped, "LOCAL")


def test_without_a_paper_nothing_counts_neither_by_service_nor_around_it(trial):
    application = apply(trial, paper=False)
    with pytest.raises(Invalid, match="증빙"):
        verify(trial, application, "WOMEN")
    with pytest.raises(Invalid):
        verify(trial, application, "WOMEN", counted=False, reason=" ")
    with pytest.raises(DatabaseError), transaction.atomic():
        BonusFinding.objects.create(application=application, item=BonusItem.objects.first(), counted=True, reason="x", found_by=trial.officer, found_at=REVIEW)  # fmt: skip
    other = apply(trial, paper=True)
    found = verify(trial, other, "WOMEN")
    for change in ("UPDATE intake_bonusfinding SET counted = false", "DELETE FROM intake_bonusfinding"):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            connection.cursor().execute(f"{change} WHERE id = {found.pk}")
    with pytest.raises(DatabaseError, match="published"), transaction.atomic():
        BonusItem.objects.update(points="9")


@pytest.mark.parametrize(
    "change",
    [{"code": "women"}, {"block": "idea"}, {"block": "no"}, {"points": "0"}, {"points": "-1"}, {"points": "x"}],
)
def test_an_item_needs_a_code_points_and_a_question_that_takes_its_paper(change):
    items = [{**ITEMS[0], **change}]
    with pytest.raises(Invalid, match="가점"):
        factory.open_round(**definition(bonuses=items))


def test_officers_write_items_and_verify_papers_on_pages(at):
    trial = factory.open_round(**definition())
    draft = services.create_call(
        cluster=trial.call.cluster,
        programme="trial",
        data=factory.definition(**definition()),
        by=trial.officer,
        now=OPENS,
    )
    officer = at(trial.officer)
    url = reverse("intake:edit-bonuses", args=[draft.code])
    assert "WOMEN | 3.00 | deck | 여성기업 | Women-led" in officer.get(url).content.decode()
    assert officer.post(url, {"items": "WOMEN | 많이 | deck | 여성기업"}).status_code == 422
    assert officer.post(url, {"items": "WOMEN | 1.5 | idea | 여성기업"}).status_code == 422
    assert officer.post(url, {"items": "WOMEN | 1.5 | deck | 여성기업 | Women-led"}).status_code == 302
    assert [row["points"] for row in editing.definition_of(draft)["bonuses"]] == ["1.50"]
    application = apply(trial, paper=True)
    page = reverse("intake:bonus", args=[application.public_id, "WOMEN"])
    assert officer.post(page, {"counted": "yes", "reason": ""}).status_code == 422
    assert officer.post(page, {"counted": "yes", "reason": "보았습니다"}).status_code == 302
    assert (
        "점수에 반영: 보았습니다"
        in officer.get(reverse("intake:bonuses", args=[application.public_id])).content.decode()
    )
    assert at(trial.approver).post(page, {"counted": "no", "reason": "x"}).status_code == 403
