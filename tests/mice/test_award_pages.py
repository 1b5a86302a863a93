"""The pages of event support: who may open them, and an award led from its agreement to the last won on one page."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from portal.accounts.models import Membership
from portal.core.errors import Invalid
from portal.mice import services
from portal.mice.models import Award, Clawback, Sanction, SheetLine
from tests.factories.people import leaves, person, with_role
from tests.factories.support import (
    AFTER,
    MILLION,
    agreed,
    award,
    edition,
    evidence,
    file,
    held,
    master,
    reported,
    settled,
    spent,
    support,
)  # fmt: skip
from tests.mice.doors import browser
from tests.mice.test_guards import refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_korean():
    with translation.override("ko"):
        yield


def page(made, name="award"):
    return reverse(f"support:{name}", args=[made.public_id])


def act(who, made, code, name="award", /, **answers):
    """Fill in the form of one step and press its button."""
    response = browser(who).post(
        f"{page(made, name)}?act={code}", {f"{code}-{key}": value for key, value in answers.items()}
    )
    made.refresh_from_db()
    return response


def offered(who, made, name="award"):
    """Which steps the page shows this person."""
    text = browser(who).get(page(made, name)).content.decode()
    codes = (
        "agreement", "sign", "tranche", "pay", "change", "approve", "refuse", "held", "inspect", "audit", "return", "settle",
        "demand", "close", "repaid", "notice", "reopen", "cancel", "reply", "decide", "drop", "demand", "waive", "receive",
        "sanction", "lift",
    )  # fmt: skip
    return {code for code in codes if f'id="act-{code}"' in text}


def allowed(response):
    assert response.status_code < 500
    return response.status_code == 200


def test_who_sees_an_award_and_the_desk():
    of = support(required_onsite=0, required_foreign=0)
    made = award(of, edition())
    auditor, stranger = with_role("auditor"), person()
    other = award(of, edition())
    for who, sees, desk in [
        (of.officer, True, True),
        (of.approver, True, True),
        (auditor, True, True),
        (master(made), True, False),
        (master(other), False, False),
        (stranger, False, False),
    ]:
        assert allowed(browser(who).get(page(made))) is sees
        assert allowed(browser(who).get(reverse("support:desk"))) is desk
        assert allowed(browser(who).get(reverse("support:mine")))
    assert offered(auditor, made) == set(), "the auditor reads"
    mine = browser(master(made)).get(reverse("support:mine")).content.decode()
    assert page(made) in mine
    assert page(other) not in mine


def test_from_the_agreement_to_the_last_won():
    of = support(required_onsite=0, required_foreign=0)
    made = award(of, edition())
    organiser = master(made)
    assert offered(organiser, made) == set()
    act(of.officer, made, "agreement", text="1. 목적대로 씁니다.\n2. 남은 돈은 돌려줍니다.")
    shown = browser(organiser).get(page(made)).content.decode()
    assert "1. 목적대로 씁니다.<br>2. 남은 돈은 돌려줍니다." in shown
    paper = made.agreement
    assert act(organiser, made, "sign", document_hash=paper.document_hash).status_code == 422, "without the tick"
    act(organiser, made, "sign", document_hash=paper.document_hash, sure="on")
    assert "sign" not in offered(of.officer, made)
    act(of.approver, made, "sign", document_hash=paper.document_hash, sure="on")
    assert made.status == "AGREED"
    act(of.officer, made, "tranche")
    assert "pay" not in offered(of.officer, made)
    act(of.approver, made, "pay", bank_ref="B-1", on="2019-06-10")
    assert (made.status, made.paid) == ("ADVANCED", 30 * MILLION)
    act(of.officer, made, "inspect", people=120, findings="발표가 계획대로 진행되었습니다.")
    act(of.officer, made, "held")
    reported(of, made, spent(made, 60 * MILLION), spent(made, 20 * MILLION, code="speakers"), interest=1)
    act(of.officer, made, "audit", cut_2="1,000,000", why_2="상한 초과")
    assert made.reports.get().recognised == 79 * MILLION
    assert "settle" not in offered(of.officer, made), "who audited does not settle"
    act(of.approver, made, "settle")
    assert made.status == "SETTLED"
    shown = browser(organiser).get(page(made)).content.decode()
    assert "상한 초과" in shown
    assert made.final == 79 * MILLION * 7 // 10
    assert {"demand", "close"}.isdisjoint(offered(of.approver, made)), "first the balance is paid"
    act(of.officer, made, "tranche")
    act(of.approver, made, "pay", bank_ref="B-3", on="2019-10-10")
    act(of.approver, made, "demand")
    owed = services.owed(made)
    assert owed == (0, 1), "interest is returned in every case"
    act(of.approver, made, "repaid", principal=owed[0], interest=owed[1], bank_ref="B-2", on="2019-10-20")
    assert made.status == "CLOSED"
    assert leaves(made)[-1]["type"] == "event.award.closed/1"


def test_a_change_is_asked_by_one_and_approved_by_another():
    of = support(required_onsite=0, required_foreign=0)
    made = agreed(of, edition())
    organiser = master(made)
    wrong = act(organiser, made, "change", line_0="x", line_1="1", reason="")
    assert wrong.status_code == 422
    assert 'value="x"' in wrong.content.decode(), "what was typed stays"
    act(organiser, made, "change", line_0=30 * MILLION, line_1=20 * MILLION, reason="연사가 줄었습니다.")
    assert {"approve", "refuse"} <= offered(of.approver, made)
    assert not {"approve", "refuse", "change"} & offered(organiser, made)
    act(of.approver, made, "approve")
    assert made.amount == 50 * MILLION
    act(organiser, made, "change", line_0=30 * MILLION, line_1=21 * MILLION, reason="다시")
    act(of.approver, made, "refuse", reason="예산이 없습니다.")
    assert made.amount == 50 * MILLION


def test_the_same_invoice_used_twice_is_seen_at_the_audit():
    of = support(required_onsite=0, required_foreign=0)
    first, second = held(of, edition()), held(of, edition())
    twice = evidence(first, 30 * MILLION, content="같은 계산서")
    settled(of, first, spent(first, 30 * MILLION, evidence=twice))
    again = evidence(second, 30 * MILLION, content="같은 계산서")
    assert again == twice
    reported(of, second, spent(second, 30 * MILLION, evidence=again))
    act(of.officer, second, "audit")
    shown = browser(of.officer).get(page(second)).content.decode()
    assert "다른 집행내역에서 이미 쓴 증빙" in shown
    assert second.reports.get().recognised == 0


def test_a_clawback_is_noticed_heard_decided_and_paid():
    of = support(required_onsite=0, required_foreign=0)
    made = held(of, edition())
    settled(of, made, spent(made, 40 * MILLION))
    services.demand_repayment(award=made, by=of.approver)
    made.refresh_from_db()
    left = made.paid - made.repaid
    too_much = act(of.officer, made, "notice", ground="MISUSE", facts="목적 외", legal_basis="지방보조금법 제12조", principal=left + 1, interest=0, surcharge=0)  # fmt: skip
    assert too_much.status_code == 422
    act(of.officer, made, "notice", ground="MISUSE", facts="목적 외", legal_basis="지방보조금법 제12조", principal=MILLION, interest=0, surcharge=MILLION)  # fmt: skip
    found = Clawback.objects.get()
    assert "decide" not in offered(of.approver, found, "clawback"), "the organiser is heard first"
    assert offered(master(made), found, "clawback") == {"reply"}
    act(master(made), found, "reply", "clawback", reply="사정이 있었습니다.")
    assert offered(of.officer, found, "clawback") == set()
    act(of.approver, found, "decide", "clawback", reason="의견에 이유가 없습니다.")
    act(of.approver, found, "demand", "clawback", due_on=(timezone.localdate() + timedelta(days=30)).isoformat())
    act(of.approver, found, "receive", "clawback", amount=MILLION, bank_ref="C-1", on="2026-01-02")
    assert found.status == "PART_PAID"
    twice = act(of.approver, found, "receive", "clawback", amount=MILLION, bank_ref="C-1", on="2026-01-02")
    assert twice.status_code == 422
    act(of.approver, found, "receive", "clawback", amount=MILLION, bank_ref="C-2", on="2026-01-02")
    assert found.status == "PAID"
    act(of.approver, found, "sanction", "clawback", until_on=(timezone.localdate() + timedelta(days=365)).isoformat())
    assert Sanction.objects.filter(organisation=made.organisation).exists()
    act(of.approver, found, "lift", "clawback", reason="잘못 제한했습니다.")
    assert Sanction.objects.get().lifted_at is not None
    assert allowed(browser(with_role("auditor")).get(page(found, "clawback")))
    assert not allowed(browser(person()).get(page(found, "clawback")))


def test_a_step_that_is_not_this_persons_is_refused_even_if_asked_for():
    of = support(required_onsite=0, required_foreign=0)
    made = award(of, edition())
    assert browser(master(made)).post(f"{page(made)}?act=agreement", {"agreement-text": "x"}).status_code == 403
    assert browser(with_role("auditor")).post(f"{page(made)}?act=cancel", {"cancel-reason": "x"}).status_code == 403
    assert Award.objects.get(pk=made.pk).status == "DECIDED"


def test_the_desk_and_my_page_say_what_waits():
    of = support()
    made = award(of, edition())
    there = browser(master(made)).get(reverse("desk:my")).content.decode()
    assert "우리가 할 일이 있는 지원" in there
    assert reverse("support:mine") in there
    assert "우리가 할 일이 있는 지원" not in browser(person()).get(reverse("desk:my")).content.decode()
    desk = browser(of.officer).get(reverse("desk:home")).content.decode()
    assert "결재자가 처리할 지원" in desk
    assert reverse("support:desk") in desk


def invoice(**fields):
    """The form of one invoice, filled in."""
    given = {
        "code": "venue", "vendor": "코엑스", "vendor_number": "", "paid_on": "2019-09-26", "supply": "40,000,000", "vat": "0",
        "kind": "TAX_INVOICE", "approval_number": "2019092600001", "evidence": file(),
    }  # fmt: skip
    return {**given, **fields}


def test_the_organiser_writes_the_sheet_and_files_it():
    of = support(required_onsite=0, required_foreign=0)
    made = held(of, edition())
    organiser, member = master(made), person()
    Membership.objects.create(organisation=made.organisation, user=member, kind="MEMBER", since_at=AFTER)
    assert page(made, "sheet") in browser(organiser).get(page(made)).content.decode()
    wrong = act(member, made, "enter", "sheet", **invoice(vendor_number="123-45-67890"))
    assert wrong.status_code == 422
    assert 'value="40,000,000"' in wrong.content.decode(), "what was typed stays"
    nothing = act(member, made, "enter", "sheet", **invoice(supply="0"))
    assert nothing.status_code == 422
    act(member, made, "enter", "sheet", **invoice(evidence=file("계산서")))
    act(member, made, "enter", "sheet", **invoice(code="speakers", supply="1,000", approval_number=""))
    first, second = made.sheet.all()
    struck = reverse("support:strike", args=[second.public_id])
    assert browser(person()).post(struck).status_code == 403
    browser(member).post(struck)
    assert list(made.sheet.all()) == [first]
    assert act(member, made, "file", "sheet", interest=0, sure="on").status_code == 403, "the master account files"
    sent = act(organiser, made, "file", "sheet", interest="1,200", sure="on")
    assert sent["Location"] == page(made)
    report = made.reports.get()
    assert (made.status, report.interest, report.lines.get().supply) == ("REPORTED", 1_200, 40 * MILLION)
    assert 'id="act-enter"' not in browser(organiser).get(page(made, "sheet")).content.decode()
    act(of.officer, made, "return", reason="연사료 증빙을 더해 주십시오.")
    assert "연사료 증빙을 더해 주십시오." in browser(organiser).get(page(made, "sheet")).content.decode()
    act(member, made, "enter", "sheet", **invoice(code="speakers", supply="2,000", approval_number="2"))
    act(organiser, made, "file", "sheet", interest=0, sure="on")
    assert [report.lines.count() for report in made.reports.all()] == [1, 2], "what was filed first stays"


def test_evidence_opens_to_those_who_see_its_award():
    of = support()
    made, other = held(of, edition()), held(of, edition())
    act(master(made), made, "enter", "sheet", **invoice())
    kept = made.sheet.get().evidence
    there = reverse("support:evidence", args=[made.public_id, kept.sha256])
    elsewhere = reverse("support:evidence", args=[other.public_id, kept.sha256])
    for who in (master(made), of.officer, of.approver, with_role("auditor")):
        found = browser(who).get(there)
        assert found["Content-Disposition"].startswith("attachment")
        assert b"".join(found.streaming_content).startswith(b"%PDF")
    assert browser(master(other)).get(there).status_code == 403
    assert browser(of.officer).get(elsewhere).status_code == 404
    assert browser(master(other)).get(page(made, "sheet")).status_code == 403


def test_a_sheet_is_written_between_event_and_report_and_the_database_wants_an_amount():
    of = support()
    made = award(of, edition())
    with pytest.raises(Invalid):
        services.enter_line(award=made, by=master(made), now=AFTER, code="venue", supply=1, vat=0, paid_on=date(2019, 9, 26), vendor="코엑스", evidence=file(), kind="CARD")  # fmt: skip
    made = held(of, edition())
    act(master(made), made, "enter", "sheet", **invoice())
    line = made.sheet.get()
    refused(lambda: SheetLine.objects.filter(pk=line.pk).update(supply=0), "sheet_line_has_an_amount")
