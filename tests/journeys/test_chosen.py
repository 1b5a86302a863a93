"""A seat by selection: the office links a run to a call, a student applies on a phone in her own name, is chosen and accepts;
another, without JavaScript and in English, is called from the reserve when the second seat is declined. What the panel does
the services do."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from college import services as college
from college.models import Course, Run, SeatRequest
from portal.accounts.models import Cluster, User
from portal.accounts.services import organisation_of_person
from portal.core.clock import database_now
from portal.intake import services
from portal.intake.models import Application, Call, ScoreSheet
from tests.factories import people
from tests.factories.intake import definition, stage
from tests.factories.selection import FORM
from tests.journeys import story

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]
NUMBER = 872
_FAR = itertools.count(700_000)


@pytest.fixture(autouse=True)
def _far_from_the_demo(monkeypatch):
    monkeypatch.setattr(people, "_count", _FAR)


def write_call() -> Call:
    """Two seats and a reserve, one stage; written by the office's services."""
    now = database_now()
    data = definition(
        code="course-journey",
        prefix="CJ",
        title={"ko": "심화 과정 교육생 모집", "en": "Students for the advanced course"},
        opens_at=now - timedelta(minutes=5),
        closes_at=now + timedelta(days=7),
        tracks=[{"code": "STUDENTS", "name": {"ko": "교육생", "en": "Students"}, "quota": 2, "reserve": 1}],
        stages=[stage("DOCUMENT", 10_000, go_on=None, criteria=[("동기", 5000), ("준비", 5000)])],
        eligibility=[],
        form=FORM,
    )
    return services.create_call(
        cluster=Cluster.objects.get(code="seoul"), programme="course", data=data, by=story.staff("college"), now=now
    )


def make_the_run(office, call: Call) -> Run:
    """The officer chooses the call; it is published first, by the approver, and then the run."""
    page, opens = office.page, database_now()
    office.enter_as("college")
    office.go("/{lang}/college/desk/new/")
    page.fill("[name=number]", str(NUMBER))
    page.select_option("[name=admission]", "SELECTION")
    page.fill("[name=capacity]", "2")
    for name, after in {"opens_at": 0, "closes_at": 7, "late_join_until": 60}.items():
        page.fill(f"[name={name}]", f"{(opens + timedelta(days=after)).astimezone(story.SEOUL):%Y-%m-%dT%H:%M:%S}")
    for name, after in {"starts_date": 50, "ends_date": 70}.items():
        page.fill(f"[name={name}]", f"{(opens + timedelta(days=after)).astimezone(story.SEOUL):%Y-%m-%d}")
    page.fill("[name=policy_version]", "journey-2")
    office.submit()
    office.sees("모집공고를 골라 주십시오")
    office.check()
    page.select_option("[name=call]", call.code)
    office.submit()
    run = Run.objects.get(number=NUMBER)
    office.check()
    services.publish_call(call=call, by=story.staff("college-approver"), now=database_now())
    office.submit(within="form[action$='/publish/']")
    office.check()
    return run


def apply(student, run: Run) -> None:
    """From the run to the call, and through the form to the receipt."""
    page = student.page
    student.go("/{lang}/college/runs/" + run.code + "/")
    student.sees(student.word("까지 신청해 주십시오", "please apply until"))
    student.check()
    student.follow(page.locator("main .btns a"))
    student.check()
    student.follow(page.locator("main a[href$='/start/']"))
    student.sees(student.word("개인의 이름으로", "in their own name"))
    student.check()
    student.submit()
    application = page.url
    student.go_to(application + "pages/motive/")
    page.fill("[name=why]", "분산원장을 배워 이웃의 기록을 지키고 싶습니다.")
    student.check()
    student.submit()
    student.submit()
    assert "/receipts/1/" in page.url
    student.check()
    student.go("/{lang}/college/runs/" + run.code + "/")
    student.sees(student.word("선발 신청서", "Application"))
    student.check()


