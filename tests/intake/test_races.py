"""Two at once, on real connections with real commits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import DatabaseError, connection, connections
from django.urls import reverse

from portal.core.errors import Invalid, Overtaken, Refused
from portal.intake import services
from portal.intake.models import (
    Application,
    Assignment,
    Call,
    Conflict,
    Decision,
    ResultNotice,
    Revision,
    ScoreSheet,
)
from tests.factories import intake as factory
from tests.factories.intake import CLOSES, OPENS, REVIEW

pytestmark = pytest.mark.usefixtures("committed_db")


def together(*acts: Callable[[], object]) -> list[object]:
    """What each act returned or was refused with, all begun at one barrier on connections of their own."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(position, act):
        try:
            barrier.wait(10)
            results[position] = act()
        except (Refused, DatabaseError) as error:
            results[position] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_submit_pressed_twice_gives_one_receipt():
    trial = factory.open_round()
    application = trial.draft()
    master = trial.masters[0]

    def press():
        return services.submit(application=Application.objects.get(), key="same", by=master, now=OPENS).pk

    found = together(press, press, press)

    assert len(set(found)) == 1
    assert Revision.objects.count() == 1
    application.refresh_from_db()
    assert application.receipt_number.endswith("-0001")


def test_many_companies_get_numbers_without_gaps():
    trial = factory.open_round()
    drafts = [trial.draft() for _ in range(6)]

    def send(application):
        master = factory.master_of(application)
        return lambda: services.submit(application=application, key="k", by=master, now=OPENS)

    together(*(send(application) for application in drafts))

    numbers = sorted(Application.objects.values_list("receipt_number", flat=True))
    assert [number[-4:] for number in numbers] == [f"{n:04d}" for n in range(1, 7)]


def test_closing_and_sending_at_once_count_what_is_in():
    trial = factory.open_round()
    application = trial.draft()
    master = trial.masters[0]

    def send():
        return services.submit(application=Application.objects.get(), key="k", by=master, now=OPENS)

    def close():
        return services.close_call(call=Call.objects.get(), by=trial.officer, now=CLOSES)

    together(send, close)

    counted = _closed_count()
    assert counted == Application.objects.filter(status="SUBMITTED").count()
    assert Revision.objects.count() == counted
    application.refresh_from_db()


def _closed_count() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT convert_from(leaf, 'UTF8')::jsonb #>> '{data,count}' FROM ledger_record"
            " WHERE convert_from(leaf, 'UTF8')::jsonb ->> 'type' = 'space.call.closed/1'"
        )
        return int(cursor.fetchone()[0])


def test_two_officers_publish_and_one_is_told_that_the_other_did():
    trial = factory.open_round()
    good = trial.apply()
    decision = trial.play_to_final({str(good): 25})
    services.decide(decision=decision, by=trial.approver, now=REVIEW)

    def publish():
        fresh = Decision.objects.select_related("call__current", "call__cluster").get(pk=decision.pk)
        return services.publish(decision=fresh, by=trial.approver, now=REVIEW)

    found = together(publish, publish)

    assert sum(isinstance(one, Overtaken) for one in found) == 1
    assert ResultNotice.objects.filter(line__decision=decision).count() == 1
    assert factory.TRIAL.calls == [("published", str(good))]


def test_a_bar_and_a_lock_at_once_never_leave_a_barred_sheet_counted():
    for _ in range(3):
        trial = factory.open_round()
        one = trial.apply()
        trial.close()
        trial.check_eligibility()
        trial.seat()
        stage = trial.assign(1)
        judge = trial.evaluators[0]
        sheet = next(s for s in factory.open_sheets(stage) if s.assignment.member.evaluator_id == judge.pk)
        codes = [criterion.code for criterion in stage.criteria.all()]
        services.fill_sheet(sheet=sheet, scores=dict.fromkeys(codes, 20), by=judge.user, now=REVIEW)

        def lock(sheet=sheet, judge=judge):
            return services.lock_sheet(sheet=sheet, by=judge.user, now=REVIEW)

        def bar(trial=trial, one=one, judge=judge):
            return services.recuse(
                call=trial.call, organisation=one.organisation, reason="친족", by=judge.user, now=REVIEW
            )

        together(lock, bar)

        assert Conflict.objects.filter(call=trial.call).count() == 1
        assert Assignment.objects.get(pk=sheet.assignment_id).status == "BARRED"
        assert ScoreSheet.objects.get(pk=sheet.pk).status == "STRUCK"


