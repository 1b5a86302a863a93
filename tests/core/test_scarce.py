"""Scarce things: the conditional UPDATE decides, the CHECK holds for whoever goes around it."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection, models, transaction

from portal.core import scarce


class Seat(models.Model):
    """A table of the test's own, as any room might have it."""

    taken = models.IntegerField(default=0)
    capacity = models.IntegerField()

    class Meta:
        app_label = "tests"
        managed = False
        db_table = "test_seat"

    def __str__(self) -> str:
        return f"{self.taken}/{self.capacity}"


@pytest.fixture
def seat(committed_db):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE test_seat (id bigserial PRIMARY KEY, taken int NOT NULL CHECK (taken >= 0),"
            " capacity int NOT NULL, CHECK (taken <= capacity))"
        )
    return Seat.objects.create(taken=0, capacity=3)


def row(seat):
    return Seat.objects.filter(pk=seat.pk)


def test_takes_until_nothing_is_left(seat):
    assert [scarce.take(row(seat), counter="taken", capacity="capacity") for _ in range(4)] == [True, True, True, False]


def test_takes_all_or_nothing(seat):
    assert scarce.take(row(seat), counter="taken", capacity="capacity", n=2)
    assert not scarce.take(row(seat), counter="taken", capacity="capacity", n=2)
    assert row(seat).get().taken == 2


def test_gives_back_no_more_than_was_taken(seat):
    scarce.take(row(seat), counter="taken", capacity="capacity")
    assert scarce.give_back(row(seat), counter="taken")
    assert not scarce.give_back(row(seat), counter="taken")


@pytest.mark.parametrize("n", [0, -1])
def test_moves_only_positive_numbers(seat, n):
    with pytest.raises(ValueError, match="positive"):
        scarce.take(row(seat), counter="taken", capacity="capacity", n=n)


def test_the_table_refuses_to_oversell_around_the_service(seat):
    with pytest.raises(IntegrityError), transaction.atomic():
        row(seat).update(taken=4)


def test_forty_at_once_get_exactly_three(seat):
    gate, wins = threading.Barrier(40), []

    def grab():
        try:
            gate.wait()
            if scarce.take(row(seat), counter="taken", capacity="capacity"):
                wins.append(1)
        finally:
            connection.close()

    threads = [threading.Thread(target=grab) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(wins), row(seat).get().taken) == (3, 3)
