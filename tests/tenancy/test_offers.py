from datetime import date, timedelta

import pytest

from portal.core.errors import Invalid, Late, NotAllowed, Overtaken
from portal.intake import services as intake
from portal.notices.models import Notice
from tenancy import services
from tenancy.models import Lease, Occupancy, Offer
from tests.factories.people import company, leaves, person
from tests.factories.space import NOW, START, evening, master, offered, selected, space

pytestmark = pytest.mark.django_db
DEADLINE = evening(date(2020, 1, 2)) - timedelta(hours=4)
DAY = timedelta(days=1)


def accept(offer, now=NOW, agreed=True, by=None):
    services.accept_offer(offer=offer, by=by or master(offer.need), now=now, agreed=agreed)


def statuses(offer):
    return sorted(offer.occupancies.values_list("status", flat=True))


def test_an_offer_ends_ten_days_later_and_is_told():
    place = space()
    need = selected(place)
    offer = offered(place, need, "801")
    assert offer.expires_at == DEADLINE
    assert Notice.objects.get(user=master(need)).url.endswith(f"{offer.public_id}/")


def test_accepting_commits_the_cells():
    place = space()
    offer = offered(place, selected(place), "801")
    accept(offer, now=DEADLINE - timedelta(microseconds=1))
    assert (offer.status, statuses(offer)) == ("ACCEPTED", ["COMMITTED"])
    assert leaves(offer)[-1]["data"]["terms"] == offer.terms_hash
    assert leaves(offer)[-1]["actor"]["role"] == "company.master"


def test_on_the_deadline_it_is_too_late():
    place = space()
    offer = offered(place, selected(place), "801")
    with pytest.raises(Late):
        accept(offer, now=DEADLINE)
    assert services.expire_due_offers(now=DEADLINE - timedelta(microseconds=1)) == 0
    assert services.expire_due_offers(now=DEADLINE) == 1


def test_the_terms_must_be_agreed_to():
    place = space()
    with pytest.raises(Invalid):
        accept(offered(place, selected(place), "801"), agreed=False)


@pytest.mark.parametrize("who", ["stranger", "another master", "member", "officer", "approver"])
def test_only_the_master_account_answers(who):
    place = space()
    need = selected(place, organisation=company(person(), colleague := person()))
    offer = offered(place, need, "801")
    people = {
        "stranger": person,
        "another master": lambda: master(selected(place)),
        "member": lambda: colleague,
        "officer": lambda: place.officer,
        "approver": lambda: place.approver,
    }
    by = people[who]()
    with pytest.raises(NotAllowed):
        accept(offer, by=by)
    with pytest.raises(NotAllowed):
        services.decline_offer(offer=offer, by=by, now=NOW)


def test_declining_passes_the_room_to_the_next_by_rank_for_whom_it_fits():
    place = space("801")
    first, too_many, second, third = (selected(place, seats=seats) for seats in (4, 9, 2, 2))
    offer = offered(place, first, "801")
    following = services.decline_offer(offer=offer, by=master(first), now=NOW + DAY, reason="다른 곳에 입주")
    assert (following.need, following.unit, following.start_date) == (second, place.unit("801"), date(2019, 12, 24))
    first.application.refresh_from_db()
    assert (offer.status, first.application.status, statuses(offer)) == ("DECLINED", "DECLINED", ["RELEASED"])
    assert not Offer.objects.filter(need__in=[too_many, third]).exists()


def test_expiry_passes_the_room_on_and_may_run_twice():
    place = space("801")
    first, second = selected(place), selected(place)
    offer = offered(place, first, "801")
    assert services.expire_due_offers(now=DEADLINE) == 1
    assert services.expire_due_offers(now=DEADLINE) == 0
    offer.refresh_from_db()
    assert offer.status == "EXPIRED"
    assert [o.need for o in Offer.objects.filter(status="SENT")] == [second]
    assert leaves(offer)[-1]["actor"] == {"role": "system"}


def test_an_answered_offer_is_not_answered_again():
    place = space()
    offer = offered(place, selected(place), "801")
    stale = Offer.objects.select_related("need__organisation", "need__application").get(pk=offer.pk)
    accept(offer)
    with pytest.raises(Overtaken):
        services.decline_offer(offer=stale, by=master(offer.need), now=NOW)
    with pytest.raises(Overtaken):
        services.expire_offer(offer=stale, now=DEADLINE)
    assert statuses(offer) == ["COMMITTED"]


