"""모집부문: one application of a company to a call, or one to each track where the call says so; which one, and until when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from portal.core.clock import database_now
from portal.core.errors import Invalid
from portal.intake import queries, services
from portal.intake.models import Application
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import OPENS


def page_of(name, *args):
    return reverse(f"intake:{name}", args=args)


def begin(trial, company, master, track):
    chosen = trial.call.tracks.get(code=track)
    return services.start_application(call=trial.call, organisation=company, track=chosen, by=master, now=OPENS)


@pytest.mark.django_db
class TestOneForEachTrack:
    @pytest.fixture
    def trial(self):
        return factory.open_round(policy={"per_track": True})

    @pytest.fixture
    def master(self):
        return people.person()

    @pytest.fixture
    def company(self, master):
        return people.company(master)

    def test_each_track_has_an_application_of_its_own(self, trial, master, company):
        home, abroad = (begin(trial, company, master, track) for track in ("DOMESTIC", "FOREIGN"))
        assert home != abroad
        assert begin(trial, company, master, "DOMESTIC") == home
        assert set(Application.objects.values_list("entry_key", flat=True)) == {"DOMESTIC", "FOREIGN"}

    def test_the_track_is_asked_before_anything_is_written(self, trial, master, company):
        with pytest.raises(Invalid, match="모집부문"):
            services.start_application(call=trial.call, organisation=company, by=master, now=OPENS)
        assert not Application.objects.exists()

    def test_a_draft_moves_only_to_a_track_without_one(self, trial, master, company):
        home = begin(trial, company, master, "DOMESTIC")
        abroad = trial.call.tracks.get(code="FOREIGN")
        services.choose_track(application=home, track=abroad, by=master, now=OPENS)
        second = begin(trial, company, master, "DOMESTIC")
        with pytest.raises(Invalid, match="이미"):
            services.choose_track(application=second, track=abroad, by=master, now=OPENS)
        second.refresh_from_db()
        assert second.track.code == "DOMESTIC"

    def test_no_writer_gets_two_into_one_track_nor_one_into_none(self, trial, master, company):
        home = begin(trial, company, master, "DOMESTIC")
        with pytest.raises(IntegrityError, match="one_application_per_entry"), transaction.atomic():
            Application.objects.create(call=trial.call, organisation=company, track=home.track, created_by=master)
        with pytest.raises(IntegrityError, match="one_application_per_entry"), transaction.atomic():
            # A key that somebody makes up is replaced by the track's own.
            Application.objects.create(
                call=trial.call, organisation=company, track=home.track, entry_key="ANOTHER", created_by=master
            )
        with pytest.raises(IntegrityError, match="entry_key"), transaction.atomic():
            Application.objects.create(call=trial.call, organisation=company, created_by=master)

    def test_withdrawn_it_leaves_its_track_free_and_its_answers_begin_another(self, trial):
        sent = trial.apply(track="FOREIGN")
        master, company = trial.masters[-1], sent.organisation
        sent = services.withdraw(application=sent, reason="부문을 잘못 골랐습니다.", by=master, now=OPENS)
        again = services.start_application(
            call=trial.call, organisation=company, track=trial.call.tracks.get(code="DOMESTIC"), reuse=sent,
            by=master, now=OPENS,
        )  # fmt: skip
        assert {one.section: one.answers for one in again.drafts.all()} == factory.ANSWERS
        assert begin(trial, company, master, "FOREIGN") not in (sent, again)


@pytest.mark.django_db
def test_a_bar_that_reaches_over_the_track_reaches_over_each_track_of_the_company():
    trial = factory.open_round(policy={"per_track": True, "conflict_scope": "TRACK"})
    both = [trial.apply(track="DOMESTIC")]
    company, master = both[0].organisation, trial.masters[0]
    both.append(begin(trial, company, master, "FOREIGN"))
    for page, answers in factory.ANSWERS.items():
        services.save_draft(application=both[1], section=page, answers=answers, version=0, by=master, now=OPENS)
    services.submit(application=both[1], key="k2", by=master, now=OPENS)
    others = [trial.apply(track=track) for track in ("DOMESTIC", "FOREIGN")]
    trial.close()
    trial.check_eligibility()
    trial.seat()
    judge = trial.evaluators[0]
    services.recuse(call=trial.call, organisation=company, reason="친족", by=judge.user, now=factory.REVIEW)
    assert queries.bars(trial.call) == {(judge.pk, one.pk) for one in (*both, *others)}


@pytest.mark.django_db
def test_the_track_of_what_was_sent_stays_what_was_sent():
    trial = factory.open_round()
    sent, abroad = trial.apply(), trial.call.tracks.get(code="FOREIGN")
    with pytest.raises(Invalid, match="철회"):
        services.choose_track(application=sent, track=abroad, by=trial.masters[0], now=OPENS)
    with pytest.raises(DatabaseError, match="track"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE intake_application SET track_id = %s WHERE id = %s", [abroad.pk, sent.pk])


@pytest.mark.django_db
def test_the_company_reads_chooses_and_changes_its_track_on_the_pages(at):
    now = database_now()
    trial = factory.open_round(
        policy={"per_track": True}, opens_at=now - timedelta(hours=1), closes_at=now + timedelta(days=3)
    )
    master = people.person()
    company, window = people.company(master), at(master)
    home, abroad = (trial.call.tracks.get(code=code) for code in ("DOMESTIC", "FOREIGN"))
    assert "한 기업이 모집부문마다 하나씩 신청할 수 있습니다." in window.get(page_of("call", trial.call.code)).text
    start = page_of("start", trial.call.code)
    assert "모집부문마다 하나씩" in window.get(start).text
    window.post(start, {"organisation": company.pk, "track": home.pk})
    draft = Application.objects.get()
    change, task_list = page_of("track", draft.public_id), page_of("application", draft.public_id)
    assert change in window.get(task_list).text
    assert window.post(change, {"track": ""}).status_code == 422
    assert window.post(change, {"track": abroad.pk}).url == task_list
    assert "국외기업" in window.get(task_list).text
    window.post(start, {"organisation": company.pk, "track": home.pk})
    second = Application.objects.exclude(pk=draft.pk).get()
    clash = window.post(page_of("track", second.public_id), {"track": abroad.pk})
    assert (clash.status_code, "이미 쓰고 있는 신청서" in clash.text) == (422, True)
    listed = window.get(page_of("applications")).text
    assert [f"{company} · {name}" in listed for name in ("국내기업", "국외기업")] == [True, True]
    stranger = people.person()
    people.company(stranger)
    assert at(stranger).get(change).status_code == 404


@pytest.mark.django_db
def test_the_office_sets_it_before_the_call_is_published_and_not_after(at):
    trial = factory.open_round()
    later = services.create_call(
        cluster=trial.call.cluster, programme="trial", data=factory.definition(), by=trial.officer, now=OPENS
    )
    officer, basics = at(trial.officer), page_of("edit-basics", later.code)
    form = officer.get(basics).context["form"]
    given = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    given |= {name: f"{given[name]:%Y-%m-%dT%H:%M}" for name in ("opens_at", "closes_at")}
    assert officer.post(basics, {**given, "per_track": "on"}).status_code == 302
    assert later.versions.get().policy["per_track"] is True
    assert "per_track" not in officer.get(page_of("edit-basics", trial.call.code)).context["form"].fields
