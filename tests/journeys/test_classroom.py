"""A course from the inside: the line moves, a lesson is held with two phones, a record is corrected, a stranger checks.

The codes are read from what the screen shows and what the paper bears. Each story is lived twice: office and classroom
at a desk in Korean with phones in English, then mirrored. The weeks between are skipped; deadlines pass by the services' clock.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta

import pytest
from pypdf import PdfReader, PdfWriter

from college import qr, services
from college.models import Course, Credential, Lesson, Run, SeatRequest
from college.pdffile import NAME
from portal.accounts.models import Cluster
from portal.core.clock import database_now
from tests.journeys import qrread, story
from tests.journeys.browser import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]

STAGINGS = [
    pytest.param({"width": 1280, "language": "ko"}, {"width": 360, "language": "en"}, id="desk"),
    pytest.param({"width": 360, "language": "en"}, {"width": 1280, "language": "ko"}, id="mirrored"),
]


@pytest.fixture
def keys(site, at_site, settings):
    """Certificates are signed with the running portal's keys."""
    settings.COLLEGE_KEY_DIR = site.var / "college" / "keys"


def published(number: int, *, capacity: int) -> Run:
    """A run that takes requests now and begins today."""
    now, officer = database_now(), story.staff("college")
    course, _made = Course.objects.get_or_create(
        code="classroom",
        defaults={
            "cluster": Cluster.objects.get(code="seoul"),
            "title_ko": "스마트계약 실습",
            "title_en": "Smart contract practice",
            "level": "BASIC",
            "hours": 8,
        },
    )
    run = services.draft_run(
        course=course,
        by=officer,
        code=f"classroom-mapo-{number}",
        campus="mapo",
        number=number,
        capacity=capacity,
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=1),
        late_join_until=now + timedelta(days=20),
        starts_date=now.date(),
        ends_date=now.date() + timedelta(days=1),
        policy={"version": "journey-2", "seats": {"live_requests": 99}},
    )
    story.qualify(course)
    services.publish_run(run=run, by=officer, now=now)
    return run


def next_number() -> int:
    return 1 + Run.objects.filter(course__code="classroom").count()


def state_of(request: SeatRequest) -> str:
    return SeatRequest.objects.get(pk=request.pk).status


@pytest.mark.parametrize(("desk", "phone"), STAGINGS)
def test_one_offer_is_left_to_expire_and_the_next_in_line_accepts(visit, at_site, desk, phone):
    run = published(next_number(), capacity=1)
    holder, late, prompt = visit(**phone), visit(**desk), visit(**phone, javascript=False)
    for visitor, key in ((holder, "newcomer"), (late, "colleague"), (prompt, "foreign")):
        visitor.enter_as(key)
        visitor.go("/{lang}/college/runs/" + run.code + "/")
        visitor.check()
        visitor.submit(within="form[action$='/request/']")
    prompt.go("/{lang}/college/mine/")
    prompt.sees(prompt.word("대기 2번째(앞에 1명)", "Number 2 on the waitlist (1 ahead of you)"))
    prompt.check()
    holder.go("/{lang}/college/mine/")
    holder.submit(within=f"form[action$='/college/runs/{run.code}/drop/']")
    asked = run.requests.get(status="OFFERED")
    late.go("/{lang}/college/mine/")
    late.sees(late.word("수락하거나 포기해 주십시오", "accept or decline"))
    late.check()
    services.lapse_due_offers(now=asked.offer_expires_at)
    accepts = f"form[action$='/requests/{asked.public_id}/accept/']"
    late.submit(within=accepts)  # the page of a moment ago
    assert late.page.locator(".banner--danger, [role=alert]").count(), late.page.locator("main").inner_text()
    assert state_of(asked) == "LAPSED"
    offered = run.requests.get(status="OFFERED")
    prompt.go("/{lang}/college/mine/")
    prompt.submit(within=f"form[action$='/requests/{offered.public_id}/accept/']")
    prompt.check()
    assert state_of(offered) == "SEATED"
    run.refresh_from_db()
    assert (run.seats_taken, run.waiting) == (1, 0)


@dataclass
class Classroom:
    """A lesson that may be opened, and the people around it, each with a screen."""

    lesson: Lesson
    instructor: Visitor
    #: Whose telephone lives, and whose gives out before the end.
    awake: Visitor
    drained: Visitor
    officer: Visitor
    approver: Visitor
    stranger: Visitor

    @property
    def run(self) -> Run:
        return Run.objects.get(pk=self.lesson.run_id)


