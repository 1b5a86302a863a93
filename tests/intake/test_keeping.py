"""Keeping and destroying: by policy, never under a hold, with a record; shells, digests and totals stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from portal.core import outbox
from portal.core.errors import Invalid, NotAllowed, Overtaken
from portal.core.models import OutboxMessage
from portal.core.transition import advance
from portal.intake import services, workflow
from portal.intake.models import Application, Attachment, DestructionRecord, Draft, RankingRun, Revision, StatuteCopy
from portal.intake.models.applications import private_storage
from portal.intake.services import keeping
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import CLOSES, OPENS, REVIEW

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF"
LAW = {"law": "공공기록물 관리에 관한 법률", "days": 3650}
DAYS = {"draft_days": 90, "ended_days": 100, "kept_days": 200, "statute": LAW}


def run(now):
    return services.execute_retention(by=people.log.SYSTEM, now=now)


@pytest.fixture
def trial():
    """A round played to its end: one selected with a file, one refused, one never sent."""
    one = factory.stage("DOCUMENT", 10_000, go_on=None, criteria=[("기술성", 10_000)])
    trial = factory.open_round(stages=[one], policy={"retention": DAYS})
    trial.good = trial.draft()
    services.attach_file(
        application=trial.good, block="deck", name="계획.pdf", content=ContentFile(PDF), by=trial.masters[-1], now=OPENS
    )
    services.submit(application=trial.good, key="k", by=trial.masters[-1], now=OPENS)
    trial.weak, trial.unsent = trial.apply(), trial.draft()
    trial.good.refresh_from_db()
    trial.close()
    trial.check_eligibility()
    trial.seat()
    stage = trial.assign(1)
    trial.score(stage, {str(trial.good): 25, str(trial.weak): 5})
    services.settle_stage(stage=stage, by=trial.officer, now=REVIEW)
    trial.tell(services.prepare_final(call=trial.call, by=trial.officer, now=REVIEW))
    return trial


def finalise(trial):
    services.finalise_call(call=trial.call, by=trial.officer, now=REVIEW + timedelta(days=60))


def test_a_never_sent_draft_goes_after_its_days_and_leaves_a_record(trial):
    assert run(CLOSES + timedelta(days=89)) == []
    [record] = run(CLOSES + timedelta(days=90))
    assert (record.kind, record.applications, record.files, record.policy) == ("DRAFT", 1, 0, DAYS)
    assert not Draft.objects.filter(application=trial.unsent).exists()
    assert Draft.objects.filter(application=trial.good).exists()
    assert Application.objects.get(pk=trial.unsent.pk).destruction == record
    [told] = people.leaves(record)
    assert told["type"] == "privacy.retention_executed/1"
    assert told["data"]["rows"] == 1
    assert run(CLOSES + timedelta(days=90)) == []


def test_what_entered_goes_when_the_call_is_over_shell_digest_and_totals_stay(trial):
    digests = dict(Revision.objects.values_list("pk", "sha256"))
    runs = RankingRun.objects.count()
    late = REVIEW + timedelta(days=150)
    assert [record.kind for record in run(late)] == ["DRAFT"]
    finalise(trial)
    [record] = run(late)
    assert (record.kind, record.applications, record.files) == ("APPLICATION", 1, 0)
    weak = Application.objects.get(pk=trial.weak.pk)
    assert (weak.status, weak.receipt_number, weak.destruction) == ("NOT_SELECTED", trial.weak.receipt_number, record)
    assert Revision.objects.get(application=weak).content == keeping.EMPTIED
    assert Revision.objects.get(application=trial.good).content["answers"]
    assert dict(Revision.objects.values_list("pk", "sha256")) == digests
    assert RankingRun.objects.count() == runs
    assert weak.notices.last().content["total"] == "20"


def test_a_law_keeps_a_copy_of_the_selected_apart_until_its_own_time(trial):
    finalise(trial)
    later = REVIEW + timedelta(days=300)
    [file] = Attachment.objects.filter(application=trial.good)
    name, storage = file.file.name, private_storage()
    run(later)
    copy = StatuteCopy.objects.get()
    assert (copy.application, copy.law, copy.keep_until) == (trial.good, LAW["law"], later + timedelta(days=3650))
    assert copy.content["answers"]["idea"]
    [kept] = copy.files
    for message in OutboxMessage.objects.filter(topic=keeping.TOPIC):
        keeping.destroy_file(message)
    assert not storage.exists(name)
    with storage.open(kept) as content:
        assert content.read() == PDF
    file.refresh_from_db()
    assert (file.name, file.file.name, bool(file.sha256)) == ("", "", True)
    assert run(copy.keep_until - timedelta(seconds=1)) == []
    [record] = run(copy.keep_until)
    assert (record.kind, record.applications, record.files) == ("COPY", 1, 1)
    copy.refresh_from_db()
    assert (copy.content, copy.files, copy.destroyed_in) == ({}, [], record)
    outbox.drain()
    assert not storage.exists(kept)


def test_a_file_that_cannot_be_copied_keeps_its_call_whole_and_stops_no_other(trial, caplog):
    finalise(trial)
    other = factory.open_round(policy={"retention": DAYS})
    unsent = other.draft()
    [file] = Attachment.objects.filter(application=trial.good)
    storage, content = private_storage(), PDF
    storage.delete(file.file.name)
    later = REVIEW + timedelta(days=300)
    made = run(later)
    assert {record.call for record in made} == {other.call}
    assert "was not carried out" in caplog.text
    for application, emptied in ((trial.good, False), (trial.weak, False), (unsent, True)):
        application.refresh_from_db()
        assert (application.destruction_id is not None) is emptied
    storage.save(file.file.name, ContentFile(content))
    storage.save(f"statute/{trial.call.pk}/{file.public_id.hex}", ContentFile(b"of a run that was undone"))
    assert {record.call for record in run(later)} == {trial.call}
    [kept] = StatuteCopy.objects.get().files
    with storage.open(kept) as copied:
        assert (kept, copied.read()) == (f"statute/{trial.call.pk}/{file.public_id.hex}", PDF)


@pytest.mark.parametrize("basis", ["suit", "audit", "law"])
def test_a_hold_stops_it_until_somebody_else_lifts_it(trial, basis):
    finalise(trial)
    late = REVIEW + timedelta(days=150)
    hold = services.place_hold(
        call=trial.call, basis=basis, reason="요청", by=trial.approver, now=REVIEW, application=trial.weak
    )
    assert [record.kind for record in run(late)] == ["DRAFT"]
    with pytest.raises(NotAllowed):
        services.lift_hold(hold=hold, by=trial.approver, now=late)
    with pytest.raises(NotAllowed):
        services.lift_hold(hold=hold, by=trial.officer, now=late)
    other = people.with_role("space.approver", cluster=trial.call.cluster)
    services.lift_hold(hold=hold, by=other, now=late)
    with pytest.raises(Overtaken):
        services.lift_hold(hold=hold, by=other, now=late)
    assert [record.kind for record in run(late)] == ["APPLICATION"]
    types = [leaf["type"] for leaf in people.leaves(hold)]
    assert types == ["space.hold.placed/1", "space.hold.lifted/1"]


def test_an_open_appeal_holds_its_application(trial):
    notice = trial.weak.notices.order_by("-pk").first()
    appeal = services.file_appeal(notice=notice, grounds="다시", by=factory.master_of(trial.weak), now=REVIEW)
    late = REVIEW + timedelta(days=150)
    # No service finalises a call with an open appeal; the job holds what it finds all the same.
    trial.call.refresh_from_db()
    advance(trial.call, "FINAL", by=people.log.SYSTEM.acting_as("system"), steps=workflow.CALL)
    assert [record.kind for record in run(late)] == ["DRAFT"]
    reviewer = people.with_role("space.appeal_reviewer", cluster=trial.call.cluster)
    services.decide_appeal(appeal=appeal, outcome="REJECTED", reasons="이유", by=reviewer, now=late)
    assert [record.kind for record in run(late)] == ["APPLICATION"]


def refused(match, statement, *values):
    with pytest.raises(DatabaseError, match=match), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_nothing_is_emptied_around_the_service(trial):
    emptied = '{"answers": {}, "files": {}, "company": {}, "destroyed": true}'
    weak = trial.weak.pk
    refused("never changes", "UPDATE intake_revision SET content = %s WHERE application_id = %s", emptied, weak)
    refused("never changes", "UPDATE intake_attachment SET name = '', file = ''")
    [record] = run(CLOSES + timedelta(days=90))
    refused("never changes", "UPDATE intake_destructionrecord SET applications = 9")
    refused("emptied before", "UPDATE intake_application SET destruction_id = NULL WHERE id = %s", trial.unsent.pk)
    services.place_hold(call=trial.call, basis="suit", reason="소송", by=trial.officer, now=REVIEW)
    refused("under a hold", "UPDATE intake_application SET destruction_id = %s WHERE id = %s", record.pk, weak)
    with pytest.raises(NotAllowed):
        services.execute_retention(by=trial.officer, now=REVIEW)
    with pytest.raises(Invalid):
        services.place_hold(call=trial.call, basis="whim", reason="x", by=trial.officer, now=REVIEW)
    assert DestructionRecord.objects.count() == 1


def test_the_desk_sees_terms_holds_and_records(trial, at):
    run(CLOSES + timedelta(days=90))
    url = reverse("intake:keeping", args=[trial.call.code])
    officer = at(trial.officer)
    assert officer.post(url, {"basis": "suit", "reason": ""}).status_code == 422
    assert officer.post(url, {"basis": "suit", "reason": "행정소송"}).status_code == 302
    page = officer.get(url).content.decode()
    for words in ("마감 뒤 90일", "행정소송", "보내지 않은 작성본", "공공기록물 관리에 관한 법률"):
        assert words in page
    hold = trial.call.holds.get()
    lift = reverse("intake:lift-hold", args=[hold.public_id])
    assert officer.get(lift).status_code == 403
    assert at(trial.approver).post(lift).status_code == 302
    hold.refresh_from_db()
    assert hold.lifted_by == trial.approver
    # What was emptied is still shown as a shell, by nobody as a fault.
    finalise(trial)
    run(REVIEW + timedelta(days=150))
    for name, who in (("application", factory.master_of(trial.weak)), ("desk-application", trial.officer)):
        assert at(who).get(reverse(f"intake:{name}", args=[trial.weak.public_id])).status_code == 200
