"""Pages of what is due, instalments, floors from a file, and which rooms fit: by behaviour."""

import json
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.core.clock import database_now
from portal.core.errors import Invalid
from portal.core.periods import SEOUL
from tenancy import due_list, floor_files, queries, services
from tenancy.models import ArrearsCase, Floor, Preference, Unit
from tests.factories.space import NOW, START, master, offered, selected, space
from tests.tenancy.test_endings import END, at, tenant
from tests.tenancy.test_import import FLOORS
from tests.tenancy.test_money import billed
from tests.tenancy.test_views import address, enter

pytestmark = pytest.mark.django_db
JSON = json.dumps({"floors": FLOORS}, default=str).encode()
CSV = """level,row,code,kind,polygon,seats,area_m2,cells,features
9,OUTLINE,,,0 0; 800 0; 800 500; 0 500,,,,
9,CELL,9-01,ROOM,0 0; 400 0; 400 500; 0 500,,,,
9,CELL,9-02,ROOM,400 0; 800 0; 800 500; 400 500,,,,
9,UNIT,901,,,4,20.00,9-01,ACCESSIBLE
9,UNIT,902,,,4,20.00,9-02,
"""


def words(rows):
    return [(row.on, str(row.what), row.unit) for row in rows]


def test_what_is_due_stands_in_the_order_of_its_day():
    place = tenant()
    offer = offered(place, selected(place), "802", now=at(date(2020, 9, 20)))
    services.invite_renewals(now=at(date(2020, 9, 24)))
    found = due_list.of_hub(place.hub, at(date(2020, 9, 25)))
    assert words(found) == [
        (queries.day_of(offer.expires_at), "제안 답변 기한", "802"),
        (END - timedelta(days=30), "연장 신청 기한", "801"),
        (END, "계약기간 종료", "801"),
    ]
    figures = due_list.figures(found, date(2020, 9, 25))
    assert [figure.value for figure in figures] == [0, 1, 1, 0]


def test_leaving_arrears_and_keys_are_due_too():
    place = billed()
    services.dun(now=at(date(2020, 3, 1)))
    lease = place.leases[0]
    services.give_notice(
        lease=lease, leave_date=date(2020, 5, 1), by=master(lease.offer.need), now=at(date(2020, 3, 2))
    )
    move_out = lease.move_outs.get()
    first = words(due_list.of_hub(place.hub, at(date(2020, 3, 3))))
    assert (date(2020, 5, 1), "퇴거", lease.unit.code) in first
    assert "체납" in {what for _on, what, _unit in first}
    services.schedule_inspection(move_out=move_out, inspect_at=at(date(2020, 4, 29)), by=place.officer)
    assert (date(2020, 4, 29), "퇴거 점검", lease.unit.code) in words(due_list.of_hub(place.hub, at(date(2020, 3, 3))))


def test_the_due_page_is_the_desks(client):
    place = tenant()
    page = address("due", place.hub.code)
    shown = enter(client, place.officer).get(page).content.decode()
    assert "기한 목록" in shown
    assert "날이 지난 일" in shown
    assert client.get(address("desk")).content.decode().count(page) == 1
    assert enter(client, place.master).get(page).status_code == 403


def test_the_due_list_takes_as_many_queries_for_many_as_for_one(django_assert_num_queries):
    place = tenant()
    selected(place)
    with django_assert_num_queries(11):
        due_list.of_hub(place.hub, NOW)
    offered(place, selected(place), "802")
    with django_assert_num_queries(11):
        due_list.of_hub(place.hub, NOW)


def reminded():
    place = billed()
    for days in (1, 7):
        services.dun(now=at(date(2020, 1, 28) + timedelta(days=days)))
    place.case = ArrearsCase.objects.order_by("pk").first()
    return place


