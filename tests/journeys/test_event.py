"""Support of an event: from the award to the last won in browsers; an invoice used twice; money taken back.

The organiser, the officer and the approver each have a browser of their own. What takes months (the way to the event and past
it) lies behind them: the event was in 2019.
"""

from __future__ import annotations

import itertools
import uuid

import pytest

from portal.accounts.models import Organisation
from portal.mice import services
from portal.mice.models import Award, Clawback
from tests.factories import people, support
from tests.factories.support import MILLION, NOW
from tests.journeys import story

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]

#: How the organiser and the desk look at it: language and width.
STAGINGS = [(("ko", 360), ("en", 1280)), (("en", 1280), ("ko", 360))]
#: Numbers of invented companies that the demonstration does not use.
_FAR = itertools.count(700_000)


@pytest.fixture(autouse=True)
def _far_from_the_demonstration(monkeypatch):
    monkeypatch.setattr(people, "_count", _FAR)


@pytest.fixture(params=STAGINGS, ids=["organiser-phone-ko", "organiser-desk-en"])
def seen_by(request, visit):
    """``seen_by(key)``: the browser of a demonstration person, in the language and width of this staging."""
    organiser, desk = request.param

    def enter(key: str):
        language, width = organiser if key == "startup" else desk
        found = visit(language=language, width=width)
        found.enter_as(key)
        return found

    return enter


@pytest.fixture
def awarded(at_site):
    """An award of 60 million won to the demonstration's startup, decided a moment ago."""
    of = support.support(required_onsite=0, required_foreign=0)
    line = support.selected(of, Organisation.objects.get(memberships__user=story.staff("startup")))
    edition = support.edition(
        "서울 블록체인 콘퍼런스", title_en="Seoul Blockchain Conference", host=line.application.organisation
    )
    return services.decide_award(
        application=line.application,
        edition=edition,
        envelope=of.envelope,
        lines=support.lines(60),
        by=of.approver,
        now=NOW,
    )


def press(visitor, code: str, /, **answers: object) -> None:
    """Fill in the form of one step and press its button."""
    for name, value in answers.items():
        field = visitor.page.locator(f"[name='{code}-{name}']")
        if value is True:
            field.check()
        elif field.evaluate("node => node.tagName") == "SELECT":
            field.select_option(str(value))
        else:
            field.fill(str(value))
    visitor.submit(within=f"main form[action='?act={code}']")
    visitor.check()


def open_award(visitor, award: Award) -> None:
    visitor.go("/{lang}/events/awards/" + f"{award.public_id}/")
    visitor.check()


def enter_invoice(visitor, content: bytes, /, **answers: object) -> None:
    given = {"vendor": "코엑스", "paid_on": "2019-09-26", "vat": 0, "kind": "TAX_INVOICE", **answers}
    name = f"{uuid.uuid4().hex[:8]}.pdf"
    visitor.page.set_input_files(
        "[name='enter-evidence']", {"name": name, "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n" + content}
    )
    press(visitor, "enter", **given)


def bank() -> str:
    """A reference as a bank gives it, once."""
    return f"2019-{next(_FAR)}"


def agree_and_pay(organiser, officer, approver, award: Award) -> None:
    open_award(officer, award)
    press(officer, "agreement", text="1. 교부금은 교부 목적으로만 씁니다.\n2. 남은 금액과 이자는 돌려줍니다.")
    organiser.go("/{lang}/events/awards/")
    organiser.check()
    organiser.follow(organiser.page.locator(f"main a[href$='{award.public_id}/']"))
    press(organiser, "sign", sure=True)
    open_award(approver, award)
    press(approver, "sign", sure=True)
    open_award(officer, award)
    press(officer, "tranche")
    open_award(approver, award)
    press(approver, "pay", bank_ref=bank(), on="2019-06-10")
    open_award(officer, award)
    press(officer, "inspect", people=412, findings="14시에 세었습니다.")
    press(officer, "held")


def file_report(organiser, award: Award, invoice: bytes, supply: int) -> None:
    """The sheet, one invoice and the report, as the master account files it."""
    open_award(organiser, award)
    organiser.follow(organiser.page.locator("main a[href$='/sheet/']"))
    organiser.check()
    enter_invoice(organiser, invoice, code="venue", supply=supply)
    press(organiser, "file", interest=1_200, sure=True)
    assert "/sheet/" not in organiser.page.url


