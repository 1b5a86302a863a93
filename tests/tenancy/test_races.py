"""Two at the same second, on real connections with real commits: one winner, one clear sentence, one line each."""

from collections import Counter
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from ledger import log
from portal.core.errors import Refused
from tenancy import services
from tenancy.models import AllocationRun, Booking, BookingRule, Lease, Occupancy, Offer, Payment, QuotaUse
from tenancy.services.settling import balance_of
from tests.factories.people import company, leaves, person
from tests.factories.space import NOW, START, in_seoul, master, meeting_room, offered, resident, selected, space
from tests.tenancy.test_displaced import unblocked, without_a_room
from tests.tenancy.test_endings import at
from tests.tenancy.test_money import adds_up, billed, imported, state

pytestmark = pytest.mark.usefixtures("committed_db")


def at_once(*actions):
    """Run every action in a thread of its own, all let go together; what each answered or was refused with."""
    barrier, outcomes = Barrier(len(actions)), [None] * len(actions)

    def run(place, action):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            outcomes[place] = ("done", action())
        except Refused as refusal:
            outcomes[place] = ("refused", str(refusal))
        except BaseException as error:
            outcomes[place] = ("broken", repr(error))
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place, action)) for place, action in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def counted(outcomes):
    return Counter(kind for kind, _ in outcomes)


def fresh(offer):
    return Offer.objects.select_related(
        "need__organisation", "need__application__call", "unit__floor__building__hub__cluster", "rate_card"
    ).get(pk=offer.pk)


def test_forty_offers_of_the_last_room():
    place = space("801", quota=40)
    needs = [selected(place, name=f"기업 {n}") for n in range(40)]
    unit, terms = place.unit("801"), place.terms

    def offer(need):
        return lambda: services.offer_room(need=need, unit=unit, terms=terms, start=START, by=log.SYSTEM, now=NOW)

    outcomes = at_once(*(offer(need) for need in needs))
    assert counted(outcomes) == {"done": 1, "refused": 39}
    assert {text for kind, text in outcomes if kind == "refused"} == {
        "방금 다른 기업에 배정되었습니다. 입력은 저장되어 있습니다."
    }
    assert Occupancy.objects.count() == 1
    assert [row.status for row in Offer.objects.all()] == ["SENT"]


@pytest.mark.parametrize("attempt", range(4))
def test_acceptance_in_flight_while_the_offer_expires(attempt):
    place = space("801")
    offer = offered(place, selected(place), "801")
    second, by = timedelta(seconds=1), master(offer.need)
    mine, clocks = fresh(offer), fresh(offer)
    outcomes = at_once(
        lambda: services.accept_offer(offer=mine, by=by, now=offer.expires_at - second, agreed=True),
        lambda: services.expire_offer(offer=clocks, now=offer.expires_at),
    )
    assert counted(outcomes) == {"done": 1, "refused": 1}
    offer.refresh_from_db()
    assert offer.status in ("ACCEPTED", "EXPIRED")
    answered = [leaf["data"]["to"] for leaf in leaves(offer)[1:]]
    assert answered == [offer.status]
    assert offer.occupancies.get().status == {"ACCEPTED": "COMMITTED", "EXPIRED": "RELEASED"}[offer.status]


def test_the_expiry_job_delivered_twice_makes_one_next_offer():
    place = space("801")
    first, second = selected(place), selected(place)
    offer = offered(place, first, "801")
    due = offer.expires_at
    outcomes = at_once(*[lambda: services.expire_due_offers(now=due)] * 4)
    assert counted(outcomes) == {"done": 4}
    assert sum(count for _, count in outcomes) == 1
    assert [row.need for row in Offer.objects.filter(status="SENT")] == [second]


def test_two_officers_give_one_company_two_rooms():
    place = space("801 802")
    need = selected(place)

    def offer(code):
        unit = place.unit(code)
        return lambda: services.offer_room(need=need, unit=unit, terms=place.terms, start=START, by=log.SYSTEM, now=NOW)

    outcomes = at_once(offer("801"), offer("802"))
    assert counted(outcomes) == {"done": 1, "refused": 1}
    assert Occupancy.objects.exclude(status="RELEASED").count() == 1


def test_two_officers_run_the_allocation():
    place = space("801")
    selected(place)
    run = lambda: services.run_allocation(call=place.call, by=place.officer, now=NOW)  # noqa: E731
    outcomes = at_once(run, run)
    assert counted(outcomes) == {"done": 1, "refused": 1}
    assert AllocationRun.objects.get().status == "COMPUTED"


def test_both_sides_sign_in_the_same_second():
    place = space("801")
    offer = offered(place, selected(place), "801")
    tenant = master(offer.need)
    services.accept_offer(offer=offer, by=tenant, now=NOW, agreed=True)
    lease = services.prepare_lease(offer=offer, by=place.officer, now=NOW)

    def sign(side, by):
        shown = {"document_hash": lease.document_hash, "consented": True}
        return lambda: services.sign_lease(lease=lease, side=side, by=by, now=NOW, **shown)

    outcomes = at_once(sign("TENANT", tenant), sign("LESSOR", place.approver))
    assert sorted(answer for _, answer in outcomes) == [False, True]
    assert Lease.objects.get().status == "SIGNED"


