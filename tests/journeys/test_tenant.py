"""From the allocation of a round to an empty room: officer, approver, finance, an evaluator, a tenant, a visitor.

The tenant is a company of the demonstration. The round that chose it, and two others, is there when the story begins. It is
lived twice. First from end to end, the tenant in English on a phone without JavaScript, the officer in Korean on a desk.
Then mirrored, the officer in English on a phone without JavaScript, the tenant in Korean on a desk: allocation, offer,
signatures, deposit, key, invoice and payment, meeting room, repair, moving out; without directory and renewal.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from tests.journeys import renewal, residence, story
from tests.journeys.browser import Visitor
from tests.journeys.residence import in_days

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]


#: What counts as a photo.
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
#: Whose browser in which hub's journey: how wide, which language, with or without JavaScript.
STAGINGS: dict[str, dict[str, dict[str, Any]]] = {
    "yeoui": {
        "tenant": {"width": 360, "language": "en", "javascript": False},
        "colleague": {},
        "officer": {},
        "approver": {"language": "en"},
        "finance": {"javascript": False},
        "evaluator": {"language": "en", "width": 360},
        "visitor": {"width": 360, "language": "en", "javascript": False},
    },
    "sangam": {
        "tenant": {},
        "colleague": {"width": 360, "language": "en", "javascript": False},
        "officer": {"width": 360, "language": "en", "javascript": False},
        "approver": {"width": 360, "javascript": False},
        "finance": {"width": 360, "language": "en"},
        "visitor": {},
    },
}
#: Who each is among the people of the demonstration; a visitor is nobody.
STAFF = {"officer": "officer", "approver": "approver", "finance": "finance", "evaluator": "evaluator1"}
#: Two companies, for what the first has paid too much pays the next invoice, whatever the room. The master of the second
#: has no colleague and takes the telephone.
PEOPLE: dict[str, dict[str, str]] = {
    "yeoui": {**STAFF, "tenant": "startup", "colleague": "colleague"},
    "sangam": {**STAFF, "tenant": "foreign", "colleague": "foreign"},
}
COMPANIES = {"yeoui": "가온체인 주식회사", "sangam": "루멘 레저"}


@dataclass
class Cast:
    """The people of the journey, each in a browser of their own."""

    hub: str
    tenant: Visitor
    colleague: Visitor
    officer: Visitor
    approver: Visitor
    finance: Visitor
    visitor: Visitor
    evaluator: Visitor | None = None

    @property
    def desk(self) -> str:
        return "/{lang}/space/desk/hubs/" + self.hub

    @property
    def floor(self) -> str:
        return "/{lang}/space/" + f"{self.hub}/{residence.LEVEL}/"


@pytest.fixture
def play(at_site, visit):
    """Raise the curtain on a hub of the stagings: its people, and the round that is decided there."""

    def raised(hub: str):
        people = {name: visit(**browser) for name, browser in STAGINGS[hub].items()}
        for name, visitor in people.items():
            if name in PEOPLE[hub]:
                visitor.enter_as(PEOPLE[hub][name])
        return Cast(hub, **people), residence.chosen_in_a_new_hub(hub, COMPANIES[hub])

    return raised


def press(visitor, act: str, **answers: str) -> None:
    """Fill in the form of an act on a case's page, and press its button; it must not be refused."""
    page = visitor.page
    for name, value in answers.items():
        field = page.locator(f"[name='{act}-{name}']").first
        kind = field.evaluate("field => field.type") if visitor.glass is None else field.get_attribute("type") or "text"
        if kind == "radio":
            page.locator(f"[name='{act}-{name}'][value='{value}']").check()
        elif kind == "checkbox":
            field.check()
        elif field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    visitor.submit(within=f"form[action^='?act={act}']")
    assert page.locator("[data-errors], .banner--danger").all_inner_texts() == []


def test_from_allocation_to_an_empty_room(play, tmp_path):
    cast, place = play("yeoui")
    give_out_the_rooms(cast, place)
    check_the_proof(cast, place, tmp_path)
    lease = take_the_room(cast, place)
    pay(cast, lease, tmp_path)
    live_there(cast, lease)
    be_listed(cast, lease)
    stay_on(cast, lease)
    leave(cast, lease)


def test_the_same_with_everybody_on_the_other_side_of_the_mirror(play, tmp_path):
    cast, place = play("sangam")
    give_out_the_rooms(cast, place)
    lease = take_the_room(cast, place)
    pay(cast, lease, tmp_path)
    live_there(cast, lease)
    leave(cast, lease)


