"""Requests of tenants: from the page to the officer's board and back, with files that are what they say."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import translation

from portal.accounts.second_factor import CONFIRMED
from portal.core import outbox
from portal.core.errors import ForgedStep, Invalid, Late, NotAllowed, Overtaken
from portal.notices.models import Notice
from tenancy import services
from tenancy.models import Lease, Ticket, TicketFile, TicketRating
from tests.factories.people import company, leaves, person
from tests.factories.space import NOW, START, resident, space
from tests.intake.test_scanning import BAD, clamd  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
def place():
    found = space("801 802")
    found.lease = resident(found, "801")
    found.company = found.lease.organisation
    found.by = found.company.memberships.get().user
    return found


def opened(place, *, now=NOW, **fields):
    values = {
        "hub": place.hub, "organisation": place.company, "unit": place.lease.unit, "category": "REPAIR",
        "title": "문이 닫히지 않습니다", "text": "801호 문", "by": place.by,
    }  # fmt: skip
    return services.open_ticket(**{**values, **fields}, now=now)


def act(name, ticket, by, *, now=NOW, **fields):
    return getattr(services, name)(ticket=ticket, by=by, now=now, **fields)


def in_hand(place, **fields):
    ticket = opened(place, **fields)
    act("assign_ticket", ticket, place.officer)
    act("start_ticket", ticket, place.officer)
    return ticket


def test_from_asking_to_closing(place):
    ticket = opened(place)
    assert ticket.due_at == NOW + timedelta(hours=72)
    act("assign_ticket", ticket, place.officer)
    act("start_ticket", ticket, place.officer)
    act("ask_tenant", ticket, place.officer, text="언제 비나요?")
    act("answer_ticket", ticket, place.by, text="내일 오전")
    act("finish_ticket", ticket, place.officer, text="경첩을 갈았습니다")
    act("close_ticket", ticket, place.by, stars=5)
    assert [leaf["data"]["to"] for leaf in leaves(ticket)] == [
        "RECEIVED", "ASSIGNED", "IN_PROGRESS", "WAITING", "IN_PROGRESS", "DONE", "CLOSED",
    ]  # fmt: skip
    assert [note.text for note in ticket.notes.all()] == ["801호 문", "언제 비나요?", "내일 오전", "경첩을 갈았습니다"]
    assert Notice.objects.filter(user=place.by, topic="space.ticket").count() == 4
    rating = TicketRating.objects.get()
    assert (rating.stars, rating.category) == (5, "REPAIR")
    assert not [field.name for field in TicketRating._meta.fields if field.name in ("ticket", "organisation", "user")]


def test_reopened_within_seven_days_and_then_closed_by_the_clock(place):
    ticket = in_hand(place)
    act("finish_ticket", ticket, place.officer, text="했습니다")
    act("reopen_ticket", ticket, place.by, text="아직", now=NOW + timedelta(days=6))
    act("finish_ticket", ticket, place.officer, text="다시", now=NOW + timedelta(days=8))
    with pytest.raises(Late):
        act("reopen_ticket", ticket, place.by, text="또", now=NOW + timedelta(days=15))
    assert services.close_done_tickets(now=NOW + timedelta(days=14)) == 0
    assert services.close_done_tickets(now=NOW + timedelta(days=15)) == 1
    assert services.close_done_tickets(now=NOW + timedelta(days=15)) == 0


def test_taken_back_only_before_the_work(place):
    act("drop_ticket", opened(place), place.by)
    with pytest.raises(Overtaken):
        act("drop_ticket", in_hand(place), place.by)


def test_who_may_what(place):
    ticket, stranger = opened(place), person()
    for name in ("assign_ticket", "drop_ticket"):
        with pytest.raises(NotAllowed):
            act(name, ticket, stranger)
    with pytest.raises(NotAllowed):
        act("assign_ticket", ticket, place.by)
    with pytest.raises(ForgedStep):
        act("finish_ticket", ticket, place.officer, text="")
    guest = company(stranger, name="바깥기업")
    with pytest.raises(Invalid, match="입주한 기업만"):
        opened(place, organisation=guest, unit=None, by=stranger)


def upload(name="문.png", content=PNG):
    return SimpleUploadedFile(name, content)


def test_files_are_what_their_names_say_and_lie_privately(place, settings):
    ticket = opened(place, attached=[upload()])
    row = ticket.files.get()
    assert (row.name, row.content_type) == ("문.png", "image/png")
    assert row.file.path.startswith(str(settings.PRIVATE_ROOT))
    for bad in (upload("문.png", b"<svg/>"), upload("문.svg"), upload("문.exe"), upload("빈.png", b"")):
        with pytest.raises(Invalid):
            opened(place, attached=[bad])
    with pytest.raises(Invalid, match="5개까지"):
        opened(place, attached=[upload() for _ in range(6)])


def test_a_room_of_another_company_is_no_room_of_ours(place):
    other = resident(place, "802", "옆기업")
    with pytest.raises(Invalid) as refusal:
        opened(place, unit=other.unit)
    assert refusal.value.field == "lease"
    assert Ticket.objects.count() == 0


def test_a_harmful_file_is_found_told_and_opened_by_nobody(client, place, settings, request):
    clean = TicketFile.objects.get(ticket=opened(place, attached=[upload()]))
    assert clean.scan == "NONE"
    settings.CLAMD_ADDRESS = request.getfixturevalue("clamd")
    bad = TicketFile.objects.get(ticket=opened(place, attached=[upload(content=PNG + BAD)]))
    assert bad.scan == "WAITING"
    outbox.drain()
    bad.refresh_from_db()
    assert bad.scan == "INFECTED"
    assert Notice.objects.filter(user=place.by, topic="space.ticket_file").count() == 1
    enter(client, place.by)
    assert client.get(address("ticket_file", bad.public_id)).status_code == 404
    answer = client.get(address("ticket_file", clean.public_id))
    assert b"".join(answer.streaming_content) == PNG
    assert list(clean.accesses.values_list("accessed_by", "role")) == [(place.by.pk, "company.master")]
    assert bad.accesses.count() == 0
    page = client.get(address("ticket", bad.ticket.public_id)).content.decode()
    assert "악성코드 발견" in page
    assert address("ticket_file", bad.public_id) not in page
    with pytest.raises(IntegrityError), transaction.atomic():
        clean.accesses.update(role="auditor")


def test_long_lists_are_paged(client, place):
    for number in range(52):
        opened(place, title=f"요청 {number:02}")
    enter(client, place.by)
    first = client.get(address("tickets")).content.decode()
    second = client.get(address("tickets"), {"page": 2}).content.decode()
    assert [len(re.findall(r">요청 \d", page)) for page in (first, second)] == [50, 2]
    assert "요청 00" in second
    board = address("ticket_board", "mapo")
    enter(client, place.officer)
    assert "요청 51" in client.get(board, {"page": 2}).content.decode()


def address(name, *args):
    with translation.override("ko"):
        return reverse(f"tenancy:{name}", args=args)


def enter(client, user):
    client.force_login(user)
    session = client.session
    session[CONFIRMED] = user.pk
    session.save()


def long_lease(place):
    """The lease as if its term ran today: pages ask the real clock."""
    lease = place.lease
    Lease.objects.filter(pk=lease.pk).update(max_months=1200)
    lease.terms.update(period=DateRange(START, START.replace(year=2100)))
    return lease


def test_by_the_pages(client, place):
    lease = long_lease(place)
    enter(client, place.by)
    form = {"send-lease": str(lease.pk), "send-category": "NETWORK", "send-title": "느립니다", "send-text": "와이파이"}
    assert client.post(address("new_ticket") + "?act=send", {**form, "send-title": ""}).status_code == 422
    wrong = {**form, "send-attached": [upload("x.png", b"no")]}
    assert client.post(address("new_ticket") + "?act=send", wrong).status_code == 422
    assert Ticket.objects.count() == 0
    client.post(address("new_ticket") + "?act=send", {**form, "send-attached": [upload(), upload("둘.png")]})
    ticket = Ticket.objects.get()
    assert ticket.files.count() == 2
    assert "느립니다" in client.get(address("tickets")).content.decode()
    file = address("ticket_file", TicketFile.objects.first().public_id)
    answer = client.get(file)
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content) == PNG
    enter(client, person())
    assert client.get(file).status_code == 404
    assert client.get(address("ticket", ticket.public_id)).status_code == 403
    enter(client, place.officer)
    assert "느립니다" in client.get(address("ticket_board", "mapo")).content.decode()
    client.post(address("ticket", ticket.public_id) + "?act=assign")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assigned_to) == ("ASSIGNED", place.officer)
    assert client.get(address("ticket_board", "mapo"), {"show": "closed"}).status_code == 200


def test_around_the_service_the_database_refuses(place):
    ticket = opened(place)
    for name, values in {
        "ticket_status_known": {"status": "MAYBE", "assigned_to": place.officer},
        "ticket_category_known": {"category": "PARTY"},
        "ticket_is_somebodys": {"status": "ASSIGNED"},
        "ticket_done_at_a_time": {"status": "DONE", "assigned_to": place.officer},
    }.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Ticket.objects.filter(pk=ticket.pk).update(**values)
    with pytest.raises(IntegrityError, match="one_to_five"), transaction.atomic():
        TicketRating.objects.create(hub=place.hub, month=NOW.date(), category="REPAIR", stars=6)