@pytest.fixture
def classroom(visit, keys):
    """Raise the curtain on a lesson that begins now, with two students on its roster."""
    lessons: list[Lesson] = []

    def raised(desk, phone) -> Classroom:
        run, now, officer = published(next_number(), capacity=2), database_now(), story.staff("college")
        for key in ("startup", "newcomer"):
            user = story.staff(key)
            services.request_seat(run=run, person=services.person_for(user=user), by=user, now=now)
            run.refresh_from_db()
        lesson = services.plan_lesson(
            run=run,
            number=1,
            starts_at=now,
            ends_at=now + timedelta(minutes=9),
            by=officer,
            instructor=story.staff("instructor"),
        )
        lessons.append(lesson)
        for to in ("CONFIRMED", "RUNNING"):
            services.move_run(run=run, to=to, by=officer, now=now)
        people = {
            "instructor": visit(**desk),
            "awake": visit(**phone),
            "drained": visit(**phone),
            "officer": visit(**desk),
            "approver": visit(**desk),
            "stranger": visit(**phone, javascript=False),
        }
        doors = {"instructor": "instructor", "awake": "startup", "drained": "newcomer"}
        doors |= {"officer": "college", "approver": "college-approver"}
        for name, key in doors.items():
            people[name].enter_as(key)
        return Classroom(lesson, **people)

    yield raised
    # The next story is told within the same minutes, and an instructor is in one place at a time.
    Lesson.objects.filter(pk__in=[lesson.pk for lesson in lessons]).update(instructor=None)


@pytest.mark.parametrize(("desk", "phone"), STAGINGS)
def test_a_lesson_its_correction_and_the_certificate_a_stranger_checks(classroom, desk, phone):
    room = classroom(desk, phone)
    take_attendance(room)
    correct_the_record(room)
    credential, pdf = certify(room)
    check_the_paper(room, credential, pdf)
    show_it_by_a_link(room, credential)
    take_it_back(room, credential, pdf)


def take_attendance(room: Classroom) -> None:
    """Two phones scan what the screen shows; a picture of it forwarded later opens nothing."""
    page = "/{lang}/college/lessons/" + f"{room.lesson.public_id}/"
    room.instructor.go(page)
    room.instructor.check()
    room.instructor.submit(within="form[action$='/open/']")
    for phone in (room.awake, room.drained):
        scan(room, phone, "IN")
    scan(room, room.awake, "OUT")
    forward_a_screenshot_late(room)
    room.instructor.go(page)
    room.instructor.page.fill("[name=head_count]", "2")
    room.instructor.submit(within="form[action$='/seal/']")
    room.instructor.check()
    room.lesson.refresh_from_db()
    assert room.lesson.status == "SEALED"


def scan(room: Classroom, phone: Visitor, kind: str) -> None:
    """What the camera sees on the instructor's screen, opened and confirmed on the phone."""
    room.instructor.go("/{lang}/college/lessons/" + f"{room.lesson.public_id}/code/?kind={kind}")
    code = room.instructor.page.locator("main img.code-large")
    phone.go_to(qrread.from_picture(code.screenshot()))
    phone.check()
    phone.submit()
    phone.sees(phone.word("기록 완료", "Recorded"))
    phone.check()


def forward_a_screenshot_late(room: Classroom) -> None:
    """The friend at home gets what stood on the screen two minutes ago."""
    then = database_now() - timedelta(minutes=2)
    lesson = Lesson.objects.get(pk=room.lesson.pk)
    before = lesson.events.count()
    room.drained.go_to(qr.path(bytes(lesson.secret), str(lesson.public_id), "OUT", then))
    assert room.drained.word("지난 출석 코드입니다", "This code is over") in room.drained.page.inner_text("body")
    room.drained.check()
    assert lesson.events.count() == before


def correct_the_record(room: Classroom) -> None:
    """The drained phone's owner asks, the officer checks, and only another person may put it into force."""
    asks = room.drained
    asks.go("/{lang}/college/mine/")
    asks.sees(asks.word("출석 0/1", "Attendance 0/1"))
    asks.go("/{lang}/college/lessons/" + f"{room.lesson.public_id}/correct/")
    asks.check()
    asks.submit()
    asks.check()
    assert asks.page.locator("[data-errors]").count(), "evidence is asked for"
    asks.page.fill("[name=came]", "00:00")
    asks.page.fill("[name=left]", "23:59")
    asks.page.select_option("[name=reason]", "DEVICE_FAULT")
    asks.page.fill("[name=evidence]", "배터리가 나갔습니다. 옆자리 교육생이 보았습니다.")
    asks.submit()
    asked = room.lesson.corrections.get()
    address = "/{lang}/college/desk/corrections/" + f"{asked.public_id}/"
    room.officer.go(address)
    room.officer.check()
    press(room.officer, "check")
    room.officer.go(address)
    room.officer.check()
    assert not room.officer.page.locator("button[value=apply]").count(), "one person is not two"
    room.approver.go(address)
    room.approver.check()
    press(room.approver, "apply")
    asked.refresh_from_db()
    assert (asked.status, asked.checked_by_id == asked.decided_by_id) == ("APPLIED", False)
    asks.go("/{lang}/college/mine/")
    asks.sees(asks.word("출석 1/1", "Attendance 1/1"))
    asks.check()