def give_out_the_rooms(cast, place) -> None:
    """The officer runs, the approver decides."""
    bench = "/{lang}/space/desk/calls/" + place.call.code + "/"
    cast.officer.go(bench)
    cast.officer.check()
    cast.officer.submit(within="form[action$='/run/']")
    told = cast.officer.word("검산 결과 규칙 위반이 없습니다", "The checker found no violation of the rule")
    cast.officer.sees(told, "501", "502", "503")
    for step in ("confirm", "publish"):
        cast.approver.go(bench)
        cast.approver.check()
        cast.approver.submit(within=f"form[action$='/{step}/']")


def check_the_proof(cast, place, folder) -> None:
    """The file that proves the allocation is checked without the portal."""
    cast.officer.go("/{lang}/space/desk/calls/" + place.call.code + "/")
    with cast.officer.page.expect_download() as download:
        cast.officer.page.locator("a[href$='/proof.json']").click()
    proof = folder / "proof.json"
    download.value.save_as(proof)
    assert checked(proof) == (0, "3 placed, 0 violations")
    forged = json.loads(proof.read_text())
    first, second, *_ = forged["inputs"]["applicants"]
    result = forged["result"]
    result[first], result[second] = result[second], result[first]
    proof.write_text(json.dumps(forged))
    assert checked(proof)[0] != 0, "a changed result is found"
    cast.visitor.go("/{lang}/space/results/")
    cast.visitor.check()
    cast.visitor.sees(place.call.code)


