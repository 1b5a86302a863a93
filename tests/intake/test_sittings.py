"""Sittings: who was there, and who therefore may lock; the calendar of an evaluator."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from portal.core.clock import database_now
from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.intake import feed, services
from portal.intake.models import Attendance, ScoreSheet, Sitting
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import REVIEW

pytestmark = pytest.mark.django_db
STARTS, ENDS = REVIEW + timedelta(days=1), REVIEW + timedelta(days=1, hours=3)
CODES = ("기술성", "시장성")


@pytest.fixture
def trial():
    trial = factory.open_round()
    trial.apply()
    trial.apply()
    trial.close()
    trial.check_eligibility()
    trial.seat()
    trial.assign(1)
    return trial


def call(trial, *files, starts=STARTS, ends=ENDS):
    return services.call_sitting(
        stage=trial.stages[0],
        starts_at=starts,
        ends_at=ends,
        place="대회의실, 3층",
        files=files,
        by=trial.officer,
        now=REVIEW,
    )


def attend(sitting, sheet, officer, now=STARTS, how="ID_CARD"):
    member = sheet.assignment.member
    services.record_attendance(sitting=sitting, member=member, identified_by=how, by=officer, now=now)
    return services.sign_in(sitting=sitting, by=member.evaluator.user, now=now)


def lock(sheet):
    judge = sheet.assignment.member.evaluator.user
    services.fill_sheet(sheet=sheet, scores=dict.fromkeys(CODES, 20), by=judge, now=ENDS)
    with transaction.atomic():
        return services.lock_sheet(sheet=sheet, by=judge, now=ENDS)


def test_an_absent_members_sheet_cannot_be_locked_not_even_around_the_service(trial):
    sheets = factory.open_sheets(trial.stages[0])
    first = sheets[0]
    application = first.assignment.application
    heard, other = call(trial, application), call(trial, next(s for s in sheets if s.assignment.application != application).assignment.application)  # fmt: skip
    with pytest.raises(NotAllowed, match="출석"):
        lock(first)
    with pytest.raises(DatabaseError, match="absent"), transaction.atomic():
        ScoreSheet.objects.filter(pk=first.pk).update(status="LOCKED", locked_at=ENDS)
    attend(other, first, trial.officer)
    with pytest.raises(NotAllowed, match="출석"):
        lock(first)
    member = first.assignment.member
    services.record_attendance(sitting=heard, member=member, identified_by="KNOWN", by=trial.officer, now=STARTS)
    with pytest.raises(NotAllowed, match="출석"):
        lock(first)
    services.sign_in(sitting=heard, by=member.evaluator.user, now=STARTS)
    assert lock(first).status == "LOCKED"
    told = [leaf["type"] for leaf in people.leaves(Attendance.objects.get(sitting=heard))]
    assert told == ["space.attendance.recorded/1", "space.attendance.signed/1"]


def test_a_sitting_without_files_hears_all_and_one_called_off_hears_none(trial):
    sheet = factory.open_sheets(trial.stages[0])[0]
    whole = call(trial)
    services.cancel_sitting(sitting=whole, reason="폭설", by=trial.officer, now=REVIEW)
    assert lock(sheet).status == "LOCKED"
    again = call(trial)
    other = factory.open_sheets(trial.stages[0])[0]
    attend(again, other, trial.officer)
    assert lock(other).status == "LOCKED"
    with pytest.raises(Overtaken):
        services.cancel_sitting(sitting=again, reason="늦음", by=trial.officer, now=ENDS)


def test_presence_is_recorded_only_while_the_sitting_lasts_by_the_officer_and_signed_by_the_member(trial):
    sheet = factory.open_sheets(trial.stages[0])[0]
    sitting, member = call(trial), sheet.assignment.member
    record = {"sitting": sitting, "member": member, "identified_by": "ID_CARD"}
    for by, now in ((trial.officer, STARTS - timedelta(hours=2)), (trial.officer, ENDS), (trial.approver, STARTS)):
        with pytest.raises(NotAllowed):
            services.record_attendance(**record, by=by, now=now)
    with pytest.raises(NotAllowed):
        services.sign_in(sitting=sitting, by=member.evaluator.user, now=STARTS)
    with pytest.raises(Invalid):
        services.record_attendance(**{**record, "identified_by": "GUESS"}, by=trial.officer, now=STARTS)
    one = services.record_attendance(**record, by=trial.officer, now=STARTS)
    assert services.record_attendance(**record, by=trial.officer, now=STARTS) == one
    with pytest.raises(NotAllowed):
        services.sign_in(sitting=sitting, by=people.person(), now=STARTS)
    with pytest.raises(NotAllowed):
        services.sign_in(sitting=sitting, by=member.evaluator.user, now=ENDS)
    services.sign_in(sitting=sitting, by=member.evaluator.user, now=STARTS)
    for change in ({"signed_at": None}, {"identified_by": "KNOWN"}):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            Attendance.objects.update(**change)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Attendance.objects.all().delete()


def test_what_was_called_off_meanwhile_is_not_signed_and_what_was_signed_is_not_called_off(trial):
    sitting = call(trial)
    sheet = ScoreSheet.objects.first()
    stale = Sitting.objects.select_related("stage__call").get(pk=sitting.pk)
    services.record_attendance(
        sitting=sitting, member=sheet.assignment.member, identified_by="ID_CARD", by=trial.officer, now=STARTS
    )
    services.cancel_sitting(sitting=sitting, reason="폭설", by=trial.officer, now=STARTS)
    with pytest.raises(NotAllowed):
        services.sign_in(sitting=stale, by=sheet.assignment.member.evaluator.user, now=STARTS)
    again = call(trial)
    stale = Sitting.objects.select_related("stage__call").get(pk=again.pk)
    attend(again, sheet, trial.officer)
    with pytest.raises(Overtaken):
        services.cancel_sitting(sitting=stale, reason="폭설", by=trial.officer, now=STARTS)


@pytest.mark.parametrize(("starts", "ends"), [(REVIEW, ENDS), (ENDS, STARTS)])
def test_a_sitting_lies_ahead_and_ends_after_it_starts(trial, starts, ends):
    with pytest.raises(Invalid):
        call(trial, starts=starts, ends=ends)
    stage = trial.stages[0]
    with pytest.raises(DatabaseError), transaction.atomic():
        Sitting.objects.create(stage=stage, starts_at=ENDS, ends_at=ENDS, called_by=trial.officer, called_at=REVIEW)


def test_the_calendar_is_read_under_a_secret_address_that_goes_with_the_password(trial, at):
    sitting = call(trial)
    user = trial.evaluators[0].user
    page = at(user).get(reverse("intake:sittings")).content.decode()
    url = reverse("intake:calendar", args=[feed.key_of(user)])
    assert url in page
    answer = at(None).get(url)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    text = answer.content.decode()
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert f"UID:{sitting.public_id}" in lines
    assert f"DTSTART:{STARTS:%Y%m%dT%H%M%SZ}" in lines
    assert "LOCATION:대회의실\\, 3층" in lines
    assert not any(application.organisation.name_ko in text for application in trial.call.applications.all())
    assert feed.calendar([], now=STARTS, url=url).count("VEVENT") == 0
    user.set_password("another one entirely")
    user.save()
    assert at(None).get(url).status_code == 404
    assert at(None).get(reverse("intake:calendar", args=["guess"])).status_code == 404


def test_the_desk_calls_keeps_the_roll_and_the_member_signs_with_a_second_factor(trial, at):
    now = database_now()
    stage, officer = trial.stages[0], at(trial.officer)
    url = reverse("intake:stage-sittings", args=[trial.call.code, stage.number])
    form = {
        "starts_at": f"{now + timedelta(minutes=10):%Y-%m-%dT%H:%M:%S}",
        "ends_at": "2001-01-01T10:00",
        "place": "3층",
    }
    assert officer.post(url, form).status_code == 422
    assert at(trial.approver).post(url, form).status_code == 403
    sitting = call(trial, starts=now + timedelta(minutes=10), ends=now + timedelta(hours=2))
    member = trial.stages[0].panel.members.first()
    roll = reverse("intake:sitting", args=[sitting.public_id])
    assert officer.post(roll, {"member": member.pk, "identified_by": "ID_CARD"}).status_code == 302
    assert "신분증" in officer.get(roll).content.decode()
    sign, judge = reverse("intake:sign-in", args=[sitting.public_id]), member.evaluator.user
    plain = at(None)
    plain.force_login(judge, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert plain.post(sign).status_code == 302
    assert Attendance.objects.get().signed_at is None
    assert "출석 서명하기" in at(judge).get(reverse("intake:sittings")).content.decode()
    at(judge).post(sign)
    assert Attendance.objects.get().signed_at is not None
    sheet = ScoreSheet.objects.filter(assignment__member=member).first()
    lock_url = reverse("intake:lock", args=[sheet.public_id])
    assert plain.get(lock_url).status_code == 302
    assert at(judge).get(lock_url).status_code == 200