def settle(officer, approver, award: Award) -> None:
    open_award(officer, award)
    press(officer, "audit")
    open_award(approver, award)
    press(approver, "settle")


def test_an_organiser_goes_from_the_award_to_the_last_won(seen_by, awarded):
    organiser, officer, approver = (seen_by(key) for key in ("startup", "event", "event-approver"))
    agree_and_pay(organiser, officer, approver, awarded)
    file_report(organiser, awarded, uuid.uuid4().bytes.hex().encode(), 40 * MILLION)
    open_award(officer, awarded)
    press(officer, "return", reason="연사료 증빙을 더해 주십시오.")
    organiser.go("/{lang}/events/awards/" + f"{awarded.public_id}/sheet/")
    organiser.sees("연사료 증빙을 더해 주십시오.")
    enter_invoice(
        organiser, uuid.uuid4().bytes.hex().encode(), code="speakers", supply=20 * MILLION, vendor="연사 에이전시"
    )
    press(organiser, "file", interest=1_200, sure=True)
    settle(officer, approver, awarded)
    open_award(officer, awarded)
    press(officer, "tranche")
    open_award(approver, awarded)
    press(approver, "pay", bank_ref=bank(), on="2019-11-10")
    press(approver, "demand")
    press(approver, "repaid", principal=0, interest=1_200, bank_ref=bank(), on="2019-11-20")
    open_award(organiser, awarded)
    organiser.sees(organiser.word("종결", "Closed"), organiser.word("42,000,000원", "KRW 42,000,000"))
    awarded.refresh_from_db()
    assert (awarded.status, awarded.paid, awarded.interest) == ("CLOSED", 42 * MILLION, 1_200)


def test_the_same_invoice_twice_is_seen_and_the_money_taken_back(seen_by, awarded, visit):
    used = uuid.uuid4().bytes.hex().encode()
    of = support.support(required_onsite=0, required_foreign=0)
    first = support.held(of, support.edition())
    before = support.evidence(first, 30 * MILLION, content=used.decode())
    support.settled(of, first, support.spent(first, 30 * MILLION, evidence=before))
    organiser, officer, approver = (seen_by(key) for key in ("startup", "event", "event-approver"))
    agree_and_pay(organiser, officer, approver, awarded)
    file_report(organiser, awarded, used, 30 * MILLION)
    settle(officer, approver, awarded)
    auditor = seen_by("auditor")
    open_award(auditor, awarded)
    auditor.sees(auditor.word("다른 집행내역에서 이미 쓴 증빙", "Evidence that another line uses already"))
    assert auditor.page.locator("main form").count() == 0, "the auditor reads"
    open_award(approver, awarded)
    press(approver, "demand")
    open_award(officer, awarded)
    why = {"facts": "다른 행사에서 쓴 계산서를 냈습니다.", "legal_basis": "공공재정환수법 제8조"}
    press(officer, "notice", ground="FALSE_CLAIM", principal=10 * MILLION, surcharge=20 * MILLION, **why)
    claim = Clawback.objects.get(award=awarded)
    there = "/{lang}/events/clawbacks/" + f"{claim.public_id}/"
    organiser.go(there)
    organiser.check()
    press(organiser, "reply", reply="담당자가 파일을 잘못 골랐습니다.")
    approver.go(there)
    approver.sees("담당자가 파일을 잘못 골랐습니다.")
    press(approver, "decide", reason="고의가 아니어도 이미 쓴 증빙입니다.")
    press(approver, "demand", due_on="2099-12-31")
    press(approver, "receive", amount=30 * MILLION, bank_ref=bank(), on="2020-02-01")
    press(approver, "sanction", until_on="2099-12-31")
    claim.refresh_from_db()
    assert (claim.status, claim.received) == ("PAID", 30 * MILLION)
    organiser.go(there)
    organiser.check()
    organiser.sees(organiser.word("지원 제한", "Exclusion from support"))
    approver.go(there)
    press(approver, "lift", reason="교육을 마쳤습니다.")