def checked(proof) -> tuple[int, str]:
    line = [sys.executable, "-m", "tenancy.allocation", "check", str(proof)]
    done = subprocess.run(line, cwd=story.ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.strip().splitlines()[0] if done.stdout else ""


def take_the_room(cast, place):
    """The offer on the tenant's home, accepted, signed by both sides, the deposit paid, the key handed over."""
    from tenancy.models import Lease, Offer

    tenant, officer = cast.tenant, cast.officer
    offer = Offer.objects.get(need__application__call=place.call, need__organisation__name_ko=COMPANIES[cast.hub])
    page = "/{lang}/space/" + f"offers/{offer.public_id}/"
    tenant.go("/{lang}/space/mine/")
    tenant.sees(tenant.word(f"{offer.unit.code}호 입주 제안에 답하기", f"Answer the offer of room {offer.unit.code}"))
    tenant.check()
    tenant.follow(tenant.page.locator(f"main a[href$='/space/offers/{offer.public_id}/']").first)
    tenant.check()
    tenant.submit(within="form[action$='/accept/']")
    assert tenant.page.locator("[data-errors]").count(), "the terms must be agreed to"
    tenant.page.check("[name=agreed]")
    tenant.submit(within="form[action$='/accept/']")
    officer.go(page)
    officer.check()
    officer.submit(within="form[action$='/lease/']")
    lease = Lease.objects.get(offer=offer)
    address = "/{lang}/space/" + f"leases/{lease.public_id}/"
    for signer in (tenant, cast.approver):
        signer.go(address)
        signer.page.check("[name=consented]")
        signer.submit(within="form[action$='/sign/']")
    officer.go(address)
    officer.submit(within="form[action$='/key/']")
    officer.sees(officer.word("보증금을 받은 뒤에 열쇠를", "once the deposit has been received"))
    cast.finance.go(address + "deposit/")
    press(cast.finance, "receive", amount=str(residence.DEPOSIT), evidence="계좌 입금")
    officer.go(address)
    officer.submit(within="form[action$='/key/']")
    officer.check()
    hand_over(cast, address + "handing-over/")
    lease.refresh_from_db()
    assert lease.status == "ACTIVE"
    return lease


def hand_over(cast, page: str) -> None:
    """The room photographed and its meter read; the company reads both and confirms."""
    officer, tenant = cast.officer, cast.tenant
    officer.go(page)
    attach(officer, "photo-photo", "창가.png")
    press(officer, "photo")
    press(officer, "read", kind="ELECTRICITY", value="1000")
    tenant.go(page)
    tenant.sees("창가.png", "1,000")
    tenant.check()
    press(tenant, "confirm")


def attach(visitor, name: str, file: str) -> None:
    visitor.page.set_input_files(f"[name='{name}']", {"name": file, "mimeType": "image/png", "buffer": PNG})


def pay(cast, lease, folder) -> None:
    """The first invoice is issued; the bank's file is shown first and applied as shown; the tenant reads that it is paid."""
    address = "/{lang}/space/" + f"leases/{lease.public_id}/"
    finance = cast.finance
    finance.go(address)
    finance.submit(within="form[action$='/issue/']")
    invoice = lease.invoices.get(status="ISSUED")
    finance.go(cast.desk + "/payments/")
    finance.check()
    file = folder / "bank.csv"
    file.write_text(
        f"거래일자,입금액,입금자,메모\n{in_days(0)},{invoice.total},가온체인,{invoice.number}\n", encoding="cp949"
    )
    finance.page.set_input_files("[name='look-file']", file)
    finance.submit(within="form[action^='?act=look']")
    finance.sees(finance.word("일치", "Matched"))
    finance.check()
    finance.submit(within="form[action^='?act=apply']")
    cast.tenant.go(address)
    cast.tenant.sees(invoice.number, cast.tenant.word("완납", "Paid"))
    cast.tenant.check()


def live_there(cast, lease) -> None:
    """A meeting room taken and given back; a repair asked for, done, rated."""
    colleague, tenant, officer = cast.colleague, cast.tenant, cast.officer
    colleague.go(f"/{{lang}}/space/rooms/{cast.hub}/?on={in_days(1)}")
    colleague.check()
    colleague.follow(colleague.page.locator("a[href*='T10:00']"))
    colleague.check()
    press(colleague, "book", purpose="Planning the year", people="3")
    colleague.sees("Planning the year")
    colleague.check()
    colleague.follow(colleague.page.locator("main a[href*='/space/bookings/']").first)
    colleague.check()
    press(colleague, "cancel")
    tenant.go("/{lang}/space/tickets/new/")
    tenant.check()
    press(tenant, "send", category="REPAIR", title="창문이 닫히지 않습니다", text="왼쪽 창문입니다.")
    ticket = lease.unit.tickets.get()
    page = "/{lang}/space/" + f"tickets/{ticket.public_id}/"
    for act, answers in (("assign", {}), ("start", {}), ("finish", {"text": "경첩을 바꾸었습니다."})):
        officer.go(page)
        press(officer, act, **answers)
    officer.go(cast.desk + "/tickets/")
    officer.check()
    tenant.go(page)
    tenant.sees("경첩을 바꾸었습니다.")
    tenant.check()
    press(tenant, "close", stars="5")


def be_listed(cast, lease) -> None:
    """The master consents to being named, a visitor reads it by date, and the consent withdrawn takes it away again."""
    tenant, visitor = cast.tenant, cast.visitor
    visitor.go("/{lang}/space/directory/")
    assert "Gaon Chain" not in visitor.page.locator("main").inner_text()
    tenant.go("/{lang}/space/directory/")
    tenant.follow(tenant.page.locator("main a[href*='/edit/']").first)
    tenant.check()
    tenant.page.check("[name='save-shown'][value='LISTED']")
    press(tenant, "save", intro_ko="기록을 나무로 엮습니다.", intro_en="We weave records into trees.")
    visitor.go("/{lang}/space/directory/")
    visitor.sees("Gaon Chain")
    visitor.check()
    visitor.go("/{lang}/space/?on=" + in_days(1))
    visitor.sees("Yeoui Yard")
    visitor.check()
    walk_the_floor(cast, lease)
    tenant.page.uncheck("[name='save-shown'][value='LISTED']")
    press(tenant, "save")
    visitor.go(cast.floor + "?on=" + in_days(1))
    assert "Gaon Chain" not in visitor.page.locator("main").inner_text()
    visitor.go("/{lang}/space/directory/")
    assert "Gaon Chain" not in visitor.page.locator("main").inner_text()


def walk_the_floor(cast, lease) -> None:
    """The plan by date; the slider is a form of its own, moved with the keys to the first day something changed."""
    from tenancy import queries

    visitor = cast.visitor
    visitor.go(cast.floor + "?on=" + in_days(1))
    visitor.sees(lease.unit.code, "Occupied", "Gaon Chain")
    visitor.check()
    visitor.page.locator("[data-slider] input[type=range]").press("Home")
    visitor.submit(within="form[data-slider]")
    first = queries.changes_of(lease.unit.floor)[0]
    assert visitor.page.url.endswith(f"?on={first}"), visitor.page.url
    assert "Occupied" not in visitor.page.locator("main table").first.inner_text()
    visitor.check()


def stay_on(cast, lease) -> None:
    """Invited by the clock, applied for in the hub's call, passed by its panel, signed."""
    from portal.core.clock import database_now
    from portal.intake.models import Call
    from tenancy import services

    services.invite_renewals(now=database_now())
    cast.officer.go(cast.desk + "/renewals/")
    cast.officer.check()
    press(cast.officer, "draft", opens=in_days(0), closes=in_days(1))
    code = Call.objects.get(programme="space-renewal", hubs=[cast.hub]).code
    renewal.publish(cast.approver, code)
    page = "/{lang}/space/" + f"renewals/{lease.renewals.get().public_id}/"
    cast.tenant.go(page)
    cast.tenant.check()
    press(cast.tenant, "begin")
    cast.tenant.check()
    application = renewal.apply_for_it(cast.tenant, code)
    renewal.open_the_entries(cast.officer, cast.approver, application)
    renewal.judge(cast.officer, cast.evaluator, application)
    cast.tenant.go(page)
    assert not cast.tenant.page.locator("form[action^='?act=sign']").count(), "nothing is promised before the result"
    renewal.announce(cast.officer, cast.approver, code)
    cast.tenant.go(page)
    cast.tenant.check()
    press(cast.tenant, "sign", consented="on")
    assert lease.terms.count() == 2


def leave(cast, lease) -> None:
    """Notice, inspection with photo and meter, keys, the deposit settled and read as paid back; the room is free on the plan."""
    tenant, officer = cast.tenant, cast.officer
    address = "/{lang}/space/" + f"leases/{lease.public_id}/"
    tenant.go(address + "notice/")
    tenant.check()
    press(tenant, "notice", leave_date=in_days(35), reason="더 큰 곳으로 갑니다.")
    page = "/{lang}/space/" + f"move-outs/{lease.move_outs.get().public_id}/"
    officer.go(page)
    officer.check()
    press(officer, "schedule", inspect_at=f"{in_days(0)}T10:00")
    officer.check()
    look_at_the_damage(cast, page)
    for box in officer.page.locator("form[action^='?act=inspect'] input[type=checkbox]").all():
        box.check()
    press(officer, "inspect")
    press(officer, "keys", on=in_days(0))
    officer.go(address + "deposit/")
    press(officer, "propose")
    tenant.go(address + "deposit/")
    tenant.check()
    cast.approver.go(address + "deposit/")
    cast.approver.check()
    press(cast.approver, "decide")
    cast.finance.go(address + "deposit/")
    press(cast.finance, "return", evidence="계좌 이체")
    tenant.go(address + "deposit/")
    tenant.sees(tenant.word("반환", "Returned"), f"{residence.DEPOSIT:,}")
    tenant.check()
    officer.go(page)
    press(officer, "settle")
    lease.refresh_from_db()
    assert (lease.status, lease.end_kind, lease.move_outs.get().status) == ("ENDED", "EARLY", "CLOSED")
    assert not lease.occupancies.exclude(status__in=["RELEASED", "ENDED"]).exists()
    pay_back(cast, lease)
    cast.visitor.go(cast.floor + "?on=" + in_days(1))
    row = cast.visitor.page.locator("main table tr").filter(has_text=lease.unit.code).first
    assert cast.visitor.word("공실", "Free") in row.inner_text()
    cast.visitor.check()


def pay_back(cast, lease) -> None:
    """What was paid for days not used is the company's: it reads so, finance pays it back."""
    page = "/{lang}/space/" + f"leases/{lease.public_id}/account/"
    for reader in (cast.tenant, cast.finance):
        reader.go(page)
        reader.check()
    press(cast.finance, "refund", reason="기업의 요청")
    cast.tenant.go(page)
    cast.tenant.sees(cast.tenant.word("환급", "Refund"))


def look_at_the_damage(cast, page: str) -> None:
    """What the officer photographs and reads the company reads too, and nobody who only knows the address."""
    officer, tenant, visitor = cast.officer, cast.tenant, cast.visitor
    attach(officer, "photo-photo", "바닥.png")
    press(officer, "photo", item="DEFECTS")
    press(officer, "read", kind="ELECTRICITY", value="1250.5")
    tenant.go(page)
    tenant.sees("바닥.png", tenant.word("파손 확인", "Damage checked"), "1,250.5")
    tenant.check()
    photo = tenant.page.locator("main a:has-text('바닥.png')")
    with tenant.page.expect_download() as found:
        photo.click()
    assert found.value.path().read_bytes() == PNG
    visitor.go_to(photo.get_attribute("href"))
    assert "/accounts/login/" in visitor.page.url
