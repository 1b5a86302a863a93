"""Sending: who, when, what; nothing lost, one receipt."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from ledger import log
from portal.core import outbox
from portal.core.errors import Invalid, Late, NotAllowed
from portal.intake import queries, receipts, services
from portal.intake.canonical import canonical
from portal.intake.errors import DraftClash, Incomplete
from portal.intake.models import Application, Revision
from portal.notices.models import Notice
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import CLOSES, OPENS

pytestmark = pytest.mark.django_db
#: Of one submission, savepoints included; the aim is at most 20.
STATEMENTS = 14
LAST = CLOSES - timedelta(microseconds=1)


def send(trial, application, *, key="k", now=OPENS, by=None):
    return services.submit(application=application, key=key, by=by or factory.master_of(application), now=now)


def test_sending_takes_few_statements(django_assert_num_queries):
    trial = factory.open_round()
    application = trial.draft()
    master = trial.masters[0]
    with django_assert_num_queries(STATEMENTS):
        services.submit(application=Application(pk=application.pk), key="k", by=master, now=OPENS)


def test_by_hand_as_by_the_clock_the_count_waits_for_what_had_arrived():
    trial = factory.open_round()
    trial.apply()
    soon = CLOSES + services.IN_FLIGHT
    with pytest.raises(NotAllowed, match="2분"):
        services.close_by_hand(call=trial.call, by=trial.officer, now=soon - timedelta(microseconds=1))
    send(trial, trial.draft(), now=LAST)
    services.close_by_hand(call=trial.call, by=trial.officer, now=soon)
    [leaf] = [leaf for leaf in people.leaves(trial.call) if leaf["type"].endswith(".call.closed/1")]
    assert leaf["data"]["count"] == 2


def test_the_company_is_told_of_every_receipt_by_the_worker():
    trial = factory.open_round()
    application = trial.apply()
    outbox.drain()
    [notice] = Notice.objects.filter(topic="intake.submitted")
    assert application.receipt_number in notice.title
    assert notice.url.endswith("/receipts/1/")


def test_last_microsecond_counts_and_the_closing_second_does_not():
    trial = factory.open_round()
    early, late = trial.draft(), trial.draft()

    send(trial, early, now=LAST)
    with pytest.raises(Late, match=r"18:00:00\.000.*18:00:00\.000"):
        send(trial, late, now=CLOSES)

    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.status, late.status, late.drafts.count()) == ("SUBMITTED", "DRAFT", 2)


def test_repeated_press_gives_the_same_receipt_even_after_closing():
    trial = factory.open_round()
    application = trial.draft()
    first = send(trial, application, now=LAST)

    assert send(trial, application, now=CLOSES + timedelta(hours=1)).pk == first.pk
    assert Revision.objects.count() == 1


def test_sending_again_before_closing_makes_the_last_one_count():
    trial = factory.open_round()
    application = trial.apply()
    master = trial.masters[0]
    answers = {**factory.ANSWERS["plan"], "idea": "새 계획"}
    services.save_draft(application=application, section="plan", answers=answers, version=1, by=master, now=OPENS)

    assert queries.last_revision(application).content["answers"]["idea"] == "분산원장 물류"
    again = send(trial, application, key="k2")

    assert (again.number, queries.last_revision(application).pk) == (2, again.pk)
    assert Application.objects.get().receipt_number.endswith("-0001")
    assert send(trial, application, key="k3").pk == again.pk


def test_receipt_states_the_digest_of_what_was_sent():
    trial = factory.open_round()
    revision = send(trial, trial.draft())

    assert revision.sha256 == hashlib.sha256(canonical(revision.content)).hexdigest()
    assert revision.content["answers"] == {"people": 4, "idea": "분산원장 물류", "taxes": True}


def test_only_the_master_sends_and_a_member_asks():
    trial = factory.open_round()
    application = trial.draft()
    member = people.person()
    application.organisation.memberships.create(user=member, kind="MEMBER")

    with pytest.raises(NotAllowed):
        send(trial, application, by=member)
    services.request_sending(application=application, by=member, now=OPENS)
    application.refresh_from_db()
    assert application.send_requested_at == OPENS
    with pytest.raises(NotAllowed):
        send(trial, application, by=people.person())


def test_incomplete_is_refused_with_what_is_missing():
    trial = factory.open_round()
    application = trial.draft()
    services.save_draft(
        application=application, section="plan", answers={"idea": ""}, version=1, by=trial.masters[0], now=OPENS
    )
    with pytest.raises(Incomplete) as refused:
        send(trial, application)
    assert [trouble.block.code for trouble in refused.value.troubles] == ["idea", "taxes"]


def test_clash_carries_both_contents_and_overwrites_nothing():
    trial = factory.open_round()
    application = trial.draft()
    master = trial.masters[0]

    def save(text, version):
        answers = {"idea": text, "taxes": True}
        return services.save_draft(
            application=application, section="plan", answers=answers, version=version, by=master, now=OPENS
        )

    assert save("하나", 1).version == 2
    with pytest.raises(DraftClash) as clash:
        save("둘", 1)
    assert (clash.value.yours["idea"], clash.value.theirs["idea"], clash.value.version) == ("둘", "하나", 2)
    assert save("하나", 1).version == 2
    assert save("둘", 2).version == 3


def test_answers_to_other_pages_are_dropped_and_text_is_cleaned():
    trial = factory.open_round()
    application = trial.draft()
    draft = services.save_draft(
        application=application,
        section="plan",
        answers={"idea": "한글\x00\r\n줄", "people": 7, "elsewhere": 1},
        version=1,
        by=trial.masters[0],
        now=OPENS,
    )
    assert draft.answers == {"idea": "한글\n줄"}


def test_closing_commits_to_count_and_root_of_the_receipts():
    trial = factory.open_round()
    sent = [send(trial, trial.draft()) for _ in range(3)]
    trial.draft()
    trial.close()

    found = list(queries.last_revisions(trial.call))
    assert [revision.pk for revision in found] == [revision.pk for revision in sent]
    expected = receipts.root([receipts.receipt_hash(r.receipt(r.application.receipt_number)) for r in found]).hex()
    leaf = leaf_of(trial.call, "space.call.closed/1")
    assert (leaf["data"]["count"], leaf["data"]["root"]) == (3, expected)


def leaf_of(row, kind):
    import json

    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT convert_from(leaf, 'UTF8') FROM ledger_record WHERE subject_table = %s AND subject_pk = %s",
            [row._meta.db_table, str(row.pk)],
        )
        found = [json.loads(text) for (text,) in cursor.fetchall()]
    return next(leaf for leaf in found if leaf["type"] == kind)


def test_leaf_of_a_submission_names_neither_company_nor_call():
    trial = factory.open_round()
    application = trial.apply(name="비밀기업")
    leaf = leaf_of(application, "space.application.submitted/1")
    assert leaf["subject"]["ref"] == application.case_ref
    assert set(leaf["data"]) == {"from", "to", "revision", "call_c", "content_c"}


def test_nothing_enters_once_counted(caplog):
    trial = factory.open_round()
    application = trial.draft()
    services.close_call(call=trial.call, by=log.SYSTEM, now=CLOSES)
    with pytest.raises(Late, match=r"마감 전인 .*저희 쪽 처리가 늦어.*추가접수"):
        send(trial, application, now=LAST)
    assert "a request for call" in caplog.text
    with pytest.raises(Late, match="마감되었습니다"):
        send(trial, application, now=CLOSES)
    assert services.close_call(call=trial.call, by=log.SYSTEM, now=CLOSES).status == "REVIEWING"


def test_not_before_opening_and_not_before_closing():
    trial = factory.open_round()
    master = people.person()
    company = people.company(master)
    with pytest.raises(NotAllowed):
        services.start_application(call=trial.call, organisation=company, by=master, now=OPENS - timedelta(seconds=1))
    with pytest.raises(NotAllowed):
        services.close_call(call=trial.call, by=trial.officer, now=LAST)


def test_correction_moves_the_closing_later_never_earlier_and_carries_answers():
    trial = factory.open_round()
    application = trial.apply()
    with pytest.raises(Invalid):
        services.draft_correction(call=trial.call, changes={"closes_at": LAST}, reason="x", by=trial.officer, now=OPENS)
    version = services.draft_correction(
        call=trial.call, changes={"closes_at": CLOSES + timedelta(days=1)}, reason="장애", by=trial.officer, now=OPENS
    )
    with pytest.raises(NotAllowed):
        services.publish_correction(version=version, by=trial.officer, now=OPENS)
    call = services.publish_correction(version=version, by=trial.approver, now=OPENS)

    assert (call.closes_at, call.current.number) == (CLOSES + timedelta(days=1), 2)
    assert queries.answers_of(application)["idea"] == "분산원장 물류"
    trial.call = call
    late = trial.draft(now=CLOSES)
    assert send(trial, late, now=CLOSES).number == 1


def test_supplement_opens_and_lapses():
    trial = factory.open_round()
    application = trial.apply()
    trial.close()
    due = CLOSES + timedelta(days=3)
    application.refresh_from_db()
    request = services.ask_supplement(
        application=application, block_codes=["idea"], missing="자세히", due_at=due, by=trial.officer, now=CLOSES
    )
    assert Application.objects.get().status == "SUPPLEMENT"
    with pytest.raises(NotAllowed):
        services.close_supplement(request=request, by=trial.officer, now=CLOSES)
    services.close_supplement(request=request, by=trial.officer, now=due)
    assert Application.objects.get().status == "SUBMITTED"
