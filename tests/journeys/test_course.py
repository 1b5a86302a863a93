"""From the catalogue to a certificate a stranger checks: the office makes the run, students pass its waiting room.

Two ask for one seat, one of them without JavaScript; the seat is given up and taken up; what takes weeks (lessons, judging) the
services do. In the end a stranger checks the certificate by its address and by its file, before and after it is revoked.
"""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from college import services
from college.models import Credential, Enrolment, Run
from portal.core.clock import database_now
from portal.core.periods import SEOUL
from tests.journeys import story

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]
NUMBER = 871


@pytest.fixture
def keys(site, at_site, settings):
    """Certificates are signed with the running portal's keys."""
    settings.COLLEGE_KEY_DIR = site.var / "college" / "keys"


def make_the_run(office, opens) -> Run:
    """The officer drafts, plans one day and publishes, all in the browser."""
    page = office.page
    days = {"starts_date": 10, "ends_date": 12}
    times = {"opens_at": timedelta(0), "closes_at": timedelta(days=3), "late_join_until": timedelta(days=9)}
    office.enter_as("college")
    office.go("/{lang}/college/desk/new/")
    office.check()
    page.fill("[name=number]", str(NUMBER))
    page.check("[name=waiting_room]")
    page.fill("[name=capacity]", "1")
    for name, after in times.items():
        page.fill(f"[name={name}]", f"{(opens + after).astimezone(SEOUL):%Y-%m-%dT%H:%M:%S}")
    for name, after in days.items():
        page.fill(f"[name={name}]", f"{(opens + timedelta(days=after)).astimezone(SEOUL):%Y-%m-%d}")
    page.fill("[name=policy_version]", "journey-1")
    office.submit()
    run = Run.objects.get(number=NUMBER)
    office.go("/{lang}/college/desk/" + run.code + "/lessons/")
    office.check()
    page.fill("[name=title_ko]", "합의 알고리즘")
    office.submit()
    office.sees("합의 알고리즘")
    office.go("/{lang}/college/desk/" + run.code + "/")
    office.check()
    office.submit(within="form[action$='/publish/']")
    office.sees("대기실")
    return run


def wait_in_the_room(student, key, run) -> None:
    student.enter_as(key)
    student.go("/{lang}/college/runs/" + run.code + "/queue/")
    student.check()
    student.submit()
    student.sees("대기실에 계십니다")
    if student.glass is None:  # without scripts the page must reload itself, which axe's rule on reloading forbids
        student.check()


def test_from_the_catalogue_to_a_certificate_that_a_stranger_checks(visit, site, keys, tmp_path):
    from college.models import Course
    from portal.accounts.models import Cluster

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
    opens = database_now() + timedelta(seconds=60)
    run = make_the_run(visit(), opens)
    first, second = visit(width=360), visit(javascript=False)
    wait_in_the_room(first, "newcomer", run)
    wait_in_the_room(second, "startup", run)
    # The script asks by itself and shows the turn; without it the page is reloaded.
    first.page.locator("form[action$='/request/'] button").wait_for(timeout=120_000)
    first.submit(within="form[action$='/request/']")
    first.go("/{lang}/college/mine/")
    first.check()
    second.go("/{lang}/college/runs/" + run.code + "/queue/")
    second.sees("순서가 되었습니다")
    second.submit(within="form[action$='/request/']")
    second.go("/{lang}/college/mine/")
    second.sees("대기 1번째")
    # Whoever comes here may hold a seat in another course too: it is this course's that is given up.
    first.submit(within=f"form[action$='/{run.code}/drop/']")
    first.sees("수강을 취소했습니다")
    second.go("/{lang}/college/mine/")
    second.submit(within="form[action$='/accept/']")
    credential = finish(Enrolment.objects.get(run=run, holds_seat=True))
    second.go("/{lang}/college/mine/")
    second.sees(credential.number)
    check_as_a_stranger(visit, credential, tmp_path)


def finish(enrolment: Enrolment) -> Credential:
    """The weeks of the course, by the services."""
    now, officer, approver = database_now(), story.staff("college"), story.staff("college-approver")

    def fresh() -> Run:
        return Run.objects.select_related("course__cluster").get(pk=enrolment.run_id)

    lesson = fresh().lessons.get()
    story.qualify(fresh().course)
    lesson.instructor = story.staff("instructor")
    lesson.save(update_fields=["instructor"])
    for state in ("CONFIRMED", "RUNNING"):
        services.move_run(run=fresh(), to=state, by=officer, now=now)
    services.open_lesson(lesson=lesson, by=lesson.instructor, now=lesson.starts_at)
    marks = [(enrolment, "IN", lesson.starts_at), (enrolment, "OUT", lesson.ends_at)]
    services.record_list(lesson=lesson, marks=marks, by=lesson.instructor, now=lesson.ends_at)
    services.seal_lesson(lesson=lesson, by=lesson.instructor, now=lesson.ends_at)
    services.move_run(run=fresh(), to="ENDED", by=officer, now=now)
    (completion,) = services.judge_run(run=fresh(), by=approver, now=now)
    return services.issue(completion, by=approver, now=now)


def check_as_a_stranger(visit, credential: Credential, folder) -> None:
    """By the address in the QR and by the file, without JavaScript; then suspended, then revoked."""
    stranger, approver = visit(javascript=False), story.staff("college-approver")
    paper = folder / "certificate.json"
    paper.write_text(json.dumps(services.document_of(credential), ensure_ascii=False))
    address = "/{lang}/verify/" + str(credential.public_id) + "/"
    stranger.go(address)
    stranger.check()
    stranger.sees(credential.number)
    stranger.page.fill("[name=name]", credential.holder)
    stranger.submit()
    stranger.sees("수료증의 이름과 같습니다")
    stranger.go("/{lang}/verify/")
    stranger.page.set_input_files("[name=paper]", paper)
    stranger.submit(within="form:has([name=paper])")
    stranger.check()
    services.suspend(credential=credential, by=approver, now=database_now(), reason="출결을 다시 봅니다.")
    stranger.go(address)
    stranger.sees("효력정지")
    credential.refresh_from_db()
    services.revoke(credential=credential, by=approver, now=database_now(), reason="대리 출석이 확인되었습니다.")
    stranger.go(address)
    stranger.sees("취소")
    stranger.check()