def press(visitor: Visitor, value: str) -> None:
    visitor.follow(visitor.page.locator(f"main button[value={value}]"))


def certify(room: Classroom) -> tuple[Credential, bytes]:
    """The run ends, is judged and certified at the desk; the student takes the PDF home."""
    page = "/{lang}/college/desk/" + room.run.code + "/"
    for visitor, step in ((room.officer, "end"), (room.approver, "judge"), (room.approver, "certify")):
        visitor.go(page)
        visitor.submit(within=f"form[action$='/{step}/']")
    room.approver.check()
    credential = Credential.objects.get(enrolment__run=room.run, holder=story.staff("newcomer").name)
    room.drained.go("/{lang}/college/mine/")
    room.drained.sees(credential.number)
    with room.drained.page.expect_download() as found:
        room.drained.page.locator(f"main a[href$='/certificates/{credential.public_id}.pdf']").click()
    return credential, found.value.path().read_bytes()


def check_the_paper(room: Classroom, credential: Credential, pdf: bytes) -> None:
    """By the code on the paper, by the file, and a file in which somebody wrote another name."""
    stranger = room.stranger
    stranger.go_to(qrread.from_pdf(pdf)[0])
    stranger.go_to(
        stranger.page.url.replace("/ko/", f"/{stranger.language}/").replace("/en/", f"/{stranger.language}/")
    )
    stranger.sees(credential.number, stranger.word("유효한 수료증입니다", "This certificate is valid"))
    stranger.check()
    hand_in(stranger, pdf)
    stranger.sees(credential.holder, stranger.word("유효한 수료증입니다", "This certificate is valid"))
    stranger.check()
    inside = PdfReader(io.BytesIO(pdf)).attachments[NAME][0]
    forged = inside.replace(credential.holder.encode(), "김위조".encode())
    assert forged != inside
    refused = stranger.word("유효하지 않은 수료증입니다", "This certificate is not valid")
    for content in (forged, carrying(forged)):
        hand_in(stranger, content)
        stranger.sees(refused)
        stranger.check()
    hand_in(stranger, carrying(None))
    stranger.sees(stranger.word("서명한 수료증이 들어 있지 않습니다", "holds no signed certificate"))
    stranger.check()


def hand_in(stranger: Visitor, content: bytes) -> None:
    name = "certificate.pdf" if content.startswith(b"%PDF") else "certificate.json"
    stranger.go("/{lang}/verify/")
    stranger.page.set_input_files(
        "[name=paper]", {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    stranger.submit(within="form:has([name=paper])")


def carrying(text: bytes | None) -> bytes:
    """A PDF of somebody's own making around a text."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    if text is not None:
        writer.add_attachment(NAME, text)
    writer.write(out)
    return out.getvalue()


def show_it_by_a_link(room: Classroom, credential: Credential) -> None:
    """Made on the holder's page, opened by whoever has it, taken back: then it opens nothing."""
    holder, stranger = room.drained, room.stranger
    for word in ("make", "end"):
        holder.go("/{lang}/college/mine/")
        holder.check()
        holder.submit(within=f"form[action$='/{credential.public_id}/share/{word}/']")
        link = credential.shares.get()
        status = stranger.go("/{lang}/verify/shared/" + f"{link.token}/")
        assert status == (200 if word == "make" else 404)
        stranger.check()
        seen = credential.holder in stranger.page.locator("main").inner_text()
        assert seen == (word == "make")


def take_it_back(room: Classroom, credential: Credential, pdf: bytes) -> None:
    """Suspended, then revoked at the desk: the paper and the file both say so."""
    desk = "/{lang}/college/desk/certificates/" + f"{credential.public_id}/"
    for act in ("suspend", "revoke"):
        room.approver.go(desk)
        room.approver.check()
        room.approver.page.fill("[name=reason]", "대리 출석이 확인되었습니다.")
        press(room.approver, act)
    revoked = room.stranger.word("취소된 수료증입니다", "This certificate was revoked")
    room.stranger.go("/{lang}/verify/" + f"{credential.public_id}/")
    room.stranger.sees(revoked)
    room.stranger.check()
    hand_in(room.stranger, pdf)
    room.stranger.sees(revoked)
    room.stranger.check()
