"""Rate cards: written, looked at by another, put in force by a third; what they charge, and in which unit."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from portal.core.errors import Invalid, NotAllowed, Refused
from tenancy import conditions, queries, services
from tenancy.models import Deposit, Invoice, InvoiceLine, RateCard
from tests.factories.people import cluster, leaves
from tests.factories.space import NOW, START, leased, priced, rate_card, resident, selected, space
from tests.tenancy.test_views import address, enter, words

pytestmark = pytest.mark.django_db


def drafted(place, code="new", **figures):
    figures = {"rate_won": 6000, "from_date": date(2020, 3, 1), **figures}
    return services.draft_rate_card(cluster=cluster(), code=code, by=place.officer, **figures)


def test_three_people_bring_a_card_into_force():
    place = space()
    card = drafted(place)
    with pytest.raises(Refused):
        services.put_rate_card_in_force(card=RateCard.objects.get(pk=card.pk), by=place.approver)
    services.check_rate_card(card=card, by=place.finance)
    services.put_rate_card_in_force(card=card, by=place.approver)
    card.refresh_from_db()
    assert (card.status, card.drafted_by, card.checked_by, card.put_by) == (
        "IN_FORCE",
        place.officer,
        place.finance,
        place.approver,
    )
    assert [leaf["type"] for leaf in leaves(card)] == [
        "space.rate_card.drafted/1",
        "space.rate_card.checked/1",
        "space.rate_card.put_in_force/1",
    ]
    assert drafted(place).version == 2


@pytest.mark.parametrize("step", ["check", "put", "draft"])
def test_each_step_is_for_its_own_person(step):
    place = space()
    card = drafted(place)
    wrong = {
        "check": lambda: services.check_rate_card(card=card, by=place.officer),
        "put": lambda: services.put_rate_card_in_force(card=card, by=place.finance),
        "draft": lambda: services.draft_rate_card(
            cluster=cluster(), code="x", by=place.finance, from_date=START, rate_won=1
        ),
    }
    with pytest.raises(NotAllowed):
        wrong[step]()


def test_a_card_says_its_deposit_in_one_way_and_its_fee_by_room_or_seat():
    place = space()
    with pytest.raises(Invalid):
        drafted(place, deposit_won=1, deposit_months=1)
    with pytest.raises(Invalid):
        drafted(place, fee_basis="AREA")
    with pytest.raises(Invalid):
        services.drop_rate_card(card=drafted(place), by=place.officer, reason=" ")
    with pytest.raises(IntegrityError, match="rate_card_deposit_in_one_way"), transaction.atomic():
        rate_card(deposit_won=1, deposit_months=1)
    with pytest.raises(IntegrityError, match="rate_card_ahead_within_year"), transaction.atomic():
        rate_card(ahead_months=0)
    with pytest.raises(IntegrityError, match="rate_card_fee_flat_or_seat"), transaction.atomic():
        rate_card(fee_basis="AREA")
    with pytest.raises(IntegrityError, match="rate_card_in_force_by_somebody"), transaction.atomic():
        rate_card(put_by=None)
    with pytest.raises(IntegrityError, match="rate_card_two_people"), transaction.atomic():
        rate_card(drafted_by=place.officer, put_by=place.officer)


def test_what_was_looked_at_is_sealed():
    place = space()
    card = drafted(place)
    RateCard.objects.filter(pk=card.pk).update(rate_won=6100)
    services.check_rate_card(card=card, by=place.finance)
    with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
        RateCard.objects.filter(pk=card.pk).update(rate_won=1)
    services.drop_rate_card(card=card, by=place.finance, reason="잘못 적음")
    with pytest.raises(Refused):
        services.put_rate_card_in_force(card=RateCard.objects.get(pk=card.pk), by=place.approver)


def test_rounds_and_amendments_use_a_card_only_in_force_and_from_its_day():
    place = space()
    lease = resident(place, "801")
    about = {"lease": lease, "reason": "새 요율", "by": place.officer, "now": NOW}
    with pytest.raises(Invalid):
        services.prepare_rate(rate_card=drafted(place), on=date(2020, 4, 1), **about)
    later = rate_card(from_date=date(2020, 3, 1))
    with pytest.raises(Invalid):
        services.prepare_rate(rate_card=later, on=date(2020, 2, 1), **about)
    given = {"call": place.call, "hubs": [place.hub], "by": place.officer}
    with pytest.raises(Invalid):
        services.set_terms(rate_card=later, start_date=START, **given)


def test_people_and_seats_are_charged_by_their_number_and_the_deposit_by_months():
    place = space("801", seats=8)
    priced(place, basis="PERSON", rate_won=10_000, fee_won=30_000, fee_basis="SEAT", deposit_months=3)
    lease = leased(place, selected(place, seats=5), "801")
    assert lease.people == 5
    deposit = Deposit.objects.get(lease=lease)
    assert deposit.due_won == 3 * 5 * 10_000
    services.receive_deposit(deposit=deposit, amount=150_000, evidence="입금", by=place.finance, now=NOW)
    services.move_in(lease=lease, on=START, by=place.officer, now=NOW)
    services.bill_month(hub=place.hub, month=date(2020, 1, 1))
    january = Invoice.objects.get(month=date(2020, 1, 1))
    assert [line.in_words for line in january.lines.all()] == [
        "5명 × 10,000원 = 50,000원",
        "관리비: 8석 × 30,000원 = 240,000원",
    ]
    assert january.total == 290_000


def test_months_ahead_are_one_invoice_with_a_line_a_month_and_the_next_begins_where_it_ends():
    place = space("801")
    priced(place, ahead_months=6)
    lease = resident(place, "801")
    for month in range(12):
        services.bill_month(hub=place.hub, month=date(2020, month + 1, 1))
    first, second, last = Invoice.objects.order_by("month")
    assert [invoice.month for invoice in (first, second, last)] == [
        date(2019, 12, 1),
        date(2020, 6, 1),
        date(2020, 12, 1),
    ]
    assert [invoice.lines.count() for invoice in (first, second, last)] == [6, 6, 1]
    days = sum((line.period.upper - line.period.lower).days for line in InvoiceLine.objects.all())
    assert days == (date(2020, 12, 23) - START).days
    with pytest.raises(Invalid):
        services.prepare_area(
            lease=lease, area_m2=Decimal(21), on=date(2020, 2, 1), reason="측량", by=place.officer, now=NOW
        )
    assert queries.billed_until([lease]) == {lease.pk: date(2020, 12, 23)}
    assert conditions.due_lines(lease, date(2020, 12, 1), date(2020, 12, 23)) == []


def test_the_desk_writes_looks_and_puts_in_force_and_everybody_reads(client):
    place = space()
    enter(client, place.officer)
    desk = address("rate_desk", "seoul")
    answers = {
        "code": "global", "from_date": "2019-12-01", "basis": "PERSON", "rate_won": "10000", "fee_won": "0",
        "fee_basis": "FLAT", "deposit_won": "0", "deposit_months": "2", "ahead_months": "1", "due_day": "25",
        "rounding": "won", "vat_mode": "NONE", "late_interest_bp": "500", "holdover_bp": "12000",
    }  # fmt: skip
    client.post(f"{desk}?act=draft", {f"draft-{name}": value for name, value in answers.items()})
    card = address("rate_card", "seoul", "global", 1)
    assert "상주 인원 1명에 10,000원" in words(client.get(card))
    for who, step in ((place.finance, "check"), (place.approver, "put")):
        enter(client, who)
        client.post(f"{card}?act={step}")
    assert RateCard.objects.get(code="global").status == "IN_FORCE"
    client.logout()
    page = words(client.get(address("rates")))
    assert "임대료 2개월분" in page
    assert "1년에 5%" in page
