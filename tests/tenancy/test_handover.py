"""A contract signed on paper, a room handed over with its meters, interest charged, a company that outgrew the hub."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from portal.core.errors import Invalid, Late, NotAllowed, Overtaken, Refused
from tenancy import rent, services
from tenancy.models import Graduation, Invoice, Lease, LeaseFile, MeterReading, MoveIn, PaperSigning
from tests.factories.people import leaves, person, with_role
from tests.factories.space import NOW, START, master, priced, resident, selected, space
from tests.tenancy.test_constraints import refused
from tests.tenancy.test_endings import END, at, fresh, tenant
from tests.tenancy.test_leases import prepared
from tests.tenancy.test_money import adds_up, billed
from tests.tenancy.test_tickets import PNG, upload
from tests.tenancy.test_views import address, enter, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def filed(place, lease, **given):
    given = {
        "signer": "김대표",
        "signed_date": START,
        "scan": upload("계약서.png"),
        "by": place.officer,
        "now": NOW,
        **given,
    }
    return services.file_paper(lease=lease, **given)


def test_two_people_put_a_signature_on_paper_beside_an_electronic_one():
    place = space()
    lease = prepared(place)
    paper = filed(place, lease)
    with pytest.raises(Refused):
        filed(place, lease)
    with pytest.raises(NotAllowed):
        services.confirm_paper(paper=paper, by=place.officer, now=NOW)
    assert services.confirm_paper(paper=paper, by=place.approver, now=NOW) is False
    given = lease.signatures.get()
    assert (given.method, given.signer, given.document_hash) == ("paper", "김대표", lease.document_hash)
    sign = {"lease": lease, "side": "LESSOR", "now": NOW, "document_hash": lease.document_hash, "consented": True}
    assert services.sign_lease(by=place.approver, **sign) is True
    assert Lease.objects.get().status == "SIGNED"
    kinds = [leaf["type"] for leaf in leaves(paper)]
    assert kinds == ["space.paper.filed/1", "space.paper.confirmed/1"]


def test_paper_in_time_of_the_same_document_and_rejected_it_is_filed_anew():
    place = space()
    lease = prepared(place)
    with pytest.raises(Late):
        filed(place, lease, now=lease.sign_by)
    with pytest.raises(Invalid):
        filed(place, lease, signed_date=date(2020, 1, 5))
    with pytest.raises(NotAllowed):
        filed(place, lease, by=master(lease.offer.need))
    paper = filed(place, lease)
    LeaseFile.objects.filter(pk=paper.scan_id).update(sha256="0" * 64)
    paper.scan.refresh_from_db()
    with pytest.raises(Invalid):
        services.confirm_paper(paper=paper, by=place.approver, now=NOW)
    services.reject_paper(paper=paper, reason="흐림", by=place.approver)
    again = filed(place, lease)
    rows = PaperSigning.objects.filter(pk=again.pk)
    refused(lambda: rows.update(status="CONFIRMED"), "paper_confirmed_by_somebody")
    refused(lambda: rows.update(confirmed_by=again.filed_by), "paper_two_people")
    refused(lambda: PaperSigning.objects.filter(pk=paper.pk).update(status="FILED"), "one_paper_per_side")


def amended(place):
    lease = resident(place, "801")
    why = {"on": date(2020, 3, 1), "reason": "실측", "by": place.officer, "now": NOW}
    return services.prepare_area(lease=lease, area_m2=Decimal("21.00"), **why)


def test_an_amendment_is_signed_on_paper_as_a_lease_is():
    place = space("801")
    change = amended(place)
    paper = filed(place, change.lease, amendment=change)
    with pytest.raises(Overtaken):
        filed(place, change.lease, amendment=change)
    refused(
        lambda: PaperSigning.objects.create(
            lease=change.lease, amendment=change, signer="김대표", signed_date=START, document_hash="0" * 64,
            scan=LeaseFile.objects.create(
                lease=change.lease, kind="PAPER", name="b.png", size=1, content_type="image/png", sha256="0" * 64,
                uploaded_by=place.officer, uploaded_at=NOW,
            ), filed_by=place.officer, filed_at=NOW,
        ),
        "one_paper_per_amendment_side",
    )  # fmt: skip
    assert services.confirm_paper(paper=paper, by=place.approver, now=NOW) is False
    given = change.signatures.get()
    assert (given.method, given.signer, given.document_hash) == ("paper", "김대표", change.document_hash)
    sign = {"amendment": change, "side": "LESSOR", "now": NOW, "document_hash": change.document_hash}
    assert services.sign_amendment(by=place.approver, consented=True, **sign) is True
    assert leaves(change.lease)[-1]["type"] == "space.lease.amended/1"
    with pytest.raises(Overtaken):
        filed(place, change.lease, amendment=change)


def test_an_amendment_signed_on_paper_last_is_in_force_at_once():
    place = space("801")
    change = amended(place)
    sign = {"amendment": change, "side": "LESSOR", "now": NOW, "document_hash": change.document_hash}
    services.sign_amendment(by=place.approver, consented=True, **sign)
    deputy = with_role("space.officer", cluster=place.hub.cluster)
    paper = filed(place, change.lease, amendment=change)
    assert services.confirm_paper(paper=paper, by=deputy, now=NOW) is True


def test_the_pages_of_an_amendment_on_paper(client):
    place = space("801")
    change = amended(place)
    url = address("amendment-paper", change.public_id)
    enter(client, place.officer)
    assert url in client.get(address("amendment", change.public_id)).text
    pdf = client.get(address("amendment-pdf", change.public_id))
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")
    given = {"file-signer": "김대표", "file-signed_date": "2019-12-23", "file-scan": upload(), "file-same": "on"}
    assert "다른 사람이 확인해야" in words(client.post(f"{url}?act=file", given, follow=True))
    enter(client, place.approver)
    client.post(f"{url}?act=confirm", {"confirm-sure": "on"})
    assert change.signatures.get().method == "paper"
    enter(client, master(change.lease.offer.need))
    assert client.get(url).status_code == 403


def test_the_pages_of_a_contract_on_paper(client):
    place = space()
    lease = prepared(place)
    url = address("paper", lease.public_id)
    enter(client, place.officer)
    assert "스캔한 계약서" in words(client.get(url))
    assert client.post(f"{url}?act=file", {"file-signer": "김대표"}).status_code == 422
    filed(place, lease)
    assert "서명을 확인하기" not in words(client.get(url))
    enter(client, place.approver)
    assert "서명을 확인하기" in words(client.get(url))
    file = client.get(address("lease_file", LeaseFile.objects.get().public_id))
    assert b"".join(file.streaming_content) == PNG
    assert client.get(address("lease", lease.public_id)).status_code == 200
    enter(client, person())
    assert client.get(address("lease_file", LeaseFile.objects.get().public_id)).status_code == 404


def test_the_room_is_handed_over_with_meters_and_the_company_confirms_once(client):
    place = space("801")
    lease = resident(place, "801")
    services.read_meter(lease=lease, kind="WATER", value=Decimal("12.5"), by=place.officer, now=NOW, photo=upload())
    with pytest.raises(Invalid):
        services.read_meter(lease=lease, kind="WATER", value=Decimal("12.4"), by=place.officer, now=NOW)
    services.add_photos(lease=lease, photos=[upload()], by=place.officer, now=NOW)
    url, company = address("handing_over", lease.public_id), master(lease.offer.need)
    enter(client, company)
    assert "12.5" in words(client.get(url))
    client.post(f"{url}?act=confirm", {"confirm-remark": "창문 흠집"})
    record = MoveIn.objects.get()
    assert (record.confirmed_by, record.remark, record.keys) == (company, "창문 흠집", 1)
    with pytest.raises(Refused):
        services.confirm_move_in(lease=lease, by=company, now=NOW)
    with pytest.raises(NotAllowed):
        services.confirm_move_in(lease=lease, by=place.officer, now=NOW)
    with pytest.raises(Refused):
        services.add_photos(lease=lease, photos=[upload()], by=place.officer, now=NOW)
    kinds = [leaf["type"] for leaf in leaves(record)]
    assert kinds == ["space.move_in.recorded/1", "space.move_in.confirmed/1"]
    refused(lambda: MoveIn.objects.update(confirmed_by=record.recorded_by), "move_in_two_people")
    refused(lambda: MoveIn.objects.update(confirmed_at=None), "move_in_confirmed_by_somebody")
    with pytest.raises(DatabaseError, match="forbidden"), transaction.atomic():
        MeterReading.objects.update(value=1)


def test_the_room_is_photographed_and_its_meters_read_when_it_is_left(client):
    place = space("801")
    lease = resident(place, "801")
    company = master(lease.offer.need)
    case = services.give_notice(lease=lease, leave_date=date(2020, 3, 1), by=company, now=at(date(2020, 1, 20)))
    url = address("move_out", case.public_id)
    for by in (company, place.officer):
        enter(client, by)
        answer = client.post(f"{url}?act=photo", {"photo-photo": upload()}, follow=True)
        assert by.name in words(answer)
    client.post(f"{url}?act=read", {"read-kind": "WATER", "read-value": "31.5"})
    enter(client, company)
    shown = words(client.get(url))
    assert "31.5" in shown
    assert "검침값 적기" not in shown
    client.post(f"{url}?act=photo", {"photo-photo": upload("긁힘.png"), "photo-item": "DEFECTS"})
    photo = lease.files.get(item__code="DEFECTS")
    assert "긁힘.png 파손 확인" in words(client.get(url))
    with pytest.raises(Invalid):
        services.add_leaving_photos(move_out=case, photos=[upload()], item="ROOF", by=company, now=NOW)
    rows = LeaseFile.objects.filter(pk=photo.pk)
    refused(lambda: rows.update(kind="MOVE_IN"), "only_photos_of_leaving_show_a_point")
    assert b"".join(client.get(address("lease_file", photo.public_id)).streaming_content) == PNG
    for by in (person(), place.finance):
        enter(client, by)
        assert client.get(address("lease_file", photo.public_id)).status_code == 404
        with pytest.raises(NotAllowed):
            services.add_leaving_photos(move_out=case, photos=[upload()], by=by, now=NOW)
    with pytest.raises(Invalid, match="10"):
        services.add_leaving_photos(move_out=case, photos=[upload()] * 10, by=company, now=NOW)
    services.schedule_inspection(move_out=case, inspect_at=at(date(2020, 3, 1)), by=place.officer)
    found = {item.code: (True, "", 0, False) for item in case.items.all()}
    services.inspect(move_out=case, found=found, by=place.officer)
    services.return_keys(move_out=case, on=date(2020, 3, 1), by=place.officer, now=at(date(2020, 3, 1), 18))
    with pytest.raises(Refused):
        services.add_leaving_photos(move_out=case, photos=[upload()], by=company, now=NOW)


def test_a_photo_shows_a_point_of_its_own_leases_inspection():
    place = space("801 802")
    one, other = (resident(place, code) for code in ("801", "802"))
    notice = {"leave_date": date(2020, 3, 1), "now": at(date(2020, 1, 20))}
    cases = [services.give_notice(lease=row, by=master(row.offer.need), **notice) for row in (one, other)]
    services.add_leaving_photos(move_out=cases[0], photos=[upload()], item="MAIL", by=place.officer, now=NOW)
    refused(lambda: LeaseFile.objects.update(item=cases[1].items.first()), "another lease")
    refused(lambda: LeaseFile.objects.update(lease=other), "another lease")


def test_an_inspection_keeps_what_was_typed_and_begins_with_what_the_last_one_found(client):
    place = space("801")
    lease = resident(place, "801")
    case = services.give_notice(
        lease=lease, leave_date=date(2020, 3, 1), by=master(lease.offer.need), now=at(date(2020, 1, 20))
    )
    services.schedule_inspection(move_out=case, inspect_at=at(date(2020, 3, 1)), by=place.officer)
    url = address("move_out", case.public_id)
    enter(client, master(lease.offer.need))
    assert words(client.get(url)).count("점검 전") == 6
    enter(client, place.officer)
    assert "점검 전" not in words(client.get(url)), "the form says it"
    typed = {"inspect-RESTORED-done": "on", "inspect-DEFECTS-cost": "120,000"}
    again = client.post(f"{url}?act=inspect", typed)
    assert again.status_code == 422
    assert "비용이 드는 항목에는 내용을" in words(again)
    assert 'value="120,000"' in again.text
    client.post(f"{url}?act=inspect", {**typed, "inspect-DEFECTS-note": "바닥 긁힘"})
    case.refresh_from_db()
    assert case.status == "RESTORING"
    shown = client.get(url).text
    assert 'value="120000"' in shown
    assert 'value="바닥 긁힘"' in shown


def test_interest_is_shown_then_charged_once_a_month_from_where_it_ended(client):
    place = space("801")
    priced(place, late_interest_bp=500)
    lease = resident(place, "801")
    Invoice.objects.filter(status="DRAFT").delete()
    [invoice] = services.bill_month(hub=place.hub, month=date(2020, 1, 1))
    services.issue_invoice(invoice=invoice, by=place.finance, now=NOW)
    services.dun(now=at(date(2020, 3, 1)))
    case = lease.arrears.get()
    days = (date(2020, 3, 10) - invoice.due_date).days
    assert sum(line.supply for line in services.interest_due(lease, date(2020, 3, 10))) == rent.late_interest(
        100_000, 500, days
    )
    with pytest.raises(NotAllowed):
        services.charge_interest(case=case, by=place.officer, now=at(date(2020, 3, 10)))
    charged = services.charge_interest(case=case, by=place.finance, now=at(date(2020, 3, 10)))
    assert (charged.kind, charged.status, charged.total) == ("INTEREST", "ISSUED", 100_000 * 500 * days // 3_650_000)
    assert f"100,000원 × 5% × {days}일/365일" in charged.lines.get().in_words
    with pytest.raises(Refused):
        services.charge_interest(case=case, by=place.finance, now=at(date(2020, 3, 11)))
    later = services.charge_interest(case=case, by=place.finance, now=at(date(2020, 5, 1)))
    assert later.lines.get().period.lower == date(2020, 3, 10), "no day twice, and none on interest"
    note = services.prepare_credit(line=later.lines.get(), used_to=START, reason="착오", by=place.finance, now=NOW)
    assert note.total == later.total
    enter(client, place.finance)
    assert "연체이자" in words(client.get(address("arrears_case", case.public_id)))
    refused(lambda: later.lines.update(late=None), "line_of_interest_names_its_invoice")
    adds_up()


def test_nothing_is_charged_where_the_card_asks_for_no_interest():
    place = billed()
    services.dun(now=at(date(2020, 3, 1)))
    with pytest.raises(Invalid):
        services.charge_interest(case=place.leases[0].arrears.get(), by=place.finance, now=at(date(2020, 3, 10)))


def test_a_company_that_outgrew_the_hub_graduates_on_that_ground():
    place = tenant()
    about = {"lease": place.lease, "leave_date": date(2020, 6, 1), "reason": "투자를 받아 100명이 되었습니다."}
    with pytest.raises(NotAllowed):
        services.graduate(by=place.officer, now=at(date(2020, 4, 1)), **about)
    with pytest.raises(Invalid):
        services.graduate(by=place.approver, now=at(date(2020, 4, 1)), **about | {"leave_date": date(2021, 6, 1)})
    move_out = services.graduate(by=place.approver, now=at(date(2020, 4, 1)), **about)
    services.schedule_inspection(move_out=move_out, inspect_at=at(date(2020, 6, 1)), by=place.officer)
    found = {item.code: (True, "", 0, False) for item in move_out.items.all()}
    services.inspect(move_out=move_out, found=found, by=place.officer)
    services.return_keys(move_out=move_out, on=date(2020, 6, 1), by=place.officer, now=at(date(2020, 6, 1)))
    graduation = Graduation.objects.get()
    assert (graduation.ground, graduation.reason) == ("GROWTH", about["reason"])
    assert fresh(place).end_kind == "GRADUATED"
    assert graduation.graduated_date < END
    refused(lambda: Graduation.objects.update(reason=""), "graduation_for_growth_says_why")
    refused(lambda: type(move_out).objects.update(end_kind="EARLY"), "move_out_ground_of_graduates")
    adds_up()


def test_selected_companies_agree_on_their_head_count():
    place = space("801", seats=8)
    lease = prepared(place, selected(place, seats=6))
    assert (lease.people, lease.document["terms"]["people"]) == (6, 6)


def test_the_tenant_reads_what_is_due_and_what_waits(client):
    place = billed()
    lease = place.leases[0]
    enter(client, master(lease.offer.need))
    page = words(client.get(address("mine")))
    assert "내실 금액 100,000원" in page
    assert "가장 빠른 납부기한 2020. 1. 28." in page
    assert "계약이 끝나는 날 2020. 12. 23." in page
    assert "801호 입주 기록 확인하기" in page
    services.confirm_move_in(lease=lease, by=master(lease.offer.need), now=NOW)
    assert "지금 할 일이 없습니다." in words(client.get(address("mine")))


def test_who_does_not_live_here_yet_reads_what_to_sign(client):
    place = space("801")
    lease = prepared(place)
    enter(client, master(lease.offer.need))
    page = words(client.get(address("mine")))
    assert "801호 계약서에 서명하기" in page
    assert "내실 금액" not in page
