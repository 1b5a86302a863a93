"""Wishes of a crowd: each is fulfilled once, by whoever has the turn; a failure leaves them to those who brought them."""

from threading import Barrier, Event, Lock, Thread

from portal.core.together import Lately, Together


class Shop:
    """Acts slowly, so that others gather, and notes for whom it acted together."""

    def __init__(self, *, fails=False, gather_s=0.0):
        self.open, self.acts, self.fails, self.notes = Event(), [], fails, Lock()
        self.together = Together(self.act, gather_s=gather_s)

    def act(self, key, items):
        with self.notes:
            self.acts.append((key, list(items)))
        self.open.wait(timeout=10)
        if self.fails:
            raise RuntimeError("no")
        return [None if item < 0 else item * 10 for item in items]


def crowd(shop, wishes, *, first=None):
    """Everybody asks at once, after ``first`` has got the turn; what each was answered."""
    answers, barrier = {}, Barrier(len(wishes) + 1)

    def ask(key, item):
        barrier.wait(timeout=10)
        answers[key, item] = shop.together.ask(key, item)

    threads = [Thread(target=ask, args=wish) for wish in wishes]
    if first is not None:
        ahead = Thread(target=lambda: answers.__setitem__(first, shop.together.ask(*first)))
        ahead.start()
        threads.append(ahead)
        while not shop.acts:
            pass
    for thread in threads[: len(wishes)]:
        thread.start()
    barrier.wait(timeout=10)
    if first is not None:
        gathered = {"k": len(wishes)}
        while len(shop.together._crowds["k"].arrived) < gathered["k"]:
            pass
    shop.open.set()
    for thread in threads:
        thread.join(timeout=10)
    return answers


def test_who_comes_while_one_acts_is_served_together():
    shop = Shop()
    answers = crowd(shop, [("k", n) for n in range(1, 9)], first=("k", 100))
    assert [len(items) for _, items in shop.acts] == [1, 8]
    assert answers == {("k", n): n * 10 for n in [*range(1, 9), 100]}


def test_the_first_waits_a_moment_for_others():
    shop = Shop(gather_s=0.5)
    assert crowd(shop, [("k", n) for n in range(8)]) == {("k", n): n * 10 for n in range(8)}
    assert [len(items) for _, items in shop.acts] == [8]


def test_nobody_is_served_twice_and_no_crowd_is_kept():
    shop = Shop()
    answers = crowd(shop, [("k", n) for n in range(30)] + [("other", n) for n in range(30)])
    served = [(key, item) for key, items in shop.acts for item in items]
    assert sorted(served) == sorted(answers)
    assert len(served) == 60
    assert shop.together._crowds == {}


def test_what_the_act_leaves_or_fails_at_is_left_to_those_who_brought_it(caplog):
    shop = Shop()
    assert crowd(shop, [("k", -1), ("k", 2)]) == {("k", -1): None, ("k", 2): 20}
    shop = Shop(fails=True)
    assert crowd(shop, [("k", 1), ("k", 2)]) == {("k", 1): None, ("k", 2): None}
    assert "left to those who brought them" in caplog.text
    assert shop.together._crowds == {}


def test_what_happened_lately_is_forgotten_in_time():
    lately = Lately(60)
    assert not lately.saw("a")
    lately.note("a")
    assert lately.saw("a")
    assert not lately.saw("b")
    lately["a"] -= 61
    assert not lately.saw("a")
    assert "a" not in lately