def test_instalments_are_agreed_on_the_page_of_the_case(client):
    place = reminded()
    page = address("arrears_case", place.case.public_id)
    enter(client, place.finance)
    assert "오늘까지의 연체이자" in client.get(page).content.decode()
    owed = sum(row.open_amount for row in queries.overdue_of(place.case.lease, date(2030, 1, 1)))
    day = database_now().astimezone(SEOUL).date() + timedelta(days=10)
    wrong = client.post(f"{page}?act=plan", {"plan-parts": "2020-02-30 5"})
    assert wrong.status_code == 422
    assert "1번째 줄" in wrong.content.decode()
    lines = f"{day}, {owed - 1}\n\n{day + timedelta(days=9)}, 1"
    client.post(f"{page}?act=plan", {"plan-parts": lines})
    place.case.refresh_from_db()
    assert (place.case.status, [part["amount"] for part in place.case.plan]) == ("PLAN", [owed - 1, 1])
    assert "분납 약속" in client.get(page).content.decode()
    assert enter(client, place.officer).post(f"{page}?act=plan", {"plan-parts": lines}).status_code == 403


def send(client, page, content, name="floors.json"):
    return client.post(
        f"{page}?act=look", {"look-file": SimpleUploadedFile(name, content), "look-from_date": "2020-01-01"}
    ).content.decode()


def hidden(shown, name):
    return shown.split(f'name="apply-{name}" value="')[1].split('"')[0]


@pytest.mark.parametrize(("content", "rooms"), [(JSON, 40), (CSV.encode(), 2)])
def test_floors_are_shown_first_and_only_what_was_shown_is_written(client, content, rooms):
    place = space("")
    page = address("import_floors", place.hub.code)
    Floor.objects.all().delete()
    enter(client, place.officer)
    shown = send(client, page, content)
    assert not Floor.objects.exists()
    answers = {f"apply-{name}": hidden(shown, name) for name in ("content", "digest", "from_date")}
    client.post(f"{page}?act=apply", {**answers, "apply-digest": "0" * 64})
    assert not Floor.objects.exists()
    client.post(f"{page}?act=apply", answers)
    assert Unit.objects.count() == rooms
    again = send(client, page, content)
    assert "이미 등록된 층입니다" in again
    assert "이대로 등록하기" not in again


def test_what_stands_against_a_file_is_named(client):
    place = space("")
    page = address("import_floors", place.hub.code)
    enter(client, place.officer)
    overlapping = CSV.replace("400 0; 800 0; 800 500; 400 500", "300 0; 800 0; 800 500; 300 500")
    shown = send(client, page, overlapping.encode())
    assert "막음" in shown
    assert "이대로 등록하기" not in shown
    assert enter(client, place.approver).get(page).status_code == 403


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"{", "JSON"),
        (b"[]", "층이 없습니다"),
        (b"[1]", "층이 없습니다"),
        (b"level,row\n", "없는 열"),
        (CSV.splitlines()[0].encode(), "층이 없습니다"),
        (CSV.replace("901,,,4", "901,,,x").encode(), "5번째 줄"),
        (CSV.replace("0 0; 400", "0; 400").encode(), "3번째 줄"),
        (CSV.replace("9,UNIT,901", "9,HALL,901").encode(), "5번째 줄"),
        (b"x" * 2_000_001, "2MB"),
    ],
)
def test_a_file_that_is_none(content, said):
    with pytest.raises(Invalid, match=said):
        floor_files.read(content)


def test_an_applicant_reads_which_rooms_fit_why_others_do_not_and_its_place(client):
    place = space("801 802 803")
    first, second = selected(place), selected(place, seats=3)
    Preference.objects.create(need=second, position=1, kind="UNIT", value="803")
    Unit.objects.filter(code="801").update(seats=2)
    services.block_unit(unit=place.unit("802"), start=START, end=START + timedelta(days=9), note="x", by=place.officer)
    by = master(second)
    shown = enter(client, by).get(address("wishes", second.case_ref)).content.decode()
    assert [queries.place_in_line(one) for one in (first, second)] == [1, 2]
    assert "좌석이 상주 인원보다 적습니다." in shown
    assert "계약기간에 비어 있지 않습니다." in shown
    chances = queries.chances_of(second, place.terms)
    assert [(one.room.code, one.wish, one.reason) for one in chances] == [
        ("803", 1, None),
        ("801", None, "too_few_seats"),
        ("802", None, "not_free"),
    ]
    assert address("wishes", second.case_ref) in client.get(address("mine")).content.decode()
    assert enter(client, master(first)).get(address("wishes", second.case_ref)).status_code == 403
    offer = offered(place, second, "803")
    services.accept_offer(offer=offer, by=by, now=NOW, agreed=True)
    assert not queries.needs_for(by).exists()
