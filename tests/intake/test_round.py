"""The whole round through the services: from a call to results, reserve and appeal."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.intake import papers, services
from portal.intake.enums import ApplicationStatus, CallStatus
from portal.intake.models import Application, ReserveEntry, ResultNotice
from tests.factories import intake as factory
from tests.factories.intake import REVIEW, TRIAL

pytestmark = pytest.mark.django_db


@pytest.fixture
def played():
    """Six companies: four good, one weak, one too old."""
    trial = factory.open_round()
    good = [trial.apply() for _ in range(4)]
    weak = trial.apply()
    old = trial.apply(opened_date=(factory.OPENS - timedelta(days=3650)).date())
    points = {str(one): value for one, value in zip(good, (25, 24, 23, 22), strict=True)} | {str(weak): 10}
    decision = trial.play_to_final(points)
    return trial, decision, good, weak, old


def status(application: Application) -> str:
    return Application.objects.get(pk=application.pk).status


def test_whole_round_ends_with_selected_reserved_and_refused(played):
    trial, decision, good, weak, old = played

    assert [status(one) for one in (*good, weak, old)] == ["IN_REVIEW"] * 4 + ["NOT_SELECTED", "INELIGIBLE"]
    trial.tell(decision)

    assert [status(one) for one in good] == ["SELECTED", "SELECTED", "SELECTED", "RESERVED"]
    assert TRIAL.calls == [("published", str(one)) for one in good[:3]]
    third = Application.objects.get(pk=good[2].pk)
    assert (third.track.code, third.quota_track.code) == ("DOMESTIC", "FOREIGN")
    trial.call.refresh_from_db()
    assert trial.call.status == CallStatus.ANNOUNCED


def test_notice_tells_scores_rank_and_reasons(played):
    trial, decision, good, weak, old = played
    trial.tell(decision)

    content = ResultNotice.objects.get(application=good[3]).content if False else good[3].notices.last().content
    assert (content["outcome"], content["place"], content["of"], content["total"]) == ("RESERVED", 4, 4, "88")
    assert [row["criteria"][0]["mean"] for row in content["stages"]] == ["22", "22"]
    assert weak.notices.last().content["reasons"][0]["code"] == "BELOW_PASS_MARK"
    assert "7" in old.notices.last().content["reasons"][0]["ko"]
    paper = papers.notice(good[3].notices.last())
    assert paper.entry.title == "선정 결과를 발표했습니다"
    assert paper.entry.number.startswith("space.result/")
    assert [str(part.heading) for part in paper.parts][-2:] == ["다음 절차", "이의신청"]
    assert ("순위", "4곳 가운데 4위") in [(str(row.label), row.value) for row in paper.parts[0].rows]


def test_withdrawal_after_selection_calls_the_reserve(played):
    trial, decision, good, _weak, _old = played
    trial.tell(decision)

    services.withdraw(application=good[0], reason="이전", by=factory.master_of(good[0]), now=REVIEW)

    assert status(good[0]) == ApplicationStatus.WITHDRAWN
    assert status(good[3]) == ApplicationStatus.SELECTED
    assert ReserveEntry.objects.get().status == "CALLED"
    assert TRIAL.calls[-2:] == [("withdrawn", str(good[0])), ("published", str(good[3]))]


def test_room_that_refuses_one_line_undoes_the_publication(played):
    trial, decision, good, _weak, _old = played
    services.decide(decision=decision, by=trial.approver, now=REVIEW)
    TRIAL.refuses = {str(good[1])}

    with pytest.raises(RuntimeError):
        services.publish(decision=decision, by=trial.approver, now=REVIEW)

    assert [status(one) for one in good] == ["IN_REVIEW"] * 4
    assert not ResultNotice.objects.filter(line__decision=decision).exists()
