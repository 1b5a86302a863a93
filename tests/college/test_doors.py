"""Who may open which address of the college, and what its pages say."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from college import services
from college.models import Correction, SeatRequest, Share
from portal.accounts.second_factor import CONFIRMED
from tests.factories.college import ENDED, NOW, college
from tests.factories.people import cluster, person, with_role

pytestmark = pytest.mark.django_db
OFFICE = {"officer", "approver"}
ALL = {"anonymous", "stranger", "student", "instructor", "elsewhere", "officer", "approver"}


def browser(user):
    client = Client()
    if user is not None:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session[CONFIRMED] = user.pk
        session.save()
    return client


@pytest.fixture(autouse=True)
def _in_korean():
    with translation.override("ko"):
        yield


@pytest.fixture
def place(monkeypatch):
    """A run of one seat with one student in it and one offered; the clock stands at its opening."""
    made = college(capacity=1)
    for module in ("public", "student", "office"):
        monkeypatch.setattr(f"college.views.{module}.database_now", lambda: NOW)
        monkeypatch.setattr(f"college.views.{module}.arrived_at", lambda _: NOW, raising=False)
    return made


def people(place):
    place.ask(place.student())
    return {
        "anonymous": None,
        "stranger": person(),
        "student": place.students[0],
        "instructor": place.instructor,
        "elsewhere": with_role("college.officer", cluster=cluster("incheon")),
        "officer": place.officer,
        "approver": place.approver,
    }


def allowed(response):
    refused = response.status_code in (401, 403, 404) or "/login/" in response.get("Location", "")
    assert response.status_code < 500
    return not refused


def test_who_gets_in(place):
    code, everybody = place.run.code, people(place)
    for name, args, may in [
        ("courses", [], ALL),
        ("run", [code], ALL),
        ("mine", [], ALL - {"anonymous"}),
        ("office", [], OFFICE | {"elsewhere"}),
        ("office-run", [code], OFFICE),
    ]:
        address = reverse(f"college:{name}", args=args)
        assert {role for role, user in everybody.items() if allowed(browser(user).get(address))} == may, name


def test_who_may_act(place):
    code, everybody = place.run.code, people(place)
    acts = {
        "capacity": (["capacity", [code]], {"capacity": 3}, OFFICE),
        "cancel": (["cancel", [code]], {}, OFFICE),
        "step": (["office-step", [code, "confirm"]], {}, OFFICE),
        "drop": (["drop", [code]], {}, {"student"}),
    }
    for (name, args), data, may in acts.values():
        address = reverse(f"college:{name}", args=args)
        got_in = {role for role, user in everybody.items() if allowed(browser(user).post(address, data))}
        assert got_in == may, name


def test_a_seat_from_the_page_to_the_answer(place):
    first, second = place.student(), place.student()
    page = browser(first).post(reverse("college:ask", args=[place.run.code]), follow=True)
    assert "수강을 신청했습니다" in page.content.decode()
    browser(second).post(reverse("college:ask", args=[place.run.code]))
    assert "대기 1번째(앞에 0명)" in browser(second).get(reverse("college:mine")).content.decode()
    browser(first).post(reverse("college:drop", args=[place.run.code]))
    request = SeatRequest.objects.get(status="OFFERED")
    assert "수락하기" in browser(second).get(reverse("college:mine")).content.decode()
    answer = reverse("college:answer", args=[request.public_id, "accept"])
    assert browser(first).post(answer).status_code == 403
    browser(second).post(answer)
    request.refresh_from_db()
    assert request.status == "SEATED"


def test_pages_speak_english(place):
    with translation.override("en"):
        addresses = [reverse("college:courses"), reverse("college:run", args=[place.run.code])]
    for address in addresses:
        page = browser(None).get(address).content.decode()
        assert "Blockchain expert course" in page


def test_too_few_seats_are_told_and_the_form_stays(place):
    place.ask()
    page = browser(place.officer).post(reverse("college:capacity", args=[place.run.code]), {"capacity": "0"})
    assert page.status_code == 422


def test_lists_ask_the_database_equally_often_for_few_and_many(place, django_assert_num_queries):
    user = place.student()
    place.ask(user)
    client = browser(user)
    for _ in range(2):
        other = college(capacity=1)
        other.ask()
        other.ask(user)
        services.withdraw_request(request=SeatRequest.objects.latest("id"), by=user, now=NOW)
    address = reverse("college:mine")
    client.get(address)
    with django_assert_num_queries(15):
        client.get(address)


def test_a_lesson_through_two_phones_and_the_seal(place, monkeypatch):
    """The code on the screen, a fresh scan with one button, an old photo refused, the seal."""
    monkeypatch.setattr("college.views.teaching.database_now", lambda: clock[0])
    user = place.student()
    place.ask(user)
    place.move("CONFIRMED", "RUNNING")
    lesson = place.lessons(1)[0]
    clock = [lesson.starts_at]
    teacher, phone = browser(place.instructor), browser(user)
    roster, code = (reverse(f"college:{name}", args=[lesson.public_id]) for name in ("roster", "code"))
    assert phone.get(roster).status_code == 403
    teacher.post(reverse("college:open-lesson", args=[lesson.public_id]))
    shown = teacher.get(code)
    assert shown["Refresh"] == "10"
    path = f"/ko{shown.context['path']}"
    page = phone.get(path)
    assert "입실 기록하기" in page.content.decode()
    assert browser(place.officer).get(path).status_code == 403
    done = phone.post(reverse("college:scan"), {"token": page.context["token"]})
    assert done.context["fingerprint"] in done.content.decode()
    assert browser(person()).post(reverse("college:scan"), {"token": page.context["token"]}).status_code == 403
    assert phone.post(reverse("college:scan"), {"token": "made up"}).status_code == 409
    clock[0] = lesson.starts_at + timedelta(minutes=2)
    assert phone.get(path).status_code == 409
    assert "명단 1명 가운데 1명이" in teacher.get(roster).content.decode()
    clock[0] = lesson.ends_at
    teacher.post(reverse("college:seal", args=[lesson.public_id]), {"head_count": "1"})
    lesson.refresh_from_db()
    assert (lesson.status, lesson.head_count) == ("SEALED", 1)
    asked = {"came": "09:00", "left": "15:00", "reason": "NETWORK_FAULT", "evidence": "장애 기록"}
    assert phone.post(reverse("college:correct", args=[lesson.public_id]), {"came": "x"}).status_code == 422
    phone.post(reverse("college:correct", args=[lesson.public_id]), asked)
    correction = Correction.objects.get()
    address = reverse("college:correction", args=[correction.public_id])
    assert phone.get(address).status_code == 403
    office, second = browser(place.officer), browser(place.approver)
    assert office.post(address, {"act": "refuse", "reason": ""}).status_code == 422
    office.post(address, {"act": "check"})
    second.post(address, {"act": "apply"})
    correction.refresh_from_db()
    assert correction.status == "APPLIED"
    assert "출석 1/1" in phone.get(reverse("college:mine")).content.decode()


@pytest.fixture
def certified(place, monkeypatch, settings, tmp_path):
    settings.COLLEGE_KEY_DIR, settings.SITE_URL = tmp_path, "http://testserver"
    for module in ("verify", "office"):
        monkeypatch.setattr(f"college.views.{module}.database_now", lambda: ENDED)
        monkeypatch.setattr(f"college.views.{module}.arrived_at", lambda _: ENDED, raising=False)
    monkeypatch.setattr("college.issuing.database_now", lambda: ENDED)
    place.credential = place.graduate(place.student("김하늘"))[0]
    return place


def test_a_stranger_checks_a_certificate_by_number_page_and_file(certified):
    stranger, number = browser(None), certified.credential.number
    page = stranger.post(reverse("college:verify"), {"number": number.lower()}, follow=True).content.decode()
    assert "유효한 수료증입니다" in page
    assert "김○○" in page
    assert "김하늘" not in page
    address = reverse("college:certificate", args=[certified.credential.public_id])
    assert "이름과 같습니다" in stranger.post(address, {"name": "김 하늘"}).content.decode()
    assert "이름과 다릅니다" in stranger.post(address, {"name": "이하늘"}).content.decode()
    assert [stranger.post(address, {"name": "x"}).status_code for _ in range(4)] == [200, 200, 200, 409]
    assert stranger.post(reverse("college:verify"), {"number": "SBC-1"}).status_code == 422
    paper = reverse("college:paper", args=[certified.credential.public_id])
    assert stranger.get(paper).status_code == 403
    file = browser(certified.students[0]).get(paper)
    assert "유효한 수료증입니다" in upload(stranger, file.content)
    printed = reverse("college:certificate-pdf", args=[certified.credential.public_id])
    assert stranger.get(printed).status_code == 403
    pdf = b"".join(browser(certified.students[0]).get(printed).streaming_content)
    assert pdf.startswith(b"%PDF")
    assert "유효한 수료증입니다" in upload(stranger, pdf)
    assert "김하늘" in upload(stranger, pdf)
    assert "유효하지 않은" in upload(stranger, file.content.replace("하늘".encode(), "하늬".encode()))
    assert "들어 있지 않습니다" in upload(stranger, b"%PDF-1.7 no json")
    assert "2MB보다 큽니다" in upload(stranger, b" " * (2 * 1024 * 1024 + 1))


def test_a_holder_shows_a_certificate_by_a_link_and_takes_it_back(certified):
    holder, stranger, public_id = browser(certified.students[0]), browser(None), certified.credential.public_id
    make, end = (reverse("college:share", args=[public_id, word]) for word in ("make", "end"))
    assert stranger.post(make).status_code == 302
    assert [browser(user).post(make).status_code for user in (person(), certified.officer)] == [403, 403]
    assert holder.get(make).status_code == 405
    assert holder.post(reverse("college:share", args=[public_id, "sell"])).status_code == 404
    assert not certified.credential.shares.exists()
    holder.post(make), holder.post(make)
    link = certified.credential.shares.get()
    address = reverse("college:shared", args=[link.token])
    assert address in holder.get(reverse("college:mine")).content.decode()
    page = stranger.get(address)
    assert page["X-Robots-Tag"] == "noindex"
    assert all(text in page.content.decode() for text in ("김하늘", "유효한 수료증입니다"))
    file = reverse("college:shared-file", args=[link.token])
    assert "유효한 수료증입니다" in upload(stranger, stranger.get(file).content)
    holder.post(end)
    gone = stranger.get(address)
    assert (gone.status_code, stranger.get(file).status_code) == (404, 404)
    assert "링크를 거두었거나" in gone.content.decode()
    assert "김하늘" not in gone.content.decode()
    holder.post(make)
    assert stranger.get(address).status_code == 404, "a new link opens, the old one stays shut"
    assert certified.credential.shares.get(ended_at=None).token != link.token


def test_one_link_at_a_time_whoever_writes_it(certified):
    given = {"credential": certified.credential, "made_at": ENDED}
    Share.objects.create(**given)
    with pytest.raises(IntegrityError, match="one_live_share"), transaction.atomic():
        Share.objects.create(**given)
    with pytest.raises(IntegrityError, match="share_ends"), transaction.atomic():
        Share.objects.create(**given, ended_at=ENDED - timedelta(seconds=1))


def upload(client, content):
    file = SimpleUploadedFile("paper.json", content)
    return client.post(reverse("college:verify"), {"paper": file}).content.decode()


def test_a_revoked_certificate_says_so(certified):
    office = reverse("college:office-certificate", args=[certified.credential.public_id])
    client = browser(certified.approver)
    assert browser(certified.students[0]).get(office).status_code == 403
    assert client.post(office, {"act": "suspend", "reason": ""}).status_code == 422
    address = reverse("college:certificate", args=[certified.credential.public_id])
    client.post(office, {"act": "suspend", "reason": "확인 중"})
    assert "효력이 정지된 수료증입니다" in browser(None).get(address).content.decode()
    client.post(office, {"act": "revoke", "reason": "대리 출석"})
    assert "취소된 수료증입니다(2020. 5. 4." in browser(None).get(address).content.decode()
    lists = browser(None).get("/college/status/revocation-1")
    assert lists.json()["id"] == "http://testserver/college/status/revocation-1"
    assert (
        browser(None).get("/college/status/revocation-1", headers={"If-None-Match": lists["ETag"]}).status_code == 304
    )
    assert browser(None).get("/college/status/revocation-9", follow=True).status_code == 404
    assert browser(None).get("/college/did.json").json()["id"] == "did:web:testserver:college"


def test_the_timetable_is_a_calendar(certified):
    feed = browser(None).get(reverse("college-machine:timetable", args=[certified.run.code]))
    lines = feed.content.decode().split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert "DTSTART:20200406T000000Z" in lines
    assert max(len(line.encode()) for line in lines) <= 75
