"""The offer, an invoice and the deposit on paper, each with its entry in the ledger."""

import pytest
from django.utils.translation import override

from ledger import log
from portal.core.papers import pdf
from tenancy import papers
from tenancy.models import Deposit
from tenancy.services import bill_month, issue_invoice
from tests.factories import space

pytestmark = pytest.mark.django_db


@pytest.fixture
def lease():
    place = space.space("801 802")
    made = space.leased(place, space.selected(place), "801")
    [draft] = bill_month(hub=place.hub, month=space.START.replace(day=1))
    made.invoice = issue_invoice(invoice=draft, by=place.finance, now=space.NOW) or draft
    made.invoice.refresh_from_db()
    deposit = Deposit.objects.create(lease=made, due_won=1_000_000)
    log.append("space.deposit.asked", row=deposit, by=log.SYSTEM, data={"to": "DUE", "due": deposit.due_won})
    made.deposit = deposit
    return made


def values(paper):
    return [str(row.value) for part in paper.parts for row in part.rows]


def test_each_says_what_it_is_about_and_leads_to_its_leaf(lease):
    offer, invoice, deposit = papers.offer(lease.offer), papers.invoice(lease.invoice), papers.deposit(lease.deposit)
    assert {paper.to for paper in (offer, invoice, deposit)} == {str(lease.organisation)}
    assert invoice.number == lease.invoice.number
    assert [paper.entry.title for paper in (invoice, deposit)] == ["고지서를 발행했습니다", "보증금을 청구했습니다"]
    assert offer.entry.id == str(log.last_leaf_of(lease.offer))
    assert f"{lease.invoice.total:,}원" in values(invoice)
    assert "1,000,000원" in values(deposit)
    assert "801" in values(offer)[0]


def test_they_are_drawn_in_both_languages(lease):
    for language in ("ko", "en"):
        with override(language):
            for paper in (papers.offer(lease.offer), papers.invoice(lease.invoice), papers.deposit(lease.deposit)):
                assert pdf(paper).startswith(b"%PDF")