def test_invoice_numbers_have_no_gap_under_load():
    place = space("801 802 803", quota=3)
    from tests.factories.space import leased

    drafts = []
    for code in ("801", "802", "803"):
        lease = leased(place, selected(place), code)
        services.move_in(lease=lease, on=START, by=place.officer, now=NOW)
        drafts += services.bill_month(hub=place.hub, month=START)
    invoices = list({invoice.pk: invoice for invoice in drafts}.values())
    outcomes = at_once(
        *[
            lambda invoice=invoice: services.issue_invoice(invoice=invoice, by=place.finance, now=NOW)
            for invoice in invoices
        ]
    )
    assert counted(outcomes) == {"done": 3}
    for invoice in invoices:
        invoice.refresh_from_db()
    assert sorted(invoice.number for invoice in invoices) == [f"mapo-2019-0000{n}" for n in (1, 2, 3)]


def test_what_was_paid_too_much_is_paid_back_or_used_never_both():
    place = billed()
    imported(place, f"2020-01-25,130000,박,{place.invoices[0].number}")
    [february] = services.bill_month(hub=place.hub, month=date(2020, 2, 1))
    payment = Payment.objects.get()
    outcomes = at_once(
        lambda: services.refund(payment=payment, amount=30_000, by=place.finance, now=NOW, reason="신청"),
        lambda: services.issue_invoice(invoice=february, by=place.finance, now=NOW),
    )
    assert counted(outcomes)["broken"] == 0, outcomes
    refunded = Payment.objects.filter(kind="REFUND").exists()
    assert state(february)[1] == (100_000 if refunded else 70_000)
    assert balance_of(payment.organisation_id) == 0
    adds_up()


@pytest.mark.parametrize("attempt", range(3))
def test_a_credit_note_is_approved_or_dropped_never_both(attempt):
    place = billed()
    line = place.invoices[0].lines.get()
    note = services.prepare_credit(line=line, used_to=line.period.lower, reason="감액", by=place.finance, now=NOW)
    outcomes = at_once(
        lambda: services.approve_credit(note=note, by=place.approver, now=NOW),
        lambda: services.drop_credit(note=note, reason="철회", by=place.finance),
    )
    assert counted(outcomes) == {"done": 1, "refused": 1}, outcomes
    left = line.credits.filter(approved_at__isnull=False).exists()
    assert line.credits.exists() == left
    assert [leaf["type"] for leaf in leaves(place.invoices[0])].count("space.invoice.credit_dropped/1") == (not left)
    adds_up()


def test_twenty_companies_want_the_same_hour():
    place = space("801")
    room = meeting_room(place.hub)
    guests = [(by, company(by, name=f"손님 {n}")) for n, by in enumerate(person() for _ in range(20))]
    start = in_seoul(START, 15)

    def take(by, guest):
        wish = services.Wish(room, guest, "회의")
        return lambda: services.book(wish=wish, starts_at=start, ends_at=start + timedelta(hours=1), by=by, now=NOW)

    outcomes = at_once(*(take(*guest) for guest in guests))
    assert counted(outcomes) == {"done": 1, "refused": 19}
    booking = Booking.objects.get()
    assert len(leaves(booking)) == 1
    services.confirm_booking(booking=booking, by=place.officer, now=NOW)
    freed = at_once(*[lambda: services.release_no_shows(now=start + timedelta(minutes=15))] * 4)
    assert counted(freed) == {"done": 4}
    assert sum(count for _, count in freed) == 1
    assert [leaf["data"]["to"] for leaf in leaves(booking)] == ["REQUESTED", "CONFIRMED", "NO_SHOW"]


def test_two_people_of_a_company_spend_the_last_hour_of_its_month():
    place = space("801")
    lease = resident(place, "801")
    rooms = [meeting_room(place.hub, code) for code in ("small", "large")]
    BookingRule.objects.update(quota_minutes=60)
    by, start = lease.organisation.memberships.get().user, in_seoul(START, 15)

    def take(room):
        wish = services.Wish(room, lease.organisation, "회의")
        return lambda: services.book(wish=wish, starts_at=start, ends_at=start + timedelta(hours=1), by=by, now=NOW)

    assert counted(at_once(*map(take, rooms))) == {"done": 1, "refused": 1}
    assert QuotaUse.objects.get().used_minutes == 60


def test_two_rooms_free_in_the_same_second_are_one_offer_to_who_waits():
    place, free = without_a_room(), date(2021, 2, 1)
    unblocked(place, "801", "802")

    def serve(code):
        return lambda: services.displaced.serve_displaced(place.unit(code), free, now=at(free))

    outcomes = at_once(serve("801"), serve("802"))
    assert counted(outcomes) == {"done": 2}, outcomes
    assert sorted(found is None for _kind, found in outcomes) == [False, True]
    assert Offer.objects.filter(review=place.review, status="SENT").count() == 1
