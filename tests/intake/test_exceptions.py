"""Off the ordinary course: correcting a published call, entering late, challenges, sheets given back, selections taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from portal.accounts import services as accounts
from portal.accounts.models import Membership
from portal.accounts.queries import master_of
from portal.core import outbox
from portal.core.errors import ForgedStep, Invalid, Late, NotAllowed, Overtaken
from portal.intake import queries, services
from portal.intake.models import (
    Application,
    Assignment,
    CallVersion,
    Challenge,
    Conflict,
    DisqualificationCase,
    LateCode,
    Revision,
    ScoreSheet,
)
from portal.notices.models import Notice
from tests.factories import intake as factory
from tests.factories import people
from tests.factories.intake import CLOSES, FORM, OPENS, REVIEW, TRIAL
from tests.factories.people import company
from tests.intake.test_submission import leaf_of

pytestmark = pytest.mark.django_db
AFTER = CLOSES + timedelta(hours=2)
HOUR = timedelta(hours=1)


def with_question():
    """The form with one more required question."""
    plan = FORM["sections"][1]
    extra = {"code": "team", "kind": "text", "label": {"ko": "팀", "en": "Team"}, "required": True}
    return {"sections": [FORM["sections"][0], {**plan, "blocks": [*plan["blocks"], extra]}]}


def correct(trial, now=OPENS, reason="서식 정정", **changes):
    version = services.draft_correction(call=trial.call, changes=changes, reason=reason, by=trial.officer, now=now)
    trial.call = services.publish_correction(version=version, by=trial.approver, now=now)
    return version


def test_new_required_question_is_told_to_who_had_sent_and_answers_stay():
    trial = factory.open_round()
    sent, master = trial.apply(), trial.masters[0]
    drafted = trial.draft()
    correct(trial, form=with_question())

    topics = set(Notice.objects.filter(user=master).values_list("topic", flat=True))
    assert {"intake.call_corrected", "intake.newly_asked"} <= topics
    other = set(Notice.objects.filter(user=trial.masters[1]).values_list("topic", flat=True))
    assert ("intake.call_corrected" in other, "intake.newly_asked" in other) == (True, False)
    assert queries.last_revision(sent).content["answers"]["idea"] == "분산원장 물류"
    with pytest.raises(Invalid):
        services.submit(application=Application.objects.get(pk=drafted.pk), key="k", by=trial.masters[1], now=OPENS)


def test_correction_draft_is_replaced_discarded_and_checked():
    trial = factory.open_round()
    for text in ("하나", "둘"):
        version = services.draft_correction(
            call=trial.call, changes={"title": {"ko": text}}, reason=text, by=trial.officer, now=OPENS
        )
    assert CallVersion.objects.filter(published_at=None).get().title == {"ko": "둘"}
    services.discard_correction(version=version, by=trial.officer, now=OPENS)
    assert CallVersion.objects.count() == 1
    with pytest.raises(NotAllowed):
        services.discard_correction(version=trial.call.current, by=trial.officer, now=OPENS)
    with pytest.raises(Invalid):
        correct(trial, reason=" ", title={"ko": "셋"})
    with pytest.raises(Invalid):
        correct(trial, form={"sections": [{"code": "x", "name": {}, "blocks": [{"code": "?"}]}]})


def test_draft_call_is_rewritten_and_its_last_writer_may_not_publish_it():
    TRIAL.reset()
    cluster = people.cluster("seoul")
    first, second = (people.with_role("space.officer", cluster=cluster) for _ in range(2))
    people.with_role("space.approver", user=second, cluster=cluster)
    data = factory.definition()
    call = services.create_call(cluster=cluster, programme="trial", data=data, by=first, now=OPENS)
    call = services.rewrite_call(call=call, data={**data, "tracks": data["tracks"][1:] and [{**data["tracks"][0], "spill": []}]}, by=second, now=OPENS)  # fmt: skip
    assert [track.code for track in call.tracks.all()] == ["DOMESTIC"]
    with pytest.raises(NotAllowed):
        services.publish_call(call=call, by=second, now=OPENS)
    services.publish_call(call=call, by=people.with_role("space.approver", cluster=cluster), now=OPENS)
    with pytest.raises(NotAllowed):
        services.rewrite_call(call=call, data=data, by=second, now=OPENS)


def test_failed_service_reopens_the_entry_for_everybody_until_somebody_scores():
    trial = factory.open_round()
    early, late = trial.apply(), trial.draft()
    trial.close()
    with pytest.raises(NotAllowed):
        correct(trial, now=AFTER, closes_at=AFTER)
    correct(trial, now=AFTER, reason="시스템 장애", closes_at=AFTER + HOUR)

    assert (trial.call.status, trial.call.closed_at) == ("PUBLISHED", None)
    assert leaf_of(trial.call, "space.call.entry_reopened/1")["data"]["to"] == "PUBLISHED"
    services.submit(application=late, key="k", by=trial.masters[1], now=AFTER)
    call = services.close_call(call=trial.call, by=trial.officer, now=AFTER + HOUR)
    assert call.applications.filter(status="SUBMITTED").count() == 2
    trial.call = call
    trial.check_eligibility()
    with pytest.raises(NotAllowed):
        correct(trial, now=REVIEW, closes_at=REVIEW + HOUR)
    early.refresh_from_db()
    assert early.status == "IN_REVIEW"


def issue(trial, company, **more):
    words = {"reason": "재난", "evidence": "공문 12호", "expires_at": AFTER + HOUR, **more}
    return services.issue_late_code(call=trial.call, organisation=company, by=trial.officer, now=AFTER, **words)


def test_late_code_opens_once_for_one_company_after_two_people():
    trial = factory.open_round()
    application, other = trial.draft(), trial.draft()
    master = trial.masters[0]
    trial.close()
    row, code = issue(trial, application.organisation)

    def send(text=code, one=application, by=master, now=AFTER, key="late"):
        fresh = Application.objects.get(pk=one.pk)
        return services.submit(application=fresh, key=key, by=by, now=now, late_code=text)

    assert code not in str(LateCode.objects.filter(pk=row.pk).values()[0])
    with pytest.raises(NotAllowed):
        send()
    with pytest.raises(NotAllowed):
        services.confirm_late_code(code=row, by=trial.officer, now=AFTER)
    services.confirm_late_code(code=row, by=trial.approver, now=AFTER)
    with pytest.raises(Overtaken):
        services.confirm_late_code(code=LateCode.objects.get(), by=trial.approver, now=AFTER)
    for wrong in ({"text": "ABCD"}, {"one": other, "by": trial.masters[1]}, {"now": AFTER + HOUR}):
        with pytest.raises(NotAllowed):
            send(**wrong)
    with pytest.raises(Late):
        services.submit(application=other, key="k", by=trial.masters[1], now=AFTER)
    revision = send(f"{code[:4]}-{code[4:].lower()}")
    assert send(now=AFTER + 2 * HOUR).pk == revision.pk
    application.refresh_from_db()
    assert (application.status, application.late_code.used_at) == ("SUBMITTED", AFTER)
    assert queries.late_entries(trial.call) == ["재난"]
    assert leaf_of(LateCode.objects.get(), "space.late_code.used/1")["data"].keys() == {"code_c"}
    trial.check_eligibility()
    with pytest.raises(NotAllowed):
        issue(trial, other.organisation)


def test_late_company_may_start_and_draft_only_with_its_code():
    trial = factory.open_round()
    trial.close()
    master = people.person()
    company = people.company(master)

    def start():
        return services.start_application(
            call=trial.call, organisation=company, by=master, now=AFTER, track=trial.call.tracks.first()
        )

    with pytest.raises(Late):
        start()
    row, _code = issue(trial, company)
    services.confirm_late_code(code=row, by=trial.approver, now=AFTER)
    application = start()
    services.save_draft(application=application, section="plan", answers={"idea": "x"}, version=0, by=master, now=AFTER)
    for wrong in ({"reason": " "}, {"evidence": ""}, {"expires_at": AFTER}, {}):
        with pytest.raises(Invalid):
            issue(trial, company, **wrong)


def test_late_code_and_its_use_stand_in_the_database():
    trial = factory.open_round()
    application, other = trial.draft(), trial.draft()
    trial.close()
    row, code = issue(trial, application.organisation)
    services.confirm_late_code(code=row, by=trial.approver, now=AFTER)
    codes = LateCode.objects.filter(pk=row.pk)
    for change, message in (
        ({"reason": "x"}, "never changes"),
        ({"confirmed_by": trial.officer}, "never changes|two_people"),
        ({"used_at": AFTER, "application": other}, "another call or company"),
        ({"used_at": AFTER + 2 * HOUR, "application": application}, "used_when_confirmed"),
    ):
        with pytest.raises(DatabaseError, match=message), transaction.atomic():
            codes.update(**change)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        codes.delete()
    services.submit(application=application, key="k", by=trial.masters[0], now=AFTER, late_code=code)
    sent = Revision.objects.get()
    values = {field.name: getattr(sent, field.name) for field in Revision._meta.fields if field.name != "id"}
    with pytest.raises(DatabaseError, match="outside the time"), transaction.atomic():
        Revision.objects.create(**{**values, "number": 2, "key": "x", "received_at": AFTER + timedelta(seconds=1)})


@pytest.fixture
def reviewed():
    trial = factory.open_round()
    files = [trial.apply() for _ in range(2)]
    trial.close()
    trial.check_eligibility()
    trial.seat()
    return trial, files, trial.assign(1)


def test_open_challenge_keeps_the_evaluator_out_also_of_new_assignments(reviewed):
    trial, files, stage = reviewed
    judge, master = trial.evaluators[0], trial.masters[0]
    files[0].refresh_from_db()

    def file(**more):
        words = {"application": files[0], "evaluator": judge, "grounds": "동업", "by": master, "now": REVIEW, **more}
        return services.file_challenge(**words)

    trial.score(stage, {str(one): 20 for one in files})
    challenge = file()
    assert file(grounds="다시").pk == challenge.pk
    with pytest.raises(Invalid):
        file(evaluator=factory.evaluator(trial.call, by=trial.officer))
    mine = Assignment.objects.get(application=files[0], member__evaluator=judge)
    assert mine.status == "SUSPENDED"
    with pytest.raises(DatabaseError, match="open challenge"), transaction.atomic():
        Assignment.objects.filter(pk=mine.pk).update(status="CLEARED")
    # Undecided on the day of the count, the sheet stays out.
    run = services.settle_stage(stage=stage, by=trial.officer, now=REVIEW)
    assert {row["application"]: row["sheets"] for row in run.result["groups"]["ALL"]} == {str(files[0]): 1, str(files[1]): 2}  # fmt: skip
    late = challenge.decide_by
    assert [services.remind_of_challenges(now=late) for _ in range(2)] == [1, 1]
    assert Notice.objects.filter(topic="intake.challenge_overdue").count() == 1
    services.withdraw_challenge(challenge=challenge, by=master, now=late)
    mine.refresh_from_db()
    assert (mine.status, Challenge.objects.get().status) == ("CLEARED", "WITHDRAWN")


def test_chair_asks_officer_gives_the_sheet_back(reviewed):
    trial, files, stage = reviewed
    trial.score(stage, {str(one): 20 for one in files})
    chair, other = stage.panel.members.order_by("pk")
    stage.panel.members.filter(pk=chair.pk).update(is_chair=True)
    sheet = ScoreSheet.objects.select_related("assignment__stage__call").filter(assignment__member=other).first()

    def back():
        return services.reopen_sheet(sheet=sheet, reason="착오", by=trial.officer, now=REVIEW)

    with pytest.raises(NotAllowed):
        back()
    for wrong in (other.evaluator.user, trial.officer):
        with pytest.raises(NotAllowed):
            services.ask_reopening(sheet=sheet, reason="배점 착오", by=wrong, now=REVIEW)
    services.ask_reopening(sheet=sheet, reason="배점 착오", by=chair.evaluator.user, now=REVIEW)
    assert Notice.objects.filter(user=trial.officer, topic="intake.reopening_asked").count() == 1
    back()
    sheet.refresh_from_db()
    assert (sheet.status, sheet.attempt, sheet.reopening_reason) == ("OPEN", 2, "")
    services.lock_sheet(sheet=factory.open_sheets(stage)[0], by=other.evaluator.user, now=REVIEW)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        ScoreSheet.objects.filter(pk=sheet.pk).update(attempt=9)


def test_ties_shares_and_affiliates_exclude_when_they_become_known(reviewed):
    trial, files, stage = reviewed
    number, judge = files[0].organisation.business_number, trial.evaluators[0]
    entry = {"user": judge.user, "cluster": trial.call.cluster, "by": trial.officer, "now": REVIEW}
    services.add_evaluator(**entry, ties={number: {"kind": "MENTOR", "until": "2017-01-01"}}, shareholdings={number: 0})
    assert Assignment.objects.get(application=files[0], member__evaluator=judge).status == "CLEARED"
    services.add_evaluator(**entry, shareholdings={number: 1})
    assert Assignment.objects.get(application=files[0], member__evaluator=judge).status == "BARRED"
    relative = trial.evaluators[1]
    services.add_evaluator(**{**entry, "user": relative.user}, ties={number: {"kind": "FAMILY"}})
    plan = services.propose_assignments(stage=stage, by=trial.officer, now=REVIEW)
    assert [(short.file, short.missing) for short in plan.short] == [(str(files[0]), 2)]


def test_members_of_a_declared_parent_and_of_who_declared_the_company_are_excluded(reviewed):
    """Declared on either side, each in a call that runs; a relation that has ended excludes nobody any more."""
    trial, files, _stage = reviewed
    judges = [judge.user for judge in trial.evaluators[:2]]
    parent, child = company(judges[0], name="모회사"), company(judges[1], name="자회사")
    asked = {"since": date(2019, 1, 2), "now": REVIEW}
    applicant, other = files[0].organisation, files[1].organisation
    accounts.declare_affiliation(
        organisation=applicant, kind="PARENT", business_number=parent.business_number, name="모회사",
        by=master_of(applicant), **asked,
    )  # fmt: skip
    accounts.declare_affiliation(
        organisation=child, kind="PARENT", business_number=other.business_number, name="기업", by=judges[1], **asked
    )
    outbox.drain()
    found = {(bar.evaluator.user, bar.organisation) for bar in Conflict.objects.all()}
    assert found == {(judges[0], applicant), (judges[1], other)}
    assert set(Conflict.objects.values_list("reason", flat=True)) == {"신청 기업(관계 기업 포함)의 구성원"}


def test_a_relation_that_ended_excludes_nobody(reviewed):
    trial, files, _stage = reviewed
    judge, applicant = trial.evaluators[0].user, files[0].organisation
    master, parent = master_of(applicant), company(judge, name="모회사")
    row = accounts.declare_affiliation(
        organisation=applicant, kind="PARENT", business_number=parent.business_number, name="모회사",
        since=date(2019, 1, 2), by=master, now=REVIEW,
    )  # fmt: skip
    accounts.end_affiliation(affiliation=row, until=date(2019, 6, 30), by=master, now=REVIEW)
    outbox.drain()
    assert not Conflict.objects.exists()


def test_a_share_that_was_sold_and_a_tie_to_the_representative(reviewed):
    trial, files, _stage = reviewed
    company, judge = files[0].organisation, trial.evaluators[0]
    entry = {"user": judge.user, "cluster": trial.call.cluster, "by": trial.officer, "now": REVIEW}
    sold = {company.business_number: {"bp": 500, "until": "2019-12-01"}}
    services.add_evaluator(**entry, shareholdings=sold)
    assert not Conflict.objects.exists()
    held = {company.business_number: {"bp": 500, "until": None}}
    services.add_evaluator(**entry, shareholdings=held)
    assert Conflict.objects.get().reason == "기준을 넘는 지분 보유"
    type(company).objects.filter(pk=company.pk).update(representative="한 가족")
    relative = trial.evaluators[1]
    services.add_evaluator(**{**entry, "user": relative.user}, ties={"한가족": {"kind": "FAMILY"}})
    assert Conflict.objects.get(evaluator=relative).organisation == company


def test_who_joins_an_applicant_after_scoring_is_struck_before_the_count(reviewed):
    trial, files, stage = reviewed
    trial.score(stage, {str(one): 20 for one in files})
    judge = trial.evaluators[0]
    Membership.objects.create(user=judge.user, organisation=files[0].organisation)
    run = services.settle_stage(stage=stage, by=trial.officer, now=REVIEW)
    counted = {row["application"]: row["sheets"] for row in run.result["groups"]["ALL"]}
    assert counted == {str(files[0]): 1, str(files[1]): 2}
    assert (
        ScoreSheet.objects.get(assignment__application=files[0], assignment__member__evaluator=judge).status == "STRUCK"
    )


def test_dismissed_member_counts_no_more_and_a_substitute_scores(reviewed):
    trial, files, stage = reviewed
    trial.score(stage, {str(one): 20 for one in files})
    member = stage.panel.members.get(evaluator=trial.evaluators[0])
    services.dismiss_member(member=member, reason="연락 두절", by=trial.officer, now=REVIEW)
    substitute = factory.evaluator(trial.call, by=trial.officer)
    seat = services.seat_substitute(stage=stage, evaluator=substitute, by=trial.officer, now=REVIEW)
    [told] = [leaf for leaf in people.leaves(seat) if leaf["type"].endswith(".member.seated/1")]
    assert told["data"]["origin"] == "POOL"
    with pytest.raises(Overtaken):
        services.seat_substitute(stage=stage, evaluator=substitute, by=trial.officer, now=REVIEW)
    fresh = Application.objects.get(pk=files[0].pk)
    pair = {"stage": stage, "application": fresh, "by": trial.officer, "now": REVIEW}
    with pytest.raises(Invalid):
        services.assign_by_hand(member=seat, **pair)
    services.sign_pledge(call=trial.call, by=substitute.user, now=REVIEW)
    seat.refresh_from_db()
    services.assign_by_hand(member=seat, **pair)
    services.confirm_assignments(stage=trial.stages[0], by=trial.officer, now=REVIEW)
    trial.score(stage, {str(files[0]): 10})
    run = services.settle_stage(stage=stage, by=trial.officer, now=REVIEW)
    assert {row["application"]: (row["sheets"], row["total"]) for row in run.result["groups"]["ALL"]} == {
        str(files[0]): (2, "60"),
        str(files[1]): (1, "80"),
    }


def test_invitation_is_declined_by_the_invited_only():
    trial = factory.open_round()
    trial.apply()
    trial.close()
    judge = factory.evaluator(trial.call, by=trial.officer)
    panel = services.form_panel(stage=trial.stages[0], evaluators=[judge], by=trial.officer, now=REVIEW)
    member = panel.members.get()
    with pytest.raises(NotAllowed):
        services.decline_seat(member=member, reason="", by=trial.officer, now=REVIEW)
    services.decline_seat(member=member, reason="출장", by=judge.user, now=REVIEW)
    assert member.status == "DECLINED"


@pytest.fixture
def selected():
    trial = factory.open_round()
    files = [trial.apply() for _ in range(4)]
    trial.tell(trial.play_to_final({str(one): 25 - i for i, one in enumerate(files)}))
    files = [Application.objects.select_related("call__cluster", "call__current", "organisation", "quota_track").get(pk=one.pk) for one in files]  # fmt: skip
    return trial, files


def test_selection_is_taken_back_after_notice_hearing_and_a_second_person(selected):
    trial, files = selected
    first, master = files[0], trial.masters[0]
    notice = {"application": first, "ground": "BOUGHT_PLAN", "by": trial.officer, "now": REVIEW}
    for wrong in ({"evidence": " "}, {"evidence": "표절", "ground": "?"}, {"evidence": "표절", "days": 9}):
        with pytest.raises(Invalid):
            services.notice_case(**{**notice, **wrong})
    case = services.notice_case(**notice, evidence="표절 검사 결과")
    assert services.notice_case(**notice, evidence="다시").pk == case.pk
    decision = {"case": case, "upheld": True, "reasons": "거짓", "by": trial.approver}
    with pytest.raises(NotAllowed):
        services.decide_case(**decision, now=REVIEW)
    with pytest.raises(NotAllowed):
        services.reply_to_case(case=case, reply="아닙니다", by=trial.officer, now=REVIEW)
    with pytest.raises(Late):
        services.reply_to_case(case=case, reply="아닙니다", by=master, now=case.reply_by)
    services.reply_to_case(case=case, reply="아닙니다", by=master, now=REVIEW)
    with pytest.raises(IntegrityError, match="case_two_people"), transaction.atomic():
        DisqualificationCase.objects.filter(pk=case.pk).update(decided_by=trial.officer)
    services.decide_case(**decision, now=REVIEW)

    states = [Application.objects.get(pk=one.pk).status for one in files]
    assert states == ["DISQUALIFIED", "SELECTED", "SELECTED", "SELECTED"]
    assert ("disqualified", str(first)) in TRIAL.calls
    told = first.notices.get(case=case)
    assert (told.outcome_text, told.content["reasons"][0]["ko"]) == ("선정취소", "거짓")

    reviewer = people.with_role("space.appeal_reviewer", cluster=trial.call.cluster)
    appeal = services.file_appeal(notice=told, grounds="검사가 틀렸습니다", by=master, now=REVIEW)
    services.decide_appeal(appeal=appeal, outcome="ADMITTED", reasons="", by=reviewer, now=REVIEW)
    with pytest.raises(NotAllowed):
        services.restore(appeal=appeal, by=trial.approver, now=REVIEW)
    services.decide_appeal(appeal=appeal, outcome="UPHELD", remedy="RESTORE", reasons="오류", by=reviewer, now=REVIEW)
    restored = services.restore(appeal=appeal, by=trial.approver, now=REVIEW)
    assert (restored.status, restored.beyond_quota) == ("SELECTED", True)
    assert queries.places_left([first.quota_track_id]) == {first.quota_track_id: 0}


def test_dropped_case_changes_nothing_and_an_ended_application_has_none(selected):
    trial, files = selected
    case = services.notice_case(
        application=files[0], ground="OTHER", evidence="제보", by=trial.officer, now=REVIEW, days=12
    )
    services.decide_case(case=case, upheld=False, reasons="근거 없음", by=trial.approver, now=case.reply_by)
    assert Application.objects.get(pk=files[0].pk).status == "SELECTED"
    services.withdraw(application=files[0], reason="", by=trial.masters[0], now=REVIEW)
    gone = Application.objects.select_related("call__cluster").get(pk=files[0].pk)
    with pytest.raises(NotAllowed):
        services.notice_case(application=gone, ground="OTHER", evidence="x", by=trial.officer, now=REVIEW)
    with pytest.raises(ForgedStep):
        services.decide_case(case=case, upheld=True, reasons="x", by=trial.approver, now=case.reply_by)
