"""One transition for all: the row and its leaf move together, once, and only along the workflow."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from ledger import log
from portal.core.errors import ForgedStep, Overtaken
from portal.core.transition import advance, advance_all
from tenancy.models import Offer
from tenancy.workflow import OFFER
from tests.factories import space
from tests.factories.people import leaves

pytestmark = pytest.mark.xdist_group("transition")


@pytest.fixture
def offer(committed_db):
    """An offer that was sent, as the service leaves it."""
    house = space.space()
    return space.offered(house, space.selected(house), "801")


def decline(offer, **options):
    with transaction.atomic():
        return advance(offer, "DECLINED", by=log.SYSTEM, steps=OFFER, **options)


def test_the_row_moves_and_its_leaf_is_written(offer):
    before = len(leaves(offer))
    decline(offer, reason="다른 곳을 구했습니다")
    assert Offer.objects.get(pk=offer.pk).status == offer.status == "DECLINED"
    leaf = leaves(offer)[-1]
    assert len(leaves(offer)) == before + 1
    assert (leaf["type"], leaf["data"]["from"], leaf["data"]["to"]) == ("space.offer.declined/1", "SENT", "DECLINED")
    assert "다른 곳" not in str(leaf)


def test_a_step_the_workflow_does_not_know_is_refused(offer):
    with pytest.raises(ForgedStep), transaction.atomic():
        advance(offer, "PREPARED", by=log.SYSTEM, steps=OFFER)
    assert Offer.objects.get(pk=offer.pk).status == "SENT"


def test_a_row_that_moved_meanwhile_is_not_moved_again(offer):
    stale = Offer.objects.get(pk=offer.pk)
    decline(offer)
    with pytest.raises(Overtaken):
        decline(stale)


def test_what_is_undone_leaves_neither_row_nor_leaf(offer):
    before = len(leaves(offer))

    def decline_and_fail():
        with transaction.atomic():
            advance(offer, "DECLINED", by=log.SYSTEM, steps=OFFER)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        decline_and_fail()
    assert Offer.objects.get(pk=offer.pk).status == "SENT"
    assert len(leaves(offer)) == before


@pytest.fixture
def offers(db):
    """Three offers that were sent."""
    house = space.space("801 802 803", quota=3)
    return [space.offered(house, space.selected(house, name=f"가온체인{code}"), code) for code in ("801", "802", "803")]


def expire_all(offers):
    with transaction.atomic():
        advance_all(
            offers,
            "EXPIRED",
            by=log.SYSTEM,
            steps=OFFER,
            data=lambda row: {"expires_at": row.expires_at},
            changes=lambda row: {"terms_hash": f"{row.pk:064x}"},
        )


def test_many_move_by_one_update_each_with_its_own_values_and_its_leaf(offers, django_assert_max_num_queries):
    with django_assert_max_num_queries(3 + 4 * len(offers)):
        expire_all(offers)
    for offer in offers:
        stored, leaf = Offer.objects.get(pk=offer.pk), leaves(offer)[-1]
        assert (stored.status, stored.terms_hash) == ("EXPIRED", f"{offer.pk:064x}") == (offer.status, offer.terms_hash)
        assert (leaf["type"], leaf["data"]["from"]) == ("space.offer.expired/1", "SENT")


def test_of_many_none_moves_when_one_has_moved_meanwhile_or_may_not(offers):
    stale = [Offer.objects.get(pk=offer.pk) for offer in offers]
    with transaction.atomic():
        advance(offers[1], "DECLINED", by=log.SYSTEM, steps=OFFER)
    with pytest.raises(Overtaken):
        expire_all(stale)
    with pytest.raises(ForgedStep):
        expire_all(offers)
    assert sorted(Offer.objects.values_list("status", flat=True)) == ["DECLINED", "SENT", "SENT"]


def test_it_insists_on_a_transaction(offer):
    with pytest.raises(transaction.TransactionManagementError):
        advance(offer, "DECLINED", by=log.SYSTEM, steps=OFFER)


def test_the_database_refuses_a_move_without_a_leaf(offer):
    def move_by_hand():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE tenancy_offer SET status = 'DECLINED' WHERE id = %s", [offer.pk])

    with pytest.raises(IntegrityError, match="no ledger leaf"):
        move_by_hand()


def test_of_twenty_at_once_one_wins_and_one_leaf_is_written(offer):
    before, gate, wins, losses = len(leaves(offer)), threading.Barrier(20), [], []

    def race():
        try:
            mine = Offer.objects.get(pk=offer.pk)
            gate.wait()
            decline(mine)
            wins.append(1)
        except Overtaken:
            losses.append(1)
        finally:
            connection.close()

    threads = [threading.Thread(target=race) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(wins), len(losses), len(leaves(offer)) - before) == (1, 19, 1)