def rival(call: Call) -> User:
    """Somebody who applies in the meantime."""
    user, now = people.person("안미르"), database_now()
    own = organisation_of_person(user=user, now=now)
    application = services.start_application(call=call, organisation=own, by=user, now=now)
    services.save_draft(
        application=application, section="motive", answers={"why": "배우고 싶습니다."}, version=0, by=user, now=now
    )
    services.submit(application=application, key="rival", by=user, now=now)
    return user


def choose(call: Call, points: dict[User, int]) -> None:
    """Closing, panel, sheets and publication."""
    officer, approver = story.staff("college"), story.staff("college-approver")
    call = services.close_call(call=Call.objects.get(pk=call.pk), by=officer, now=call.closes_at)
    services.draw_lottery(call=call, public_value="KOSPI-2026-2", by=officer, now=call.closes_at)

    def tell(decision) -> None:
        services.decide(decision=decision, by=approver, now=database_now())
        services.publish(decision=decision, by=approver, now=database_now())

    services.record_findings(call=call, by=officer, now=database_now())
    tell(services.prepare_eligibility(call=call, by=officer, now=database_now()))
    judges = [
        services.add_evaluator(user=people.person(f"위원{n}"), cluster=call.cluster, by=officer, now=database_now())
        for n in (1, 2)
    ]
    (only,) = call.stages.select_related("call__current", "call__cluster")
    services.form_panel(stage=only, evaluators=judges, by=officer, now=database_now())
    for judge in judges:
        services.sign_pledge(call=call, by=judge.user, now=database_now())
    for step in (services.open_stage, services.propose_assignments, services.confirm_assignments):
        step(stage=only, by=officer, now=database_now())
    sheets = ScoreSheet.objects.filter(assignment__stage=only, status="OPEN").select_related(
        "assignment__stage__call",
        "assignment__member__evaluator__user",
        "assignment__application__organisation__person",
    )
    for sheet in sheets:
        user = sheet.assignment.member.evaluator.user
        given = points[sheet.assignment.application.organisation.person]
        codes = [criterion.code for criterion in only.criteria.all()]
        services.fill_sheet(sheet=sheet, scores=dict.fromkeys(codes, given), by=user, now=database_now())
        services.lock_sheet(sheet=sheet, by=user, now=database_now())
    services.settle_stage(stage=only, by=officer, now=database_now())
    tell(services.prepare_final(call=call, by=officer, now=database_now()))


def test_a_student_applies_is_chosen_and_accepts_and_a_reserve_follows(visit, site, at_site):
    Course.objects.get_or_create(
        code="journey",
        defaults={
            "cluster": Cluster.objects.get(code="seoul"),
            "title_ko": "블록체인 기초",
            "title_en": "Blockchain basics",
            "level": "BASIC",
            "hours": 8,
        },
    )
    call = write_call()
    run = make_the_run(visit(), call)
    first, second = visit(width=360), visit(language="en", javascript=False)
    first.enter_as("newcomer")
    second.enter_as("foreign")
    apply(first, run)
    apply(second, run)
    other = rival(call)
    choose(call, {story.staff("newcomer"): 25, other: 24, story.staff("foreign"): 20})
    first.go("/{lang}/college/mine/")
    first.sees("선정되었습니다", "수락하기")
    first.check()
    first.submit(within="form[action$='/accept/']")
    first.sees("수강중")
    application = Application.objects.get(call=call, organisation__person=story.staff("newcomer"))
    assert application.status == "FULFILLED"
    first.go(f"/{{lang}}/my/applications/{application.public_id}/")
    first.sees("등록완료")
    first.check()
    second.go("/{lang}/college/runs/" + run.code + "/")
    second.sees("Reserve")
    declined = SeatRequest.objects.select_related("run__course__cluster", "person").get(run=run, status="OFFERED")
    college.decline_offer(request=declined, by=other, now=database_now())
    second.go("/{lang}/college/mine/")
    second.sees("You were selected")
    second.check()
    second.submit(within="form[action$='/accept/']")
    assert Run.objects.get(pk=run.pk).seats_taken == 2