def test_a_bar_and_an_assignment_at_once_never_leave_both():
    for _ in range(3):
        trial = factory.open_round()
        one = trial.apply()
        trial.close()
        trial.check_eligibility()
        trial.seat()
        stage, judge = trial.stages[0], trial.evaluators[0]
        member = stage.panel.members.get(evaluator=judge)

        def assign(stage=stage, one=one, member=member):
            # As an import would: straight into the table.
            return Assignment.objects.create(stage=stage, application=one, member=member)

        def bar(trial=trial, one=one, judge=judge):
            return services.recuse(
                call=trial.call, organisation=one.organisation, reason="친족", by=judge.user, now=REVIEW
            )

        together(assign, bar)

        assert Conflict.objects.filter(call=trial.call).count() == 1
        live = Assignment.objects.filter(stage=stage, member=member).exclude(status="BARRED")
        assert not live.exists()


def test_two_members_start_the_application_at_once_and_share_one():
    trial = factory.open_round()
    master = factory.people.person()
    company = factory.people.company(master)

    def start():
        return services.start_application(call=trial.call, organisation=company, by=master, now=OPENS).pk

    found = together(start, start)

    assert len(set(found)) == 1
    assert Application.objects.count() == 1


def test_one_company_begins_in_one_track_from_several_windows_at_once_and_shares_one():
    trial = factory.open_round(policy={"per_track": True})
    master = factory.people.person()
    company = factory.people.company(master)
    home, abroad = (trial.call.tracks.get(code=code) for code in ("DOMESTIC", "FOREIGN"))
    begin = partial(services.start_application, call=trial.call, organisation=company, by=master, now=OPENS)
    other = begin(track=abroad)

    def move():
        return services.choose_track(application=other, track=home, by=master, now=OPENS)

    begun, again, moved = together(partial(begin, track=home), partial(begin, track=home), move)

    assert begun == again
    assert isinstance(moved, Invalid) or moved == begun
    assert Application.objects.filter(track=home).count() == 1


def test_publishing_is_pressed_in_many_windows_at_once_and_happens_once(at):
    trial = factory.open_round()
    files = [trial.apply() for _ in range(2)]
    old = trial.play_to_final({str(one): points for one, points in zip(files, (25, 22), strict=True)})
    decision = services.prepare_final(call=trial.call, by=trial.officer, now=REVIEW)
    approver = at(trial.approver)
    page = reverse("intake:decision", args=[decision.public_id])
    stale = reverse("intake:decision", args=[old.public_id])
    # Too early, by the wrong people, and on a page whose decision was prepared anew: nothing is told.
    assert approver.post(page, {"publish": "1"}).status_code == 302
    assert approver.post(stale, {"publish": "1"}).status_code == 404
    assert Decision.objects.get(pk=decision.pk).status == "DRAFT"
    services.decide(decision=decision, by=trial.approver, now=REVIEW)
    wrong = [at(user) for user in (trial.officer, trial.masters[0], trial.evaluators[0].user)]
    assert [window.post(page, {"publish": "1"}).status_code for window in wrong] == [302, 404, 404]
    assert Decision.objects.get(pk=decision.pk).status == "DECIDED"

    windows = [approver, approver, at(trial.approver), *wrong]
    pressed = together(*(lambda w=window: w.post(page, {"publish": "1"}).status_code for window in windows))

    assert pressed == [302, 302, 302, 302, 404, 404]
    assert approver.post(page, {"publish": "1"}).status_code == 302
    assert Decision.objects.get(pk=decision.pk).status == "PUBLISHED"
    assert ResultNotice.objects.filter(line__decision=decision).count() == 2
    assert sorted(factory.TRIAL.calls) == sorted(("published", str(one)) for one in files)
