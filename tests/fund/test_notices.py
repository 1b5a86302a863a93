"""What each partner is told: pages and papers of its own, and sealed leaves that it finds among its receipts."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.urls import reverse

from fund import papers
from fund.models import Partner
from fund.services import approve_distribution, pay_distribution, propose_distribution
from ledger import browsing, log
from tests.factories import fund, people
from tests.house.test_access import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def told():
    """A sub-fund with a call that was paid and a distribution; one private partner has people of its own."""
    made = fund.formed()
    made.master, made.stranger = people.person(), people.person("박바깥")
    company = people.company(made.master, name="알파투자")
    people.company(made.stranger, name="베타투자")
    Partner.objects.filter(pk=made.partners["alpha"].pk).update(organisation=company)
    made.asked = made.call(100_000_000)
    made.pay(made.asked)
    at = fund.NOW + timedelta(days=60)
    made.given = propose_distribution(
        sub_fund=made.sub_fund, kind="PERMANENT", amount=1_000_000, on=at.date(), by=made.manager, now=at
    )
    approve_distribution(distribution=made.given, by=made.approver)
    pay_distribution(distribution=made.given, by=made.manager, now=at)
    made.share = made.asked.shares.get(commitment__partner=made.partners["alpha"])
    made.part = made.given.shares.get(commitment__partner=made.partners["alpha"])
    return made


def pages(made):
    commitment = made.share.commitment.public_id
    call, part = (made.asked.public_id, commitment), (made.given.public_id, commitment)
    return [
        reverse(f"fund:{name}", args=args)
        for names, args in ((("notice", "notice_pdf"), call), (("part", "part_pdf"), part))
        for name in names
    ]


def test_a_partner_reads_its_own_notices_and_nobody_elses(told):
    for address in pages(told):
        answer = browser_of(told.master).get(address)
        assert answer.status_code == 200
        if address.endswith("/pdf/"):
            assert answer["Content-Type"] == "application/pdf"
            assert b"".join(answer.streaming_content).startswith(b"%PDF")
        assert browser_of(told.stranger).get(address).status_code in (403, 404)
    assert "300,000원" in browser_of(told.master).get(pages(told)[2]).content.decode()


def test_the_papers_say_the_amounts_and_lead_to_their_leaves(told):
    asked, given = papers.call_notice(told.share), papers.distribution_notice(told.part)
    assert (asked.to, given.to) == ("출자자 alpha", "출자자 alpha")
    assert [str(row.value) for row in asked.parts[0].rows][:1] == ["30,000,000원"]
    assert [str(row.value) for row in given.parts[0].rows][:1] == ["300,000원"]
    assert (asked.entry.title, given.entry.title) == ("출자자가 납입했습니다", "출자자에게 배분한 금액을 알렸습니다")


def test_the_leaves_are_sealed_for_the_partner_concerned(told):
    mine = browsing.holding(told.master.ledger_keys(), 50).leaves
    assert {leaf.type for leaf in mine} >= {"fund.notice.sent/1", "fund.share.received/1", "fund.part.paid/1"}
    assert [leaf.type for leaf in browsing.holding(told.stranger.ledger_keys(), 50).leaves if "fund" in leaf.type] == []
    [notice] = [leaf for leaf in mine if leaf.type == "fund.notice.sent/1"]
    assert "30000000" not in notice.text
    with transaction.atomic():
        opened = {given["path"]: given["value"] for given in log.open_leaf(UUID(notice.id))}
    assert opened["data.share_c"] == {"amount": "30000000", "before": "300000000"}
    page = browser_of(told.master).get(reverse("receipts:index")).content.decode()
    assert "출자자에게 배분한 금액을 알렸습니다" in page
    assert "출자자에게 요청한 금액을 알렸습니다" in page
