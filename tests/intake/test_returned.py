"""예비로 되돌림: a called reserve whose place cannot be given after all keeps its order, and the next one is called."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from ledger import log
from portal.core.errors import Invalid, NotAllowed
from portal.intake import services
from portal.intake.models import Application, ReserveEntry, Track
from portal.notices.models import Notice
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import REVIEW, TRIAL

pytestmark = pytest.mark.django_db


@pytest.fixture
def called():
    """Two selected, two in reserve; the first of the reserve was called for the place that one gave up."""
    trial = factory.open_round()
    files = [trial.apply() for _ in range(4)]
    trial.tell(trial.play_to_final({str(one): points for one, points in zip(files, (25, 24, 23, 22), strict=True)}))
    selected = [one for one in files if fresh(one).status == "SELECTED"]
    services.decline(application=fresh(selected[0]), reason="다른 곳", by=log.SYSTEM, now=REVIEW)
    entry = services.call_next_reserve(track=fresh(selected[0]).quota_track, freed=None, by=log.SYSTEM, now=REVIEW)
    return trial, selected, entry


def fresh(application):
    rows = Application.objects.select_related("call__current", "call__cluster", "organisation", "quota_track", "track")
    return rows.get(pk=application.pk)


def give_back(application, by, reason="호실 공사", now=REVIEW):
    return services.return_to_reserve(application=fresh(application), reason=reason, by=by, now=now)


def test_who_is_returned_keeps_the_order_reads_why_and_is_called_again(called):
    trial, _selected, entry = called
    first = entry.application
    returned = give_back(first, trial.approver)

    now = fresh(first)
    assert (now.status, now.quota_track, returned.status) == ("RESERVED", None, "WAITING")
    assert returned.order == entry.order
    assert returned.skips[-1]["ko"] == "호실 공사"
    assert ("returned", str(first)) in TRIAL.calls
    master = factory.master_of(now)
    assert Notice.objects.filter(user=master, topic="intake.returned_to_reserve").count() == 1
    # The place goes to the next fitting one, if there is any, never straight back.
    others = ReserveEntry.objects.filter(track__call=trial.call, status="CALLED").exclude(pk=returned.pk)
    waiting = ReserveEntry.objects.filter(track__call=trial.call).exclude(pk=returned.pk).count()
    assert others.count() == min(waiting, 1)
    if others:
        services.decline(application=fresh(others[0].application), reason="", by=log.SYSTEM, now=REVIEW)
    track = Track.objects.get(call=trial.call, code="DOMESTIC")
    again = services.call_next_reserve(track=track, freed=None, by=log.SYSTEM, now=REVIEW)
    assert (again.pk, fresh(first).status) == (returned.pk, "SELECTED")


def test_only_the_approver_returns_and_only_who_was_called_and_holds_nothing_final(called):
    trial, selected, entry = called
    for by in (trial.officer, factory.master_of(entry.application), people.person()):
        with pytest.raises(NotAllowed):
            give_back(entry.application, by)
    with pytest.raises(Invalid):
        give_back(entry.application, trial.approver, reason=" ")
    with pytest.raises(NotAllowed, match="승계한 뒤"):
        give_back(selected[1], trial.approver)
    with pytest.raises(NotAllowed, match="유효 기한"):
        give_back(entry.application, trial.approver, now=entry.valid_until + timedelta(seconds=1))
    services.fulfil(application=fresh(entry.application), by=log.SYSTEM, now=REVIEW)
    with pytest.raises(NotAllowed, match="승계한 뒤"):
        give_back(entry.application, trial.approver)


def test_the_board_offers_it_to_the_approver(called, at, monkeypatch):
    trial, _selected, entry = called
    monkeypatch.setattr("portal.intake.views.acting.database_now", lambda: REVIEW)
    board = reverse("intake:reserve", args=[trial.call.code])
    page = reverse("intake:return-to-reserve", args=[entry.application.public_id])
    assert page in at(trial.approver).get(board).text
    assert page not in at(trial.officer).get(board).text
    assert at(trial.officer).post(page, {"reason": "공사"}).status_code == 403
    assert at(trial.approver).get(page).status_code == 200
    assert at(trial.approver).post(page, {"reason": ""}).status_code == 422
    assert at(trial.approver).post(page, {"reason": "공사"}).url == board
    # Pressed twice: the second finds nothing to return.
    assert at(trial.approver).post(page, {"reason": "공사"}).status_code == 403
    assert "공사" in at(trial.approver).get(board).text
    company = at(factory.master_of(entry.application))
    assert "공사" in company.get(reverse("intake:application", args=[entry.application.public_id])).text