def test_no_offer_expires_early():
    place = space()
    offer = offered(place, selected(place), "801")
    with pytest.raises(Invalid):
        services.expire_offer(offer=offer, now=DEADLINE - timedelta(seconds=1))


def test_a_taken_room_cannot_be_offered():
    place = space("801")
    offered(place, selected(place), "801")
    with pytest.raises(Overtaken, match="방금 다른 기업에 배정되었습니다"):
        offered(place, selected(place), "801")
    assert Offer.objects.count() == 1


def test_revoking_keeps_the_company_in_line():
    place = space("801 802")
    first = selected(place)
    offer = offered(place, first, "801")
    with pytest.raises(NotAllowed):
        services.revoke_offer(offer=offer, by=place.officer, now=NOW, reason="누수")
    with pytest.raises(Invalid):
        services.revoke_offer(offer=offer, by=place.approver, now=NOW, reason=" ")
    assert services.revoke_offer(offer=offer, by=place.approver, now=NOW, reason="누수") is None
    assert statuses(offer) == ["RELEASED"]
    assert offered(place, first, "802").status == "SENT"


def test_a_withdrawn_company_gives_its_room_to_the_next():
    place = space("801")
    first, second = selected(place), selected(place)
    offer = offered(place, first, "801")
    intake.withdraw(application=first.application, reason="사업 철수", by=master(first), now=NOW)
    offer.refresh_from_db()
    first.refresh_from_db()
    assert (offer.status, statuses(offer), first.left_at) == ("REVOKED", ["RELEASED"], NOW)
    assert Offer.objects.get(status="SENT").need == second


@pytest.mark.parametrize("contract", ["none", "awaiting", "one signature"])
def test_withdrawing_after_accepting_gives_the_room_back(contract):
    place = space("801")
    first, second = selected(place), selected(place)
    offer = offered(place, first, "801")
    accept(offer)
    if contract != "none":
        lease = services.prepare_lease(offer=offer, by=place.officer, now=NOW)
    if contract == "one signature":
        shown = {"document_hash": lease.document_hash, "consented": True}
        services.sign_lease(lease=lease, side="TENANT", by=master(first), now=NOW, **shown)
    intake.withdraw(application=first.application, reason="사업 철수", by=master(first), now=NOW)
    assert statuses(offer) == ["RELEASED"]
    assert Offer.objects.get(status="SENT").need == second
    assert [row.status for row in Lease.objects.all()] == ([] if contract == "none" else ["NOT_MATERIALISED"])


def test_reminders_at_half_time_and_on_the_last_day_once_each():
    place = space()
    need = selected(place)
    offer = offered(place, need, "801")
    half = NOW + (offer.expires_at - NOW) / 2
    moments = [
        half - timedelta(seconds=1),
        half,
        half,
        offer.expires_at - DAY,
        offer.expires_at - DAY,
        offer.expires_at,
    ]
    assert [services.remind_offers(now=moment) for moment in moments] == [0, 1, 0, 1, 0, 0]
    assert Notice.objects.filter(user=master(need), topic="space.offer_waiting").count() == 2


def test_nobody_is_reminded_of_an_answered_offer():
    place = space()
    offer = offered(place, selected(place), "801")
    accept(offer)
    assert services.remind_offers(now=offer.expires_at - DAY) == 0


def test_a_room_nobody_in_line_can_use_stays_free():
    place = space("801")
    first = selected(place)
    selected(place, seats=9)
    offer = offered(place, first, "801")
    assert services.decline_offer(offer=offer, by=master(first), now=NOW) is None
    assert not Occupancy.objects.exclude(status="RELEASED").exists()


def test_a_blocked_room_is_given_back_by_hand():
    place = space("801")
    [row] = services.block_unit(
        unit=place.unit("801"), start=START, end=date(2020, 2, 1), note="누수", by=place.officer
    )
    with pytest.raises(Overtaken):
        offered(place, selected(place), "801")
    services.unblock(occupancy=row, by=place.officer)
    with pytest.raises(Overtaken):
        services.unblock(occupancy=row, by=place.officer)
    with pytest.raises(Invalid):
        services.block_unit(unit=place.unit("801"), start=START, end=START, note="누수", by=place.officer)
    assert [leaf["type"] for leaf in leaves(row)] == ["space.occupancy.blocked/1", "space.occupancy.unblocked/1"]
